import DeviceProfiles
import SafetyModel

extension SiteBuilder {
    /// The longest supervision of a device that watches for smoke or heat (GB 20517).
    static let smokeSupervisionLimit = Duration.hours(24)
    /// The longest supervision of any device.
    static let supervisionLimit = Duration.hours(25)
    /// Signals that say something of the device, nothing of the home: no reason to have it.
    static let upkeepSignals: [Signal] = [
        .battery, .batteryLow, .mains, .tamper, .fault, .test, .online, .linkQuality, .bridge,
    ]

    mutating func checkTopics() {
        let directory = TopicDirectory(profiles: profiles, bindings: bindings)
        for conflict in directory.conflicts {
            let keeper = community.devices[conflict.keeper.int]
            problems.error(
                at: devicePlace(conflict.other.int),
                "The topic `\(conflict.topic.quoted)` is already claimed by \(keeper.id) of the home "
                    + "\(community.homes[keeper.home.int].id) at \(devicePlace(conflict.keeper.int).text)",
                why: "A message can come from one device only",
                fix: "Correct `topic` or `base_topic` of one of them.")
        }
    }

    /// Bounds of supervision: said by the device, or by its profile (then once a profile).
    mutating func checkSupervision() {
        var toldProfiles: Set<Int32> = []
        for (index, device) in community.devices.enumerated() {
            guard let fault = supervisionFault(device, profile: profiles[Int(bindings[index].profile)]) else {
                continue
            }
            let isOwn = device.supervision != profiles[Int(bindings[index].profile)].supervision
            guard isOwn || toldProfiles.insert(bindings[index].profile).inserted else { continue }
            problems.error(
                at: isOwn ? devicePlace(index) : profilePlaces[Int(bindings[index].profile)],
                fault.what, why: fault.why, fix: fault.fix)
        }
    }

    private func supervisionFault(
        _ device: Device, profile: DeviceProfile
    ) -> (what: String, why: String, fix: String)? {
        let shown = YAMLNode.show(device.supervision)
        let watchesFire = device.signals.contains(.smoke) || device.signals.contains(.heat)
        if device.supervision == .zero {
            // A profile without supervision is of devices that speak only when something happens.
            guard device.guardsLife, profile.supervision != .zero else { return nil }
            return (
                "The device \(device.id) guards life and is not supervised",
                "It could be dead for months without anybody knowing",
                "Remove `supervision: none`; then \(YAMLNode.show(profile.supervision)) of the profile hold."
            )
        }
        if watchesFire, device.supervision > Self.smokeSupervisionLimit {
            return (
                "\(profile.id) is supervised every \(shown) only",
                "A smoke alarm must be missed within 24 h (GB 20517)",
                "Write `supervision: 24 h` or less."
            )
        }
        if device.supervision > Self.supervisionLimit {
            return (
                "\(profile.id) is supervised every \(shown) only", "A dead device must be missed within 25 h",
                "Write `supervision: 25 h` or less."
            )
        }
        return nil
    }
}
