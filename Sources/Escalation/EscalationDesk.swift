public import SafetyModel

/// The incidents of one home, and who is told about them.
///
/// A value: alarm changes, commands, reports and time come in; orders go out. Every open incident has a
/// deadline.
public struct EscalationDesk: Hashable, Sendable {
    /// Open incidents, and closed ones that still have orders outstanding, in the order of opening.
    public internal(set) var incidents: [Incident]

    /// Makes one from its parts.
    public init(incidents: [Incident] = []) { self.incidents = incidents }

    /// What stands around one step of the desk.
    public struct Situation: Hashable, Sendable {
        /// The gateway time of this step.
        public var now: Instant
        /// No report for this long is a failed try.
        public var deliveryPatience: Duration
        /// Tries over one channel before the next is used.
        public var triesPerChannel: Int
        /// How long until a minute of the day comes, for digests.
        public var untilDigest: Duration
        /// A channel that is known not to work now; the others go before it.
        public var brokenChannel: String?
        /// Orders that were made but have not left: what they say will include what happens now.
        public var unsent: [OrderID]
        /// Local civil time, for rosters and quiet hours.
        public var calendar: CivilCalendar
        /// Wall time minus gateway time, in milliseconds.
        public var wallOffsetMilliseconds: Int64

        /// Makes one from its parts.
        public init(
            now: Instant, deliveryPatience: Duration, triesPerChannel: Int, untilDigest: Duration = .zero,
            brokenChannel: String? = nil, unsent: [OrderID] = [], calendar: CivilCalendar = .utc,
            wallOffsetMilliseconds: Int64 = 0
        ) {
            self.now = now
            self.deliveryPatience = deliveryPatience
            self.triesPerChannel = triesPerChannel
            self.untilDigest = untilDigest
            self.brokenChannel = brokenChannel
            self.unsent = unsent
            self.calendar = calendar
            self.wallOffsetMilliseconds = wallOffsetMilliseconds
        }

        /// The wall time of this step.
        public var wall: WallTime { WallTime(milliseconds: now.milliseconds + wallOffsetMilliseconds) }
    }

    /// What came of it.
    public struct Outcome: Hashable, Sendable {
        /// In the order in which they were given.
        public var orders: [NotificationOrder] = []
        /// Incidents that changed, each once.
        public var touched: [IncidentID] = []
        /// Incidents that went away; their newest state.
        public var finished: [Incident] = []

        /// Starts empty, or with the defaults.
        public init() {}

        /// Whether there is nothing in it.
        public var isEmpty: Bool { orders.isEmpty && touched.isEmpty && finished.isEmpty }

        mutating func touch(_ id: IncidentID) {
            if !touched.contains(id) { touched.append(id) }
        }
    }

    /// From one try of an order to the next (5 to 20 s by GB/T 26875.3).
    public static let retryDelay = Duration.seconds(5)
    /// When every order of the last step failed, it is sent again after this.
    public static let failedStepDelay = Duration.seconds(20)
    /// With this many orders on the way a further press of a known hazard, or a further call for help, adds
    /// no orders, only its record: people are being told.
    public static let outstandingLimit = 64
    /// A deadline that fires later than this is marked late.
    public static let lateLimit = Duration.seconds(2)

    /// When the next thing is due here.
    public var nextDeadline: Instant? {
        var next: Instant?
        // An incident is large and every message asks: it is looked at in its place.
        for place in incidents.indices {
            if let deadline = incidents[place].nextDeadline { next = min(next ?? deadline, deadline) }
            for order in incidents[place].outstanding.indices {
                let due = incidents[place].outstanding[order].deadline
                next = min(next ?? due, due)
            }
        }
        return next
    }

    /// Changes one incident, counts its revision and lets it go when nothing is left to do.
    mutating func update(
        _ place: Int, _ outcome: inout Outcome, _ body: (inout Incident, inout Outcome) -> Void
    ) {
        body(&incidents[place], &outcome)
        incidents[place].revision += 1
        outcome.touch(incidents[place].id)
    }

    /// Removes closed incidents whose orders are all done.
    mutating func sweep(_ outcome: inout Outcome) {
        let isAnyDone = incidents.indices.contains {
            incidents[$0].phase == .closed && incidents[$0].outstanding.isEmpty
        }
        guard isAnyDone else { return }
        for incident in incidents where !incident.isOpen && incident.outstanding.isEmpty {
            outcome.finished.append(incident)
        }
        incidents.removeAll { !$0.isOpen && $0.outstanding.isEmpty }
    }
}

extension EscalationDesk {
    /// The same incidents after a reload moved their home.
    public func moved(to home: HomeIndex) -> EscalationDesk {
        EscalationDesk(
            incidents: incidents.map { incident in
                var incident = incident
                incident.home = home
                return incident
            })
    }
}
