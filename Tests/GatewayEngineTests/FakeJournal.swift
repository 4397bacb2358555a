import Foundation
import GatewayPorts
import SafetyModel
import Synchronization

/// A journal in memory that fails, hangs or lies on order, and notes what a journal must never see.
final class FakeJournal: Journal {
    private let state = Mutex(State())
    /// Signalled when a call begins to hang.
    let hangs = DispatchSemaphore(value: 0)
    private let goes = DispatchSemaphore(value: 0)

    private struct State {
        var batches: [JournalBatch] = []
        var snapshots: [JournalSnapshot] = []
        var sites: [StoredSite] = []
        var quarantined: [QuarantinedInput] = []
        var appendFault = Fault.none
        var siteFault = Fault.none
        var snapshotFault = Fault.none
        var isAppending = false
        var complaints: [String] = []
        /// Asked at each append when it is set.
        var decide: (@Sendable () -> Fault)?
    }

    /// What becomes of a call.
    enum Fault: Hashable, Sendable {
        case none
        case fails
        /// Hangs until `go`, then succeeds or fails; only the next call.
        case hangs(thenFails: Bool)
        /// Takes this many microseconds, then succeeds or fails.
        case takes(Int, thenFails: Bool)
    }

    var batches: [JournalBatch] { state.withLock { $0.batches } }
    var snapshots: [JournalSnapshot] { state.withLock { $0.snapshots } }
    var sites: [StoredSite] { state.withLock { $0.sites } }
    /// What went against the protocol: two writers at once, a sequence that does not follow.
    var complaints: [String] { state.withLock { $0.complaints } }

    func onAppend(_ fault: Fault) { state.withLock { $0.appendFault = fault } }
    func onSite(_ fault: Fault) { state.withLock { $0.siteFault = fault } }
    func onSnapshot(_ fault: Fault) { state.withLock { $0.snapshotFault = fault } }
    func deciding(_ decide: (@Sendable () -> Fault)?) { state.withLock { $0.decide = decide } }

    /// Lets one hanging call go on.
    func go() { goes.signal() }

    /// A journal with the same content, cut after so many batches: what a crash leaves.
    func cut(after count: Int, withSnapshots: Bool = true) -> FakeJournal {
        let cut = FakeJournal()
        let (batches, snapshots, sites) = state.withLock { ($0.batches, $0.snapshots, $0.sites) }
        let kept = Array(batches.prefix(count))
        let last = kept.last.map { $0.sequence + Int64($0.count) - 1 } ?? 0
        cut.state.withLock {
            $0.batches = kept
            $0.sites = sites
            $0.snapshots = withSnapshots ? snapshots.filter { $0.sequence <= last } : []
        }
        return cut
    }

    func change(
        batches: (inout [JournalBatch]) -> Void = { _ in },
        snapshots: (inout [JournalSnapshot]) -> Void = { _ in },
        sites: (inout [StoredSite]) -> Void = { _ in }
    ) {
        state.withLock {
            batches(&$0.batches)
            snapshots(&$0.snapshots)
            sites(&$0.sites)
        }
    }

    private func suffer(_ fault: Fault) throws(JournalError) {
        switch fault {
        case .none: return
        case .fails: throw .full("the disk is full")
        case .hangs(let thenFails):
            hangs.signal()
            goes.wait()
            if thenFails { throw .failed("the disk gave up") }
        case .takes(let microseconds, let thenFails):
            var wait = timespec(tv_sec: 0, tv_nsec: microseconds * 1_000)
            clock_nanosleep(CLOCK_MONOTONIC, 0, &wait, nil)
            if thenFails { throw .failed("the disk gave up") }
        }
    }

    func append(_ batch: JournalBatch) throws(JournalError) {
        let fault = state.withLock { state in
            if state.isAppending { state.complaints.append("two writers at once at \(batch.sequence)") }
            state.isAppending = true
            if let decide = state.decide { return decide() }
            defer { if case .hangs = state.appendFault { state.appendFault = .none } }
            return state.appendFault
        }
        defer { state.withLock { $0.isAppending = false } }
        try suffer(fault)
        state.withLock { state in
            if state.batches.contains(batch) { return }
            let last = state.batches.last.map { $0.sequence + Int64($0.count) - 1 } ?? 0
            if batch.sequence <= last { state.complaints.append("\(batch.sequence) after \(last)") }
            state.batches.append(batch)
        }
    }

    func batches(after sequence: Int64, limit: Int) throws(JournalError) -> [JournalBatch] {
        Array(batches.filter { $0.sequence > sequence }.prefix(limit))
    }

    func lastSequence() throws(JournalError) -> Int64 {
        max(
            batches.last.map { $0.sequence + Int64($0.count) - 1 } ?? 0, snapshots.map(\.sequence).max() ?? 0)
    }

    func newestSnapshot() throws(JournalError) -> JournalSnapshot? {
        snapshots.max { $0.sequence < $1.sequence }
    }

    func readableSnapshots() throws(JournalError) -> [JournalSnapshot] {
        snapshots.sorted { $0.sequence < $1.sequence }
    }

    func save(_ snapshot: JournalSnapshot) throws(JournalError) {
        try suffer(state.withLock { $0.snapshotFault })
        state.withLock { $0.snapshots.append(snapshot) }
    }

    func storedSite(hash: UInt64?) throws(JournalError) -> StoredSite? {
        sites.last { hash == nil || $0.hash == hash }
    }

    func save(_ site: StoredSite) throws(JournalError) {
        let fault = state.withLock { state in
            defer { if case .hangs = state.siteFault { state.siteFault = .none } }
            return state.siteFault
        }
        try suffer(fault)
        state.withLock { state in
            state.sites.removeAll { $0.hash == site.hash }
            state.sites.append(site)
        }
    }

    func quarantine(_ input: QuarantinedInput) throws(JournalError) {
        state.withLock { $0.quarantined.append(input) }
    }

    func quarantined(limit: Int) throws(JournalError) -> [QuarantinedInput] {
        state.withLock { Array($0.quarantined.reversed().prefix(limit)) }
    }

    func incidents(matching query: IncidentQuery) throws(JournalError) -> [IncidentRecord] {
        var newest: [Int64: IncidentRecord] = [:]
        for record in batches.flatMap(\.incidents) { newest[record.number] = record }
        let wanted = newest.values.filter { record in
            query.number ?? record.number == record.number && query.home ?? record.home == record.home
                && (!query.openOnly || record.closedAt == nil)
                && (!query.closedOnly || record.closedAt != nil)
                && record.number < query.before ?? .max
                && record.openedAt.milliseconds >= query.from?.milliseconds ?? .min
                && record.openedAt.milliseconds < query.to?.milliseconds ?? .max
        }
        return Array(wanted.sorted { $0.number > $1.number }.prefix(query.limit))
    }

    func prune(now: Instant) throws(JournalError) -> Int { 0 }
}

/// Faults one after the other, then none.
final class FaultScript: Sendable {
    private let faults: Mutex<[FakeJournal.Fault]>

    init(_ faults: [FakeJournal.Fault]) { self.faults = Mutex(faults) }

    func next() -> FakeJournal.Fault {
        faults.withLock { $0.isEmpty ? .none : $0.removeFirst() }
    }
}
