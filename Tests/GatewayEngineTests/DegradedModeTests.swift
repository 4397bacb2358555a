import Escalation
import Foundation
import GatewayPorts
import SafetyCore
import SafetyModel
import Testing

@testable import GatewayEngine

@Suite struct DegradedModeTests {
    @Test func `a full disk holds no alarm back, and the order says that it is not recorded`() throws {
        let test = try TestGate()
        test.journal.onAppend(.fails)
        #expect(test.submit(.saying(TestSite.smoke(1), .smoke)) == .done)
        let order = try #require(test.notes.orders.first)
        #expect(!order.isRecorded)
        #expect(String(decoding: order.document, as: UTF8.self).contains("\"isRecorded\":false"))
        #expect(test.notes.releases.map(\.isRecorded) == [false])
        #expect(test.gate.isDegraded)
        #expect(!test.board.health().isStoreAvailable)
    }

    @Test func `the trouble of the store reaches people, and ends when the store is back`() throws {
        let test = try TestGate()
        test.journal.onAppend(.fails)
        test.submit(.saying(TestSite.motion(1), .motion))
        test.submitConditions(after: 1)
        let order = try #require(test.notes.orders.first)
        #expect(order.order.responder == "nina" && order.order.urgency == .urgent)
        #expect(String(decoding: order.incident, as: UTF8.self).contains("the disk is full"))
        #expect(test.board.health().troubles == ["gateway/storeUnavailable"])
        test.journal.onAppend(.none)
        #expect(test.gate.flushRing())
        test.submitConditions(after: 2)
        #expect(!test.gate.isDegraded)
        #expect(test.board.health().isStoreAvailable)
        #expect(test.board.health().troubles.isEmpty)
        #expect(test.gate.takeConditions().isEmpty)
        #expect(try test.replayedDigest() == test.gate.digest)
    }

    @Test func `what waited is written in order, nothing twice and nothing missing`() throws {
        let test = try TestGate()
        test.submit(.saying(TestSite.smoke(1), .smoke))
        test.journal.onAppend(.fails)
        for count in 1...(CoreGate.flushLimit * 3) {
            test.submit(
                .saying(TestSite.motion(1 + count % 3), .motion, .flag(count % 2 == 0)), after: Double(count))
        }
        test.submitConditions(after: 200)
        #expect(test.journal.batches.count == 2)
        #expect(!test.gate.flushRing())
        test.journal.onAppend(.none)
        #expect(test.gate.flushRing())
        test.submitConditions(after: 201)
        let batches = test.journal.batches
        var next: Int64 = 1
        for batch in batches {
            #expect(batch.sequence == next)
            next += Int64(batch.count)
        }
        #expect(next == test.gate.sequence + 1)
        #expect(test.journal.complaints.isEmpty)
        #expect(try test.replayedDigest() == test.gate.digest)
    }

    @Test func `a disk that is full again in the middle keeps the rest waiting`() throws {
        let test = try TestGate()
        test.journal.onAppend(.fails)
        for count in 1...10 { test.submit(.saying(TestSite.motion(1), .motion), after: Double(count)) }
        let faults = FaultScript([.none, .none, .none, .fails])
        test.journal.deciding { faults.next() }
        #expect(!test.gate.flushRing())
        #expect(test.journal.batches.count == 4)
        #expect(test.gate.isDegraded)
        #expect(test.gate.flushRing())
        #expect(test.journal.batches.count == 11)
        test.submitConditions(after: 20)
        #expect(try test.replayedDigest() == test.gate.digest)
    }

    @Test func `beyond the bound telemetry goes first, and the trouble is told once`() throws {
        let test = try TestGate()
        test.gate.ringBound = 8_192
        test.journal.onAppend(.fails)
        test.submit(.saying(TestSite.smoke(1), .smoke))
        for count in 1...200 {
            test.submit(
                .saying(TestSite.motion(2), .motion, .flag(count % 2 == 0)), after: Double(count) / 10)
        }
        test.submit(.saying(TestSite.button(3), .call, .key(.emergency)), after: 21)
        let conditions = test.gate.takeConditions()
        #expect(conditions.map(\.kind) == [.storeUnavailable, .recordsShed])
        test.journal.onAppend(.none)
        #expect(test.gate.flushRing())
        let written = test.journal.batches.dropFirst()
        #expect(written.count < 60)
        // The smoke and the press, not shed; their records follow.
        #expect(written.first?.sequence == 2)
        #expect(written.last?.sequence == test.gate.sequence)
        #expect(test.gate.settleOwed(at: test.gate.lastInstant, by: .desk) == .done)
        #expect(Set(test.journal.batches.flatMap(\.incidents).map(\.number)) == [1, 2])
        let ended = test.gate.takeConditions()
        #expect(ended.map(\.kind) == [.storeUnavailable, .recordsShed])
        #expect(ended.allSatisfy { !$0.isActive })
    }

    @Test func `after a loss the next base is a snapshot of now, and a crash then loses nothing`() throws {
        let test = try TestGate()
        test.gate.ringBound = 4_096
        test.journal.onAppend(.fails)
        for count in 1...200 {
            test.submit(.saying(TestSite.motion(1), .motion, .flag(count % 2 == 0)), after: Double(count))
        }
        test.submit(.saying(TestSite.smoke(1), .smoke), after: 201)
        test.journal.onAppend(.none)
        #expect(test.gate.flushRing())
        test.submitConditions(after: 202)
        #expect(test.gate.snapshotAge >= CoreGate.snapshotInterval)
        let snapshot = try #require(test.gate.takeSnapshot())
        try test.journal.save(snapshot.encoded())
        #expect(test.gate.snapshotAge == 0)
        test.gate.snapshotFailed()
        #expect(test.gate.snapshotAge >= CoreGate.snapshotInterval)
        #expect(try test.replayedDigest() == test.gate.digest)
    }

    @Test func `the ring counts the documents of incidents`() {
        var ring = WaitingRing()
        var record = JournalBatch(sequence: 1, count: 1, at: .start, inputs: Array(repeating: 0, count: 100))
        ring.append(record, isTelemetry: true)
        let without = ring.bytes
        record.incidents = [
            IncidentRecord(
                number: 1, home: "h1", kind: "fire", urgency: "lifeSafety", phase: "calling",
                openedAt: .start,
                closedAt: nil, document: Array(repeating: 0, count: 10_000))
        ]
        record.sequence = 2
        ring.append(record, isTelemetry: false)
        #expect(ring.bytes - without >= without + 10_000)
        ring.forget(upTo: 2)
        #expect(ring.bytes == 0 && ring.isEmpty && ring.count == 0)
    }

    @Test func `the ring drops telemetry first, then the oldest, and keeps its order`() {
        var ring = WaitingRing()
        for sequence in 1...6 {
            ring.append(
                JournalBatch(sequence: Int64(sequence), count: 1, at: .start, inputs: [0]),
                isTelemetry: sequence % 2 == 0)
        }
        #expect((1...3).compactMap { _ in ring.shed()?.sequence } == [2, 4, 6])
        #expect(ring.first(10).map(\.sequence) == [1, 3, 5])
        ring.append(JournalBatch(sequence: 7, count: 1, at: .start, inputs: [0]), isTelemetry: true)
        #expect(ring.shed()?.sequence == 7)
        #expect(ring.shed()?.sequence == 1)
        ring.forget(upTo: 3)
        #expect(ring.first(10).map(\.sequence) == [5])
        #expect(ring.shed()?.sequence == 5)
        #expect(ring.shed() == nil)
        #expect(ring.bytes == 0 && ring.isEmpty)
    }

    @Test func `a long absence of the disk costs the same for each record`() {
        var ring = WaitingRing()
        let bound = 100_000 * (WaitingRing.recordCost + 1)
        var shed = 0
        for sequence in 1...400_000 {
            ring.append(
                JournalBatch(sequence: Int64(sequence), count: 1, at: .start, inputs: [0]), isTelemetry: true)
            while ring.bytes > bound, ring.shed() != nil { shed += 1 }
        }
        #expect(shed == 300_000 && ring.count == 100_000)
        var last: Int64 = 300_000
        while let record = ring.first(CoreGate.flushLimit).last {
            #expect(record.sequence > last)
            last = record.sequence
            ring.forget(upTo: last)
        }
        #expect(last == 400_000 && ring.isEmpty)
    }

    @Test func `the ring of the product is bounded at 64 megabytes`() throws {
        #expect(CoreGate.ringLimit == 64 << 20)
        #expect(try TestGate().gate.ringBound == CoreGate.ringLimit)
    }

    @Test func `no snapshot is taken while records wait`() throws {
        let test = try TestGate()
        test.journal.onAppend(.fails)
        test.submit(.saying(TestSite.smoke(1), .smoke))
        #expect(test.gate.takeSnapshot(force: true) == nil)
    }

    @Test func `commands are answered while the disk is away`() throws {
        let test = try TestGate()
        test.submit(.saying(TestSite.smoke(1), .smoke))
        test.journal.onAppend(.fails)
        test.submit(InputBatch(.command(.by("nina", .acknowledge, on: 1))), after: 1)
        #expect(test.notes.answers.map(\.answer) == [.accepted(phase: .acknowledged)])
    }
}
