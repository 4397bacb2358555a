public import SafetyModel

/// Alarms of one home that are one occurrence: what responders handle from opening to closing.
public struct Incident: Hashable, Sendable {
    /// Its id, unique in the site.
    public var id: IncidentID
    /// The home concerned.
    public var home: HomeIndex
    /// The kind and urgency of its most pressing alarm.
    public var kind: AlarmKind
    /// How pressing it is.
    public var urgency: Urgency
    /// When it was opened.
    public var openedAt: Instant
    /// How far it has come.
    public var phase: Phase
    /// Who has taken it over, by responder id.
    public var answeredBy: String?
    /// When somebody took it over; nil while nobody has.
    public var answeredAt: Instant?
    /// When somebody arrived; nil before that.
    public var onSceneAt: Instant?
    /// When a person closed it; nil while it is open.
    public var closedAt: Instant?
    /// How a person said it ended; nil before that.
    public var disposition: Disposition?
    /// The escalation plan as it stood at opening, with the people resolved.
    public var plan: FrozenPlan
    /// The step that was sent last, from 0; -1 while a digest waits for its hour, or the first step for a
    /// verification.
    public var step: Int
    /// How often the last step was repeated.
    public var repeats: Int
    /// Responders whose orders failed in the end and who were not reached since: every further step calls
    /// them too.
    public var unreached: [String]
    /// When somebody asked for help that has not come.
    public var helpAskedAt: Instant?
    /// Orders of the running step that were delivered.
    public var stepDeliveries: Int
    /// Who was called in the running round of a step in turn, by responder id.
    public var turned: [String]
    /// Until when somebody is to ring the resident; nil when nobody was asked to.
    public var verifyingUntil: Instant?
    /// A hand-over that was not accepted yet; nil without one.
    public var handOver: HandOver?
    /// People who were brought in and are not in the plan, at most `joinedLimit`.
    public var joined: [FrozenResponder]
    /// Counts its changes, from 1.
    public var revision: Int32
    /// When the step, the acknowledgement or the stay on scene runs out; nil only when closed.
    public var deadline: Instant?
    /// Its alarms, oldest first.
    public var alarms: [IncidentAlarm]
    /// Orders without a final delivery report.
    public var outstanding: [OutstandingOrder]
    /// Responders that were told, in the order of telling.
    public var notified: [String]
    /// What happened, oldest first, at most `timelineLimit` entries: beyond it the middle is dropped.
    public var timeline: [TimelineEntry]
    /// Orders made so far; the next order's number is one more.
    public var orderCount: Int32
    /// Entries that the timeline had to drop.
    public var droppedEntries: Int32

    /// Whether it still needs people: everything but closed.
    public var isOpen: Bool { phase != .closed }

    /// The most entries of a timeline.
    public static let timelineLimit = 100
    /// The most people who are brought in beside the plan; beyond it nobody can be handed the incident who
    /// is not in the plan.
    public static let joinedLimit = 16

    /// When the next thing is due, orders left out; nil only when closed.
    public var nextDeadline: Instant? {
        guard let due = handOver?.due else { return deadline }
        return min(deadline ?? due, due)
    }

    /// Everybody who can hear of it: the plan's people and those who were brought in.
    public var people: [FrozenResponder] { (plan.responders + joined).uniqued }

    /// An incident that is offered to somebody else; until he accepts it is the first one's.
    public struct HandOver: Hashable, Sendable {
        /// Who shall take it over, by responder id.
        public var to: String
        /// Until when he must accept.
        public var due: Instant

        /// Makes one from its parts.
        public init(to: String, due: Instant) {
            self.to = to
            self.due = due
        }
    }

    /// How far an incident has come.
    ///
    /// The raw value stands in journals and snapshots: never renumber.
    public enum Phase: UInt8, CaseIterable, Sendable {
        /// Responders are called and nobody has answered. Can transition to `acknowledged`, `onScene`,
        /// `closed`.
        case calling = 0
        /// Somebody has taken it over. Can transition to `calling` (stale, a new hazard, or a hand-over that
        /// nobody accepts), `onScene`, `closed`.
        case acknowledged = 1
        /// Somebody is there. Can transition to `calling` (a new hazard, or a hand-over that nobody accepts),
        /// `acknowledged` (handed over to somebody who is not there yet), `closed`.
        case onScene = 2
        /// A person closed it. Final.
        case closed = 3

        /// The word for it in SQL, HTTP and messages.
        public var name: String { Self.words[self] }

        private static let words = Words<Phase>()
    }
}

/// How a person says an incident ended.
///
/// The raw value stands in journals and snapshots: never renumber, only append.
public enum Disposition: UInt8, CaseIterable, Sendable {
    case real = 0
    case falseAlarm = 1
    case test = 2
    case technical = 3
    /// Nobody was met; opens a visit.
    case noContact = 4

    /// The word for it in SQL, HTTP and messages.
    public var name: String { Self.words[self] }

    private static let words = Words<Disposition>()

    /// The case of a word; nil when the vocabulary does not have it.
    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}

/// An alarm as its incident shows it.
public struct IncidentAlarm: Hashable, Sendable {
    /// Its id, unique in the site.
    public var id: AlarmID
    /// What it is about.
    public var kind: AlarmKind
    /// How pressing it is.
    public var urgency: Urgency
    /// The rule that found it.
    public var rule: String
    /// Whether the condition still stands.
    public var isActive: Bool
    /// When it was raised first.
    public var raisedAt: Instant
    /// How often it was raised, first time included.
    public var raiseCount: Int32
    /// By how much it comes late.
    public var lateBy: Duration
    /// The first and the newest observations, oldest first, at most `evidenceLimit`.
    public var evidence: [Evidence]

    /// The most observations kept for one alarm of an incident.
    public static let evidenceLimit = 6

    /// Makes one from its parts.
    public init(_ change: AlarmChange, at now: Instant) {
        id = change.alarm
        kind = change.kind
        urgency = change.urgency
        rule = change.rule
        isActive = true
        raisedAt = now
        raiseCount = 1
        lateBy = change.lateBy
        evidence = [change.evidence]
    }
}

/// One thing that happened to an incident.
public struct TimelineEntry: Hashable, Sendable {
    /// When it happened, in gateway time.
    public var at: Instant
    /// What happened.
    public var event: Event
    /// The responder concerned, by id, or empty.
    public var responder: String
    /// The rule, channel, reason or disposition, in the words of the vocabulary.
    public var detail: String

    /// Makes one from its parts.
    public init(at: Instant, _ event: Event, responder: String = "", detail: String = "") {
        self.at = at
        self.event = event
        self.responder = responder
        self.detail = detail
    }

    /// The raw value stands in journals and snapshots: never renumber, only append.
    public enum Event: UInt8, CaseIterable, Sendable {
        case opened = 0
        case alarmRaised = 1
        case alarmRaisedAgain = 2
        case alarmRestored = 3
        case stepStarted = 4
        case stepRepeated = 5
        case stepFailed = 6
        case ordered = 7
        case delivered = 8
        case deliveryFailed = 9
        case acknowledged = 10
        case acknowledgementStale = 11
        case onScene = 12
        case closingOverdue = 13
        case helpRequested = 14
        case cancelPressed = 15
        case closed = 16
        /// Somebody is asked to ring the resident.
        case verificationStarted = 17
        /// Who was asked to ring the resident is doing so.
        case verifying = 18
        /// An order waits for the end of the responder's quiet hours.
        case orderWaits = 19
        /// No shift of a roster runs: others are called.
        case nobodyOnDuty = 20
        /// The one who has it offers it to somebody else.
        case handOverAsked = 21
        /// Who was offered it did not accept.
        case handOverUnanswered = 22
        /// A person wrote something down.
        case noted = 23

        /// The word for it in SQL, HTTP and messages.
        public var name: String { Self.words[self] }

        private static let words = Words<Event>()
    }
}
