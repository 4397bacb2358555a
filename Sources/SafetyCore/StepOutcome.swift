public import Escalation
public import SafetyModel

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
    /// What became of records of visits, by the input's place in the batch.
    public var visitAnswers: [VisitReply] = []
    /// What became of commands of people at a desk, by the input's place in the batch.
    public var deskAnswers: [DeskReply] = []
    /// Homes of which something changed that no incident shows, after `SafetyMachine.collect`; each once, in
    /// order.
    public var changedHomes: [HomeIndex] = []
    /// Places of inputs whose payload belongs in the journal, ascending.
    public var keptPayloads: [Int] = []
    /// Whether anything but stored readings changed; a tick without effect needs no record.
    public var hasEffect = false
    /// Incidents among `incidents` of which nothing is new but that a message was delivered, ascending: their
    /// documents may wait a moment for more.
    public var quiet: [IncidentID] = []
    /// Incidents that changed and are still held by a desk, with repetitions.
    var touched: [IncidentID] = []
    /// Incidents of which a message was delivered, with repetitions.
    var delivered: [IncidentID] = []

    /// Starts empty, or with the defaults.
    public init() {}

    /// Forgets everything and keeps the storage.
    public mutating func removeAll() {
        orders.removeAll(keepingCapacity: true)
        incidents.removeAll(keepingCapacity: true)
        answers.removeAll(keepingCapacity: true)
        visitAnswers.removeAll(keepingCapacity: true)
        deskAnswers.removeAll(keepingCapacity: true)
        changedHomes.removeAll(keepingCapacity: true)
        keptPayloads.removeAll(keepingCapacity: true)
        touched.removeAll(keepingCapacity: true)
        quiet.removeAll(keepingCapacity: true)
        delivered.removeAll(keepingCapacity: true)
        hasEffect = false
    }

    fileprivate mutating func sortChangedHomes() {
        if changedHomes.count < 2 { return }
        changedHomes.sort()
        var kept = 1
        for place in 1..<changedHomes.count where changedHomes[place] != changedHomes[kept - 1] {
            changedHomes[kept] = changedHomes[place]
            kept += 1
        }
        changedHomes.removeLast(changedHomes.count - kept)
    }

    mutating func keepPayload(of place: Int) {
        if keptPayloads.last != place { keptPayloads.append(place) }
    }

    /// The answer to one command.
    public struct Answer: Hashable, Sendable {
        /// Its place in the batch.
        public var input: Int
        /// The command that was given.
        public var command: PersonCommand
        /// What became of it.
        public var answer: CommandAnswer
        /// Makes one from its parts.
        public init(input: Int, command: PersonCommand, answer: CommandAnswer) {
            self.input = input
            self.command = command
            self.answer = answer
        }
    }

    /// The answer to one record of a visit.
    public struct VisitReply: Hashable, Sendable {
        /// Its place in the batch.
        public var input: Int
        /// The record that was handed in.
        public var visit: VisitRecord
        /// What became of it.
        public var answer: VisitAnswer
        /// Makes one from its parts.
        public init(input: Int, visit: VisitRecord, answer: VisitAnswer) {
            self.input = input
            self.visit = visit
            self.answer = answer
        }
    }
}

extension SafetyMachine {
    /// Completes the outcome of a batch: the newest state of every incident that changed, each once.
    public func collect(into outcome: inout StepOutcome) {
        outcome.sortChangedHomes()
        outcome.touched.sort()
        outcome.delivered.sort()
        var last: IncidentID?
        for id in outcome.touched where id != last {
            last = id
            if let incident = incident(id) { outcome.incidents.append(incident) }
        }
        last = nil
        for id in outcome.delivered where id != last {
            last = id
            if outcome.incidents.contains(where: { $0.id == id }) { continue }
            guard let incident = incident(id) else { continue }
            outcome.incidents.append(incident)
            outcome.quiet.append(id)
        }
        outcome.touched.removeAll(keepingCapacity: true)
        outcome.delivered.removeAll(keepingCapacity: true)
        outcome.incidents.sort { $0.id < $1.id }
    }
}
