import SafetySimulator
import Testing

/// How a trace is compared and how a scenario is rewritten.
struct RehearsalDifferenceTests {
    @Test func `blanks, empty lines and comments do not count`() {
        let expected = ["  0:00   h01  fire", "", "# why", " 1:00 h01 fire "]
        #expect(
            RehearsalDifference.between(expected: expected, happened: ["0:00 h01 fire", "1:00 h01 fire"])
                == nil)
    }

    @Test func `missing and unexpected lines are marked where they stand`() {
        let expected = ["0:00 a", "1:00 b", "2:00 c", "3:00 d", "4:00 e", "5:00 f"]
        let happened = ["0:00 a", "1:00 x", "2:00 c", "3:00 d", "4:00 e", "5:00 f", "6:00 g"]
        let difference = RehearsalDifference.between(expected: expected, happened: happened)
        #expect(
            difference?.text == [
                "  0:00 a", "- 1:00 b", "+ 1:00 x", "  2:00 c", "  3:00 d", "  4:00 e", "  5:00 f",
                "+ 6:00 g",
            ])
    }

    @Test func `what is alike far from a difference is left out`() {
        let same = (0..<20).map { "\($0):00 same" }
        let difference = RehearsalDifference.between(expected: same, happened: same + ["20:00 more"])
        #expect(difference?.text == ["  ...", "  18:00 same", "  19:00 same", "+ 20:00 more"])
    }

    @Test func `an empty trace differs from an expected line`() {
        #expect(RehearsalDifference.between(expected: ["0:00 a"], happened: [])?.text == ["- 0:00 a"])
        #expect(RehearsalDifference.between(expected: ["# nothing"], happened: []) == nil)
    }

    @Test(arguments: ["", "\n\nexpect\n 9:00 old\n", "\nexpect\n"])
    func `rewriting keeps the story and replaces what is expected`(tail: String) throws {
        let story = "# A comment.\nscenario: A story\nstart: 2026-10-01 18:40\n\n 0:00 link up"
        let scenario = try #require(ScenarioReader.read(story + tail, file: "s.txt").scenario)
        let rewritten = scenario.rewriting(story + tail, expecting: ["0:00 a", "1:00 b"])
        #expect(rewritten == story + "\n\nexpect\n0:00 a\n1:00 b\n")
        let again = try #require(ScenarioReader.read(rewritten, file: "s.txt").scenario)
        #expect(again.expected?.map(\.text) == ["0:00 a", "1:00 b"])
    }
}
