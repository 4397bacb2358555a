import Escalation
import SafetyCore
import SafetyModel
import SiteConfiguration

/// The recorded inputs under another site: devices are found by their ids, people act on what they acted on.
struct CandidateRun {
    private(set) var machine: SafetyMachine
    private(set) var notes: AlarmNotes
    private let site: CompiledSite
    private var outcome = StepOutcome()
    /// Reports that this run's own orders get: every message is delivered.
    private var reports: [CoreInput] = []
    private var translation: [DeviceIndex?] = []
    private var translatedSite: UInt64?

    /// - Parameter isKnown: whether `recorded` is the recorded state, which the other site then takes over.
    init(_ installation: Installation, from recorded: SafetyMachine, isKnown: Bool) {
        site = CompiledSite(installation.site, hash: installation.fileHash)
        machine = SafetyMachine(site: site, at: recorded.now)
        if isKnown, recorded.homesInTheWay(of: site).isEmpty {
            machine = recorded
            machine.adopt(site, at: recorded.now)
        }
        notes = AlarmNotes(machine)
    }

    /// Takes a recorded batch in.
    ///
    /// - Parameter recorded: the recorded machine before the batch.
    mutating func take(_ batch: InputBatch, at time: Instant, recorded: SafetyMachine) {
        if translatedSite != recorded.compiled.hash {
            translatedSite = recorded.compiled.hash
            translation = recorded.deviceTranslation(to: site)
        }
        fireDue(until: time)
        var batch = batch
        for place in batch.inputs.indices {
            batch.inputs[place] = translated(batch.inputs[place], recorded: recorded)
        }
        batch.inputs += reports
        reports.removeAll()
        step(batch, at: time)
    }

    /// Deadlines of this run fall where they fall, not where the recorded ticks were.
    private mutating func fireDue(until time: Instant) {
        var tick = InputBatch()
        while let due = machine.nextDeadline, due < time {
            tick.inputs = reports.isEmpty ? [.tick] : reports
            reports.removeAll()
            step(tick, at: due)
        }
    }

    private mutating func step(_ batch: InputBatch, at time: Instant) {
        outcome.removeAll()
        for place in batch.inputs.indices {
            machine.advance(with: batch, at: place, time: time, into: &outcome)
        }
        machine.collect(into: &outcome)
        notes.note(outcome, machine: machine)
        reports += outcome.orders.map {
            .report(DeliveryReport(order: $0.id, attempt: $0.attempt, result: .delivered))
        }
    }

    private func translated(_ input: CoreInput, recorded: SafetyMachine) -> CoreInput {
        switch input {
        case .message, .undecoded:
            return input.renumbered { $0.int < translation.count ? translation[$0.int] : nil }
        case .command(var command):
            guard let incident = counterpart(of: command.incident, in: recorded) else { return .tick }
            command.incident = incident
            return .command(command)
        case .report, .site: return .tick
        case .desk, .tick, .link, .restarted, .caughtUp, .wallOffset, .gateway, .visit: return input
        }
    }

    /// The open incident of this run in the same home: of the same kind, else the oldest.
    private func counterpart(of incident: IncidentID, in recorded: SafetyMachine) -> IncidentID? {
        guard let acted = recorded.incident(incident) else { return nil }
        let home = recorded.compiled.site.community.homes[acted.home.int].id
        let here = machine.openIncidents.filter { site.site.community.homes[$0.home.int].id == home }
        return (here.first { $0.kind == acted.kind } ?? here.first)?.id
    }
}
