import Escalation
import Foundation
import GatewayPorts
import SafetyCore
import SafetyModel
import SiteConfiguration
import Testing

@testable import GatewayEngine

@Suite struct RecoveryTests {
    /// A day in short: alarms, answers, reports, a change of the site; the digest after each batch.
    private func life() throws -> (test: TestGate, digests: [UInt64]) {
        let test = try TestGate()
        var digests = [test.gate.digest]
        var time = 0.0
        func take(_ batch: InputBatch, after seconds: Double = 1) {
            time += seconds
            let count = test.journal.batches.count
            test.submit(batch, after: time)
            if test.journal.batches.count > count { digests.append(test.gate.digest) }
        }
        take(InputBatch(.restarted, .wallOffset(.seconds(3))))
        take(InputBatch(.link(isUp: true)))
        take(InputBatch(.caughtUp))
        take(.saying(TestSite.smoke(1), .smoke))
        take(InputBatch(try #require(test.notes.orders.first).report))
        take(.saying(TestSite.leak(2), .waterLeak))
        take(InputBatch(.tick), after: 61)
        take(InputBatch(.command(.by("centre", .acknowledge, on: 1))))
        try test.gate.adopt(
            TestSite.installation(homes: ["h0", "h1", "h2", "h3"], hash: 2), at: TestSite.start + .seconds(70)
        )
        digests.append(test.gate.digest)
        time = 71
        // The smoke detector of h1 has another index now.
        take(.saying(TestSite.smoke(2), .smoke, .flag(false)))
        take(InputBatch(.command(.by("centre", .close(.falseAlarm), on: 1))))
        take(.saying(TestSite.button(1), .call, .key(.emergency)))
        take(InputBatch(.tick), after: 4_000)
        return (test, digests)
    }

    @Test func `a crash after any batch leads to the state of that moment`() throws {
        let (test, digests) = try life()
        #expect(test.journal.batches.count == digests.count)
        for count in 1...digests.count {
            let again = try TestGate(test.journal.cut(after: count))
            #expect(again.gate.digest == digests[count - 1], "after batch \(count)")
        }
    }

    @Test func `a snapshot at any batch and the tail lead to the same state`() throws {
        let (test, digests) = try life()
        for count in 1..<digests.count {
            let cut = try TestGate(test.journal.cut(after: count))
            let snapshot = try #require(cut.gate.takeSnapshot(force: true)).encoded()
            let whole = test.journal.cut(after: .max, withSnapshots: false)
            whole.change(snapshots: { $0 = [snapshot] })
            let again = try TestGate(whole)
            #expect(again.gate.digest == digests.last, "snapshot after batch \(count)")
            #expect(again.gate.sequence == test.gate.sequence)
        }
    }

    @Test func `a snapshot that cannot be read costs a longer replay and a complaint`() throws {
        let (test, digests) = try life()
        let snapshot = try #require(test.gate.takeSnapshot(force: true)).encoded()
        for damage in [[], Array(snapshot.state.dropLast()), [9, 9] + snapshot.state.dropFirst(2)] {
            let journal = test.journal.cut(after: .max, withSnapshots: false)
            var damaged = snapshot
            damaged.state = damage
            journal.change(snapshots: { $0 = [damaged] })
            let recovered = try Recovery.recover(
                TestSite.installation(), journal: journal, breadcrumb: nil, at: TestSite.start)
            #expect(recovered.digest == digests.last)
            #expect(recovered.complaints.count == 1)
            #expect(recovered.replayed == Int(test.gate.sequence))
        }
    }

    @Test func `a snapshot whose site is missing costs a longer replay and a complaint`() throws {
        let (test, _) = try life()
        var snapshot = try #require(test.gate.takeSnapshot(force: true)).encoded()
        snapshot.siteHash = 99
        let journal = test.journal.cut(after: .max, withSnapshots: false)
        journal.change(snapshots: { $0 = [snapshot] })
        let again = try TestGate(journal)
        #expect(again.gate.digest == test.gate.digest)
        // The next look of the chores writes a good snapshot.
        #expect(again.gate.snapshotAge >= CoreGate.snapshotInterval)
    }

    @Test func `messages under a missing site are nobody's, and the site of the files takes over`() throws {
        let (test, _) = try life()
        let journal = test.journal.cut(after: .max, withSnapshots: false)
        journal.change(sites: { $0.removeAll { $0.hash == 2 } })
        let recovered = try Recovery.recover(
            TestSite.installation(), journal: journal, breadcrumb: nil, at: TestSite.start)
        #expect(recovered.complaints == ["site 2 is missing or cannot be read"])
        #expect(recovered.installation.fileHash == 1)
        let board = EngineBoard(journal: journal, version: "test")
        let notes = ReleaseNotes(journal: journal)
        let gate = try CoreGate.open(recovered, journal: journal, board: board, taker: notes)
        // The press under site 2 came from its home 1, which is not home 1 here: no SOS.
        #expect(!recovered.runner.machine.heldIncidents.contains { $0.kind == .sos })
        // The record knows it all the same, so it is called again, under a number that nobody has used.
        #expect(recovered.lost.map(\.kind) == ["waterLeak", "sos"])
        let reopening = gate.openLostAgain(at: recovered.lastInstant)
        // The home of one of them is in the missing site only.
        #expect(reopening.opened == 1 && reopening.left.count == 1)
        // From now on the journal says which site is in force.
        let next = try Recovery.recover(
            TestSite.installation(), journal: journal, breadcrumb: nil, at: TestSite.start)
        #expect(next.installation.fileHash == 1 && !next.isSiteNew)
    }

    @Test func `a batch that cannot be read is stepped around and named`() throws {
        let (test, _) = try life()
        for place in [0, 3, 8, 11] {
            for damage in [[], [7], [1, 255, 255, 255, 255], Array(repeating: UInt8(255), count: 40)] {
                let journal = test.journal.cut(after: .max, withSnapshots: false)
                journal.change(batches: { $0[place].inputs = damage })
                let recovered = try Recovery.recover(
                    TestSite.installation(), journal: journal, breadcrumb: nil, at: TestSite.start)
                #expect(
                    recovered.complaints.first?.hasPrefix(
                        "batch \(place == 0 ? 1 : recoveredSequence(test, place))") == true)
                #expect(recovered.sequence == test.gate.sequence)
                #expect(recovered.runner.machine.checkInvariants() == nil)
            }
        }
    }

    private func recoveredSequence(_ test: TestGate, _ place: Int) -> Int64 {
        test.journal.batches[place].sequence
    }

    @Test func `any flipped bit of any batch leads to a start, never to a trap`() throws {
        let (test, _) = try life()
        var random = SplitMix(state: 5)
        for _ in 0..<400 {
            let journal = test.journal.cut(after: .max, withSnapshots: false)
            journal.change(batches: { batches in
                let place = Int.random(in: batches.indices, using: &random)
                let byte = Int.random(in: batches[place].inputs.indices, using: &random)
                batches[place].inputs[byte] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            })
            let recovered = try Recovery.recover(
                TestSite.installation(), journal: journal, breadcrumb: nil, at: TestSite.start)
            #expect(recovered.sequence == test.gate.sequence)
        }
    }

    @Test func `many complaints are bounded`() throws {
        let test = try TestGate()
        for count in 1...40 { test.submit(.saying(TestSite.motion(1), .motion), after: Double(count)) }
        test.journal.change(batches: { batches in for place in batches.indices { batches[place].inputs = [] }
        })
        let recovered = try Recovery.recover(
            TestSite.installation(), journal: test.journal, breadcrumb: nil, at: TestSite.start)
        #expect(recovered.complaints.count == Recovery.complaintLimit)
        #expect(recovered.complaints.last == "26 more")
    }

    @Test func `a journal that cannot be read is an error that says why`() throws {
        let journal = BrokenJournal()
        #expect(throws: RecoveryError.self) {
            _ = try Recovery.recover(
                TestSite.installation(), journal: journal, breadcrumb: nil, at: TestSite.start)
        }
        #expect(throws: RecoveryError.self) { _ = try Recovery.storedInstallation(journal) }
    }

    @Test func `a crash of the first start, before or after its first batch, is as if nothing was`() throws {
        let test = try TestGate()
        let before = try TestGate(test.journal.cut(after: 0), at: TestSite.start + .seconds(5))
        #expect(before.gate.sequence == 1)
        let after = try TestGate(test.journal.cut(after: 1), at: TestSite.start + .seconds(5))
        #expect(after.gate.sequence == 1)
        #expect(after.gate.digest == test.gate.digest)
        #expect(after.gate.lastInstant == TestSite.start)
    }

    @Test func `a first start whose site cannot be stored says so`() throws {
        let journal = FakeJournal()
        journal.onSite(.fails)
        #expect(throws: SiteRefusal.journal(.full("the disk is full"))) { _ = try TestGate(journal) }
        #expect(journal.batches.isEmpty)
    }

    @Test func `a stored site of another version leads back to the files, with the same state`() throws {
        let (test, digests) = try life()
        let journal = test.journal.cut(after: .max, withSnapshots: false)
        journal.change(sites: { sites in
            for place in sites.indices { sites[place].bytes[0] = 200 }
        })
        #expect(throws: RecoveryError.self) { _ = try Recovery.storedInstallation(journal) }
        // The journal begins with site 1, and goes on with site 2: files of site 2 can read the tail only.
        let files = TestSite.installation(homes: ["h0", "h1", "h2", "h3"], hash: 2)
        let snapshot = try #require(test.gate.takeSnapshot(force: true)).encoded()
        journal.change(snapshots: { $0 = [snapshot] })
        let recovered = try Recovery.recover(files, journal: journal, breadcrumb: nil, at: TestSite.start)
        #expect(recovered.digest == digests.last && recovered.complaints.isEmpty)
        let board = EngineBoard(journal: journal, version: "test")
        _ = try CoreGate.open(
            recovered, journal: journal, board: board, taker: ReleaseNotes(journal: journal))
        // The next start needs no files again.
        #expect(try Recovery.storedInstallation(journal)?.fileHash == 2)
    }
}

/// A journal whose disk cannot be read at all.
final class BrokenJournal: Journal {
    private func fail() throws(JournalError) -> Never { throw .corrupt("no such page") }
    func append(_ batch: JournalBatch) throws(JournalError) { try fail() }
    func batches(after sequence: Int64, limit: Int) throws(JournalError) -> [JournalBatch] { try fail() }
    func lastSequence() throws(JournalError) -> Int64 { try fail() }
    func newestSnapshot() throws(JournalError) -> JournalSnapshot? { try fail() }
    func save(_ snapshot: JournalSnapshot) throws(JournalError) { try fail() }
    func storedSite(hash: UInt64?) throws(JournalError) -> StoredSite? { try fail() }
    func save(_ site: StoredSite) throws(JournalError) { try fail() }
    func quarantine(_ input: QuarantinedInput) throws(JournalError) { try fail() }
    func quarantined(limit: Int) throws(JournalError) -> [QuarantinedInput] { try fail() }
    func incidents(matching query: IncidentQuery) throws(JournalError) -> [IncidentRecord] { try fail() }
    func prune(now: Instant) throws(JournalError) -> Int { try fail() }
}
