import Escalation
import SafetyCore
import SafetyModel

/// What may wait a moment, so that an alarm's own commit is one row.
///
/// The journal has every input at once, and what people must know leaves with its commit. Two things follow
/// within `delayLimit`: the incident's record, which a replay can make again, and the document of an incident
/// of which nothing is new but that a message was delivered. A closing waits for nothing.
struct OwedDocuments {
    /// How long a record or a delivery may be missing before the next commit takes it along.
    static let delayLimit = Duration.seconds(1)
    /// How much longer while commits carry orders, which should not wait for records.
    static let orderDelayLimit = Duration.seconds(1)
    /// The most records that wait longest and go with one commit; the next takes more.
    static let recordLimit = 32

    /// What is behind of one incident.
    private struct Debt {
        var since: Instant
        /// Whether its document was not published either.
        var isUnsaid: Bool
    }

    private var debts: [IncidentID: Debt] = [:]
    /// In the order of falling behind, with entries that are settled already; from `head` on.
    private var queue: [IncidentID] = []
    private var head = 0

    /// When the one that waits longest fell behind.
    var since: Instant? { head < queue.count ? debts[queue[head]]?.since : nil }

    /// Whether it is time to write.
    func isDue(at now: Instant, withOrders: Bool = false) -> Bool {
        let delay = withOrders ? Self.delayLimit + Self.orderDelayLimit : Self.delayLimit
        return since.map { $0 + delay <= now } ?? false
    }

    /// Marks incidents whose records may be behind, as after a replay.
    mutating func owe(_ incidents: some Sequence<IncidentID>, at now: Instant) {
        for incident in incidents { owe(incident, isUnsaid: false, at: now) }
    }

    /// Makes everything due: the gateway ends.
    mutating func makeDue() {
        for incident in debts.keys { debts[incident]?.since = Instant(milliseconds: 0) }
    }

    /// Takes what may wait out of an outcome and puts what waited long enough in.
    ///
    /// - Returns: the incidents whose records go with this commit, by number; `outcome.incidents` are then
    ///   those whose documents go out.
    mutating func settle(_ outcome: inout StepOutcome, machine: SafetyMachine) -> [Incident] {
        var records: [Incident] = []
        var quiet = outcome.quiet[...]
        outcome.incidents.removeAll { incident in
            let isQuiet = quiet.first == incident.id
            if isQuiet { quiet.removeFirst() }
            if incident.isOpen || isQuiet {
                owe(incident.id, isUnsaid: isQuiet, at: machine.now)
            } else {
                debts[incident.id] = nil
                records.append(incident)
            }
            return isQuiet
        }
        skipSettled()
        guard isDue(at: machine.now, withOrders: !outcome.orders.isEmpty) else { return records }
        takeDue(&outcome, &records, machine)
        records.sort { $0.id < $1.id }
        return records
    }

    private mutating func owe(_ incident: IncidentID, isUnsaid: Bool, at now: Instant) {
        if debts[incident] == nil {
            debts[incident] = Debt(since: now, isUnsaid: isUnsaid)
            queue.append(incident)
        } else {
            debts[incident]?.isUnsaid = isUnsaid
        }
    }

    private mutating func takeDue(
        _ outcome: inout StepOutcome, _ records: inout [Incident], _ machine: SafetyMachine
    ) {
        let published = outcome.incidents.count
        for _ in 0..<Self.recordLimit where head < queue.count {
            let id = queue[head]
            if let debt = debts.removeValue(forKey: id), let incident = machine.incident(id) {
                records.append(incident)
                if debt.isUnsaid { outcome.incidents.append(incident) }
            }
            skipSettled()
        }
        if outcome.incidents.count > published { outcome.incidents.sort { $0.id < $1.id } }
    }

    private mutating func skipSettled() {
        while head < queue.count, debts[queue[head]] == nil { head += 1 }
        if head == queue.count {
            queue.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 1_024, head * 2 > queue.count {
            queue.removeFirst(head)
            head = 0
        }
    }
}
