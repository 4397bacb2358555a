import SafetyCore
import SafetyModel

/// Messages of a community's devices, made beforehand, so that only the machine is measured.
struct Traffic {
    /// Batches to be taken in one after the other, again and again.
    var batches: [InputBatch]
    /// Messages in all batches.
    var messages = 0
    /// Observations in all batches.
    var observations = 0
    /// How long one batch takes when every device says something once a minute, in milliseconds.
    var millisecondsPerBatch: Int64

    /// What the devices say.
    enum Kind: String, CaseIterable {
        /// One observation a message: doors and motion that change, temperatures that creep.
        case changing
        /// What was said before, word by word.
        case repeating
        /// A message as a Zigbee device sends it: every cached attribute again, one of them changed.
        case asSent
    }

    init(_ community: Community, kind: Kind, count: Int, seed: UInt64, batchSize: Int = 256) {
        var random = SplitMix(seed: seed)
        let sensors = community.devices.indices.filter { community.devices[$0].kind == .sensor }
        var isOn = [Bool](repeating: false, count: community.devices.count)
        batches = []
        millisecondsPerBatch = max(1, Int64(batchSize * 60_000 / max(1, sensors.count)))
        while messages < count {
            var batch = InputBatch()
            for _ in 0..<batchSize {
                let device = sensors[Int(random.next() % UInt64(sensors.count))]
                let first = batch.observations.count
                if kind != .repeating { isOn[device].toggle() }
                Self.say(
                    community.devices[device].signals, isOn: isOn[device], kind: kind, random: &random,
                    into: &batch.observations)
                batch.append(
                    from: DeviceIndex(device), deviceTime: nil, isRetained: false, firstObservation: first,
                    payload: 0..<0)
                messages += 1
            }
            observations += batch.observations.count
            batches.append(batch)
        }
    }

    private static func say(
        _ signals: [Signal], isOn: Bool, kind: Kind, random: inout SplitMix,
        into observations: inout [Observation]
    ) {
        let own = signals.first { $0 == .contact || $0 == .motion }
        let hazard = signals.first { $0.isLifeSafety || $0 == .waterLeak }
        let degrees = kind == .repeating ? 21.5 : 21 + Double(random.next() % 10) / 10
        switch kind {
        case .changing, .repeating:
            if let own {
                observations.append(Observation(own, .flag(isOn)))
            } else if kind == .repeating, let hazard {
                observations.append(Observation(hazard, .flag(false)))
            } else {
                observations.append(Observation(.temperature, .number(degrees)))
            }
        case .asSent:
            if let hazard { observations.append(Observation(hazard, .flag(false))) }
            if let own { observations.append(Observation(own, .flag(isOn))) }
            observations.append(Observation(.battery, .number(97)))
            observations.append(Observation(.tamper, .flag(false)))
            observations.append(Observation(.linkQuality, .number(Double(80 + random.next() % 100))))
            observations.append(Observation(.temperature, .number(degrees)))
        }
    }
}

/// Steele, Lea and Flood's SplitMix64: the same numbers everywhere.
struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
