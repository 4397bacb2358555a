import DeviceProfiles
import SafetyModel
import SiteConfiguration
import Testing

struct DirectoryTests {
    private func binding(_ device: Int, _ base: String, _ name: String, _ profile: String) -> TopicBinding {
        let index = Shipped.profiles.firstIndex { $0.id == profile } ?? -1
        return TopicBinding(device: DeviceIndex(device), base: base, name: name, profile: Int32(index))
    }

    private func decoder(_ bindings: [TopicBinding]) -> MessageDecoder {
        MessageDecoder(
            directory: TopicDirectory(profiles: Shipped.profiles, bindings: bindings), payloadLimit: 65_536)
    }

    @Test func `devices of different homes are told apart`() {
        let decoder = decoder([
            binding(1, "homes/h1/zigbee2mqtt", "smoke", "zigbee2mqtt/smoke"),
            binding(2, "homes/h2/zigbee2mqtt", "smoke", "zigbee2mqtt/smoke"),
            binding(3, "homes/h2/zigbee2mqtt", "hall/lamp one", "zigbee2mqtt/lamp"),
        ])
        #expect(decoder.decode("homes/h1/zigbee2mqtt/smoke", "{}").message.device == DeviceIndex(1))
        #expect(decoder.decode("homes/h2/zigbee2mqtt/smoke", "{}").message.device == DeviceIndex(2))
        #expect(
            decoder.decode("homes/h2/zigbee2mqtt/hall/lamp one/availability", "online").message.device
                == DeviceIndex(3))
        #expect(decoder.decode("homes/h3/zigbee2mqtt/smoke", "{}").message.outcome == .unknownTopic)
        #expect(decoder.decode("homes/h1/zigbee2mqtt/smok", "{}").message.outcome == .unknownTopic)
        #expect(decoder.decode("homes/+/zigbee2mqtt/smoke", "{}").message.outcome == .unknownTopic)
    }

    @Test func `a topic that two devices claim is reported and stays with the first`() {
        let directory = TopicDirectory(
            profiles: Shipped.profiles,
            bindings: [binding(1, "b", "x", "zigbee2mqtt/smoke"), binding(2, "b", "x", "zigbee2mqtt/gas")])
        let first = directory.conflicts.first
        #expect(first?.topic == "b/x")
        #expect(first?.keeper == DeviceIndex(1))
        #expect(first?.other == DeviceIndex(2))
    }

    @Test func `a binding to a profile that is not there claims nothing`() {
        let decoder = decoder([binding(1, "b", "x", "no/such")])
        #expect(decoder.decode("b/x", "{}").message.outcome == .unknownTopic)
    }

    @Test func `a hundred thousand devices fit into forty megabytes`() {
        let bindings = (0..<100_000).map {
            binding($0, "homes/home-\($0 / 5)/zigbee2mqtt", "smoke-kitchen-\($0 % 5)", "zigbee2mqtt/smoke")
        }
        let directory = TopicDirectory(profiles: Shipped.profiles, bindings: bindings)
        #expect(directory.byteSize < 40_000_000)
        let decoder = MessageDecoder(directory: directory, payloadLimit: 1_000)
        for device in [0, 1, 49_999, 99_999] {
            let topic = "homes/home-\(device / 5)/zigbee2mqtt/smoke-kitchen-\(device % 5)"
            #expect(decoder.decode(topic, #"{"smoke":true}"#).message.device == DeviceIndex(device))
        }
    }

    @Test func `a profile keeps its rules up to the rule limit`() {
        let rules = (0...TopicDirectory.ruleLimit).map { TopicRule("{base}/{device}/\($0)", format: .any) }
        let profile = DeviceProfile(id: "x/many", topics: rules)
        let directory = TopicDirectory(
            profiles: [profile],
            bindings: [TopicBinding(device: DeviceIndex(1), base: "b", name: "d", profile: 0)])
        #expect(directory.count == TopicDirectory.ruleLimit)
    }
}

struct ProfileTests {
    @Test func `the shipped profiles have no errors`() {
        #expect(Shipped.loaded.diagnostics.map(\.text) == [])
        #expect(Shipped.profiles.count > 15)
    }

    @Test(arguments: Shipped.profiles)
    func `a profile survives the store`(_ profile: DeviceProfile) throws {
        var writer = ByteWriter()
        writer.write(profile)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.read(DeviceProfile.self) == profile)
        #expect(reader.isAtEnd)
        #expect(throws: ByteCodingError.self) {
            var cut = ByteReader(Array(writer.bytes.dropLast()))
            _ = try cut.read(DeviceProfile.self)
        }
    }

    @Test(arguments: [
        ("zigbee2mqtt/smoke", Signal.smoke), ("zigbee2mqtt/gas", .gas), ("zigbee2mqtt/co", .carbonMonoxide),
        ("zigbee2mqtt/leak", .waterLeak), ("zigbee2mqtt/sos", .call), ("zigbee2mqtt/fall", .fall),
    ])
    func `a kind of device promises its signal and is supervised within 25 hours`(id: String, signal: Signal)
        throws
    {
        let profile = try #require(Shipped.profile(id))
        #expect(profile.signals.first == signal)
        #expect(profile.supervision > .zero && profile.supervision <= .hours(25))
        #expect(profile.topics(base: "b", name: "d") == ["b/d", "b/d/availability"])
    }

    @Test func `a command fills in its topic and escapes what it says`() throws {
        let command = DeviceCommand(name: "say", topic: "{base}/{device}/set", payload: #"{"say":"{text}"}"#)
        #expect(command.topic.filled(base: "b", name: "d") == "b/d/set")
        #expect(command.payload(saying: "\"help\"\nis coming") == #"{"say":"\"help\"\nis coming"}"#)
        let siren = try #require(Shipped.profile("zigbee2mqtt/siren"))
        #expect(siren.commands.map(\.name) == ["sirenOn", "sirenOff"])
        #expect(siren.kind == .actuator)
    }
}
