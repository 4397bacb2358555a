import Escalation
import Foundation
import GatewayPorts
import Persistence
import SafetyCore
import SafetyModel
import SiteConfiguration
import Testing

@testable import GatewayEngine

/// A store whose snapshots another version of the program wrote.
@Suite struct UpgradeTests {
    /// A real store in a folder of its own.
    private final class Store {
        let folder: String
        var settings = StoreSettings()

        init() throws {
            folder = NSTemporaryDirectory() + "anju-upgrade-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            settings.path = folder + "/anju.db"
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        func open() throws -> SQLiteJournal { try SQLiteJournal(settings: settings) }
    }

    /// A running gateway over a store.
    private struct Life {
        let journal: SQLiteJournal
        let recovered: Recovered
        let gate: CoreGate
        let notes: ReleaseNotes
        let board: EngineBoard

        init(_ store: Store, files: Installation = TestSite.installation()) throws {
            journal = try store.open()
            let stored = try Recovery.storedInstallation(journal) ?? files
            recovered = try Recovery.recover(stored, journal: journal, breadcrumb: nil, at: TestSite.start)
            notes = ReleaseNotes(journal: journal)
            board = EngineBoard(journal: journal, version: "test")
            gate = try CoreGate.open(recovered, journal: journal, board: board, taker: notes)
        }

        func submit(_ batch: InputBatch, days: Int64 = 0, seconds: Int64 = 0) {
            var batch = batch
            _ = gate.submit(&batch, at: Life.time(days: days, seconds: seconds), by: .desk)
        }

        static func time(days: Int64 = 0, seconds: Int64 = 0) -> Instant {
            TestSite.start + .seconds(days * 86_400 + seconds)
        }

        func saveSnapshot() throws {
            try journal.save(try #require(gate.takeSnapshot(force: true)).encoded())
        }

        func records(openOnly: Bool = true) throws -> [IncidentRecord] {
            var query = IncidentQuery()
            query.openOnly = openOnly
            return try journal.incidents(matching: query).reversed()
        }

        func restart(days: Int64, seconds: Int64 = 0) -> CoreGate.Reopening {
            submit(InputBatch(.restarted, .wallOffset(.zero)), days: days, seconds: seconds)
            gate.sayAgain()
            let reopening = gate.openLostAgain(at: Life.time(days: days, seconds: seconds))
            var conditions = InputBatch()
            conditions.inputs = gate.takeConditions().map { .gateway($0) }
            if !conditions.isEmpty { submit(conditions, days: days, seconds: seconds) }
            return reopening
        }

        func end(days: Int64, seconds: Int64 = 0) {
            _ = gate.settleOwed(at: Life.time(days: days, seconds: seconds), by: .desk)
            journal.close()
        }
    }

    private func makeForeign(_ journal: SQLiteJournal) throws {
        for var snapshot in try journal.readableSnapshots() {
            snapshot.state[0] &+= 1
            try journal.save(snapshot)
        }
    }

    /// Forty days: a fire and a call for help stay open, two leaks are over; the first inputs are dropped.
    ///
    /// - Returns: what is open on record at the end.
    private func fortyDays(_ store: Store) throws -> [IncidentRecord] {
        let life = try Life(store)
        life.submit(.saying(TestSite.smoke(1), .smoke))
        life.submit(.saying(TestSite.leak(2), .waterLeak), seconds: 10)
        life.submit(.saying(TestSite.leak(2), .waterLeak, .flag(false)), seconds: 12)
        life.submit(InputBatch(.command(.by("tech", .close(.real), on: 2))), seconds: 20)
        try life.saveSnapshot()
        life.submit(.saying(TestSite.motion(3), .motion), days: 1)
        try life.saveSnapshot()
        life.submit(.saying(TestSite.leak(3), .waterLeak), days: 39)
        let leak = try #require(life.gate.runner.machine.openIncidents.last)
        life.submit(.saying(TestSite.leak(3), .waterLeak, .flag(false)), days: 39, seconds: 2)
        life.submit(
            InputBatch(.command(.by("tech", .close(.falseAlarm), on: leak.id.number))), days: 39, seconds: 5)
        life.submit(.saying(TestSite.button(3), .call, .key(.emergency)), days: 40)
        _ = life.gate.settleOwed(at: Life.time(days: 40, seconds: 1), by: .desk)
        while try life.journal.prune(now: Life.time(days: 40)) > 0 {}
        try makeForeign(life.journal)
        let open = try life.records()
        life.journal.close()
        return open
    }

    @Test func `what was open goes to people again, and what the journal still holds is taken in`() throws {
        let store = try Store()
        let before = try fortyDays(store)
        let homes = before.filter { ["fire", "sos"].contains($0.kind) }
        let calls = before.filter { $0.home != "gateway" }.count
        #expect(homes.map(\.home) == ["h1", "h3"] && homes.first?.number == 1)
        let newest = try #require(before.last?.number)
        let life = try Life(store)
        let recovered = life.recovered
        #expect(recovered.isPartial)
        #expect(recovered.lost.map(\.number) == before.map(\.number))
        #expect(recovered.complaints.contains { $0.hasSuffix("is of another version of the program") })
        #expect(recovered.complaints.contains { $0.contains("are missing") })
        #expect(recovered.runner.machine.heldIncidents.isEmpty)
        #expect(recovered.runner.machine.checkInvariants() == nil)

        let reopening = life.restart(days: 40, seconds: 60)
        #expect(reopening.opened == calls && reopening.left.isEmpty && reopening.isPartial)
        let places = life.gate.runner.machine.compiled.site.community.homes
        let open = life.gate.runner.machine.openIncidents
        let names = open.map { "\($0.kind.name) \(places[$0.home.int].id)" }
        #expect(Set(names).isSuperset(of: ["gatewayTrouble gateway"]))
        #expect(
            homes.allSatisfy { old in
                open.contains {
                    places[$0.home.int].id == old.home && $0.alarms.contains { $0.kind.name == old.kind }
                }
            })
        #expect(open.allSatisfy { $0.id.number > newest })
        let told = life.notes.orders.filter {
            [.alarm, .alarmAgain].contains($0.order.purpose) && $0.order.urgency == .lifeSafety
        }
        #expect(Set(told.map(\.order.id.incident)).count == 2)
        #expect(told.allSatisfy { $0.isRecorded })
        #expect(life.board.openIncidents().count == open.count)
        life.end(days: 40, seconds: 62)
        try checkAfter(store, homes)
    }

    /// The record says of each incident how it goes on, and a start without a new snapshot does it again.
    private func checkAfter(_ store: Store, _ homes: [IncidentRecord]) throws {
        let after = try Life(store)
        let records = try after.records(openOnly: false)
        for old in homes {
            let record = try #require(records.first { $0.number == old.number })
            #expect(record.phase == "closed" && record.closedAt == Life.time(days: 40, seconds: 60))
            let text = String(decoding: record.document, as: UTF8.self)
            #expect(text.contains("\"phase\":\"closed\"") && text.contains("goes on as incident"))
            #expect((try? JSONReader(record.document)) != nil)
            #expect(record.home == old.home && record.openedAt == old.openedAt)
        }
        let open = try after.records()
        #expect(Set(open.map(\.kind)).isSuperset(of: ["fire", "sos", "gatewayTrouble"]))
        #expect(after.recovered.lost.map(\.number) == open.map(\.number))
        #expect(after.restart(days: 40, seconds: 90).opened == open.filter { $0.home != "gateway" }.count)
        try after.saveSnapshot()
        after.end(days: 40, seconds: 92)
        let calm = try Life(store)
        #expect(calm.recovered.lost.isEmpty && !calm.recovered.isPartial)
        #expect(calm.recovered.complaints.isEmpty)
        #expect(calm.restart(days: 41).isNothing)
        calm.end(days: 41)
    }

    @Test func `pruning keeps every input of the retention, whatever the snapshots hold`() throws {
        let store = try Store()
        let life = try Life(store)
        for day: Int64 in 0...40 {
            life.submit(.saying(TestSite.motion(1), .motion, .flag(day % 2 == 0)), days: day)
            if day == 39 || day == 40 { try life.saveSnapshot() }
        }
        while try life.journal.prune(now: Life.time(days: 40)) > 0 {}
        let kept = try life.journal.batches(after: 0, limit: 100)
        #expect(kept.first?.at == Life.time(days: 10))
        #expect(kept.count == 31)
        life.end(days: 40)
    }

    @Test func `a whole journal needs no snapshot, and the spare is used before it`() throws {
        let store = try Store()
        let life = try Life(store)
        life.submit(.saying(TestSite.smoke(1), .smoke))
        try life.saveSnapshot()
        life.submit(.saying(TestSite.smoke(2), .smoke), seconds: 5)
        try life.saveSnapshot()
        _ = life.gate.settleOwed(at: Life.time(seconds: 6), by: .desk)
        let digest = life.gate.digest
        var newest = try #require(try life.journal.newestSnapshot())
        newest.state[0] &+= 1
        try life.journal.save(newest)
        life.journal.close()

        let spare = try Life(store)
        #expect(spare.recovered.digest == digest && spare.recovered.complaints.count == 1)
        #expect(spare.recovered.replayed < Int(spare.recovered.sequence))
        #expect(spare.recovered.lost.isEmpty && !spare.recovered.isPartial)
        try makeForeign(spare.journal)
        spare.journal.close()
        let whole = try Life(store)
        #expect(whole.recovered.digest == digest && whole.recovered.lost.isEmpty)
        #expect(whole.recovered.replayed == Int(whole.recovered.sequence))
        #expect(whole.restart(days: 0, seconds: 10).isNothing)
        whole.journal.close()
    }
}

/// What the record says against what a machine worked out.
@Suite struct LostIncidentTests {
    private func record(_ number: Int64, at time: Instant = TestSite.start) -> IncidentRecord {
        IncidentRecord(
            number: number, home: "h1", kind: "fire", urgency: "lifeSafety", phase: "calling", openedAt: time,
            closedAt: nil, document: [])
    }

    @Test func `open records that nobody knows are found, however many, and no state is thrown away`() throws
    {
        let test = try TestGate()
        test.submit(.saying(TestSite.smoke(1), .smoke), after: 1)
        let count = LostIncidents.readLimit + 5
        let known = test.gate.runner.machine.openIncidents
        test.journal.change(batches: { batches in
            batches[0].incidents = (10..<Int64(10 + count)).map { record($0) }
        })
        let again = try Recovery.recover(
            TestSite.installation(), journal: test.journal, breadcrumb: nil, at: TestSite.start)
        #expect(again.lost.count == count && again.lost.map(\.number) == again.lost.map(\.number).sorted())
        #expect(again.runner.machine.openIncidents == known && !again.isPartial)
    }

    @Test func `an open incident whose home is gone stays on record, and a trouble names it`() throws {
        let test = try TestGate()
        test.journal.change(batches: { batches in
            var gone = record(7)
            gone.home = "h9"
            var trouble = record(8)
            trouble.home = "gateway"
            trouble.kind = "gatewayTrouble"
            batches[0].incidents = [record(6), gone, trouble]
        })
        let again = try TestGate(test.journal)
        let reopening = again.gate.openLostAgain(at: TestSite.start + .seconds(9))
        #expect(reopening == CoreGate.Reopening(opened: 1, left: [7]))
        let details = again.gate.takeConditions().filter { $0.kind == .stateRebuilt }.map(\.detail)
        #expect(details == ["1 could not be opened again, look at the record: 7"])
        var query = IncidentQuery()
        query.openOnly = true
        _ = again.gate.settleOwed(at: TestSite.start + .seconds(11), by: .desk)
        let open = try again.journal.incidents(matching: query).map(\.number)
        #expect(open.contains(7) && !open.contains(6) && !open.contains(8))
        #expect(again.gate.openLostAgain(at: TestSite.start + .seconds(12)).isNothing)
    }

    @Test func `what is due when files come that leave its home out keeps them out, and ends nothing`() throws
    {
        let test = try TestGate()
        test.submit(.saying(TestSite.smoke(3), .smoke), after: 1)
        test.submit(InputBatch(.command(.by("nina", .close(.real), on: 1))), after: 2)
        var report = InputBatch()
        report.inputs = test.notes.orders.map(\.report)
        test.submit(report, after: 3)
        // Five minutes after the closing the smoke raises again; nobody looked yet.
        let files = TestSite.installation(homes: ["h1", "h2"], hash: 5)
        #expect(throws: SiteRefusal.dropsOpenIncidents(homes: ["h3"])) {
            try test.gate.adopt(files, at: TestSite.start + .seconds(400))
        }
        #expect(test.gate.siteHash == 1)
    }

    @Test func `a replay that numbers incidents otherwise gives way to the record`() throws {
        let test = try TestGate()
        test.submit(.saying(TestSite.smoke(1), .smoke), after: 1)
        test.submit(.saying(TestSite.smoke(2), .smoke), after: 2)
        _ = test.gate.settleOwed(at: TestSite.start + .seconds(3), by: .desk)
        let second = try #require(
            test.journal.batches.firstIndex { $0.at == TestSite.start + .seconds(1) })
        // The batch that opened incident 1 cannot be read: what was 2 is 1 now.
        test.journal.change(batches: { $0[second].inputs = [7] })
        let again = try Recovery.recover(
            TestSite.installation(), journal: test.journal, breadcrumb: nil, at: TestSite.start)
        #expect(again.lost.map(\.number) == [1, 2])
        #expect(again.runner.machine.openIncidents.isEmpty)
        let gate = try CoreGate.open(
            again, journal: test.journal, board: EngineBoard(journal: test.journal, version: "test"),
            taker: ReleaseNotes(journal: test.journal))
        #expect(gate.openLostAgain(at: TestSite.start + .seconds(9)).opened == 2)
        #expect(gate.runner.machine.openIncidents.map(\.id.number) == [3, 4, 5])
    }

    @Test func `a journal in another form opens what is on record under numbers that were never used`() throws
    {
        let test = try TestGate()
        test.submit(.saying(TestSite.smoke(1), .smoke), after: 1)
        test.submit(.saying(TestSite.smoke(2), .smoke), after: 2)
        _ = test.gate.settleOwed(at: TestSite.start + .seconds(3), by: .desk)
        test.journal.change(batches: { batches in
            for place in batches.indices.dropFirst() { batches[place].inputs = [200] }
        })
        let again = try TestGate(test.journal)
        let reopening = again.gate.openLostAgain(at: TestSite.start + .seconds(9))
        #expect(reopening.opened == 2 && !reopening.isPartial)
        #expect(again.gate.runner.machine.openIncidents.map(\.id.number) == [3, 4, 5])
        var query = IncidentQuery()
        query.openOnly = true
        _ = again.gate.settleOwed(at: TestSite.start + .seconds(11), by: .desk)
        #expect(try again.journal.incidents(matching: query).map(\.number) == [5, 4, 3])
    }

    @Test func `the record may be behind by recordDelayLimit: what came last is opened all the same`() throws
    {
        #expect(LostIncidents.recordDelayLimit > OwedDocuments.delayLimit)
        let test = try TestGate()
        test.submit(.saying(TestSite.motion(1), .motion), after: 1)
        test.submit(.saying(TestSite.button(2), .call, .key(.emergency)), after: 2)
        let journal = test.journal
        #expect(try journal.incidents(matching: IncidentQuery()).isEmpty)
        journal.change(batches: { $0.removeFirst(2) })
        let again = try Recovery.recover(
            TestSite.installation(), journal: journal, breadcrumb: nil, at: TestSite.start)
        #expect(again.isPartial)
        #expect(again.lost.map(\.number) == [0] && again.lost.map(\.kind) == ["sos"])
    }

    @Test func `inputs of a site that is not known are nobody's, and the site after it begins anew`() throws {
        let test = try TestGate()
        test.submit(.saying(TestSite.motion(1), .motion), after: 1)
        test.submit(.saying(TestSite.smoke(1), .smoke), after: 2)
        try test.gate.adopt(
            TestSite.installation(homes: ["h0", "h1", "h2", "h3"], hash: 2), at: TestSite.start + .seconds(3))
        test.submit(.saying(TestSite.leak(1), .waterLeak), after: 4)
        var snapshot = try #require(test.gate.takeSnapshot(force: true)).encoded()
        snapshot.state[0] &+= 1
        let journal = test.journal
        journal.change(batches: { $0.removeFirst(2) }, snapshots: { $0 = [snapshot] })
        let stored = try #require(try Recovery.storedInstallation(journal))
        let again = try Recovery.recover(stored, journal: journal, breadcrumb: nil, at: TestSite.start)
        #expect(again.complaints.contains { $0.hasPrefix("the site of the inputs before") })
        #expect(again.runner.machine.compiled.hash == 2)
        let gate = try CoreGate.open(
            again, journal: journal, board: EngineBoard(journal: journal, version: "test"),
            taker: ReleaseNotes(journal: journal))
        var batch = InputBatch(.restarted, .wallOffset(.zero))
        _ = gate.submit(&batch, at: TestSite.start + .seconds(5), by: .desk)
        // What stands raises at once; the smoke was said by a device that nobody can name any more.
        #expect(gate.runner.machine.openIncidents.map(\.kind) == [.waterLeak])
    }
}
