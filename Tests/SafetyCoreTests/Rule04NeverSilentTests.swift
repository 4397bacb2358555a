import Escalation
import SafetyCore
import SafetyModel
import Testing

/// Rule 4: a chain never ends in silence; only a person's disposition ends it.
struct Rule04NeverSilentTests {
    @Test func `the last step repeats for days until a person answers`() {
        var story = Rehearsal(TinySite(supervision: .zero))
        story.say("button", .press())
        story.wait(.hours(72))
        let reminders = story.told().filter { $0 == "centre reminder" }.count
        #expect(reminders == (72 * 60 - 3) / 2 + 1)
        #expect(story.incidents[0].isOpen)
        #expect(story.incidents[0].outstanding.isEmpty)
        #expect(story.incidents[0].timeline.count == Incident.timelineLimit)
        #expect(story.incidents[0].droppedEntries > 4_000)
        #expect(story.incidents[0].timeline[0].event == .opened, "the beginning is kept")
        story.person("centre", .acknowledge)
        _ = story.told()
        story.wait(.minutes(14))
        #expect(story.told() == [])
    }

    @Test func `a cancel key stops nothing and is written down`() {
        var story = Rehearsal()
        story.say("button", .press())
        story.say("button", .press(.cancel))
        _ = story.told()
        #expect(story.timeline().contains("cancelPressed"))
        #expect(story.open == ["sos steps"])
        story.wait(.seconds(60))
        #expect(story.told() == ["grid alarm"])
    }

    @Test func `a step whose orders all failed moves on without waiting`() {
        var story = Rehearsal()
        story.answer = { $0.responder == "grid" ? .delivered : .rejected(reason: "unknown address") }
        story.say("button", .press())
        #expect(Array(story.told().prefix(3)) == ["neighbour alarm", "family alarm", "grid alarm"])
        #expect(story.timeline().contains("stepFailed"))
    }

    @Test func `one delivered order keeps the step`() {
        var story = Rehearsal()
        story.answer = { $0.responder == "family" ? .delivered : .rejected(reason: "unknown address") }
        story.say("button", .press())
        #expect(story.told() == ["neighbour alarm", "family alarm"])
        story.wait(.seconds(59))
        #expect(story.told() == [])
    }

    @Test func `when nothing can be delivered the last step is sent again after its delay, for ever`() {
        var story = Rehearsal()
        story.answer = { _ in .rejected(reason: "no network") }
        story.say("smoke", .smoke)
        #expect(story.told().count == 5)
        for _ in 0..<30 {
            story.wait(EscalationDesk.failedStepDelay)
            #expect(story.told().count == 5)
        }
    }

    @Test func `no report counts as failed, is tried again and then goes over the next channel`() {
        var story = Rehearsal()
        story.answer = { _ in nil }
        story.say("band", .fall)
        story.wait(.seconds(59))
        let tries = story.orders.filter { $0.responder == "neighbour" }
        #expect(tries.map(\.channel) == ["mqtt", "mqtt", "mqtt", "sms", "sms"])
        #expect(tries.map(\.attempt) == [1, 2, 3, 4, 5])
        #expect(Set(tries.map(\.id)).count == 1, "the same order under the same id")
        let gaps = zip(tries, tries.dropFirst()).map { $1.attempt - $0.attempt }
        #expect(gaps.allSatisfy { $0 == 1 })
    }

    @Test func `each incident that is open has a next deadline, whatever was done to it`() {
        var story = Rehearsal()
        story.say("smoke", .smoke)
        for act in [PersonCommand.Act.acknowledge, .onScene, .needHelp] {
            story.person("grid", act)
            #expect(story.incidents[0].deadline != nil)
        }
        #expect(Auditor.complaint(about: story.machine.home(HomeIndex(1)).desk, at: story.now) == nil)
    }

    @Test func `the auditor finds an incident without a deadline and one that nobody answers for`() {
        var story = Rehearsal()
        story.say("smoke", .smoke)
        var incident = story.incidents[0]
        incident.deadline = nil
        let silent = Auditor.complaint(about: EscalationDesk(incidents: [incident]), at: story.now)
        #expect(silent?.contains("without a next deadline") == true)
        incident.deadline = story.now
        let stuck = Auditor.complaint(about: EscalationDesk(incidents: [incident]), at: story.now)
        #expect(stuck?.contains("did not fire") == true)
        incident.deadline = story.now + .seconds(1)
        incident.phase = .acknowledged
        let nobody = Auditor.complaint(about: EscalationDesk(incidents: [incident]), at: story.now)
        #expect(nobody?.contains("by nobody") == true)
    }

    @Test(arguments: [(Int64(2), false), (3, true)])
    func `a deadline that passed while the gateway was down fires at once, marked beyond the late limit`(
        seconds: Int64, isLate: Bool
    ) {
        #expect(EscalationDesk.lateLimit == .seconds(2))
        var story = Rehearsal()
        story.say("button", .press())
        _ = story.told()
        story.sleep(.seconds(60 + seconds))
        story.put(.restarted)
        #expect(story.told() == ["grid alarm"])
        #expect(story.incidents[0].timeline.contains { $0.detail.contains("late by") } == isLate)
    }
}
