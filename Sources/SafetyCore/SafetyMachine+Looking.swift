import Alarming
public import Escalation
public import SafetyModel

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

    /// Says what is wrong with the whole state, or nil; for tests and the simulator, too slow for every
    /// input.
    public func checkInvariants() -> String? {
        for home in 0..<homes.count {
            if let complaint = Auditor.complaint(about: homes[home].desk, at: now) { return complaint }
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
