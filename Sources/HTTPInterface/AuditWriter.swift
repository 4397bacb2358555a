import Dispatch
import GatewayPorts
import Logging
import SafetyModel
import Synchronization

/// Writes what people do into the audit, one after the other, on a queue of its own.
///
/// An act is never withheld because it cannot be audited: help comes first. What could not be written is
/// logged and counted.
final class AuditWriter: Sendable {
    private let record: (any DeskRecord)?
    private let now: @Sendable () -> WallTime
    private let logger: Logger
    private let patience: Duration
    private let queueLimit: Int
    private let queue = DispatchQueue(label: "anju.http.audit")
    private let counts = Mutex(Counts())
    private let refusals: RequestRate

    private struct Counts {
        var waiting = 0
        var lost: Int64 = 0
        var refused: Int64 = 0
    }

    init(
        record: (any DeskRecord)?, now: @escaping @Sendable () -> WallTime, logger: Logger, limits: HTTPLimits
    ) {
        self.record = record
        self.now = now
        self.logger = logger
        patience = limits.auditPatience
        queueLimit = limits.auditQueueLimit
        refusals = RequestRate(limit: limits.auditedRefusalLimit, window: .seconds(3_600))
    }

    /// Entries that could not be written since the start.
    var lost: Int64 { counts.withLock { $0.lost } }

    /// Wrong sign-ins and acts that a role does not allow, since the start.
    var refused: Int64 { counts.withLock { $0.refused } }

    /// Writes what was refused before it was an act.
    ///
    /// At most `auditedRefusalLimit` in an hour: whoever guesses must not fill the audit. All are counted.
    func writeRefused(_ act: String, by user: String, from address: String, outcome: String) async {
        counts.withLock { $0.refused += 1 }
        guard refusals.count("") else { return }
        await write(act, on: "", by: user, from: address, outcome: outcome)
    }

    /// Writes an act and waits until it is on disk, or for `auditPatience`.
    func write(_ act: String, on subject: String, by user: String, from address: String, outcome: String)
        async
    {
        guard let record else { return }
        let entry = AuditedAct(
            at: now(), user: user, address: address, act: act, subject: subject, outcome: outcome)
        guard takePlace() else { return lose(entry, "too many entries wait") }
        let _: Bool? = await Patience.answer(within: patience) { give in
            queue.async { [self] in
                do throws(JournalError) {
                    try record.append(entry)
                } catch {
                    lose(entry, error.text)
                }
                counts.withLock { $0.waiting -= 1 }
                give(true)
            }
        }
    }

    private func takePlace() -> Bool {
        counts.withLock { counts in
            guard counts.waiting < queueLimit else { return false }
            counts.waiting += 1
            return true
        }
    }

    private func lose(_ entry: AuditedAct, _ reason: String) {
        counts.withLock { $0.lost += 1 }
        logger.error(
            "An act is missing in the audit.",
            metadata: [LogKeys.act: "\(entry.act)", LogKeys.error: "\(reason)"])
    }
}
