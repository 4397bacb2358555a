import Foundation
import GatewayPorts
import SafetyModel
import Testing

@Suite struct WallTimeTests {
    private func expectSame(_ milliseconds: Int64, _ comment: Comment? = nil) {
        let seconds = milliseconds >= 0 ? milliseconds / 1_000 : (milliseconds - 999) / 1_000
        let whole = Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
        let rest = milliseconds - seconds * 1_000
        let expected = "\(whole.dropLast()).\(String(repeating: "0", count: 3 - "\(rest)".count))\(rest)Z"
        #expect(WallTime(milliseconds: milliseconds).rfc3339 == expected, comment)
    }

    @Test(arguments: [
        0, 1, 999, -1, -999, -1_000, -86_400_000, -86_400_001, 951_782_399_999, 951_782_400_000,
        951_868_800_000,
        1_709_164_800_000, 1_709_251_199_999, 4_107_542_400_000, 1_790_000_000_123, -2_208_988_800_000,
        -12_219_292_800_000, 253_402_300_799_999,
    ])
    func `it is what Foundation writes`(_ milliseconds: Int64) { expectSame(milliseconds) }

    @Test func `it is what Foundation writes on every day of four hundred years`() {
        let day: Int64 = 86_400_000
        // From 1583, when Foundation's calendar is Gregorian throughout.
        for days in stride(from: Int64(-141_000), through: 20_000, by: 7) {
            expectSame(days * day + (days % 97) * 1_013 + 45_296_789)
        }
    }

    @Test func `it is what Foundation writes around the ends of all Februaries`() {
        for year in stride(from: 1_600, through: 2_400, by: 1) {
            let march = DateComponents(
                calendar: Calendar(identifier: .iso8601), timeZone: .gmt, year: year, month: 3, day: 1)
            guard let date = march.date else { continue }
            let milliseconds = Int64(date.timeIntervalSince1970) * 1_000
            expectSame(milliseconds)
            expectSame(milliseconds - 1)
        }
    }

    @Test func `times as text have the order of the times`() {
        let texts = stride(from: Int64(-62_000_000_000_000), to: 253_000_000_000_000, by: 777_777_777_777)
            .map { WallTime(milliseconds: $0).rfc3339 }
        #expect(texts == texts.sorted())
    }

    @Test(arguments: [
        (Int64.min, "0000-01-01T00:00:00.000Z"), (-62_167_219_200_001, "0000-01-01T00:00:00.000Z"),
        (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"), (-62_167_132_800_001, "0000-01-01T23:59:59.999Z"),
        (253_402_300_800_000, "9999-12-31T23:59:59.999Z"), (.max, "9999-12-31T23:59:59.999Z"),
    ])
    func `a time out of all years is cut to the nearest that can be said`(
        _ milliseconds: Int64, _ text: String
    ) {
        #expect(WallTime(milliseconds: milliseconds).rfc3339 == text)
    }
}
