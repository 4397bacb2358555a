public import SafetyModel

/// What a rule waits for: the pattern language's model, as configuration writes it.
///
/// The language grows by cases here (sequence, absence, count, ...); the compiler turns them into indexed
/// leaves.
public indirect enum Pattern: Hashable, Sendable {
    /// One signal of one device meets a threshold or is on.
    case condition(Condition)
    /// The condition has been true without a break for this long.
    case held(Condition, for: Duration)
    /// At least one of them.
    case anyOf([Pattern])
    /// All of them, each now or at most this long ago.
    case allOf([Pattern], within: Duration)
}

/// A statement about one signal of one device.
public struct Condition: Hashable, Sendable {
    /// The signal concerned.
    public var signal: Signal
    /// What begins the alarm.
    public var raise: Comparison
    /// When the condition ends; nil means when `raise` is no longer true (no hysteresis).
    public var clear: Comparison?

    /// Makes one from its parts.
    public init(_ signal: Signal, _ raise: Comparison, clear: Comparison? = nil) {
        self.signal = signal
        self.raise = raise
        self.clear = clear
    }
}

/// A test of one reading.
public enum Comparison: Hashable, Sendable {
    case isOn
    case isOff
    case above(Double)
    case below(Double)
    case atLeast(Double)
    case atMost(Double)
    case isKey(CallKey)

    /// Whether the reading passes; a reading of another shape never does.
    public func holds(for reading: Reading) -> Bool {
        switch (self, reading) {
        case (.isOn, .flag(let flag)): flag
        case (.isOff, .flag(let flag)): !flag
        case (.above(let limit), .number(let number)): number > limit
        case (.below(let limit), .number(let number)): number < limit
        case (.atLeast(let limit), .number(let number)): number >= limit
        case (.atMost(let limit), .number(let number)): number <= limit
        case (.isKey(let wanted), .key(let key)): wanted == key
        default: false
        }
    }
}

/// A pattern and the alarm that it raises.
public struct Rule: Hashable, Sendable {
    /// Unique in the site; the compiled-in life-safety rules start with `life-safety/`.
    public var id: String
    /// The pattern that it waits for.
    public var when: Pattern
    /// The alarm concerned.
    public var alarm: AlarmKind
    /// How pressing it is.
    public var urgency: Urgency
    /// Only devices in these places; empty means anywhere.
    public var places: [String]
    /// Only these devices, by id; empty means any.
    public var devices: [String]
    /// Only homes with a resident of this condition; nil means any home.
    public var residentCondition: String?

    /// Makes one from its parts.
    public init(
        id: String, when: Pattern, alarm: AlarmKind, urgency: Urgency, places: [String] = [],
        devices: [String] = [], residentCondition: String? = nil
    ) {
        self.id = id
        self.when = when
        self.alarm = alarm
        self.urgency = urgency
        self.places = places
        self.devices = devices
        self.residentCondition = residentCondition
    }
}

extension Rule {
    /// The rules that no configuration can remove: any hazard of the life-safety set raises at once.
    public static let lifeSafety: [Rule] = [
        built("smoke", Condition(.smoke, .isOn), .fire),
        built("heat", Condition(.heat, .isOn), .fire),
        built("gas", Condition(.gas, .isOn), .gas),
        built("carbon-monoxide", Condition(.carbonMonoxide, .isOn), .co),
        built("sos", Condition(.call, .isKey(.emergency)), .sos),
        built("medical", Condition(.call, .isKey(.medical)), .sos),
        built("fall", Condition(.fall, .isOn), .fall),
    ]

    private static func built(_ name: String, _ condition: Condition, _ alarm: AlarmKind) -> Rule {
        Rule(id: "life-safety/\(name)", when: .condition(condition), alarm: alarm, urgency: .lifeSafety)
    }
}
