import Alarming
import Escalation
import GatewayPorts
import SafetyCore
import SafetyModel

/// Finds incidents that people know as open and that a recovered machine does not know.
///
/// The record of incidents is kept apart from the journal and outlives it, so it decides. After an ordinary
/// start there are none.
struct LostIncidents {
    /// They have no number where they never came to be on record.
    private(set) var records: [IncidentRecord] = []
    private let journal: any Journal
    /// Incidents of the last moments, which may not be on record.
    private var fresh: [IncidentRecord] = []

    /// Open records read at a time.
    static let readLimit = 1_000
    /// How long the record of an incident may be missing at the most: by far longer than it waits.
    static let recordDelayLimit = Duration.minutes(1)

    init(_ journal: any Journal) { self.journal = journal }

    /// Takes the incidents out of a machine that numbers them as nobody else does.
    mutating func note(_ machine: inout SafetyMachine) {
        let held = machine.heldIncidents
        if held.isEmpty { return }
        let homes = machine.compiled.site.community.homes
        // What stands raises again by itself; a press does not.
        let pressed = held.filter { incident in
            incident.isOpen
                && machine.home(incident.home).register.alarms.contains {
                    $0.incident == incident.id && $0.isLatched
                }
        }
        fresh += pressed.map { incident in
            IncidentRecord(
                number: 0, home: homes[incident.home.int].id, kind: incident.kind.name,
                urgency: incident.urgency.name, phase: incident.phase.name, openedAt: incident.openedAt,
                closedAt: nil, document: [])
        }
        let now = machine.now
        fresh.removeAll { now - $0.openedAt > Self.recordDelayLimit }
        machine.releaseIncidents()
    }

    /// Compares a machine that is through with its replay with the record.
    ///
    /// - Parameter sequence: the last input; there are never more alarms or incidents than inputs.
    mutating func settle(
        _ machine: inout SafetyMachine, isPartial: Bool, after sequence: Int64, complaints: inout Complaints
    ) {
        // Where nothing was ever taken in, nothing is on record.
        if sequence == 0 { return }
        do {
            let open = try openRecords()
            let isElsewhere = try isPartial || !complaints.texts.isEmpty && isRenumbered(machine)
            guard isElsewhere else {
                records = try unknown(open, to: machine)
                // What could not be read may have opened incidents: their numbers are taken.
                if !complaints.texts.isEmpty || !records.isEmpty {
                    machine.countOn(
                        fromIncident: try newestNumber(), alarm: records.isEmpty ? 0 : sequence)
                }
                return
            }
            note(&machine)
            machine.countOn(fromIncident: try newestNumber(), alarm: sequence)
            for record in open { records.append(try complete(record)) }
            for incident in fresh where try !isOnRecord(incident) {
                // Where people are called for the same already, they were told of it there.
                if open.contains(where: { $0.home == incident.home && $0.kind == incident.kind }) { continue }
                records.append(incident)
            }
        } catch {
            complaints.add("the record of incidents cannot be read: \(error)")
            guard isPartial else { return }
            note(&machine)
            machine.countOn(fromIncident: sequence, alarm: sequence)
            records = fresh
        }
        machine.raiseReleased()
    }

    /// Open records of which the machine knows nothing.
    private func unknown(
        _ open: [IncidentRecord], to machine: SafetyMachine
    ) throws(JournalError) -> [IncidentRecord] {
        let homes = machine.compiled.site.community.homes
        let known = Set(machine.openIncidents.map { "\($0.id.number) \(homes[$0.home.int].id)" })
        var found: [IncidentRecord] = []
        for record in open where !known.contains("\(record.number) \(record.home)") {
            found.append(try complete(record))
        }
        return found
    }

    private func openRecords() throws(JournalError) -> [IncidentRecord] {
        var all: [IncidentRecord] = []
        var query = IncidentQuery()
        query.openOnly = true
        query.limit = Self.readLimit
        while true {
            let more = try journal.incidents(matching: query)
            all += more
            guard more.count == Self.readLimit, let last = more.last else { break }
            query.before = last.number
        }
        return all.sorted { $0.number < $1.number }
    }

    /// Whether an open incident of the machine is another one on record, or closed there.
    private func isRenumbered(_ machine: SafetyMachine) throws(JournalError) -> Bool {
        let homes = machine.compiled.site.community.homes
        for incident in machine.openIncidents {
            guard let record = try record(of: incident.id.number) else { continue }
            let isSame =
                record.home == homes[incident.home.int].id && record.openedAt == incident.openedAt
                && record.closedAt == nil
            if !isSame { return true }
        }
        return false
    }

    private func record(of number: Int64) throws(JournalError) -> IncidentRecord? {
        var query = IncidentQuery()
        query.number = number
        query.limit = 1
        return try journal.incidents(matching: query).first
    }

    private func newestNumber() throws(JournalError) -> Int64 {
        var query = IncidentQuery()
        query.limit = 1
        return try journal.incidents(matching: query).first?.number ?? 0
    }

    private func isOnRecord(_ incident: IncidentRecord) throws(JournalError) -> Bool {
        var query = IncidentQuery()
        query.home = incident.home
        query.from = WallTime(milliseconds: incident.openedAt.milliseconds)
        query.to = WallTime(milliseconds: incident.openedAt.milliseconds + 1)
        query.limit = 1
        return try !journal.incidents(matching: query).isEmpty
    }

    /// A record with what reports count of it.
    private func complete(_ record: IncidentRecord) throws(JournalError) -> IncidentRecord {
        var query = IncidentQuery()
        query.number = record.number
        query.factsOnly = true
        query.limit = 1
        var record = record
        if let facts = try journal.incidents(matching: query).first?.facts { record.facts = facts }
        return record
    }
}
