import Escalation
import SafetyCore
import SafetyModel

/// Documents that wait a moment: that a message was delivered need not be written and published by itself.
///
/// The journal has the report at once; the incident's document follows with the next change, at the latest
/// after `delayLimit`. That spares a third of the documents of a storm.
struct OwedDocuments {
    /// The longest that a delivery may be missing in an incident's document.
    static let delayLimit = Duration.seconds(1)

    /// Incidents whose documents are behind, in the order in which they fell behind.
    private var incidents: [IncidentID] = []
    /// When the first of them fell behind.
    private(set) var since: Instant?

    /// Whether it is time to write them.
    func isDue(at now: Instant) -> Bool { since.map { $0 + Self.delayLimit <= now } ?? false }

    /// Takes quiet incidents out of an outcome, or puts those that waited long enough in.
    mutating func settle(_ outcome: inout StepOutcome, machine: SafetyMachine) {
        guard since != nil || !outcome.quiet.isEmpty else { return }
        let quiet = outcome.quiet
        outcome.incidents.removeAll { quiet.contains($0.id) }
        let told = outcome.incidents.map(\.id)
        incidents.removeAll { told.contains($0) || quiet.contains($0) }
        incidents += quiet
        if since == nil { since = machine.now }
        guard isDue(at: machine.now) || incidents.isEmpty else { return }
        outcome.incidents += incidents.compactMap { machine.incident($0) }
        outcome.incidents.sort { $0.id < $1.id }
        incidents.removeAll()
        since = nil
    }
}
