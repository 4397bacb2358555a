public import Escalation
public import SafetyModel

/// A person or station of the virtual community.
public struct VirtualResponder: Hashable, Sendable {
    /// As in its topics.
    public var id: String
    /// What people call it.
    public var name: String
    /// In which capacity it answers.
    public var role: Role

    /// A person of this name and role.
    public init(id: String, name: String, role: Role) {
        self.id = id
        self.name = name
        self.role = role
    }
}

/// A command that a virtual responder sends.
public struct ResponderCommand: Hashable, Sendable {
    /// The id of the responder who sends it.
    public var responder: String
    /// The incident's number.
    public var incident: Int64
    /// What the responder does.
    public var act: PersonCommand.Act
    /// Comes back with the answer.
    public var reference: String
}

/// Virtual people who hear orders and answer them with believable delays.
///
/// In a home with a story the story's person answers and all others stay silent; in any other home the first
/// who is asked answers, so that no incident stays open.
public struct ResponderCrowd: Sendable {
    private let people: [String: VirtualResponder]
    private let stories: [CastStory]
    private var cases: [Int64: Case] = [:]
    private var agenda = Agenda<Plan>()
    private var commandCount = 0

    /// A command without effect is sent again after this long, at most `triesLimit` times.
    static let patience: Duration = .minutes(6)
    /// The most times one command is sent.
    public static let triesLimit = 30

    /// People, and the stories in which they play.
    public init(_ people: [VirtualResponder], stories: [CastStory]) {
        self.people = Dictionary(people.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.stories = stories
    }

    /// One incident as the crowd sees it.
    private struct Case: Sendable {
        var home: String
        var phase = "calling"
        /// Who has decided to answer.
        var answerer: String?
        var reaction: Story.Reaction
        var remedy: [Story.Step]
        var isRemedied = false
    }

    private enum Plan: Hashable, Sendable {
        case send(incident: Int64, phase: String, tries: Int)
    }

    /// When somebody does something next, if anybody has something to do.
    public var nextDeadline: Instant? { agenda.next }

    /// A responder's device rings.
    public mutating func hear(_ order: HeardOrder, by responder: String, at now: Instant) {
        guard order.asksForAnswer, let person = people[responder] else { return }
        var incident = cases[order.incident] ?? open(order)
        defer { cases[order.incident] = incident }
        let isStoryless = story(home: order.home.id, kind: order.kind) == nil
        guard incident.answerer == nil, incident.phase == "calling",
            isStoryless || person.role == incident.reaction.role
        else { return }
        incident.answerer = responder
        let plan = Plan.send(incident: order.incident, phase: "acknowledged", tries: 1)
        agenda.add(plan, at: now + incident.reaction.seenAfter)
    }

    /// An incident's published state changed.
    ///
    /// - Returns: what now happens in the home because somebody is there.
    public mutating func see(_ view: IncidentView, at now: Instant) -> [(home: String, step: Story.Step)] {
        guard var incident = cases[view.id], incident.phase != view.phase else { return [] }
        incident.phase = view.phase
        defer { cases[view.id] = incident }
        switch view.phase {
        case "calling": incident.answerer = nil
        case "acknowledged" where view.answeredBy == incident.answerer:
            let plan = Plan.send(incident: view.id, phase: "onScene", tries: 1)
            agenda.add(plan, at: now + incident.reaction.onSceneAfter)
        case "onScene":
            let plan = Plan.send(incident: view.id, phase: "closed", tries: 1)
            agenda.add(plan, at: now + incident.reaction.closedAfter)
            if !incident.isRemedied {
                incident.isRemedied = true
                return incident.remedy.map { (incident.home, $0) }
            }
        default: break
        }
        return []
    }

    /// What people do by a moment.
    public mutating func advance(to now: Instant) -> [ResponderCommand] {
        var commands: [ResponderCommand] = []
        while let due = agenda.takeDue(by: now) {
            guard case .send(let number, let phase, let tries) = due.entry, let incident = cases[number],
                let answerer = incident.answerer, Self.rank(incident.phase) < Self.rank(phase)
            else { continue }
            commandCount += 1
            commands.append(
                ResponderCommand(
                    responder: answerer, incident: number,
                    act: Self.act(phase, incident.reaction.disposition),
                    reference: "\(answerer)-\(commandCount)"))
            if tries < Self.triesLimit {
                let again = Plan.send(incident: number, phase: phase, tries: tries + 1)
                agenda.add(again, at: now + Self.patience)
            }
        }
        return commands
    }

    /// What the person found, for the terminal.
    public func words(for incident: Int64) -> String { cases[incident]?.reaction.words ?? "" }

    private func story(home: String, kind: String) -> Story? {
        stories.first { $0.home == home && $0.story.expectation.kind.name == kind }?.story
    }

    private func open(_ order: HeardOrder) -> Case {
        if let story = story(home: order.home.id, kind: order.kind) {
            return Case(home: order.home.id, reaction: story.reaction, remedy: story.remedy)
        }
        let isTechnical = order.urgency == Urgency.technical.name
        let reaction = Story.Reaction(
            .station, seenAfter: .seconds(40), onSceneAfter: .minutes(8), closedAfter: .minutes(10),
            disposition: isTechnical ? .technical : .falseAlarm, words: "looked after, nothing found")
        return Case(home: order.home.id, reaction: reaction, remedy: [])
    }

    private static func rank(_ phase: String) -> Int {
        ["calling", "acknowledged", "onScene", "closed"].firstIndex(of: phase) ?? 0
    }

    private static func act(_ phase: String, _ disposition: Disposition) -> PersonCommand.Act {
        switch phase {
        case "acknowledged": .acknowledge
        case "onScene": .onScene
        default: .close(disposition)
        }
    }
}
