/// What an alarm is about: one of the words below, or a word that a rule of the site brings.
public struct AlarmKind: Hashable, Comparable, Sendable {
    public var name: String
    public init(_ name: String) { self.name = name }

    public static let fire = AlarmKind("fire")
    public static let gas = AlarmKind("gas")
    public static let co = AlarmKind("co")
    public static let sos = AlarmKind("sos")
    public static let fall = AlarmKind("fall")
    public static let waterLeak = AlarmKind("waterLeak")
    public static let inactivity = AlarmKind("inactivity")
    public static let deviceLost = AlarmKind("deviceLost")
    public static let deviceNeverSeen = AlarmKind("deviceNeverSeen")
    public static let bridgeLost = AlarmKind("bridgeLost")
    public static let batteryLow = AlarmKind("batteryLow")
    public static let tamper = AlarmKind("tamper")
    public static let deviceFault = AlarmKind("deviceFault")
    public static let deviceClock = AlarmKind("deviceClock")
    public static let undecoded = AlarmKind("undecoded")
    public static let homeUnprotected = AlarmKind("homeUnprotected")
    public static let gatewayTrouble = AlarmKind("gatewayTrouble")

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
    public var name: String { "\(self)" }

    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// A smaller value is more pressing.
    public static func < (a: Urgency, b: Urgency) -> Bool { a.rawValue < b.rawValue }
}
