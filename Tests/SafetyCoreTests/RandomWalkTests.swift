import Escalation
import SafetyCore
import SafetyModel
import Testing
import Welfare

/// Random inputs for a long time: nothing traps, no invariant breaks, and the walk is the same every time.
struct RandomWalkTests {
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `no random input breaks an invariant`(seed: UInt64) {
        var story = RandomStory(seed: seed)
        for step in 0..<RandomWalkTests.stepCount {
            story.step()
            if let complaint = story.machine.checkInvariants() {
                Issue.record("seed \(seed), step \(step): \(complaint)")
                return
            }
        }
        #expect(story.orderCount > 500)
    }

    /// Batches of up to four inputs, for each of eight seeds.
    static let stepCount = 2_000

    /// One plan for everything: routine matters that sleep, turns and a verification, and life safety that
    /// comes into the same incident.
    private static var onePlan: [CompiledSite] {
        var site = TinySite(homeCount: 3, supervision: .minutes(10))
        site.rules = RandomStory.rules
        var all = RandomStory.plans[1]
        all.urgencies = [.lifeSafety, .urgent, .routine]
        all.verification?.before = [.inactivity, .vitals]
        site.plans = [all, RandomStory.plans[4]]
        site.rosters = RandomStory.rosters
        site.responders = TinySite.people.map { person in
            var person = person
            person.quiet = Schedule.Span(from: 9 * 60, until: 12 * 60)
            return person
        }
        site.residents = [Resident(id: "r", name: "R", telephone: "100")]
        site.welfare = WelfarePlan(inactivity: RandomStory.nervous, checkInMinute: 9 * 60, visits: .daily)
        return [site.compiled]
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `nothing that was routine before makes life safety wait longer than its plan`(seed: UInt64) {
        var story = RandomStory(seed: seed, sites: Self.onePlan)
        let limit = Duration.minutes(2)
        var pressing = 0
        for step in 0..<Self.stepCount {
            story.step()
            if let complaint = story.machine.checkInvariants() {
                Issue.record("seed \(seed), step \(step): \(complaint)")
                return
            }
            let now = story.machine.now
            for incident in story.machine.openIncidents
            where incident.urgency == .lifeSafety && incident.phase == .calling {
                pressing += 1
                if incident.deadline.map({ $0 <= now + limit }) ?? false { continue }
                Issue.record("seed \(seed), step \(step): incident \(incident.id.number) waits")
                return
            }
        }
        #expect(pressing > 100)
    }

    @Test func `a snapshot read back lives the same future`() throws {
        var story = RandomStory(seed: 77)
        for _ in 0..<60 {
            for _ in 0..<20 { story.step() }
            let copy = try SafetyMachine(snapshot: story.machine.snapshot(), site: story.machine.compiled)
            #expect(copy.digest == story.machine.digest)
            #expect(copy.nextDeadline == story.machine.nextDeadline)
            var twin = story
            twin.machine = copy
            for _ in 0..<40 {
                story.step()
                twin.step()
            }
            #expect(twin.machine.digest == story.machine.digest)
            #expect(twin.orderCount == story.orderCount)
        }
    }
}
