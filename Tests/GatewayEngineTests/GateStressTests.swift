import Escalation
import Foundation
import GatewayPorts
import SafetyCore
import SafetyModel
import Synchronization
import Testing

@testable import GatewayEngine

/// Numbers that are the same for the same seed in every process.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// Several threads do to one gate all that a runtime may do, over a disk that is slow, hangs and fails.
@Suite(.serialized) struct GateStressTests {
    private static let turns = 250

    /// What all threads share: a clock that only goes on, and who still runs.
    private final class Stage: Sendable {
        let test: TestGate
        let time = Mutex<Int64>(0)
        let isOver = Mutex(false)
        let running = DispatchGroup()
        let abandoned = Mutex(0)
        private let never = DispatchSemaphore(value: 0)

        init(_ test: TestGate) { self.test = test }

        func tick() -> Double {
            let now = time.withLock { time in
                time += 7
                return time
            }
            return Double(now) / 1_000
        }

        func start(_ seed: UInt64, _ body: @escaping @Sendable (Stage, inout SplitMix) -> Void) {
            running.enter()
            Thread { [self] in
                var random = SplitMix(state: seed)
                body(self, &random)
                running.leave()
            }.start()
        }

        /// Lets the others go first.
        func rest(microseconds: Int) { _ = never.wait(timeout: .now() + .microseconds(microseconds)) }

        func whileOn(_ body: () -> Void) { while !isOver.withLock({ $0 }) { body() } }
    }

    private static func submitRandom(
        _ stage: Stage, _ random: inout SplitMix, by submitter: CoreGate.Submitter
    ) {
        let home = Int.random(in: 1...3, using: &random)
        let isOn = Bool.random(using: &random)
        var batch: InputBatch
        switch Int.random(in: 0..<10, using: &random) {
        case 0: batch = .saying(TestSite.smoke(home), .smoke, .flag(isOn))
        case 1: batch = .saying(TestSite.button(home), .call, .key(.emergency))
        case 2: batch = InputBatch(.tick)
        case 3: batch = InputBatch(.link(isUp: isOn))
        case 4:
            let incident = Int64.random(in: 1...20, using: &random)
            batch = InputBatch(.command(.by("nina", isOn ? .acknowledge : .close(.test), on: incident)))
        case 5:
            batch = InputBatch()
            if let order = stage.test.notes.orders.last { batch.inputs = [order.report] }
        default: batch = .saying(TestSite.motion(home), .motion, .flag(isOn))
        }
        if batch.isEmpty { return }
        // A thread that is lost ends, and a fresh one goes on: here it is the same.
        if stage.test.submit(batch, after: stage.tick(), by: submitter) == .abandoned {
            stage.abandoned.withLock { $0 += 1 }
        }
    }

    @Test(arguments: [1, 2, 3, 4])
    func `whatever the disk does, a replay leads to the state that lived`(_ seed: UInt64) async throws {
        let journal = FakeJournal()
        let test = try TestGate(journal)
        let stage = Stage(test)
        let faults = Mutex(SplitMix(state: seed &* 77))
        journal.deciding {
            faults.withLock { random in
                switch Int.random(in: 0..<100, using: &random) {
                case 0..<4: .takes(4_000, thenFails: Bool.random(using: &random))
                case 4..<8: .fails
                case 8..<50: .takes(50, thenFails: false)
                default: .none
                }
            }
        }
        for worker in 0..<3 {
            stage.start(seed &* 1_000 &+ UInt64(worker)) { stage, random in
                for _ in 0..<Self.turns { Self.submitRandom(stage, &random, by: worker == 0 ? .link : .desk) }
            }
        }
        let watching = DispatchGroup()
        for body in Self.watchers(stage) {
            watching.enter()
            Thread {
                stage.whileOn(body)
                watching.leave()
            }.start()
        }
        #expect(await Self.ends(stage.running))
        stage.isOver.withLock { $0 = true }
        #expect(await Self.ends(watching))
        journal.deciding(nil)
        try finish(test, stage)
    }

    /// Whether all of a group end within a minute; no thread of Swift's pool waits for it.
    private static func ends(_ group: DispatchGroup) async -> Bool {
        await withCheckedContinuation { continuation in
            Thread { continuation.resume(returning: group.wait(timeout: .now() + 60) == .success) }.start()
        }
    }

    /// What a watch thread, a tidy thread, a flushing thread and a technician do meanwhile.
    private static func watchers(_ stage: Stage) -> [@Sendable () -> Void] {
        let gate = stage.test.gate
        let seen = Mutex<(turn: UInt64, looks: Int)>((0, 0))
        return [
            {
                // Gives up what it sees in the same commit again and again.
                if let turn = gate.committingTurn {
                    let looks = seen.withLock { seen in
                        seen = seen.turn == turn ? (turn, seen.looks + 1) : (turn, 1)
                        return seen.looks
                    }
                    if looks > 2 { _ = gate.abandon(turn: turn) }
                }
                stage.rest(microseconds: 300)
            },
            {
                _ = gate.flushRing()
                stage.rest(microseconds: 200)
            },
            {
                if let snapshot = gate.takeSnapshot(force: true) {
                    try? stage.test.journal.save(snapshot.encoded())
                }
                _ = (gate.nextDeadline, gate.sequence, gate.siteHash, gate.siteVersion, gate.snapshotAge)
                stage.rest(microseconds: 5_000)
            },
            {
                let hash = 2 - gate.siteHash % 2
                try? gate.adopt(
                    TestSite.installation(
                        homes: hash == 1 ? ["h1", "h2", "h3"] : ["h0", "h1", "h2", "h3"], hash: hash),
                    at: TestSite.start)
                if hash == 2 { gate.sayAgain() }
                stage.rest(microseconds: 8_000)
            },
            {
                stage.test.submitConditions(after: stage.tick())
                stage.rest(microseconds: 2_000)
            },
        ]
    }

    private func finish(_ test: TestGate, _ stage: Stage) throws {
        #expect(test.gate.waitingTurns == 0 && test.gate.committingTurn == nil)
        while !test.gate.flushRing() { stage.rest(microseconds: 1_000) }
        test.submitConditions(after: stage.tick() + 1)
        test.submit(.saying(TestSite.smoke(1), .smoke), after: stage.tick() + 1)
        #expect(test.journal.complaints.isEmpty)
        var next: Int64 = 1
        for batch in test.journal.batches {
            #expect(batch.sequence == next)
            next = batch.sequence + Int64(batch.count)
        }
        #expect(next == test.gate.sequence + 1)
        #expect(try test.replayedDigest() == test.gate.digest)
        let whole = test.journal.cut(after: .max, withSnapshots: false)
        #expect(try TestGate.replayedDigest(whole) == test.gate.digest)
        // Orders leave in commit order: the numbers of an incident's orders only grow, but for tries.
        var newest: [Int64: Int32] = [:]
        for order in test.notes.orders where order.order.attempt == 1 {
            newest[order.order.id.incident.number] = max(
                newest[order.order.id.incident.number] ?? 0, order.order.id.number)
        }
        #expect(!newest.isEmpty)
        #expect(test.notes.releases.contains { !$0.isRecorded })
    }
}
