import Escalation
import Foundation
import GatewayPorts
import Persistence
import SafetyCore
import SafetyModel
import Testing

@testable import GatewayEngine

@Suite struct RestartTests {
    private let restarted = InputBatch(.restarted, .wallOffset(.zero))

    @Test func `orders without a report are said again under the same ids, with their homes`() throws {
        let test = try TestGate()
        test.submit(.saying(TestSite.smoke(1), .smoke))
        test.submit(.saying(TestSite.smoke(2), .smoke), after: 1)
        test.submit(InputBatch(test.notes.orders[0].report), after: 2)
        let again = try TestGate(test.journal.cut(after: .max))
        again.submit(restarted, after: 3)
        again.gate.sayAgain()
        let release = try #require(again.notes.releases.last)
        #expect(release.orders.map(\.order.id.text) == ["2-1"])
        #expect(release.orders.map(\.order.attempt) == [1])
        #expect(release.isRecorded)
        #expect(release.homes.map(\.home) == ["h1", "h2"])
        #expect(again.board.openIncidents().count == 2)
        #expect(release.orders.first?.document == test.notes.orders[1].document)
    }

    @Test func `deadlines that passed meanwhile fire at once and say how late`() throws {
        let test = try TestGate()
        test.submit(.saying(TestSite.smoke(1), .smoke))
        let again = try TestGate(test.journal.cut(after: .max))
        again.submit(restarted, after: 600)
        // The step of 60 s is 540 s late: the next step goes out with this batch.
        let people = Set(again.notes.orders.map(\.order.responder))
        #expect(people == ["nina", "centre"])
        let document = String(decoding: try #require(again.notes.orders.last).incident, as: UTF8.self)
        #expect(document.contains("late by 540 s"))
        #expect(try #require(again.gate.nextDeadline) > TestSite.start + .seconds(600))
        #expect(try again.replayedDigest() == again.gate.digest)
    }

    @Test func `silence counts only after the broker's messages are read, without the blind time`() throws {
        let test = try TestGate()
        test.submit(InputBatch(.link(isUp: true), .caughtUp))
        test.submit(.saying(TestSite.motion(1), .motion), after: 60)
        let again = try TestGate(test.journal.cut(after: .max))
        // Blind for five hours; the sensor may be silent for one.
        let hours = 5 * 3_600.0
        again.submit(restarted, after: hours)
        again.submit(InputBatch(.link(isUp: true)), after: hours + 1)
        again.submit(InputBatch(.tick), after: hours + 30)
        #expect(!again.notes.orders.contains { $0.order.responder == "tech" })
        again.submit(InputBatch(.caughtUp), after: hours + 31)
        again.submit(InputBatch(.tick), after: hours + 3_000)
        #expect(!again.notes.orders.contains { $0.order.responder == "tech" })
        // One hour of hearing without a word.
        again.submit(InputBatch(.tick), after: hours + 3_640)
        #expect(again.notes.orders.contains { $0.order.responder == "tech" })
        #expect(try again.replayedDigest() == again.gate.digest)
    }

    @Test func `the newest delivery keys come back, however large the batches and however rare the keys`()
        throws
    {
        let test = try TestGate()
        var key: UInt64 = 0
        var large = InputBatch()
        for _ in 0..<2_500 {
            key += 1
            large.say(TestSite.motion(1), .motion, key: key)
        }
        test.submit(large)
        // Then inputs without keys, more than the window.
        for turn in 0..<3 {
            var reports = InputBatch()
            reports.inputs = Array(
                repeating: .report(
                    DeliveryReport(
                        order: OrderID(incident: IncidentID(99), number: 1), attempt: 1, result: .delivered)),
                count: 9_000)
            test.submit(reports, after: Double(turn + 1))
        }
        test.submit(.saying(TestSite.motion(1), .motion, key: 9_999), after: 5)
        let recovered = try Recovery.recover(
            TestSite.installation(), journal: test.journal, breadcrumb: nil, at: TestSite.start)
        #expect(recovered.deliveryKeys.suffix(2) == [2_500, 9_999])
        #expect(recovered.deliveryKeys.count >= 2_000 && recovered.deliveryKeys.count <= Recovery.keyLimit)
    }

    @Test func `at most so many keys are handed on, and they are looked for so far back`() throws {
        #expect(Recovery.keyLimit == 4_096)
        #expect(Recovery.deliveryWindowLimit > Recovery.deliveryWindow)
        let test = try TestGate()
        var large = InputBatch()
        for key in 1...6_000 { large.say(TestSite.motion(1), .motion, key: UInt64(key)) }
        test.submit(large)
        let recovered = try Recovery.recover(
            TestSite.installation(), journal: test.journal, breadcrumb: nil, at: TestSite.start)
        #expect(recovered.deliveryKeys == (6_001 - UInt64(Recovery.keyLimit)...6_000).map { $0 })
    }

    @Test func `a journal of more batches than one reading is replayed whole`() throws {
        let test = try TestGate()
        for count in 1...(Recovery.readLimit * 2 + 3) {
            test.submit(.saying(TestSite.motion(1), .motion, .flag(count % 2 == 0)), after: Double(count))
        }
        #expect(try test.replayedDigest() == test.gate.digest)
    }

    @Test func `a real store brings the same gateway back`() throws {
        let folder = NSTemporaryDirectory() + "anju-engine-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var settings = StoreSettings()
        settings.path = folder + "/anju.db"
        var digests: [UInt64] = []
        for start in 0..<3 {
            let journal = try SQLiteJournal(settings: settings)
            let stored = try Recovery.storedInstallation(journal) ?? TestSite.installation()
            let recovered = try Recovery.recover(
                stored, journal: journal, breadcrumb: nil, at: TestSite.start)
            if let last = digests.last { #expect(recovered.digest == last) }
            let notes = ReleaseNotes(journal: journal)
            let gate = try CoreGate.open(
                recovered, journal: journal, board: EngineBoard(journal: journal, version: "test"),
                taker: notes)
            var batch = InputBatch.saying(TestSite.smoke(start + 1), .smoke, key: UInt64(start + 1))
            _ = gate.submit(&batch, at: TestSite.start + .seconds(Int64(start + 1)), by: .link)
            #expect(notes.orders.count == 1)
            let settled = gate.settleOwed(at: TestSite.start + .seconds(Int64(start + 1)), by: .desk)
            #expect(settled == .done)
            if start == 1 { try journal.save(try #require(gate.takeSnapshot(force: true)).encoded()) }
            digests.append(gate.digest)
            #expect(recovered.deliveryKeys == (0..<start).map { UInt64($0 + 1) })
            #expect(recovered.replayed == (start == 1 ? 3 : 0))
            #expect(try journal.incidents(matching: IncidentQuery()).count == start + 1)
            journal.close()
        }
    }
}
