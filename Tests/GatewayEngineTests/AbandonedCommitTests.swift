import Escalation
import Foundation
import GatewayPorts
import SafetyCore
import SafetyModel
import Testing

@testable import GatewayEngine

@Suite struct AbandonedCommitTests {
    /// Gives up the commit that hangs now.
    private func giveUp(_ test: TestGate) throws -> CoreGate.Submitter? {
        test.gate.abandon(turn: try #require(test.gate.committingTurn))
    }

    @Test(arguments: [false, true])
    func `a commit that is given up lets its outcome out, and its thread ends`(_ fails: Bool) throws {
        let test = try TestGate()
        test.journal.onAppend(.hangs(thenFails: fails))
        let lost = test.submitApart(.saying(TestSite.smoke(1), .smoke))
        #expect(test.journal.waitForHang())
        #expect(test.notes.orders.isEmpty)
        #expect(try giveUp(test) == .link)
        #expect(test.notes.orders.map(\.isRecorded) == [false])
        #expect(test.gate.isDegraded && test.gate.committingTurn == nil)
        // Others go on while the thread is lost.
        test.submit(.saying(TestSite.smoke(2), .smoke), after: 3, by: .desk)
        #expect(test.notes.orders.count == 2)
        #expect(lost.isRunning)
        // Nothing is written while nobody knows what became of the commit.
        #expect(!test.gate.flushRing())
        test.journal.go()
        #expect(lost.wait() == .abandoned)
        #expect(test.gate.flushRing())
        test.submitConditions(after: 4)
        #expect(test.journal.batches.map(\.sequence) == [1, 2, 3, 4])
        #expect(test.journal.complaints.isEmpty)
        // The two alarms and the trouble of the store.
        #expect(test.notes.orders.map(\.order.id.text) == ["1-1", "2-1", "3-1"])
        #expect(try test.replayedDigest() == test.gate.digest)
    }

    @Test func `a commit that ends in time is not given up`() throws {
        let test = try TestGate()
        test.journal.onAppend(.hangs(thenFails: false))
        let task = test.submitApart(.saying(TestSite.smoke(1), .smoke))
        #expect(test.journal.waitForHang())
        let turn = try #require(test.gate.committingTurn)
        #expect(test.gate.abandon(turn: turn + 1) == nil)
        #expect(test.gate.abandon(turn: turn - 1) == nil)
        test.journal.go()
        #expect(task.wait() == .done)
        #expect(test.gate.abandon(turn: turn) == nil)
        #expect(!test.gate.isDegraded)
        #expect(test.notes.orders.map(\.isRecorded) == [true])
    }

    @Test func `of two who give the same commit up only one does`() throws {
        let test = try TestGate()
        test.journal.onAppend(.hangs(thenFails: false))
        let lost = test.submitApart(.saying(TestSite.smoke(1), .smoke))
        #expect(test.journal.waitForHang())
        let turn = try #require(test.gate.committingTurn)
        #expect(test.gate.abandon(turn: turn) == .link)
        #expect(test.gate.abandon(turn: turn) == nil)
        #expect(test.notes.orders.count == 1)
        test.journal.go()
        #expect(lost.wait() == .abandoned)
    }

    @Test func `whoever waits for the turn behind a hanging commit gets it when that is given up`() throws {
        let test = try TestGate()
        test.journal.onAppend(.hangs(thenFails: false))
        let lost = test.submitApart(.saying(TestSite.motion(1), .motion))
        #expect(test.journal.waitForHang())
        let waiting = test.submitApart(.saying(TestSite.smoke(2), .smoke), after: 1)
        let looking = TestGate.Task {
            _ = test.gate.lastInstant
            return .done
        }
        let snapshot = TestGate.Task { test.gate.takeSnapshot(force: true) == nil ? .done : .abandoned }
        while test.gate.waitingTurns < 3 { Thread.sleep(forTimeInterval: 0.001) }
        // Looking at the deadline, the sequence and the degraded mode never waits.
        #expect(test.gate.sequence == 1 && !test.gate.isDegraded)
        _ = test.gate.nextDeadline
        #expect(try giveUp(test) == .link)
        #expect(waiting.wait() == .done)
        #expect(looking.wait() == .done)
        // The journal is behind, so there is no snapshot.
        #expect(snapshot.wait() == .done)
        test.journal.go()
        #expect(lost.wait() == .abandoned)
        #expect(test.gate.flushRing())
        #expect(try test.replayedDigest() == test.gate.digest)
    }

    @Test func `a disk that hangs again while what waited is written holds nobody up`() throws {
        let test = try TestGate()
        test.journal.onAppend(.fails)
        test.submit(.saying(TestSite.smoke(1), .smoke))
        test.journal.onAppend(.hangs(thenFails: true))
        let flushing = TestGate.Task { test.gate.flushRing() ? .done : .abandoned }
        #expect(test.journal.waitForHang())
        test.submit(.saying(TestSite.smoke(2), .smoke), after: 1)
        #expect(test.notes.orders.count == 2)
        // Two never write at once.
        #expect(!test.gate.flushRing())
        test.journal.go()
        #expect(flushing.wait() == .abandoned)
        #expect(test.journal.batches.count == 1)
        #expect(test.gate.flushRing())
        test.submitConditions(after: 2)
        #expect(test.journal.complaints.isEmpty)
        #expect(try test.replayedDigest() == test.gate.digest)
    }

    @Test func `the bounded wait for the turn ends without it while a commit hangs`() throws {
        let test = try TestGate()
        test.journal.onAppend(.hangs(thenFails: false))
        let task = test.submitApart(.saying(TestSite.smoke(1), .smoke))
        #expect(test.journal.waitForHang())
        #expect(test.gate.takeSnapshot(force: true, before: Date(timeIntervalSinceNow: 0.02)) == nil)
        test.journal.go()
        #expect(task.wait() == .done)
        #expect(test.gate.takeSnapshot(force: true, before: Date(timeIntervalSinceNow: 5)) != nil)
        test.submit(.saying(TestSite.smoke(2), .smoke), after: 1)
        #expect(test.notes.orders.count == 2)
    }

    @Test func `what is dropped beyond the bound can be the given-up record itself`() throws {
        let test = try TestGate()
        test.gate.ringBound = 2_048
        test.journal.onAppend(.hangs(thenFails: false))
        let lost = test.submitApart(.saying(TestSite.motion(1), .motion))
        #expect(test.journal.waitForHang())
        _ = try giveUp(test)
        for count in 1...50 { test.submit(.saying(TestSite.motion(1), .motion), after: Double(count)) }
        test.journal.go()
        #expect(lost.wait() == .abandoned)
        #expect(test.gate.flushRing())
        #expect(test.journal.complaints.isEmpty)
        #expect(test.journal.batches.map(\.sequence) == test.journal.batches.map(\.sequence).sorted())
        #expect(test.gate.snapshotAge >= CoreGate.snapshotInterval)
    }
}
