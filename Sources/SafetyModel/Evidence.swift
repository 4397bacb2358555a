/// Why an alarm stands: one observation, with what the device itself wrote.
public struct Evidence: Hashable, Sendable {
    /// The device's id within its home; empty when no device said it (a deadline passed).
    public var device: String
    /// Where it stands, empty when unknown.
    public var place: String
    /// The signal concerned.
    public var signal: Signal?
    /// The value that was given.
    public var reading: Reading?
    /// Where the value came from.
    public var quality: Quality
    /// When the gateway received it.
    public var at: Instant
    /// When the device says it happened.
    public var deviceTime: WallTime?
    /// The device's own payload, at most `payloadLimit` bytes; a longer one is cut there.
    public var payload: [UInt8]

    /// Makes one from its parts.
    public init(
        device: String, place: String, signal: Signal?, reading: Reading?, quality: Quality, at: Instant,
        deviceTime: WallTime? = nil, payload: [UInt8] = []
    ) {
        self.device = device
        self.place = place
        self.signal = signal
        self.reading = reading
        self.quality = quality
        self.at = at
        self.deviceTime = deviceTime
        self.payload = payload
    }

    /// The most bytes of a payload that are kept as evidence.
    public static let payloadLimit = 1_024
}

/// What happened to an alarm: how the alarm register tells the escalation desk.
public struct AlarmChange: Hashable, Sendable {
    /// The alarm concerned.
    public var alarm: AlarmID
    /// The home concerned.
    public var home: HomeIndex
    /// What it is about.
    public var kind: AlarmKind
    /// How pressing it is.
    public var urgency: Urgency
    /// The id of the rule or supervision that found it.
    public var rule: String
    /// What happened to it.
    public var change: Change
    /// The observations that made it.
    public var evidence: Evidence
    /// By how much it comes late: from history, or a deadline that passed while the gateway was down.
    public var lateBy: Duration

    /// Makes one from its parts.
    public init(
        alarm: AlarmID, home: HomeIndex, kind: AlarmKind, urgency: Urgency, rule: String, change: Change,
        evidence: Evidence, lateBy: Duration = .zero
    ) {
        self.alarm = alarm
        self.home = home
        self.kind = kind
        self.urgency = urgency
        self.rule = rule
        self.change = change
        self.evidence = evidence
        self.lateBy = lateBy
    }

    /// The raw value stands in journals and snapshots: never renumber, only append.
    public enum Change: UInt8, Sendable {
        /// It was not there before.
        case raised = 0
        /// A new press, or the hazard came back while the alarm stood.
        case raisedAgain = 1
        /// The condition ended; the alarm stands until its incident is closed.
        case restored = 2
    }
}
