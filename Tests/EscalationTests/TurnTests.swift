import Escalation
import SafetyModel
import Testing

/// Steps in turn, one of several, rosters at the moment of the step, and quiet hours.
struct TurnTests {
    private static let people = ["a", "b", "c"].map { DeskStory.person($0) }

    private static var turns: FrozenPlan {
        DeskStory.plan([
            DeskStory.step(people, each: .seconds(45)), DeskStory.step([DeskStory.person("z")]),
        ])
    }

    @Test func `one after the other is called, then the next step`() {
        var story = DeskStory(Self.turns)
        story.raise()
        #expect(story.told() == ["a alarm"])
        story.wait(.seconds(44))
        #expect(story.told() == [])
        story.wait(.seconds(1))
        #expect(story.told() == ["b alarm"])
        story.wait(.seconds(45))
        #expect(story.told() == ["c alarm"])
        story.wait(.seconds(45))
        #expect(story.told() == ["z alarm"])
    }

    @Test func `an answer ends the turns, and only those who were called hear of it`() {
        var story = DeskStory(Self.turns)
        story.raise()
        story.wait(.seconds(50))
        _ = story.told()
        story.person("a", .acknowledge)
        #expect(story.told() == ["b takenOver"])
        story.wait(.minutes(14))
        #expect(story.told() == [])
    }

    @Test func `whoever cannot be reached does not take his time`() {
        var story = DeskStory(Self.turns)
        story.answer = { $0.responder == "c" ? .delivered : .rejected(reason: "unknown") }
        story.raise()
        #expect(story.told() == ["a alarm", "b alarm", "c alarm"])
        story.wait(.seconds(45))
        #expect(story.told() == ["z alarm", "a reminder", "b reminder"], "nobody is given up")
    }

    @Test func `a last step in turn begins again after its last one, for ever`() {
        var story = DeskStory(DeskStory.plan([DeskStory.step(Self.people, each: .seconds(45))]))
        story.raise()
        story.wait(.seconds(90))
        _ = story.told()
        for _ in 0..<20 {
            for who in ["a", "b", "c"] {
                story.wait(.seconds(45))
                #expect(story.told() == ["\(who) reminder"])
            }
        }
    }

    @Test func `a call for help reaches everybody of a step in turn at once`() {
        var story = DeskStory(Self.turns)
        story.raise()
        story.person("a", .needHelp)
        _ = story.told()
        story.person("a", .acknowledge)
        story.person("a", .needHelp)
        #expect(story.told().contains("z needHelp"))
        story.wait(.hours(1))
        #expect(story.incident?.isOpen == true)
    }

    private static let two = DeskStory.plan(
        [DeskStory.step([DeskStory.person("a")]), DeskStory.step([DeskStory.person("b")])])

    @Test(arguments: [PersonCommand.Act.acknowledge, .onScene])
    func `who takes over answers a call for help from before, and does not ask for it himself`(
        act: PersonCommand.Act
    ) {
        var story = DeskStory(Self.two)
        story.raise()
        story.person("a", .needHelp)
        story.person("b", act)
        _ = story.told()
        story.wait(.hours(2))
        let told = story.told()
        #expect(!told.isEmpty)
        #expect(told.allSatisfy { !$0.hasSuffix("needHelp") }, "\(told)")
    }

    @Test(arguments: [PersonCommand.Act.acknowledge, .onScene])
    func `who asked for help and goes there alone still waits for it, as soon as before`(
        act: PersonCommand.Act
    ) {
        var story = DeskStory(Self.two)
        story.raise()
        story.person("a", .acknowledge)
        story.person("a", .needHelp)
        story.person("a", act)
        _ = story.told()
        story.wait(.minutes(2))
        #expect(story.told() == ["b needHelp"])
        story.person("b", .onScene)
        _ = story.told()
        story.wait(.minutes(20))
        #expect(story.told().allSatisfy { !$0.hasSuffix("needHelp") })
    }

    @Test func `a call for help before anybody took over is repeated when its sender takes over`() {
        var story = DeskStory(Self.two)
        story.raise()
        story.person("a", .needHelp)
        story.person("a", .acknowledge)
        _ = story.told()
        story.wait(.minutes(2))
        #expect(story.told() == ["b needHelp"])
    }

    @Test func `fire never waits for a turn, whatever the plan says`() {
        let plan = EscalationPlan(
            id: "p",
            steps: [
                EscalationPlan.Step(
                    notify: [.person("a"), .person("b")], seenWithin: .seconds(60), turnEvery: .seconds(45))
            ])
        let people = ResponderDirectory(
            ["a", "b"].map { Responder(id: $0, name: $0, role: .family, channels: []) })
        let home = Home(id: "h", name: "h")
        for kind in EscalationPlan.parallelKinds {
            let frozen = PlanBook.freeze(plan, home: home, among: people, for: kind)
            #expect(frozen.steps[0].turnEvery == nil)
        }
        #expect(PlanBook.freeze(plan, home: home, among: people, for: .sos).steps[0].turnEvery != nil)
    }

    private static let rounds: [(number: Int64, order: [String])] = [
        (1, ["b", "c", "a"]), (2, ["c", "a", "b"]), (3, ["a", "b", "c"]),
    ]

    @Test(arguments: rounds)
    func `one of several goes round from incident to incident and from repetition to repetition`(
        number: Int64, order: [String]
    ) {
        let plan = EscalationPlan(
            id: "p",
            steps: [
                EscalationPlan.Step(notify: [.oneOf([.group("g"), .person("c")])], seenWithin: .seconds(60))
            ])
        let directory = ResponderDirectory(
            ["a", "b", "c"].map {
                Responder(
                    id: $0, name: $0, role: .family, channels: [ChannelAddress(channel: "mqtt", address: $0)])
            }, groups: [ResponderGroup(id: "g", members: ["a", "b"])])
        let frozen = PlanBook.freeze(plan, home: Home(id: "h", name: "h"), among: directory, number: number)
        var story = DeskStory(frozen)
        story.raise()
        #expect(story.told() == ["\(order[0]) alarm"])
        story.wait(.seconds(60))
        #expect(story.told() == ["\(order[1]) alarm"])
        story.wait(.minutes(2))
        #expect(story.told() == ["\(order[2]) alarm"])
        story.wait(.minutes(2))
        #expect(story.told() == ["\(order[0]) reminder"])
    }

    @Test func `who is on duty is asked when the step starts, and a gap calls everybody`() {
        let roster = Roster(
            id: "r",
            shifts: [
                Roster.Shift(
                    name: "day", hours: Schedule(spans: [Schedule.Span(from: 0, until: 720)]), people: ["a"]),
                Roster.Shift(
                    name: "noon", hours: Schedule(spans: [Schedule.Span(from: 720, until: 722)]),
                    people: ["b"]),
            ])
        let duty = FrozenTarget.roster(
            FrozenRoster(roster: roster, people: Array(Self.people.prefix(2))))
        var story = DeskStory(
            DeskStory.plan([FrozenStep(targets: [duty], seenWithin: .seconds(60))]),
            at: DeskStory.monday + .seconds(12 * 3_600 - 30))
        story.raise()
        #expect(story.told() == ["a alarm"])
        story.wait(.seconds(60))
        #expect(story.told() == ["b alarm"])
        story.wait(.minutes(2))
        #expect(story.told() == ["a reminder", "b reminder"])
        #expect(story.timeline.contains("nobodyOnDuty"))
    }

    private static let night = Schedule.Span(from: 22 * 60, until: 7 * 60)
    private static let sleeper = DeskStory.person("s", quiet: night)

    @Test(arguments: [(Urgency.routine, false), (.technical, false), (.urgent, true), (.lifeSafety, true)])
    func `quiet hours hold back routine and technical matters only`(urgency: Urgency, isTold: Bool) {
        var story = DeskStory(
            DeskStory.plan([DeskStory.step([Self.sleeper])]), at: DeskStory.monday + .hours(23))
        story.raise(.serviceCall, urgency)
        #expect(story.told() == (isTold ? ["s alarm"] : []))
        guard !isTold else { return }
        #expect(story.timeline.contains("orderWaits"))
        story.wait(.hours(8) - .milliseconds(1))
        #expect(story.told() == [])
        story.wait(.milliseconds(1))
        #expect(story.told() == ["s alarm"])
        story.wait(.minutes(1))
        #expect(story.told() == ["s reminder"])
    }

    @Test func `who is awake is called instead, and after closing nobody is woken`() {
        var story = DeskStory(
            DeskStory.plan([DeskStory.step([Self.sleeper]), DeskStory.step([DeskStory.person("b")])]),
            at: DeskStory.monday + .hours(23))
        story.raise(.serviceCall, .routine)
        #expect(story.told() == ["b alarm"])
        story.person("b", .close(.real))
        story.wait(.hours(12))
        #expect(story.told() == [])
        #expect(story.incident == nil)
    }

    @Test func `an order that waits leaves at once when the incident becomes pressing`() {
        var story = DeskStory(
            DeskStory.plan([DeskStory.step([Self.sleeper])]), at: DeskStory.monday + .hours(23))
        story.raise(.serviceCall, .routine)
        story.raise(.sos, .lifeSafety, alarm: 2)
        #expect(story.told().first == "s alarm")
        #expect(story.orders[0].urgency == .lifeSafety)
    }

    @Test func `a pressing alarm in a plan that sleeps goes on as fast as by day`() {
        var story = DeskStory(
            DeskStory.plan([DeskStory.step([Self.sleeper])]), at: DeskStory.monday + .hours(23))
        story.raise(.serviceCall, .routine)
        story.raise(.sos, .lifeSafety, alarm: 2)
        _ = story.told()
        story.wait(.seconds(60))
        #expect(story.told() == ["s reminder"])
    }

    @Test func `a pressing alarm calls those who slept when their step came`() {
        let second = DeskStory.person("t", quiet: Self.night)
        var story = DeskStory(
            DeskStory.plan([DeskStory.step([Self.sleeper]), DeskStory.step([second])]),
            at: DeskStory.monday + .hours(23))
        story.raise(.serviceCall, .routine)
        #expect(story.told() == [])
        story.raise(.sos, .lifeSafety, alarm: 2)
        #expect(story.told() == ["s alarm", "t alarm"])
        story.wait(.minutes(10))
        #expect(story.told().contains("t reminder"))
    }
}
