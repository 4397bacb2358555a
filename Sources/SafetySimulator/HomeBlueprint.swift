/// What a virtual home consists of, before anybody lives in it.
public struct HomeBlueprint: Hashable, Sendable {
    /// As in its topics: `homes/<id>/zigbee2mqtt/...`.
    public var id: String
    /// What people call it: "3-2-501".
    public var name: String
    /// Who lives there.
    public var resident: String
    /// Everything its bridge says stands below this topic.
    public var topic: String
    /// What its bridge carries.
    public var devices: [DeviceBlueprint]

    /// A blueprint of these parts.
    public init(
        id: String, name: String, resident: String = "", topic: String? = nil, devices: [DeviceBlueprint]
    ) {
        self.id = id
        self.name = name
        self.resident = resident
        self.topic = topic ?? "homes/\(id)/zigbee2mqtt"
        self.devices = devices
    }

    /// Whether a story that needs these devices can happen here.
    public func has(_ models: [DeviceModel]) -> Bool {
        models.allSatisfy { model in devices.contains { $0.model == model } }
    }
}

/// One device of a virtual home.
public struct DeviceBlueprint: Hashable, Sendable {
    /// Its friendly name on the bridge: the last level of its topic.
    public var name: String
    /// Where it stands: "kitchen".
    public var place: String
    /// What sort of device it is.
    public var model: DeviceModel

    /// A blueprint of these parts.
    public init(name: String, place: String, model: DeviceModel) {
        self.name = name
        self.place = place
        self.model = model
    }
}

extension HomeBlueprint {
    /// A believable home of a generated community, the same for the same seed and number.
    public static func generated(number: Int, seed: UInt64) -> HomeBlueprint {
        let digits = String(number)
        let id = "home-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        var random = SplitMix(seed: seed, name: id)
        let building = (number - 1) / 24 + 1
        let flat =
            "\(building)-\((number - 1) / 12 % 2 + 1)-\((number - 1) % 12 / 2 + 1)0\((number - 1) % 2 + 1)"
        var devices = Self.basicKit
        if random.happens(percent: 60) {
            devices.append(DeviceBlueprint("bathroom_leak", "bathroom", .waterLeak))
        }
        if random.happens(percent: 50) {
            devices.append(DeviceBlueprint("living_climate", "living room", .climate))
        }
        if random.happens(percent: 40) {
            devices.append(DeviceBlueprint("bedroom_radar", "bedroom", .fallRadar))
        }
        if random.happens(percent: 30) {
            devices.append(DeviceBlueprint("bathroom_co", "bathroom", .carbonMonoxide))
        }
        if random.happens(percent: 30) { devices.append(DeviceBlueprint("hall_plug", "hall", .plug)) }
        return HomeBlueprint(id: id, name: flat, resident: "Resident \(number)", devices: devices)
    }

    /// What every home of the programmes has.
    private static let basicKit = [
        DeviceBlueprint("kitchen_smoke", "kitchen", .smoke), DeviceBlueprint("kitchen_gas", "kitchen", .gas),
        DeviceBlueprint("entrance_door", "hall", .door), DeviceBlueprint("bedside_sos", "bedroom", .button),
        DeviceBlueprint("bedroom_motion", "bedroom", .motion),
        DeviceBlueprint("living_motion", "living room", .motion),
        DeviceBlueprint("bathroom_motion", "bathroom", .motion),
    ]
}

extension DeviceBlueprint {
    fileprivate init(_ name: String, _ place: String, _ model: DeviceModel) {
        self.init(name: name, place: place, model: model)
    }
}
