import Correlation
import Escalation
import SafetyCore
import SafetyModel
import Welfare

/// Builds a small site: home `h1` with one device of each sort, other homes with a smoke alarm and a bridge.
struct TinySite {
    var rules: [Rule] = []
    var plans = TinySite.plans
    var settings = CoreSettings()
    /// Homes besides the gateway.
    var homeCount = 1
    /// Homes that are not yet in service, by id.
    var commissioned: [String] = []
    /// Longest silence of the supervised devices; the button is never supervised.
    var supervision = Duration.hours(24)
    var responders = TinySite.people
    var groups: [ResponderGroup] = []
    var rosters: [Roster] = []
    /// Adds devices to `h1`.
    var more: [Device] = []
    /// Devices of `h1` that are left out.
    var without: [String] = []
    var residents: [Resident] = []
    var calendar = CivilCalendar.utc
    /// What welfare watches in `h1`.
    var welfare: WelfarePlan?
    /// When homes with a visit cycle are visited beside it.
    var visitCalendar = VisitCalendar()

    static let people = [
        responder("neighbour", .neighbour), responder("family", .family), responder("grid", .gridWorker),
        responder("station", .station), responder("centre", .centre), responder("technician", .technician),
    ]

    static func responder(_ id: String, _ role: Role) -> Responder {
        Responder(
            id: id, name: id, role: role,
            channels: [
                ChannelAddress(channel: "mqtt", address: id),
                ChannelAddress(channel: "sms", address: "+\(id)"),
            ])
    }

    static let plans = [
        plan(
            "everyone", alarms: [.fire, .gas, .co],
            [[.role(.centre), .role(.station), .role(.gridWorker), .role(.neighbour), .role(.family)]],
            repeatEvery: .seconds(60)),
        plan(
            "steps", urgencies: [.lifeSafety],
            [
                [.role(.neighbour), .role(.family)], [.role(.gridWorker)], [.role(.station), .role(.centre)],
            ]),
        plan("urgent", urgencies: [.urgent], [[.role(.gridWorker)], [.role(.station)]]),
        plan("routine", urgencies: [.routine], [[.role(.station)]], repeatEvery: .minutes(30)),
        plan(
            "technical", urgencies: [.technical], [[.role(.technician)]], seen: .hours(4),
            repeatEvery: .hours(24), delivery: .digest(minuteOfDay: 9 * 60)),
    ]

    static func plan(
        _ id: String, alarms: [AlarmKind] = [], urgencies: [Urgency] = [], _ steps: [[EscalationPlan.Target]],
        seen: Duration = .seconds(60), repeatEvery: Duration = .seconds(120),
        delivery: EscalationPlan.Delivery = .atOnce
    ) -> EscalationPlan {
        EscalationPlan(
            id: id, alarms: alarms, urgencies: urgencies,
            steps: steps.map { EscalationPlan.Step(notify: $0, seenWithin: seen) },
            repeatLastEvery: repeatEvery,
            onSceneWithin: .minutes(15), closeWithin: .hours(2), delivery: delivery)
    }

    /// The site; devices of a home stand in the order of their list.
    var site: Site {
        var homes = [Home(id: "gateway", name: "gateway")]
        var devices: [Device] = []
        for number in 1...max(1, homeCount) {
            let first = Int32(devices.count)
            devices += number == 1 ? fullHome : smallHome(number)
            let id = "h\(number)"
            homes.append(
                Home(
                    id: id, name: id, residents: number == 1 ? residents : [],
                    devices: first..<Int32(devices.count),
                    isInService: !commissioned.contains(id),
                    contacts: [
                        Home.Contact(role: .neighbour, responder: "neighbour"),
                        Home.Contact(role: .family, responder: "family"),
                    ]))
        }
        return Site(
            gateway: "gw", community: Community(homes: homes, devices: devices, responders: responders),
            rules: rules, plans: plans, calendar: calendar, settings: settings,
            welfare: welfare == nil ? [] : homes.map { $0.id == "h1" ? welfare : nil },
            visitCalendar: visitCalendar, groups: groups, rosters: rosters)
    }

    var compiled: CompiledSite { CompiledSite(site, hash: 1) }

    private var fullHome: [Device] {
        let home = HomeIndex(1)
        func sensor(_ id: String, _ place: String, _ signals: [Signal], watched: Bool = true) -> Device {
            Device(
                id: id, home: home, place: place, profile: "p", signals: signals,
                supervision: watched ? supervision : .zero, isOutsideDoor: id == "door")
        }
        let all = [
            sensor("smoke", "kitchen", [.smoke]), sensor("smoke2", "bedroom", [.smoke]),
            sensor("gas", "kitchen", [.gas, .gasLevel]), sensor("co", "bath", [.carbonMonoxide]),
            sensor("button", "bedroom", [.call], watched: false), sensor("band", "", [.fall, .heartRate]),
            sensor("door", "hall", [.contact]), sensor("thermo", "kitchen", [.temperature, .waterLeak]),
            Device(id: "bridge", home: home, profile: "p", kind: .bridge, signals: [.bridge]),
        ]
        return all.filter { !without.contains($0.id) } + more
    }

    private func smallHome(_ number: Int) -> [Device] {
        let home = HomeIndex(number)
        return [
            Device(id: "smoke", home: home, profile: "p", signals: [.smoke], supervision: supervision),
            Device(id: "button", home: home, profile: "p", signals: [.call]),
            Device(id: "bridge", home: home, profile: "p", kind: .bridge, signals: [.bridge]),
        ]
    }
}

extension Observation {
    static let smoke = Observation(.smoke, .flag(true))
    static let clear = Observation(.smoke, .flag(false))
    static let gas = Observation(.gas, .flag(true))
    static let gasClear = Observation(.gas, .flag(false))
    static let fall = Observation(.fall, .flag(true))
    static let open = Observation(.contact, .flag(true))
    static let shut = Observation(.contact, .flag(false))
    static let online = Observation(.online, .flag(true))
    static let offline = Observation(.online, .flag(false))
    static let bridgeUp = Observation(.bridge, .flag(true))
    static let bridgeDown = Observation(.bridge, .flag(false))
    /// A press of a key whose message is the event (`action`).
    static func press(_ key: CallKey = .emergency) -> Observation {
        Observation(.call, .key(key), form: .pulse)
    }
    /// A key that stays latched (`sos: true`).
    static func latched(_ key: CallKey = .emergency) -> Observation { Observation(.call, .key(key)) }
    static func temperature(_ degrees: Double) -> Observation { Observation(.temperature, .number(degrees)) }

    /// The same from another origin.
    func from(_ quality: Quality, at time: WallTime? = nil) -> Observation {
        var copy = self
        copy.quality = quality
        copy.deviceTime = time ?? deviceTime
        return copy
    }
}
