import DeviceProfiles
import Foundation
import SafetyModel
import SiteConfiguration
import Testing

/// Profiles as technicians write them.
struct ProfileReadingTests {
    private func load(_ text: String) throws -> (profiles: [DeviceProfile], problems: [String]) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(text.utf8).write(to: folder.appendingPathComponent("mine.yaml"))
        let loaded = ProfileFiles.load(folder: folder.path)
        return (loaded.profiles, loaded.diagnostics.map(\.text))
    }

    private static let head = """
        profiles:
          - profile: my/device
            topics:
              - topic: "{base}/{device}"

        """

    @Test(arguments: [
        ("        readings: {smoke: smok}", "Did you mean `smoke`?"),
        ("        readings: {smoke: {signal: smoke, invertd: true}}", "Did you mean `inverted`?"),
        ("        readings: {smoke: {accepts: boolean}}", "`signal` is missing"),
        ("        readings: {action: {signal: call, values: {x: emergncy}}}", "Did you mean `emergency`?"),
        ("        readings: {smoke: {signal: smoke, values: {x: maybe}}}", "on, off, test, nothing"),
        ("        reading: {smoke: smoke}", "Did you mean `readings`?"),
        ("        format: jsn", "Did you mean `json`?"),
        ("        time: {path: t, format: epoch}", "epochSeconds"),
        ("      - topic: \"{base}/+/x\"", "is no topic of a device"),
        ("      - topic: \"{bas}/x\"", "is no topic of a device"),
        ("    extends: my/devise", "There is no profile `my/devise`"),
        ("    extends: my/device", "extends itself"),
        ("    supervision: 900 h", "outside its range"),
        ("    signals: [smoke, smokee]", "Did you mean `smoke`?"),
        ("    commands: [{command: on, topic: x}]", "`payload` is missing"),
        ("  - profile: my/empty", "has no topics"),
    ])
    func `a mistake in a profile is reported with what to write instead`(line: String, text: String) throws {
        let problems = try load(Self.head + line + "\n").problems
        #expect(problems.contains { $0.contains(text) && $0.contains("mine.yaml:") }, "\(problems)")
    }

    @Test func `a profile takes over what it does not say itself`() throws {
        let loaded = try load(
            """
            profiles:
              - profile: my/child
                extends: my/parent
                topics:
                  - topic: "{base}/{device}"
                    readings: {door: {signal: contact, inverted: true}}
              - profile: my/parent
                kind: actuator
                supervision: 10 min
                signals: [contact]
                topics:
                  - topic: "{base}/{device}"
                    format: any
                    readings: {door: contact, smoke: smoke}
            """)
        #expect(loaded.problems == [])
        let child = try #require(loaded.profiles.first { $0.id == "my/child" })
        #expect(child.kind == .actuator)
        #expect(child.supervision == .minutes(10))
        #expect(child.topics[0].format == .any)
        #expect(child.topics[0].readings.map(\.path) == ["door", "smoke"])
        #expect(child.topics[0].readings[0].isInverted)
    }

    @Test(arguments: [
        ("zigbee2mqtt/kitchen smoke", #"{"smoke":true}"#, "zigbee2mqtt/any"),
        ("homes/h1/zigbee2mqtt/a/b/availability", "online", "zigbee2mqtt/any"),
        ("zigbee2mqtt/bridge/state", "online", "zigbee2mqtt/bridge"),
        ("zigbee2mqtt/bridge/devices", "[]", "zigbee2mqtt/bridge"),
        ("zigbee2mqtt/button/action", "emergency", "zigbee2mqtt/action-topic"),
        ("site/x/sensor", #"{"smoke":true,"linkquality":9}"#, "zigbee2mqtt/any"),
        ("site/x/sensor", #"{"smoke":true}"#, "generic/json"),
        ("sensor", #"{"smoke":true}"#, "generic/json"),
        ("site/hall/motion", "active", "generic/attribute"),
        ("rtl_433/host/events", #"{"model":"Kidde-Smoke"}"#, "rtl_433/any"),
    ])
    func `a profile is guessed from topic and shape`(topic: String, payload: String, profile: String) {
        let guesser = ProfileGuesser(profiles: Shipped.profiles)
        let guess = Array(payload.utf8).withUnsafeBytes { guesser.guess(topic: topic, payload: $0) }
        #expect(guess.map { Shipped.profiles[$0.profile].id } == profile)
    }
}
