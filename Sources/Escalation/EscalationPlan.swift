public import SafetyModel

/// Who is told, in what order, and how long to wait: as configuration writes it.
public struct EscalationPlan: Hashable, Sendable {
    /// Unique in the site.
    public var id: String
    /// Alarm kinds that it covers; together with `urgencies` empty it covers nothing.
    public var alarms: [AlarmKind]
    /// Alarms of these urgencies whose kind no other plan of the home names.
    public var urgencies: [Urgency]
    /// Ids of the homes it covers; empty means every home (of `areas`, where those are given).
    public var homes: [String]
    /// Areas whose homes it covers; empty means every area.
    public var areas: [String]
    /// At least one; the last repeats until a person answers.
    public var steps: [Step]
    /// How long the last step waits before it is sent again.
    public var repeatLastEvery: Duration
    /// From the acknowledgement to being on scene; later the acknowledgement counts as stale and is taken
    /// back.
    public var onSceneWithin: Duration
    /// From being on scene to closing; later a reminder goes out, again and again.
    public var closeWithin: Duration
    /// When the incident's orders may leave.
    public var delivery: Delivery
    /// Who rings the resident; nil where nobody does.
    public var verification: Verification?

    /// Makes one from its parts.
    public init(
        id: String, alarms: [AlarmKind] = [], urgencies: [Urgency] = [], homes: [String] = [],
        areas: [String] = [], steps: [Step], repeatLastEvery: Duration = .seconds(120),
        onSceneWithin: Duration = .minutes(15), closeWithin: Duration = .hours(2),
        delivery: Delivery = .atOnce, verification: Verification? = nil
    ) {
        self.id = id
        self.alarms = alarms
        self.urgencies = urgencies
        self.homes = homes
        self.areas = areas
        self.steps = steps
        self.repeatLastEvery = repeatLastEvery
        self.onSceneWithin = onSceneWithin
        self.closeWithin = closeWithin
        self.delivery = delivery
        self.verification = verification
    }

    /// One wave of calls.
    public struct Step: Hashable, Sendable {
        /// Who is told in this step: all at the same moment, or one after the other.
        public var notify: [Target]
        /// How long to wait for somebody to answer before the next step.
        public var seenWithin: Duration
        /// One after the other, each so long; nil means all at once.
        public var turnEvery: Duration?

        /// Makes one from its parts.
        public init(notify: [Target], seenWithin: Duration, turnEvery: Duration? = nil) {
            self.notify = notify
            self.seenWithin = seenWithin
            self.turnEvery = turnEvery
        }
    }

    /// Whom a step means.
    public enum Target: Hashable, Sendable {
        /// The home's contacts of this role; without one, the responders of this role that answer for its
        /// area (family and neighbours are contacts only).
        case role(Role)
        /// One responder by id.
        case person(String)
        /// Everybody of a group, by id.
        case group(String)
        /// Whoever is on duty by a roster when the step starts, by the roster's id.
        case roster(String)
        /// One of the people whom these mean; the next one in the next incident and in each repetition.
        case oneOf([Target])
    }

    /// A call to the resident before anybody is sent, or while people are being called.
    public struct Verification: Hashable, Sendable {
        /// Who rings.
        public var by: [Target]
        /// How long the first step may wait for it, at most `withinLimit`.
        public var within: Duration
        /// Alarm kinds whose first step waits for it; for all others it runs beside the calls.
        public var before: [AlarmKind]

        /// Makes one from its parts.
        public init(by: [Target], within: Duration, before: [AlarmKind] = []) {
            self.by = by
            self.within = within
            self.before = before
        }

        /// The longest verification (NFPA 72 26.2.2).
        public static let withinLimit = Duration.seconds(90)

        /// Whether an alarm may wait for a verification at all: inactivity, vitals and troubles.
        public static func mayDelay(_ kind: AlarmKind, urgency: Urgency) -> Bool {
            switch urgency {
            case .lifeSafety: false
            case .technical: true
            case .urgent, .routine: kind == .inactivity || kind == .vitals
            }
        }
    }

    /// Kinds that start with everyone at once, the centre included; nothing in a plan may put them in turn.
    public static let parallelKinds: [AlarmKind] = [.fire, .gas, .co, .buildingFire]

    /// When orders leave.
    public enum Delivery: Hashable, Sendable {
        case atOnce
        /// As a digest at this local time of day; only for technical alarms.
        case digest(minuteOfDay: Int)
    }
}
