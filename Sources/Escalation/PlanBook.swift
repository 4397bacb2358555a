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
    ///
    /// - Parameters:
    ///   - kind: the alarm that opens it: fire, gas and carbon monoxide never wait for a turn.
    ///   - urgency: that alarm's urgency: only some alarms wait for a verification.
    ///   - number: the incident's number; it decides who of `one_of` comes first.
    public static func freeze(
        _ plan: EscalationPlan, home: Home, among people: ResponderDirectory, for kind: AlarmKind? = nil,
        urgency: Urgency = .lifeSafety, number: Int64 = 0
    ) -> FrozenPlan {
        let isParallel = kind.map { EscalationPlan.parallelKinds.contains($0) } ?? false
        let steps = plan.steps.map { step in
            FrozenStep(
                targets: people.targets(for: step.notify, home: home, number: number),
                seenWithin: step.seenWithin, turnEvery: isParallel ? nil : step.turnEvery)
        }
        return FrozenPlan(
            id: plan.id, steps: steps, repeatLastEvery: plan.repeatLastEvery,
            onSceneWithin: plan.onSceneWithin, closeWithin: plan.closeWithin, delivery: plan.delivery,
            verification: verification(
                of: plan, home: home, among: people, for: kind, urgency: urgency, number: number))
    }

    /// Nobody is asked to ring a home where nobody has a telephone.
    private static func verification(
        of plan: EscalationPlan, home: Home, among people: ResponderDirectory, for kind: AlarmKind?,
        urgency: Urgency, number: Int64
    ) -> FrozenVerification? {
        guard let verification = plan.verification,
            home.residents.contains(where: { !$0.telephone.isEmpty })
        else { return nil }
        let isFirst =
            kind.map {
                verification.before.contains($0)
                    && EscalationPlan.Verification.mayDelay($0, urgency: urgency)
            } ?? false
        return FrozenVerification(
            targets: people.targets(for: verification.by, home: home, number: number),
            within: min(verification.within, EscalationPlan.Verification.withinLimit), isFirst: isFirst)
    }
}

/// The responders of a site, found by id and by role.
public struct ResponderDirectory: Sendable {
    /// People and stations that answer.
    public let responders: [Responder]
    private let placeByID: [String: Int]
    private let placesByRole: [[Int]]
    private let groupByID: [String: ResponderGroup]
    /// Frozen once: all incidents share them.
    private let rosterByID: [String: FrozenRoster]

    /// Makes one from its parts.
    public init(_ responders: [Responder], groups: [ResponderGroup] = [], rosters: [Roster] = []) {
        self.responders = responders
        var byID: [String: Int] = [:]
        var byRole = [[Int]](repeating: [], count: 256)
        for (place, responder) in responders.enumerated() {
            byID[responder.id] = place
            byRole[Int(responder.role.rawValue)].append(place)
        }
        placeByID = byID
        placesByRole = byRole
        var groupTable: [String: ResponderGroup] = [:]
        for group in groups where groupTable[group.id] == nil { groupTable[group.id] = group }
        groupByID = groupTable
        var rosterTable: [String: FrozenRoster] = [:]
        for roster in rosters where rosterTable[roster.id] == nil {
            let members = roster.members.compactMap { byID[$0] }
            rosterTable[roster.id] = FrozenRoster(
                roster: roster, people: members.map { FrozenResponder(responders[$0]) })
        }
        rosterByID = rosterTable
    }

    /// The responder with an id.
    public func responder(_ id: String) -> Responder? { placeByID[id].map { responders[$0] } }

    /// A roster with its people.
    public func roster(_ id: String) -> FrozenRoster? { rosterByID[id] }

    /// What targets mean for a home, in their order, each person once where no roster names him again.
    func targets(for notify: [EscalationPlan.Target], home: Home, number: Int64) -> [FrozenTarget] {
        var found: [FrozenTarget] = []
        var named: [String] = []
        for target in notify {
            switch target {
            case .roster(let id):
                if let roster = rosterByID[id] { found.append(.roster(roster)) }
            case .oneOf:
                let people = responders(for: target, home: home).map { FrozenResponder($0) }
                guard !people.isEmpty else { continue }
                // Turned here, so that a step that counts repetitions goes on from there.
                let first = Int(((number % Int64(people.count)) + Int64(people.count)) % Int64(people.count))
                found.append(.oneOf(Array(people[first...] + people[..<first])))
            case .role, .person, .group:
                for responder in responders(for: target, home: home) where !named.contains(responder.id) {
                    named.append(responder.id)
                    found.append(.person(FrozenResponder(responder)))
                }
            }
        }
        return found
    }

    /// The responders that a target can mean for a home, whoever is on duty.
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
        case .group(let id):
            return groupByID[id]?.members.compactMap { responder($0) } ?? []
        case .roster(let id):
            return rosterByID[id]?.people.compactMap { responder($0.id) } ?? []
        case .oneOf(let targets):
            var found: [Responder] = []
            for one in targets.flatMap({ responders(for: $0, home: home) })
            where !found.contains(where: { $0.id == one.id }) { found.append(one) }
            return found
        }
    }
}
