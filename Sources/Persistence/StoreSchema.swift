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
        migrator.registerMigration("incident facts") { try $0.execute(sql: facts) }
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

    /// What reports count, apart from the documents: ten thousand small rows are read in milliseconds.
    ///
    /// What stands in the record already is filled in from its documents.
    private static let facts = """
        CREATE INDEX incidents_opened ON incidents (opened_at);

        CREATE TABLE incident_facts (
          number INTEGER PRIMARY KEY,
          home TEXT NOT NULL,
          kind TEXT NOT NULL,
          urgency TEXT NOT NULL,
          opened_at INTEGER NOT NULL,
          closed_at INTEGER,
          answered_at INTEGER,
          on_scene_at INTEGER,
          disposition TEXT,
          causes TEXT NOT NULL
        ) STRICT;
        CREATE INDEX incident_facts_opened ON incident_facts (opened_at);
        CREATE INDEX incident_facts_of_home ON incident_facts (home, number);
        CREATE TRIGGER incident_facts_end AFTER DELETE ON incidents BEGIN
          DELETE FROM incident_facts WHERE number = old.number;
        END;

        WITH texts AS (
          SELECT number, home, kind, urgency, opened_at, closed_at, CAST(document AS TEXT) AS text
          FROM incidents
        ), documents AS (
          SELECT *, CASE WHEN json_valid(text) THEN text ELSE '{}' END AS document FROM texts
        ), moments AS (
          SELECT *, julianday(json_extract(document, '$.openedAt')) AS opened FROM documents
        )
        INSERT INTO incident_facts
        SELECT number, home, kind, urgency, opened_at, closed_at,
          opened_at + CAST(round((julianday(json_extract(document, '$.answeredAt')) - opened) * 86400000)
            AS INTEGER),
          opened_at + CAST(round((julianday(json_extract(document, '$.onSceneAt')) - opened) * 86400000)
            AS INTEGER),
          json_extract(document, '$.disposition'),
          coalesce((
            SELECT group_concat(
              coalesce(opened_at + CAST(round((julianday(json_extract(value, '$.raisedAt')) - opened)
                * 86400000) AS INTEGER), opened_at) || char(9)
              || coalesce(json_extract(value, '$.rule'), '') || char(9)
              || coalesce(json_extract(value, '$.evidence[0].device'), ''), char(10))
            FROM json_each(document, '$.alarms')), '')
        FROM moments;
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
