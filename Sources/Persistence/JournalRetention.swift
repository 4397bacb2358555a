import GRDB
import GatewayPorts
import SafetyModel

/// What may go, and how much of it in one call.
struct JournalRetention: Sendable {
    /// The most batches that one call drops.
    static let batchLimit = 1_000
    /// The most bytes of inputs that one call drops, about: a commit waits behind it.
    static let byteLimit: Int64 = 4_000_000
    /// The most incidents that one call drops.
    static let incidentLimit = 500
    /// The most pages that one call gives back to the disk.
    static let vacuumLimit: Int64 = 500

    var settings: StoreSettings
    /// Inputs up to here are in both snapshots: age alone drops them.
    var ageFloor: Int64
    /// Inputs up to here are in the newest snapshot: the size bound drops them.
    var sizeFloor: Int64

    /// Above this many bytes the oldest inputs go: a sixteenth is left for what comes in meanwhile.
    var softSizeLimit: Int64 { settings.sizeLimit - settings.sizeLimit / 16 }

    /// Drops the oldest batches and closed incidents, inside a transaction.
    ///
    /// - Returns: how many batches went.
    func drop(now: Instant, _ db: Database) throws -> Int {
        try dropIncidents(closedBefore: horizon(of: settings.incidentRetention, now), db)
        guard let last = try lastToDrop(before: now, db) else { return 0 }
        try db.execute(sql: "DELETE FROM journal_batches WHERE sequence <= ?", arguments: [last])
        return db.changesCount
    }

    /// Gives free pages back when the file is over its bound or a quarter of it is free; outside a
    /// transaction.
    func vacuum(_ db: Database) throws {
        let pages = try StorePages(db)
        guard pages.free > 0, pages.bytes > softSizeLimit || pages.free > pages.count / 4 else { return }
        try db.execute(sql: "PRAGMA incremental_vacuum(\(min(pages.free, Self.vacuumLimit)))")
    }

    private func lastToDrop(before now: Instant, _ db: Database) throws -> Int64? {
        let horizon = horizon(of: settings.journalRetention, now)
        var excess = try StorePages(db).usedBytes - softSizeLimit
        var room = Self.byteLimit
        var last: Int64?
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT sequence, count, at, length(inputs) FROM journal_batches
                WHERE sequence <= ? ORDER BY sequence LIMIT \(Self.batchLimit)
                """,
            arguments: [max(sizeFloor, ageFloor)])
        while room > 0, let row = try rows.next() {
            let sequence: Int64 = try row.decode(atIndex: 0)
            let end = try sequence + row.decode(Int64.self, atIndex: 1) - 1
            let isOld = try row.decode(Int64.self, atIndex: 2) < horizon.milliseconds && end <= ageFloor
            guard isOld || (excess > 0 && end <= sizeFloor) else { break }
            let size: Int64 = try row.decode(atIndex: 3)
            excess -= size + 32
            room -= size + 32
            last = sequence
        }
        return last
    }

    private func horizon(of retention: Duration, _ now: Instant) -> Instant {
        Instant(milliseconds: now.milliseconds - retention.wholeMilliseconds)
    }

    private func dropIncidents(closedBefore horizon: Instant, _ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM incidents WHERE number IN (
                  SELECT number FROM incidents WHERE closed_at < ?
                  ORDER BY closed_at LIMIT \(Self.incidentLimit))
                """,
            arguments: [horizon.milliseconds])
    }
}

/// How large the database is.
struct StorePages {
    var count: Int64
    var free: Int64
    var size: Int64

    init(_ db: Database) throws {
        count = try Int64.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        free = try Int64.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
        size = try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 4_096
    }

    /// The file's size without its log.
    var bytes: Int64 { count * size }
    var usedBytes: Int64 { (count - free) * size }
}
