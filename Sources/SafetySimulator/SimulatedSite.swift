import Correlation
import Escalation
import SafetyCore
import SafetyModel
import SiteConfiguration
import Welfare

/// The files of a simulation, as one value per variant: what homes have which devices, and which rules.
struct SimulatedSite: Hashable, Sendable {
    /// In the order of the files.
    var homes: [House]
    /// A correlated rule beside the plain ones.
    var hasMoreRules = false
    /// A home in which nobody is expected these days.
    var pausedHome: String?
    /// Which files they are, from 0.
    var variant = 0

    /// A home and what stands in it, the bridge left out.
    struct House: Hashable, Sendable {
        var id: String
        var sensors: [SimulatedSensor]
    }

    /// The installation as the files would give it.
    func installation() -> Installation {
        var places = [Home(id: "gateway", name: "The gateway")]
        var devices: [Device] = []
        for (number, house) in homes.enumerated() {
            let first = Int32(devices.count)
            let home = HomeIndex(number + 1)
            devices.append(
                Device(id: "bridge", home: home, profile: "p", kind: .bridge, signals: [.bridge]))
            for sensor in house.sensors {
                devices.append(
                    Device(
                        id: sensor.rawValue, home: home, place: sensor.place, profile: "p",
                        signals: sensor.signals, supervision: sensor.supervision,
                        isOutsideDoor: sensor == .door))
            }
            places.append(
                Home(
                    id: house.id, name: house.id, area: number % 2 == 0 ? "north" : "south",
                    residents: [Resident(id: "resident", name: "R", telephone: "100")],
                    devices: first..<Int32(devices.count)))
        }
        return Installation(
            site: Site(
                gateway: "sim",
                community: Community(homes: places, devices: devices, responders: Self.people),
                rules: hasMoreRules ? Self.rules + Self.moreRules : Self.rules, plans: Self.plans,
                welfare: [nil] + homes.map { welfare(of: $0) }, rosters: Self.rosters),
            settings: GatewaySettings(), profiles: [], bindings: [], fileHash: UInt64(variant) + 1)
    }

    /// Limits of silence that a simulated day reaches, where a motion sensor could end it.
    private func welfare(of house: House) -> WelfarePlan? {
        guard house.sensors.contains(.motion) else { return nil }
        let inactivity = InactivityPlan(
            fixedLimits: [], otherwise: .minutes(20), ceiling: .minutes(40), preAlertLead: .minutes(5),
            awayCeiling: .hours(3))
        return WelfarePlan(
            inactivity: inactivity, checkInMinute: house.sensors.contains(.door) ? 9 * 60 : nil,
            visits: house.sensors.contains(.smoke) ? .daily : nil,
            pauses: house.id == pausedHome
                ? [WelfarePlan.Pause(days: 0...40_000, reason: "hospital")] : [])
    }

    static let people = [
        person("nina", .neighbour, ["mqtt", "sms"]), person("grace", .gridWorker, ["sms", "mqtt"]),
        person("centre", .centre, ["mqtt", "sms"]),
        person("tom", .technician, ["sms"], quiet: Schedule.Span(from: 600, until: 660)),
    ]

    private static func person(
        _ id: String, _ role: Role, _ channels: [String], quiet: Schedule.Span? = nil
    ) -> Responder {
        Responder(
            id: id, name: id, role: role, channels: channels.map { ChannelAddress(channel: $0, address: id) },
            quiet: quiet)
    }

    /// Nobody is on duty in the small hours: then everybody of the roster is called.
    private static let rosters = [
        Roster(
            id: "watch",
            shifts: [
                Roster.Shift(
                    name: "day", hours: Schedule(spans: [Schedule.Span(from: 360, until: 1_200)]),
                    people: ["grace"]),
                Roster.Shift(
                    name: "night", hours: Schedule(spans: [Schedule.Span(from: 1_200, until: 180)]),
                    people: ["nina"]),
            ], handOver: .minutes(10))
    ]

    private static let plans = [
        EscalationPlan(
            id: "fire", alarms: [.fire, .gas],
            steps: [
                EscalationPlan.Step(notify: [.person("centre"), .person("nina")], seenWithin: .seconds(60))
            ],
            repeatLastEvery: .seconds(90), onSceneWithin: .minutes(5), closeWithin: .minutes(10)),
        EscalationPlan(
            id: "calls", urgencies: [.lifeSafety, .urgent],
            steps: [
                EscalationPlan.Step(notify: [.person("nina")], seenWithin: .seconds(60)),
                EscalationPlan.Step(
                    notify: [.roster("watch"), .oneOf([.person("grace"), .person("centre")])],
                    seenWithin: .seconds(45), turnEvery: .seconds(45)),
                EscalationPlan.Step(notify: [.person("grace"), .person("centre")], seenWithin: .seconds(60)),
            ],
            repeatLastEvery: .seconds(90), onSceneWithin: .minutes(5), closeWithin: .minutes(10),
            verification: EscalationPlan.Verification(
                by: [.person("centre")], within: .seconds(60), before: [.inactivity])),
        EscalationPlan(
            id: "small", urgencies: [.routine, .technical],
            steps: [EscalationPlan.Step(notify: [.person("tom")], seenWithin: .minutes(30))]),
    ]

    private static let rules = [
        Rule(
            id: "leak", when: .condition(Condition(.waterLeak, .isOn)), alarm: .waterLeak, urgency: .routine)
    ]

    private static let moreRules = [
        Rule(
            id: "hot", when: .held(Condition(.temperature, .above(40)), for: .seconds(30)),
            alarm: .fire, urgency: .urgent),
        Rule(
            id: "hot-and-wet",
            when: .allOf(
                [
                    .condition(Condition(.waterLeak, .isOn)),
                    .condition(Condition(.temperature, .above(30))),
                ], within: .minutes(2)), alarm: .waterLeak, urgency: .urgent),
    ]
}

/// A device of a simulated home.
enum SimulatedSensor: String, CaseIterable, Hashable, Sendable {
    case smoke, gas, button, band, motion, door, leak, thermometer

    var signals: [Signal] {
        switch self {
        case .smoke: [.smoke]
        case .gas: [.gas]
        case .button: [.call]
        case .band: [.fall, .worn]
        case .motion: [.motion]
        case .door: [.contact]
        case .leak: [.waterLeak]
        case .thermometer: [.temperature]
        }
    }

    var place: String {
        switch self {
        case .smoke, .gas, .thermometer: "kitchen"
        case .button, .motion: "bedroom"
        case .leak: "bathroom"
        case .door: "hall"
        case .band: ""
        }
    }

    var supervision: Duration {
        switch self {
        case .motion: .minutes(20)
        case .smoke: .hours(24)
        default: .zero
        }
    }
}
