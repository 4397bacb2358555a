import Foundation
import GRDB
import GRDBSQLite
import GatewayPorts
import SafetyModel

/// Batches in the table `journal_batches`.
enum BatchRecords {
    /// The most bytes of inputs that one reading returns, so that a replay's memory is bounded.
    static let readLimit = 16_000_000

    /// Inserts a batch; the same one again changes nothing, so that an abandoned commit may be repeated.
    ///
    /// - Throws: `failed` when another batch is stored under this sequence or a later one.
    static func insert(_ batch: JournalBatch, after last: Int64, _ db: Database) throws {
        guard batch.count > 0 else { throw JournalError.failed("batch \(batch.sequence) is empty") }
        guard batch.sequence > last else {
            if try isStored(batch, db) { return }
            throw JournalError.failed("batch \(batch.sequence) does not follow \(last)")
        }
        try step(
            db.cachedStatement(
                sql: """
                    INSERT INTO journal_batches (sequence, count, at, checksum, inputs)
                    VALUES (?, ?, ?, ?, ?)
                    """
            ).sqliteStatement,
            with: batch, db)
    }

    /// Runs the one hot statement by SQLite's own calls: nothing is boxed and no byte is copied for it.
    private static func step(
        _ statement: SQLiteStatement, with batch: JournalBatch, _ db: Database
    ) throws {
        // What fails below is told by its own code; resetting only repeats it.
        defer { sqlite3_reset(statement) }
        // Binding to these places cannot fail, and the blob outlives the step.
        sqlite3_bind_int64(statement, 1, batch.sequence)
        sqlite3_bind_int64(statement, 2, Int64(batch.count))
        sqlite3_bind_int64(statement, 3, batch.at.milliseconds)
        sqlite3_bind_int64(statement, 4, checksum(of: batch))
        let result = batch.inputs.withUnsafeBytes { bytes in
            // An empty array has no address, and no address would be NULL.
            if let start = bytes.baseAddress {
                sqlite3_bind_blob64(statement, 5, start, UInt64(bytes.count), nil)
            } else {
                sqlite3_bind_zeroblob(statement, 5, 0)
            }
            return sqlite3_step(statement)
        }
        guard result == SQLITE_DONE else {
            throw DatabaseError(
                resultCode: ResultCode(rawValue: sqlite3_extended_errcode(db.sqliteConnection)),
                message: sqlite3_errmsg(db.sqliteConnection).map { String(cString: $0) })
        }
    }

    static func all(after sequence: Int64, limit: Int, _ db: Database) throws -> [JournalBatch] {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT sequence, count, at, checksum, inputs FROM journal_batches
                    WHERE sequence > ? ORDER BY sequence LIMIT ?
                    """),
            arguments: [sequence, limit])
        var batches: [JournalBatch] = []
        var size = 0
        while size < readLimit, let row = try rows.next() {
            let batch = try batch(of: row)
            size += batch.inputs.count
            batches.append(batch)
        }
        return batches
    }

    /// The sequence of the last input stored; 0 when there is none.
    static func lastSequence(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db, sql: "SELECT sequence + count - 1 FROM journal_batches ORDER BY sequence DESC LIMIT 1") ?? 0
    }

    /// Columns as in `all`.
    ///
    /// - Throws: `corrupt` when the stored bytes are not those that were appended.
    static func batch(of row: Row) throws -> JournalBatch {
        let batch = JournalBatch(
            sequence: try row.decode(atIndex: 0), count: try row.decode(atIndex: 1),
            at: Instant(milliseconds: try row.decode(atIndex: 2)), inputs: try row.bytes(atIndex: 4))
        guard try row.decode(Int64.self, atIndex: 3) == checksum(of: batch) else {
            throw JournalError.corrupt("batch \(batch.sequence) has a wrong checksum")
        }
        return batch
    }

    private static func checksum(of batch: JournalBatch) -> Int64 {
        Int64(bitPattern: Checksum.of(batch.inputs, seed: UInt64(bitPattern: batch.sequence)))
    }

    private static func isStored(_ batch: JournalBatch, _ db: Database) throws -> Bool {
        let stored = try all(after: batch.sequence - 1, limit: 1, db).first
        return stored?.sequence == batch.sequence && stored?.count == batch.count
            && stored?.at == batch.at && stored?.inputs == batch.inputs
    }
}

/// Validated sites in the table `sites`.
enum SiteRecords {
    /// How many are kept: the last ones saved, and besides them those that a snapshot uses.
    static let keptLimit = 8

    static func store(_ site: StoredSite, keeping used: [UInt64], _ db: Database) throws {
        let checksum = Int64(bitPattern: Checksum.of(site.bytes, seed: site.hash))
        try db.execute(
            sql: """
                INSERT INTO sites (hash, at, saved, checksum, bytes)
                VALUES (?, ?, (SELECT coalesce(max(saved), 0) + 1 FROM sites), ?, ?)
                ON CONFLICT (hash) DO UPDATE SET at = excluded.at, saved = excluded.saved,
                  checksum = excluded.checksum, bytes = excluded.bytes
                """,
            arguments: [
                Int64(bitPattern: site.hash), site.at.milliseconds, checksum, Data(site.bytes),
            ])
        let places = used.map { _ in "?" }.joined(separator: ", ")
        try db.execute(
            sql: """
                DELETE FROM sites WHERE hash NOT IN (\(places))
                  AND hash NOT IN (SELECT hash FROM sites ORDER BY saved DESC LIMIT \(keptLimit))
                """,
            arguments: StatementArguments(used.map { Int64(bitPattern: $0) }))
    }

    /// The newest one, or the one with a hash.
    static func find(hash: UInt64?, _ db: Database) throws -> StoredSite? {
        let columns = "SELECT hash, at, checksum, bytes FROM sites"
        let row =
            if let hash {
                try Row.fetchOne(
                    db, sql: "\(columns) WHERE hash = ?", arguments: [Int64(bitPattern: hash)])
            } else {
                try Row.fetchOne(db, sql: "\(columns) ORDER BY saved DESC LIMIT 1")
            }
        return try row.map(site(of:))
    }

    private static func site(of row: Row) throws -> StoredSite {
        let site = StoredSite(
            hash: UInt64(bitPattern: try row.decode(atIndex: 0)),
            at: Instant(milliseconds: try row.decode(atIndex: 1)), bytes: try row.bytes(atIndex: 3))
        let checksum = Int64(bitPattern: Checksum.of(site.bytes, seed: site.hash))
        guard try row.decode(Int64.self, atIndex: 2) == checksum else {
            throw JournalError.corrupt("the stored site has a wrong checksum")
        }
        return site
    }
}

/// Inputs set aside in the table `quarantine`.
enum QuarantineRecords {
    /// The most inputs that are kept; the oldest go first.
    static let keptLimit = 1_000

    static func store(_ input: QuarantinedInput, _ db: Database) throws {
        try db.execute(
            sql: "INSERT OR IGNORE INTO quarantine (digest, at, input) VALUES (?, ?, ?)",
            arguments: [Int64(bitPattern: input.digest), input.at.milliseconds, Data(input.input)])
        try db.execute(
            sql: """
                DELETE FROM quarantine WHERE number <=
                  (SELECT number FROM quarantine ORDER BY number DESC LIMIT 1 OFFSET \(keptLimit))
                """)
    }

    static func newest(limit: Int, _ db: Database) throws -> [QuarantinedInput] {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT digest, at, input FROM quarantine ORDER BY number DESC LIMIT ?",
            arguments: [max(limit, 0)])
        var inputs: [QuarantinedInput] = []
        while let row = try rows.next() {
            inputs.append(
                QuarantinedInput(
                    digest: UInt64(bitPattern: try row.decode(atIndex: 0)),
                    at: Instant(milliseconds: try row.decode(atIndex: 1)),
                    input: try row.bytes(atIndex: 2)))
        }
        return inputs
    }
}

extension Row {
    /// A blob without a second copy.
    func bytes(atIndex index: Int) throws -> [UInt8] {
        try withUnsafeData(atIndex: index) { $0.map { [UInt8]($0) } ?? [] }
    }
}
