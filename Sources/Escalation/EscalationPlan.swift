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

    /// Makes one from its parts.
    public init(
        id: String, alarms: [AlarmKind] = [], urgencies: [Urgency] = [], homes: [String] = [],
        areas: [String] = [], steps: [Step], repeatLastEvery: Duration = .seconds(120),
        onSceneWithin: Duration = .minutes(15), closeWithin: Duration = .hours(2),
        delivery: Delivery = .atOnce
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
    }

    /// One wave of calls.
    public struct Step: Hashable, Sendable {
        /// Who is told in this step, all at the same moment.
        public var notify: [Target]
        /// How long to wait for somebody to answer before the next step.
        public var seenWithin: Duration

        /// Makes one from its parts.
        public init(notify: [Target], seenWithin: Duration) {
            self.notify = notify
            self.seenWithin = seenWithin
        }
    }

    /// Whom a step means.
    public enum Target: Hashable, Sendable {
        /// The home's contacts of this role; without one, the responders of this role that answer for its
        /// area (family and neighbours are contacts only).
        case role(Role)
        /// One responder by id.
        case person(String)
    }

    /// When orders leave.
    public enum Delivery: Hashable, Sendable {
        case atOnce
        /// As a digest at this local time of day; only for technical alarms.
        case digest(minuteOfDay: Int)
    }
}
