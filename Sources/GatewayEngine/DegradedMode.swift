import Foundation
import GatewayPorts
import SafetyCore

/// The disk is away: life goes on, records wait.
struct DegradedMode {
    /// Records that wait for the disk.
    var ring = WaitingRing()
    /// The turn whose commit was given up and has not come back.
    var lostTurn: UInt64?
    var isFlushing = false
    /// Inputs that had to be dropped.
    var shedInputs = 0
}

extension CoreGate {
    /// The most bytes of records that wait for the disk; beyond it telemetry is dropped, oldest first.
    public static let ringLimit = 64 << 20
    /// Records written before the disk's answer is looked at again.
    static let flushLimit = 64

    /// Whether records wait because the store is away.
    public var isDegraded: Bool { condition.withLock { degraded != nil } }

    /// The turn that is in a commit now, for whoever watches that it does not hang; nil when none is.
    public var committingTurn: UInt64? { condition.withLock { running?.turn } }

    /// Gives up a commit that takes too long: its outcome goes out marked "not recorded".
    ///
    /// - Returns: whose thread is lost; nil when the commit has ended meanwhile.
    public func abandon(turn: UInt64) -> Submitter? {
        condition.lock()
        guard let commit = running, commit.turn == turn else {
            condition.unlock()
            return nil
        }
        running = nil
        abandonedTurns.insert(turn)
        startDegraded(with: commit.conclusion, reason: "a commit takes too long")
        degraded?.lostTurn = turn
        condition.unlock()
        finish(commit.conclusion.release, isRecorded: false)
        return commit.submitter
    }

    /// Writes records that wait, when the disk lets us.
    ///
    /// Called by a thread that may be lost to a hanging disk.
    ///
    /// - Returns: true when the store is back and nothing waits.
    public func flushRing() -> Bool {
        while true {
            condition.lock()
            guard let mode = degraded, mode.lostTurn == nil, !mode.isFlushing else {
                let isBack = degraded == nil
                condition.unlock()
                return isBack
            }
            guard !mode.ring.isEmpty else {
                endDegraded(mode)
                condition.unlock()
                return true
            }
            let records = mode.ring.first(Self.flushLimit)
            degraded?.isFlushing = true
            condition.unlock()
            guard write(records) else { return false }
        }
    }

    private func write(_ records: [JournalBatch]) -> Bool {
        var written = 0
        for record in records {
            do { try journal.append(record) } catch { break }
            written += 1
        }
        condition.lock()
        defer { condition.unlock() }
        degraded?.isFlushing = false
        if let last = records[..<written].last?.sequence { degraded?.ring.forget(upTo: last) }
        return written == records.count
    }

    /// Begins degraded mode with the record that could not be stored; under `condition`.
    func startDegraded(with conclusion: Conclusion, reason: String) {
        degraded = DegradedMode()
        pendingConditions.append(GatewayCondition(.storeUnavailable, isActive: true, detail: reason))
        board.setStore(awaySince: conclusion.record.at)
        keepInRing(conclusion)
    }

    /// A lost thread came back from its commit; under `condition`.
    ///
    /// Its record is the oldest that waits: nothing was written since.
    func settleAbandoned(_ record: JournalBatch, failure: JournalError?) {
        degraded?.lostTurn = nil
        if failure == nil { degraded?.ring.forget(upTo: record.sequence) }
    }

    /// Keeps a record until the disk is back; under `condition`.
    func keepInRing(_ conclusion: Conclusion) {
        degraded?.ring.append(conclusion.record, isTelemetry: conclusion.isTelemetry)
        while let bytes = degraded?.ring.bytes, bytes > ringBound, let shed = degraded?.ring.shed() {
            degraded?.shedInputs += Int(shed.count)
            if degraded?.shedInputs == Int(shed.count) {
                pendingConditions.append(
                    GatewayCondition(
                        .recordsShed, isActive: true, detail: "telemetry is dropped while the store is away"))
            }
        }
    }

    private func endDegraded(_ mode: DegradedMode) {
        degraded = nil
        board.setStore(awaySince: nil)
        pendingConditions.append(GatewayCondition(.storeUnavailable, isActive: false))
        guard mode.shedInputs > 0 else { return }
        // What was dropped is missing for a replay, so the next base must be a snapshot of now.
        needsSnapshot = true
        pendingConditions.append(
            GatewayCondition(.recordsShed, isActive: false, detail: "\(mode.shedInputs) inputs were dropped"))
    }
}
