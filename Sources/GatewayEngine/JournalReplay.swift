public import GatewayPorts
import SafetyCore
public import SafetyModel
public import SiteConfiguration

/// Runs a recorded journal again: as it was, to prove that it leads to the same state bit for bit, and under
/// another site, to see which alarms would differ.
///
/// Nothing is written, and nobody is told.
public struct JournalReplay {
    /// What is replayed, and against what.
    public struct Plan: Sendable {
        /// Only inputs from this moment on; nil means everything that the journal holds.
        public var since: Instant?
        /// The site to compare with; nil compares nothing.
        public var candidate: Installation?
        /// Whose partial matches are watched; nil watches none.
        public var question: MatchQuestion?
        /// Replays everything.
        public init(
            since: Instant? = nil, candidate: Installation? = nil, question: MatchQuestion? = nil
        ) {
            self.since = since
            self.candidate = candidate
            self.question = question
        }
    }

    /// What came of it.
    public struct Report: Sendable {
        /// Inputs taken in again.
        public var inputs = 0
        /// When the first of them came.
        public var from: Instant?
        /// When the last of them came.
        public var until: Instant?
        /// Whether the state before the first input is known.
        ///
        /// Else the run begins with homes of which nothing is known, in both runs alike.
        public var beginsFromKnownState = false
        /// Recorded states that were reached on the way, and whether they were met bit for bit.
        public var checks: [Check] = []
        /// Alarms as recorded.
        public var raised: [RaisedAlarm] = []
        /// How the other site would differ; nil without one.
        public var difference: AlarmDifference?
        /// Partial matches, where they were asked for.
        public var waiting: WaitingReport?
        /// What could not be used, in words.
        public var complaints: [String] = []
    }

    /// A snapshot that the run came by.
    public struct Check: Hashable, Sendable {
        /// The last input that it holds.
        public var sequence: Int64
        /// Whether the replayed state is the same, byte by byte.
        public var isSame: Bool
    }

    private let journal: any Journal
    private var replay: Replay
    private var candidate: CandidateRun?
    private var pendingChecks: [JournalSnapshot]
    private var notes: AlarmNotes
    private var lookout: MatchLookout?
    private var report = Report()

    /// Runs a journal.
    ///
    /// - Parameter current: the installation in force, for a journal that does not name its site.
    /// - Throws: `journal` when it cannot be read.
    public static func run(
        _ journal: any Journal, current: Installation, plan: Plan = Plan()
    ) throws(RecoveryError) -> Report {
        do {
            var replay = try JournalReplay(journal, current: current, plan: plan)
            return try replay.run()
        } catch {
            throw .journal(error)
        }
    }

    private init(_ journal: any Journal, current: Installation, plan: Plan) throws(JournalError) {
        self.journal = journal
        let sites = StoredSites(current, journal: journal)
        let snapshots = try journal.readableSnapshots()
        let start = try ReplayStart(journal, snapshots: snapshots, since: plan.since)
        let siteInForce = start.site ?? current.fileHash
        let site = sites.compiled(siteInForce) ?? CompiledSite(current.site, hash: current.fileHash)
        var machine = SafetyMachine(site: site, at: start.at)
        report.beginsFromKnownState = start.isWhole
        if let snapshot = start.snapshot, let known = try? SafetyMachine(snapshot: snapshot.state, site: site)
        {
            machine = known
            report.beginsFromKnownState = true
        }
        if !report.beginsFromKnownState { Self.listen(&machine) }
        pendingChecks = report.beginsFromKnownState ? snapshots.filter { $0.sequence > start.sequence } : []
        notes = AlarmNotes(machine)
        lookout = plan.question.map {
            MatchLookout($0, since: plan.since ?? .start, machine: machine)
        }
        replay = Replay(
            runner: MachineRunner(machine: machine, breadcrumb: nil, site: sites.compiled),
            sequence: start.sequence, siteInForce: siteInForce, complaints: Complaints())
        candidate = plan.candidate.map {
            CandidateRun($0, from: machine, isKnown: report.beginsFromKnownState)
        }
    }

    /// Where nothing is known, the gateway is taken to have heard.
    private static func listen(_ machine: inout SafetyMachine) {
        var batch = InputBatch()
        var ignored = StepOutcome()
        batch.inputs = [.link(isUp: true), .caughtUp]
        for place in batch.inputs.indices {
            machine.advance(with: batch, at: place, time: machine.now, into: &ignored)
        }
    }

    private mutating func run() throws(JournalError) -> Report {
        while true {
            let records = try journal.batches(after: replay.sequence, limit: Recovery.readLimit)
            guard !records.isEmpty else { break }
            for record in records { take(record) }
        }
        report.inputs = replay.count
        report.raised = notes.raised
        if let candidate {
            report.difference = AlarmDifference(recorded: notes.raised, other: candidate.notes.raised)
        }
        report.waiting = lookout?.finished(replay.runner.machine)
        if notes.dropped > 0 { replay.complaints.add("\(notes.dropped) alarms are not counted") }
        report.complaints = replay.complaints.texts
        return report
    }

    private mutating func take(_ record: JournalBatch) {
        if record.sequence > replay.sequence + 1, replay.count > 0 {
            replay.complaints.add("inputs \(replay.sequence + 1) to \(record.sequence - 1) are missing")
            pendingChecks.removeAll()
        }
        report.from = report.from ?? record.at
        report.until = record.at
        let isKnown = report.beginsFromKnownState
        // Taken out meanwhile: the closure must not touch what the call changes.
        var other = candidate.take()
        var watching = lookout.take()
        replay.take(record, journal: journal) { batch, machine in
            if !isKnown { batch.dropActs() }
            other?.take(batch, at: record.at, recorded: machine)
            watching?.expect(batch, machine: machine)
        }
        watching?.note(replay.runner.machine)
        candidate = other
        lookout = watching
        notes.note(replay.outcome, machine: replay.runner.machine)
        check()
    }

    /// Compares with a snapshot that the run has just reached.
    private mutating func check() {
        guard let snapshot = pendingChecks.first(where: { $0.sequence <= replay.sequence }) else { return }
        pendingChecks.removeAll { $0.sequence <= replay.sequence }
        // A snapshot in the middle of a batch cannot be: both are cut at the same gate.
        guard snapshot.sequence == replay.sequence else { return }
        report.checks.append(
            Check(
                sequence: replay.sequence, isSame: replay.runner.machine.snapshot() == snapshot.state))
    }
}

/// Where a replay begins.
private struct ReplayStart {
    /// The last input before it.
    var sequence: Int64 = 0
    var at: Instant = .start
    var site: UInt64?
    var snapshot: JournalSnapshot?
    /// Whether it is the very first input of all.
    var isWhole = false

    init(_ journal: any Journal, snapshots: [JournalSnapshot], since: Instant?) throws(JournalError) {
        let first = try journal.batches(after: 0, limit: 1).first
        if let first, first.sequence == 1, since == nil || first.at >= since ?? .start {
            isWhole = true
            at = first.at
            site = Self.site(of: first)
            return
        }
        if let known = snapshots.last(where: { $0.at <= since ?? .start })
            ?? (since == nil ? snapshots.first : nil)
        {
            take(known)
            return
        }
        guard let since else { return }
        try findMoment(journal, since, snapshots)
    }

    private mutating func take(_ snapshot: JournalSnapshot) {
        sequence = snapshot.sequence
        at = snapshot.at
        site = snapshot.siteHash
        self.snapshot = snapshot
    }

    /// Walks to the first batch of a moment, and to the site that is in force there.
    private mutating func findMoment(
        _ journal: any Journal, _ since: Instant, _ snapshots: [JournalSnapshot]
    ) throws(JournalError) {
        site = snapshots.first?.siteHash
        at = since
        while true {
            let records = try journal.batches(after: sequence, limit: Recovery.readLimit)
            guard !records.isEmpty else { return }
            for record in records {
                if record.at >= since { return }
                sequence = record.sequence + Int64(record.count) - 1
                site = Self.site(of: record) ?? site
            }
        }
    }

    private static func site(of record: JournalBatch) -> UInt64? {
        var batch = InputBatch()
        guard (try? InputCoding.decode(record.inputs, into: &batch)) != nil else { return nil }
        for case .site(let hash) in batch.inputs { return hash }
        return nil
    }
}
