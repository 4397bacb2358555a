import Testing

@testable import SiteConfiguration

struct WrongRulesTests {
    @Test(arguments: rules)
    func `a wrong rule is reported where it is wrong`(_ wrong: Wrong) throws { try wrong.check() }

    /// One rule whose pattern stands in line 3 from column 11 on.
    private static func when(_ pattern: String, _ more: String = "") -> String {
        "rules:\n  - rule: r\n    when: \(pattern)\n    alarm: stove" + (more.isEmpty ? "" : "\n    " + more)
    }

    static let rules: [Wrong] = [
        Wrong(.rules, when("smok alarm"), at: "rules/rules.yaml:3:11", "Did you mean `smoke`?"),
        Wrong(.rules, when("temperature"), at: "rules/rules.yaml:3:11", "Compare it with a number"),
        Wrong(.rules, when("temperature > hot"), at: "rules/rules.yaml:3:11", "\"hot\" is not a number"),
        Wrong(.rules, when("temperature > 57 F"), at: "rules/rules.yaml:3:11", "not measured in \"F\""),
        Wrong(.rules, when("temperature > 570"), at: "rules/rules.yaml:3:11", "never gets to 570"),
        Wrong(.rules, when("temperature > nan"), at: "rules/rules.yaml:3:11", "is not a number"),
        Wrong(.rules, when("smoke > 5"), at: "rules/rules.yaml:3:11", "`smoke` has no number"),
        Wrong(.rules, when("call"), at: "rules/rules.yaml:3:11", "`call` needs one key"),
        Wrong(.rules, when("call emergncy"), at: "rules/rules.yaml:3:11", "Did you mean `call emergency`?"),
        Wrong(.rules, when("bloodPressure alarm"), at: "rules/rules.yaml:3:11", "is not on or off"),
        Wrong(.rules, when("{all_of: [smoke, gas]}"), at: "rules/rules.yaml:3:11", "`within` is missing"),
        Wrong(
            .rules, when("{all_of: [smoke], within: 25 h}"), at: "rules/rules.yaml:3:37",
            "outside its range"),
        Wrong(.rules, when("{held: smoke}"), at: "rules/rules.yaml:3:11", "`for` is missing"),
        Wrong(.rules, when("{any_of: []}"), at: "rules/rules.yaml:3:20", "should be a list of conditions"),
        Wrong(
            .rules, when("{any_of: [smoke], for: 5 s}"), at: "rules/rules.yaml:3:29",
            "does nothing beside `any_of`"),
        Wrong(.rules, when("{any_of: [gas], held: smoke}"), at: "rules/rules.yaml:3:11", "has two operators"),
        Wrong(.rules, when("{within: 5 s}"), at: "rules/rules.yaml:3:11", "has no operator"),
        Wrong(
            .rules, when("[smoke, gas]"), at: "rules/rules.yaml:3:11",
            "should stand a condition, not a list"),
        Wrong(
            .rules, when("{raise: temperature > 57, clear: temperature < 60}"), at: "rules/rules.yaml:3:44",
            "does not end the condition"),
        Wrong(
            .rules, when("{raise: temperature > 57, clear: smoke off}"), at: "rules/rules.yaml:3:44",
            "the same signal"),
        Wrong(
            .rules, when(nested(Limits.patternDepthLimit + 1)), at: "rules/rules.yaml:3:\(11 + 8 * 10)",
            "nested deeper than 8 levels"),
        Wrong(
            .rules,
            when(
                "{any_of: [\(Array(repeating: "smoke", count: Limits.conditionsPerRuleLimit + 1).joined(separator: ", "))]}"
            ),
            at: "rules/rules.yaml:3:11", "more than 32 conditions"),
        Wrong(
            .rules, "rules:\n  - {rule: life-safety/smoke, when: smoke, alarm: fire}",
            at: "rules/rules.yaml:2:12",
            "are reserved"),
        Wrong(
            .rules, "rules:\n  - {rule: r, when: smoke, alarm: fire, urgency: routine}",
            at: "rules/rules.yaml:2:50",
            "always lifeSafety"),
        Wrong(
            .rules, "rules:\n  - {rule: r, when: smoke, alarm: homeUnprotected}", at: "rules/rules.yaml:2:35",
            "Only the gateway itself raises"),
        Wrong(
            .rules, "rules:\n  - {rule: r, when: smoke, alarm: watrLeak}", at: "rules/rules.yaml:2:12",
            "Did you mean `waterLeak`?", .warning),
        Wrong(.rules, "rules:\n  - {rule: r, when: smoke}", at: "rules/rules.yaml:2:5", "`alarm` is missing"),
        Wrong(.rules, "rules:\n  - {rule: r, alarm: x}", at: "rules/rules.yaml:2:5", "`when` is missing"),
        Wrong(
            .rules, "rules:\n  - {rule: r, when: smoke, alarm: x}\n  - {rule: r, when: gas, alarm: x}",
            at: "rules/rules.yaml:3:12", "already a rule `r`"),
        Wrong(
            .rules, when("smoke", "place: kitchn"), at: "rules/rules.yaml:5:12", "Did you mean `kitchen`?",
            .warning),
        Wrong(
            .rules, when("smoke", "device: smoke-9"), at: "rules/rules.yaml:5:13", "No home has a device",
            .warning),
        Wrong(
            .rules, when("smoke", "personal_bounds: true"), at: "rules/rules.yaml:5:22",
            "does nothing in this rule. It compares no vital sign with a number"),
        Wrong(
            .rules, when("temperature > 57", "personal_bounds: true"), at: "rules/rules.yaml:5:22",
            "`personal_bounds` does nothing in this rule"),
        Wrong(
            .rules, when("{change: heartRate, by: 30 bpm, within: 5 min}", "personal_bounds: true"),
            at: "rules/rules.yaml:5:22", "`personal_bounds` does nothing in this rule"),
        Wrong(
            .rules, when("heartRate > 130", "personal_bounds: perhaps"), at: "rules/rules.yaml:5:22",
            "should be true or false"),
        Wrong(
            .rules, when("heartRate > 130", "scope: building\n    personal_bounds: true"),
            at: "rules/rules.yaml:6:22",
            "`personal_bounds` and `scope` do not go together"),
        Wrong(
            .rules, when("{any_of: [heartRate > 130, heartRate > 160]}", "personal_bounds: true"),
            at: "rules/rules.yaml:5:22", "compares `heartRate` with two numbers on one side"),
    ]

    private static func nested(_ depth: Int) -> String {
        depth == 1 ? "smoke" : "{any_of: [" + nested(depth - 1) + "]}"
    }
}
