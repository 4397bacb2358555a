public import SafetyModel

/// What one automaton remembers of one home, one device of it, or one building: conditions that are true,
/// partial matches, and what they look back at.
public struct MatchState: Hashable, Sendable {
    /// The automaton's place in the rule book.
    var automaton: UInt16
    /// The device that it stands for; `homeWide` otherwise.
    var device: Int32
    /// Whether its alarm was raised and not restored.
    var isRaised = false
    /// The device whose word moved the match last; `homeWide` before.
    var lastDevice = Self.homeWide
    /// The device whose word completed what is raised.
    var raisedDevice = Self.homeWide
    /// Steps so far: what is equal in time counts in the order of arrival.
    var order: UInt32 = 0
    /// Conditions that are true, by device.
    var entries: [ActiveCondition] = []
    /// Whether each node is true, or was last.
    var truths: Truths
    /// Sequences that have begun.
    var partials: [PartialMatch] = []
    /// Completions and samples that a window or a late event looks back at.
    var marks: [Mark] = []
    /// The next deadline by the clock, in milliseconds; `Int64.max` for none.
    var clockDue = Int64.max
    /// The next deadline of a silence, before blind time is added.
    var silenceDue = Int64.max

    /// Stands for no device.
    static let homeWide: Int32 = -1

    /// The most partial matches of one rule in one home (or building); beyond it the newest start is not
    /// taken, and counted as forgotten.
    public static let partialMatchLimit = 8
    /// The most completions that a count looks back at.
    public static let countLimit = 64
    /// The most samples of one device that a rate of change looks back at; beyond it the two that are
    /// nearest in time become one, which keeps the extreme.
    public static let sampleLimit = 16
    /// The most completions of one element that a late first event can find.
    public static let rememberedLimit = 8
    /// How long they are remembered, in milliseconds.
    static let memory: Int64 = 60_000
    /// How late an event may be and still take its place by its own time, in milliseconds.
    static let latenessLimit: Int64 = 40_000

    init(automaton: UInt16, device: Int32, truths: Truths) {
        self.automaton = automaton
        self.device = device
        self.truths = truths
    }
}

/// A condition that is true for a device.
struct ActiveCondition: Hashable, Sendable {
    var node: UInt16
    var device: Int32
    /// Since when, in milliseconds of gateway time.
    var since: Int64
    /// When it was said last.
    var saidAt: Int64
    /// The blind time when it was said last.
    var blind: Int64
    /// Whether `held ... for` has fired for this stretch.
    var hasFired = false
}

/// When something completed, and in which order among equal times.
struct Moment: Hashable, Comparable, Sendable {
    /// In milliseconds of gateway time.
    var time: Int64
    var order: UInt32

    static func < (a: Moment, b: Moment) -> Bool { (a.time, a.order) < (b.time, b.order) }
}

/// The first elements of a sequence, matched.
struct PartialMatch: Hashable, Sendable {
    /// The sequence.
    var node: UInt16
    /// How many elements are matched; all of them where it stands until its last absence is broken.
    var matched: UInt16
    /// Whether it was taken further, so that its end is no time-out.
    var wasContinued = false
    /// When its first element completed, moved by blind time.
    var start: Int64
    /// When its newest element completed.
    var moment: Moment
    /// The blind time then.
    var blind: Int64
    /// Whose word it was.
    var device: Int32
}

/// A completion or a sample that is looked back at.
struct Mark: Hashable, Sendable {
    /// What completed; an absence's mark is what broke it last.
    var node: UInt16
    var device: Int32
    var moment: Moment
    /// The blind time then.
    var blind: Int64
    /// The value, for samples.
    var value = 0.0
}

/// What became of the partial matches of a rule, since the first start of the gateway.
public struct MatchTally: Hashable, Sendable {
    /// Matches that completed, those outside its schedule included.
    public var completed: Int64 = 0
    /// Partial matches whose window passed.
    public var timedOut: Int64 = 0
    /// Partial matches that were not taken because there were too many.
    public var forgotten: Int64 = 0
    /// When a technician was last told of forgotten ones.
    public var toldAt: Instant?

    /// Nothing happened yet.
    public init() {}
}

/// The moment of a step, and what is known of hearing and of the wall clock then.
public struct MatchTime: Sendable {
    /// Gateway time.
    public var now: Instant
    /// Blind time so far, in milliseconds.
    public var blind: Int64
    /// Whether silence counts now.
    public var isHearing: Bool
    /// Wall time minus gateway time, in milliseconds.
    public var wallOffset: Int64

    /// Makes one from its parts.
    public init(now: Instant, blind: Int64, isHearing: Bool, wallOffset: Int64) {
        self.now = now
        self.blind = blind
        self.isHearing = isHearing
        self.wallOffset = wallOffset
    }

    /// The time of an event: the device's own where it lies within -40 s and +20 s of the gateway's, else
    /// the arrival.
    public func eventTime(deviceTime: WallTime?) -> Int64 {
        guard let deviceTime else { return now.milliseconds }
        let (time, overflows) = deviceTime.milliseconds.subtractingReportingOverflow(wallOffset)
        let isNear =
            !overflows && time >= now.milliseconds - MatchState.latenessLimit
            && time <= now.milliseconds + Self.earlinessLimit
        return isNear ? time : now.milliseconds
    }

    /// How far ahead of the gateway a device's clock may be and still be believed, in milliseconds.
    public static let earlinessLimit: Int64 = 20_000
}
