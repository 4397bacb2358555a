public import DeviceProfiles
public import SafetyModel

extension HomeBlueprint {
    /// The homes of a site, so that what lives is exactly what is guarded.
    ///
    /// - Parameter bindings: the devices' topics, in the order of the community's devices.
    public static func homes(of community: Community, bindings: [TopicBinding]) -> [HomeBlueprint] {
        precondition(bindings.count == community.devices.count, "Every device has one binding.")
        return community.homes.compactMap { home in
            let range = Int(home.devices.lowerBound)..<Int(home.devices.upperBound)
            let devices = range.compactMap { index -> DeviceBlueprint? in
                let device = community.devices[index]
                guard let model = DeviceModel(device) else { return nil }
                return DeviceBlueprint(name: bindings[index].name, place: device.place, model: model)
            }
            guard let first = range.first else { return nil }
            return HomeBlueprint(
                id: home.id, name: home.name, resident: home.residents.first?.name ?? "",
                topic: bindings[first].base, devices: devices)
        }
    }
}

extension DeviceModel {
    /// The virtual device that says what a configured one says; bridges and actuators have none.
    public init?(_ device: Device) {
        guard device.kind == .sensor else { return nil }
        let kind = device.profile.split(separator: "/").last.map(String.init) ?? ""
        let words: [(model: DeviceModel, kinds: [String], signal: Signal)] = [
            (.smoke, ["smoke"], .smoke), (.gas, ["gas"], .gas), (.carbonMonoxide, ["co"], .carbonMonoxide),
            (.fallRadar, ["fall"], .fall), (.button, ["sos"], .call), (.door, ["contact"], .contact),
            (.waterLeak, ["leak"], .waterLeak), (.motion, ["motion"], .motion),
            (.climate, ["climate"], .temperature), (.plug, ["plug"], .mains),
        ]
        let named =
            words.first { $0.kinds.contains(kind) } ?? words.first { device.signals.contains($0.signal) }
        guard let found = named else { return nil }
        self = found.model
    }
}
