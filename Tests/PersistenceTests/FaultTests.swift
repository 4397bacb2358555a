import Foundation
import GRDB
import GatewayPorts
import SafetyModel
import Testing

@testable import Persistence

/// A process of its own on a disk that obeys: `Tests/faults/slowdisk.c`, preloaded.
///
/// The bodies run in children of the test, which find their folder by an environment variable; they are
/// serial because the environment belongs to the whole process.
@Suite(.serialized, .timeLimit(.minutes(10))) struct FaultTests {
    @Test func `every commit waits for the disk exactly once`() async throws {
        let disk = try FaultyDisk()
        await #expect(processExitsWith: .success) {
            let disk = try FaultyDisk.inherited()
            let journal = try SQLiteJournal(settings: disk.settings, patience: .long)
            try journal.append(batch(1))
            let (syncs, _) = try disk.counts()
            // Fewer commits than the log's pages, so that no checkpoint adds its own.
            for sequence in 2...51 as ClosedRange<Int64> { try journal.append(batch(sequence)) }
            try #require(try disk.counts().syncs - syncs == 50)
            exit(0)
        }
        withExtendedLifetime(disk) {}
    }

    @Test(arguments: [9, 40, 200]) func `what was appended before a kill is there afterwards`(
        _ count: Int
    ) async throws {
        let disk = try FaultyDisk()
        setenv("ANJU_TEST_COUNT", "\(count)", 1)
        await #expect(processExitsWith: .signal(SIGKILL)) {
            let disk = try FaultyDisk.inherited()
            let count = Int64(ProcessInfo.processInfo.environment["ANJU_TEST_COUNT"] ?? "") ?? 0
            let journal = try SQLiteJournal(settings: disk.settings, patience: .long)
            for sequence in 1...count { try journal.append(batch(sequence, incidents: [incident(sequence)])) }
            // The last one dies inside its commit.
            try disk.order("hang")
            Thread.detachNewThread { try? journal.append(batch(count + 1)) }
            while !disk.isHanging() { usleep(1_000) }
            kill(getpid(), SIGKILL)
        }
        let journal = try SQLiteJournal(settings: disk.settings, patience: .long)
        #expect(journal.openingReport == OpeningReport())
        let batches = try journal.batches(after: 0, limit: 1_000)
        #expect(batches.prefix(count).map(\.sequence) == (1...count).map(Int64.init))
        #expect(batches.count <= count + 1)
        var query = IncidentQuery()
        query.limit = 1_000
        #expect(try journal.incidents(matching: query).count == count)
        // A batch that was not confirmed may be there; storing it again is harmless either way.
        try journal.append(batch(Int64(count) + 1))
        #expect(try journal.lastSequence() == Int64(count) + 1)
    }

    @Test(arguments: ["fail ENOSPC", "fail EIO", "fail EIO sync", "fail EROFS write"])
    func `after a failed commit nothing of it is there and the next one works`(
        _ order: String
    ) async throws {
        let disk = try FaultyDisk()
        setenv("ANJU_TEST_ORDER", order, 1)
        await #expect(processExitsWith: .success) {
            let disk = try FaultyDisk.inherited()
            let order = ProcessInfo.processInfo.environment["ANJU_TEST_ORDER"] ?? ""
            let journal = try SQLiteJournal(settings: disk.settings, patience: .long)
            try journal.append(batch(1))
            try disk.order(order)
            for _ in 0..<3 {
                let refusal = failure { try journal.append(batch(2, count: 100, incidents: [incident(1)])) }
                try #require(refusal != nil)
                try #require((refusal?.isFull == true) == (order == "fail ENOSPC"))
                try #require(try journal.batches(after: 0, limit: 10) == [batch(1)])
                try #require(try journal.incidents(matching: IncidentQuery()).isEmpty)
                try #require(failure { try journal.save(snapshot(1)) } != nil)
            }
            try disk.order("")
            try journal.append(batch(2, count: 100, incidents: [incident(1)]))
            try journal.save(snapshot(1))
            journal.close()
            let again = try SQLiteJournal(settings: disk.settings, patience: .long)
            try #require(again.openingReport == OpeningReport())
            try #require(try again.batches(after: 0, limit: 10) == [batch(1), batch(2, count: 100)])
            try #require(try again.newestSnapshot() == snapshot(1))
            exit(0)
        }
        withExtendedLifetime(disk) {}
    }

    @Test func `while a commit hangs others are refused, readings answer and letting go ends`() async throws {
        let disk = try FaultyDisk()
        await #expect(processExitsWith: .success) {
            let disk = try FaultyDisk.inherited()
            var patience = StorePatience.long
            patience.write = .milliseconds(100)
            patience.close = .milliseconds(100)
            var journal: SQLiteJournal? = try SQLiteJournal(settings: disk.settings, patience: patience)
            try journal?.append(batch(1, incidents: [incident(1)]))
            try disk.order("hang")
            let ended = DispatchSemaphore(value: 0)
            Thread.detachNewThread { [journal] in
                try? journal?.append(batch(2))
                ended.signal()
            }
            while !disk.isHanging() { usleep(1_000) }
            let open = try #require(journal)
            for _ in 0..<3 {
                try #require(failure { try open.append(batch(3)) } != nil)
                try #require(try open.incidents(matching: IncidentQuery()) == [incident(1)])
                try #require(try open.lastSequence() == 1)
            }
            try #require(failure { _ = try open.prune(now: .start) } != nil)
            journal = nil
            open.close()
            try #require(ended.wait(timeout: .now()) == .timedOut)
            try disk.order("")
            try #require(ended.wait(timeout: .now() + 600) == .success)
            exit(0)
        }
        let journal = try SQLiteJournal(settings: disk.settings, patience: .long)
        #expect(try journal.lastSequence() == 2)
    }

    @Test func `a disk that cannot be written is read-only from the start`() async throws {
        let disk = try FaultyDisk()
        try disk.makeReadOnly()
        await #expect(processExitsWith: .success) {
            let disk = try FaultyDisk.inherited()
            // Root may write everywhere.
            if geteuid() == 0 { try #require(seteuid(65_534) == 0) }
            let refusal = failure { _ = try SQLiteJournal(settings: disk.settings, patience: .long) }
            try #require(refusal?.isReadOnly == true)
            exit(0)
        }
        withExtendedLifetime(disk) {}
    }
}
