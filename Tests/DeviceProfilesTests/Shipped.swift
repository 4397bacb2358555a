import DeviceProfiles
import Foundation
import SafetyModel
import SiteConfiguration

/// The shipped profiles of this repository, and one decoder over a home that has a device of each.
enum Shipped {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("config/profiles").path
    static let loaded = ProfileFiles.load(folder: folder)
    static let profiles = loaded.profiles
    static let base = "homes/h1/zigbee2mqtt"

    static func profile(_ id: String) -> DeviceProfile? { profiles.first { $0.id == id } }

    /// A decoder for one device called `d1` of a profile.
    static func decoder(_ id: String, payloadLimit: Int = 262_144) -> MessageDecoder {
        let index = profiles.firstIndex { $0.id == id } ?? -1
        let binding = TopicBinding(device: DeviceIndex(7), base: base, name: "d1", profile: Int32(index))
        return MessageDecoder(
            directory: TopicDirectory(profiles: profiles, bindings: [binding]), payloadLimit: payloadLimit)
    }
}

/// What came of a message, in a form that a table can hold.
struct Decoded: Equatable {
    var message: DecodedMessage
    var observations: [Observation]
    /// `smoke on`, `battery 80`, `call emergency pulse`, `contact off history@1665561758000`.
    var lines: [String] { observations.map(Self.line) }

    private static func line(_ observation: Observation) -> String {
        var words = [observation.signal.name]
        switch observation.reading {
        case .flag(let isOn): words.append(isOn ? "on" : "off")
        case .number(let number): words.append("\((number * 100).rounded() / 100)")
        case .pair(let first, let second): words.append("\(first)/\(second)")
        case .key(let key): words.append(key.name)
        }
        if observation.form == .pulse { words.append("pulse") }
        if observation.quality != .live { words.append("\(observation.quality)") }
        if let time = observation.deviceTime { words.append("@\(time.milliseconds)") }
        return words.joined(separator: " ")
    }
}

extension MessageDecoder {
    func decode(_ topic: String, _ payload: [UInt8], isRetained: Bool = false) -> Decoded {
        var observations: [Observation] = []
        let message = Array(topic.utf8).withUnsafeBytes { topic in
            payload.withUnsafeBytes {
                decode(topic: topic, payload: $0, isRetained: isRetained, into: &observations)
            }
        }
        return Decoded(message: message, observations: observations)
    }

    func decode(_ topic: String, _ payload: String, isRetained: Bool = false) -> Decoded {
        decode(topic, Array(payload.utf8), isRetained: isRetained)
    }
}
