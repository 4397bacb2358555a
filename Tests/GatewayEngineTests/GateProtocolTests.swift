import Escalation
import Foundation
import GatewayPorts
import SafetyCore
import SafetyModel
import Testing

@testable import GatewayEngine

@Suite struct GateProtocolTests {
    @Test func `nothing is released before the commit has returned`() throws {
        let test = try TestGate()
        test.journal.onAppend(.hangs(thenFails: false))
        let before = test.notes.releases.count
        let task = test.submitApart(.saying(TestSite.smoke(1), .smoke))
        #expect(test.journal.waitForHang())
        #expect(test.notes.releases.count == before)
        #expect(test.gate.committingTurn != nil)
        test.journal.go()
        #expect(task.wait() == .done)
        #expect(test.notes.orders.map(\.order.responder) == ["nina"])
        #expect(test.notes.orders.map(\.isRecorded) == [true])
        #expect(test.gate.committingTurn == nil)
    }

    @Test func `a release comes when its own inputs are on disk, in commit order`() throws {
        let test = try TestGate()
        for home in 1...3 { test.submit(.saying(TestSite.smoke(home), .smoke), after: Double(home)) }
        #expect(test.notes.orders.map(\.order.id.incident.number) == [1, 2, 3])
        // The site is input 1.
        #expect(test.notes.recordedUpTo == [2, 3, 4])
        #expect(test.gate.sequence == 4)
    }

    @Test func `life safety leaves first, whatever came first`() throws {
        let test = try TestGate()
        var batch = InputBatch.saying(TestSite.leak(1), .waterLeak)
        batch.say(TestSite.leak(2), .waterLeak)
        batch.say(TestSite.smoke(3), .smoke)
        test.submit(batch)
        let release = try #require(test.notes.releases.first)
        #expect(release.orders.map(\.order.urgency) == [.lifeSafety, .routine, .routine])
        #expect(release.orders.map(\.order.id.incident.number) == [3, 1, 2])
        #expect(release.homes.map(\.home) == ["h1", "h2", "h3"])
    }

    @Test func `several incidents of one home make one statement of the home`() throws {
        let test = try TestGate()
        var batch = InputBatch.saying(TestSite.leak(1), .waterLeak)
        batch.say(TestSite.smoke(1), .smoke)
        test.submit(batch)
        let release = try #require(test.notes.releases.first)
        #expect(release.orders.count == 2)
        #expect(release.homes.map(\.home) == ["h1"])
    }

    @Test func `a tick without effect is not recorded, one that fires is`() throws {
        let test = try TestGate()
        let first = test.journal.batches.count
        test.submit(InputBatch(.tick), after: 1)
        #expect(test.journal.batches.count == first)
        #expect(test.gate.sequence == 1)
        test.submit(.saying(TestSite.smoke(1), .smoke), after: 2)
        test.submit(InputBatch(.tick), after: 2.5)
        #expect(test.journal.batches.count == first + 1)
        // The first step was not answered for 60 s.
        test.submit(InputBatch(.tick), after: 63)
        #expect(test.journal.batches.count == first + 2)
        #expect(test.notes.orders.contains { $0.order.responder == "centre" })
        #expect(try test.replayedDigest() == test.gate.digest)
    }

    @Test func `a message without effect is recorded, because its readings may matter later`() throws {
        let test = try TestGate()
        let first = test.journal.batches.count
        test.submit(.saying(TestSite.motion(1), .motion, .flag(false)), after: 1)
        #expect(test.journal.batches.count == first + 1)
        #expect(try test.replayedDigest() == test.gate.digest)
    }

    @Test func `an answer reaches the asker exactly once, after the commit`() throws {
        let test = try TestGate()
        test.submit(.saying(TestSite.smoke(1), .smoke))
        test.submit(InputBatch(.command(.by("nina", .acknowledge, on: 1, reference: "a"))), after: 1)
        test.submit(
            InputBatch(
                .command(.by("centre", .acknowledge, on: 1, reference: "b")),
                .command(.by("nina", .acknowledge, on: 7, reference: "c"))), after: 2)
        test.submit(InputBatch(.tick), after: 3)
        let answers = test.notes.answers
        #expect(answers.map(\.command.reference) == ["a", "b", "c"])
        #expect(
            answers.map(\.answer) == [
                .accepted(phase: .acknowledged), .refused(.takenByAnother), .refused(.unknownIncident),
            ])
        #expect(!test.notes.releases.contains { !$0.isRecorded })
    }

    @Test func `time that goes back counts as the last moment`() throws {
        let test = try TestGate()
        test.submit(.saying(TestSite.smoke(1), .smoke), after: 10)
        test.submit(.saying(TestSite.smoke(2), .smoke), after: 5)
        #expect(
            test.journal.batches.suffix(2).map(\.at)
                == Array(repeating: TestSite.start + .seconds(10), count: 2))
        #expect(try test.replayedDigest() == test.gate.digest)
    }

    @Test func `a batch is empty after it was taken in, and its storage serves again`() throws {
        let test = try TestGate()
        var batch = InputBatch()
        batch.say(TestSite.smoke(1), .smoke, key: 7)
        _ = test.gate.submit(&batch, at: TestSite.start, by: .link)
        #expect(
            batch.isEmpty && batch.observations.isEmpty && batch.payloads.isEmpty
                && batch.deliveryKeys.isEmpty)
    }

    @Test func `a record is as large as its inputs, however large the batch before was`() throws {
        let test = try TestGate()
        var large = InputBatch()
        for _ in 0..<2_000 { large.say(TestSite.motion(1), .motion) }
        test.submit(large)
        test.submit(.saying(TestSite.motion(1), .motion), after: 1)
        let record = try #require(test.journal.batches.last)
        #expect(record.inputs.capacity < 256)
    }

    @Test func `whoever asked first gets the turn first`() throws {
        let test = try TestGate()
        test.journal.onAppend(.hangs(thenFails: false))
        let first = test.submitApart(.saying(TestSite.smoke(1), .smoke))
        #expect(test.journal.waitForHang())
        var waiting: [TestGate.Task] = []
        for home in 2...3 {
            waiting.append(test.submitApart(.saying(TestSite.smoke(home), .smoke), after: 1))
            while test.gate.waitingTurns < home - 1 { Thread.sleep(forTimeInterval: 0.001) }
        }
        test.journal.go()
        #expect(([first] + waiting).allSatisfy { $0.wait() == .done })
        let homes = test.notes.releases.flatMap(\.homes).map(\.home)
        #expect(homes == ["h1", "h2", "h3"])
    }

    @Test func `the documents that leave are JSON and name home, place and evidence`() throws {
        let test = try TestGate()
        test.submit(.saying(TestSite.smoke(1), .smoke))
        let order = try #require(test.notes.orders.first)
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(order.document)) as? [String: Any])
        #expect(document["order"] as? String == "1-1")
        #expect(document["isRecorded"] as? Bool == true)
        let incident = try #require(
            try JSONSerialization.jsonObject(with: Data(order.incident)) as? [String: Any])
        let alarms = try #require(incident["alarms"] as? [[String: Any]])
        let evidence = try #require(alarms.first?["evidence"] as? [[String: Any]])
        #expect(evidence.first?["place"] as? String == "kitchen")
        #expect(evidence.first?["payload"] as? String == "{\"smoke\":true}")
    }
}
