import Escalation
import GatewayPorts
import SafetyCore
import SafetyModel
import Testing

@testable import GatewayEngine

@Suite struct OwedDocumentsTests {
    private func recorded(_ test: TestGate) -> [Int64] {
        test.journal.batches.flatMap(\.incidents).map(\.number)
    }

    @Test func `an alarm's own commit is one row, its record follows after the delay`() throws {
        let test = try TestGate()
        test.submit(.saying(TestSite.smoke(1), .smoke), after: 1)
        // People know at once; the record waits.
        #expect(test.notes.orders.count == 1)
        #expect(test.notes.releases.last?.homes.map(\.home) == ["h1"])
        #expect(recorded(test) == [])
        #expect(!test.gate.owesDocuments(at: test.gate.lastInstant))
        #expect(test.gate.owesDocuments(at: test.gate.lastInstant + OwedDocuments.delayLimit))
        let releases = test.notes.releases.count
        test.submit(InputBatch(.tick), after: 2)
        #expect(recorded(test) == [1])
        // What was published is not published again.
        #expect(test.notes.releases.count == releases)
        #expect(!test.gate.owesDocuments(at: .init(milliseconds: .max)))
        #expect(try test.replayedDigest() == test.gate.digest)
    }

    @Test func `records do not go with orders until they have waited long`() throws {
        let test = try TestGate()
        test.submit(.saying(TestSite.smoke(1), .smoke), after: 1)
        test.submit(.saying(TestSite.smoke(2), .smoke), after: 2.5)
        #expect(recorded(test) == [])
        let late = OwedDocuments.delayLimit + OwedDocuments.orderDelayLimit
        test.submit(.saying(TestSite.smoke(3), .smoke), after: 1 + Double(late.wholeMilliseconds) / 1_000)
        #expect(recorded(test) == [1, 2, 3])
    }

    @Test
    func `that a message was delivered is written and published with the next news, or after the delay`()
        throws
    {
        let test = try TestGate()
        test.submit(.saying(TestSite.smoke(1), .smoke), after: 1)
        test.submit(InputBatch(.tick), after: 2)
        let order = try #require(test.notes.orders.first)
        let releases = test.notes.releases.count
        test.submit(InputBatch(order.report), after: 3)
        #expect(recorded(test) == [1])
        #expect(test.notes.releases.count == releases)
        test.submit(InputBatch(.tick), after: 4)
        #expect(recorded(test) == [1, 1])
        let record = try #require(test.journal.batches.flatMap(\.incidents).last)
        let told = try #require(test.notes.releases.last?.homes.first)
        #expect(String(decoding: record.document, as: UTF8.self).contains("\"delivered\""))
        #expect(String(decoding: told.document, as: UTF8.self).contains("\"delivered\""))
        #expect(try test.replayedDigest() == test.gate.digest)
    }

    @Test func `a closing is recorded with its own commit`() throws {
        let test = try TestGate()
        test.submit(.saying(TestSite.leak(1), .waterLeak), after: 1)
        test.submit(InputBatch(.command(.by("tech", .close(.real), on: 1))), after: 1.5)
        let records = test.journal.batches.flatMap(\.incidents)
        #expect(records.map(\.phase) == ["closed"])
        #expect(test.journal.batches.last?.incidents.count == 1)
    }

    @Test func `who asks for incidents sees those whose records wait`() throws {
        let test = try TestGate()
        test.submit(.saying(TestSite.smoke(1), .smoke), after: 1)
        test.submit(.saying(TestSite.smoke(2), .smoke), after: 1)
        let all = try test.board.incidents(matching: IncidentQuery())
        #expect(all.map { String(decoding: $0, as: UTF8.self).prefix(8) } == ["{\"id\":2,", "{\"id\":1,"])
        var query = IncidentQuery()
        query.number = 1
        #expect(try test.board.incidents(matching: query).count == 1)
        query = IncidentQuery()
        query.home = "h2"
        #expect(try test.board.incidents(matching: query).count == 1)
        query = IncidentQuery()
        query.before = 2
        query.limit = 1
        #expect(try test.board.incidents(matching: query).count == 1)
        query = IncidentQuery()
        query.closedOnly = true
        #expect(try test.board.incidents(matching: query) == [])
    }

    @Test func `who asks for an incident whose closing is not stored yet finds it`() throws {
        let test = try TestGate()
        test.submit(.saying(TestSite.smoke(1), .smoke), after: 1)
        test.journal.onAppend(.fails)
        test.submit(InputBatch(.command(.by("centre", .close(.real), on: 1))), after: 1.5)
        var query = IncidentQuery()
        query.number = 1
        let found = try test.board.incidents(matching: query)
        #expect(found.count == 1)
        #expect(String(decoding: found.first ?? [], as: UTF8.self).contains("\"phase\":\"closed\""))
        #expect(EngineBoard.justClosedLimit > EngineBoard.closedLimit)
    }

    @Test func `a crash before the record is made good after the start`() throws {
        let test = try TestGate()
        test.submit(.saying(TestSite.smoke(1), .smoke), after: 1)
        let again = try TestGate(test.journal, at: TestSite.start + .seconds(10))
        #expect(recorded(again) == [])
        again.submit(InputBatch(.restarted), after: 10)
        #expect(recorded(again) == [1])
    }

    @Test func `at the end everything is written, a bounded number with each commit`() throws {
        let names = (1...OwedDocuments.recordLimit * 2 + 3).map { "h\($0)" }
        let test = try TestGate(installation: TestSite.installation(homes: names))
        for home in 1...names.count { test.submit(.saying(TestSite.smoke(home), .smoke), after: 1) }
        let before = test.journal.batches.count
        #expect(test.gate.settleOwed(at: test.gate.lastInstant, by: .desk) == .done)
        #expect(
            test.journal.batches[before...].map(\.incidents.count) == [
                OwedDocuments.recordLimit, OwedDocuments.recordLimit, 3,
            ])
        #expect(recorded(test) == (1...Int64(names.count)).map { $0 })
        #expect(test.gate.settleOwed(at: test.gate.lastInstant, by: .desk) == .done)
        #expect(test.journal.batches.count == before + 3)
    }
}
