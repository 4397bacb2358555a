import Alarming
import Correlation
import Escalation
import SafetyCore
import SafetyModel
import Testing

/// A sequence that ends in a silence, in homes where somebody could break it and in homes where nobody could.
struct UnbreakableSilenceTests {
    /// The example of the configuration: `fall-without-recovery` as a plain sequence.
    private static let rule = Rule(
        id: "fall-without-recovery",
        when: .sequence(
            [
                .condition(Condition(.fall, .isOn)),
                .absent([Condition(.motion, .isOn)], for: .seconds(60)),
            ], within: nil), alarm: .fall, urgency: .lifeSafety)

    private static let motion = Device(
        id: "motion", home: HomeIndex(1), place: "hall", profile: "p", signals: [.motion])

    private func site(hasMotion: Bool) -> TinySite {
        var site = TinySite(supervision: .zero)
        site.rules = [Self.rule]
        if hasMotion { site.more = [Self.motion] }
        return site
    }

    /// A fall that is over at once, nobody moves, and a person closes the incident.
    private func fallen(_ site: TinySite) -> Rehearsal {
        var story = Rehearsal(site)
        story.say("band", Observation(.fall, .flag(true), form: .pulse))
        _ = story.told()
        story.wait(.seconds(59))
        story.person("family", .acknowledge)
        _ = story.told()
        story.wait(.seconds(1))
        #expect(story.told() == ["neighbour alarmAgain", "family alarmAgain"])
        #expect(story.incidents[0].alarms.map(\.rule) == ["life-safety/fall", Self.rule.id])
        story.person("family", .close(.real))
        _ = story.told()
        return story
    }

    @Test func `where nobody could break the silence the alarm is told once and never raises again`() {
        var story = fallen(site(hasMotion: false))
        #expect(story.machine.home(HomeIndex(1)).register.alarms.isEmpty)
        story.wait(.hours(2))
        #expect(story.told() == [])
        #expect(story.incidents.count == 1)
        #expect(story.machine.waitingMatches(in: HomeIndex(1)).isEmpty)
    }

    @Test func `where somebody could break it the alarm stands, and raises again until it is broken`() {
        var story = fallen(site(hasMotion: true))
        story.wait(.minutes(5))
        #expect(story.told().contains("neighbour alarm"))
        story.say("motion", Observation(.motion, .flag(true)))
        #expect(story.incidents[1].alarms[0].isActive == false)
        story.person("family", .close(.real))
        _ = story.told()
        story.wait(.hours(2))
        #expect(story.told() == [])
    }

    @Test(arguments: [Rule.Scope.home, .community])
    func `an alarm ends when the only device that could break its silence is taken away`(scope: Rule.Scope) {
        var site = site(hasMotion: true)
        site.rules[0].scope = scope
        var story = Rehearsal(site)
        story.say("band", Observation(.fall, .flag(true), form: .pulse))
        story.wait(.seconds(60))
        #expect(story.incidents[0].alarms.map(\.isActive) == [true, true])
        site.more = []
        story.machine.adopt(site.compiled, at: story.now)
        #expect(story.machine.openIncidents[0].alarms[1].isActive == false)
        story.person("family", .close(.real))
        _ = story.told()
        story.wait(.hours(2))
        #expect(story.told() == [])
    }

    @Test func `over several homes a device of any of them could break the silence`() {
        for count in [1, 2] {
            var site = site(hasMotion: false)
            site.homeCount = count
            site.rules[0].scope = .community
            site.rules[0].when = .sequence(
                [
                    .condition(Condition(.fall, .isOn)),
                    .absent([Condition(.smoke, .isOn)], for: .seconds(60)),
                ], within: nil)
            site.without = ["smoke", "smoke2"]
            var story = Rehearsal(site)
            story.say("band", Observation(.fall, .flag(true), form: .pulse))
            story.wait(.seconds(60))
            #expect(story.incidents[0].alarms.last?.rule == Self.rule.id)
            let alarms = story.machine.home(HomeIndex(1)).register.alarms
            #expect(alarms.last?.isActive == (count == 2))
        }
    }
}
