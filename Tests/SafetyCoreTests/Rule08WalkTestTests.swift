import Alarming
import Correlation
import Escalation
import SafetyCore
import SafetyModel
import Testing

/// Rule 8: a walk test ends by itself, and no life is lost in it.
struct Rule08WalkTestTests {
    static func walking(_ site: TinySite = TinySite(), for span: Duration = .minutes(10)) -> Rehearsal {
        var story = Rehearsal(site)
        let answer = story.desk(.startWalkTest(duration: span))
        #expect(answer == .inForce(until: story.wall(after: span)))
        return story
    }

    static let everyone = Rule01FirstNotificationTests.everyone

    @Test func `smoke that ends within a minute is noted and calls nobody`() {
        var story = Self.walking()
        story.say("smoke", .smoke)
        story.wait(.seconds(59))
        story.say("smoke", .clear)
        story.wait(.minutes(20))
        #expect(story.told() == [])
        #expect(story.incidents.isEmpty)
        #expect(story.suspensions.walkTest?.tested.map(\.kind) == [.fire])
        #expect(story.suspensions.walkTest?.tested.map(\.heldMilliseconds) == [59_000])
        #expect(!story.suspensions.isTesting)
    }

    @Test func `smoke that lasts a minute calls everybody, with what the device said first`() {
        var story = Self.walking()
        story.say("smoke", .smoke, payload: "beep")
        story.wait(WalkTest.patienceLimit - .milliseconds(1))
        #expect(story.told() == [])
        story.say("smoke", .smoke)
        story.wait(.milliseconds(1))
        #expect(story.told() == Self.everyone)
        #expect(story.incidents[0].alarms[0].lateBy == WalkTest.patienceLimit)
        #expect(story.incidents[0].alarms[0].evidence[0].payload == Array("beep".utf8))
        #expect(story.incidents[0].alarms[0].isActive)
    }

    @Test func `smoke that comes and goes has one minute in all`() {
        var story = Self.walking()
        for _ in 0..<2 {
            story.say("smoke", .smoke)
            story.wait(.seconds(25))
            story.say("smoke", .clear)
            story.wait(.seconds(10))
        }
        #expect(story.told() == [])
        story.say("smoke", .smoke)
        story.wait(.seconds(10))
        #expect(story.told() == Self.everyone)
    }

    /// What calls at once in a walk test: "device", what it says, the open incident.
    static let urgent: [(device: String, says: Observation, open: String)] = [
        ("button", .press(), "sos steps"), ("button", .latched(), "sos steps"),
        ("button", .press(.medical), "sos steps"), ("band", .fall, "fall steps"),
        ("gas", .gas, "gas everyone"), ("co", Observation(.carbonMonoxide, .flag(true)), "co everyone"),
        ("smoke", Observation(.smoke, .flag(true), form: .pulse), "fire everyone"),
        ("smoke", Observation.smoke.from(.retained), "fire everyone"),
        ("smoke", Observation.smoke.from(.history, at: WallTime(milliseconds: 5)), "fire everyone"),
    ]

    @Test(arguments: urgent.indices)
    func `everything else of life safety calls at once`(place: Int) {
        let (device, says, open) = Self.urgent[place]
        var story = Self.walking()
        story.say(device, says)
        #expect(story.open == [open])
        #expect(!story.told().isEmpty)
    }

    @Test(arguments: urgent.indices.prefix(6))
    func `an emergency in a walk test brings out what is held back`(place: Int) {
        let (device, says, _) = Self.urgent[place]
        var story = Self.walking()
        story.say("smoke", .smoke)
        #expect(story.told() == [])
        story.say(device, says)
        let kinds = story.machine.openIncidents.flatMap { $0.alarms.map(\.kind) }
        #expect(kinds.contains(.fire))
        #expect(story.suspensions.walkTest?.held == [])
    }

    @Test func `smoke is not held back while a life is in danger there`() {
        var story = Self.walking()
        story.say("button", .press())
        _ = story.told()
        story.say("smoke", .smoke)
        #expect(story.open.contains("fire everyone"))
    }

    @Test func `a second detector that smokes too long brings the first one out`() {
        var story = Self.walking()
        story.say("smoke", .smoke)
        story.wait(.seconds(50))
        story.say("smoke2", .smoke)
        story.wait(.seconds(10))
        #expect(story.incidents[0].alarms.count == 2)
    }

    /// Smoke in two places within ten minutes.
    static let twoPlaces = Rule(
        id: "two", when: .count(2, of: Condition(.smoke, .isOn), distinct: .device, within: .minutes(10)),
        alarm: .fire, urgency: .lifeSafety)

    @Test func `detectors that are tried one after the other are no fire in two places`() {
        var story = Self.walking(TinySite(rules: [Self.twoPlaces]))
        for device in ["smoke", "smoke2"] {
            story.say(device, .smoke)
            story.wait(.seconds(20))
            story.say(device, .clear)
            story.wait(.seconds(20))
        }
        story.wait(.minutes(20))
        #expect(story.told() == [])
        var fire = Self.walking(TinySite(rules: [Self.twoPlaces]))
        fire.say("smoke", .smoke)
        fire.wait(.seconds(20))
        fire.say("smoke2", .smoke)
        fire.wait(.seconds(40))
        #expect(fire.told().prefix(5) == Self.everyone.prefix(5))
    }

    @Test func `the end of the walk test calls for what stands`() {
        var story = Self.walking(for: .seconds(90))
        story.wait(.seconds(60))
        story.say("smoke", .smoke)
        story.wait(.seconds(30))
        #expect(story.told() == Self.everyone)
        var other = Self.walking()
        other.say("smoke", .smoke)
        #expect(other.desk(.endWalkTest) == .ended)
        #expect(other.told() == Self.everyone)
        #expect(other.desk(.endWalkTest) == .refused(.notInForce))
    }

    @Test func `a cached all-clear is no end of a test`() {
        var story = Self.walking()
        story.say("smoke", .smoke)
        story.say("smoke", .clear, retained: true)
        #expect(story.told() == Self.everyone)
    }

    @Test func `a restart and a link that is down take no second off the minute`() throws {
        var story = Self.walking()
        story.say("smoke", .smoke)
        story.put(.link(isUp: false))
        story.wait(.seconds(20))
        story.machine = try SafetyMachine(
            snapshot: story.machine.snapshot(), site: story.machine.compiled)
        story.sleep(.seconds(300))
        story.put(.restarted)
        #expect(story.told().filter { $0.hasSuffix("alarm") } == Self.everyone)
    }

    @Test func `a reload keeps the walk test and lets out what it holds`() {
        var story = Self.walking()
        story.say("smoke", .smoke)
        story.machine.adopt(TinySite(without: ["smoke"]).compiled, at: story.now)
        story.put(.tick)
        #expect(story.told() == Self.everyone)
        #expect(story.suspensions.isTesting)
        story.say("smoke2", .smoke)
        story.person("centre", .close(.test))
        story.wait(.minutes(11))
        #expect(!story.suspensions.isTesting)
    }

    @Test func `test keys and leaks are noted, and a leak that stays calls`() {
        let leak = Rule(
            id: "leak", when: .condition(Condition(.waterLeak, .isOn)), alarm: .waterLeak, urgency: .urgent)
        var story = Self.walking(TinySite(rules: [leak]))
        story.say("smoke2", Observation.smoke.from(.test))
        story.say("thermo", Observation(.waterLeak, .flag(true)))
        story.wait(.seconds(5))
        story.say("thermo", Observation(.waterLeak, .flag(false)))
        #expect(story.suspensions.walkTest?.tested.map(\.kind) == [.deviceTest, .waterLeak])
        story.say("thermo", Observation(.waterLeak, .flag(true)))
        story.wait(.seconds(55))
        #expect(story.open == ["waterLeak urgent"])
    }

    @Test func `in a home that is not in service everything is noted and nobody is called`() {
        var story = Self.walking(TinySite(commissioned: ["h1"]))
        story.say("smoke", .smoke)
        story.say("button", .press())
        story.wait(.minutes(11))
        #expect(story.incidents.isEmpty)
        #expect(story.suspensions.walkTest?.tested.map(\.kind) == [.fire, .sos])
    }

    @Test(arguments: [Duration.zero, .seconds(-1), DeskCommand.walkTestLimit + .milliseconds(1)])
    func `a walk test lasts walkTestLimit at most`(span: Duration) {
        var story = Rehearsal()
        #expect(story.desk(.startWalkTest(duration: span)) == .refused(.durationOutOfBounds))
        #expect(story.suspensions.walkTest == nil)
    }

    @Test func `a walk test that is started anew keeps the minute that runs`() {
        var story = Self.walking()
        story.say("smoke", .smoke)
        story.wait(.seconds(50))
        story.desk(.startWalkTest(duration: .minutes(30)))
        story.wait(.seconds(10))
        #expect(story.told() == Self.everyone)
    }

    @Test func `other homes are guarded as ever`() {
        var story = Self.walking(TinySite(homeCount: 2))
        story.say("h2/smoke", .smoke)
        #expect(story.told() == Self.everyone)
    }
}
