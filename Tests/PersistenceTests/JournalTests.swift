import Foundation
import GRDB
import GatewayPorts
import SafetyModel
import Testing

@testable import Persistence

@Suite(.serialized, .timeLimit(.minutes(10)), .onItsOwnThread) struct JournalTests {
    @Test func `batches come back as they went in, in order, from a sequence on`() throws {
        let folder = try TestFolder()
        let batches = [batch(1, count: 3), batch(4), batch(5, count: 1_000), batch(1_005, count: 2, size: 0)]
        let journal = try folder.open()
        #expect(try journal.lastSequence() == 0)
        for batch in batches { try journal.append(batch) }
        #expect(try journal.batches(after: 0, limit: 100) == batches)
        #expect(try journal.batches(after: 1, limit: 2) == Array(batches[1...2]))
        #expect(try journal.batches(after: 1_005, limit: 100).isEmpty)
        #expect(try journal.lastSequence() == 1_006)
        journal.close()

        let again = try folder.open()
        #expect(again.openingReport == OpeningReport())
        #expect(try again.batches(after: 0, limit: 100) == batches)
        #expect(try again.lastSequence() == 1_006)
        try again.append(batch(1_007))
    }

    @Test func `the same batch again changes nothing, another one in its place is refused`() throws {
        let folder = try TestFolder()
        let journal = try folder.open()
        try journal.append(batch(1, count: 10))
        try journal.append(batch(1, count: 10, incidents: [incident(1)]))
        #expect(try journal.batches(after: 0, limit: 10).count == 1)
        #expect(try journal.incidents(matching: IncidentQuery()).count == 1)
        for wrong in [batch(1, count: 9), batch(5, count: 2), batch(11, count: 0)] {
            #expect(failure { try journal.append(wrong) } != nil)
        }
        try journal.append(batch(11))
        #expect(try journal.lastSequence() == 11)
    }

    @Test func `one reading returns at most its share of bytes`() throws {
        let folder = try TestFolder()
        let journal = try folder.open()
        let size = BatchRecords.readLimit / 4
        for sequence in 1...6 as ClosedRange<Int64> { try journal.append(batch(sequence, size: size)) }
        #expect(try journal.batches(after: 0, limit: 100).map(\.sequence) == [1, 2, 3, 4])
        #expect(try journal.batches(after: 4, limit: 100).map(\.sequence) == [5, 6])
    }

    @Test func `incident records keep their newest state and are found by number, home and page`() throws {
        let folder = try TestFolder()
        let journal = try folder.open()
        for number in 1...50 as ClosedRange<Int64> {
            let home = number % 2 == 0 ? "h2" : "h1"
            try journal.append(batch(number, incidents: [incident(number, home: home)]))
        }
        let closed = (1...40 as ClosedRange<Int64>).map {
            incident($0, home: $0 % 2 == 0 ? "h2" : "h1", phase: "closed", closedAt: 9_000)
        }
        try journal.append(batch(51, incidents: closed))

        func numbers(_ change: (inout IncidentQuery) -> Void) throws -> [Int64] {
            var query = IncidentQuery()
            change(&query)
            return try journal.incidents(matching: query).map(\.number)
        }
        #expect(try numbers { _ in } == Array((1...50).reversed()))
        #expect(try numbers { $0.openOnly = true } == Array((41...50).reversed()))
        #expect(try numbers { $0.closedOnly = true } == Array((1...40).reversed()))
        #expect(
            try numbers {
                $0.home = "h2"
                $0.limit = 3
            } == [50, 48, 46])
        #expect(
            try numbers {
                $0.home = "h2"
                $0.limit = 3
                $0.before = 46
            } == [44, 42, 40])
        #expect(try numbers { $0.number = 7 } == [7])
        #expect(try numbers { $0.number = 51 } == [])
        #expect(try numbers { $0.limit = 0 } == [50])
        var query = IncidentQuery()
        query.number = 40
        #expect(try journal.incidents(matching: query) == [closed[39]])
    }

    @Test func `a query returns at most its limit of incidents`() throws {
        let folder = try TestFolder()
        let journal = try folder.open()
        let many = (1...Int64(IncidentRecords.queryLimit) + 1).map { incident($0) }
        try journal.append(batch(1, incidents: many))
        var query = IncidentQuery()
        query.limit = 1_000_000
        #expect(try journal.incidents(matching: query).count == IncidentRecords.queryLimit)
    }

    @Test func `a stored site is found by its hash, and the last one saved without it`() throws {
        let folder = try TestFolder()
        let journal = try folder.open()
        #expect(try journal.storedSite(hash: nil) == nil)
        let bytes = [UInt8](repeating: 9, count: 100_000)
        let sites = (0..<3 as Range<UInt64>).map {
            StoredSite(hash: .max - $0, at: Instant(milliseconds: 5), bytes: bytes)
        }
        for site in sites { try journal.save(site) }
        try journal.save(sites[0])
        #expect(try journal.storedSite(hash: nil) == sites[0])
        #expect(try journal.storedSite(hash: .max - 2) == sites[2])
        #expect(try journal.storedSite(hash: 1) == nil)
    }

    @Test func `old sites go, but not the one that a snapshot uses`() throws {
        let folder = try TestFolder()
        let journal = try folder.open()
        try journal.save(snapshot(1, site: 1))
        let last = UInt64(SiteRecords.keptLimit) + 2
        for hash in 1...last { try journal.save(StoredSite(hash: hash, at: .start, bytes: [1])) }
        #expect(try journal.storedSite(hash: 1) != nil)
        #expect(try journal.storedSite(hash: 2) == nil)
        for hash in 3...last { #expect(try journal.storedSite(hash: hash) != nil) }
    }

    @Test func `quarantined inputs are kept once each, newest first, up to the limit`() throws {
        let folder = try TestFolder()
        let journal = try folder.open()
        let count = QuarantineRecords.keptLimit + 1
        let inputs = (1...count).map {
            QuarantinedInput(digest: .max - UInt64($0), at: Instant(milliseconds: Int64($0)), input: [1, 2])
        }
        try journal.inspect { db in
            try db.inTransaction {
                for input in inputs.dropLast() { try QuarantineRecords.store(input, db) }
                return .commit
            }
        }
        for _ in 0..<2 { try journal.quarantine(inputs[count - 1]) }
        #expect(try journal.quarantined(limit: 2) == [inputs[count - 1], inputs[count - 2]])
        #expect(try journal.quarantined(limit: .max) == inputs.dropFirst().reversed())
    }

    @Test func `the writer really waits for the disk`() throws {
        let folder = try TestFolder()
        let journal = try folder.open()
        let expected: [(String, Int)] = [
            ("synchronous", 2), ("auto_vacuum", 2), ("wal_autocheckpoint", StoreSchema.checkpointPages),
            ("application_id", Int(StoreSchema.applicationID)), ("mmap_size", 0), ("secure_delete", 2),
            ("max_page_count", 4_000_000_000 / 4_096),
        ]
        for (name, value) in expected {
            let found = try journal.inspect { try Int.fetchOne($0, sql: "PRAGMA \(name)") }
            #expect(found == value, "\(name)")
        }
        #expect(try journal.inspect { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
        let tables = try journal.inspect {
            try Row.fetchAll($0, sql: "SELECT name, strict FROM pragma_table_list WHERE schema = 'main'")
        }
        for name in ["journal_batches", "incidents", "sites", "quarantine"] {
            #expect(tables.contains { $0["name"] == name && $0["strict"] == 1 }, "\(name)")
        }
    }
}
