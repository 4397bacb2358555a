import DeviceProfiles
import Foundation
import SafetyModel

/// Answers `anju decode`'s input lines, one by one.
final class LineDecoder {
    private let profiles: [DeviceProfile]
    private let guesser: ProfileGuesser
    private let decoder: MessageDecoder
    private let chosen: Int?
    private let isRetained: Bool
    private let encoder = JSONEncoder()

    /// The most bytes of a payload that is decoded.
    static let payloadLimit = 1_048_576

    init(profiles: [DeviceProfile], chosen: Int?, isRetained: Bool) {
        self.profiles = profiles
        self.chosen = chosen
        self.isRetained = isRetained
        guesser = ProfileGuesser(profiles: profiles)
        decoder = MessageDecoder(
            directory: TopicDirectory(profiles: profiles, bindings: []), payloadLimit: Self.payloadLimit)
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    /// One line of output for one line of input.
    func answer(to line: String) -> String {
        let answer = decoded(line)
        guard let json = try? encoder.encode(answer) else {
            return #"{"codes":[],"failure":"the answer cannot be written as JSON","observations":[]}"#
        }
        return String(decoding: json, as: UTF8.self)
    }

    private func decoded(_ line: String) -> DecodeAnswer {
        guard let input = try? JSONDecoder().decode(InputLine.self, from: Data(line.utf8)) else {
            return DecodeAnswer(
                failure: "the line is not a JSON object with the texts \"topic\" and \"payload\"")
        }
        var payload = input.payload
        return payload.withUTF8 { decoded(UnsafeRawBufferPointer($0), topic: input.topic) }
    }

    private func decoded(_ payload: UnsafeRawBufferPointer, topic: String) -> DecodeAnswer {
        guard let place = place(of: topic, payload: payload) else {
            return DecodeAnswer(failure: "no profile speaks on the topic \(topic.prefix(100))")
        }
        var observations: [Observation] = []
        let message = decoder.decode(
            payload, profile: place.profile, rule: place.rule, key: place.key, isRetained: isRetained,
            into: &observations)
        var answer = DecodeAnswer(failure: message.failure)
        answer.codes = DecodeCodes.codes(of: observations)
        answer.observations = observations.map(DecodeAnswer.Line.init)
        answer.profile = chosen == nil ? kind(of: place.profile, observations) : profiles[place.profile].id
        answer.deviceTime = message.deviceTime?.milliseconds
        return answer
    }

    private func place(of topic: String, payload: UnsafeRawBufferPointer) -> ProfileGuess? {
        guard let chosen else { return guesser.guess(topic: topic, payload: payload) }
        return ProfileGuesser(profile: profiles[chosen], index: chosen).guess(topic: topic, payload: payload)
    }

    /// The profile that the technician would write: that of the first signal that it is about.
    private func kind(of profile: Int, _ observations: [Observation]) -> String {
        let broad = profiles[profile].id
        guard let slash = broad.firstIndex(of: "/"), broad.hasSuffix("/any") else { return broad }
        let said = Set(observations.map(\.signal))
        let kinds = profiles.filter {
            $0.id.hasPrefix(broad[...slash]) && $0.id != broad && $0.kind == .sensor
        }
        return kinds.first { $0.signals.first.map(said.contains) == true && $0.signals[0] != .battery }?.id
            ?? broad
    }

    private struct InputLine: Decodable {
        var topic: String
        var payload: String
    }
}

/// One output line of `anju decode`.
struct DecodeAnswer: Encodable {
    var codes: [String] = []
    var observations: [Line] = []
    var profile: String?
    /// Milliseconds since 1970.
    var deviceTime: Int64?
    var failure: String?

    init(failure: String?) { self.failure = failure }

    /// An observation in the vocabulary of the configuration.
    struct Line: Encodable {
        var signal: String
        var value: Value
        var form: String
        var quality: String
        var deviceTime: Int64?

        init(_ observation: Observation) {
            signal = observation.signal.name
            value = Value(reading: observation.reading)
            form = "\(observation.form)"
            quality = "\(observation.quality)"
            deviceTime = observation.deviceTime?.milliseconds
        }
    }

    struct Value: Encodable {
        var reading: Reading

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch reading {
            case .flag(let isOn): try container.encode(isOn)
            case .number(let number): try container.encode(number)
            case .pair(let first, let second): try container.encode([first, second])
            case .key(let key): try container.encode(key.name)
            }
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(codes, forKey: .codes)
        try container.encode(observations, forKey: .observations)
        try container.encodeIfPresent(profile, forKey: .profile)
        try container.encodeIfPresent(deviceTime, forKey: .deviceTime)
        try container.encode(failure, forKey: .failure)
    }

    private enum CodingKeys: String, CodingKey { case codes, observations, profile, deviceTime, failure }
}
