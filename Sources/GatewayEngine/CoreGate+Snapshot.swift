import Escalation
public import Foundation
public import GatewayPorts
import SafetyCore
import SafetyModel

extension CoreGate {
    /// A copy of the machine, to be written as a snapshot by a thread that may take its time.
    public struct PendingSnapshot: Sendable {
        let machine: SafetyMachine
        let sequence: Int64
        let siteHash: UInt64

        /// Encodes it; milliseconds for each ten thousand homes, so not under the gate.
        public func encoded() -> JournalSnapshot {
            JournalSnapshot(
                sequence: sequence, at: machine.now, siteHash: siteHash, state: machine.snapshot())
        }
    }

    /// Inputs after which a snapshot is worth its cost.
    public static let snapshotInterval = 100_000

    /// A copy of the state when enough came since the last; nil in degraded mode: the journal is behind.
    ///
    /// - Parameter limit: until when to wait for a commit that does not end; nil waits until it is given up.
    public func takeSnapshot(force: Bool = false, before limit: Date? = nil) -> PendingSnapshot? {
        if let limit {
            guard enter(before: limit) else { return nil }
        } else {
            enter()
        }
        defer { leave() }
        let isWanted = condition.withLock {
            guard degraded == nil, force || needsSnapshot || progress.sinceSnapshot >= Self.snapshotInterval
            else { return false }
            needsSnapshot = false
            return true
        }
        guard isWanted else { return nil }
        progress.sinceSnapshot = 0
        return PendingSnapshot(
            machine: runner.machine, sequence: progress.sequence, siteHash: progress.siteHash)
    }

    /// A snapshot that was taken could not be written: the next is due as if it had not been taken.
    public func snapshotFailed() { condition.withLock { needsSnapshot = true } }

    /// The digest of the state, for comparing two processes.
    public var digest: UInt64 {
        enter()
        defer { leave() }
        return runner.machine.digest
    }

    /// Everything that must be said again after a restart: orders without a report, under the same ids, and
    /// the documents of all homes: the broker may still keep an incident that was closed, or lost with the
    /// records that waited for the disk, a moment before the end.
    public func sayAgain() {
        enter()
        let machine = runner.machine
        let writer = IncidentDocument(
            site: machine.compiled, language: languageInForce,
            wallOffsetMilliseconds: machine.wallOffsetMilliseconds)
        var release = Release()
        release.isRepetition = true
        var homes: [HomeIndex] = []
        let unreported = machine.unreportedOrders
        for incident in machine.heldIncidents {
            let document = writer.incident(incident)
            let home = machine.compiled.site.community.homes[incident.home.int].id
            board.show(
                incident, of: home, openedAt: writer.wall(incident.openedAt), document: document)
            homes.append(incident.home)
            release.standings.append(writer.standing(of: incident))
            for order in unreported where order.id.incident == incident.id {
                release.orders.append(writer.message(for: order, of: incident, document: document))
            }
        }
        release.arrange(homes: homes) { statement(of: $0, machine: machine, writer: writer) }
        let told = Set(homes)
        release.settledHomes = machine.compiled.site.community.homes.indices.map { HomeIndex($0) }
            .filter { !told.contains($0) }.map { statement(of: $0, machine: machine, writer: writer) }
        // The batch of the restart itself may not have found the disk.
        finish(release, isRecorded: condition.withLock { degraded == nil })
    }
}
