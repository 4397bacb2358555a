import Correlation
import DeviceProfiles
import Escalation
import SafetyCore
import SafetyModel
import SiteConfiguration

/// A small community: each home has a smoke detector, an SOS button, a motion sensor and a leak sensor.
enum TestSite {
    static let start = Instant(milliseconds: 1_790_000_000_000)
    static let devicesPerHome = 4

    /// The device of a home, homes counted from 1.
    static func device(_ kind: Int, home: Int) -> DeviceIndex {
        DeviceIndex((home - 1) * devicesPerHome + kind)
    }

    static func smoke(_ home: Int) -> DeviceIndex { device(0, home: home) }
    static func button(_ home: Int) -> DeviceIndex { device(1, home: home) }
    static func motion(_ home: Int) -> DeviceIndex { device(2, home: home) }
    static func leak(_ home: Int) -> DeviceIndex { device(3, home: home) }

    static func installation(homes names: [String] = ["h1", "h2", "h3"], hash: UInt64 = 1) -> Installation {
        var homes = [Home(id: "gateway", name: "The gateway")]
        var devices: [Device] = []
        for (place, name) in names.enumerated() {
            let first = Int32(devices.count)
            let home = HomeIndex(place + 1)
            devices += [
                Device(id: "smoke", home: home, place: "kitchen", profile: "p", signals: [.smoke]),
                Device(id: "sos", home: home, place: "bedroom", profile: "p", signals: [.call]),
                Device(
                    id: "motion", home: home, profile: "p", signals: [.motion], supervision: .hours(1)),
                Device(id: "leak", home: home, place: "bathroom", profile: "p", signals: [.waterLeak]),
            ]
            homes.append(
                Home(id: name, name: "Home \(name)", area: "north", devices: first..<Int32(devices.count)))
        }
        return Installation(
            site: Site(
                gateway: "g1",
                community: Community(homes: homes, devices: devices, responders: responders),
                rules: [
                    Rule(
                        id: "leak", when: .condition(Condition(.waterLeak, .isOn)), alarm: .waterLeak,
                        urgency: .routine)
                ], plans: plans),
            settings: GatewaySettings(), profiles: [], bindings: [], fileHash: hash)
    }

    private static let responders = [
        Responder(
            id: "nina", name: "Nina", role: .neighbour,
            channels: [ChannelAddress(channel: "sms", address: "1")]),
        Responder(
            id: "centre", name: "Centre", role: .centre,
            channels: [ChannelAddress(channel: "sms", address: "2")]),
        Responder(
            id: "tech", name: "Tech", role: .technician,
            channels: [ChannelAddress(channel: "sms", address: "3")]),
    ]

    private static let plans = [
        EscalationPlan(
            id: "all", urgencies: [.lifeSafety, .urgent],
            steps: [
                EscalationPlan.Step(notify: [.person("nina")], seenWithin: .seconds(60)),
                EscalationPlan.Step(notify: [.person("nina"), .person("centre")], seenWithin: .seconds(60)),
            ]),
        EscalationPlan(
            id: "small", urgencies: [.routine, .technical],
            steps: [EscalationPlan.Step(notify: [.person("tech")], seenWithin: .hours(1))]),
    ]
}

extension InputBatch {
    init(_ inputs: CoreInput...) {
        self.init()
        self.inputs = inputs
    }

    /// Adds what a device says.
    mutating func say(
        _ device: DeviceIndex, _ signal: Signal, _ reading: Reading = .flag(true), key: UInt64? = nil
    ) {
        let form: Observation.Form = signal == .call ? .pulse : .level
        observations.append(Observation(signal, reading, form: form))
        let payload = append(payload: Array("{\"\(signal.name)\":true}".utf8))
        append(
            from: device, deviceTime: nil, isRetained: false, firstObservation: observations.count - 1,
            payload: payload)
        if let key { deliveryKeys.append(key) }
    }

    static func saying(
        _ device: DeviceIndex, _ signal: Signal, _ reading: Reading = .flag(true), key: UInt64? = nil
    ) -> InputBatch {
        var batch = InputBatch()
        batch.say(device, signal, reading, key: key)
        return batch
    }
}
