/// What a device can say: the only vocabulary, the same word in Swift, YAML, SQL and HTTP.
///
/// The raw value stands in journals and snapshots: never renumber, only append.
public enum Signal: UInt8, CaseIterable, Sendable {
    case smoke = 1
    case heat = 2
    /// Combustible gas, on or off; its concentration is `gasLevel`.
    case gas = 3
    /// Combustible gas in % of the lower explosive limit.
    case gasLevel = 4
    case carbonMonoxide = 5
    /// Carbon monoxide in ppm.
    case carbonMonoxideLevel = 6
    case waterLeak = 7
    /// A door or window: on means open.
    case contact = 8
    case motion = 9
    case presence = 10
    case bed = 11
    case seat = 12
    /// A key of a one-key-call device; the reading is a `CallKey`.
    case call = 13
    case fall = 14
    case worn = 15
    /// Beats per minute.
    case heartRate = 16
    /// Percent.
    case oxygenSaturation = 17
    /// Degrees Celsius, of a person.
    case bodyTemperature = 18
    /// Systolic and diastolic, mmHg.
    case bloodPressure = 19
    /// Degrees Celsius, of a room.
    case temperature = 20
    /// Percent relative humidity.
    case humidity = 21
    /// Charge in percent.
    case battery = 22
    case batteryLow = 23
    /// On means mains power is present.
    case mains = 24
    case tamper = 25
    case fault = 26
    case test = 27
    /// What the bridge believes of a device; on means reachable.
    case online = 28
    case linkQuality = 29
    /// Latitude and longitude in degrees.
    case location = 30
    case vibration = 31
    /// The bridge of a home itself: on means it is running.
    case bridge = 32

    /// What its readings look like.
    public var shape: Shape {
        switch self {
        case .gasLevel, .carbonMonoxideLevel, .heartRate, .oxygenSaturation, .bodyTemperature, .temperature,
            .humidity, .battery, .linkQuality:
            .number
        case .bloodPressure, .location: .pair
        case .call: .key
        default: .flag
        }
    }

    /// The form of a signal's readings.
    public enum Shape: Sendable { case flag, number, pair, key }

    /// The life-safety set of the domain, defined here once: smoke, heat, gas, CO, SOS call, fall.
    public static let lifeSafety: [Signal] = [.smoke, .heat, .gas, .carbonMonoxide, .call, .fall]

    /// Whether the signal belongs to the life-safety set.
    public var isLifeSafety: Bool {
        switch self {
        case .smoke, .heat, .gas, .carbonMonoxide, .call, .fall: true
        default: false
        }
    }
}

extension Signal {
    /// The word for it in YAML, SQL and HTTP.
    public var name: String { Self.words[self] }

    private static let words = Words<Signal>()

    /// The signal of a word, or nil when the vocabulary does not have it.
    public init?(name: String) {
        guard let found = Self.byName[name] else { return nil }
        self = found
    }

    private static let byName: [String: Signal] = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0.name, $0) })
}

/// The keys of one-key-call devices.
///
/// The raw value stands in journals and snapshots: never renumber, only append.
public enum CallKey: UInt8, CaseIterable, Sendable {
    case emergency = 1
    case medical = 2
    /// Takes a press back; never closes an incident by itself.
    case cancel = 3
    case medicine = 4
    case registration = 5
    case familyDoctor = 6
    case errand = 7
    /// Any other service key.
    case service = 8
    /// A daily check-in.
    case checkIn = 9

    /// Whether pressing it raises an SOS.
    public var isLifeSafety: Bool { self == .emergency || self == .medical }

    /// The word for it in YAML, SQL and HTTP.
    public var name: String { Self.words[self] }

    private static let words = Words<CallKey>()

    /// The case of a word; nil when the vocabulary does not have it.
    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}
