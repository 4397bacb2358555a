import Escalation
import SafetyModel

/// Every incident and every order that there was, with the sequence of the batch that changed it; a crash
/// cuts off what the journal does not have.
struct SimulationLedger {
    /// Newest state, by number.
    private(set) var incidents: [Int64: Incident] = [:]
    /// Newest attempt, and the sequence of the batch that gave it.
    private(set) var orders: [OrderID: (order: NotificationOrder, sequence: Int64)] = [:]
    /// The id under which the same thing was told first.
    private var firstIDs: [Meaning: (id: OrderID, sequence: Int64)] = [:]
    private var incidentLog: [(sequence: Int64, incident: Incident)] = []
    private var orderLog: [(sequence: Int64, order: NotificationOrder)] = []

    /// What makes an order the same order, whatever its id.
    private struct Meaning: Hashable {
        var incident: IncidentID
        var responder: String
        var purpose: NotificationOrder.Purpose
        var about: String
        var orderedAt: Instant

        init(_ order: NotificationOrder) {
            incident = order.id.incident
            responder = order.responder
            purpose = order.purpose
            about = order.about
            orderedAt = order.orderedAt
        }
    }

    mutating func add(_ incident: Incident, at sequence: Int64) {
        incidents[incident.id.number] = incident
        incidentLog.append((sequence, incident))
    }

    mutating func add(_ order: NotificationOrder, at sequence: Int64) {
        orders[order.id] = (order, sequence)
        orderLog.append((sequence, order))
        let meaning = Meaning(order)
        if firstIDs[meaning] == nil { firstIDs[meaning] = (order.id, sequence) }
    }

    /// Forgets what came after a sequence.
    mutating func cut(after sequence: Int64) {
        var kept = SimulationLedger()
        for entry in incidentLog where entry.sequence <= sequence {
            kept.add(entry.incident, at: entry.sequence)
        }
        for entry in orderLog where entry.sequence <= sequence { kept.add(entry.order, at: entry.sequence) }
        self = kept
    }

    /// Orders given at a moment by earlier batches.
    func ordersAt(_ moment: Instant, before sequence: Int64) -> [NotificationOrder] {
        orderLog.filter { $0.sequence < sequence && $0.order.orderedAt == moment }.map(\.order)
    }

    /// Orders given at a moment or later by earlier batches.
    func orders(since moment: Instant, before sequence: Int64) -> [NotificationOrder] {
        orderLog.reversed().prefix { $0.order.orderedAt >= moment }.filter { $0.sequence < sequence }
            .map(\.order)
    }

    /// The other id of the same order, if it has one.
    func twin(of order: NotificationOrder) -> OrderID? {
        // Two hazards of one moment are two pieces of news.
        guard order.purpose != .alarmAgain, let first = firstIDs[Meaning(order)], first.id != order.id,
            orders[order.id]?.sequence != first.sequence
        else { return nil }
        return first.id
    }
}
