import Escalation
import Foundation
import GatewayPorts
import SafetyCore
import SafetyModel
import SiteConfiguration
import Synchronization

@testable import GatewayEngine

/// Notes every release, and what was on disk at that moment.
final class ReleaseNotes: ReleaseTaker {
    private let state = Mutex(State())
    private let journal: any Journal

    private struct State {
        var releases: [Release] = []
        var recordedUpTo: [Int64] = []
    }

    init(journal: any Journal) { self.journal = journal }

    func take(_ release: Release) {
        let last = (try? journal.lastSequence()) ?? -1
        state.withLock {
            $0.releases.append(release)
            $0.recordedUpTo.append(last)
        }
    }

    var releases: [Release] { state.withLock { $0.releases } }
    /// The last sequence on disk at the moment of each release.
    var recordedUpTo: [Int64] { state.withLock { $0.recordedUpTo } }
    var orders: [OrderMessage] { releases.flatMap(\.orders) }
    var answers: [StepOutcome.Answer] { releases.flatMap(\.answers) }
}

/// A gate over a fake journal, and the hands that a runtime would have.
final class TestGate: Sendable {
    let journal: FakeJournal
    let notes: ReleaseNotes
    let board: EngineBoard
    let gate: CoreGate

    /// Starts, or starts again, from what a journal holds.
    init(
        _ journal: FakeJournal = FakeJournal(), installation: Installation = TestSite.installation(),
        breadcrumb: (any Breadcrumb)? = nil, at time: Instant = TestSite.start
    ) throws {
        self.journal = journal
        notes = ReleaseNotes(journal: journal)
        board = EngineBoard(journal: journal, version: "test")
        let stored = try Recovery.storedInstallation(journal) ?? installation
        let recovered = try Recovery.recover(stored, journal: journal, breadcrumb: breadcrumb, at: time)
        gate = try CoreGate.open(recovered, journal: journal, board: board, taker: notes)
    }

    @discardableResult
    func submit(
        _ batch: InputBatch, after seconds: Double = 0, by submitter: CoreGate.Submitter = .link
    ) -> CoreGate.Submission {
        var batch = batch
        return gate.submit(&batch, at: TestSite.start + .milliseconds(Int64(seconds * 1_000)), by: submitter)
    }

    /// Submits on a thread of its own.
    func submitApart(_ batch: InputBatch, after seconds: Double = 0) -> Task {
        Task { [self] in submit(batch, after: seconds) }
    }

    /// Takes in what the gate found out about itself, as the desk thread does.
    func submitConditions(after seconds: Double = 0) {
        var batch = InputBatch()
        batch.inputs = gate.takeConditions().map { .gateway($0) }
        if !batch.isEmpty { submit(batch, after: seconds, by: .desk) }
    }

    /// The digest of a machine that a fresh start makes of the journal.
    func replayedDigest() throws -> UInt64 { try Self.replayedDigest(journal) }

    static func replayedDigest(_ journal: FakeJournal) throws -> UInt64 {
        try Recovery.recover(
            TestSite.installation(), journal: journal, breadcrumb: nil, at: TestSite.start
        ).digest
    }

    /// A thread and what it returns.
    final class Task: Sendable {
        private let result = Mutex<CoreGate.Submission?>(nil)
        private let done = DispatchSemaphore(value: 0)

        init(_ body: @escaping @Sendable () -> CoreGate.Submission) {
            Thread { [self] in
                let value = body()
                result.withLock { $0 = value }
                done.signal()
            }.start()
        }

        /// What it returned; nil when it does not end.
        func wait(seconds: Double = 10) -> CoreGate.Submission? {
            guard done.wait(timeout: .now() + seconds) == .success else { return nil }
            return result.withLock { $0 }
        }

        var isRunning: Bool { result.withLock { $0 == nil } }
    }
}

extension FakeJournal {
    /// Waits until a call hangs.
    func waitForHang() -> Bool { hangs.wait(timeout: .now() + 10) == .success }
}

extension PersonCommand {
    static func by(_ responder: String, _ act: Act, on incident: Int64, reference: String = "r")
        -> PersonCommand
    {
        PersonCommand(
            incident: IncidentID(incident), responder: responder, act: act, origin: "http",
            reference: reference)
    }
}

extension OrderMessage {
    var report: CoreInput {
        .report(DeliveryReport(order: order.id, attempt: order.attempt, result: .delivered))
    }
}
