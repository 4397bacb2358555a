import GRDB
import GatewayPorts

/// A database file that was set aside, from which readable rows are copied into a new one.
struct DamagedStore {
    /// How many damaged files are kept; older ones are removed.
    static let keptLimit = 2
    /// What was saved.
    struct Salvage {
        var batches = 0
        var incidents = 0
        var hasGap = false
    }

    /// The file's new place.
    var path: String
    /// The most bytes of inputs that are copied: a start must not take for ever.
    var byteLimit = 256_000_000

    /// Moves a database with its log out of the way, without changing it.
    static func setAside(_ path: String, at time: String) throws(JournalError) -> DamagedStore {
        var target = "\(path).damaged-\(time)"
        while SystemFile.exists(target) { target += "x" }
        for suffix in ["-wal", "-shm", ""] where SystemFile.exists(path + suffix) {
            try SystemFile.rename(path + suffix, to: target + suffix)
        }
        return DamagedStore(path: target)
    }

    /// Removes all but the newest damaged files of a database.
    static func dropOld(of path: String) {
        guard let slash = path.lastIndex(of: "/") else { return }
        let directory = String(path[..<slash])
        let prefix = path[path.index(after: slash)...] + ".damaged-"
        let files = SystemFile.names(in: directory)
            .filter { $0.hasPrefix(prefix) && !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") }
        for name in files.dropLast(keptLimit) {
            for suffix in ["", "-wal", "-shm"] { SystemFile.remove("\(directory)/\(name)\(suffix)") }
        }
    }

    /// Copies what can be read: what a replay needs, incidents, sites and quarantine.
    ///
    /// - Throws: only errors of the new database; what cannot be read is left out.
    func salvage(into target: DatabaseQueue, after floor: Int64) throws -> Salvage {
        var configuration = Configuration()
        configuration.readonly = true
        // Else SQLite refuses a file that was cut short as a whole.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA writable_schema = ON") }
        guard let source = try? DatabaseQueue(path: path, configuration: configuration) else {
            return Salvage(hasGap: true)
        }
        defer { try? source.close() }
        return try source.unsafeRead { old in
            try target.writeWithoutTransaction { new in
                var salvage = Salvage()
                try new.inTransaction(.immediate) {
                    try copyBatches(after: floor, from: old, to: new, &salvage)
                    salvage.incidents = try copyRows(of: "incidents", key: "number", from: old, to: new)
                    _ = try copyRows(of: "incident_facts", key: "number", from: old, to: new)
                    _ = try copyRows(of: "sites", key: "saved", from: old, to: new)
                    _ = try copyRows(of: "quarantine", key: "number", from: old, to: new)
                    return .commit
                }
                return salvage
            }
        }
    }

    private func copyBatches(
        after floor: Int64, from old: Database, to new: Database, _ salvage: inout Salvage
    ) throws {
        let (keys, isWhole) = keys(of: "journal_batches", key: "sequence", after: floor, old)
        salvage.hasGap = !isWhole
        var expected = floor + 1
        var size = 0
        for key in keys where size < byteLimit {
            guard let batch = try? BatchRecords.all(after: key - 1, limit: 1, old).first,
                batch.sequence == key
            else { continue }
            if batch.sequence != expected { salvage.hasGap = true }
            try BatchRecords.insert(batch, after: key - 1, new)
            expected = batch.sequence + Int64(batch.count)
            size += batch.inputs.count
            salvage.batches += 1
        }
        if size >= byteLimit { salvage.hasGap = true }
    }

    /// - Returns: how many rows were copied.
    private func copyRows(
        of table: String, key: String, from old: Database, to new: Database
    ) throws -> Int {
        var count = 0
        for value in keys(of: table, key: key, after: .min, old).keys {
            guard
                let row = try? Row.fetchOne(
                    old, sql: "SELECT * FROM \(table) WHERE \(key) = ?", arguments: [value])
            else { continue }
            let places = row.columnNames.map { _ in "?" }.joined(separator: ", ")
            do {
                try new.execute(
                    sql: "INSERT OR IGNORE INTO \(table) VALUES (\(places))",
                    arguments: StatementArguments(row.databaseValues))
                count += 1
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
                continue
            }
        }
        return count
    }

    /// The keys that can be read: from the front up to the first damage, then from the end back to it.
    private func keys(
        of table: String, key: String, after floor: Int64, _ old: Database
    ) -> (keys: [Int64], isWhole: Bool) {
        func walk(from bound: Int64, _ order: String) -> (keys: [Int64], isWhole: Bool) {
            var keys: [Int64] = []
            do {
                let values = try Row.fetchCursor(
                    old, sql: "SELECT \(key) FROM \(table) WHERE \(key) > ? ORDER BY \(key) \(order)",
                    arguments: [bound])
                while let row = try values.next() { keys.append(try row.decode(atIndex: 0)) }
                return (keys, true)
            } catch {
                return (keys, false)
            }
        }
        let front = walk(from: floor, "ASC")
        guard !front.isWhole else { return front }
        let back = walk(from: front.keys.last ?? floor, "DESC")
        return (front.keys + back.keys.reversed(), false)
    }
}
