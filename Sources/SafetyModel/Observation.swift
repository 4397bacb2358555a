/// One value that a device gave for one signal.
public enum Reading: Hashable, Sendable {
    case flag(Bool)
    case number(Double)
    case pair(Float, Float)
    case key(CallKey)

    /// Whether it is a flag that is on.
    public var isOn: Bool { self == .flag(true) }
}

/// Where a reading came from, which decides what it may prove.
///
/// The raw value stands in journals and snapshots: never renumber, only append.
public enum Quality: UInt8, CaseIterable, Sendable {
    /// Said by the device now.
    case live = 0
    /// Kept by the broker and delivered at subscription.
    case retained = 1
    /// A cached state said again by a bridge.
    case replayed = 2
    /// An old event of a history array or a retransmission; it fills the record.
    case history = 3
    /// Made by a test key or a test mode.
    case test = 4

    /// Whether a value of this quality can prove that somebody is alive or that a device is reachable.
    public var provesLife: Bool { self == .live }

    /// The word for it in messages.
    public var name: String { Self.words[self] }

    private static let words = Words<Quality>()
}

/// What a device said about one signal.
public struct Observation: Hashable, Sendable {
    /// The signal concerned.
    public var signal: Signal
    /// The value that was given.
    public var reading: Reading
    /// How it relates to values before it.
    public var form: Form
    /// Where the value came from.
    public var quality: Quality
    /// When the device says it happened; only for `history` and where a reading carries a time of its own.
    public var deviceTime: WallTime?

    /// Makes one from its parts.
    public init(
        _ signal: Signal, _ reading: Reading, form: Form = .level, quality: Quality = .live,
        deviceTime: WallTime? = nil
    ) {
        self.signal = signal
        self.reading = reading
        self.form = form
        self.quality = quality
        self.deviceTime = deviceTime
    }

    /// How a reading relates to those before it.
    public enum Form: UInt8, Sendable {
        /// A state: repeating it changes nothing.
        case level = 0
        /// An occurrence without an end: each one counts ("the message itself is the event").
        case pulse = 1
    }
}

/// A device's message: its observations stand in the batch that carries it.
public struct DeviceMessage: Hashable, Sendable {
    /// The device concerned.
    public var device: DeviceIndex
    /// The message's own time (`last_seen`), where the device or its bridge gives one.
    public var deviceTime: WallTime?
    /// Whether the broker delivered it as a retained message.
    public var isRetained: Bool
    /// Its observations, as a range of `InputBatch.observations`.
    public var observations: Range<Int32>
    /// The raw payload, bounded, as a range of `InputBatch.payloads`; empty when it was not kept.
    public var payload: Range<Int32>

    /// Makes one from its parts.
    public init(
        device: DeviceIndex, deviceTime: WallTime? = nil, isRetained: Bool = false,
        observations: Range<Int32>,
        payload: Range<Int32> = 0..<0
    ) {
        self.device = device
        self.deviceTime = deviceTime
        self.isRetained = isRetained
        self.observations = observations
        self.payload = payload
    }
}
