import Escalation
import SafetyModel
import Testing

/// From one person to another, two who answer at once, and what people write down.
struct HandOverTests {
    private static let plan = DeskStory.plan([
        DeskStory.step([DeskStory.person("a"), DeskStory.person("b")]),
        DeskStory.step([DeskStory.person("c")]),
    ])
    private static let other = DeskStory.person("x")

    private static func taken() -> DeskStory {
        var story = DeskStory(plan)
        story.raise()
        story.person("a", .acknowledge)
        _ = story.told()
        return story
    }

    @Test func `until he accepts it stays where it is, then everybody hears who has it`() {
        var story = Self.taken()
        #expect(
            story.person("a", .handOver(to: "x"), knowing: [Self.other]) == .accepted(phase: .acknowledged))
        #expect(story.told() == ["x handOver"])
        #expect(story.incident?.answeredBy == "a")
        story.wait(.seconds(30))
        #expect(story.person("x", .acknowledge) == .accepted(phase: .acknowledged))
        #expect(story.told() == ["a takenOver", "b takenOver"])
        #expect(story.incident?.answeredBy == "x")
        story.wait(.minutes(15) - .milliseconds(1))
        #expect(story.told() == [], "he has the whole time to arrive")
        story.wait(.milliseconds(1))
        #expect(story.told() == ["a takenBack", "b takenBack", "x takenBack", "c takenBack"])
        story.person("c", .close(.real))
        #expect(story.told() == ["a closed", "b closed", "x closed"])
    }

    @Test(arguments: [true, false])
    func `who does not accept in time, or cannot be reached, starts the calling again`(isReached: Bool) {
        var story = Self.taken()
        story.answer = { $0.responder != "x" || isReached ? .delivered : .rejected(reason: "unknown") }
        story.person("a", .handOver(to: "x"), knowing: [Self.other])
        if isReached {
            story.wait(.seconds(60) - .milliseconds(1))
            #expect(story.told() == ["x handOver"])
            story.wait(.milliseconds(1))
        }
        #expect(story.told().filter { $0 != "x handOver" }.contains("c alarm"))
        #expect(story.incident?.phase == .calling)
        #expect(story.timeline.contains("handOverUnanswered"))
        #expect(story.incident?.deadline != nil)
    }

    @Test func `whoever is there hands over to one who has to come first, and an arrival ends an offer`() {
        var story = Self.taken()
        story.person("a", .onScene)
        story.person("a", .handOver(to: "b"))
        #expect(story.person("b", .acknowledge) == .accepted(phase: .acknowledged))
        story.person("b", .handOver(to: "c"))
        #expect(story.person("c", .onScene) == .accepted(phase: .onScene))
        #expect(story.incident?.answeredBy == "c")
        #expect(story.incident?.handOver == nil)
        story.person("c", .handOver(to: "a"))
        story.person("c", .handOver(to: "b"))
        #expect(story.incident?.handOver?.to == "b", "the newest offer counts")
    }

    @Test func `only the one who has it can hand it over, and only to somebody who can be reached`() {
        var story = DeskStory(Self.plan)
        story.raise()
        #expect(story.person("a", .handOver(to: "b")) == .refused(.notTakenOver))
        story.person("a", .acknowledge)
        #expect(story.person("b", .handOver(to: "c")) == .refused(.takenByAnother))
        #expect(story.person("a", .handOver(to: "x")) == .refused(.unknownResponder))
        #expect(story.person("a", .handOver(to: "a")) == .accepted(phase: .acknowledged))
        #expect(story.incident?.handOver == nil)
    }

    @Test func `a new hazard ends an offer and calls everybody`() {
        var story = Self.taken()
        story.person("a", .handOver(to: "x"), knowing: [Self.other])
        _ = story.told()
        story.raise(.fall, alarm: 2)
        #expect(story.told() == ["x alarmAgain", "a alarmAgain", "b alarmAgain"])
        #expect(story.incident?.handOver == nil)
    }

    @Test func `of two who answer at once one has it, and the other hears who`() {
        var story = DeskStory(Self.plan)
        story.raise()
        _ = story.told()
        #expect(story.person("a", .acknowledge) == .accepted(phase: .acknowledged))
        #expect(story.person("b", .acknowledge) == .refused(.takenByAnother))
        #expect(story.told() == ["b takenOver"])
        #expect(story.person("x", .acknowledge, knowing: [Self.other]) == .refused(.takenByAnother))
        #expect(story.told() == ["x takenOver"])
        #expect(story.person("x", .acknowledge, knowing: [Self.other]) == .refused(.takenByAnother))
        #expect(story.told() == [], "once is enough")
        #expect(story.orders.last?.about == "a")
    }

    @Test func `people who are brought in are bounded`() {
        var story = Self.taken()
        for number in 0..<(Incident.joinedLimit + 4) {
            let late = DeskStory.person("late-\(number)")
            #expect(story.person(late.id, .acknowledge, knowing: [late]) == .refused(.takenByAnother))
        }
        #expect(story.incident?.joined.count == Incident.joinedLimit)
    }

    @Test func `a note stands in the timeline and is cut at its limit, between characters`() {
        var story = Self.taken()
        #expect(story.person("a", .note("the key is with 王二")) == .accepted(phase: .acknowledged))
        #expect(story.incident?.timeline.last?.detail == "the key is with 王二")
        story.person("a", .note(String(repeating: "王", count: 400)))
        #expect(story.incident?.timeline.last?.detail.utf8.count == PersonCommand.noteLimit / 3 * 3)
        #expect(story.told() == [])
    }

    @Test func `an incident in every state comes back from its bytes`() throws {
        let roster = FrozenRoster(
            roster: Roster(id: "r", shifts: [Roster.Shift(name: "s", hours: Schedule(), people: ["a"])]),
            people: [DeskStory.person("a")])
        var plan = DeskStory.plan(
            [
                FrozenStep(
                    targets: [
                        .roster(roster),
                        .oneOf([DeskStory.person("a", quiet: Schedule.Span(from: 1, until: 2))]),
                    ], seenWithin: .seconds(60), turnEvery: .seconds(45))
            ],
            verification: FrozenVerification(
                targets: [.person(DeskStory.person("v"))], within: .seconds(60), isFirst: false))
        plan.delivery = .digest(minuteOfDay: 540)
        var story = DeskStory(plan)
        story.raise()
        story.person("a", .acknowledge)
        story.person("a", .handOver(to: "x"), knowing: [Self.other])
        story.person("a", .note("n"))
        #expect(story.incident?.handOver != nil && story.incident?.joined.isEmpty == false)
        var writer = ByteWriter()
        writer.write(story.desk)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.read(EscalationDesk.self) == story.desk)
        #expect(reader.isAtEnd)
    }
}
