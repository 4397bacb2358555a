import Escalation
import Foundation
import GatewayPorts
import SafetyCore
import SafetyModel
import Testing

@testable import GatewayEngine

/// A breadcrumb in memory.
final class FakeBreadcrumb: Breadcrumb, @unchecked Sendable {
    // Unchecked: used by one thread.
    let suspects: [UInt64]
    var entered: [UInt64] = []
    var current: UInt64 = 0

    init(suspects: [UInt64] = []) { self.suspects = suspects }

    func enter(_ digest: UInt64) {
        entered.append(digest)
        current = digest
    }

    func leave() { current = 0 }
}

@Suite struct QuarantineTests {
    private func digest(_ batch: InputBatch) -> UInt64 { InputDigest.digest(of: batch, at: 0) }

    @Test func `an input that crashed the gateway is set aside, and the others go on`() throws {
        let culprit = InputBatch.saying(TestSite.motion(1), .motion)
        let crumbs = FakeBreadcrumb(suspects: [digest(culprit)])
        let test = try TestGate(breadcrumb: crumbs)
        var batch = InputBatch.saying(TestSite.smoke(2), .smoke, key: 4)
        batch.say(TestSite.motion(1), .motion, key: 5)
        batch.say(TestSite.smoke(3), .smoke, key: 6)
        test.submit(batch)
        // The two fires, and the trouble to those on duty.
        #expect(test.notes.orders.map(\.order.urgency) == [.lifeSafety, .lifeSafety, .urgent])
        let kept = try test.journal.quarantined(limit: 10)
        #expect(kept.map(\.digest) == [digest(culprit)])
        var read = InputBatch()
        try InputCoding.decode(try #require(kept.first).input, into: &read)
        #expect(digest(read) == digest(culprit))
        guard case .message(let message) = read.inputs.first else {
            Issue.record("not the message itself")
            return
        }
        #expect(read.payloads[Int(message.payload.lowerBound)..<Int(message.payload.upperBound)].count > 0)
        #expect(!crumbs.entered.contains(digest(culprit)) && crumbs.current == 0)
        // The journal replays the same without knowing the suspect, and the delivery keys are all kept.
        #expect(try test.replayedDigest() == test.gate.digest)
        let recovered = try Recovery.recover(
            TestSite.installation(), journal: test.journal, breadcrumb: nil, at: TestSite.start)
        #expect(recovered.deliveryKeys == [4, 5, 6])
        // The trouble is over once it is told.
        #expect(test.gate.takeConditions() == [GatewayCondition(.inputQuarantined, isActive: false)])
    }

    @Test func `a command that is set aside is refused, so that nobody waits for its answer`() throws {
        let command = PersonCommand.by("nina", .acknowledge, on: 1)
        let crumbs = FakeBreadcrumb(suspects: [digest(InputBatch(.command(command)))])
        let test = try TestGate(breadcrumb: crumbs)
        test.submit(InputBatch(.command(command)))
        #expect(test.notes.answers.map(\.command) == [command])
        #expect(test.notes.answers.map(\.answer) == [.refused(.unavailable)])
    }

    @Test func `an input that crashes the replay is set aside there, and no equal one beside it`() throws {
        let culprit = InputBatch.saying(TestSite.smoke(1), .smoke)
        let test = try TestGate()
        test.submit(culprit)
        test.submit(.saying(TestSite.smoke(2), .smoke), after: 1)
        test.submit(culprit, after: 2)
        // The crumb that the replay of the first one leaves.
        let crumbs = FakeBreadcrumb()
        _ = try TestGate(test.journal.cut(after: .max), breadcrumb: crumbs)
        let replayed = crumbs.entered.filter { $0 != 0 }
        #expect(Set(replayed).count == 3)
        let suspect = try #require(replayed.first)
        let journal = test.journal.cut(after: .max)
        let again = try TestGate(journal, breadcrumb: FakeBreadcrumb(suspects: [suspect]))
        #expect(try journal.quarantined(limit: 10).map(\.digest) == [suspect])
        #expect(again.gate.sequence == test.gate.sequence)
        again.gate.sayAgain()
        // The trouble, the other home's alarm, and the equal input that did no harm.
        #expect(again.notes.orders.map(\.order.urgency) == [.lifeSafety, .lifeSafety, .urgent])
    }

    @Test func `an input that crashed the gateway as news is taken in again from the journal`() throws {
        let culprit = InputBatch.saying(TestSite.smoke(1), .smoke)
        let test = try TestGate()
        test.submit(culprit)
        let journal = test.journal.cut(after: .max)
        let again = try TestGate(journal, breadcrumb: FakeBreadcrumb(suspects: [digest(culprit)]))
        #expect(try journal.quarantined(limit: 10).isEmpty)
        #expect(again.gate.digest == test.gate.digest)
    }

    @Test func `every input leaves its crumb, and ticks, links and the like leave none`() throws {
        let crumbs = FakeBreadcrumb()
        let test = try TestGate(breadcrumb: crumbs)
        crumbs.entered = []
        var batch = InputBatch(.tick, .link(isUp: true), .caughtUp, .restarted, .wallOffset(.seconds(1)))
        batch.say(TestSite.motion(1), .motion)
        test.submit(batch)
        #expect(crumbs.entered.dropLast() == [0, 0, 0, 0, 0])
        #expect(crumbs.entered.last != 0)
        #expect(crumbs.current == 0)
    }

    @Test func `once may be chance, twice is not`() { #expect(crashLimit == 2) }
}
