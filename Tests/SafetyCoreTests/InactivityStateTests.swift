import Escalation
import SafetyCore
import SafetyModel
import Testing
import Welfare

/// What welfare keeps over restarts and reloads, when it pauses, and what it must not learn.
struct InactivityStateTests {
    private static let home = HomeIndex(1)

    @Test func `a restart in the middle of a silence neither forgets nor lengthens it`() throws {
        var story = Rehearsal(TinySite.watched())
        story.move()
        story.wait(.hours(4))
        story.machine = try SafetyMachine(snapshot: story.machine.snapshot(), site: story.machine.compiled)
        story.sleep(.hours(2))
        story.put(.restarted, .link(isUp: true), .caughtUp)
        story.wait(.minutes(3 * 60 + 49))
        #expect(story.worries.isEmpty)
        #expect(story.waitFor("inactivity", atMost: .minutes(11)) == .minutes(11))
    }

    @Test func `a reload keeps the silence and what was learned, also when devices get other numbers`() {
        var site = TinySite.watched()
        var story = Rehearsal(site)
        story.live(days: 10)
        story.move()
        story.wait(.minutes(20))
        let before = story.machine.home(Self.home).welfare
        site.without = ["smoke2", "gas"]
        story.machine.adopt(site.compiled, at: story.now)
        let after = story.machine.home(Self.home).welfare
        #expect(after?.silence.start == before?.silence.start)
        #expect(after?.lastDevice == before?.lastDevice.map { $0 - 2 })
        let plan = InactivityPlan()
        #expect(before?.limit(plan: plan).basis == .learned)
        #expect(after?.limit(plan: plan).limit == before?.limit(plan: plan).limit)
        #expect(after?.limit(plan: plan).basis == .learned)
    }

    @Test func `an alert outlives a reload, and ends with the plan that watched`() {
        var site = TinySite.watched()
        var story = Rehearsal(site)
        story.move()
        story.wait(.hours(9))
        story.machine.adopt(site.compiled, at: story.now)
        #expect(story.worries == ["areYouWell", "inactivity"])
        story.move()
        #expect(story.worries.isEmpty)
        story.wait(.hours(9))
        #expect(story.worries == ["areYouWell", "inactivity"])
        site.welfare = nil
        story.machine.adopt(site.compiled, at: story.now)
        #expect(story.worries.isEmpty)
        #expect(story.machine.home(Self.home).welfare == nil)
        #expect(story.machine.checkInvariants() == nil)
    }

    @Test func `a home in commissioning learns nothing and begins when it is in service`() {
        var site = TinySite.watched()
        site.commissioned = ["h1"]
        var story = Rehearsal(site)
        story.live(days: 2)
        story.wait(.hours(24))
        #expect(story.machine.home(Self.home).welfare == nil)
        #expect(story.worries.isEmpty)
        site.commissioned = []
        story.machine.adopt(site.compiled, at: story.now)
        #expect(story.machine.home(Self.home).welfare?.history == SilenceHistory())
        story.wait(.hours(10))
        #expect(story.worries.isEmpty, "a home that gave no sign of life yet has no silence")
        story.wait(.hours(14))
        story.move()
        story.wait(.hours(8))
        #expect(story.worries == ["areYouWell", "inactivity"])
    }

    /// 2026-01-05, the day of the story.
    private static let today: Int32 = 20_458

    @Test func `a pause for the hospital is silent, keeps fire armed and ends by itself`() {
        let days = (Self.today + 1)...(Self.today + 3)
        var story = Rehearsal(
            TinySite.watched(
                WelfarePlan(
                    inactivity: InactivityPlan(), pauses: [WelfarePlan.Pause(days: days, reason: "hospital")])
            ))
        story.move()
        // Until the evening of the first day the home is watched, and its alert ends where the pause begins.
        story.wait(.hours(9))
        #expect(story.worries == ["areYouWell", "inactivity"])
        story.wait(.hours(7))
        #expect(story.worries.isEmpty)
        story.wait(.hours(70))
        #expect(story.count(.inactivity) == 1)
        _ = story.told()
        story.say("smoke", .smoke)
        #expect(story.told().contains("centre alarm"))
        story.wait(.minutes(2 * 60 + 7 * 60))
        #expect(story.worries.isEmpty)
        // From the midnight after the last day on, silence counts again.
        #expect(story.waitFor("inactivity", atMost: .hours(6)) != nil)
    }

    @Test func `a pause that a reload brings ends a standing alert`() {
        var site = TinySite.watched()
        var story = Rehearsal(site)
        story.move()
        story.wait(.hours(9))
        site.welfare?.pauses = [WelfarePlan.Pause(days: Self.today...Self.today)]
        story.machine.adopt(site.compiled, at: story.now)
        #expect(story.worries.isEmpty)
        #expect(story.machine.home(Self.home).care.isPaused)
        story.move()
        story.wait(.hours(6))
        #expect(story.worries.isEmpty)
    }

    @Test(arguments: [(Disposition.real, false), (.falseAlarm, true)])
    func `a silence that was an emergency does not become a habit`(
        _ disposition: Disposition, isLearned: Bool
    ) {
        var story = Rehearsal(TinySite.watched())
        story.live(days: 8)
        story.move()
        let plan = InactivityPlan(ceiling: .hours(48))
        let before = story.machine.home(Self.home).welfare?.history
        story.wait(.hours(10))
        #expect(story.worries.contains("inactivity"))
        story.move()
        for incident in story.machine.openIncidents {
            story.person("grid", .close(disposition), on: incident.id.number)
        }
        let after = story.machine.home(Self.home).welfare?.history
        #expect((after != before) == isLearned)
        #expect(story.machine.home(Self.home).welfare?.limit(plan: plan).basis == .learned)
    }

    @Test func `an emergency that is closed before anybody moves is not learned either`() {
        var story = Rehearsal(TinySite.watched())
        story.live(days: 8)
        story.move()
        let before = story.machine.home(Self.home).welfare?.history
        story.wait(.hours(10))
        for incident in story.machine.openIncidents {
            story.person("grid", .close(.real), on: incident.id.number)
        }
        story.move()
        #expect(story.machine.home(Self.home).welfare?.history == before)
    }

    @Test func `a wall clock that jumps moves the pause, not the silence`() {
        let plan = WelfarePlan(
            inactivity: InactivityPlan(),
            pauses: [WelfarePlan.Pause(days: (Self.today + 1)...(Self.today + 1))])
        var story = Rehearsal(TinySite.watched(plan))
        story.move()
        story.wait(.hours(5))
        story.put(.wallOffset(.hours(2)))
        story.wait(.hours(3))
        #expect(story.worries == ["areYouWell", "inactivity"])
        story.put(.wallOffset(.hours(10)))
        #expect(story.machine.home(Self.home).care.isPaused)
        #expect(story.worries.isEmpty)
    }
}
