public import SafetyModel

/// What a rule or the supervision found, for the alarm register.
public struct Finding: Hashable, Sendable {
    /// Where it came from.
    public var source: Source
    /// The device's place in its home; nil for home-wide findings.
    public var device: Int?
    /// What happened to it.
    public var change: Change
    /// The signal concerned.
    public var signal: Signal?
    /// The value that was given.
    public var reading: Reading?
    /// Where the value came from.
    public var quality: Quality
    /// When the device says it happened.
    public var deviceTime: WallTime?
    /// By how much it comes late.
    public var lateBy: Duration
    /// Whose word it was, where the finding itself is home-wide.
    ///
    /// In a scope wider than a home it is the device's place in the community, and names the home too.
    public var evidenceDevice: Int?
    /// What else a person should know, in English and without personal data; empty when there is nothing.
    public var detail = ""

    /// Makes one from its parts.
    public init(
        source: Source, device: Int?, change: Change, signal: Signal? = nil, reading: Reading? = nil,
        quality: Quality = .live, deviceTime: WallTime? = nil, lateBy: Duration = .zero,
        evidenceDevice: Int? = nil
    ) {
        self.source = source
        self.device = device
        self.change = change
        self.signal = signal
        self.reading = reading
        self.quality = quality
        self.deviceTime = deviceTime
        self.lateBy = lateBy
        self.evidenceDevice = evidenceDevice ?? device
    }

    /// Where it came from.
    public enum Source: Hashable, Sendable {
        /// A rule by its place in the rule book.
        case rule(Int)
        case trouble(AlarmKind)
        /// A rule that had to forget partial matches.
        case forgotten(Int)
        /// Welfare fears for the resident.
        case welfare(Concern)
    }

    /// What welfare fears.
    public enum Concern: UInt8, CaseIterable, Sendable {
        /// A long silence; the resident should be asked first.
        case quiet = 0
        /// Too long a silence at home.
        case inactive = 1
        /// Nobody has come home for too long.
        case away = 2
        /// No sign of life by the agreed time of the day.
        case noCheckIn = 3
        /// A visit was due and nobody came.
        case visitOverdue = 4
        /// A visitor says that the resident needs help.
        case helpNeeded = 5
    }

    /// What can happen to it.
    public enum Change: Hashable, Sendable {
        /// The condition is true; it raises when no alarm stands for it.
        case active
        /// Each one counts: a press.
        case pressed
        /// The condition ended.
        case restored
    }
}
