import SafetyModel
import SafetySimulator
import Testing

/// What a virtual home says, and that it says the same for the same seed.
struct VirtualHomeTests {
    static let begin = Instant(milliseconds: 1_795_300_000_000)
    static let calendar = CivilCalendar(offsets: [
        .init(from: WallTime(milliseconds: 0), secondsFromUTC: 8 * 3_600)
    ])
    static let everything = HomeBlueprint(
        id: "h1", name: "1-1-101",
        devices: DeviceModel.allCases.map { DeviceBlueprint(name: $0.rawValue, place: "bedroom", model: $0) })

    static func day(
        _ blueprint: HomeBlueprint, seed: UInt64 = 7, acts: [(Duration, HomeAct)] = [], hours: Int64 = 24
    ) -> [SimulatedMessage] {
        var home = VirtualHome(blueprint, seed: seed, calendar: calendar, beginsAt: begin)
        for (after, act) in acts { home.schedule(act, at: begin + after) }
        var messages: [SimulatedMessage] = []
        home.advance(to: begin + .hours(hours), into: &messages)
        return messages
    }

    static func payloads(_ messages: [SimulatedMessage], of device: String) -> [String] {
        messages.filter { $0.topic == "homes/h1/zigbee2mqtt/\(device)" }.map(\.payload)
    }

    @Test func `the same seed gives the same day`() {
        #expect(Self.day(Self.everything) == Self.day(Self.everything))
    }

    @Test func `another seed gives another day`() {
        #expect(Self.day(Self.everything, seed: 7) != Self.day(Self.everything, seed: 8))
    }

    @Test func `a day in steps is the day in one piece`() {
        var home = VirtualHome(Self.everything, seed: 7, calendar: Self.calendar, beginsAt: Self.begin)
        var messages: [SimulatedMessage] = []
        for minute in 1...(24 * 60) {
            home.advance(to: Self.begin + .minutes(Int64(minute)), into: &messages)
        }
        #expect(messages == Self.day(Self.everything))
    }

    @Test func `messages come in the order of time`() {
        let times = Self.day(Self.everything).map(\.at)
        #expect(times == times.sorted())
        #expect(times.count > 1_000)
    }

    @Test(arguments: 1...20) func `a quiet day holds no hazard`(number: Int) {
        let home = HomeBlueprint.generated(number: number, seed: 3)
        let words = [
            #""smoke":true"#, #""gas":true"#, #""carbon_monoxide":true"#, #""water_leak":true"#, #""fall""#,
            "action",
            #""tamper":true"#, #""battery_low":true"#, #""test":true"#, "offline",
        ]
        for message in Self.day(home, seed: 3) {
            #expect(!message.beginsHazard)
            for word in words { #expect(!message.payload.contains(word), "\(message)") }
        }
    }

    @Test func `a day has movement, a door and a night`() {
        let messages = Self.day(Self.everything, hours: 72)
        #expect(Self.payloads(messages, of: "motion").contains { $0.contains(#""occupancy":true"#) })
        #expect(Self.payloads(messages, of: "motion").contains { $0.contains(#""occupancy":false"#) })
        #expect(Self.payloads(messages, of: "door").contains { $0.contains(#""contact":false"#) })
    }

    @Test func `no movement is reported by a timer of ninety seconds`() throws {
        let motion = Self.day(Self.everything).filter { $0.topic.hasSuffix("/motion") }
        let end = try #require(
            motion.indices.dropFirst().first {
                motion[$0].payload.contains(#""occupancy":false"#)
                    && motion[$0 - 1].payload.contains(#""occupancy":true"#)
            })
        #expect(motion[end].at - motion[end - 1].at == .seconds(90))
    }
}

/// The shapes of Zigbee2MQTT.
struct Zigbee2MQTTShapeTests {
    typealias Home = VirtualHomeTests

    @Test func `a bridge starts with its state, availability and cache`() {
        let messages = Home.day(Home.everything, hours: 1)
        #expect(messages[0].topic == "homes/h1/zigbee2mqtt/bridge/state")
        #expect(messages[0].payload == #"{"state":"online"}"#)
        #expect(messages[0].isRetained)
        let available = messages.filter { $0.topic.hasSuffix("/availability") }
        #expect(available.count == DeviceModel.allCases.count)
        #expect(available.allSatisfy { $0.isRetained && $0.payload == #"{"state":"online"}"# })
        #expect(messages[2].at == messages[0].at, "The cache comes with the start.")
        #expect(messages.filter { !$0.isRetained }.allSatisfy { $0.payload.contains("last_seen") })
    }

    @Test(arguments: [
        (
            DeviceModel.smoke,
            ["battery", "battery_low", "last_seen", "linkquality", "smoke", "tamper", "test", "voltage"]
        ),
        (.gas, ["gas", "last_seen", "linkquality", "tamper"]),
        (.button, ["battery", "last_seen", "linkquality", "voltage"]),
        (
            .motion,
            [
                "battery", "device_temperature", "illuminance", "last_seen", "linkquality", "occupancy",
                "power_outage_count", "voltage",
            ]
        ),
    ])
    func `every message repeats all cached attributes`(model: DeviceModel, names: [String]) {
        let payloads = Home.payloads(Home.day(Home.everything), of: model.rawValue)
        #expect(payloads.count > 3)
        for payload in payloads {
            let keys = payload.split(separator: "\"").filter { names.contains(String($0)) }.map(String.init)
            #expect(keys == names, "\(payload)")
        }
    }

    @Test func `a battery report repeats a hazard that still stands`() throws {
        let messages = Home.day(
            Home.everything,
            acts: [(.hours(1), .raise(.smoke)), (.hours(2), .report(.smoke)), (.hours(3), .clear(.smoke))])
        let smoke = messages.filter { $0.topic.hasSuffix("/smoke") }
        let between = smoke.filter { Home.begin + .hours(1) <= $0.at && $0.at < Home.begin + .hours(3) }
        #expect(between.count >= 2)
        #expect(between.allSatisfy { $0.payload.contains(#""smoke":true"#) })
        #expect(between.filter(\.beginsHazard).count == 1)
        let after = try #require(smoke.last)
        #expect(after.payload.contains(#""smoke":false"#))
    }

    @Test func `a press is said once and not cached`() {
        let messages = Home.day(
            Home.everything, acts: [(.hours(1), .press(action: "emergency")), (.hours(2), .report(.button))])
        let presses = Home.payloads(messages, of: "button").filter { $0.contains("action") }
        #expect(presses.count == 1)
        #expect(presses[0].hasPrefix(#"{"action":"emergency","battery":"#))
    }

    @Test func `a device without power is silent until it is plugged in, and its bridge says so`() {
        let messages = Home.day(
            Home.everything, acts: [(.hours(1), .silence(.gas)), (.hours(2), .revive(.gas))], hours: 3)
        let gas = messages.filter { $0.topic.contains("/gas") && Home.begin + .hours(1) <= $0.at }
        #expect(gas[0].topic == "homes/h1/zigbee2mqtt/gas/availability")
        #expect(gas[0].payload == #"{"state":"offline"}"#)
        #expect(gas[0].at == Home.begin + .minutes(70))
        #expect(gas[1].payload == #"{"state":"online"}"#)
        #expect(gas[1].at == Home.begin + .hours(2))
        #expect(gas.dropFirst(2).count > 10)
    }

    @Test func `who lies on the floor moves no sensor`() {
        let messages = Home.day(
            Home.everything,
            acts: [(.hours(1), .enter(place: "bedroom")), (.seconds(3_660), .lieStill), (.hours(6), .getUp)])
        let still = messages.filter {
            $0.topic.hasSuffix("/motion") && Home.begin + .minutes(64) <= $0.at
                && $0.at < Home.begin + .hours(6)
        }
        #expect(still.count > 3, "Battery reports go on.")
        #expect(still.allSatisfy { $0.payload.contains(#""occupancy":false"#) })
    }

    @Test func `last seen is local time with its distance from UTC`() {
        #expect(
            CivilTime(Instant(milliseconds: 1_709_164_799_000), in: Home.calendar).rfc3339
                == "2024-02-29T07:59:59+08:00")
        #expect(CivilTime(Instant(milliseconds: 0), in: .utc).rfc3339 == "1970-01-01T00:00:00+00:00")
    }
}
