/// What an alarm is about: one of the words below, or a word that a rule of the site brings.
public struct AlarmKind: Hashable, Comparable, Sendable {
    /// The word for it in YAML, SQL and HTTP.
    public var name: String
    /// Makes one from its parts.
    public init(_ name: String) { self.name = name }

    /// Smoke or heat.
    public static let fire = AlarmKind("fire")
    /// Combustible gas.
    public static let gas = AlarmKind("gas")
    /// Carbon monoxide.
    public static let co = AlarmKind("co")
    /// Somebody pressed for help.
    public static let sos = AlarmKind("sos")
    /// Somebody fell.
    public static let fall = AlarmKind("fall")
    /// Water where none should be.
    public static let waterLeak = AlarmKind("waterLeak")
    /// No sign of life for too long.
    public static let inactivity = AlarmKind("inactivity")
    /// A device has been silent too long.
    public static let deviceLost = AlarmKind("deviceLost")
    /// A device was never heard.
    public static let deviceNeverSeen = AlarmKind("deviceNeverSeen")
    /// A bridge is away, so its home cannot be heard.
    public static let bridgeLost = AlarmKind("bridgeLost")
    /// A battery wants to be changed.
    public static let batteryLow = AlarmKind("batteryLow")
    /// Somebody opened or removed a device.
    public static let tamper = AlarmKind("tamper")
    /// A device reports a fault of its own.
    public static let deviceFault = AlarmKind("deviceFault")
    /// A device's clock runs backward or is far off.
    public static let deviceClock = AlarmKind("deviceClock")
    /// A device says what its profile cannot read.
    public static let undecoded = AlarmKind("undecoded")
    /// Nothing that could raise a life-safety alarm can be heard.
    public static let homeUnprotected = AlarmKind("homeUnprotected")
    /// Something is wrong with the gateway itself.
    public static let gatewayTrouble = AlarmKind("gatewayTrouble")

    /// In alphabetical order.
    public static func < (a: AlarmKind, b: AlarmKind) -> Bool { a.name < b.name }
}

/// How pressing an alarm is; the order of the cases is the order of sending.
///
/// The raw value stands in journals and snapshots: never renumber.
public enum Urgency: UInt8, CaseIterable, Comparable, Sendable {
    case lifeSafety = 0
    case urgent = 1
    case routine = 2
    case technical = 3

    /// The word for it in YAML, SQL and HTTP.
    public var name: String { Self.words[self] }

    private static let words = Words<Urgency>()

    /// The case of a word; nil when the vocabulary does not have it.
    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// A smaller value is more pressing.
    public static func < (a: Urgency, b: Urgency) -> Bool { a.rawValue < b.rawValue }
}
