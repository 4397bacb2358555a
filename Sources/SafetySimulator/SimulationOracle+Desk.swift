import Alarming
import Escalation
import SafetyCore
import SafetyModel

/// What people at a desk asked for, as the oracle follows it beside the machine.
extension SimulationOracle {
    /// A kind that is shelved in a home.
    struct ShelfKey: Hashable, Comparable {
        var home: String
        var kind: AlarmKind

        static func < (a: ShelfKey, b: ShelfKey) -> Bool { (a.home, a.kind.name) < (b.home, b.kind.name) }
    }

    /// An answer as it can be compared.
    struct Reply: Hashable, Comparable {
        var reference: String
        var words: String

        static func < (a: Reply, b: Reply) -> Bool { (a.reference, a.words) < (b.reference, b.words) }
    }

    /// How long a condition may be taken for a test (domain rule 8).
    static let testPatience = Duration.seconds(60)

    /// All answers of a batch, in the order of their references.
    func replies(
        _ answers: [StepOutcome.Answer], _ visits: [StepOutcome.VisitReply], _ desk: [StepOutcome.DeskReply]
    ) -> [Reply] {
        let all =
            answers.map { Reply(reference: $0.command.reference, words: "\($0.answer)") }
            + visits.map { Reply(reference: $0.visit.reference, words: "\($0.answer)") }
            + desk.map { Reply(reference: $0.command.reference, words: "\($0.answer)") }
        return all.sorted()
    }

    /// Follows what a desk command led to.
    ///
    /// - Returns: the home of a hazard to life that was opened by hand, with the words for it.
    mutating func follow(_ reply: StepOutcome.DeskReply) -> (home: HomeIndex, words: String)? {
        let home = reply.command.home
        switch (reply.command.act, reply.answer) {
        case (.shelve(let kind, let duration, _), .inForce):
            state.shelves[ShelfKey(home: home, kind: kind)] = machine.now + duration
        case (.unshelve(let kind), .ended): state.shelves[ShelfKey(home: home, kind: kind)] = nil
        case (.startWalkTest(let duration), .inForce): state.walkTests[home] = machine.now + duration
        case (.endWalkTest, .ended): state.walkTests[home] = nil
        case (.openIncident(let kind, _), .opened) where Self.hazards.contains(kind):
            return homeIndex(of: home).map { ($0, "\(kind.name) of \(home) by hand") }
        default: break
        }
        return nil
    }

    /// Kinds that a person may open by hand and that threaten life.
    static let hazards: [AlarmKind] = [.fire, .gas, .co, .sos, .fall]

    /// What is wrong with an answer, whatever the machine thinks: life safety is never shelved.
    func complaint(about reply: StepOutcome.DeskReply) -> String? {
        guard case .shelve(let kind, _, _) = reply.command.act, Self.hazards.contains(kind) else {
            return nil
        }
        if case .refused = reply.answer { return nil }
        return "\(kind.name) is shelved in \(reply.command.home)"
    }

    /// Whether a walk test may take an edge for a test, for a minute: smoke, while it runs.
    func mayBeTest(_ observation: Observation, in home: HomeIndex) -> Bool {
        (observation.signal == .smoke || observation.signal == .heat)
            && machine.home(home).suspensions.isTesting
    }

    /// Whether people were told of a fire in a home since a moment, or as many orders are on the way as may
    /// be.
    func isTold(of home: HomeIndex, since: Instant, in step: Step) -> Bool {
        let orders = step.orders + ledger.orders(since: since, before: step.expected)
        let isOrdered = orders.contains { order in
            guard order.purpose == .alarm || order.purpose == .alarmAgain,
                let incident = ledger.incidents[order.id.incident.number], incident.home == home
            else { return false }
            return incident.alarms.contains { $0.kind == .fire }
        }
        return isOrdered
            || machine.home(home).desk.incidents.contains {
                $0.outstanding.count >= EscalationDesk.outstandingLimit
            }
    }

    /// What a walk test held is with people, or was a test.
    mutating func release(_ key: ReadingKey) { state.held[key] = nil }
}

extension SimulationOracle.ReadingKey: Comparable {
    static func < (a: Self, b: Self) -> Bool {
        (a.home, a.device, a.signal.rawValue) < (b.home, b.device, b.signal.rawValue)
    }
}
