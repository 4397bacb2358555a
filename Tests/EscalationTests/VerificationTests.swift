import Escalation
import SafetyModel
import Testing

/// Somebody rings the resident: beside the calls, or for 90 s before them where nothing threatens life.
struct VerificationTests {
    private static func plan(isFirst: Bool, within: Duration = .seconds(90)) -> FrozenPlan {
        DeskStory.plan(
            [DeskStory.step([DeskStory.person("a")]), DeskStory.step([DeskStory.person("v")])],
            verification: FrozenVerification(
                targets: [.person(DeskStory.person("v"))], within: within, isFirst: isFirst))
    }

    @Test(arguments: [
        (AlarmKind.inactivity, Urgency.urgent, true), (.vitals, .urgent, true),
        (.deviceLost, .technical, true), (.vitals, .lifeSafety, false), (.sos, .lifeSafety, false),
        (.fall, .lifeSafety, false), (.waterLeak, .urgent, false), (.homeUnprotected, .urgent, false),
        (.gatewayTrouble, .urgent, false),
    ])
    func `only inactivity, vitals and troubles wait, whatever the plan says`(
        kind: AlarmKind, urgency: Urgency, waits: Bool
    ) {
        #expect(EscalationPlan.Verification.mayDelay(kind, urgency: urgency) == waits)
        let plan = EscalationPlan(
            id: "p", steps: [EscalationPlan.Step(notify: [.person("a")], seenWithin: .seconds(60))],
            verification: EscalationPlan.Verification(
                by: [.person("a")], within: .minutes(5), before: [kind]))
        let people = ResponderDirectory([Responder(id: "a", name: "a", role: .centre, channels: [])])
        let home = Home(
            id: "h", name: "h", residents: [Resident(id: "r", name: "r", telephone: "100")])
        let frozen = PlanBook.freeze(plan, home: home, among: people, for: kind, urgency: urgency)
        #expect(frozen.verification?.isFirst == waits)
        #expect(frozen.verification?.within == EscalationPlan.Verification.withinLimit)
        let silent = PlanBook.freeze(
            plan, home: Home(id: "h", name: "h"), among: people, for: kind, urgency: urgency)
        #expect(silent.verification == nil, "nobody can be rung without a telephone")
    }

    @Test func `before the first step it is bounded, and then people are called`() {
        #expect(EscalationPlan.Verification.withinLimit == .seconds(90))
        var story = DeskStory(Self.plan(isFirst: true, within: .hours(3)))
        story.raise(.inactivity, .urgent)
        #expect(story.told() == ["v verify"])
        story.wait(.seconds(90) - .milliseconds(1))
        #expect(story.told() == [])
        story.wait(.milliseconds(1))
        #expect(story.told() == ["a alarm"])
    }

    @Test func `who rings and finds the resident well closes it, and nobody is called`() {
        var story = DeskStory(Self.plan(isFirst: true))
        story.raise(.inactivity, .urgent)
        story.wait(.seconds(60))
        story.person("v", .close(.falseAlarm))
        story.wait(.hours(1))
        #expect(story.told() == ["v verify"])
    }

    @Test(arguments: [true, false])
    func `that somebody rings stops nothing, that he takes over when he was called does`(isFirst: Bool) {
        var story = DeskStory(Self.plan(isFirst: isFirst))
        story.raise(isFirst ? .inactivity : .sos, isFirst ? .urgent : .lifeSafety)
        #expect(story.told() == (isFirst ? ["v verify"] : ["a alarm", "v verify"]))
        #expect(story.person("v", .acknowledge) == .accepted(phase: .calling))
        #expect(story.timeline.contains("verifying"))
        story.wait(.minutes(3))
        #expect(story.told().prefix(2) == (isFirst ? ["a alarm", "v alarm"] : ["v alarm", "v reminder"]))
        #expect(story.person("v", .acknowledge) == .accepted(phase: .acknowledged))
    }

    @Test func `when nobody can be asked to ring, people are called at once`() {
        var story = DeskStory(Self.plan(isFirst: true))
        story.answer = { $0.purpose == .verify ? .rejected(reason: "unknown") : .delivered }
        story.raise(.inactivity, .urgent)
        #expect(story.told() == ["v verify", "a alarm"])
    }

    @Test func `a call for help does not wait for a verification that runs`() {
        var story = DeskStory(Self.plan(isFirst: true))
        story.raise(.inactivity, .urgent)
        story.wait(.seconds(10))
        _ = story.told()
        story.raise(.sos, .lifeSafety, alarm: 2)
        #expect(story.told() == ["a alarm"])
    }

    @Test func `an order to ring does not keep a step whose calls all failed`() {
        var story = DeskStory(Self.plan(isFirst: false))
        story.answer = { $0.responder == "a" ? .failed(reason: "busy") : .delivered }
        story.raise()
        #expect(story.told().contains("v alarm"), "the next step is called at once")
    }

    @Test func `the auditor finds every wait that is too long`() throws {
        var story = DeskStory(Self.plan(isFirst: true))
        story.answer = { _ in nil }
        story.raise(.inactivity, .urgent)
        var incident = try #require(story.incident)
        func complaint() -> String {
            Auditor.complaint(about: EscalationDesk(incidents: [incident]), at: story.now) ?? ""
        }
        incident.deadline = story.now + .seconds(91)
        #expect(complaint().contains("too long for a verification"))
        incident.deadline = story.now + .seconds(90)
        incident.urgency = .lifeSafety
        #expect(complaint().contains("life is at stake"))
        incident.urgency = .urgent
        incident.handOver = Incident.HandOver(to: "x", due: story.now + .seconds(1))
        #expect(complaint().contains("handed over by nobody"))
        incident.handOver = nil
        incident.outstanding[0].order.attempt = 0
        #expect(complaint().contains("pressing orders wait"))
        incident.outstanding = []
        incident.step = 0
        incident.turned = ["a"]
        incident.plan.steps[0].turnEvery = .seconds(30)
        #expect(complaint().contains("too long for a turn"))
    }
}
