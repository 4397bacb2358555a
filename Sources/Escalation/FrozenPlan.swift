public import SafetyModel

/// An escalation plan with its targets resolved to people: frozen when the incident opens.
///
/// Rosters are frozen as they stand, with their people; who is on duty is asked when a step starts. The
/// people of a roster share one storage over all incidents of a site.
public struct FrozenPlan: Hashable, Sendable {
    /// Its id, unique in the site.
    public var id: String
    /// In the order of calling.
    public var steps: [FrozenStep]
    /// How long the last step waits before it is sent again.
    public var repeatLastEvery: Duration
    /// How long from answering to arriving.
    public var onSceneWithin: Duration
    /// How long from arriving to closing.
    public var closeWithin: Duration
    /// When orders may leave.
    public var delivery: EscalationPlan.Delivery
    /// Who rings the resident; nil where nobody does.
    public var verification: FrozenVerification?

    /// Makes one from its parts.
    public init(
        id: String, steps: [FrozenStep], repeatLastEvery: Duration, onSceneWithin: Duration,
        closeWithin: Duration, delivery: EscalationPlan.Delivery, verification: FrozenVerification? = nil
    ) {
        self.id = id
        self.steps = steps
        self.repeatLastEvery = repeatLastEvery
        self.onSceneWithin = onSceneWithin
        self.closeWithin = closeWithin
        self.delivery = delivery
        self.verification = verification
    }

    /// Everybody who can be called by it, each once, in the order of the steps.
    public var responders: [FrozenResponder] {
        (steps.flatMap(\.targets) + (verification?.targets ?? [])).flatMap(\.everyone).uniqued
    }
}

/// A step with the people of the home.
public struct FrozenStep: Hashable, Sendable {
    /// Whom it means, in the order of the plan.
    public var targets: [FrozenTarget]
    /// How long to wait for an answer.
    public var seenWithin: Duration
    /// One after the other, each so long; nil means all at once.
    public var turnEvery: Duration?

    /// Makes one from its parts.
    public init(targets: [FrozenTarget], seenWithin: Duration, turnEvery: Duration? = nil) {
        self.targets = targets
        self.seenWithin = seenWithin
        self.turnEvery = turnEvery
    }

    /// A step of people without rosters.
    public init(responders: [FrozenResponder], seenWithin: Duration) {
        self.init(targets: responders.map { .person($0) }, seenWithin: seenWithin)
    }

    /// Everybody whom it can call, whoever is on duty, each once.
    public var responders: [FrozenResponder] { targets.flatMap(\.everyone).uniqued }
}

/// Whom a frozen step means.
public enum FrozenTarget: Hashable, Sendable {
    /// One person.
    case person(FrozenResponder)
    /// One of these: which one changes from incident to incident and from repetition to repetition.
    case oneOf([FrozenResponder])
    /// Whoever is on duty when the step starts.
    indirect case roster(FrozenRoster)

    /// Everybody whom it can mean.
    var everyone: [FrozenResponder] {
        switch self {
        case .person(let person): [person]
        case .oneOf(let people): people
        case .roster(let roster): roster.people
        }
    }

    /// Whom it means at a moment.
    ///
    /// - Parameter round: counts repetitions, from 0.
    public func called(round: Int64, at time: WallTime, in calendar: CivilCalendar) -> [FrozenResponder] {
        switch self {
        case .person(let person): return [person]
        case .oneOf(let people):
            guard !people.isEmpty else { return [] }
            let count = Int64(people.count)
            return [people[Int(((round % count) + count) % count)]]
        case .roster(let roster):
            let onDuty = roster.roster.duty(at: time, in: calendar).people
            let found = onDuty.compactMap { id in roster.people.first { $0.id == id } }
            return found.isEmpty ? roster.people : found
        }
    }
}

/// A roster with its people as they could be reached when the incident opened.
public struct FrozenRoster: Hashable, Sendable {
    /// Its shifts and stand-ins.
    public var roster: Roster
    /// Everybody in it.
    public var people: [FrozenResponder]

    /// Makes one from its parts.
    public init(roster: Roster, people: [FrozenResponder]) {
        self.roster = roster
        self.people = people
    }
}

/// Who rings the resident, and for how long that is waited for.
public struct FrozenVerification: Hashable, Sendable {
    /// Who rings.
    public var targets: [FrozenTarget]
    /// How long.
    public var within: Duration
    /// Whether the first step waits for it; never about life safety.
    public var isFirst: Bool

    /// Makes one from its parts.
    public init(targets: [FrozenTarget], within: Duration, isFirst: Bool) {
        self.targets = targets
        self.within = within
        self.isFirst = isFirst
    }
}

/// A responder as he could be reached when the incident opened.
public struct FrozenResponder: Hashable, Sendable {
    /// Its id, unique in the site.
    public var id: String
    /// In which capacity the person answers.
    public var role: Role
    /// At least one.
    public var channels: [ChannelAddress]
    /// When he is not to be woken for routine and technical matters, in local time.
    public var quiet: Schedule.Span?

    /// Makes one from its parts.
    public init(id: String, role: Role, channels: [ChannelAddress], quiet: Schedule.Span? = nil) {
        self.id = id
        self.role = role
        self.channels = channels
        self.quiet = quiet
    }

    /// The same person as the site knows it.
    public init(_ responder: Responder) {
        self.init(
            id: responder.id, role: responder.role, channels: responder.channels, quiet: responder.quiet)
    }
}

extension [FrozenResponder] {
    /// Each person once, in the order of the first mention.
    var uniqued: [FrozenResponder] {
        var people: [FrozenResponder] = []
        for person in self where !people.contains(where: { $0.id == person.id }) { people.append(person) }
        return people
    }
}
