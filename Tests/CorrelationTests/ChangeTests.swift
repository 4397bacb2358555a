import SafetyModel
import Testing

@testable import Correlation

/// `change`: a number rises or falls by so much in a window, over the fixed event set.
struct ChangeTests {
    static let table: [(Comparison, Double, Int64, [String])] = [
        (.above(0), 8, 3, ["72 active", "73 restored"]),
        (.above(0), 7, 5, ["72 active", "75 restored", "75 active", "76 restored"]),
        (.above(0), 12, 60, []), (.below(0), 9, 10, ["80 active", "85 restored"]),
        (.below(0), 9, 5, []),
    ]

    @Test(arguments: table.indices)
    func `changes are found where the set says`(row: Int) {
        let (direction, step, seconds, found) = Self.table[row]
        let pattern = Pattern.change(
            Condition(.temperature, direction), by: step, within: .seconds(seconds))
        #expect(EventSet.found(pattern) == found)
    }

    /// The definition: the newest value lies so far above the lowest of the window.
    private func rises(_ values: [(Int64, Double)], by step: Double, within: Int64) -> Bool {
        guard let newest = values.last else { return false }
        return values.contains { newest.0 - $0.0 < within && newest.1 - $0.1 >= step }
    }

    @Test func `every row of up to six values is what the definition says`() {
        for code in 0..<4_096 {
            var play = PatternPlay(
                .change(Condition(.temperature, .above(0)), by: 2, within: .seconds(4)))
            var values: [(Int64, Double)] = []
            var wanted: [Bool] = []
            var found: [Bool] = []
            for place in 0..<6 {
                let degrees = Double((code >> (2 * place)) & 3)
                let at = Int64(place) * (code % 3 == 0 ? 2 : 1) + 1
                values.append((at, degrees))
                play.take(EventSet.heat(at, degrees))
                wanted.append(rises(values, by: 2, within: 4))
                found.append(play.findings.last.map { $0.change == .active } ?? false)
            }
            #expect(found == wanted, "\(values)")
        }
    }

    @Test func `the sample limit keeps the extreme`() {
        var play = PatternPlay(
            .change(Condition(.temperature, .above(0)), by: 50, within: .hours(1)))
        let rise = (0..<40).map { EventSet.heat(Int64($0) * 10, Double($0)) }
        play.play(rise, until: 400_000)
        #expect(play.table.states[0].marks.count == MatchState.sampleLimit)
        play.play([EventSet.heat(500, 50)], until: 600_000)
        #expect(play.words() == ["500 active"])
    }

    @Test func `a value that is said again is a sample; a pause is no rise`() {
        let pattern = Pattern.change(Condition(.temperature, .above(0)), by: 8, within: .minutes(5))
        var steady = PatternPlay(pattern)
        steady.play(
            (0..<60).map { EventSet.heat($0 * 60, 20) } + [EventSet.heat(3_600, 30)], until: 3_600_000)
        #expect(steady.words() == ["3600 active"])
        var silent = PatternPlay(pattern)
        silent.play([EventSet.heat(0, 20), EventSet.heat(3_600, 30)], until: 3_600_000)
        #expect(silent.words() == [])
    }
}
