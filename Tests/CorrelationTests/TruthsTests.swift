import SafetyModel
import Testing

@testable import Correlation

/// Which nodes are true, in a bit each.
struct TruthsTests {
    /// `allOf` over so many conditions: as many leaves, and the operator above them.
    private static func automaton(leaves: Int) throws -> Automaton {
        let parts = (0..<leaves).map { Pattern.condition(Condition(.temperature, .above(Double($0)))) }
        let rule = Rule(id: "r", when: .allOf(parts, within: .minutes(1)), alarm: .fire, urgency: .urgent)
        return try #require(RuleBook(rules: [rule]).automata.last)
    }

    @Test(arguments: [1, 62, 63, 64, 126, 127, 128, 200])
    func `each node is true for itself, and comes back from its bytes`(_ leaves: Int) throws {
        let automaton = try Self.automaton(leaves: leaves)
        var truths = Truths(for: automaton)
        #expect(!truths.isAnyTrue && truths.isSound(for: automaton))
        for node in 0...leaves {
            truths.set(node, true)
            #expect((0...leaves).filter { truths.isTrue($0) } == [node])
            var writer = ByteWriter()
            writer.write(truths)
            var reader = ByteReader(writer.bytes)
            #expect(try reader.read(Truths.self) == truths)
            truths.set(node, false)
            #expect(!truths.isAnyTrue)
        }
    }

    @Test func `what an operator looks back at is remembered, the operator itself is not`() throws {
        let automaton = try Self.automaton(leaves: 70)
        var truths = Truths(for: automaton)
        #expect((0..<70).allSatisfy { truths.last($0, of: automaton) == Int64.min })
        #expect(automaton.momentOfNode[automaton.root] == -1)
        truths.remember(69, of: automaton, 5_000)
        #expect(truths.last(69, of: automaton) == 5_000 && truths.last(68, of: automaton) == Int64.min)
        #expect(!truths.isForgotten(after: 1_000, at: 6_000) && truths.isForgotten(after: 1_000, at: 6_001))
    }

    @Test func `truths of another automaton are not sound`() throws {
        let automaton = try Self.automaton(leaves: 63)
        #expect(!Truths(for: try Self.automaton(leaves: 64)).isSound(for: automaton))
        #expect(!Truths(for: try Self.automaton(leaves: 62)).isSound(for: automaton))
        var beyond = Truths(for: try Self.automaton(leaves: 3))
        beyond.set(10, true)
        #expect(!beyond.isSound(for: try Self.automaton(leaves: 3)))
    }
}
