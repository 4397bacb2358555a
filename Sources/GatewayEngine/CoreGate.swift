import Escalation
import Foundation
import GatewayPorts
public import SafetyCore
public import SafetyModel
import SiteConfiguration

/// The one way into the machine: step, commit, release, in this order and one batch at a time.
///
/// Whoever submits does all of it on its own thread, without a hop. A commit that hangs is given up by
/// `watch`: its thread is lost, everything else goes on in degraded mode.
public final class CoreGate: @unchecked Sendable {
    // Unchecked: what stands above "Under `condition`" is touched by the holder of the turn only.
    let condition = NSCondition()
    let journal: any Journal
    /// What is known now, for those who only look.
    public let board: EngineBoard
    let taker: any ReleaseTaker
    var runner: MachineRunner
    /// The translation for batches decoded with the site before.
    var translation: [DeviceIndex?] = []
    private(set) var languageInForce: String
    var owed = OwedDocuments()
    var outcome = StepOutcome()
    var writer = ByteWriter()
    var progress: Progress
    /// What `openLostAgain` takes to the people, and whether the recovery had to do without inputs.
    var lostIncidents: [IncidentRecord]
    var isPartialStart: Bool

    // Under `condition`.
    /// The last turn that was asked for; turns are given in the order of asking.
    private(set) var askedTurn: UInt64 = 0
    /// The last turn that was given on.
    private(set) var endedTurn: UInt64 = 0
    var running: RunningCommit?
    var abandonedTurns: Set<UInt64> = []
    var degraded: DegradedMode?
    var pendingConditions: [GatewayCondition] = []
    /// Whether a replay would not lead to this state, so that a snapshot must.
    var needsSnapshot: Bool
    private var deadline: Instant?
    /// `progress` as the last turn left it.
    private var shown: Progress
    private var shownOwed: Instant?
    /// Whether somebody waits for a view, and the view that the last turn left for him.
    var isViewWanted = false
    var offeredView: BoardLook?
    /// `ringLimit`; smaller in tests.
    var ringBound = CoreGate.ringLimit

    /// How far the gate has come.
    struct Progress {
        /// The sequence of the last input that was taken in.
        var sequence: Int64
        /// The hash of the site in force.
        var siteHash: UInt64
        /// Counts the sites that came into force.
        var siteVersion: UInt32 = 1
        /// Inputs taken in since the last snapshot.
        var sinceSnapshot = 0
    }

    /// What a batch led to: a record for the journal and a release for the world.
    struct Conclusion {
        var record: JournalBatch
        var release: Release
        /// Whether the record only says what devices said, and changed no incident.
        var isTelemetry: Bool
    }

    /// A commit on its way to the disk.
    struct RunningCommit {
        var turn: UInt64
        var submitter: Submitter
        var conclusion: Conclusion
    }

    /// Which thread submits.
    public enum Submitter: Sendable { case link, desk }

    /// What became of a submission.
    public enum Submission: Sendable {
        /// Committed and released, or released in degraded mode.
        case done
        /// The commit was given up while this thread was in it: the thread must end.
        case abandoned
    }

    init(recovered: Recovered, journal: any Journal, board: EngineBoard, taker: any ReleaseTaker) {
        runner = recovered.runner
        // What a replay needs and the life after it does not.
        runner.site = { _ in nil }
        progress = Progress(sequence: recovered.sequence, siteHash: recovered.installation.fileHash)
        shown = progress
        needsSnapshot = !recovered.complaints.isEmpty
        languageInForce = recovered.installation.settings.language
        lostIncidents = recovered.lost
        isPartialStart = recovered.isPartial
        self.journal = journal
        self.board = board
        self.taker = taker
        deadline = recovered.runner.machine.nextDeadline
        // The run before may have ended between an incident's news and its record.
        owed.owe(runner.machine.heldIncidents.map(\.id), at: runner.machine.now)
        shownOwed = owed.since
        board.use(runner.machine.compiled)
        board.look { [weak self] in self?.view }
    }

    /// When something is due next.
    public var nextDeadline: Instant? { condition.withLock { deadline } }

    /// Inputs taken in since the last snapshot; very many when a snapshot must be written at once.
    public var snapshotAge: Int {
        condition.withLock {
            needsSnapshot ? max(shown.sinceSnapshot, Self.snapshotInterval) : shown.sinceSnapshot
        }
    }

    /// The sequence of the last input that was taken in.
    public var sequence: Int64 { condition.withLock { shown.sequence } }

    /// The hash of the site in force.
    public var siteHash: UInt64 { condition.withLock { shown.siteHash } }

    /// The version of the site in force, from 1: batches say with which one they were decoded.
    public var siteVersion: UInt32 { condition.withLock { shown.siteVersion } }

    /// The moment of the newest input.
    public var lastInstant: Instant {
        enter()
        defer { leave() }
        return runner.machine.now
    }

    /// Conditions that the gate itself found; whoever drains them submits them as inputs.
    public func takeConditions() -> [GatewayCondition] {
        condition.withLock {
            defer { pendingConditions.removeAll() }
            return pendingConditions
        }
    }

    /// Takes a batch in: advances the machine, commits, releases.
    ///
    /// - Parameters:
    ///   - batch: emptied when this returns.
    ///   - time: gateway time now.
    public func submit(_ batch: inout InputBatch, at time: Instant, by submitter: Submitter) -> Submission {
        let turn = enter()
        translate(&batch)
        defer { batch.removeAll() }
        return take(&batch, at: time, turn: turn, by: submitter)
    }

    /// Steps, commits and releases; the caller holds the turn, and it is given on in every case.
    @discardableResult
    func take(
        _ batch: inout InputBatch, at time: Instant, turn: UInt64, by submitter: Submitter
    ) -> Submission {
        outcome.removeAll()
        let setAside = runner.step(&batch, at: time, into: &outcome)
        if !setAside.isEmpty { quarantine(setAside) }
        guard
            outcome.hasEffect || owed.isDue(at: runner.machine.now)
                || batch.inputs.contains(where: \.isWorthKeeping)
        else {
            leave()
            return .done
        }
        return commit(conclude(batch), turn: turn, by: submitter)
    }

    /// Waits for the turn; whoever asked first gets it first.
    @discardableResult
    func enter() -> UInt64 {
        condition.lock()
        defer { condition.unlock() }
        askedTurn += 1
        let turn = askedTurn
        while endedTurn + 1 != turn { condition.wait() }
        return turn
    }

    /// How many wait for the turn.
    var waitingTurns: Int { condition.withLock { Int(max(askedTurn, endedTurn + 1) - endedTurn) - 1 } }

    /// Takes the turn when nobody has it or waits for it, at the latest at a moment.
    ///
    /// - Returns: whether the caller has it now.
    func enter(before limit: Date) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while askedTurn != endedTurn {
            guard condition.wait(until: limit) else { return false }
        }
        askedTurn += 1
        return true
    }

    /// Writes every record and document that still waits: the gateway ends.
    public func settleOwed(at time: Instant, by submitter: Submitter) -> Submission {
        while condition.withLock({ shownOwed != nil }) {
            let turn = enter()
            owed.makeDue()
            var batch = InputBatch()
            batch.inputs = [.tick]
            if take(&batch, at: time, turn: turn, by: submitter) == .abandoned { return .abandoned }
        }
        return .done
    }

    /// Whether documents wait that are due; whoever has nothing else to submit submits a tick then.
    public func owesDocuments(at time: Instant) -> Bool {
        condition.withLock { shownOwed.map { $0 + OwedDocuments.delayLimit <= time } ?? false }
    }

    /// Gives the turn on.
    func leave() {
        condition.withLock {
            precondition(endedTurn < askedTurn, "Only the holder of a turn gives it on.")
            deadline = runner.machine.nextDeadline
            shown = progress
            shownOwed = owed.since
            if isViewWanted {
                isViewWanted = false
                offeredView = nowForReaders
            }
            endedTurn += 1
            condition.broadcast()
        }
    }

    /// Commits and releases; the turn is given on in every case.
    func commit(
        _ conclusion: Conclusion, turn: UInt64, by submitter: Submitter
    ) -> Submission {
        condition.lock()
        if degraded != nil {
            keepInRing(conclusion)
            condition.unlock()
            finish(conclusion.release, isRecorded: false)
            return .done
        }
        running = RunningCommit(turn: turn, submitter: submitter, conclusion: conclusion)
        condition.unlock()
        var failure: JournalError?
        do { try journal.append(conclusion.record) } catch { failure = error }
        condition.lock()
        if abandonedTurns.remove(turn) != nil {
            settleAbandoned(conclusion.record, failure: failure)
            condition.unlock()
            return .abandoned
        }
        running = nil
        if let failure { startDegraded(with: conclusion, reason: failure.text) }
        condition.unlock()
        finish(conclusion.release, isRecorded: failure == nil)
        return .done
    }

    /// Lets a batch's outcome out and gives the turn on.
    func finish(_ release: Release, isRecorded: Bool) {
        var release = release
        if !isRecorded {
            release.isRecorded = false
            release.orders = release.orders.map(\.unrecorded)
            board.count { $0.unrecorded += 1 }
        }
        if !release.isEmpty { taker.take(release) }
        board.tell(release.change)
        leave()
    }

    func quarantine(_ setAside: [MachineRunner.SetAside]) {
        // It is over as soon as it is told; the incident stays until a person closes it.
        condition.withLock {
            pendingConditions.append(GatewayCondition(.inputQuarantined, isActive: false))
        }
        for input in setAside {
            // A failing store shows itself at the commit that follows.
            try? journal.quarantine(input.record)
            // Whoever asked is told; what he said has no effect.
            if case .visit(let visit) = input.input {
                outcome.visitAnswers.append(
                    StepOutcome.VisitReply(input: input.place, visit: visit, answer: .refused(.unavailable)))
            }
            if case .desk(let command) = input.input {
                outcome.deskAnswers.append(
                    StepOutcome.DeskReply(
                        input: input.place, command: command, answer: .refused(.unavailable)))
            }
            guard case .command(let command) = input.input else { continue }
            outcome.answers.append(
                StepOutcome.Answer(input: input.place, command: command, answer: .refused(.unavailable)))
        }
    }

    /// What changed when a new site came into force; the caller holds the turn.
    func adopted(_ site: CompiledSite, translation: [DeviceIndex?], language: String) {
        progress.siteVersion += 1
        progress.siteHash = site.hash
        self.translation = translation
        languageInForce = language
        board.use(site)
    }
}

extension CoreInput {
    /// Whether the journal keeps it even when nothing came of it: everything but ticks.
    fileprivate var isWorthKeeping: Bool { if case .tick = self { false } else { true } }
}

extension OrderMessage {
    /// The same order, marked as not on disk yet.
    fileprivate var unrecorded: OrderMessage {
        var message = self
        message.isRecorded = false
        message.document = IncidentDocument.markedUnrecorded(document)
        return message
    }
}
