/// What must hold after every step of a simulation, or at its end.
public enum SimulationInvariant: String, CaseIterable, Sendable {
    /// After every step: an open incident has a next deadline, and the gate says so.
    case deadline
    /// What is acknowledged (receipt, answer, order sent as recorded) is in the journal, or marked as not
    /// recorded.
    case recorded
    /// Every hazard edge that reached the gateway leads to an order in the same batch.
    case firstNotification
    /// Every order and answer that the machine gives leaves the gateway, and nothing else does.
    case release
    /// One order has one id, and an id is one order.
    case orderIdentity
    /// A message counts once; two equal messages count twice.
    case pressCount
    /// Shelves and walk tests end at their end, and hide no hazard: not at all, or smoke in a walk test for a
    /// minute.
    case suspension
    /// What the machine says of itself.
    case machine
    /// The gate's state is that of a machine with the same inputs.
    case liveState
    /// After a crash the state is that of an uninterrupted machine after the same journalled inputs.
    case recovery
    /// The journal follows its protocol: one sequence without a hole, readable batches.
    case journal
    /// At the end: the same alarms as in an uninterrupted run of the same messages.
    case sameAlarms
    /// At the end: all inputs through one machine give the same state, and the answers that people had.
    case sameAnswers
    /// At the end: board and retained documents agree with the machine.
    case documents
    /// At the end: every incident record agrees with the machine.
    case records
}

/// An invariant that did not hold.
public struct SimulationViolation: Hashable, Sendable, CustomStringConvertible {
    /// Which.
    public var invariant: SimulationInvariant
    /// When, in milliseconds after the start.
    public var at: Int64
    /// The batch that it was found after, counted over all lives of the gateway.
    public var step: Int
    /// What exactly.
    public var detail: String

    /// In one line.
    public var description: String {
        "\(invariant.rawValue) at \(SimulationTime.text(at)), step \(step): \(detail)"
    }
}

/// A bug that is built in, so that a test sees its invariant fail.
public enum SimulationBug: String, CaseIterable, Sendable {
    /// The desk does not see a deadline.
    case losesDeadline
    /// The disk says yes and stores nothing.
    case storesNothing
    /// Orders of degraded mode are marked as recorded.
    case marksRecorded
    /// The first order of a hazard is dropped.
    case withholdsOrder
    /// An answer to a command is dropped.
    case losesAnswer
    /// An order leaves under another id after each start.
    case renumbersOrder
    /// A message delivered again is taken for a new one.
    case forgetsDeliveries
    /// A message equal to one before is taken for that one.
    case joinsEqualMessages
    /// A stored batch changes before a start.
    case damagesBatch
    /// Every second batch gets a wrong sequence.
    case skipsSequence
    /// "Off" is read as "on".
    case readsOffAsOn
    /// A closed incident stays in its home's retained document.
    case keepsOldDocument
    /// Incident records are not updated.
    case keepsOldRecord
    /// A machine that finds something wrong with itself.
    case breaksMachine
    /// An input reaches the machine that the simulation does not know of.
    case addsInput
    /// A shelf stays in force after its end.
    case keepsShelf
    /// Orders of what a walk test held are dropped.
    case forgetsHeld
    /// People are answered something else.
    case changesAnswer

    /// The invariant that must notice it.
    public var invariant: SimulationInvariant {
        switch self {
        case .losesDeadline: .deadline
        case .storesNothing, .marksRecorded: .recorded
        case .withholdsOrder: .firstNotification
        case .losesAnswer: .release
        case .renumbersOrder: .orderIdentity
        case .forgetsDeliveries, .joinsEqualMessages: .pressCount
        case .damagesBatch: .recovery
        case .skipsSequence: .journal
        case .readsOffAsOn: .sameAlarms
        case .keepsOldDocument: .documents
        case .keepsOldRecord: .records
        case .breaksMachine: .machine
        case .addsInput: .liveState
        case .keepsShelf, .forgetsHeld: .suspension
        case .changesAnswer: .sameAnswers
        }
    }
}
