import Testing

@testable import SiteConfiguration

struct WrongPatternsTests {
    @Test(arguments: neverMatching)
    func `a rule that can never match is reported where it is wrong`(_ wrong: Wrong) throws {
        try wrong.check()
    }

    @Test(arguments: operators)
    func `a wrong operator is reported where it is wrong`(_ wrong: Wrong) throws { try wrong.check() }

    @Test(arguments: limits)
    func `a window has a limit`(_ wrong: Wrong) throws { try wrong.check() }

    @Test(arguments: words)
    func `a wrong condition is reported where it is wrong`(_ wrong: Wrong) throws { try wrong.check() }

    private static let file = "rules/rules.yaml"

    /// One rule whose pattern stands in line 3 from column 11 on, and more keys from line 5 on.
    static func when(_ pattern: String, _ more: String = "") -> String {
        "rules:\n  - rule: r\n    when: \(pattern)\n    alarm: stove" + (more.isEmpty ? "" : "\n    " + more)
    }

    /// A wrong pattern and the column of the report.
    private static func row(_ pattern: String, _ column: Int, _ says: String, _ more: String = "") -> Wrong {
        Wrong(.rules, when(pattern, more), at: "\(file):3:\(column)", says)
    }

    static let neverMatching: [Wrong] = [
        row("{sequence: [motion]}", 22, "A sequence of one is no sequence"),
        row("{sequence: [{absent: motion, for: 5 s}, {absent: bed, for: 5 s}]}", 22, "nothing but silence"),
        row(
            "{sequence: [contact, {absent: motion, for: 10 min}], within: 5 min}", 72,
            "its window is shorter than the absences in it"),
        row(
            "{all_of: [motion, {absent: motion, for: 10 min}], within: 5 min}", 29,
            "`motion` is required and must be absent"),
        row(
            "{count: 2, of: smoke, distinct: home, within: 5 min}", 11,
            "it counts homes, and looks at one"),
        row(
            "{count: 2, of: smoke in kitchen, distinct: place, within: 5 min}", 54,
            "one place cannot be 2 places"),
        row(
            "{count: 2, of: smoke, distinct: place, within: 5 min}", 11,
            "it counts places, and looks at one", "place: kitchen"),
        row("{held: call emergency, for: 5 s}", 18, "a press is never held"),
        row(
            "{held: motion, for: 60 s, clear: {absent: motion, for: 30 s}}", 44,
            "ends before it was held long enough"),
        row("{raise: smoke, unless: smoke}", 34, "its own exception"),
        row("{held: temperature > 57, for: 5 s, unless: temperature > 50}", 54, "its own exception"),
        Wrong(
            .rules, when("smoke in kitchen", "unless: {any_of: [test, smoke]}"), at: "\(file):5:13",
            "its own exception"),
        Wrong(
            .rules, when("motion", "device: smoke-1"), at: "\(file):5:13",
            "no device that it names says what it waits for", .warning),
        Wrong(
            .rules, when("call cancel", "place: kitchen"), at: "\(file):5:12",
            "no device that it names says what it waits for", .warning),
    ]

    static let operators: [Wrong] = [
        row("{sequence: [contact, smoke]}", 11, "`within` is missing"),
        row(
            "{sequence: [contact, {sequence: [motion, smoke], within: 5 s}], within: 5 s}", 32,
            "inside another one"),
        row("{sequence: motion}", 22, "should be a list of conditions"),
        row("{sequence: [motion, smok], within: 5 s}", 31, "Did you mean `smoke`?"),
        row("{absent: motion}", 11, "`for` is missing"),
        row("{absent: [], for: 5 s}", 20, "`absent` names nothing"),
        row("{absent: [motion, motion], for: 5 s}", 29, "names the same thing twice"),
        row("{absent: {any_of: [motion]}, for: 5 s}", 20, "should stand a condition, not a table"),
        row("{absent: motion, within: 5 s}", 28, "`within` does nothing beside `absent`"),
        row("{count: 2, of: smoke}", 11, "`within` is missing"),
        row("{count: 2, within: 5 s}", 11, "`of` is missing"),
        row("{count: 1, of: smoke, within: 5 s}", 19, "a whole number from 2 to 64"),
        row("{count: smoke, of: smoke, within: 5 s}", 19, "a whole number from 2 to 64"),
        row("{count: 2, of: smoke, distinct: hom, within: 5 s}", 43, "Did you mean `home`?"),
        row("{change: temperature, within: 5 s}", 11, "`by` is missing"),
        row("{change: smoke, by: 1, within: 5 s}", 20, "has no number that could change"),
        row("{change: temperatur, by: 1, within: 5 s}", 20, "Did you mean `temperature`?"),
        row("{change: temperature, by: -8, within: 5 s}", 37, "outside its range"),
        row("{change: temperature, by: 8 F, within: 5 s}", 37, "degC"),
        row("{all_of: [smoke, smoke], within: 5 s}", 28, "names the same thing twice"),
        row("{raise: smoke, unless: {sequence: [gas, heat], within: 5 s}}", 34, "true for a while"),
        row("{raise: smoke, unless: call cancel}", 34, "true for a while"),
        row("{unless: smoke}", 11, "has no operator"),
        row("{raise: smoke, clear: {absent: gas, for: 5 s}}", 42, "the absence of something else"),
        row("{raise: smoke, clear: {absent: smoke}}", 33, "`for` is missing"),
        row("{raise: smoke, clear: {held: smoke, for: 5 s}}", 34, "Unknown key `held`"),
        Wrong(
            .rules, when("{count: 2, of: smoke, within: 5 s}", "restart: on_repeat"), at: "\(file):5:5",
            "`restart` does nothing in this rule"),
        Wrong(.rules, when("smoke", "restart: maybe"), at: "\(file):5:14", "never, on_repeat"),
        Wrong(.rules, when("smoke", "scope: bulding"), at: "\(file):5:12", "Did you mean `building`?"),
        Wrong(
            .rules, when("temperature > 60", "scope: building"), at: "\(file):5:12",
            "`scope` does nothing for a single condition", .warning),
    ]

    static let limits: [Wrong] = [
        row("{sequence: [contact, smoke], within: 73 h}", 48, "to 72 h"),
        row("{absent: motion, for: 73 h}", 33, "to 72 h"),
        row("{count: 2, of: smoke, within: 25 h}", 41, "to 24 h"),
        row("{change: temperature, by: 8, within: 25 h}", 48, "to 24 h"),
        row("{held: smoke, for: 25 h}", 30, "to 24 h"),
        row("{raise: motion, clear: {absent: motion, for: 73 h}}", 56, "to 72 h"),
        row(
            "{count: \(Limits.countLimit + 1), of: smoke, within: 5 s}", 19,
            "a whole number from 2 to \(Limits.countLimit)"),
    ]

    static let words: [Wrong] = [
        row("motion in", 11, "No place stands behind `in`"),
        row("battery < 0 %", 11, "`battery < 0 %` is never true"),
        row("humidity > 100", 11, "`humidity > 100` is never true"),
        row("oxygenSaturation <= 100", 11, "is always true"),
        row("battery < 0.15", 11, "Write `15 %`"),
        row("bodyTemperature > 101", 11, "write 38.3 degC"),
        row("gas level > 500 ppm", 11, "not measured in \"ppm\""),
        row("carbonMonoxideLevel > 50 %", 11, "not measured in \"%\""),
        Wrong(
            .rules, when("{any_of: [smoke in kitchn, gas]}"), at: "\(file):3:21", "Did you mean `kitchen`?",
            .warning),
        Wrong(
            .rules, when("{change: temperature in kitchn, by: 8, within: 5 s}"), at: "\(file):3:20",
            "Did you mean `kitchen`?", .warning),
    ]
}
