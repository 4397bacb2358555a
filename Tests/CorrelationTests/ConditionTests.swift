import SafetyModel
import Testing

@testable import Correlation

/// Conditions: `held`, place, silence that ends them, and schedules, over the fixed event set.
struct ConditionTests {
    static let table: [(Pattern, [String])] = [
        (
            .held(Condition(.contact, .isOn), for: .seconds(15)),
            ["107 active", "115 active", "120 restored", "130 restored", "136 active"]
        ),
        (
            .condition(Condition(.motion, .isOn, quietAfter: .seconds(20))),
            [
                "15 active", "30 active", "35 restored", "51 restored", "65 active", "85 restored",
                "110 active", "130 restored", "140 active", "160 restored", "165 active", "185 restored",
            ]
        ),
        (
            .condition(Condition(.motion, .isOn, place: "bedroom")),
            ["30 pressed", "31 pressed", "140 pressed"]
        ),
        (
            .condition(Condition(.temperature, .above(28), clear: .below(23))),
            ["72 active", "80 restored"]
        ),
    ]

    @Test(arguments: table.indices)
    func `conditions hold where the set says`(row: Int) {
        #expect(EventSet.found(Self.table[row].0) == Self.table[row].1)
    }

    /// The set begins at midnight of 1970-01-01; spans in minutes.
    static let schedules: [(Pattern, Int, Int, [String])] = [
        (
            .opened, 1, 2,
            [
                "60 active", "61 restored", "62 active", "63 restored", "92 active", "100 active",
                "120 restored", "130 restored",
            ]
        ),
        (
            .opened, 2, 3,
            [
                "120 active", "120 active", "120 restored", "121 active", "130 restored", "150 active",
                "160 restored",
            ]
        ), (.pressed, 0, 1, ["40 pressed", "45 pressed"]), (.pressed, 1, 2, []),
        (.held(Condition(.contact, .isOn), for: .seconds(15)), 3, 4, ["180 active"]),
        (
            .sequence([.opened, .absent([Condition(.motion, .isOn)], for: .seconds(10))], within: nil), 2, 3,
            ["131 active", "140 restored", "160 active", "165 restored"]
        ),
        (.sequence([.opened, .moved], within: .seconds(10)), 1, 2, ["65 pressed", "110 pressed"]),
        (.absent([Condition(.motion, .isOn)], for: .seconds(40)), 4, 5, ["240 active"]),
    ]

    @Test(arguments: schedules.indices)
    func `completions count while the schedule is open; a state that is true counts when it opens`(
        row: Int
    ) {
        let (pattern, from, until, found) = Self.schedules[row]
        let schedule = Schedule(spans: [Schedule.Span(from: from, until: until)])
        #expect(EventSet.found(pattern, during: schedule) == found)
    }

    @Test func `a level that is said again keeps a condition that ends by itself alive`() {
        let warm = Condition(.temperature, .above(20), quietAfter: .seconds(30))
        var play = PatternPlay(.condition(warm))
        play.play((0..<5).map { EventSet.heat($0 * 20, 25) }, until: 200_000)
        #expect(play.words() == ["0 active", "110 restored"])
        play.play([EventSet.heat(300, 25)], until: 310_000)
        #expect(play.words().last == "300 active", "said again after it had ended, it begins anew")
    }

    @Test func `blind time keeps a condition that ends by itself alive`() {
        var play = PatternPlay(.condition(Condition(.motion, .isOn, quietAfter: .seconds(20))))
        play.take(EventSet.motion(10, EventSet.hall))
        play.blind = 100_000
        play.wait(until: 200_000)
        #expect(play.words() == ["10 active", "130 restored"])
    }

    /// Every pattern of the tables of all operators.
    static let everything =
        table.map(\.0) + SequenceTests.table.map(\.0) + CombinationTests.table.map(\.0)
        + AbsenceTests.table.map { .absent($0.0, for: .seconds($0.1)) }
        + CountTests.table.map { .count($0.0, of: $0.1, distinct: $0.2, within: .seconds($0.3)) }
        + ChangeTests.table.map {
            .change(Condition(.temperature, $0.0), by: $0.1, within: .seconds($0.2))
        }

    @Test(arguments: everything.indices)
    func `a restart at any event changes nothing`(row: Int) throws {
        let wanted = EventSet.found(Self.everything[row])
        for cut in EventSet.events.indices {
            var play = PatternPlay(Self.everything[row])
            for event in EventSet.events[..<cut] { play.take(event) }
            var copy = try play.restored()
            #expect(copy.table == play.table)
            for event in EventSet.events[cut...] { copy.take(event) }
            copy.wait(until: EventSet.end)
            #expect(copy.words() == wanted)
        }
    }
}
