public import GatewayPorts
public import SafetyModel

/// The journal of a gateway whose store cannot be opened: nothing is kept, the homes are guarded still.
///
/// Every commit fails, so the gate is in degraded mode from its first batch on: orders go out marked as not
/// recorded, and the trouble goes to the people on duty. A restart forgets what was open.
public final class UnavailableJournal: Journal {
    private let reason: JournalError

    /// - Parameter reason: why the store could not be opened.
    public init(_ reason: JournalError) { self.reason = reason }

    /// Fails: that is what makes the gate degraded.
    public func append(_ batch: JournalBatch) throws(JournalError) { throw reason }

    /// There are none.
    public func batches(after sequence: Int64, limit: Int) throws(JournalError) -> [JournalBatch] { [] }

    /// Nothing is stored.
    public func lastSequence() throws(JournalError) -> Int64 { 0 }

    /// There is none.
    public func newestSnapshot() throws(JournalError) -> JournalSnapshot? { nil }

    /// Fails.
    public func save(_ snapshot: JournalSnapshot) throws(JournalError) { throw reason }

    /// There is none.
    public func storedSite(hash: UInt64?) throws(JournalError) -> StoredSite? { nil }

    /// Accepts it, so that the site of the files can come into force.
    public func save(_ site: StoredSite) throws(JournalError) {}

    /// Fails.
    public func quarantine(_ input: QuarantinedInput) throws(JournalError) { throw reason }

    /// There are none.
    public func quarantined(limit: Int) throws(JournalError) -> [QuarantinedInput] { [] }

    /// Fails: there is no record.
    public func incidents(matching query: IncidentQuery) throws(JournalError) -> [IncidentRecord] {
        throw reason
    }

    /// There is nothing to drop.
    public func prune(now: Instant) throws(JournalError) -> Int { 0 }
}
