import Correlation
import Escalation
import SafetyModel
import Testing

@testable import SafetyCore

/// Rule 1: the first notification of a life-safety alarm is never held back.
struct Rule01FirstNotificationTests {
    static let everyone = ["centre alarm", "station alarm", "grid alarm", "neighbour alarm", "family alarm"]

    @Test(arguments: [
        ("smoke", Observation.smoke, AlarmKind.fire), ("gas", .gas, .gas),
        ("co", Observation(.carbonMonoxide, .flag(true)), .co),
        ("smoke", Observation(.heat, .flag(true)), .fire),
    ])
    func `fire, gas and CO reach everyone with the very message that says so`(
        device: String, observation: Observation, kind: AlarmKind
    ) {
        var story = Rehearsal()
        story.say(device, observation)
        #expect(story.told() == Self.everyone)
        #expect(story.incidents[0].kind == kind)
        #expect(story.orders.allSatisfy { $0.orderedAt == story.now && $0.urgency == .lifeSafety })
    }

    @Test(arguments: [
        ("button", Observation.press(), AlarmKind.sos), ("button", .press(.medical), .sos),
        ("button", .latched(), .sos), ("band", .fall, .fall),
    ])
    func `a call or a fall starts its first step at once`(
        device: String, observation: Observation, kind: AlarmKind
    ) {
        var story = Rehearsal()
        story.say(device, observation)
        #expect(story.told() == ["neighbour alarm", "family alarm"])
        #expect(story.incidents[0].kind == kind)
    }

    @Test(arguments: [Int64(0), 1, 1_000])
    func `smoke that is over after a moment still notifies and still waits for a person`(milliseconds: Int64)
    {
        var story = Rehearsal()
        story.say("smoke", .smoke)
        story.wait(.milliseconds(milliseconds))
        story.say("smoke", .clear)
        #expect(story.told() == Self.everyone)
        #expect(story.open == ["fire everyone"])
        #expect(!story.incidents[0].alarms[0].isActive)
        story.wait(.seconds(61))
        #expect(story.told().count == 5, "restored stops nothing")
    }

    @Test func `smoke and its end in one message of two observations still notify`() {
        var story = Rehearsal()
        story.say("smoke", .smoke, .clear)
        #expect(story.told() == Self.everyone)
    }

    @Test func `chatter does not delay or swallow the first notification`() {
        var story = Rehearsal()
        for _ in 0..<5 {
            story.say("gas", .gas)
            story.say("gas", .gasClear)
        }
        #expect(Array(story.told().prefix(5)) == Self.everyone)
        #expect(story.incidents[0].alarms[0].raiseCount == 5)
    }

    @Test func `smoke out of a history alarms at once and is marked late`() {
        var story = Rehearsal()
        story.say("smoke", .smoke.from(.history, at: story.clock(-600)))
        #expect(story.told() == Self.everyone)
        #expect(story.incidents[0].alarms[0].lateBy == .seconds(600))
        #expect(story.incidents[0].timeline[0].detail.contains("late by 600 s"))
    }

    @Test func `a history without times alarms too`() {
        var story = Rehearsal()
        story.say("smoke", .smoke.from(.history))
        #expect(story.told() == Self.everyone)
    }

    @Test func `a history that comes again is no second alarm, a new entry is one`() {
        var story = Rehearsal()
        let first = story.clock(-600)
        story.say("smoke", .smoke.from(.history, at: first))
        _ = story.told()
        story.say("smoke", .smoke.from(.history, at: first))
        #expect(story.told() == [])
        story.person("centre", .close(.real))
        _ = story.told()
        story.say("smoke", .smoke.from(.history, at: first))
        #expect(story.told() == [], "known also after closing")
        story.say("smoke", .smoke.from(.history, at: story.clock(-900)))
        #expect(story.told() == Self.everyone, "an older entry that nobody was told of is news")
    }

    @Test func `a device clock of the far future does not hide the history that follows`() {
        var story = Rehearsal()
        story.say("smoke", .smoke.from(.history, at: WallTime(milliseconds: .max)))
        story.person("centre", .close(.real))
        _ = story.told()
        story.say("smoke", .smoke.from(.history, at: story.clock(-60)))
        #expect(story.told() == Self.everyone)
    }

    @Test func `history that is no life safety only fills the record`() {
        var site = TinySite()
        site.rules = [
            Rule(
                id: "leak", when: .condition(Condition(.waterLeak, .isOn)), alarm: .waterLeak,
                urgency: .urgent)
        ]
        var story = Rehearsal(site)
        story.say("thermo", Observation(.waterLeak, .flag(true)).from(.history, at: story.clock(-60)))
        #expect(story.told() == [])
        story.say("thermo", Observation(.waterLeak, .flag(true)))
        #expect(story.told() == ["grid alarm"])
    }

    @Test func `one old reading does not complete a pattern of several, or a span`() {
        var site = TinySite()
        site.rules = [
            Rule(
                id: "stove",
                when: .allOf(
                    [.condition(Condition(.smoke, .isOn)), .condition(Condition(.temperature, .above(57)))],
                    within: .minutes(5)), alarm: .fire, urgency: .lifeSafety),
            Rule(
                id: "hot", when: .held(Condition(.temperature, .above(57)), for: .minutes(10)), alarm: .fire,
                urgency: .lifeSafety),
        ]
        var story = Rehearsal(site)
        story.say("thermo", .temperature(90).from(.history, at: story.clock(-60)))
        #expect(story.told() == [])
    }

    @Test func `an alarm that no plan covers calls everybody there is`() {
        var site = TinySite()
        site.plans = []
        var story = Rehearsal(site)
        story.say("smoke", .smoke)
        #expect(story.told().count == site.responders.count)
    }

    @Test func `the plan of last resort calls at most its limit of people`() {
        var site = TinySite()
        site.plans = []
        site.responders = (0..<40).map { TinySite.responder("r\($0)", .neighbour) }
        var story = Rehearsal(site)
        story.say("smoke", .smoke)
        #expect(story.told().count == SafetyMachine.planOfLastResortLimit)
    }
}
