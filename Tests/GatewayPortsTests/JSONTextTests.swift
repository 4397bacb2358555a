import Foundation
import GatewayPorts
import SafetyModel
import Testing

@Suite struct JSONTextTests {
    private func parsed(_ body: (inout JSONText) -> Void) throws -> Any {
        var json = JSONText()
        body(&json)
        return try JSONSerialization.jsonObject(with: Data(json.bytes), options: [.fragmentsAllowed])
    }

    private func text(_ body: (inout JSONText) -> Void) -> String {
        var json = JSONText()
        body(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test(arguments: [
        "", "plain", "\"", "\\", "\\\"", "\n\r\t", "\u{0}\u{1}\u{8}\u{C}\u{1F}\u{7F}", "安居", "👩‍👩‍👧‍👦", "</script>",
        "\u{2028}\u{2029}", "\\u0041", String(repeating: "a\"", count: 2_000),
    ])
    func `any text comes back from Foundation as it was`(_ original: String) throws {
        let value = try #require(try parsed { $0.value(original) } as? String)
        // By bytes: equal texts may differ in them.
        #expect(Array(value.utf8) == Array(original.utf8))
    }

    @Test func `every character below a space is escaped`() throws {
        for scalar in (0..<0x20).compactMap(UnicodeScalar.init) {
            let bytes = text { $0.value(String(Character(scalar))) }.utf8
            #expect(!bytes.contains { $0 < 0x20 })
        }
    }

    @Test func `bytes that are not UTF-8 are replaced, and the document stays JSON`() throws {
        let value = try parsed { $0.value(text: [0x61, 0xFF, 0xC3, 0x28, 0xED, 0xA0, 0x80]) } as? String
        #expect(value?.hasPrefix("a\u{FFFD}") == true)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, .signalingNaN])
    func `what JSON cannot say becomes null`(_ number: Double) {
        #expect(text { $0.value(number) } == "null")
    }

    @Test(arguments: [
        0, -0.0, 1, -1, 0.1, 57.25, 1e21, 1e-9, .pi, 9.007_199_254_740_993e15, .greatestFiniteMagnitude,
        .leastNonzeroMagnitude, 1e18, 9.223_372_036_854_775_807e18, -9.223_372_036_854_775_808e18,
    ])
    func `a number comes back from Foundation as it was`(_ original: Double) throws {
        let value = try #require(try parsed { $0.array { $0.value(original) } } as? [Double])
        #expect(value == [original])
    }

    @Test func `integers of all widths are written out`() {
        let written = text {
            $0.array {
                $0.value(Int64.min)
                $0.value(Int.max)
                $0.value(Int32(-1))
            }
        }
        #expect(written == "[-9223372036854775808,9223372036854775807,-1]")
    }

    @Test func `commas stand between members and elements, and nowhere else`() {
        let written = text { json in
            json.object { json in
                json.key("empty")
                json.object { _ in }
                json.key("none")
                json.array { _ in }
                json.key("nested")
                json.array { json in
                    json.array { $0.value(1) }
                    json.object {
                        $0.key("flag")
                        $0.value(true)
                    }
                    json.null()
                    json.raw(Array("{}".utf8))
                    json.value(false)
                    json.value(Double.nan)
                    json.value("x")
                }
                json.key("last")
                json.value(WallTime(milliseconds: 0))
            }
        }
        #expect(
            written == #"{"empty":{},"none":[],"nested":[[1],{"flag":true},null,{},false,null,"x"],"#
                + #""last":"1970-01-01T00:00:00.000Z"}"#)
    }
}
