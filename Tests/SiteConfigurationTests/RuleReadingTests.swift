import Correlation
import SafetyCore
import SafetyModel
import Testing

@testable import SiteConfiguration

struct RuleReadingTests {
    @Test(arguments: patterns)
    func `every operator means what it says`(_ text: String, _ pattern: Pattern) throws {
        let log = ProblemLog(file: "f")
        let node = try #require(YAMLReader.read(Array(text.utf8), log: log))
        var reader = PatternReader(log: log)
        #expect(reader.read(node) == pattern)
        #expect(log.diagnostics.map(\.text) == [])
    }

    private static let opened = Condition(.contact, .isOn)
    private static let motion = Condition(.motion, .isOn)
    private static let smoke = Condition(.smoke, .isOn)
    private static let rises = Comparison.above(-.greatestFiniteMagnitude)
    private static let falls = Comparison.below(.greatestFiniteMagnitude)

    static let patterns: [(String, Pattern)] = [
        ("motion in living room", .condition(Condition(.motion, .isOn, place: "living room"))),
        ("temperature > 57 degC in 厨房", .condition(Condition(.temperature, .above(57), place: "厨房"))),
        (
            "smoke in kitchen held for 60 s",
            .held(Condition(.smoke, .isOn, place: "kitchen"), for: .seconds(60))
        ),
        ("call cancel", .condition(Condition(.call, .isKey(.cancel)))),
        (
            "{sequence: [door opened, {absent: door closed, for: 10 min}]}",
            .sequence(
                [.condition(opened), .absent([Condition(.contact, .isOff)], for: .minutes(10))], within: nil)
        ),
        (
            "{sequence: [fall detected, {absent: [motion, door opened, call cancel], for: 60 s}]}",
            .sequence(
                [
                    .condition(Condition(.fall, .isOn)),
                    .absent([motion, opened, Condition(.call, .isKey(.cancel))], for: .seconds(60)),
                ], within: nil)
        ),
        (
            "{sequence: [door opened, {any_of: [motion, smoke held for 5 s]}], within: 1 h}",
            .sequence(
                [.condition(opened), .anyOf([.condition(motion), .held(smoke, for: .seconds(5))])],
                within: .hours(1))
        ),
        ("{absent: motion, for: 72 h}", .absent([motion], for: .hours(72))),
        (
            "{count: 2, of: smoke alarm, distinct: home, within: 10 min}",
            .count(2, of: smoke, distinct: .home, within: .minutes(10))
        ),
        ("{count: 64, of: motion, within: 1 s}", .count(64, of: motion, distinct: nil, within: .seconds(1))),
        (
            "{change: temperature, by: 8 degC, within: 1 min}",
            .change(Condition(.temperature, rises), by: 8, within: .minutes(1))
        ),
        (
            "{change: heart rate in bedroom, by: 30, within: 1 min, falls: true}",
            .change(Condition(.heartRate, falls, place: "bedroom"), by: 30, within: .minutes(1))
        ),
        (
            "{raise: motion, clear: {absent: motion, for: 10 min}}",
            .condition(Condition(.motion, .isOn, quietAfter: .minutes(10)))
        ),
        (
            "{held: motion, for: 1 h, clear: {absent: motion, for: 1 h}}",
            .held(Condition(.motion, .isOn, quietAfter: .hours(1)), for: .hours(1))
        ),
        ("{raise: smoke, unless: test}", .unless(.condition(smoke), .condition(Condition(.test, .isOn)))),
        (
            "{all_of: [smoke, motion], within: 5 s, unless: {absent: motion, for: 1 h}}",
            .unless(
                .allOf([.condition(smoke), .condition(motion)], within: .seconds(5)),
                .absent([motion], for: .hours(1)))
        ),
    ]

    /// The schedule of one rule, read with its site.
    private func schedule(_ text: String) throws -> Schedule? {
        var site = SampleSite()
        site.anju += "\nholidays: {spring: [2027-02-05..2027-02-07, 2027-02-20], moon: 2026-09-25}"
        site.rules = "rules:\n  - {rule: r, when: contact, alarm: x, during: \(text)}"
        let result = try site.load()
        #expect(result.diagnostics.map(\.text) == [])
        return try #require(result.installation).site.rules[0].during
    }

    @Test(arguments: [
        ("22:00-05:00", Schedule(spans: [.init(from: 1_320, until: 300)])),
        ("7:00-24:00", Schedule(spans: [.init(from: 420, until: 1_440)])),
        ("22:00-00:00", Schedule(spans: [.init(from: 1_320, until: 1_440)])),
        (
            "[00:00-06:00, 12:30-13:00]",
            Schedule(spans: [.init(from: 0, until: 360), .init(from: 750, until: 780)])
        ),
        ("{weekdays: mon-fri}", Schedule(weekdays: 0b001_1111)),
        ("{weekdays: [sat-mon, wed]}", Schedule(weekdays: 0b110_0101)),
        (
            "{times: 08:00-18:00, weekdays: fri, holidays: excluded, holiday_list: moon}",
            Schedule(
                spans: [.init(from: 480, until: 1_080)], weekdays: 0b001_0000, holidays: .excluded,
                holidayDays: [20_721])
        ),
        (
            "{holidays: only, holiday_list: [spring]}",
            Schedule(holidays: .only, holidayDays: [20_854, 20_855, 20_856, 20_869])
        ),
        (
            "{weekdays: mon, holidays: included}",
            Schedule(
                weekdays: 1, holidays: .included, holidayDays: [20_721, 20_854, 20_855, 20_856, 20_869])
        ),
    ])
    func `a schedule means what it says`(_ text: String, _ wanted: Schedule) throws {
        #expect(try schedule(text) == wanted)
    }

    @Test(arguments: [
        ("1970-01-01", 0), ("2000-02-29", 11_016), ("2026-09-25", 20_721), ("2199-12-31", 84_005),
    ])
    func `a date is a number of days`(_ text: String, _ day: Int32) {
        #expect(CivilDay.number(of: text, years: 1_970...2_199) == day)
    }

    @Test func `a rule has its exception, scope, restart and messages`() throws {
        var site = SampleSite()
        site.rules = """
            rules:
              - rule: r
                when: {sequence: [door opened, {absent: motion, for: 10 min}]}
                unless: {held: presence, for: 60 s}
                scope: community
                restart: on_repeat
                alarm: wandering
                urgency: lifeSafety
                messages: {zh: "{home}的门开着", en: "The door {device} of {home} ({place}) is open: {value}"}
            """
        let result = try site.load()
        #expect(result.diagnostics.map(\.text) == [])
        let rule = try #require(result.installation).site.rules[0]
        #expect(rule.scope == .community)
        #expect(rule.restarts)
        #expect(rule.messages.map(\.language) == ["zh", "en"])
        #expect(rule.messages[0].text == "{home}的门开着")
        guard case .unless(.sequence, .held) = rule.when else {
            Issue.record("not an exception: \(rule.when)")
            return
        }
    }

    @Test func `a home says its building, unit and floor`() throws {
        var site = SampleSite()
        site.homes = site.homes.replacing(
            "area: north", with: "area: north\n    building: 03\n    unit: 2\n    floor: 5")
        let home = try #require(try site.load().installation).site.community.homes[1]
        #expect(home.building == "03")
        #expect(home.unit == "2")
        #expect(home.floor == 5)
    }
}
