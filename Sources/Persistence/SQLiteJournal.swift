import Foundation
import GRDB
public import GatewayPorts
public import SafetyModel

/// The journal in one SQLite file, with snapshots beside it.
///
/// Two connections: commits run on the caller's thread over one, readings over the other, so that neither
/// waits for the other. Whoever comes while a commit hangs is refused after `writePatience`.
public final class SQLiteJournal: Journal {
    /// What opening had to do; a damaged file is a `storeDamaged` trouble.
    public let openingReport: OpeningReport

    private let settings: StoreSettings
    private let snapshots: SnapshotFolder
    private let connections: StoreConnections
    private let patience: StorePatience

    /// Opens the store for the gateway, alone; creates it when there is none.
    ///
    /// - Throws: `failed` when another gateway uses it or the file is a stranger's, `readOnly`, `full`.
    /// Damage is no
    ///   error: the file is set aside and reported.
    public convenience init(settings: StoreSettings) throws(JournalError) {
        try self.init(settings: settings, patience: StorePatience())
    }

    init(settings: StoreSettings, patience: StorePatience) throws(JournalError) {
        let settings = settings.withFullPath
        self.settings = settings
        self.patience = patience
        snapshots = SnapshotFolder(besides: settings.path)
        try SystemFile.createDirectory((settings.path as NSString).deletingLastPathComponent)
        let lock = try StoreLock(path: settings.path + ".lock")
        snapshots.removePartials()
        let (writer, report) = try StoreOpening(settings: settings, snapshots: snapshots).open()
        openingReport = report
        do {
            let last = try writer.unsafeRead(BatchRecords.lastSequence)
            connections = StoreConnections(
                writer: WriteDoor(writer, lastSequence: last, patience: patience.write),
                reader: ReadDoor(try Self.openReader(settings.path)), lock: lock)
        } catch {
            try? writer.close()
            throw JournalError(error, at: settings.path)
        }
    }

    /// Opens the store for looking only, also while a gateway writes: everything that writes throws
    /// `readOnly`.
    ///
    /// - Throws: `failed` when there is none or it is a stranger's, `corrupt` when it is damaged.
    public init(reading settings: StoreSettings) throws(JournalError) {
        let settings = settings.withFullPath
        self.settings = settings
        patience = StorePatience()
        snapshots = SnapshotFolder(besides: settings.path)
        openingReport = OpeningReport()
        guard SystemFile.exists(settings.path) else { throw .failed("\(settings.path) does not exist") }
        do {
            let reader = try Self.openReader(settings.path)
            connections = StoreConnections(writer: nil, reader: ReadDoor(reader), lock: nil)
            let owner = try reader.unsafeRead { try Int32.fetchOne($0, sql: "PRAGMA application_id") }
            guard owner == StoreSchema.applicationID else {
                throw JournalError.failed("\(settings.path) belongs to another program")
            }
        } catch {
            throw JournalError(error, at: settings.path)
        }
    }

    deinit { connections.close(within: patience.close) }

    /// Closes the file and frees it for another gateway; calls after it fail.
    public func close() { connections.close(within: patience.close) }

    /// The size of the database in bytes, without its log: what `sizeLimit` bounds.
    public func sizeInBytes() throws(JournalError) -> Int64 {
        try read { try StorePages($0).bytes }
    }

    /// A look at the writing connection, for tests.
    func inspect<T>(_ body: (Database) throws -> T) throws(JournalError) -> T {
        try write { try $0.inLane(body) }
    }

    private static func openReader(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "anju.journal.reader"
        configuration.readonly = true
        configuration.busyMode = .timeout(1)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA mmap_size = 0") }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    private func write<T>(_ body: (WriteDoor) throws -> T) throws(JournalError) -> T {
        guard let writer = connections.writer else { throw .readOnly("opened for looking only") }
        do { return try body(writer) } catch { throw noted(error) }
    }

    private func read<T: Sendable>(
        within limit: Duration? = nil, _ body: @escaping @Sendable (Database) throws -> T
    ) throws(JournalError) -> T {
        do {
            return try connections.reader.read(within: limit ?? patience.read, body)
        } catch {
            throw noted(error)
        }
    }

    /// Damage met while running asks the next start for a thorough check.
    private func noted(_ error: any Error) -> JournalError {
        let error = JournalError(error, at: settings.path)
        if error.isCorrupt, connections.writer != nil {
            try? SystemFile.create(StoreOpening.suspicion(of: settings.path))
        }
        return error
    }
}

extension SQLiteJournal {
    /// Makes a batch and its effects durable in one transaction: one `fdatasync`, on the caller's thread.
    ///
    /// The same batch again changes nothing, so that a commit whose end nobody saw may be repeated.
    ///
    /// - Throws: `JournalError`; then nothing of the batch is stored, and the next call may succeed.
    public func append(_ batch: JournalBatch) throws(JournalError) {
        try write { try $0.append(batch) }
    }

    /// Batches after a sequence; their incidents stay in the incident records and are not read back with
    /// them.
    ///
    /// At most 16 MB at once, so that there may be fewer than `limit`.
    public func batches(after sequence: Int64, limit: Int) throws(JournalError) -> [JournalBatch] {
        try read(within: patience.replay) { try BatchRecords.all(after: sequence, limit: limit, $0) }
    }

    /// The last sequence that is stored, in the journal or in a snapshot; 0 when there is none.
    public func lastSequence() throws(JournalError) -> Int64 {
        max(try read(BatchRecords.lastSequence), snapshots.sequences.first ?? 0)
    }

    /// The newest snapshot whose checksum is right.
    public func newestSnapshot() throws(JournalError) -> JournalSnapshot? { try snapshots.newest() }

    /// The newest snapshot and the spare, oldest first, as far as their checksums are right.
    public func readableSnapshots() throws(JournalError) -> [JournalSnapshot] { snapshots.readable }

    /// Stores a snapshot in a file of its own, without touching the database; one at a time.
    public func save(_ snapshot: JournalSnapshot) throws(JournalError) {
        guard connections.writer != nil else { throw .readOnly("opened for looking only") }
        try snapshots.save(snapshot)
    }

    /// The site stored last, or the one with this hash.
    public func storedSite(hash: UInt64?) throws(JournalError) -> StoredSite? {
        try read { try SiteRecords.find(hash: hash, $0) }
    }

    /// Keeps a validated site; the last eight, and those that a snapshot uses, stay.
    public func save(_ site: StoredSite) throws(JournalError) {
        let used = snapshots.siteHashes
        try write { try $0.transaction { try SiteRecords.store(site, keeping: used, $0) } }
    }

    /// Sets an input aside, once for each digest; the newest 1,000 stay.
    public func quarantine(_ input: QuarantinedInput) throws(JournalError) {
        try write { try $0.transaction { try QuarantineRecords.store(input, $0) } }
    }

    /// The inputs set aside, newest first, at most `limit`.
    public func quarantined(limit: Int) throws(JournalError) -> [QuarantinedInput] {
        try read { try QuarantineRecords.newest(limit: limit, $0) }
    }

    /// Incident records, newest first, at most 1,000.
    public func incidents(matching query: IncidentQuery) throws(JournalError) -> [IncidentRecord] {
        try read { try IncidentRecords.all(matching: query, $0) }
    }

    /// Drops what is older than the retention allows or over the size bound, never what the newest snapshot
    /// needs.
    ///
    /// Bounded (1,000 batches, 4 MB, 500 incidents, 500 pages): call it again while it returns more than 0.
    public func prune(now: Instant) throws(JournalError) -> Int {
        let whole = snapshots.sequences
        let retention = JournalRetention(
            settings: settings,
            ageFloor: whole.count < SnapshotFolder.keptLimit ? 0 : whole.last ?? 0,
            sizeFloor: snapshots.newestProven)
        let count = try write { try $0.transaction { try retention.drop(now: now, $0) } }
        try write { try $0.inLane(retention.vacuum) }
        return count
    }
}

/// How long callers wait for a disk that does not answer.
struct StorePatience: Sendable {
    /// For the end of somebody else's commit; one's own is waited for without a limit.
    var write: Duration = .seconds(2)
    var read: Duration = .seconds(5)
    /// For one portion of a replay, cold from a slow card.
    var replay: Duration = .seconds(60)
    var close: Duration = .seconds(2)
}

extension StoreSettings {
    /// With a path that names its directory.
    fileprivate var withFullPath: StoreSettings {
        var settings = self
        if !path.hasPrefix("/") { settings.path = FileManager.default.currentDirectoryPath + "/" + path }
        return settings
    }
}
