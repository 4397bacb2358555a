import Dispatch
import Foundation
import GatewayEngine
import GatewayPorts
import Logging
import SafetyModel
import Synchronization

/// Slow work on the store, each on a thread of its own and never two of a kind: writing records that waited,
/// snapshots, pruning.
final class StoreChores: Sendable {
    private let gate: CoreGate
    private let journal: any Journal
    private let clock: GatewayClock
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var isFlushing = false
        var isTidying = false
        var flushedAt: Int64 = 0
        var snapshotAt = GatewayClock.monotonicNanoseconds
        var triedAt: Int64 = 0
        var prunedAt = GatewayClock.monotonicNanoseconds
    }

    /// From one try of writing the waiting records to the next.
    private static let flushInterval: Int64 = 1_000_000_000
    /// A quiet gateway writes a snapshot this often all the same.
    private static let snapshotInterval: Int64 = 300_000_000_000
    private static let pruneInterval: Int64 = 60_000_000_000
    /// A snapshot that could not be written is tried again after this.
    private static let snapshotRetryInterval: Int64 = 10_000_000_000

    init(gate: CoreGate, journal: any Journal, clock: GatewayClock, logger: Logger) {
        self.gate = gate
        self.journal = journal
        self.clock = clock
        self.logger = logger
    }

    func look(isDegraded: Bool, now: Int64) {
        if isDegraded {
            flush(now)
        } else {
            tidy(now)
        }
    }

    private func flush(_ now: Int64) {
        let starts = state.withLock { state in
            guard !state.isFlushing, now - state.flushedAt > Self.flushInterval else { return false }
            state.isFlushing = true
            state.flushedAt = now
            return true
        }
        guard starts else { return }
        run("anju-flush") { [self] in
            let isBack = gate.flushRing()
            state.withLock { $0.isFlushing = false }
            if isBack { logger.notice("The store is back.") }
        }
    }

    private func tidy(_ now: Int64) {
        let age = gate.snapshotAge
        let (snapshots, prunes) = state.withLock { state in
            guard !state.isTidying else { return (false, false) }
            let isOld = age > 0 && now - state.snapshotAt > Self.snapshotInterval
            let isTired = now - state.triedAt < Self.snapshotRetryInterval
            let snapshots = !isTired && (age >= CoreGate.snapshotInterval || isOld)
            let prunes = now - state.prunedAt > Self.pruneInterval
            state.isTidying = snapshots || prunes
            if snapshots {
                state.snapshotAt = now
                state.triedAt = now
            }
            if prunes { state.prunedAt = now }
            return (snapshots, prunes)
        }
        guard snapshots || prunes else { return }
        run("anju-tidy") { [self] in
            if snapshots { writeSnapshot(patience: nil) }
            if prunes { prune() }
            state.withLock { $0.isTidying = false }
        }
    }

    /// The last work before the end: writes what waits for the disk, then a snapshot; at most for a while.
    func finish(within patience: Duration) {
        let isDone = DispatchSemaphore(value: 0)
        run("anju-finish") { [self] in
            if gate.isDegraded { _ = gate.flushRing() }
            writeSnapshot(patience: patience)
            isDone.signal()
        }
        _ = isDone.wait(timeout: .now() + .milliseconds(Int(patience.wholeMilliseconds)))
    }

    private func writeSnapshot(patience: Duration?) {
        let limit = patience.map { Date(timeIntervalSinceNow: Double($0.wholeMilliseconds) / 1_000) }
        guard let pending = gate.takeSnapshot(force: true, before: limit) else { return }
        do {
            try journal.save(pending.encoded())
        } catch {
            gate.snapshotFailed()
            logger.warning("A snapshot could not be written.", metadata: [LogKeys.error: "\(error.text)"])
        }
    }

    private func prune() {
        do {
            _ = try journal.prune(now: clock.now)
        } catch {
            logger.warning("Old records could not be pruned.", metadata: [LogKeys.error: "\(error.text)"])
        }
    }

    private func run(_ name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        thread.start()
    }
}
