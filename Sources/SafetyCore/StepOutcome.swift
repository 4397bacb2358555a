public import Escalation
import SafetyModel

/// What a batch of inputs led to: the machine's only output.
///
/// Nothing in it may leave the gateway before the batch is on disk.
public struct StepOutcome: Sendable {
    /// Orders to send, in the order in which they were given; sort by urgency when there are many.
    public var orders: [NotificationOrder] = []
    /// Incidents that changed, with their newest state, after `SafetyMachine.collect`; each once, by number.
    public var incidents: [Incident] = []
    /// What became of the commands, by the input's place in the batch.
    public var answers: [Answer] = []
    /// Places of inputs whose payload belongs in the journal, ascending.
    public var keptPayloads: [Int] = []
    /// Whether anything but stored readings changed; a tick without effect needs no record.
    public var hasEffect = false
    /// Incidents that changed and are still held by a desk, with repetitions.
    var touched: [IncidentID] = []

    public init() {}

    /// Forgets everything and keeps the storage.
    public mutating func removeAll() {
        orders.removeAll(keepingCapacity: true)
        incidents.removeAll(keepingCapacity: true)
        answers.removeAll(keepingCapacity: true)
        keptPayloads.removeAll(keepingCapacity: true)
        touched.removeAll(keepingCapacity: true)
        hasEffect = false
    }

    mutating func keepPayload(of place: Int) {
        if keptPayloads.last != place { keptPayloads.append(place) }
    }

    /// The answer to one command.
    public struct Answer: Hashable, Sendable {
        public var input: Int
        public var command: PersonCommand
        public var answer: CommandAnswer
        public init(input: Int, command: PersonCommand, answer: CommandAnswer) {
            self.input = input
            self.command = command
            self.answer = answer
        }
    }
}

extension SafetyMachine {
    /// Completes the outcome of a batch: the newest state of every incident that changed, each once.
    public func collect(into outcome: inout StepOutcome) {
        outcome.touched.sort()
        var last: IncidentID?
        for id in outcome.touched where id != last {
            last = id
            if let incident = incident(id) { outcome.incidents.append(incident) }
        }
        outcome.touched.removeAll(keepingCapacity: true)
        outcome.incidents.sort { $0.id < $1.id }
    }
}
