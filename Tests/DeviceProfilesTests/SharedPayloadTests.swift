import DeviceProfiles
import Foundation
import SafetyModel
import Testing

/// Real payloads, where the environment variable ANJU_SHARED_DATA says that they are.
struct SharedPayloadTests {
    static let folder = ProcessInfo.processInfo.environment["ANJU_SHARED_DATA"]

    private struct Line: Decodable {
        var ecosystem: String
        var topic: String
        var payload: String
        var meaning: String
        var kind: String
    }

    @Test(.enabled(if: folder != nil, "ANJU_SHARED_DATA is not set: real payloads are skipped"))
    func `real messages are guessed without a missed or invented hazard`() throws {
        let path = try #require(Self.folder) + "/payloads/payloads.jsonl"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let decoder = MessageDecoder(
            directory: TopicDirectory(profiles: Shipped.profiles, bindings: []), payloadLimit: 1_048_576)
        let guesser = ProfileGuesser(profiles: Shipped.profiles)
        for row in text.split(separator: "\n") {
            let line = try JSONDecoder().decode(Line.self, from: Data(row.utf8))
            let hazards = hazards(of: line, guesser, decoder)
            guard line.ecosystem == "zigbee2mqtt", !line.kind.contains("rendering"),
                !line.kind.contains("cut off")
            else {
                continue
            }
            #expect(hazards == Self.expected(line.meaning), "\(line.topic) \(line.payload.prefix(200))")
        }
    }

    private func hazards(of line: Line, _ guesser: ProfileGuesser, _ decoder: MessageDecoder) -> Set<Signal> {
        var observations: [Observation] = []
        Array(line.payload.utf8).withUnsafeBytes { payload in
            guard let guess = guesser.guess(topic: line.topic, payload: payload) else { return }
            _ = decoder.decode(
                payload, profile: guess.profile, rule: guess.rule, key: guess.key, isRetained: false,
                into: &observations)
        }
        let active = observations.filter { $0.quality == .live && $0.reading != .flag(false) }
        return Set(active.map(\.signal).filter { $0.isLifeSafety || $0 == .waterLeak })
    }

    private static func expected(_ meaning: String) -> Set<Signal> {
        let words: [(String, Signal)] = [
            ("smoke.alarm", .smoke), ("gas.alarm", .gas), ("co.alarm", .carbonMonoxide),
            ("leak.alarm", .waterLeak),
            ("sos.pressed", .call), ("fall.alarm", .fall),
        ]
        return Set(
            words.filter { word in
                meaning.split(separator: ";").contains { $0.trimmingCharacters(in: .whitespaces) == word.0 }
            }.map(\.1))
    }
}
