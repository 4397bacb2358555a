import Alarming
import Correlation
import Escalation
import SafetyCore
import SafetyModel
import Testing

/// Rule 8 as far as these parts go: nothing hides life safety, and commissioning is the one named exception.
struct Rule08CommissioningTests {
    @Test func `a home being commissioned escalates nothing and has no troubles`() {
        var story = Rehearsal(TinySite(commissioned: ["h1"], supervision: .minutes(10)))
        story.say("smoke", .smoke)
        story.say("button", .press())
        story.sayNonsense("gas", reason: "broken", payload: "{")
        story.say("bridge", .bridgeDown)
        story.wait(.hours(60))
        #expect(story.told() == [])
        #expect(story.incidents.isEmpty)
    }

    @Test func `once in service a hazard that stands raises with the next message`() {
        var story = Rehearsal(TinySite(commissioned: ["h1"]))
        story.say("smoke", .smoke)
        story.machine.adopt(TinySite().compiled, at: story.now)
        story.say("smoke", .smoke)
        #expect(story.told() == Rule01FirstNotificationTests.everyone)
    }

    @Test func `silence counts from the declaration, without the blind time before it`() {
        let supervision = Duration.minutes(10)
        var story = Rehearsal(TinySite(commissioned: ["h1"], supervision: supervision))
        story.put(.link(isUp: false))
        story.wait(.hours(3))
        story.put(.link(isUp: true), .caughtUp)
        story.person("grid", .close(.technical))
        story.machine.adopt(TinySite(supervision: supervision).compiled, at: story.now)
        story.wait(supervision - .milliseconds(1))
        #expect(!story.open.contains("homeUnprotected urgent"))
        story.wait(.milliseconds(1))
        #expect(story.open.contains("homeUnprotected urgent"), "none of its guards was ever heard")
    }

    @Test func `a home taken out of service keeps its open incident and raises nothing more`() {
        var story = Rehearsal()
        story.say("smoke", .smoke)
        story.machine.adopt(TinySite(commissioned: ["h1"]).compiled, at: story.now)
        #expect(story.machine.openIncidents.count == 1)
        story.person("centre", .close(.test))
        _ = story.told()
        story.wait(.hours(1))
        #expect(story.told() == [])
        story.machine.adopt(TinySite().compiled, at: story.now)
        story.say("smoke", .smoke)
        #expect(story.told() == Rule01FirstNotificationTests.everyone)
    }

    @Test func `a device that was lost before is found lost again when the home is back in service`() {
        let site = TinySite(supervision: .minutes(10))
        var story = Rule07BlindWindowTests.heard(.minutes(10))
        story.wait(.minutes(11))
        story.machine.adopt(TinySite(commissioned: ["h1"], supervision: .minutes(10)).compiled, at: story.now)
        for incident in story.machine.openIncidents {
            story.person("technician", .close(.technical), on: incident.id.number)
        }
        _ = story.told()
        story.machine.adopt(site.compiled, at: story.now)
        story.wait(.minutes(11))
        #expect(story.open.contains("deviceLost technical"))
    }
}

/// Rule 9: only a person with a disposition closes an incident.
struct Rule09DispositionTests {
    @Test(arguments: Disposition.allCases)
    func `a person closes with a disposition, which stays in the record`(disposition: Disposition) {
        var story = Rehearsal()
        story.say("smoke", .smoke)
        #expect(story.person("grid", .close(disposition)) == .accepted(phase: .closed))
        #expect(story.incidents[0].disposition == disposition)
        #expect(story.incidents[0].closedAt == story.now)
        #expect(story.incidents[0].timeline.last { $0.event == .closed }?.responder == "grid")
        #expect(Disposition(name: disposition.name) == disposition)
    }

    @Test func `neither restored nor cancel nor time nor a restart closes`() {
        var story = Rehearsal(TinySite(supervision: .zero))
        story.say("smoke", .smoke)
        story.say("smoke", .clear)
        story.say("button", .press(.cancel))
        story.wait(.hours(48))
        story.put(.restarted, .link(isUp: true), .caughtUp)
        #expect(story.incidents[0].isOpen)
    }

    @Test func `nothing is sent any more for a closed incident but that it is closed`() {
        var story = Rehearsal(TinySite(supervision: .zero))
        story.answer = { _ in nil }
        story.say("smoke", .smoke)
        story.say("smoke", .clear)
        story.person("grid", .close(.falseAlarm))
        _ = story.told()
        let before = story.orders.count
        story.wait(.hours(5))
        #expect(story.orders[before...].allSatisfy { $0.purpose == .closed })
        #expect(story.machine.heldIncidents.isEmpty, "given up after the last try")
        #expect(story.machine.nextDeadline == nil)
    }
}
