import DeviceProfiles
import SafetyModel
import Testing

/// A payload of a shipped profile and what it must say.
struct Golden: Sendable, CustomTestStringConvertible {
    var profile: String
    var topic: String
    var payload: String
    var lines: [String]

    init(_ profile: String, on topic: String = "d1", _ payload: String, _ lines: String...) {
        self.profile = profile
        self.topic = topic
        self.payload = payload
        self.lines = lines
    }

    var testDescription: String { "\(profile) \(topic) \(payload.prefix(60))" }
}

struct GoldenTests {
    static let zigbee: [Golden] = [
        Golden("zigbee2mqtt/smoke", #"{"smoke":true,"battery":97}"#, "smoke on", "battery 97.0"),
        Golden("zigbee2mqtt/smoke", #"{"smoke":false,"test":true}"#, "smoke off", "test on"),
        Golden("zigbee2mqtt/smoke", #"{"smoke":true,"test":true}"#, "smoke on", "test on"),
        Golden("zigbee2mqtt/smoke", #"{"smoke":"True","battery":"80.00"}"#, "smoke on", "battery 80.0"),
        Golden("zigbee2mqtt/smoke", #"{"smoke":null,"battery":null,"linkquality":9}"#, "linkQuality 9.0"),
        Golden("zigbee2mqtt/smoke", #"{"alarm_1":true,"tamper":false}"#, "smoke on", "tamper off"),
        Golden("zigbee2mqtt/smoke", #"{"smoke":false,"alarm":"ON"}"#, "smoke off"),
        Golden("zigbee2mqtt/smoke", #"{"smoke":false,"gas":true}"#, "smoke off", "gas on"),
        Golden("zigbee2mqtt/heat", #"{"heat":1,"battery_low":true}"#, "heat on", "batteryLow on"),
        Golden("zigbee2mqtt/gas", #"{"gas":true,"gas_value":12.5}"#, "gas on", "gasLevel 12.5"),
        Golden("zigbee2mqtt/gas", #"{"gas":"ON","gas_density":237}"#, "gas on", "gasLevel 237.0"),
        Golden("zigbee2mqtt/gas", #"{"gas":false,"preheat":true,"lifecycle":true}"#, "gas off"),
        Golden(
            "zigbee2mqtt/co", #"{"carbon_monoxide":true,"co":61}"#, "carbonMonoxide on",
            "carbonMonoxideLevel 61.0"),
        Golden("zigbee2mqtt/co", #"{"co":true,"fault":true}"#, "carbonMonoxide on", "fault on"),
        Golden("zigbee2mqtt/leak", #"{"water_leak":1,"device_temperature":26}"#, "waterLeak on"),
        Golden(
            "zigbee2mqtt/leak", #"{"water_leak":false,"battery_state":"low"}"#, "waterLeak off",
            "batteryLow on"),
        Golden("zigbee2mqtt/contact", #"{"contact":false}"#, "contact on"),
        Golden("zigbee2mqtt/contact", #"{"contact":true,"trigger_count":0}"#, "contact off"),
        Golden("zigbee2mqtt/contact", #"{"contact":"open"}"#, "contact on"),
        Golden("zigbee2mqtt/motion", #"{"occupancy":true,"occupancy_timeout":60}"#, "motion on"),
        Golden("zigbee2mqtt/motion", #"{"occupancy_in":true,"occupancy_level":14}"#, "motion on"),
        Golden("zigbee2mqtt/presence", #"{"presence":true,"motion_state":"large"}"#, "presence on"),
        Golden("zigbee2mqtt/presence", #"{"presence":false}"#, "presence off"),
        Golden("zigbee2mqtt/fall", #"{"fall_down_status":"fall","presence":true}"#, "fall on", "presence on"),
        Golden("zigbee2mqtt/sos", #"{"action":"emergency","battery":null}"#, "call emergency pulse"),
        Golden("zigbee2mqtt/sos", #"{"action":"SOS"}"#, "call emergency pulse"),
        Golden("zigbee2mqtt/sos", #"{"action":"single"}"#, "call emergency pulse"),
        Golden("zigbee2mqtt/sos", #"{"action":"","battery":80}"#, "battery 80.0"),
        Golden("zigbee2mqtt/sos", #"{"action":null}"#),
        Golden("zigbee2mqtt/sos", #"{"action":"release"}"#),
        Golden("zigbee2mqtt/sos", #"{"sos":true,"tamper":false}"#, "call emergency", "tamper off"),
        Golden("zigbee2mqtt/sos", #"{"sos":false}"#, "call off"),
        Golden("zigbee2mqtt/action-topic", on: "d1/action", "emergency", "call emergency pulse"),
        Golden("zigbee2mqtt/action-topic", on: "d1/action", "single"),
        Golden("zigbee2mqtt/button", #"{"action":"emergency"}"#),
        Golden("zigbee2mqtt/button", #"{"action":"hold","battery":55}"#, "battery 55.0"),
        Golden("zigbee2mqtt/any", #"{"action":"on"}"#),
        Golden("zigbee2mqtt/any", #"{"heat":"ON","system_mode":"heat","running_state":"heat"}"#),
        Golden(
            "zigbee2mqtt/smoke", #"{"smoke":false,"self_test_result":"checking"}"#,
            "smoke off", "test on"),
        Golden("zigbee2mqtt/any", #"{"action":"panic"}"#, "call emergency pulse"),
        Golden("zigbee2mqtt/any", #"{"smoke_density":3,"update":{"state":"idle"},"color":{"x":1}}"#),
        Golden(
            "zigbee2mqtt/vibration", #"{"vibration":true,"action":"tilt"}"#, "vibration on",
            "vibration on pulse"),
        Golden(
            "zigbee2mqtt/climate", #"{"temperature":21.7,"humidity":33.9,"voc":1}"#, "temperature 21.7",
            "humidity 33.9"),
        Golden("zigbee2mqtt/siren", #"{"alarm":true,"ac_status":true}"#, "mains off"),
        Golden("generic/voice-terminal", on: "d1/status", #"{"state":"online"}"#, "online on"),
        Golden("zigbee2mqtt/lamp", on: "d1/availability", #"{"state":"online"}"#, "online on"),
        Golden("zigbee2mqtt/smoke", on: "d1/availability", "offline", "online off"),
        Golden("zigbee2mqtt/siren-switch", on: "d1/availability", " Online ", "online on"),
        Golden("zigbee2mqtt/bridge", on: "bridge/state", "online", "bridge on"),
        Golden("zigbee2mqtt/bridge", on: "bridge/state", #"{"state":"offline"}"#, "bridge off"),
    ]

    static let generic: [Golden] = [
        Golden(
            "generic/json", #"{"carbonMonoxide":1,"heart_rate":"96"}"#, "carbonMonoxide on", "heartRate 96.0"),
        Golden("generic/json", #"{"contact":true}"#, "contact on"),
        Golden("generic/json", #"{"data":{"smoke":"alarm"}}"#, "smoke on"),
        Golden("generic/json", #"{"smoke":true,"temperature":NaN}"#, "smoke on"),
        Golden("generic/json", #"{"lat":30.5,"lng":104.25}"#, "location 30.5/104.25"),
        Golden(
            "generic/json", #"{"history":[{"smoke":true,"timestamp":1665561758},{"smoke":false}]}"#,
            "smoke on history @1665561758000", "smoke off history"),
        Golden(
            "generic/json", #"{"retransmit":true,"smoke":true,"timestamp":1665561758}"#,
            "smoke on history @1665561758000"),
        Golden("generic/json", #"{"smoke":"test"}"#, "smoke on test"),
        Golden(
            "generic/wristband",
            #"{"sos":true,"fall":false,"temperature":"36.5","bpSystolic":"122","bpDiastolic":"83"}"#,
            "call emergency", "fall off", "bodyTemperature 36.5", "bloodPressure 122.0/83.0"),
        Golden(
            "generic/wristband", #"{"alarmState":"06","isWearing":true,"bloodOxygen":98}"#, "fall on",
            "worn on", "oxygenSaturation 98.0"),
        Golden("generic/attribute", on: "d1/temperature", "21.5", "temperature 21.5"),
        Golden("rtl_433/any", #"{"model":"Kidde-Smoke","id":240}"#, "smoke on pulse"),
        Golden(
            "rtl_433/any", #"{"model":"X","event":"Water Leak","battery_ok":0}"#, "waterLeak on pulse",
            "batteryLow on"),
        Golden("generic/json", #"{"report":"smoke"}"#, "smoke on pulse"),
        Golden(
            "generic/json", #"{"ZbReceived":{"0x898E":{"Water":1,"LinkQuality":110}}}"#, "waterLeak on",
            "linkQuality 110.0"),
        Golden("generic/attribute", on: "d1/smoke", "ON", "smoke on"),
    ]

    @Test(arguments: zigbee + generic)
    func `a payload of a shipped profile says what it must`(_ golden: Golden) {
        let decoded = Shipped.decoder(golden.profile).decode(
            "\(Shipped.base)/\(golden.topic)", golden.payload)
        #expect(decoded.message.failure == nil)
        #expect(decoded.message.outcome == .taken)
        #expect(decoded.lines == golden.lines)
        #expect(decoded.message.device == DeviceIndex(7))
    }

    @Test func `every shipped profile has a golden pair`() {
        let covered = (Self.zigbee + Self.generic).map(\.profile)
        #expect(Shipped.profiles.map(\.id).filter { !covered.contains($0) } == [])
    }

    @Test func `a retained message makes retained observations`() {
        let decoded = Shipped.decoder("zigbee2mqtt/smoke").decode(
            "\(Shipped.base)/d1", #"{"smoke":true}"#, isRetained: true)
        #expect(decoded.lines == ["smoke on retained"])
    }

    @Test(arguments: [
        (#"{"last_seen":1573393389829}"#, 1_573_393_389_829),
        (#"{"last_seen":"1573393389"}"#, 1_573_393_389_000),
        (#"{"last_seen":"2024-11-23T15:14:19+01:00"}"#, 1_732_371_259_000),
        (#"{"last_seen":"2022-07-13T15:59:30.546Z"}"#, 1_657_727_970_546),
        (#"{"last_seen":"2022-07-13 15:59:30"}"#, nil), (#"{"last_seen":"soon"}"#, nil),
        (#"{"last_seen":-5}"#, nil),
        (#"{"last_seen":1e300}"#, nil), (#"{"last_seen":null}"#, nil),
    ])
    func `the time of a message is read where it has one`(payload: String, milliseconds: Int64?) {
        let decoded = Shipped.decoder("zigbee2mqtt/smoke").decode("\(Shipped.base)/d1", payload)
        #expect(decoded.message.deviceTime?.milliseconds == milliseconds)
    }

    @Test func `a press is counted once though the action topic repeats it`() {
        let decoder = Shipped.decoder("zigbee2mqtt/sos")
        #expect(
            decoder.decode("\(Shipped.base)/d1", #"{"action":"emergency"}"#).lines == ["call emergency pulse"]
        )
        #expect(decoder.decode("\(Shipped.base)/d1/action", "emergency").message.outcome == .ignored)
    }

    @Test(arguments: [
        ("zigbee2mqtt/smoke", "d1/get", DecodeOutcome.ignored), ("zigbee2mqtt/smoke", "d1/set", .ignored),
        ("zigbee2mqtt/bridge", "bridge/logging", .ignored),
        ("zigbee2mqtt/bridge", "bridge/response/permit_join", .ignored),
        ("zigbee2mqtt/smoke", "d1/kitchen", .unknownTopic), ("zigbee2mqtt/smoke", "d2", .unknownTopic),
        ("zigbee2mqtt/smoke", "bridge/state", .unknownTopic), ("zigbee2mqtt/smoke", "", .unknownTopic),
    ])
    func `topics with nothing to say are told from unknown ones`(
        profile: String, topic: String, outcome: DecodeOutcome
    ) {
        let decoded = Shipped.decoder(profile).decode("\(Shipped.base)/\(topic)", #"{"state":""}"#)
        #expect(decoded.message.outcome == outcome)
        #expect(decoded.observations.isEmpty)
        #expect((decoded.message.device == nil) == (outcome == .unknownTopic))
    }
}
