import GatewayPorts
import SafetyCore
import SafetyModel

/// Takes in everything a journal holds after a sequence.
struct Replay {
    var runner: MachineRunner
    /// The sequence of the last input.
    var sequence: Int64
    /// The site that the journal says is in force.
    var siteInForce: UInt64
    var complaints: Complaints
    /// How many inputs there were.
    var count = 0
    /// Until which sequence the site in force at the beginning is only taken to be the right one; nil when it
    /// is known.
    var assumedSite: Int64?
    private var batch = InputBatch()
    /// What the last batch led to.
    private(set) var outcome = StepOutcome()

    init(runner: MachineRunner, sequence: Int64, siteInForce: UInt64, complaints: Complaints) {
        self.runner = runner
        self.sequence = sequence
        self.siteInForce = siteInForce
        self.complaints = complaints
    }

    mutating func run(_ journal: any Journal) throws(JournalError) {
        while true {
            let records = try journal.batches(after: sequence, limit: Recovery.readLimit)
            guard !records.isEmpty else { return }
            for record in records { take(record, journal: journal) }
        }
    }

    /// The same where the state before is not known: what was done to incidents is left out, because their
    /// numbers are those of others here.
    ///
    /// - Parameter afterEach: sees the machine after each batch.
    mutating func run(
        _ journal: any Journal, afterEach: (inout SafetyMachine) -> Void
    ) throws(JournalError) {
        while true {
            let records = try journal.batches(after: sequence, limit: Recovery.readLimit)
            guard !records.isEmpty else { return }
            for record in records {
                take(record, journal: journal) { batch, _ in batch.dropActs() }
                afterEach(&runner.machine)
            }
        }
    }

    /// Takes one batch in.
    ///
    /// - Parameter prepare: sees the batch before the machine does, and may change it.
    mutating func take(
        _ record: JournalBatch, journal: any Journal,
        prepare: (inout InputBatch, SafetyMachine) -> Void = { _, _ in }
    ) {
        count += Int(record.count)
        sequence = record.sequence + Int64(record.count) - 1
        outcome.removeAll()
        do {
            try InputCoding.decode(record.inputs, into: &batch)
        } catch {
            complaints.add("batch \(record.sequence) cannot be read: \(error)")
            return
        }
        for case .site(let hash) in batch.inputs { siteInForce = hash }
        if let limit = assumedSite, batch.bringsSite {
            assumedSite = nil
            if record.sequence <= limit { beginAnew(at: record) }
        }
        // Devices are numbered by the site: under an unknown one they would be somebody else's.
        if siteInForce != runner.machine.compiled.hash, !batch.bringsSite {
            batch.renumber { _ in nil }
        }
        prepare(&batch, runner.machine)
        // A store that refuses it shows itself at the first commit.
        for input in runner.step(&batch, at: record.at, replaying: record.sequence, into: &outcome) {
            try? journal.quarantine(input.record)
        }
        if siteInForce != runner.machine.compiled.hash, batch.bringsSite {
            complaints.add("site \(siteInForce) is missing or cannot be read")
        }
    }
}

extension Replay {
    /// Another site was in force before this batch than was assumed: its devices were others, so that nothing
    /// of what they said can be used.
    private mutating func beginAnew(at record: JournalBatch) {
        complaints.add("the site of the inputs before \(record.sequence) is not known: they are left out")
        let site = runner.site(siteInForce) ?? runner.machine.compiled
        runner.machine = SafetyMachine(site: site, at: record.at)
    }
}

extension InputBatch {
    /// Takes out what people and channels said of incidents: without the state before, their numbers are
    /// those of other incidents.
    mutating func dropActs() {
        for place in inputs.indices {
            switch inputs[place] {
            case .command, .report: inputs[place] = .tick
            default: break
            }
        }
    }

    /// Whether a site comes into force in it.
    fileprivate var bringsSite: Bool {
        inputs.contains { if case .site = $0 { true } else { false } }
    }
}
