import Correlation
import Escalation
import SafetyModel
import Testing

@testable import SafetyCore

/// Rule 6: what is retained or replayed proves nothing and re-presses nothing, and still hides no hazard.
struct Rule06OldNewsTests {
    @Test func `a pulse is always a press, also two equal ones`() {
        var story = Rehearsal()
        story.say("button", .press())
        story.say("button", .press())
        #expect(story.incidents[0].alarms[0].raiseCount == 2)
        #expect(story.told().filter { $0.hasSuffix("alarmAgain") }.count == 2)
    }

    @Test func `a pulse is a press also as the first message after a bridge's restart`() {
        var story = Rehearsal()
        story.say("button", .press())
        story.say("bridge", .bridgeDown)
        story.say("bridge", .bridgeUp)
        story.say("button", .press())
        #expect(story.incidents[0].alarms[0].raiseCount == 2)
    }

    @Test func `sos true repeated every 5 s is one press until its incident closes, then it is armed again`()
    {
        var story = Rehearsal()
        for _ in 0..<12 {
            story.say("button", .latched())
            story.wait(.seconds(5))
        }
        #expect(story.incidents[0].alarms[0].raiseCount == 1)
        story.person("family", .close(.real))
        _ = story.told()
        story.say("button", .latched())
        #expect(story.told() == ["neighbour alarm", "family alarm"])
        #expect(story.incidents.count == 2)
    }

    @Test(arguments: [true, false])
    func `a re-armed key is not pressed by what is retained or said again by a bridge`(isRetained: Bool) {
        var story = Rehearsal()
        story.say("button", .latched())
        story.person("family", .close(.real))
        _ = story.told()
        if !isRetained { story.say("bridge", .bridgeUp) }
        story.say("button", .latched(), retained: isRetained)
        #expect(story.told() == [])
        story.say("button", .latched())
        #expect(story.told() == ["neighbour alarm", "family alarm"])
    }

    @Test func `closing a technical incident does not re-arm a pressed key`() {
        var story = Rehearsal()
        story.sayNonsense("button", reason: "broken", payload: "{")
        story.say("button", .latched())
        story.person("technician", .close(.technical), on: 1)
        _ = story.told()
        story.say("button", .latched())
        #expect(story.told() == [])
    }

    @Test func `a retained press is a press once, not at each subscription`() {
        var story = Rehearsal()
        for _ in 0..<3 { story.say("button", .press(), retained: true) }
        #expect(story.incidents.count == 1)
        #expect(story.incidents[0].alarms[0].raiseCount == 1)
    }

    @Test(arguments: [Quality.retained, .replayed, .live])
    func `an active hazard without an active alarm raises whatever the message's origin`(quality: Quality) {
        var story = Rehearsal()
        story.say("smoke", Observation.smoke.from(quality), retained: quality == .retained)
        #expect(story.told() == Rule01FirstNotificationTests.everyone)
    }

    @Test func `the first message after a bridge's restart may be the real one`() {
        var story = Rehearsal()
        story.say("smoke", .clear)
        story.say("bridge", .bridgeDown)
        story.say("bridge", .bridgeUp)
        story.say("smoke", .smoke)
        #expect(story.told() == Rule01FirstNotificationTests.everyone)
    }

    @Test func `each device has its own alarm, so the second detector raises out of a cache too`() {
        var story = Rehearsal()
        story.say("smoke", .smoke)
        _ = story.told()
        story.say("smoke2", .smoke, retained: true)
        #expect(story.told().count == 5)
    }

    @Test func `a battery report that repeats the cached smoke tells nobody again`() {
        var story = Rehearsal()
        story.say("smoke", .smoke)
        _ = story.told()
        for level in 90..<95 { story.say("smoke", .smoke, Observation(.battery, .number(Double(level)))) }
        #expect(story.told() == [])
    }

    @Test func `gas false from another attribute's report does not end the alarm for people`() {
        var story = Rehearsal()
        story.say("gas", .gas)
        story.say("gas", .gasClear, Observation(.gasLevel, .number(12)))
        #expect(story.open == ["gas everyone"])
        _ = story.told()
        story.say("gas", .gas)
        #expect(story.told().count == 5, "it is back: told again")
    }

    @Test(arguments: [Int64(0), 1_999, 2_000])
    func `device time may differ by the clock step limit`(milliseconds: Int64) {
        #expect(EventDeriver.clockStepLimit == .seconds(2))
        var story = Rehearsal()
        story.say("smoke", .clear, at: story.clock())
        story.say(
            "smoke", .clear, at: WallTime(milliseconds: story.clock().milliseconds - milliseconds))
        #expect(story.incidents.isEmpty)
    }

    @Test func `a device clock that runs backward is trouble, its messages stay live`() {
        var story = Rehearsal()
        story.say("smoke", .clear, at: story.clock())
        story.wait(.hours(3))
        story.say("smoke", .smoke, at: story.clock(-86_400))
        #expect(story.told() == Rule01FirstNotificationTests.everyone)
        #expect(story.open.sorted() == ["deviceClock technical", "fire everyone"])
        #expect(story.incidents.first { $0.kind == .fire }?.alarms[0].evidence[0].quality == .live)
        #expect(story.machine.home(HomeIndex(1)).perception.devices[0].lastHeardAt == story.now)
        story.wait(SafetyMachine.clockCalmLimit)
        story.say("smoke", .clear, at: story.clock())
        #expect(story.machine.openIncidents.first { $0.kind == .deviceClock }?.alarms[0].isActive == true)
        story.wait(.milliseconds(1))
        story.say("smoke", .clear, at: story.clock())
        #expect(story.machine.openIncidents.first { $0.kind == .deviceClock }?.alarms[0].isActive == false)
    }

    @Test(arguments: [WallTime(milliseconds: .min), WallTime(milliseconds: .max)])
    func `a device time at the end of all numbers is survived`(time: WallTime) {
        var story = Rehearsal()
        story.say("smoke", .clear, at: WallTime(milliseconds: 5))
        story.say("smoke", .clear, at: time)
        story.say("smoke", .smoke, Observation.smoke.from(.history, at: time), at: WallTime(milliseconds: -5))
        #expect(story.open.contains("fire everyone"))
    }

    @Test func `last_seen that did not advance is no sign of life`() {
        var story = Rehearsal()
        story.say("smoke", .clear, at: story.clock())
        let heard = story.now
        story.wait(.hours(1))
        story.say("smoke", .clear, at: WallTime(milliseconds: heard.milliseconds))
        #expect(story.machine.home(HomeIndex(1)).perception.devices[0].lastHeardAt == heard)
    }

    @Test(arguments: [false, true])
    func `retained messages and the first after a bridge's restart are no sign of life`(isRetained: Bool) {
        var story = Rehearsal()
        story.say("smoke", .clear)
        let heard = story.now
        story.wait(.hours(1))
        // The bridge crashed and never said that it went: "online" comes twice.
        if !isRetained {
            story.say("bridge", .bridgeUp)
            story.say("bridge", .bridgeUp)
        }
        story.say("smoke", .clear, retained: isRetained)
        #expect(story.machine.home(HomeIndex(1)).perception.devices[0].lastHeardAt == heard)
        story.say("smoke", .clear)
        #expect(story.machine.home(HomeIndex(1)).perception.devices[0].lastHeardAt == story.now)
    }

    @Test func `a test press raises nothing, and a cached test does not mute a later hazard`() {
        var story = Rehearsal()
        let isTest = Observation(.test, .flag(true))
        story.say("smoke", .clear, isTest)
        story.say("smoke", Observation.smoke.from(.test))
        #expect(story.told() == [])
        story.say("smoke", .smoke, isTest)
        #expect(story.told() == Rule01FirstNotificationTests.everyone)
    }
}
