/// The sorts of devices that virtual homes have: what each one says, how often, and from which power.
public enum DeviceModel: String, CaseIterable, Sendable {
    case smoke
    case gas
    case carbonMonoxide
    case door
    case motion
    case button
    case waterLeak
    case fallRadar
    case climate
    case plug

    /// Whether it hangs on the mains: its bridge pings it, and it reports every few minutes.
    public var isMainsPowered: Bool { self == .gas || self == .fallRadar || self == .plug }

    /// Seconds between two reports without an occasion, shortest and longest.
    var reportSeconds: ClosedRange<Int> {
        switch self {
        case .gas, .plug: 150...200
        case .fallRadar: 150...240
        case .climate: 540...1_200
        case .motion, .door: 2_900...3_300
        case .smoke, .carbonMonoxide, .waterLeak: 2_900...7_200
        case .button: 10_800...14_400
        }
    }

    /// Every attribute that its messages repeat, as a quiet home leaves them, in the order of their names.
    func attributes(random: inout SplitMix) -> [Attribute] {
        var found = readings(random: &random)
        found.append(Attribute("last_seen", .nothing))
        found.append(Attribute("linkquality", .integer(random.number(40...255))))
        if !isMainsPowered {
            found.append(Attribute("battery", .integer(random.number(55...100))))
            found.append(Attribute("voltage", .integer(random.number(2_850...3_150))))
        }
        return found.sorted { $0.name < $1.name }
    }

    /// The attributes that make it this sort of device.
    private func readings(random: inout SplitMix) -> [Attribute] {
        switch self {
        case .smoke:
            [
                Attribute("battery_low", .flag(false)), Attribute("smoke", .flag(false)),
                Attribute("tamper", .flag(false)), Attribute("test", .flag(false)),
            ]
        case .gas: [Attribute("gas", .flag(false)), Attribute("tamper", .flag(false))]
        case .carbonMonoxide:
            [
                Attribute("battery_low", .flag(false)), Attribute("carbon_monoxide", .flag(false)),
                Attribute("tamper", .flag(false)),
            ]
        case .door:
            [
                Attribute("contact", .flag(true)),
                Attribute("device_temperature", .integer(random.number(18...26))),
                Attribute("power_outage_count", .integer(random.number(1...60))),
                Attribute("trigger_count", .integer(0)),
            ]
        case .motion:
            [
                Attribute("device_temperature", .integer(random.number(18...26))),
                Attribute("illuminance", .integer(random.number(0...40))),
                Attribute("occupancy", .flag(false)),
                Attribute("power_outage_count", .integer(random.number(1...60))),
            ]
        case .button: []
        case .waterLeak:
            [
                Attribute("battery_low", .flag(false)), Attribute("tamper", .flag(false)),
                Attribute("water_leak", .flag(false)),
            ]
        case .fallRadar:
            [
                Attribute("fall_down_status", .text("none")), Attribute("fall_sensitivity", .integer(5)),
                Attribute("motion_direction", .text("standing_still")),
                Attribute("motion_speed", .integer(0)),
                Attribute("presence", .flag(false)), Attribute("radar_scene", .text("bedroom")),
                Attribute("radar_sensitivity", .integer(7)), Attribute("tumble_switch", .text("ON")),
            ]
        case .climate:
            [
                Attribute("humidity", .decimal(Double(random.number(3_800...6_500)) / 100)),
                Attribute("temperature", .decimal(Double(random.number(1_800...2_600)) / 100)),
            ]
        case .plug:
            [
                Attribute("current", .decimal(0.05)),
                Attribute("energy", .decimal(Double(random.number(10...9_000)) / 10)),
                Attribute("power", .integer(random.number(4...11))), Attribute("state", .text("ON")),
                Attribute("voltage", .integer(random.number(218...233))),
            ]
        }
    }
}

/// One attribute of a device's state, which every one of its messages repeats.
struct Attribute: Hashable, Sendable {
    var name: String
    var value: Value

    init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }

    /// A JSON value as the bridge writes it.
    enum Value: Hashable, Sendable {
        case flag(Bool)
        case integer(Int)
        case decimal(Double)
        case text(String)
        case nothing

        /// Its JSON text; `text` never holds a character that JSON would escape.
        var json: String {
            switch self {
            case .flag(let flag): flag ? "true" : "false"
            case .integer(let number): "\(number)"
            case .decimal(let number): "\((number * 100).rounded() / 100)"
            case .text(let text): "\"\(text)\""
            case .nothing: "null"
            }
        }
    }
}
