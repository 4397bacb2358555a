import Testing

@testable import SiteConfiguration

/// What a newcomer writes: the report names the form that was probably meant.
struct PlainWordsTests {
    private static let file = "rules/rules.yaml"

    @Test(arguments: conditions)
    func `a condition in plain words is answered with the form that was meant`(
        _ text: String, _ meant: String
    ) {
        #expect(ConditionSlips.meant(by: text) == meant)
    }

    @Test(arguments: [
        "smoke", "blue moon", "no blue moon for 5 min", "motion for ever", "", "smoke and", "in",
    ])
    func `nothing is guessed where nothing readable comes of it`(text: String) {
        #expect(ConditionSlips.meant(by: text) == nil)
    }

    @Test func `texts beyond the guess limit are not guessed at`() {
        let long = Array(repeating: "smoke", count: ConditionSlips.guessLimit / 5).joined(separator: " or ")
        #expect(ConditionSlips.meant(by: long) == nil)
    }

    static let conditions = [
        ("temperature above 57", "temperature > 57"),
        ("temperature more than 57 ℃", "temperature > 57 degC"),
        ("temperature < 14 C for 2 hours", "temperature < 14 degC held for 2 h"),
        ("no motion for 60 s", "{absent: motion, for: 60 s}"),
        ("no motion in bathroom for 30 minutes", "{absent: motion in bathroom, for: 30 min}"),
        ("no motion", "{absent: motion, for: 10 min}"),
        ("sos pressed", "call emergency"), ("panic", "call emergency"),
        ("smoke and gas alarm", "{all_of: [smoke, gas alarm], within: 5 min}"),
        ("temperature above 57 or gas alarm", "{any_of: [temperature > 57, gas alarm]}"),
        (
            "fall then no motion for 1 minute",
            "{sequence: [fall, {absent: motion, for: 1 min}], within: 10 min}"
        ),
    ]

    @Test(arguments: rules)
    func `a rule in plain words is reported with what to write`(_ wrong: Wrong) throws { try wrong.check() }

    private static func when(_ pattern: String, _ more: String = "") -> String {
        "rules:\n  - rule: r\n    when: \(pattern)\n    alarm: stove" + (more.isEmpty ? "" : "\n    " + more)
    }

    static let rules: [Wrong] = [
        Wrong(.rules, when("{absent: motion, for: 3 hours}"), at: "\(file):3:33", "Did you mean `3 h`?"),
        Wrong(.rules, when("{absent: motion, for: 5m}"), at: "\(file):3:33", "Did you mean `5 min`?"),
        Wrong(.rules, when("{absent: motion, for: 1 小时}"), at: "\(file):3:33", "Did you mean `1 h`?"),
        Wrong(
            .rules, when("{count: 2 times, of: smoke, within: 5 min}"), at: "\(file):3:19",
            "Did you mean `2`?"),
        Wrong(.rules, when("sos pressed"), at: "\(file):3:11", "Did you mean `call emergency`?"),
        Wrong(.rules, when("temperature over 57"), at: "\(file):3:11", "Did you mean `temperature > 57`?"),
        Wrong(.rules, when("[smoke, gas]"), at: "\(file):3:11", "Say how they belong together"),
        Wrong(
            .rules, when("smoke", "for_residents: heart disease"), at: "\(file):5:20",
            "Write `for_residents: {condition: heart disease}`"),
        Wrong(
            .rules, when("smoke", "messages: 着火了"), at: "\(file):5:15", "Write `messages: {zh: \"着火了\"}`"),
        Wrong(
            .rules, "rules:\n  - {name: r, when: smoke, alarm: x}", at: "\(file):2:6",
            "Did you mean `rule`?"),
        Wrong(
            .rules, "rules:\n  - {rule: r, when: smoke, then: x}", at: "\(file):2:28", "Did you mean `alarm`?"
        ),
        // All that is wrong in a rule is told at once, also beside a pattern that cannot be read.
        Wrong(.rules, when("smok", "scope: bulding"), at: "\(file):5:12", "Did you mean `building`?"),
        Wrong(.rules, when("smok", "restart: maybe"), at: "\(file):5:14", "never, on_repeat"),
        Wrong(
            .rules, when("smok", "messages: {zh: \"{homes}\"}"), at: "\(file):5:20",
            "Did you mean `{home}`?"),
        // What is compiled in is not held back by an exception.
        Wrong(
            .rules,
            "rules:\n  - rule: r\n    when: smoke\n    unless: temperature > 30\n    alarm: fire",
            at: "\(file):3:11", "no `unless`, place or time of a rule holds it back"),
    ]
}
