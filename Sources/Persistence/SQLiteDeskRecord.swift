import Foundation
import GRDB
public import GatewayPorts
public import SafetyModel

/// The desk's record in an SQLite file of its own beside the journal: `<store>.desk.db`.
///
/// One queue writes and reads; a caller that cannot get in within `patience` is refused, so that a disk that
/// hangs costs requests and never an alarm.
public final class SQLiteDeskRecord: DeskRecord {
    private let path: String
    private let queue: DatabaseQueue
    private let lane = Lane()
    private let isReadOnly: Bool
    private static let patience = Duration.seconds(2)

    /// Where the record of a store lies.
    public static func path(besides store: String) -> String { store + ".desk.db" }

    /// Opens the record of a store; creates it when there is none.
    ///
    /// - Throws: `corrupt` when it is damaged: it is evidence and is not set aside; `failed` when the file
    /// is a   stranger's; `readOnly`, `full`.
    public init(besides store: String) throws(JournalError) {
        path = Self.path(besides: store)
        isReadOnly = false
        do {
            if !SystemFile.exists(path) {
                try SystemFile.create(path)
                try SystemFile.syncDirectory((path as NSString).deletingLastPathComponent)
            }
            queue = try Self.open(path)
        } catch {
            throw JournalError(error, at: path)
        }
    }

    /// Opens the record of a store for looking only, also while a gateway writes.
    ///
    /// - Throws: `failed` when there is none or it is a stranger's, `corrupt` when it is damaged.
    public init(readingBesides store: String) throws(JournalError) {
        path = Self.path(besides: store)
        isReadOnly = true
        guard SystemFile.exists(path) else { throw .failed("\(path) does not exist") }
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(1)
            queue = try DatabaseQueue(path: path, configuration: configuration)
            let owner = try queue.read { try Int32.fetchOne($0, sql: "PRAGMA application_id") }
            guard owner == DeskSchema.applicationID else {
                throw JournalError.failed("\(path) belongs to another program")
            }
        } catch {
            throw JournalError(error, at: path)
        }
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "anju.desk"
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(2)
        configuration.prepareDatabase { db in
            let owner = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
            guard owner == 0 || owner == DeskSchema.applicationID else {
                throw JournalError.failed("\(path) belongs to another program")
            }
            if owner == 0 { try db.execute(sql: "PRAGMA application_id = \(DeskSchema.applicationID)") }
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try DeskSchema.migrator.migrate(queue)
        try queue.writeWithoutTransaction { db in
            let pageSize = try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 4_096
            try db.execute(
                sql: """
                    PRAGMA synchronous = FULL;
                    PRAGMA mmap_size = 0;
                    PRAGMA max_page_count = \(DeskSchema.sizeLimit / pageSize);
                    """)
        }
        return queue
    }

    /// Walks the chain of the audit; as long as it needs.
    public func verify() throws(JournalError) -> AuditChain.Finding {
        do { return try queue.read(AuditChain.walk) } catch { throw JournalError(error, at: path) }
    }

    /// The newest entry of the audit, for the log.
    public func head() throws(JournalError) -> AuditEntry? { try audit(before: nil, limit: 1).first }

    /// A look at the connection, for tests.
    func inspect<T>(_ body: (Database) throws -> T) throws(JournalError) -> T {
        try inLane { try queue.writeWithoutTransaction(body) }
    }

    private func write<T>(_ body: (Database) throws -> T) throws(JournalError) -> T {
        guard !isReadOnly else { throw .readOnly("opened for looking only") }
        return try inLane { try queue.write(body) }
    }

    private func read<T>(_ body: (Database) throws -> T) throws(JournalError) -> T {
        try inLane { try queue.read(body) }
    }

    private func inLane<T>(_ body: () throws -> T) throws(JournalError) -> T {
        guard lane.enter(within: Self.patience) else {
            lane.declareBlocked()
            throw .failed("the disk has not finished an earlier access to \(path)")
        }
        defer { lane.leave() }
        do { return try body() } catch { throw JournalError(error, at: path) }
    }
}

extension SQLiteDeskRecord {
    /// Appends an entry to the audit; it is on disk when this returns.
    @discardableResult
    public func append(_ act: AuditedAct) throws(JournalError) -> AuditEntry {
        try write { try AuditRecords.append(act, $0) }
    }

    /// Entries of the audit, newest first.
    public func audit(before: Int64?, limit: Int) throws(JournalError) -> [AuditEntry] {
        try read { try AuditRecords.all(before: before, limit: limit, $0) }
    }

    /// Keeps a shift note.
    public func write(note text: String, by user: String, at time: WallTime) throws(JournalError) -> ShiftNote
    {
        try write { db in
            try db.execute(
                sql: "INSERT INTO notes (at, user, text) VALUES (?, ?, ?)",
                arguments: [time.milliseconds, user, text])
            return ShiftNote(number: db.lastInsertedRowID, at: time, by: user, text: text)
        }
    }

    /// The newest notes, newest first.
    public func notes(limit: Int) throws(JournalError) -> [ShiftNote] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT number, at, user, text FROM notes ORDER BY number DESC LIMIT ?",
                arguments: [min(max(1, limit), DeskLimits.pageLimit)]
            ).map {
                ShiftNote(number: $0[0], at: WallTime(milliseconds: $0[1]), by: $0[2], text: $0[3])
            }
        }
    }

    /// Asks the desk whether somebody is there.
    public func ask(
        by user: String, at time: WallTime, answerBy: WallTime
    ) throws(JournalError) -> DutyCheck {
        try write { db in
            try db.execute(
                sql: "INSERT INTO duty_checks (asked_at, user, answer_by) VALUES (?, ?, ?)",
                arguments: [time.milliseconds, user, answerBy.milliseconds])
            return DutyCheck(number: db.lastInsertedRowID, askedAt: time, by: user, answerBy: answerBy)
        }
    }

    /// Answers a duty check; the first answer stays.
    public func answer(_ check: Int64, by user: String, at time: WallTime) throws(JournalError) -> DutyCheck?
    {
        try write { db in
            try db.execute(
                sql: """
                    UPDATE duty_checks SET answered_at = ?, answered_by = ?
                    WHERE number = ? AND answered_at IS NULL
                    """,
                arguments: [time.milliseconds, user, check])
            return try Row.fetchOne(db, sql: Self.checks + " WHERE number = ?", arguments: [check])
                .map(Self.check)
        }
    }

    /// The newest duty checks, newest first.
    public func dutyChecks(limit: Int) throws(JournalError) -> [DutyCheck] {
        try read { db in
            try Row.fetchAll(
                db, sql: Self.checks + " ORDER BY number DESC LIMIT ?",
                arguments: [min(max(1, limit), DeskLimits.pageLimit)]
            ).map(Self.check)
        }
    }

    private static let checks = """
        SELECT number, asked_at, user, answer_by, answered_at, answered_by FROM duty_checks
        """

    private static func check(_ row: Row) -> DutyCheck {
        DutyCheck(
            number: row[0], askedAt: WallTime(milliseconds: row[1]), by: row[2],
            answerBy: WallTime(milliseconds: row[3]),
            answeredAt: (row[4] as Int64?).map { WallTime(milliseconds: $0) }, answeredBy: row[5])
    }
}
