import Correlation
import Escalation
import SafetyCore
import SafetyModel
import Testing

/// Devices that fall silent, and homes that nobody guards.
struct SupervisionTests {
    private func kinds(_ story: Rehearsal) -> [String] {
        story.incidents.flatMap(\.alarms).filter(\.isActive).map(\.kind.name).sorted()
    }

    @Test func `a device that was never seen and one that fell silent are different troubles`() {
        var story = Rehearsal(
            TinySite(supervision: .minutes(10), without: ["smoke2", "co", "band", "door", "gas"]))
        story.say("smoke", .clear)
        story.wait(.minutes(10))
        #expect(kinds(story) == ["deviceLost", "deviceNeverSeen", "homeUnprotected"])
    }

    @Test func `a device that speaks again is restored`() {
        var story = Rule07BlindWindowTests.heard(.minutes(10))
        story.wait(.minutes(10))
        #expect(kinds(story).contains("deviceLost"))
        #expect(kinds(story).contains("homeUnprotected"))
        story.say("smoke", .clear)
        #expect(!kinds(story).contains("homeUnprotected"))
        for device in ["smoke2", "gas", "co", "band", "door", "thermo"] { story.say(device, .online, .clear) }
        #expect(kinds(story) == [])
    }

    @Test func `a device without supervision is never lost`() {
        var story = Rehearsal(TinySite(supervision: .zero))
        story.wait(.hours(24 * 30))
        #expect(story.incidents.isEmpty)
        #expect(story.machine.nextDeadline == nil)
    }

    @Test func `a device that its bridge reaches may be silent up to the reachable silence limit`() {
        var story = Rehearsal(
            TinySite(supervision: .minutes(10), without: ["smoke2", "gas", "co", "band", "door", "thermo"]))
        story.say("smoke", .clear)
        story.say("smoke", .online)
        story.wait(Supervision.reachableSilenceLimit - .milliseconds(1))
        #expect(kinds(story) == [])
        story.wait(.milliseconds(1))
        #expect(kinds(story).contains("deviceLost"))
    }

    @Test func `a silent device that its bridge calls offline is lost at once when its time is over`() {
        var story = Rehearsal(
            TinySite(supervision: .minutes(10), without: ["smoke2", "gas", "co", "band", "door", "thermo"]))
        story.say("smoke", .clear)
        story.say("smoke", .online)
        story.wait(.hours(3))
        #expect(kinds(story) == [])
        story.say("smoke", .offline)
        #expect(kinds(story) == ["deviceLost", "homeUnprotected"])
    }

    @Test func `a battery device that goes offline to sleep is no trouble`() {
        var story = Rule07BlindWindowTests.heard(.hours(24))
        for _ in 0..<20 {
            story.say("smoke", .offline)
            story.wait(.hours(1))
            story.say("smoke", .online)
        }
        #expect(kinds(story) == [])
    }

    @Test func `a device heard although its bridge is called down proves that the bridge is up`() {
        var story = Rule07BlindWindowTests.heard(.hours(24))
        story.say("bridge", .bridgeDown)
        story.wait(.minutes(3))
        #expect(kinds(story).contains("bridgeLost"))
        story.say("smoke", .clear)
        #expect(kinds(story) == [])
    }

    @Test func `one silent guard of several leaves a home protected`() {
        var story = Rule07BlindWindowTests.heard(.minutes(10))
        for _ in 0..<4 {
            story.wait(.minutes(4))
            for device in ["smoke", "gas", "co", "band", "door", "thermo"] {
                story.say(device, Observation(.battery, .number(1)))
            }
        }
        #expect(kinds(story) == ["deviceLost"])
    }

    @Test func `an unprotected home that stays so raises again after closing`() {
        var story = Rule07BlindWindowTests.heard(.minutes(10))
        story.wait(.minutes(10))
        let number = story.incidents.first { $0.kind == .homeUnprotected }?.id.number
        story.person("grid", .close(.noContact), on: number)
        #expect(!story.open.contains("homeUnprotected urgent"))
        story.wait(.minutes(5))
        #expect(story.open.contains("homeUnprotected urgent"))
    }
}
