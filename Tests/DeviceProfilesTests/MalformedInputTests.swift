import DeviceProfiles
import SafetyModel
import Testing

struct MalformedInputTests {
    private static let topic = "\(Shipped.base)/d1"

    @Test(arguments: [
        ("", "empty"), ("   ", "empty"), (#"{"smoke":tr"#, "cut off"), (#"{"smoke":true,"link"#, "cut off"),
        (#"{"smoke":true"#, "cut off"), ("{'smoke': True}", "byte 1"), ("online", "byte 0"),
        ("true", "single JSON value"),
        ("\"on\"", "single JSON value"), (#"{"smoke":true}{"#, "after the end"),
        ("{\"a\":\"\u{1}\"}", "control character"),
        (#"{"a":1,}"#, "byte 7"), (#"{"position": 60, // comment"#, "byte 17"),
        (#"{"smoke":"maybe"}"#, #"payload.smoke: "maybe" says nothing about smoke"#),
        (#"{"smoke":7}"#, "payload.smoke: 7.0 says nothing"),
        (#"{"smoke":{"x":1}}"#, "payload.smoke: an object"),
        (#"{"smoke":[true]}"#, "payload.smoke: a list"),
    ])
    func `what cannot be read is a failure that names the place`(payload: String, text: String) {
        let decoded = Shipped.decoder("zigbee2mqtt/smoke").decode(Self.topic, payload)
        #expect(decoded.message.outcome == .failed)
        #expect(decoded.message.failure?.contains(text) == true, "\(decoded.message.failure ?? "no failure")")
        #expect(decoded.observations.isEmpty)
        #expect((decoded.message.failure ?? "").utf8.count <= DecodedMessage.failureLimit)
    }

    @Test func `a text that is not UTF-8 is a failure`() {
        let payload = Array(#"{"smoke":true,"name":""#.utf8) + [0xff, 0xfe] + Array(#""}"#.utf8)
        let decoded = Shipped.decoder("zigbee2mqtt/smoke").decode(Self.topic, payload)
        #expect(decoded.message.failure?.contains("byte 22 is not UTF-8") == true)
    }

    @Test(arguments: [
        "NaN", "nan", "Infinity", "-Infinity", "-inf", "1e999", "-1e999", "007", "+5", ".5", "0x1F", "None",
        "1.#INF",
        String(repeating: "9", count: 400), "-" + String(repeating: "9", count: 400),
    ])
    func `a number that is none does not hide the smoke beside it`(number: String) {
        let decoder = Shipped.decoder("zigbee2mqtt/smoke")
        for payload in [
            #"{"smoke":true,"temperature":\#(number)}"#, #"{"temperature": \#(number) ,"smoke":true}"#,
        ] {
            let decoded = decoder.decode(Self.topic, payload)
            #expect(decoded.lines == ["smoke on"])
            #expect(decoded.message.failure == nil)
        }
    }

    @Test func `a value that cannot be read does not hide the smoke beside it`() {
        let decoded = Shipped.decoder("zigbee2mqtt/smoke").decode(
            Self.topic, #"{"contact":"perhaps","smoke":true}"#)
        #expect(decoded.lines == ["smoke on"])
        #expect(decoded.message.outcome == .failed)
    }

    @Test func `a key that stands twice is read twice`() {
        let decoded = Shipped.decoder("zigbee2mqtt/smoke").decode(
            Self.topic, #"{"smoke":true,"smoke":false}"#)
        #expect(decoded.lines == ["smoke on", "smoke off"])
    }

    @Test(arguments: [(31, true), (32, false), (10_000, false)])
    func `nesting is read to the depth limit`(depth: Int, isRead: Bool) {
        let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let decoded = Shipped.decoder("zigbee2mqtt/smoke").decode(
            Self.topic, #"{"x":\#(nested),"smoke":true}"#)
        #expect((decoded.message.outcome == .taken) == isRead)
        #expect(decoded.lines == (isRead ? ["smoke on"] : []))
    }

    @Test func `a payload is read to the payload limit`() {
        let decoder = Shipped.decoder("zigbee2mqtt/smoke", payloadLimit: 1_000)
        let frame = #"{"smoke":true,"x":""}"#
        let fits = #"{"smoke":true,"x":"\#(String(repeating: "x", count: 1_000 - frame.utf8.count))"}"#
        #expect(decoder.decode(Self.topic, fits).lines == ["smoke on"])
        let long = decoder.decode(Self.topic, fits + " ")
        #expect(long.message.failure?.contains("payload limit") == true)
    }

    @Test func `ten megabytes are a failure, and the decoder goes on`() {
        let decoder = Shipped.decoder("zigbee2mqtt/smoke")
        let payload = [UInt8](repeating: UInt8(ascii: "["), count: 10_000_000)
        #expect(decoder.decode(Self.topic, payload).message.outcome == .failed)
        #expect(decoder.decode(Self.topic, #"{"smoke":true}"#).lines == ["smoke on"])
    }

    @Test func `mutated payloads never crash and never invent a device`() {
        var random = SplitMix(state: 0x5eed)
        let decoder = Shipped.decoder("zigbee2mqtt/any")
        let seeds = GoldenTests.zigbee.map(\.payload) + GoldenTests.generic.map(\.payload)
        for round in 0..<20_000 {
            var bytes = Array(seeds[round % seeds.count].utf8)
            for _ in 0...(random.next() % 4) { mutate(&bytes, &random) }
            let decoded = decoder.decode(Self.topic, bytes)
            #expect(decoded.message.device == DeviceIndex(7), "round \(round)")
            #expect(
                (decoded.message.failure ?? "").utf8.count <= DecodedMessage.failureLimit, "round \(round)")
        }
        #expect(decoder.decode(Self.topic, #"{"smoke":true}"#).lines == ["smoke on"])
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        let odd = Array("{}[],:\"\\0eE-.tfnN \u{0}\u{7f}".utf8) + [0xff, 0xc3, 0xed]
        let place = bytes.isEmpty ? 0 : Int(random.next() % UInt64(bytes.count))
        switch random.next() % 5 {
        case 0 where !bytes.isEmpty: bytes.remove(at: place)
        case 1: bytes.insert(odd[Int(random.next() % UInt64(odd.count))], at: place)
        case 2 where !bytes.isEmpty: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 3: bytes.removeLast(bytes.count - place)
        default: bytes.insert(contentsOf: bytes[place...], at: place)
        }
    }
}

/// SplitMix64: the same numbers on every machine.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
