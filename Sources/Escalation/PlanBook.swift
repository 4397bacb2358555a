public import SafetyModel

/// Finds the escalation plan of an alarm: the same answer in `check` and in the machine.
public struct PlanBook: Sendable {
    /// Escalation plans, in the order of the site.
    public let plans: [EscalationPlan]

    /// Makes one from its parts.
    public init(plans: [EscalationPlan]) { self.plans = plans }

    /// The plan for an alarm of a home: one that names the kind goes before one that names the urgency, then
    /// one that names the home before one that names its area, then the order of the files.
    ///
    /// - Returns: nil when no plan covers it.
    public func plan(for kind: AlarmKind, urgency: Urgency, home: String, area: String) -> EscalationPlan? {
        var best: (rank: Int, plan: EscalationPlan)?
        for plan in plans {
            guard let rank = rank(plan, kind: kind, urgency: urgency, home: home, area: area) else {
                continue
            }
            if rank < best?.rank ?? Int.max { best = (rank, plan) }
        }
        return best?.plan
    }

    private func rank(
        _ plan: EscalationPlan, kind: AlarmKind, urgency: Urgency, home: String, area: String
    ) -> Int? {
        let byAlarm: Int
        if plan.alarms.contains(kind) {
            byAlarm = 0
        } else if plan.urgencies.contains(urgency) {
            byAlarm = 3
        } else {
            return nil
        }
        if plan.homes.contains(home) { return byAlarm }
        if !plan.homes.isEmpty { return nil }
        if plan.areas.contains(area) { return byAlarm + 1 }
        return plan.areas.isEmpty ? byAlarm + 2 : nil
    }

    /// The plan with its people, as it stays with an incident from opening to closing.
    public static func freeze(_ plan: EscalationPlan, home: Home, among people: ResponderDirectory)
        -> FrozenPlan
    {
        let steps = plan.steps.map { step in
            var called: [FrozenResponder] = []
            for target in step.notify {
                for responder in people.responders(for: target, home: home)
                where !called.contains(where: { $0.id == responder.id }) {
                    called.append(
                        FrozenResponder(id: responder.id, role: responder.role, channels: responder.channels))
                }
            }
            return FrozenStep(responders: called, seenWithin: step.seenWithin)
        }
        return FrozenPlan(
            id: plan.id, steps: steps, repeatLastEvery: plan.repeatLastEvery,
            onSceneWithin: plan.onSceneWithin, closeWithin: plan.closeWithin, delivery: plan.delivery)
    }
}

/// The responders of a site, found by id and by role.
public struct ResponderDirectory: Sendable {
    /// People and stations that answer.
    public let responders: [Responder]
    private let placeByID: [String: Int]
    private let placesByRole: [[Int]]

    /// Makes one from its parts.
    public init(_ responders: [Responder]) {
        self.responders = responders
        var byID: [String: Int] = [:]
        var byRole = [[Int]](repeating: [], count: 256)
        for (place, responder) in responders.enumerated() {
            byID[responder.id] = place
            byRole[Int(responder.role.rawValue)].append(place)
        }
        placeByID = byID
        placesByRole = byRole
    }

    /// The responder with an id.
    public func responder(_ id: String) -> Responder? { placeByID[id].map { responders[$0] } }

    /// The responders that a target means for a home.
    ///
    /// A role means the home's own contacts of that role; a home without one has the responders of the role
    /// that answer for its area, but never another home's family or neighbour.
    public func responders(for target: EscalationPlan.Target, home: Home) -> [Responder] {
        switch target {
        case .person(let id):
            return responder(id).map { [$0] } ?? []
        case .role(let role):
            let contacts = home.contacts.filter { $0.role == role }
            if !contacts.isEmpty { return contacts.compactMap { responder($0.responder) } }
            // Somebody else's family or neighbour is nobody's business to call.
            if role == .family || role == .neighbour { return [] }
            return placesByRole[Int(role.rawValue)].map { responders[$0] }
                .filter { $0.areas.isEmpty || $0.areas.contains(home.area) }
        }
    }
}
