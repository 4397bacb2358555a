import SafetyModel
import Testing

@testable import Correlation

/// `count`: so many completions in a window, over the fixed event set.
struct CountTests {
    static let table: [(Int, Condition, Pattern.Distinct?, Int64, [String])] = [
        (2, press, nil, 5, []), (2, press, nil, 6, ["45 active", "46 restored"]),
        (3, door, nil, 60, ["62 active", "70 restored", "92 active", "160 restored"]),
        (
            2, door, .place, 35,
            [
                "92 active", "97 restored", "100 active", "135 restored", "150 active", "156 restored",
            ]
        ), (2, motion, .device, 16, ["30 active", "31 restored"]),
        (2, door, .home, 100, []),
    ]
    private static let press = Condition(.call, .isKey(.emergency))
    private static let door = Condition(.contact, .isOn)
    private static let motion = Condition(.motion, .isOn)

    @Test(arguments: table.indices)
    func `counts are reached and left where the set says`(row: Int) {
        let (count, condition, distinct, seconds, found) = Self.table[row]
        let pattern = Pattern.count(count, of: condition, distinct: distinct, within: .seconds(seconds))
        #expect(EventSet.found(pattern) == found)
    }

    @Test(arguments: [(0, true), (1, false)])
    func `the count limit bounds what is looked back at`(more: Int, isFound: Bool) {
        let limit = MatchState.countLimit
        var play = PatternPlay(
            .count(limit + more, of: Self.motion, distinct: nil, within: .hours(1)))
        play.play((0..<200).map { EventSet.motion($0, EventSet.hall) }, until: 300_000)
        #expect(play.table.states[0].marks.count == limit)
        #expect((play.words() == ["\(limit - 1) active"]) == isFound)
    }

    @Test func `one device counts once, however often it speaks`() {
        var play = PatternPlay(.count(2, of: Self.motion, distinct: .device, within: .hours(1)))
        play.play((0..<200).map { EventSet.motion($0, EventSet.hall) }, until: 300_000)
        #expect(play.words() == [])
        #expect(play.table.states[0].marks.count == 1)
    }
}
