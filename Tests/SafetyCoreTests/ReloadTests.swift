import Alarming
import Correlation
import Escalation
import SafetyCore
import SafetyModel
import Testing

/// A new site comes into force: state moves over by ids, and nothing is lost in silence.
struct ReloadTests {
    @Test func `an open incident keeps its frozen plan, the next one has the new plan`() {
        var story = Rehearsal()
        story.say("button", .press())
        var site = TinySite()
        site.plans = [TinySite.plan("steps", urgencies: [.lifeSafety], [[.role(.centre)]])]
        _ = story.told()
        story.machine.adopt(site.compiled, at: story.now)
        story.wait(.seconds(60))
        #expect(story.told() == ["grid alarm"])
        story.person("grid", .close(.real))
        _ = story.told()
        story.say("button", .press())
        #expect(story.told() == ["centre alarm"])
    }

    @Test func `state follows devices and homes by id when their places change`() {
        var site = TinySite(homeCount: 3)
        var story = Rehearsal(site)
        story.say("gas", .gas)
        story.say("h3/smoke", .smoke)
        site.without = ["smoke", "smoke2"]
        story.machine.adopt(site.compiled, at: story.now)
        #expect(story.machine.checkInvariants() == nil)
        let gas = story.machine.home(HomeIndex(1))
        #expect(gas.register.alarms[0].device == 0)
        #expect(gas.perception.reading(of: .gas, device: 0)?.reading == .flag(true))
        _ = story.told()
        story.say("gas", .gasClear)
        #expect(story.machine.home(HomeIndex(1)).register.alarms[0].isActive == false)
        #expect(story.machine.openIncidents.map(\.home) == [HomeIndex(1), HomeIndex(3)])
    }

    @Test func `a site that drops a home with an open incident is named`() {
        var story = Rehearsal(TinySite(homeCount: 3))
        story.say("h3/smoke", .smoke)
        #expect(story.machine.homesInTheWay(of: TinySite(homeCount: 2).compiled) == ["h3"])
        story.person("centre", .close(.test))
        #expect(story.machine.homesInTheWay(of: TinySite(homeCount: 2).compiled) == [])
        story.machine.adopt(TinySite(homeCount: 2).compiled, at: story.now)
        #expect(story.machine.compiled.homeCount == 3)
    }

    @Test(arguments: [true, false])
    func `an alarm whose device or rule is gone ends and does not raise for ever`(isRule: Bool) {
        var site = TinySite(supervision: .zero)
        site.rules = [
            Rule(
                id: "leak", when: .condition(Condition(.waterLeak, .isOn)), alarm: .waterLeak,
                urgency: .urgent)
        ]
        var story = Rehearsal(site)
        story.say("thermo", Observation(.waterLeak, .flag(true)))
        if isRule { site.rules = [] } else { site.without = ["thermo"] }
        story.machine.adopt(site.compiled, at: story.now)
        #expect(story.machine.openIncidents[0].alarms[0].isActive == false)
        story.person("grid", .close(.real))
        _ = story.told()
        story.wait(.hours(1))
        #expect(story.told() == [])
    }

    @Test(arguments: [(55.0, true), (45, false)])
    func `between its thresholds an alarm goes on through a reload`(degrees: Double, isActive: Bool) {
        var site = TinySite(supervision: .zero)
        site.rules = [
            Rule(
                id: "hot", when: .condition(Condition(.temperature, .above(57), clear: .below(50))),
                alarm: .fire,
                urgency: .lifeSafety)
        ]
        var story = Rehearsal(site)
        story.say("thermo", .temperature(60))
        story.say("thermo", .temperature(55))
        story.machine.adopt(site.compiled, at: story.now)
        #expect(story.machine.openIncidents[0].alarms[0].isActive)
        story.say("thermo", .temperature(degrees))
        #expect(story.machine.openIncidents[0].alarms[0].isActive == isActive)
    }

    /// A resident who wears the band, with a bound of his pulse or without one.
    private static func patient(highest: Double?) -> [Resident] {
        [
            Resident(
                id: "r", name: "r", bounds: highest.map { [VitalBounds(.heartRate, highest: $0)] } ?? [])
        ]
    }

    /// A pulse that is told to be too fast when it has been for a minute.
    private static func pulseStory(_ highest: Double?, _ pulse: Double, wait: Int) -> (TinySite, Rehearsal) {
        var site = TinySite(supervision: .zero, residents: patient(highest: highest))
        site.rules = [
            Rule(
                id: "pulse",
                when: .held(Condition(.heartRate, .above(130), clear: .below(120)), for: .seconds(60)),
                alarm: .vitals, urgency: .urgent, hasPersonalBounds: true)
        ]
        var story = Rehearsal(site)
        story.say("band", Observation(.heartRate, .number(pulse)))
        story.wait(.seconds(wait))
        return (site, story)
    }

    @Test(
        arguments: [
            // Within the old bound, out of the new one: the wait begins with the reload.
            (130, 110, 115, 60), (nil, 110, 115, 60),
            // Nothing changed: the wait goes on.
            (110, 110, 115, 20), (nil, nil, 140, 20),
        ] as [(Double?, Double?, Double, Int)])
    func `a wait goes on through a reload where the person's bounds are the same`(
        old: Double?, new: Double?, pulse: Double, seconds: Int
    ) {
        var (site, story) = Self.pulseStory(old, pulse, wait: 40)
        #expect(story.incidents.isEmpty)
        site.residents = Self.patient(highest: new)
        story.machine.adopt(site.compiled, at: story.now)
        story.wait(.seconds(seconds - 1))
        #expect(story.incidents.isEmpty)
        story.wait(.seconds(1))
        #expect(story.incidents.count == 1)
    }

    @Test(
        arguments: [
            (110, 112, 115, true), (110, 130, 115, false), (110, nil, 125, true), (110, nil, 115, false),
        ] as [(Double?, Double?, Double, Bool)])
    func `an alarm ends by the bounds that a reload brings`(
        old: Double?, new: Double?, pulse: Double, goesOn: Bool
    ) {
        var (site, story) = Self.pulseStory(old, pulse, wait: 70)
        #expect(story.incidents.map { $0.alarms[0].isActive } == [true])
        site.residents = Self.patient(highest: new)
        story.machine.adopt(site.compiled, at: story.now)
        #expect(story.machine.openIncidents[0].alarms[0].isActive == goesOn)
    }

    @Test func `devices added by a reload are not given the blind time of the past`() {
        var site = TinySite(supervision: .minutes(10), without: ["co"])
        var story = Rehearsal(site)
        story.put(.link(isUp: false))
        story.wait(.hours(20))
        story.put(.link(isUp: true), .caughtUp)
        site.without = []
        story.machine.adopt(site.compiled, at: story.now)
        let place = story.index("co").int
        story.wait(.minutes(10))
        #expect(story.machine.home(HomeIndex(1)).perception.devices[place].isLost)
    }

    @Test func `a batch decoded before the change finds its devices, or learns that they are gone`() {
        let story = Rehearsal(TinySite(homeCount: 2))
        let after = TinySite(homeCount: 2, without: ["smoke"]).compiled
        let translation = story.machine.deviceTranslation(to: after)
        #expect(translation[story.index("smoke").int] == nil)
        #expect(translation[story.index("smoke2").int] == DeviceIndex(0))
        #expect(translation[story.index("h2/smoke").int] == DeviceIndex(story.index("h2/smoke").int - 1))
    }

    @Test func `hazards are still seen after a reload that changed nothing`() {
        var story = Rehearsal()
        let before = story.machine.digest
        story.machine.adopt(TinySite().compiled, at: story.now)
        #expect(story.machine.digest == before)
        story.say("smoke", .smoke)
        #expect(story.told() == Rule01FirstNotificationTests.everyone)
    }
}
