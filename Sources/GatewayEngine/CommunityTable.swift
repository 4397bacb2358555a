import Correlation
import Escalation
import GatewayPorts
import SafetyCore
import SafetyModel
import Synchronization
import Welfare

/// What the machine knows at one moment, and the language in which people hear of it.
struct BoardLook: Sendable {
    var view: MachineView
    var language: String
}

/// How the board looks at the machine: through a view that is let go at once, and a table of all homes that
/// is worked out at most once a second of gateway time.
final class Looking: Sendable {
    private let state = Mutex(State())
    private let source = Mutex<@Sendable () -> BoardLook?>({ nil })

    private struct State {
        var table: CommunityTable?
    }

    /// How old the table of homes may be; a gateway that takes nothing in does not age.
    static let ageLimit = Duration.seconds(1)

    func use(_ body: @escaping @Sendable () -> BoardLook?) { source.withLock { $0 = body } }

    /// What is known now; nil until a gate is there.
    var now: BoardLook? {
        let body = source.withLock { $0 }
        return body()
    }

    /// Wall time minus gateway time, where a query has times to shift.
    func wallOffset(for query: IncidentQuery) -> Int64 {
        query.from == nil && query.to == nil ? 0 : now?.view.wallOffsetMilliseconds ?? 0
    }

    /// The table of all homes; those who ask at the same time work it out once.
    var table: CommunityTable? {
        state.withLock { state in
            guard let look = now else { return nil }
            if let table = state.table, table.site === look.view.site,
                look.view.now - table.now < Self.ageLimit
            {
                return table
            }
            let index = state.table.flatMap { $0.site === look.view.site ? $0.index : nil }
            let table = CommunityTable(look.view, index: index ?? SearchIndex(look.view.site.site.community))
            state.table = table
            return table
        }
    }
}

/// One line for each home: what lists show, and nothing that needs the machine.
struct CommunityTable: Sendable {
    let site: CompiledSite
    let now: Instant
    let wallOffset: Int64
    /// By home index; the gateway's own place is the first.
    var homes: [Row]
    /// Devices that want a technician, in the order of the site.
    var troubled: [DeviceIndex]
    /// Devices of homes in service that were never heard, in the order of the site.
    var unheard: [DeviceIndex]
    let index: SearchIndex

    /// What a list says of a home.
    struct Row: Sendable {
        var state = State.calm
        var presence = PresenceWord.unknown
        var lastSignOfLife: Instant?
        var open: [Int64] = []
    }

    /// How a home is, the most pressing first.
    enum State: String, Sendable {
        case alarm, unprotected, trouble, notInService, paused, calm
    }

    /// Whether somebody is at home, as people are told.
    enum PresenceWord: String, Sendable { case home, away, unknown }

    init(_ view: MachineView, index: SearchIndex) {
        site = view.site
        now = view.now
        wallOffset = view.wallOffsetMilliseconds
        self.index = index
        var homes: [Row] = []
        homes.reserveCapacity(site.homeCount)
        var troubled: [DeviceIndex] = []
        var unheard: [DeviceIndex] = []
        view.forEachHome { place, home in
            let first = view.site.devices(of: place).lowerBound
            let isInService = view.site.site.community.homes[place.int].isInService
            let devices = isInService ? Self.troubles(of: home) : []
            troubled += devices.map { DeviceIndex(first + $0) }
            if isInService {
                unheard += Self.unheard(of: home, in: view.site.site.community.devices[first...])
            }
            homes.append(Row(home, isInService: isInService, hasTrouble: !devices.isEmpty))
        }
        self.homes = homes
        self.troubled = troubled
        self.unheard = unheard
    }

    /// Devices of a home that were never heard; `devices` begins with its first.
    private static func unheard(of home: borrowing HomeState, in devices: ArraySlice<Device>) -> [DeviceIndex]
    {
        // Most homes have none, and looking at each device for it would cost more than the table.
        let first = devices.startIndex
        guard home.perception.devices.contains(where: { !$0.hasBeenSeen }) else { return [] }
        let perception = home.perception
        return perception.devices.indices.filter { local in
            DeviceStanding(of: devices[first + local], local: local, in: perception) == .neverHeard
        }.map { DeviceIndex(first + $0) }
    }

    /// Devices of a home that want a technician, by their places in it, ascending.
    static func troubles(of home: borrowing HomeState) -> [Int] {
        var found: [Int] = []
        for place in home.perception.devices.indices where home.perception.devices[place].isLost {
            found.append(place)
        }
        for reading in home.perception.readings where reading.reading.isOn {
            switch reading.signal {
            case .fault, .tamper, .batteryLow:
                if !found.contains(Int(reading.device)) { found.append(Int(reading.device)) }
            default: break
            }
        }
        return found.count > 1 ? found.sorted() : found
    }

    /// The wall time of a moment.
    func wall(_ instant: Instant) -> WallTime { WallTime(milliseconds: instant.milliseconds + wallOffset) }
}

extension CommunityTable.Row {
    init(_ home: borrowing HomeState, isInService: Bool, hasTrouble: Bool) {
        var isAlarmed = false
        var hasOpenTrouble = hasTrouble
        for incident in home.desk.incidents where incident.isOpen {
            open.append(incident.id.number)
            if incident.urgency == .technical {
                hasOpenTrouble = true
            } else if incident.kind != .homeUnprotected {
                isAlarmed = true
            }
        }
        state =
            if isAlarmed { .alarm } else if home.perception.isUnprotected {
                .unprotected
            } else if !isInService { .notInService } else if hasOpenTrouble {
                .trouble
            } else if home.care.isPaused { .paused } else { .calm }
        presence = CommunityTable.PresenceWord(home.welfare?.presence.state)
        lastSignOfLife = home.welfare?.lastSignAt
    }
}

extension CommunityTable.PresenceWord {
    init(_ state: Presence.State?) {
        self =
            switch state {
            case .atHome: .home
            case .away: .away
            case .perhapsAway, nil: .unknown
            }
    }
}

/// What people look homes up by, in lower case and side by side: one walk over bytes finds them.
struct SearchIndex: Sendable {
    private var text: [UInt8] = []
    private var textEnds: [Int] = []
    private var digits: [UInt8] = []
    private var digitEnds: [Int] = []

    /// What stands between two fields; nobody searches for it.
    private static let gap: UInt8 = 0

    init(_ community: Community) {
        for home in community.homes {
            for field in [home.id, home.name, home.address] { add(field) }
            for resident in home.residents {
                add(resident.name)
                digits += resident.telephone.utf8.filter { (0x30...0x39).contains($0) } + [Self.gap]
            }
            textEnds.append(text.count)
            digitEnds.append(digits.count)
        }
    }

    private mutating func add(_ field: String) { text += Array(field.lowercased().utf8) + [Self.gap] }

    /// The places of the homes that a text finds, ascending; digits are looked for in telephones too.
    func find(_ words: String) -> [Int] {
        let wanted = Array(words.lowercased().utf8)
        guard !wanted.isEmpty else { return Array(textEnds.indices) }
        let found = Self.places(of: wanted, in: text, ends: textEnds)
        let isNumber = wanted.allSatisfy { (0x30...0x39).contains($0) || [0x20, 0x2B, 0x2D].contains($0) }
        let number = wanted.filter { (0x30...0x39).contains($0) }
        guard isNumber, number.count >= Self.digitMinimum else { return found }
        let called = Self.places(of: number, in: digits, ends: digitEnds)
        return Array(Set(found + called)).sorted()
    }

    /// Fewer digits would find every telephone.
    static let digitMinimum = 3

    private static func places(of wanted: [UInt8], in bytes: [UInt8], ends: [Int]) -> [Int] {
        var places: [Int] = []
        bytes.withUnsafeBufferPointer { bytes in
            var home = 0
            var at = 0
            while at + wanted.count <= bytes.count {
                if bytes[at] == wanted[0], wanted.indices.allSatisfy({ bytes[at + $0] == wanted[$0] }) {
                    while ends[home] <= at { home += 1 }
                    places.append(home)
                    at = ends[home]
                } else {
                    at += 1
                }
            }
        }
        return places
    }
}
