import Alarming
public import Escalation
public import SafetyModel
public import Welfare

extension SafetyMachine {
    /// An incident that is open, or closed with orders still on the way.
    public func incident(_ id: IncidentID) -> Incident? {
        guard let place = holderPlace(of: id) else { return nil }
        return homes[Int(holders[place].home)].desk.incidents.first { $0.id == id }
    }

    /// All incidents that a desk holds, by number.
    public var heldIncidents: [Incident] { holders.compactMap { incident($0.incident) } }

    /// Open incidents, by number.
    public var openIncidents: [Incident] { heldIncidents.filter(\.isOpen) }

    /// Orders that were sent and not reported, for sending them again after a restart under the same ids.
    public var unreportedOrders: [NotificationOrder] {
        heldIncidents.flatMap { incident in
            incident.outstanding.filter { !$0.isWaiting }.map(\.order)
        }
    }

    /// The gateway's own troubles that stand now, by the id of their rule, sorted.
    public var gatewayTroubles: [String] {
        homes[HomeIndex.gateway.int].register.alarms.filter(\.isActive).map(\.rule).sorted()
    }

    /// What the machine knows of a home.
    public func home(_ index: HomeIndex) -> HomeState { homes[index.int] }

    /// How it stands with the visits of a home.
    public func visitState(of home: HomeIndex) -> VisitState {
        guard let place = visits.place(of: home.int) else {
            return VisitState(visitors: visitors(of: home))
        }
        let known = visits[place].visits
        var state = VisitState(
            cycle: known.cycle, lastRecord: known.lastRecord, isPaused: known.isPaused,
            visitors: visitors(of: home))
        if let due = nextVisit(place) {
            state.reason = due.reason
            state.dueFrom = due.from
            state.dueUntil = due.until
            state.standing = due.until <= now ? .overdue : due.from <= now ? .due : .done
        }
        return state
    }

    /// Homes in which a visit is due or overdue, in the order of the site.
    public var homesToVisit: [HomeIndex] {
        visits.entries.map { HomeIndex(Int($0.home)) }.filter {
            let standing = visitState(of: $0).standing
            return standing == .due || standing == .overdue
        }
    }

    /// Who is to visit a home: its grid workers and neighbours, by id.
    private func visitors(of home: HomeIndex) -> [String] {
        let place = compiled.site.community.homes[home.int]
        return [Role.gridWorker, .neighbour].flatMap { role in
            compiled.people.responders(for: .role(role), home: place).map(\.id)
        }
    }

    /// Says what is wrong with the whole state, or nil; for tests and the simulator, too slow for every
    /// input.
    public func checkInvariants() -> String? {
        for home in 0..<homes.count {
            if let complaint = Auditor.complaint(about: homes[home].desk, at: now) { return complaint }
            if let complaint = complaintAboutSuspensions(of: home) { return complaint }
            for incident in homes[home].desk.incidents where holderPlace(of: incident.id) == nil {
                return "incident \(incident.id.number) is not in the list of holders"
            }
            for alarm in homes[home].register.alarms where alarm.incident == nil && alarm.raiseAgainAt == nil
            {
                return "alarm \(alarm.id.number) belongs to no incident and will not raise again"
            }
        }
        return nil
    }
}

/// How it stands with the visits of a home.
public struct VisitState: Hashable, Sendable {
    /// How often it is visited; nil without a cycle.
    public var cycle: VisitCycle?
    /// Why the next visit is asked for; nil when none is.
    public var reason: VisitReason?
    /// From when a visit meets it.
    public var dueFrom: Instant?
    /// From when it is overdue.
    public var dueUntil: Instant?
    /// Whether one is due now.
    public var standing = Standing.none
    /// The newest record; nil when nobody told of any.
    public var lastRecord: VisitRecord?
    /// Whether nobody is expected at home, so that none is asked for.
    public var isPaused = false
    /// Who is to visit, as ids of responders.
    public var visitors: [String]

    /// What is to be done.
    public enum Standing: UInt8, CaseIterable, Sendable {
        /// No visit is asked for.
        case none = 0
        /// The last one was made; the next begins at `dueFrom`.
        case done = 1
        /// One is to be made until `dueUntil`.
        case due = 2
        /// It should have been made.
        case overdue = 3

        /// The word for it in HTTP and messages.
        public var name: String { Self.words[self] }

        private static let words = Words<Standing>()
    }

    /// Makes one in which nothing is asked for.
    public init(
        cycle: VisitCycle? = nil, lastRecord: VisitRecord? = nil, isPaused: Bool = false, visitors: [String]
    ) {
        self.cycle = cycle
        self.lastRecord = lastRecord
        self.isPaused = isPaused
        self.visitors = visitors
    }
}
