import Escalation
import SafetyCore
import SafetyModel
import Testing
import Welfare

/// Silence of a home: asked about, told, ended, and never mixed up with blindness or an empty home.
struct InactivityTests {
    @Test func `a silent home is asked about first, then a person is called`() {
        var story = Rehearsal(TinySite.watched())
        story.move()
        _ = story.told()
        story.wait(.minutes(8 * 60 - 11))
        #expect(story.worries.isEmpty)
        story.wait(.minutes(1))
        #expect(story.worries == ["areYouWell"])
        #expect(story.told() == ["station alarm"])
        story.wait(.minutes(10))
        #expect(story.worries == ["areYouWell", "inactivity"])
        #expect(story.told().contains("grid alarm"))
        #expect(story.incidents.map(\.kind) == [.areYouWell, .inactivity] || story.incidents.count == 1)
    }

    @Test func `an alert says since when, against which limit, and who was heard last`() throws {
        var story = Rehearsal(TinySite.watched())
        story.move()
        story.wait(.hours(8))
        let alarm = try #require(story.incidents.flatMap(\.alarms).first { $0.kind == .inactivity })
        let evidence = try #require(alarm.evidence.first)
        #expect(evidence.device == "motion")
        #expect(
            String(decoding: evidence.payload, as: UTF8.self)
                == "no sign of life for 480 min; the limit is 480 min, fixed")
    }

    @Test func `after ten quiet days the learned line calls hours before the fixed one`() throws {
        var story = Rehearsal(TinySite.watched())
        story.live(days: 10)
        #expect(story.count(.inactivity) == 0)
        story.move()
        let waited = story.waitFor("inactivity", atMost: .hours(9))
        let learned = try #require(waited)
        #expect(learned >= .minutes(45) && learned <= .hours(6))
        var fixed = Rehearsal(TinySite.watched(WelfarePlan(inactivity: InactivityPlan(isLearned: false))))
        fixed.live(days: 10)
        fixed.move()
        #expect(fixed.waitFor("inactivity", atMost: .hours(9)) == .hours(8))
    }

    struct Sign: Sendable, CustomTestStringConvertible {
        var device: String
        var observation: Observation
        var isRetained = false
        var testDescription: String { "\(device) \(observation)" }
    }

    @Test(arguments: [
        Sign(device: "motion", observation: .motion),
        Sign(device: "button", observation: .press(.cancel)),
        Sign(device: "button", observation: .press(.checkIn)),
        Sign(device: "bed", observation: Observation(.bed, .flag(true))),
        Sign(device: "door", observation: .open),
    ])
    func `a sign of life answers the question and nobody is called`(sign: Sign) {
        var story = Rehearsal(TinySite.watched())
        story.move()
        story.wait(.minutes(8 * 60 - 5))
        #expect(story.worries == ["areYouWell"])
        story.say(sign.device, sign.observation)
        #expect(story.worries.isEmpty)
        story.wait(.minutes(10))
        #expect(story.count(.inactivity) == 0)
    }

    @Test(arguments: [
        Sign(device: "motion", observation: .still),
        Sign(device: "motion", observation: .motion, isRetained: true),
        Sign(device: "motion", observation: Observation.motion.from(.replayed)),
        Sign(device: "motion", observation: Observation.motion.from(.history)),
        Sign(device: "thermo", observation: .temperature(21)),
        Sign(device: "band", observation: Observation(.heartRate, .number(70))),
    ])
    func `what is cached, old or no act proves no life`(sign: Sign) {
        var story = Rehearsal(TinySite.watched())
        story.move()
        story.wait(.minutes(8 * 60 - 5))
        story.say(sign.device, sign.observation, retained: sign.isRetained)
        #expect(story.worries == ["areYouWell"])
        story.wait(.minutes(5))
        #expect(story.worries == ["areYouWell", "inactivity"])
    }

    @Test func `motion after the alert restores it, and the incident stays until a person closes it`() {
        var story = Rehearsal(TinySite.watched())
        story.move()
        story.wait(.hours(9))
        #expect(story.worries == ["areYouWell", "inactivity"])
        story.move()
        #expect(story.worries.isEmpty)
        #expect(!story.machine.openIncidents.isEmpty)
    }

    @Test func `time in which the broker could not be heard is no silence`() {
        var story = Rehearsal(TinySite.watched())
        story.move()
        story.wait(.hours(3))
        story.put(.link(isUp: false))
        story.wait(.hours(6))
        story.put(.link(isUp: true))
        story.wait(.hours(1))
        story.put(.caughtUp)
        story.wait(.minutes(3 * 60 + 49))
        #expect(story.count(.areYouWell) == 0)
        #expect(story.waitFor("inactivity", atMost: .minutes(11)) == .minutes(11))
    }

    @Test func `time in which the home's bridge was down is no silence`() {
        var story = Rehearsal(TinySite.watched())
        story.move()
        story.wait(.hours(3))
        story.say("bridge", .bridgeDown)
        story.wait(.hours(6))
        #expect(story.worries.isEmpty)
        story.say("bridge", .bridgeUp)
        story.wait(.minutes(4 * 60 + 49))
        #expect(story.worries.isEmpty)
        #expect(story.waitFor("inactivity", atMost: .minutes(11)) == .minutes(11))
    }

    @Test func `what waited at the broker ends the silence before it is told`() {
        var story = Rehearsal(TinySite.watched())
        story.move()
        story.wait(.minutes(8 * 60 - 11))
        story.put(.link(isUp: false))
        story.wait(.hours(1))
        story.put(.link(isUp: true))
        story.wait(.minutes(20))
        story.move()
        story.put(.caughtUp)
        #expect(story.count(.areYouWell) + story.count(.inactivity) == 0)
    }

    @Test func `an empty home is not silent, but nobody stays away for ever`() {
        var story = Rehearsal(TinySite.watched())
        story.move()
        story.useDoor()
        story.wait(.hours(35))
        #expect(story.count(.areYouWell) + story.count(.inactivity) == 0)
        story.wait(.hours(2))
        #expect(story.worries == ["away"])
        story.useDoor()
        #expect(story.worries.isEmpty)
    }

    @Test func `who comes home before the silence began is at home`() {
        var story = Rehearsal(TinySite.watched())
        story.useDoor()
        story.wait(.minutes(5))
        story.move()
        story.wait(.hours(8))
        #expect(story.worries == ["areYouWell", "inactivity"])
    }

    @Test func `blind time after the door does not make a home empty`() {
        var story = Rehearsal(TinySite.watched())
        story.move()
        story.useDoor()
        story.put(.link(isUp: false))
        story.wait(.hours(5))
        story.put(.link(isUp: true), .caughtUp)
        #expect(story.machine.home(HomeIndex(1)).welfare?.presence.state == .atHome)
        story.wait(.minutes(11))
        #expect(story.machine.home(HomeIndex(1)).welfare?.presence.state == .perhapsAway)
    }

    @Test func `silence delays no life safety`() {
        var story = Rehearsal(TinySite.watched())
        story.move()
        story.wait(.hours(9))
        _ = story.told()
        story.say("smoke", .smoke)
        #expect(story.told().contains("centre alarm"))
    }

    @Test func `a home without a welfare plan keeps nothing`() {
        var story = Rehearsal(TinySite())
        story.say("door", .open)
        story.wait(.hours(12))
        #expect(story.machine.home(HomeIndex(1)).welfare == nil)
        #expect(story.machine.home(HomeIndex(1)).care == CareState())
    }
}
