import Correlation
import SafetyModel
import Testing

@testable import SiteConfiguration

struct LimitTests {
    @Test(arguments: rows)
    func `more than a limit is refused where it stands`(_ wrong: Wrong) throws { try wrong.check() }

    private static func many(_ count: Int, _ text: (Int) -> String) -> String {
        (0..<count).map(text).joined(separator: ", ")
    }

    private static func home(_ line: String) -> String {
        "homes:\n  - home: h1\n    \(line)\n    devices: [{device: s, profile: zigbee2mqtt/smoke}]"
    }

    private static let all = "for: {urgency: [lifeSafety, urgent, routine]}"

    static let rows: [Wrong] = [
        Wrong(
            .homes, home("residents: [\(many(Limits.residentsPerHomeLimit + 1) { "r\($0)" })]"),
            at: "homes/homes.yaml:3:16", "33 residents, more than 32"),
        Wrong(
            .homes,
            home("contacts: {family: [\(many(Limits.contactsPerHomeLimit + 1) { _ in "tech-1" })]}"),
            at: "homes/homes.yaml:3:15", "33 contacts of one home, more than 32"),
        Wrong(
            .homes, home("hazards: [\(many(Limits.hazardsPerHomeLimit + 1) { "stair \($0)" })]"),
            at: "homes/homes.yaml:3:14", "17 hazards of one home, more than 16"),
        Wrong(
            .homes,
            home(
                "resident: {name: Li, pause: ["
                    + many(Limits.pausesPerHomeLimit + 1) { _ in "{from: 2026-11-01, until: 2026-11-02}" }
                    + "]}"),
            at: "homes/homes.yaml:3:33", "33 pauses of one home, more than 32"),
        Wrong(
            .homes, home("resident: " + String(repeating: "x", count: Limits.textLimit + 1)),
            at: "homes/homes.yaml:3:15", "more than 256 bytes"),
        Wrong(
            .homes, home("base_topic: " + String(repeating: "x", count: Limits.topicLimit + 1)),
            at: "homes/homes.yaml:3:17", "more than 512 bytes"),
        Wrong(
            .responders,
            "responders:\n  - responder: r\n    role: family\n    channels: "
                + "[\(many(Limits.channelsPerResponderLimit + 1) { _ in "mqtt" })]",
            at: "responders.yaml:4:15", "9 channels of one responder, more than 8"),
        Wrong(
            .plans,
            "plans:\n  - plan: p\n    \(all)\n    steps: "
                + "[\(many(Limits.stepsPerPlanLimit + 1) { _ in "{notify: centre}" })]",
            at: "plans/plans.yaml:4:12", "17 steps, more than 16"),
        Wrong(
            .plans,
            "plans:\n  - plan: p\n    \(all)\n    steps:\n      - notify: "
                + "[\(many(Limits.targetsPerStepLimit + 1) { _ in "centre" })]",
            at: "plans/plans.yaml:5:9", "33 targets of one step, more than 32"),
        Wrong(
            .plans, "plans: [\(many(Limits.planLimit + 1) { "{plan: p\($0)}" })]", at: "plans/plans.yaml:1:8",
            "1001 plans, more than 1000"),
        Wrong(
            .rules,
            "rules: [\(many(Limits.ruleLimit + 1) { "{rule: r\($0), when: smoke, alarm: fire}" })]",
            at: "rules/rules.yaml:1:8", "1001 rules, more than 1000"),
        Wrong(
            .anju,
            "gateway: g\nwebhooks: "
                + "[\(many(Limits.webhookLimit + 1) { "{webhook: w\($0), url: https://x/}" })]",
            at: "anju.yaml:2:11", "33 webhooks, more than 32"),
    ]

    @Test func `a file has at most so many values`() {
        #expect(YAMLReader.nodeLimit == 8_000_000)
        let log = ProblemLog(file: "f")
        #expect(YAMLReader.read(Array("[a, b, c, d]".utf8), log: log, nodeLimit: 5) != nil)
        #expect(YAMLReader.read(Array("[a, b, c, d, e]".utf8), log: log, nodeLimit: 5) == nil)
        #expect(log.diagnostics.map(\.what) == ["The file has more than 5 values"])
    }

    @Test func `a gateway has at most so many homes and responders over all files`() {
        let mark = Mark(line: 1, column: 1)
        var file = FileDraft(file: "anju.yaml")
        file.homes = (0...Limits.homeLimit).map { HomeDraft(id: "h\($0)", mark: mark, name: "") }
        file.responders = (0...Limits.responderLimit).map { number in
            ResponderDraft(
                responder: Responder(id: "r\(number)", name: "", role: .family, channels: []), mark: mark,
                channelMarks: [])
        }
        var builder = SiteBuilder(files: [file], settings: SettingsDraft(), now: SampleSite.now)
        builder.gatherResponders()
        builder.gatherHomes()
        #expect(
            builder.problems.diagnostics.map(\.what) == [
                "There are more than 20000 responders", "There are 100001 homes, more than 100000",
            ])
    }

    @Test(arguments: [
        ("zigbee2mqtt/smoke", SiteBuilder.smokeSupervisionLimit),
        ("zigbee2mqtt/leak", SiteBuilder.supervisionLimit),
    ])
    func `a device may be silent for exactly the limit`(_ profile: String, _ limit: Duration) throws {
        var site = SampleSite()
        let device = "{device: s, profile: \(profile), supervision: \(YAMLNode.show(limit))}"
        site.homes = "homes:\n  - {home: h1, resident: Li, devices: [\(device)]}"
        #expect(try site.load().diagnostics.map(\.text) == [])
        site.homes = site.homes.replacing(YAMLNode.show(limit), with: "\(limit.wholeMilliseconds + 1) ms")
        #expect(try site.load().errorCount == 1)
    }

    @Test func `a step for life safety may wait for exactly the limit`() throws {
        var site = SampleSite()
        let limit = YAMLNode.show(CoverageSurvey.lifeSafetySeenLimit)
        site.plans = site.plans.replacing("60 s}]", with: "\(limit)}]\n    repeat_last_every: \(limit)")
        #expect(try site.load().diagnostics.map(\.text) == [])
    }

    @Test func `a broker's file may go to the limits`() throws {
        var site = SampleSite()
        site.others["broker.conf"] = """
            persistence true
            max_queued_messages \(BrokerFile.queuedMessagesNeeded)
            max_inflight_messages \(BrokerFile.inflightMessagesLimit)
            set_tcp_nodelay true
            autosave_interval \(BrokerFile.autosaveIntervalLimit)
            """
        #expect(try site.load().diagnostics.map(\.text) == [])
    }

    @Test func `a stored pattern that is too deep is an error and never exhausts the stack`() {
        var pattern = Pattern.condition(Condition(.smoke, .isOn))
        for _ in 0..<Pattern.codingDepthLimit { pattern = .anyOf([pattern]) }
        var writer = ByteWriter()
        writer.write(pattern)
        var reader = ByteReader(writer.bytes)
        #expect(throws: ByteCodingError.self) { try Pattern(from: &reader) }
    }

    @Test func `a time zone with changes for ever keeps a bounded table`() throws {
        let calendar = try #require(CivilCalendar(timeZone: "America/New_York", around: SampleSite.now))
        #expect(calendar.offsets.count <= CivilCalendar.offsetLimit)
        #expect(CivilCalendar(timeZone: "Mars/Olympus", around: SampleSite.now) == nil)
    }
}
