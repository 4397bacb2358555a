import GatewayPorts
import SafetyCore
import SafetyModel

/// What survives a crash: the journal, snapshots, sites, the breadcrumb; in memory, with faults.
struct SimulatedDisk {
    private(set) var batches: [JournalBatch] = []
    /// Newest last, at most two.
    private(set) var snapshots: [JournalSnapshot] = []
    private(set) var sites: [StoredSite] = []
    private(set) var quarantined: [QuarantinedInput] = []
    /// The newest record of each incident, by number.
    private(set) var records: [IncidentRecord] = []
    /// Delivery keys of everything that was ever stored.
    private(set) var keys: Set<UInt64> = []
    /// The last sequence, dropped batches counted.
    private(set) var lastSequence: Int64 = 0
    /// What a journal must never see.
    private(set) var complaint: String?
    var isFull = false
    /// Crashes by digest, as the mapped file counts them.
    private(set) var crashes: [(digest: UInt64, count: Int)] = []

    /// Inputs kept by `prune` whatever the snapshots say.
    static let keptInputs: Int64 = 100

    mutating func append(_ batch: JournalBatch) {
        if batches.last == batch { return }
        if batch.sequence != lastSequence + 1 {
            complaint = complaint ?? "sequence \(batch.sequence) follows \(lastSequence)"
        }
        batches.append(batch)
        lastSequence = batch.sequence + Int64(batch.count) - 1
        var inputs = InputBatch()
        do { try InputCoding.decode(batch.inputs, into: &inputs) } catch {
            complaint = complaint ?? "batch \(batch.sequence) cannot be read"
        }
        if inputs.inputs.count != Int(batch.count) {
            complaint = complaint ?? "batch \(batch.sequence) has \(inputs.inputs.count) inputs"
        }
        keys.formUnion(inputs.deliveryKeys)
        for record in batch.incidents { keep(record) }
    }

    private mutating func keep(_ record: IncidentRecord) {
        let place = records.firstIndex { $0.number >= record.number } ?? records.count
        if place < records.count, records[place].number == record.number {
            records[place] = record
        } else {
            records.insert(record, at: place)
        }
    }

    mutating func keep(_ snapshot: JournalSnapshot) {
        snapshots.append(snapshot)
        if snapshots.count > 2 { snapshots.removeFirst() }
    }

    mutating func keep(_ site: StoredSite) {
        sites.removeAll { $0.hash == site.hash }
        sites.append(site)
    }

    mutating func keep(_ input: QuarantinedInput) {
        if !quarantined.contains(where: { $0.digest == input.digest }) { quarantined.append(input) }
    }

    /// Drops what both snapshots hold, but the newest inputs.
    mutating func prune() -> Int {
        guard snapshots.count == 2, let oldest = snapshots.map(\.sequence).min() else { return 0 }
        let last = min(oldest, lastSequence - Self.keptInputs)
        let before = batches.count
        batches.removeAll { $0.sequence + Int64($0.count) - 1 <= last }
        return before - batches.count
    }

    /// Counts that the process ended during an input.
    mutating func countCrash(by digest: UInt64) {
        if let place = crashes.firstIndex(where: { $0.digest == digest }) {
            crashes[place].count += 1
        } else {
            crashes.append((digest, 1))
        }
    }

    /// Inputs that crashed the gateway too often.
    var suspects: [UInt64] { crashes.filter { $0.count >= crashLimit }.map(\.digest) }

    /// Changes a stored record or input, for proving that it would be noticed.
    mutating func tamper(
        batches change: (inout [JournalBatch]) -> Void = { _ in },
        records changeRecords: (inout [IncidentRecord]) -> Void = { _ in }
    ) {
        change(&batches)
        changeRecords(&records)
    }
}

/// The disk as one process sees it: after the process died nothing passes this door.
final class SimulatedJournal: Journal, @unchecked Sendable {
    // Unchecked: one thread runs a whole simulation, gateway included.
    private unowned let simulation: Simulation
    private let life: Int

    init(_ simulation: Simulation, life: Int) {
        self.simulation = simulation
        self.life = life
    }

    private var isOpen: Bool { simulation.isAlive(life) }

    private func check() throws(JournalError) {
        guard isOpen else { throw .failed("the process is dead") }
        if simulation.disk.isFull { throw .full("the disk is full") }
    }

    func append(_ batch: JournalBatch) throws(JournalError) {
        guard isOpen else { throw .failed("the process is dead") }
        try simulation.commit(batch, life: life)
    }

    func batches(after sequence: Int64, limit: Int) throws(JournalError) -> [JournalBatch] {
        let all = simulation.disk.batches
        var (low, high) = (0, all.count)
        while low < high {
            let middle = (low + high) / 2
            if all[middle].sequence > sequence { high = middle } else { low = middle + 1 }
        }
        return Array(all[low...].prefix(limit))
    }

    func lastSequence() throws(JournalError) -> Int64 { simulation.disk.lastSequence }

    func newestSnapshot() throws(JournalError) -> JournalSnapshot? { simulation.disk.snapshots.last }

    func save(_ snapshot: JournalSnapshot) throws(JournalError) {
        try check()
        simulation.disk.keep(snapshot)
    }

    func storedSite(hash: UInt64?) throws(JournalError) -> StoredSite? {
        simulation.disk.sites.last { hash == nil || $0.hash == hash }
    }

    func save(_ site: StoredSite) throws(JournalError) {
        try check()
        simulation.disk.keep(site)
        simulation.siteWasSaved()
    }

    func quarantine(_ input: QuarantinedInput) throws(JournalError) {
        try check()
        simulation.disk.keep(input)
    }

    func quarantined(limit: Int) throws(JournalError) -> [QuarantinedInput] {
        Array(simulation.disk.quarantined.reversed().prefix(limit))
    }

    func incidents(matching query: IncidentQuery) throws(JournalError) -> [IncidentRecord] {
        let wanted = simulation.disk.records.reversed().filter { record in
            query.number ?? record.number == record.number && record.number < query.before ?? .max
                && !(query.openOnly && record.closedAt != nil)
        }
        return Array(wanted.prefix(query.limit))
    }

    func prune(now: Instant) throws(JournalError) -> Int {
        try check()
        return simulation.disk.prune()
    }
}

/// The mapped file: tells the simulation which input is being taken in.
final class SimulatedBreadcrumb: Breadcrumb, @unchecked Sendable {
    // Unchecked: one thread runs a whole simulation, gateway included.
    private unowned let simulation: Simulation
    private let life: Int
    let suspects: [UInt64]

    init(_ simulation: Simulation, life: Int, suspects: [UInt64]) {
        self.simulation = simulation
        self.life = life
        self.suspects = suspects
    }

    func enter(_ digest: UInt64) { simulation.takesIn(digest, life: life) }

    func leave() {}
}
