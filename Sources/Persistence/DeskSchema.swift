import GRDB

/// Tables and settings of the desk's own file.
enum DeskSchema {
    /// "desk" in SQLite's header: whose file this is.
    static let applicationID: Int32 = 0x6465_736B
    /// The most bytes of the file: some millions of entries.
    static let sizeLimit: Int64 = 2_000_000_000

    /// All migrations, oldest first.
    ///
    /// Append only: a released one is never edited.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator().disablingDeferredForeignKeyChecks()
        migrator.registerMigration("audit, notes, duty checks") { try $0.execute(sql: first) }
        return migrator
    }

    /// The triggers stop a slip of our own hand; whoever edits the file itself is found by the chain.
    private static let first = """
        CREATE TABLE audit (
          number INTEGER PRIMARY KEY,
          at INTEGER NOT NULL,
          user TEXT NOT NULL,
          address TEXT NOT NULL,
          act TEXT NOT NULL,
          subject TEXT NOT NULL,
          outcome TEXT NOT NULL,
          hash BLOB NOT NULL
        ) STRICT;
        CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
          BEGIN SELECT RAISE(ABORT, 'the audit is never changed'); END;
        CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
          BEGIN SELECT RAISE(ABORT, 'the audit is never trimmed'); END;

        CREATE TABLE notes (
          number INTEGER PRIMARY KEY,
          at INTEGER NOT NULL,
          user TEXT NOT NULL,
          text TEXT NOT NULL
        ) STRICT;

        CREATE TABLE duty_checks (
          number INTEGER PRIMARY KEY,
          asked_at INTEGER NOT NULL,
          user TEXT NOT NULL,
          answer_by INTEGER NOT NULL,
          answered_at INTEGER,
          answered_by TEXT
        ) STRICT;
        """
}
