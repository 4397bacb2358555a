import Foundation
import GRDB
import GatewayPorts
import SafetyModel
import Testing

@testable import Persistence

@Suite(.serialized, .timeLimit(.minutes(10)), .onItsOwnThread) struct RetentionTests {
    private static let day: Int64 = 86_400_000

    private func settings(_ folder: TestFolder, sizeLimit: Int64 = 4_000_000_000) -> StoreSettings {
        var settings = folder.settings
        settings.journalRetention = .milliseconds(30 * Self.day)
        settings.incidentRetention = .milliseconds(1_000 * Self.day)
        settings.sizeLimit = sizeLimit
        return settings
    }

    private func sequences(_ journal: SQLiteJournal) throws -> [Int64] {
        try journal.batches(after: 0, limit: 100_000).map(\.sequence)
    }

    @Test func `age drops what both snapshots have behind them, to the millisecond`() throws {
        let folder = try TestFolder()
        let journal = try SQLiteJournal(settings: settings(folder), patience: .long)
        for sequence in 1...10 as ClosedRange<Int64> {
            try journal.append(batch(sequence, at: sequence * Self.day))
        }
        let now = Instant(milliseconds: 36 * Self.day)
        #expect(try journal.prune(now: now) == 0)  // nothing but the inputs to start from
        try journal.save(snapshot(8))
        #expect(try journal.prune(now: now) == 0)  // no spare yet
        try journal.save(snapshot(9))
        #expect(try journal.prune(now: now) == 5)
        #expect(try sequences(journal) == [6, 7, 8, 9, 10])
        #expect(try journal.prune(now: now + .milliseconds(1)) == 1)
        #expect(try journal.prune(now: now + .milliseconds(100 * Self.day)) == 2)
        #expect(try sequences(journal) == [9, 10])
        #expect(try journal.lastSequence() == 10)
    }

    @Test func `one call drops at most its share of batches`() throws {
        let folder = try TestFolder()
        let journal = try SQLiteJournal(settings: settings(folder), patience: .long)
        let limit = Int64(JournalRetention.batchLimit)
        try journal.inspect { db in
            try db.inTransaction {
                for sequence in 1...limit + 10 { try BatchRecords.insert(batch(sequence), after: 0, db) }
                return .commit
            }
        }
        try journal.save(snapshot(limit + 5))
        try journal.save(snapshot(limit + 6))
        let late = Instant(milliseconds: 100 * Self.day)
        #expect(try journal.prune(now: late) == Int(limit))
        #expect(try journal.prune(now: late) == 5)
        #expect(try journal.prune(now: late) == 0)
    }

    @Test func `the size bound drops the oldest and gives the space back`() throws {
        let sizeLimit: Int64 = 8_000_000
        let folder = try TestFolder()
        let journal = try SQLiteJournal(settings: settings(folder, sizeLimit: sizeLimit), patience: .long)
        for sequence in 1...124 as ClosedRange<Int64> { try journal.append(batch(sequence, size: 60_000)) }
        let retention = JournalRetention(
            settings: settings(folder, sizeLimit: sizeLimit), ageFloor: 0, sizeFloor: 0)
        #expect(try journal.sizeInBytes() > retention.softSizeLimit)
        #expect(try journal.prune(now: .start) == 0)  // no snapshot: everything is needed
        try journal.save(snapshot(100))
        let dropped = try journal.prune(now: .start)
        #expect(dropped > 0 && dropped < 20)
        #expect(try journal.sizeInBytes() <= retention.softSizeLimit)
        #expect(try sequences(journal).first == Int64(dropped) + 1)
        #expect(try journal.prune(now: .start) == 0)
    }

    @Test func `at the size bound appending fails, and goes on after pruning`() throws {
        let sizeLimit: Int64 = 4_000_000
        let folder = try TestFolder()
        let journal = try SQLiteJournal(settings: settings(folder, sizeLimit: sizeLimit), patience: .long)
        var sequence: Int64 = 0
        var refusal: JournalError?
        while refusal == nil, sequence < 200 {
            refusal = failure { try journal.append(batch(sequence + 1, size: 60_000)) }
            if refusal == nil { sequence += 1 }
        }
        #expect(refusal?.isFull == true)
        #expect(try journal.sizeInBytes() <= sizeLimit)
        #expect(try sequences(journal) == Array(1...sequence))
        #expect(failure { try journal.append(batch(sequence + 1, size: 60_000)) }?.isFull == true)
        try journal.save(snapshot(sequence - 3))
        #expect(try journal.prune(now: .start) > 0)
        try journal.append(batch(sequence + 1, size: 60_000))
        #expect(try journal.lastSequence() == sequence + 1)
    }

    @Test func `incidents are kept longer, and open ones for ever`() throws {
        let folder = try TestFolder()
        let journal = try SQLiteJournal(settings: settings(folder), patience: .long)
        let incidents = [
            incident(1, phase: "closed", closedAt: 5 * Self.day), incident(2),
            incident(3, phase: "closed", closedAt: 6 * Self.day),
        ]
        try journal.append(batch(1, incidents: incidents))
        func numbers() throws -> [Int64] { try journal.incidents(matching: IncidentQuery()).map(\.number) }
        _ = try journal.prune(now: Instant(milliseconds: 1_005 * Self.day))
        #expect(try numbers() == [3, 2, 1])
        _ = try journal.prune(now: Instant(milliseconds: 1_005 * Self.day + 1))
        #expect(try numbers() == [3, 2])
        _ = try journal.prune(now: Instant(milliseconds: 100_000 * Self.day))
        #expect(try numbers() == [2])
    }

    @Test func `one call drops at most its share of incidents`() throws {
        let folder = try TestFolder()
        let journal = try SQLiteJournal(settings: settings(folder), patience: .long)
        let count = Int64(JournalRetention.incidentLimit) + 3
        try journal.append(
            batch(1, incidents: (1...count).map { incident($0, phase: "closed", closedAt: 1) }))
        let late = Instant(milliseconds: 2_000 * Self.day)
        _ = try journal.prune(now: late)
        #expect(try journal.incidents(matching: IncidentQuery()).count == 3)
        _ = try journal.prune(now: late)
        #expect(try journal.incidents(matching: IncidentQuery()).isEmpty)
    }

    @Test func `one call drops at most its share of bytes and gives back at most its share of pages`() throws
    {
        let folder = try TestFolder()
        let journal = try SQLiteJournal(settings: settings(folder), patience: .long)
        for sequence in 1...80 as ClosedRange<Int64> { try journal.append(batch(sequence, size: 60_000)) }
        try journal.save(snapshot(79))
        try journal.save(snapshot(80))
        let before = try journal.sizeInBytes()
        let late = Instant(milliseconds: 100 * Self.day)
        #expect(try journal.prune(now: late) == 67)  // the first whole batches that reach 4 MB
        let given = try before - journal.sizeInBytes()
        // A page of SQLite's own map may go with them.
        #expect((0...1).contains(given / 4_096 - JournalRetention.vacuumLimit))
        #expect(try journal.prune(now: late) == 12)
    }
}
