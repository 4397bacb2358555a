import Foundation
import GRDB
import GatewayPorts
import SafetyModel
import Testing

@testable import Persistence

@Suite(.serialized, .timeLimit(.minutes(10)), .onItsOwnThread) struct DamageTests {
    static let site = StoredSite(hash: 7, at: .start, bytes: Array(repeating: 3, count: 50_000))

    /// A closed store with 400 batches, 20 incidents, a site and a snapshot after batch 100.
    private func fill(_ folder: TestFolder) throws {
        let journal = try folder.open()
        try journal.save(Self.site)
        try journal.quarantine(QuarantinedInput(digest: 5, at: .start, input: [1]))
        for sequence in 1...400 as ClosedRange<Int64> {
            let incidents = sequence % 20 == 0 ? [incident(sequence / 20)] : []
            try journal.append(batch(sequence, size: 6_000, incidents: incidents))
        }
        try journal.save(snapshot(100))
        journal.close()
    }

    enum Content: CaseIterable { case nothing, picture, zeros }

    @Test(arguments: Content.allCases)
    func `a file that is no database is set aside`(_ content: Content) throws {
        let bytes: [UInt8] =
            switch content {
            case .nothing: []
            case .picture: Array("GIF89a, not a database at all".utf8)
            case .zeros: [UInt8](repeating: 0, count: 8_192)
            }
        let folder = try TestFolder()
        try fill(folder)
        try Data(bytes).write(to: URL(fileURLWithPath: folder.database))
        let journal = try folder.open()
        let report = journal.openingReport
        #expect((report.damagedFile == nil) == bytes.isEmpty)
        if let file = report.damagedFile {
            #expect(file.hasPrefix(folder.database + ".damaged-"))
            #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == Data(bytes))
            #expect(report.hasGap)
        }
        // The snapshot is still there, and sequences go on after it.
        #expect(try journal.newestSnapshot() == snapshot(100))
        #expect(try journal.lastSequence() == 100)
        try journal.append(batch(101))
    }

    @Test func `overwritten pages are found at the start and the rest is saved`() throws {
        let folder = try TestFolder()
        try fill(folder)
        let size = try folder.size(of: folder.database)
        let page = UInt64(size / 4_096 * 3 / 4) * 4_096
        try folder.overwrite(folder.database, at: page, with: [UInt8](repeating: 0xA5, count: 8 * 4_096))

        let journal = try folder.open()
        let report = journal.openingReport
        #expect(report.damagedFile != nil)
        #expect(report.hasGap)
        #expect(report.salvagedIncidents == 20)
        #expect(report.salvagedBatches > 250 && report.salvagedBatches < 300)
        let batches = try journal.batches(after: 100, limit: 1_000)
        #expect(batches.count == report.salvagedBatches)
        #expect(batches.allSatisfy { $0 == batch($0.sequence, size: 6_000) })
        #expect(try journal.storedSite(hash: 7) == Self.site)
        #expect(try journal.quarantined(limit: 10).count == 1)
        #expect(try journal.newestSnapshot() == snapshot(100))
        try journal.append(batch(401))
        journal.close()
        #expect(try folder.open().openingReport == OpeningReport())
    }

    @Test func `a file cut short is set aside`() throws {
        let folder = try TestFolder()
        try fill(folder)
        truncate(folder.database, try folder.size(of: folder.database) / 2 + 1_000)
        let journal = try folder.open()
        #expect(journal.openingReport.damagedFile != nil)
        #expect(journal.openingReport.hasGap)
        #expect(journal.openingReport.salvagedBatches > 50)
        try journal.append(batch(401))
    }

    @Test func `rot that only the checksum sees is refused, and the next start saves the rest`() throws {
        let folder = try TestFolder()
        try fill(folder)
        var journal = try folder.open()
        try journal.inspect {
            try $0.execute(sql: "UPDATE journal_batches SET inputs = zeroblob(6000) WHERE sequence = 200")
        }
        #expect(failure { _ = try journal.batches(after: 100, limit: 1_000) }?.isDamage == true)
        #expect(try journal.batches(after: 100, limit: 99).count == 99)
        journal.close()

        journal = try folder.open()
        #expect(journal.openingReport.damagedFile != nil)
        #expect(journal.openingReport.salvagedBatches == 299)
        #expect(journal.openingReport.hasGap)
        #expect(try journal.batches(after: 199, limit: 1).map(\.sequence) == [201])
        journal.close()
        #expect(try folder.open().openingReport == OpeningReport())
    }

    @Test func `a start that was cut off between setting aside and replacing goes on from the replacement`()
        throws
    {
        let folder = try TestFolder()
        try fill(folder)
        try FileManager.default.moveItem(atPath: folder.database, toPath: folder.database + ".new")
        let journal = try folder.open()
        #expect(try journal.lastSequence() == 400)
        #expect(try folder.names(with: "anju.db.new").isEmpty)
    }

    @Test func `a half-written replacement is not taken for the database`() throws {
        let folder = try TestFolder()
        try fill(folder)
        try Data("half".utf8).write(to: URL(fileURLWithPath: folder.database + ".new"))
        var journal = try folder.open()
        #expect(journal.openingReport == OpeningReport())
        journal.close()
        try Data("nothing".utf8).write(to: URL(fileURLWithPath: folder.database))
        journal = try folder.open()
        #expect(journal.openingReport.damagedFile != nil)
        try journal.append(batch(101))
        #expect(try folder.names(with: "anju.db.new").isEmpty)
    }

    @Test func `only the newest damaged files are kept`() throws {
        let folder = try TestFolder()
        for _ in 0...DamagedStore.keptLimit {
            try Data("nothing".utf8).write(to: URL(fileURLWithPath: folder.database))
            try folder.open().close()
        }
        #expect(try folder.names(with: "anju.db.damaged-").count == DamagedStore.keptLimit)
    }

    @Test func `a large file is not read through at the start; damage met later makes the next start do it`()
        throws
    {
        let folder = try TestFolder()
        var journal = try folder.open()
        try journal.inspect { db in
            for number in 1...70 {
                try db.execute(
                    sql: "INSERT INTO incidents VALUES (?, 'h', 'k', 'u', 'closed', 1, 2, zeroblob(1000000))",
                    arguments: [number])
            }
        }
        for sequence in 1...400 as ClosedRange<Int64> { try journal.append(batch(sequence, size: 6_000)) }
        #expect(try journal.sizeInBytes() > StoreOpening.wholeCheckLimit)
        journal.close()
        let page = UInt64(try folder.size(of: folder.database) / 4_096 - 400) * 4_096
        try folder.overwrite(folder.database, at: page, with: [UInt8](repeating: 0xA5, count: 8 * 4_096))

        journal = try folder.open()
        #expect(journal.openingReport == OpeningReport())
        #expect(failure { _ = try journal.batches(after: 0, limit: 1_000) }?.isDamage == true)
        journal.close()
        journal = try folder.open()
        #expect(journal.openingReport.damagedFile != nil)
        #expect(journal.openingReport.salvagedIncidents == 70)
        #expect(journal.openingReport.salvagedBatches > 350)
        journal.close()
        #expect(try folder.open().openingReport == OpeningReport())
    }

    @Test func `no more than the limit is copied from a damaged file, oldest first`() throws {
        let folder = try TestFolder()
        try fill(folder)
        let target = try DatabaseQueue()
        try StoreSchema.migrator.migrate(target)
        let damaged = DamagedStore(path: folder.database, byteLimit: 60_000)
        let salvage = try damaged.salvage(into: target, after: 100)
        #expect(salvage.batches == 10)
        #expect(salvage.hasGap)
        let copied = try target.read { try BatchRecords.all(after: 0, limit: 100, $0) }
        #expect(copied.map(\.sequence) == Array(101...110))
    }
}
