import SafetyModel

/// The codes of the payload corpus (`co.alarm`, `sos.pressed`, `battery 80`) for our signals.
///
/// Used nowhere else: the vocabulary of anju is `Signal`.
enum DecodeCodes {
    /// The codes of one message.
    static func codes(of observations: [Observation]) -> [String] {
        let isTest = observations.contains { $0.signal == .test && $0.reading.isOn }
        var codes: [String] = []
        for observation in observations {
            for code in Self.codes(of: observation, isTest: isTest) where !codes.contains(code) {
                codes.append(code)
            }
        }
        return codes
    }

    private static func codes(of observation: Observation, isTest: Bool) -> [String] {
        guard var code = code(of: observation) else { return [] }
        var codes: [String] = []
        if isTest, observation.reading == .flag(false), let hazard = hazards[observation.signal] {
            codes.append(hazard + ".test")
        }
        if observation.quality == .history { code = "history." + code }
        return codes + [code]
    }

    private static let hazards: [Signal: String] = [
        .smoke: "smoke", .heat: "smoke", .gas: "gas", .carbonMonoxide: "co", .waterLeak: "leak",
    ]

    /// For flags: the codes of on and off.
    private static let flags: [Signal: (on: String, off: String)] = [
        .contact: ("contact.open", "contact.closed"),
        .motion: ("motion.detected", "motion.clear"),
        .presence: ("presence.detected", "presence.clear"),
        .bed: ("bed.occupied", "bed.clear"),
        .seat: ("seat.occupied", "seat.clear"),
        .fall: ("fall.alarm", "fall.clear"),
        .worn: ("worn True", "worn False"),
        .batteryLow: ("battery.low", "battery.ok"),
        .mains: ("mains.ok", "mains.lost"),
        .tamper: ("device.tamper", "tamper.ok"),
        .fault: ("device.fault", "fault.ok"),
        .test: ("device.test", "test.off"),
        .online: ("device.online", "device.offline"),
        .vibration: ("vibration.detected", "vibration.clear"),
        .bridge: ("bridge.online", "bridge.offline"),
    ]

    private static let numbers: [Signal: String] = [
        .gasLevel: "gas.density", .carbonMonoxideLevel: "co.ppm", .heartRate: "heart_rate",
        .oxygenSaturation: "spo2",
        .bodyTemperature: "body_temperature", .temperature: "temperature", .humidity: "humidity",
        .battery: "battery",
        .linkQuality: "link_quality",
    ]

    private static func code(of observation: Observation) -> String? {
        switch observation.reading {
        case .flag(let isOn):
            if let hazard = hazards[observation.signal] {
                return hazard + (!isOn ? ".clear" : observation.quality == .test ? ".test" : ".alarm")
            }
            return flags[observation.signal].map { isOn ? $0.on : $0.off }
        case .number(let number): return numbers[observation.signal].map { "\($0) \(text(number))" }
        case .pair(let first, let second):
            return observation.signal == .bloodPressure ? "blood_pressure \(first)/\(second)" : "location"
        case .key(let key): return key.isLifeSafety ? "sos.pressed" : "call.\(key.name)"
        }
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
    }
}
