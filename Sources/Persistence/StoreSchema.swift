import GRDB
import GatewayPorts

/// Tables and settings of the database file.
enum StoreSchema {
    /// "anju" in SQLite's header: whose file this is.
    static let applicationID: Int32 = 0x616E_6A75

    /// A log that is overwritten again and again beats one that grows; at 200 pages one commit in a hundred
    /// would pay for a checkpoint, at 1,000 (4 MB) one in some hundred.
    static let checkpointPages = 1_000

    /// All migrations, oldest first.
    ///
    /// Append only: a released one is never edited.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator().disablingDeferredForeignKeyChecks()
        migrator.registerMigration("journal, incidents, sites, quarantine") { try $0.execute(sql: first) }
        return migrator
    }

    /// The blob stands last, so that the other columns are read without walking its pages.
    private static let first = """
        CREATE TABLE journal_batches (
          sequence INTEGER PRIMARY KEY,
          count INTEGER NOT NULL,
          at INTEGER NOT NULL,
          checksum INTEGER NOT NULL,
          inputs BLOB NOT NULL
        ) STRICT;

        CREATE TABLE incidents (
          number INTEGER PRIMARY KEY,
          home TEXT NOT NULL,
          kind TEXT NOT NULL,
          urgency TEXT NOT NULL,
          phase TEXT NOT NULL,
          opened_at INTEGER NOT NULL,
          closed_at INTEGER,
          document BLOB NOT NULL
        ) STRICT;
        CREATE INDEX incidents_of_home ON incidents (home, number);
        CREATE INDEX incidents_open ON incidents (number) WHERE closed_at IS NULL;
        CREATE INDEX incidents_closed ON incidents (closed_at) WHERE closed_at IS NOT NULL;

        CREATE TABLE sites (
          hash INTEGER PRIMARY KEY,
          at INTEGER NOT NULL,
          saved INTEGER NOT NULL,
          checksum INTEGER NOT NULL,
          bytes BLOB NOT NULL
        ) STRICT;
        CREATE INDEX sites_saved ON sites (saved);

        CREATE TABLE quarantine (
          number INTEGER PRIMARY KEY,
          digest INTEGER NOT NULL UNIQUE,
          at INTEGER NOT NULL,
          input BLOB NOT NULL
        ) STRICT;
        """

    /// Settings of the writing connection that must stand before the first table.
    static func prepareWriter(_ db: Database) throws {
        if try Int32.fetchOne(db, sql: "PRAGMA application_id") == 0 {
            try db.execute(
                sql: "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA application_id = \(applicationID)")
        }
        try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA secure_delete = FAST")
    }

    /// Settings of the writing connection that must come after GRDB has switched to WAL: there it sets
    /// `synchronous = NORMAL` by itself, which loses acknowledged batches when the power fails.
    ///
    /// No memory mapping: a disk error would be a signal instead of an error. Locks stay in normal mode,
    /// because an exclusive writer would shut out the reading connection.
    static func settleWriter(_ db: Database, sizeLimit: Int64) throws {
        let pageSize = try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 4_096
        try db.execute(
            sql: """
                PRAGMA synchronous = FULL;
                PRAGMA wal_autocheckpoint = \(checkpointPages);
                PRAGMA mmap_size = 0;
                PRAGMA max_page_count = \(max(64, sizeLimit / pageSize));
                """)
    }
}
