import Correlation
import Escalation
import SafetyCore
import SafetyModel
import Testing

/// Rule 7: blind time is taken off silence, and total silence has a ceiling nevertheless.
struct Rule07BlindWindowTests {
    /// A home whose button is its only unsupervised device; everything else is heard once.
    static func heard(_ supervision: Duration, without: [String] = []) -> Rehearsal {
        var story = Rehearsal(TinySite(supervision: supervision, without: without))
        for device in ["smoke", "smoke2", "gas", "co", "band", "door", "thermo"]
        where !without.contains(device) {
            story.say(device, Observation(.battery, .number(90)))
        }
        return story
    }

    static func lost(_ story: Rehearsal) -> Int {
        story.machine.home(HomeIndex(1)).perception.devices.count { $0.isLost }
    }

    @Test func `a link that was down is taken off the silence of devices`() {
        var story = Self.heard(.minutes(10))
        story.wait(.minutes(4))
        story.put(.link(isUp: false))
        story.wait(.minutes(30))
        story.put(.link(isUp: true), .caughtUp)
        #expect(Self.lost(story) == 0)
        story.wait(.minutes(6) - .milliseconds(1))
        #expect(Self.lost(story) == 0)
        story.wait(.milliseconds(1))
        #expect(Self.lost(story) == 7)
    }

    @Test func `a bridge that was down is taken off the silence of its devices`() {
        var story = Self.heard(.minutes(10))
        story.wait(.minutes(4))
        story.say("bridge", .bridgeDown)
        story.wait(.seconds(100))
        story.say("bridge", .bridgeUp)
        story.wait(.minutes(6) - .milliseconds(1))
        #expect(Self.lost(story) == 0)
        story.wait(.milliseconds(1))
        #expect(Self.lost(story) == 7)
    }

    @Test func `time during which the gateway was down is no silence`() {
        var story = Self.heard(.minutes(10))
        story.sleep(.hours(5))
        story.put(.restarted, .link(isUp: true), .caughtUp)
        #expect(Self.lost(story) == 0)
        story.wait(.minutes(10))
        #expect(Self.lost(story) == 7)
    }

    @Test func `no silence counts before the waiting messages have been read`() {
        var story = Self.heard(.minutes(10))
        story.put(.link(isUp: false), .link(isUp: true))
        story.wait(.minutes(20))
        #expect(Self.lost(story) == 0)
        story.say("smoke", .clear)
        story.put(.caughtUp)
        #expect(Self.lost(story) == 6, "what is due fires with the catching up")
    }

    @Test func `the ceiling calls a person although nothing could be heard`() {
        var story = Self.heard(.minutes(10))
        story.put(.link(isUp: false))
        _ = story.told()
        story.wait(.hours(25) - .milliseconds(1))
        #expect(!story.open.contains("homeUnprotected urgent"))
        story.wait(.milliseconds(1))
        #expect(story.open.contains("homeUnprotected urgent"))
        #expect(story.machine.home(HomeIndex(1)).perception.isUnprotected)
    }

    @Test func `after a long outage the ceiling waits for the catching up, not longer than its limit`() {
        var story = Self.heard(.minutes(10))
        story.sleep(.hours(30))
        story.put(.restarted, .link(isUp: true))
        story.wait(Supervision.catchUpLimit - .milliseconds(1))
        #expect(!story.open.contains("homeUnprotected urgent"))
        story.wait(.milliseconds(1))
        #expect(story.open.contains("homeUnprotected urgent"))
    }

    @Test func `a home that is heard among the waiting messages calls nobody`() {
        var story = Self.heard(.minutes(10))
        story.sleep(.hours(30))
        story.put(.restarted, .link(isUp: true))
        story.say("smoke", .clear)
        story.put(.caughtUp)
        #expect(story.open == [])
    }

    @Test func `a link that is down is a trouble after its patience, told to people at once`() {
        var story = Rehearsal()
        story.put(.link(isUp: false))
        story.wait(.seconds(30) - .milliseconds(1))
        #expect(story.told() == [])
        story.wait(.milliseconds(1))
        #expect(story.told() == ["grid alarm"])
        #expect(story.open == ["gatewayTrouble urgent"])
        story.put(.link(isUp: true))
        #expect(!story.incidents[0].alarms[0].isActive)
    }

    @Test func `a restart after a pause is no trouble of the link`() {
        var story = Rehearsal()
        story.sleep(.hours(2))
        story.put(.restarted)
        story.wait(.seconds(20))
        story.put(.link(isUp: true), .caughtUp)
        #expect(story.told() == [])
        story.put(.restarted)
        story.wait(.seconds(30))
        #expect(story.told() == ["grid alarm"], "but a link that stays away is one")
    }

    @Test func `a span that ran out while the gateway was blind fires when it hears again`() {
        var site = TinySite()
        site.rules = [
            Rule(
                id: "door", when: .held(Condition(.contact, .isOn), for: .minutes(10)),
                alarm: AlarmKind("door"),
                urgency: .urgent)
        ]
        var story = Rehearsal(site)
        story.say("door", .open)
        story.put(.link(isUp: false))
        story.wait(.minutes(20))
        _ = story.told()
        story.put(.link(isUp: true))
        #expect(!story.open.contains("door urgent"))
        story.put(.caughtUp)
        #expect(story.incidents.contains { $0.alarms.contains { $0.kind == AlarmKind("door") } })
    }
}
