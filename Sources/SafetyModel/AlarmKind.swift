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
    /// The resident has been quiet for long and should be asked, before a person is called.
    public static let areYouWell = AlarmKind("areYouWell")
    /// No sign of life and no check-in by the agreed time of the day.
    public static let noCheckIn = AlarmKind("noCheckIn")
    /// A visit was due and nobody came.
    public static let visitOverdue = AlarmKind("visitOverdue")
    /// A visitor met the resident, who needs help.
    public static let helpNeeded = AlarmKind("helpNeeded")
    /// Smoke in several homes of one building.
    public static let buildingFire = AlarmKind("buildingFire")
    /// A pulse, oxygen saturation or body temperature out of bounds.
    public static let vitals = AlarmKind("vitals")
    /// The wristband is not worn.
    public static let wristbandOff = AlarmKind("wristbandOff")
    /// An outside door stands open.
    public static let doorOpen = AlarmKind("doorOpen")
    /// An outside door was not opened by day.
    public static let doorNotOpened = AlarmKind("doorNotOpened")
    /// Somebody who gets lost left the home at night.
    public static let wandering = AlarmKind("wandering")
    /// Somebody pressed a service key.
    public static let serviceCall = AlarmKind("serviceCall")
    /// A device was tested by its key.
    public static let deviceTest = AlarmKind("deviceTest")
    /// A device comes and goes too often.
    public static let chatter = AlarmKind("chatter")
    /// What a device says contradicts itself.
    public static let sensorConflict = AlarmKind("sensorConflict")
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
    /// A rule had more partial matches than it may keep, and forgot some.
    public static let matchesForgotten = AlarmKind("matchesForgotten")
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
