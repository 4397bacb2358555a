import Foundation
import GRDB
import GatewayPorts
import SafetyModel

/// What opening the store had to do.
public struct OpeningReport: Hashable, Sendable {
    /// Where a damaged database was set aside; nil when it was sound.
    public var damagedFile: String?
    /// What was wrong with it, in SQLite's words.
    public var damage: String?
    /// Batches after the newest snapshot that could be saved from it.
    public var salvagedBatches = 0
    /// Incident records that could be saved from it.
    public var salvagedIncidents = 0
    /// Whether inputs after the newest snapshot are missing.
    public var hasGap = false

    /// The report of a sound store.
    public init() {}
}

/// Opens the database file: creates it, refuses a stranger's, sets a damaged one aside.
struct StoreOpening {
    /// Up to this size the whole file is checked at every start (about 0.1 s), above it only what a start
    /// needs.
    static let wholeCheckLimit: Int64 = 64_000_000

    var settings: StoreSettings
    var snapshots: SnapshotFolder

    private var path: String { settings.path }

    /// - Throws: `readOnly`, `full`, or `failed` for a stranger's or a newer file; never `corrupt`.
    func open() throws(JournalError) -> (writer: DatabaseQueue, report: OpeningReport) {
        do {
            try adoptReplacement()
            if try findHeader() == .absent {
                try SystemFile.create(path)
                try SystemFile.syncDirectory((path as NSString).deletingLastPathComponent)
            }
            let writer = try openWriter(at: path)
            do {
                try check(writer)
            } catch {
                try? writer.close()
                throw error
            }
            SystemFile.remove(Self.suspicion(of: path))
            return (writer, OpeningReport())
        } catch {
            let error = JournalError(error, at: path)
            guard error.isCorrupt else { throw error }
            return try replaceDamaged(error.text)
        }
    }

    /// The file that asks the next start for a thorough check: somebody met damage while running.
    static func suspicion(of path: String) -> String { path + ".suspect" }

    private enum Header { case absent, ours }

    /// Looks at the first bytes before SQLite does: later a closed descriptor would drop its locks.
    private func findHeader() throws(JournalError) -> Header {
        guard let size = SystemFile.size(of: path), size > 0 else { return .absent }
        guard access(path, W_OK) == 0 else { throw JournalError(errno: errno, path) }
        let bytes = try SystemFile.read(path, from: 0, count: 100)
        guard bytes.count == 100, bytes.starts(with: Array("SQLite format 3\0".utf8)) else {
            throw .corrupt("file is not a database")
        }
        let owner = bytes[68..<72].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard owner == UInt32(bitPattern: StoreSchema.applicationID) else {
            throw .failed("\(path) belongs to another program (application id \(owner))")
        }
        return .ours
    }

    private func openWriter(at path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "anju.journal.writer"
        configuration.journalMode = .wal
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(2)
        // A rollback that fails must be an error of the commit, not the end of the process.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase(StoreSchema.prepareWriter)
        let writer = try DatabaseQueue(path: path, configuration: configuration)
        try writer.writeWithoutTransaction { db in
            guard try !StoreSchema.migrator.hasBeenSuperseded(db) else {
                throw JournalError.failed("\(path) was written by a newer anju")
            }
        }
        try StoreSchema.migrator.migrate(writer)
        try writer.writeWithoutTransaction {
            try StoreSchema.settleWriter($0, sizeLimit: settings.sizeLimit)
        }
        return writer
    }

    private func check(_ writer: DatabaseQueue) throws {
        let isSuspect = SystemFile.exists(Self.suspicion(of: path))
        try writer.unsafeRead { db in
            if try isSuspect || StorePages(db).bytes <= Self.wholeCheckLimit {
                let finding = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "ok"
                guard finding == "ok" else { throw JournalError.corrupt(finding) }
            }
            _ = try SiteRecords.find(hash: nil, db)
            _ = try QuarantineRecords.newest(limit: 1, db)
            var query = IncidentQuery()
            query.openOnly = true
            query.limit = IncidentRecords.queryLimit
            _ = try IncidentRecords.all(matching: query, db)
            if isSuspect { try checkReplay(db) }
        }
    }

    /// Reads what a replay would read; checksums find what SQLite cannot see.
    private func checkReplay(_ db: Database) throws {
        var sequence = snapshots.sequences.first ?? 0
        while let last = try BatchRecords.all(after: sequence, limit: 1_000, db).last {
            sequence = last.sequence
        }
    }

    /// Saves what can be read into a new file, and only then changes places: a start that is cut off begins
    /// again.
    private func replaceDamaged(
        _ damage: String
    ) throws(JournalError) -> (writer: DatabaseQueue, report: OpeningReport) {
        do {
            let salvage = try writeReplacement()
            let time = Date().formatted(
                Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted))
            var report = OpeningReport()
            report.damagedFile = try DamagedStore.setAside(path, at: time).path
            report.damage = damage
            report.salvagedBatches = salvage.batches
            report.salvagedIncidents = salvage.incidents
            report.hasGap = salvage.hasGap
            try adoptReplacement()
            DamagedStore.dropOld(of: path)
            SystemFile.remove(Self.suspicion(of: path))
            return (try openWriter(at: path), report)
        } catch {
            throw JournalError(error, at: path)
        }
    }

    private var replacement: String { path + ".new" }

    private func writeReplacement() throws -> DamagedStore.Salvage {
        for suffix in ["", "-wal", "-shm"] { SystemFile.remove(replacement + suffix) }
        try SystemFile.create(replacement)
        let writer = try openWriter(at: replacement)
        let salvage = Result {
            try DamagedStore(path: path).salvage(into: writer, after: snapshots.sequences.first ?? 0)
        }
        try writer.close()
        // Closing moves the log into the file; where it could not, the file is not whole.
        guard !SystemFile.exists(replacement + "-wal") else {
            throw JournalError.failed("\(replacement) could not be completed")
        }
        return try salvage.get()
    }

    /// A replacement stands without an original only when a start was cut off between the two renames.
    private func adoptReplacement() throws(JournalError) {
        if !SystemFile.exists(path), SystemFile.exists(replacement) {
            try SystemFile.rename(replacement, to: path)
        }
        try SystemFile.syncDirectory((path as NSString).deletingLastPathComponent)
    }
}
