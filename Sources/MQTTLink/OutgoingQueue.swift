import Escalation
import GatewayPorts

/// Publications on their way to the broker, and the delivery reports that their PUBACKs make.
///
/// It keeps what the broker has not confirmed across connections: after a reconnect that is sent again, in
/// order.
struct OutgoingQueue {
    /// The most publications that wait; then orders are reported as failed and others are dropped and
    /// counted.
    static let waitingLimit = 50_000
    /// The most publications that the broker has not confirmed.
    static let inflightLimit = 1_000
    /// How long an order may stay unconfirmed before it is reported as failed, in milliseconds.
    static let orderPatienceLimit: Int64 = 8_000

    private struct Flight {
        var publication: Publication
        var addedAt: Int64
        var number: Int
    }

    private var waiting: [Flight] = []
    private var head = 0
    /// Where a retained topic waits, by position since the start.
    private var retainedPlaces: [String: Int] = [:]
    private var taken = 0
    private var inflight: [Int32: Flight] = [:]
    private var numbers = 0
    /// Results for the next batch.
    private var reports: [DeliveryReport] = []
    /// Publications lost because the queue was full.
    private(set) var dropped = 0
    /// What became of the orders.
    private var orders = OrderCounters()

    /// Nothing waits and nothing is unconfirmed.
    var isEmpty: Bool { waitingCount == 0 && inflight.isEmpty }
    /// Whether there are results for the next batch.
    var hasReports: Bool { !reports.isEmpty }
    /// Publications that were not sent yet.
    var waitingCount: Int { waiting.count - head }

    /// What became of the orders, and which wait for the broker now.
    func orderCounters(at now: Int64) -> OrderCounters {
        var counters = orders
        for flight in waiting[head...] where flight.publication.order != nil {
            counters.waiting += 1
            counters.oldestWaiting = max(counters.oldestWaiting, now - flight.addedAt)
        }
        return counters
    }

    mutating func add(_ publication: Publication, at now: Int64) {
        if publication.order != nil { orders.added += 1 }
        if publication.isRetained, publication.order == nil, let place = retainedPlaces[publication.topic] {
            waiting[place - taken + head].publication = publication
            return
        }
        guard waitingCount < Self.waitingLimit else {
            dropped += 1
            report(publication, .failed(reason: "the queue to the broker is full"))
            return
        }
        if publication.isRetained { retainedPlaces[publication.topic] = taken + waitingCount }
        numbers += 1
        waiting.append(Flight(publication: publication, addedAt: now, number: numbers))
    }

    /// Hands out what may be sent now.
    ///
    /// - Parameter send: gives the packet id, or a reason why it can never be sent, or nil to stop for now.
    mutating func drain(_ send: (Publication) -> Sent) {
        while waitingCount > 0, inflight.count < Self.inflightLimit {
            let flight = waiting[head]
            switch send(flight.publication) {
            case .sent(let packetID): inflight[packetID] = flight
            case .impossible(let reason): report(flight.publication, .rejected(reason: reason))
            case .notNow: return
            }
            takeFirst(flight)
        }
    }

    /// What came of handing a publication to the library.
    enum Sent {
        case sent(packetID: Int32)
        case impossible(reason: String)
        case notNow
    }

    /// The broker's PUBACK.
    mutating func confirmed(packetID: Int32) {
        guard let flight = inflight.removeValue(forKey: packetID) else { return }
        report(flight.publication, .delivered)
    }

    /// The connection is gone: what is unconfirmed goes to the front again.
    mutating func disconnected() {
        if inflight.isEmpty { return }
        let again = inflight.values.sorted { $0.number < $1.number }
        inflight.removeAll(keepingCapacity: true)
        restart(with: again + waiting[head...])
    }

    /// Gives up orders that took too long.
    mutating func expire(at now: Int64) {
        let limit = Self.orderPatienceLimit
        let isOld = { (flight: Flight) in flight.publication.order != nil && now - flight.addedAt >= limit }
        // Sorted, so that the reports come in the order of sending.
        for (packetID, flight) in inflight.filter({ isOld($0.value) }).sorted(by: {
            $0.value.number < $1.value.number
        }) {
            report(flight.publication, .failed(reason: "the broker did not confirm it in time"))
            inflight[packetID]?.publication.order = nil
        }
        guard waiting[head...].contains(where: isOld) else { return }
        let kept = waiting[head...].filter { !isOld($0) }
        for flight in waiting[head...] where isOld(flight) {
            report(flight.publication, .failed(reason: "there is no connection to the broker"))
        }
        restart(with: Array(kept))
    }

    /// The results since the last call, in order.
    mutating func takeReports() -> [DeliveryReport] {
        defer { reports.removeAll(keepingCapacity: true) }
        return reports
    }

    private mutating func restart(with flights: [Flight]) {
        waiting = flights
        head = 0
        taken = 0
        retainedPlaces.removeAll(keepingCapacity: true)
        // A later state of the same topic wins: its place is the last one.
        for (place, flight) in waiting.enumerated() where flight.publication.isRetained {
            retainedPlaces[flight.publication.topic] = place
        }
    }

    private mutating func takeFirst(_ flight: Flight) {
        if flight.publication.isRetained, retainedPlaces[flight.publication.topic] == taken {
            retainedPlaces[flight.publication.topic] = nil
        }
        head += 1
        taken += 1
        if head == waiting.count || head >= 1_024 {
            waiting.removeFirst(head)
            head = 0
        }
    }

    private mutating func report(_ publication: Publication, _ result: DeliveryReport.Result) {
        guard let order = publication.order else { return }
        switch result {
        case .delivered: orders.delivered += 1
        case .failed: orders.failed += 1
        case .rejected: orders.rejected += 1
        }
        reports.append(DeliveryReport(order: order.id, attempt: order.attempt, result: result))
    }
}
