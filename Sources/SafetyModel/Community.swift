/// Homes, devices and people of one gateway, validated: indices are in range and ids are unique.
public struct Community: Sendable {
    /// Homes; index 0 is the gateway itself and has no devices.
    public var homes: [Home]
    /// Devices of all homes, grouped by home in the order of the homes.
    public var devices: [Device]
    /// Everybody who may be called.
    public var responders: [Responder]

    /// Makes one from its parts.
    public init(homes: [Home], devices: [Device], responders: [Responder]) {
        self.homes = homes
        self.devices = devices
        self.responders = responders
    }
}

/// A dwelling and who lives there.
public struct Home: Sendable {
    /// Unique in the site; it stands in topics, so without `/`, `+` and `#`.
    public var id: String
    /// What people call it: "3-2-501".
    public var name: String
    /// Where responders go.
    public var address: String
    /// The part of the community it lies in.
    public var area: String
    /// The building it lies in, unique in the site: "3"; empty when unknown.
    public var building: String
    /// The staircase or unit of the building: "2"; empty when unknown.
    public var unit: String
    /// The floor, the ground floor as people there count it; nil when unknown.
    public var floor: Int?
    /// Who lives there.
    public var residents: [Resident]
    /// Its devices, as a range of `Community.devices`.
    public var devices: Range<Int32>
    /// Until it is declared in service, nothing escalates and no trouble is raised.
    public var isInService: Bool
    /// Who is called for this home, by role, as ids of `Community.responders`.
    public var contacts: [Contact]
    /// Who has a key to it: the id of a responder, or words ("at the porter's lodge"); empty when unknown.
    public var keyHolder: String
    /// What may hurt those who come: "oxygen cylinder", "dog".
    public var hazards: [String]

    /// Makes one from its parts.
    public init(
        id: String, name: String, address: String = "", area: String = "", building: String = "",
        unit: String = "", floor: Int? = nil, residents: [Resident] = [],
        devices: Range<Int32> = 0..<0, isInService: Bool = true, contacts: [Contact] = [],
        keyHolder: String = "", hazards: [String] = []
    ) {
        self.id = id
        self.name = name
        self.address = address
        self.area = area
        self.building = building
        self.unit = unit
        self.floor = floor
        self.residents = residents
        self.devices = devices
        self.isInService = isInService
        self.contacts = contacts
        self.keyHolder = keyHolder
        self.hazards = hazards
    }

    /// One person to call for a home, in a role.
    public struct Contact: Hashable, Sendable {
        /// In which capacity the person answers.
        public var role: Role
        /// The id of a responder.
        public var responder: String
        /// Makes one from its parts.
        public init(role: Role, responder: String) {
            self.role = role
            self.responder = responder
        }
    }
}

/// A person who lives in a home and is looked after.
public struct Resident: Sendable {
    /// Its id, unique in the site.
    public var id: String
    /// What people call it.
    public var name: String
    /// Empty when unknown.
    public var telephone: String
    /// What a responder should know ("dementia", "hard of hearing").
    public var conditions: [String]
    /// Vital signs whose bounds differ from those of the rules, each at most once.
    public var bounds: [VitalBounds]

    /// Makes one from its parts.
    public init(
        id: String, name: String, telephone: String = "", conditions: [String] = [],
        bounds: [VitalBounds] = []
    ) {
        self.id = id
        self.name = name
        self.telephone = telephone
        self.conditions = conditions
        self.bounds = bounds
    }
}

/// A sensor, button, bridge or actuator in a home.
public struct Device: Sendable {
    /// Unique within its home.
    public var id: String
    /// The home it stands in.
    public var home: HomeIndex
    /// Where it stands: "kitchen", "bedroom".
    public var place: String
    /// The name of its profile.
    public var profile: String
    /// What it is about.
    public var kind: Kind
    /// Signals that the technician says it gives; the profile's when the file is silent.
    public var signals: [Signal]
    /// The longest silence before it counts as lost; zero means it is not supervised.
    public var supervision: Duration
    /// Whether it is the magnet of the door through which people come and go.
    public var isOutsideDoor: Bool
    /// Who wears it, by the place among the home's residents; nil where no file says so.
    public var wearer: UInt8?

    /// Makes one from its parts.
    public init(
        id: String, home: HomeIndex, place: String = "", profile: String, kind: Kind = .sensor,
        signals: [Signal] = [], supervision: Duration = .zero, isOutsideDoor: Bool = false,
        wearer: UInt8? = nil
    ) {
        self.id = id
        self.home = home
        self.place = place
        self.profile = profile
        self.kind = kind
        self.signals = signals
        self.supervision = supervision
        self.isOutsideDoor = isOutsideDoor
        self.wearer = wearer
    }

    /// Whether it could raise a life-safety alarm.
    public var guardsLife: Bool { signals.contains(where: \.isLifeSafety) }

    /// What sort of thing it is.
    public enum Kind: UInt8, CaseIterable, Sendable {
        case sensor = 0
        /// Carries other devices of its home; its silence makes the home blind.
        case bridge = 1
        /// Only takes commands: a siren, a lamp.
        case actuator = 2
    }
}

/// A person or a station that answers alarms.
public struct Responder: Sendable {
    /// Unique in the site; it stands in topics, so without `/`, `+` and `#`.
    public var id: String
    /// What people call it.
    public var name: String
    /// In which capacity the person answers.
    public var role: Role
    /// Areas that a station, grid worker or centre answers for; empty means all.
    public var areas: [String]
    /// Ways to reach it, best first.
    public var channels: [ChannelAddress]
    /// When it is not to be woken for routine and technical matters, in local time; nil means never.
    public var quiet: Schedule.Span?

    /// Makes one from its parts.
    public init(
        id: String, name: String, role: Role, areas: [String] = [], channels: [ChannelAddress],
        quiet: Schedule.Span? = nil
    ) {
        self.id = id
        self.name = name
        self.role = role
        self.areas = areas
        self.channels = channels
        self.quiet = quiet
    }
}

/// One way to reach a responder: the name of a configured channel, and the address there.
public struct ChannelAddress: Hashable, Sendable {
    /// The name of the configured channel.
    public var channel: String
    /// The address as the channel understands it.
    public var address: String
    /// Makes one from its parts.
    public init(channel: String, address: String) {
        self.channel = channel
        self.address = address
    }
}

/// In which capacity somebody answers.
///
/// The raw value stands in journals and snapshots: never renumber, only append.
public enum Role: UInt8, CaseIterable, Sendable {
    case neighbour = 1
    case family = 2
    case gridWorker = 3
    case station = 4
    case streetCentre = 5
    /// The emergency-rescue centre.
    case centre = 6
    case technician = 7
    case supervisor = 8

    /// The word for it in YAML, SQL and HTTP.
    public var name: String { Self.words[self] }

    private static let words = Words<Role>()

    /// The case of a word; nil when the vocabulary does not have it.
    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}
