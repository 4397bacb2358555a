import Testing

@testable import SiteConfiguration

struct RuleConflictTests {
    @Test(arguments: wrong)
    func `rules that say the same, less or the contrary are reported`(_ wrong: Wrong) throws {
        try wrong.check()
    }

    private static let second = "rules/rules.yaml:3:21"

    private static func pair(_ first: String, _ second: String) -> String {
        "rules:\n  - {rule: a, when: \(first)}\n  - {rule: b, when: \(second)}"
    }

    private static let leak = "waterLeak, alarm: waterLeak, urgency: urgent"

    static let wrong: [Wrong] = [
        Wrong(
            .rules, "rules:\n  - {rule: a, when: smoke, alarm: fire}", at: "rules/rules.yaml:2:21",
            "what the compiled-in rule life-safety/smoke says already"),
        Wrong(
            .rules, "rules:\n  - {rule: a, when: smoke in kitchen, alarm: fire}", at: "rules/rules.yaml:2:21",
            "what the compiled-in rule life-safety/smoke says already"),
        Wrong(
            .rules, "rules:\n  - {rule: a, when: call emergency, alarm: helpCall}",
            at: "rules/rules.yaml:2:21", "life-safety/sos already raises `sos`", .warning),
        Wrong(.rules, pair(leak, leak), at: second, "The rule b says the same as the rule a at"),
        Wrong(
            .rules, pair(leak, "waterLeak, alarm: waterLeak, urgency: routine"), at: second,
            "The rule b contradicts the rule a at"),
        Wrong(
            .rules, pair(leak, "waterLeak in kitchen, alarm: waterLeak"), at: second,
            "The rule b is in the shadow of the rule a", .warning),
        Wrong(
            .rules, pair(leak, "waterLeak, alarm: waterLeak, during: 01:00-02:00"), at: second,
            "The rule b is in the shadow of the rule a", .warning),
        Wrong(
            .rules, pair("temperature > 57, alarm: hot", "temperature > 60, alarm: hot"), at: second,
            "The rule b is in the shadow of the rule a", .warning),
        Wrong(
            .rules,
            pair(
                "{any_of: [smoke held for 5 s, heat held for 5 s]}, alarm: hot",
                "heat held for 9 s, alarm: hot, place: kitchen"),
            at: second, "The rule b is in the shadow of the rule a", .warning),
        Wrong(
            .rules,
            pair("\"waterLeak\", place: kitchen, alarm: hot", "waterLeak in kitchen, alarm: hot")
                .replacing("\"waterLeak\", place: kitchen", with: "waterLeak"),
            at: second, "The rule b is in the shadow of the rule a", .warning),
    ]

    @Test(arguments: [
        // More urgent, of another kind, or about something more.
        "waterLeak in kitchen, alarm: waterLeak, urgency: lifeSafety",
        "waterLeak, alarm: flood",
        "{count: 2, of: waterLeak, distinct: device, within: 5 min}, alarm: waterLeak",
        "waterLeak held for 10 min, alarm: waterLeak",
        "{all_of: [waterLeak, contact], within: 5 min}, alarm: waterLeak",
    ])
    func `rules that say more are left alone`(_ rule: String) throws {
        var site = SampleSite()
        site.rules = Self.pair(Self.leak, rule)
        let texts = try site.load().diagnostics.map(\.text).filter {
            $0.contains("shadow") || $0.contains("the same") || $0.contains("contradicts")
        }
        #expect(texts == [])
    }

    @Test func `a rule in several shadows is reported once`() throws {
        var site = SampleSite()
        site.rules =
            "rules:\n"
            + (1...5).map {
                "  - {rule: r\($0), when: temperature > \($0), alarm: hot}"
            }.joined(separator: "\n")
        let texts = try site.load().diagnostics.map(\.text).filter { $0.contains("in the shadow") }
        #expect(texts.count == 4)
    }

    @Test func `the kind that several homes need is reported where homes do not say their building`() throws {
        var site = SampleSite()
        site.homes += "\n  - {home: h2, resident: Wu, area: north, building: 3, "
        site.homes += "devices: [{device: s, profile: zigbee2mqtt/smoke}]}"
        site.rules = """
            rules:
              - rule: building-fire
                when: {count: 2, of: smoke alarm, distinct: home, within: 10 min}
                scope: building
                alarm: buildingFire
            """
        let texts = try site.load().diagnostics.map(\.text)
        #expect(
            texts == [
                "rules/rules.yaml:4:12: warning: The rule building-fire looks at several homes together, and "
                    + "1 of 2 homes (first h1) do not say `building`. What happens there counts for no "
                    + "neighbour. Write `building: 3` into the homes."
            ])
    }

    @Test func `all rules together have a bounded number of conditions`() throws {
        var site = SampleSite()
        let conditions = (1...Limits.conditionsPerRuleLimit).map { "temperature > \($0)" }
        let pattern = "{any_of: [\(conditions.joined(separator: ", "))]}"
        let rules = (0..<128).map { "  - {rule: r\($0), when: \(pattern), alarm: k\($0)}" }
        site.rules = "rules:\n" + rules.joined(separator: "\n")
        let texts = try site.load().diagnostics.map(\.text)
        #expect(texts.contains { $0.contains("4103 conditions, more than 4096") })
    }
}
