import Foundation
import GRDB
import GatewayPorts
import SafetyModel
import Testing

@testable import Persistence

@Suite(.serialized, .timeLimit(.minutes(10)), .onItsOwnThread) struct OpeningTests {
    @Test func `files are for their owner only`() throws {
        let folder = try TestFolder()
        var settings = folder.settings
        settings.path = folder.path + "/new/anju.db"
        let journal = try SQLiteJournal(settings: settings, patience: .long)
        try journal.append(batch(1))
        try journal.save(snapshot(1))
        for name in ["anju.db", "anju.db-wal", "anju.db.lock", "anju-snapshot-1"] {
            let file = folder.path + "/new/" + name
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(name)")
        }
    }

    @Test func `a second gateway is refused until the first has closed`() throws {
        let folder = try TestFolder()
        let first = try folder.open()
        let refusal = try #require(failure { _ = try folder.openAtOnce() })
        #expect(refusal.text.contains(TestFolder.refusal))
        first.close()
        let second = try folder.open()
        #expect(failure { try first.append(batch(1)) } != nil)
        try second.append(batch(1))
    }

    @Test func `a journal that is let go frees its files`() throws {
        let folder = try TestFolder()
        try folder.open().append(batch(1))
        #expect(try folder.open().lastSequence() == 1)
    }

    @Test func `looking at a store that a gateway writes works and changes nothing`() throws {
        let folder = try TestFolder()
        #expect(failure { _ = try SQLiteJournal(reading: folder.settings) } != nil)
        let journal = try folder.open()
        try journal.append(batch(1, incidents: [incident(1)]))
        let reading = try SQLiteJournal(reading: folder.settings)
        #expect(try reading.batches(after: 0, limit: 10).count == 1)
        #expect(try reading.incidents(matching: IncidentQuery()).count == 1)
        try journal.append(batch(2))
        #expect(try reading.lastSequence() == 2)
        #expect(failure { try reading.append(batch(3)) }?.isReadOnly == true)
        #expect(failure { try reading.save(snapshot(3)) }?.isReadOnly == true)
    }

    @Test(arguments: ["other application", "no application"])
    func `a stranger's database is refused and left alone`(_ kind: String) throws {
        let folder = try TestFolder()
        let other = try DatabaseQueue(path: folder.database)
        try other.writeWithoutTransaction { db in
            if kind == "other application" { try db.execute(sql: "PRAGMA application_id = 42") }
            try db.execute(sql: "CREATE TABLE t (x)")
        }
        try other.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.database))
        let refusal = try #require(failure { _ = try folder.open() })
        #expect(refusal.text.contains("belongs to another program"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.database)) == before)
        #expect(failure { _ = try SQLiteJournal(reading: folder.settings) } != nil)
    }

    @Test func `a database of a newer version is refused`() throws {
        let folder = try TestFolder()
        let journal = try folder.open()
        try journal.inspect { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('of the future')") }
        journal.close()
        let refusal = try #require(failure { _ = try folder.open() })
        #expect(refusal.text.contains("newer anju"))
    }

    @Test func `a path that cannot be used is an error that names it`() throws {
        let folder = try TestFolder()
        var settings = folder.settings
        settings.path = folder.path + "/no/such/place/anju.db"
        let refusal = try #require(failure { _ = try SQLiteJournal(settings: settings, patience: .long) })
        #expect(refusal.text.contains("/no/such/place"))
        settings.path = folder.path + "/directory"
        try FileManager.default.createDirectory(atPath: settings.path, withIntermediateDirectories: false)
        #expect(failure { _ = try SQLiteJournal(settings: settings, patience: .long) } != nil)
    }
}
