/// Reads dates and times of logs from bytes.
enum LogTime {
    /// Milliseconds since 1970-01-01T00:00 of "2012-11-30" and "23:59:58.123456"; nil when either is none.
    static func milliseconds(date: ArraySlice<UInt8>, time: ArraySlice<UInt8>) -> Int64? {
        guard let day = day(date), let clock = clock(time) else { return nil }
        return day * 86_400_000 + clock
    }

    /// Days since 1970-01-01 of a Gregorian date.
    static func day(_ text: ArraySlice<UInt8>) -> Int64? {
        let parts = text.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, let year = number(parts[0]),
            let month = number(parts[1]),
            let day = number(parts[2]), (1...12).contains(month), (1...31).contains(day), year >= 1_970
        else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[month - 1] else { return nil }
        let before = lengths[..<(month - 1)].reduce(0, +)
        let years = year - 1
        let days = years * 365 + years / 4 - years / 100 + years / 400 + before + day - 1
        return Int64(days - 719_162)
    }

    private static func clock(_ text: ArraySlice<UInt8>) -> Int64? {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 3, let hour = number(parts[0]), let minute = number(parts[1]), hour < 24,
            minute < 60
        else { return nil }
        let seconds = parts[2].split(separator: UInt8(ascii: "."), maxSplits: 1)
        guard let whole = seconds.first, let second = number(whole), second < 60 else { return nil }
        var milliseconds = 0
        if seconds.count == 2 {
            guard seconds[1].allSatisfy(isDigit) else { return nil }
            var scale = 100
            for digit in seconds[1].prefix(3) {
                milliseconds += Int(digit - UInt8(ascii: "0")) * scale
                scale /= 10
            }
        }
        return Int64(((hour * 60 + minute) * 60 + second) * 1_000 + milliseconds)
    }

    private static func number(_ text: ArraySlice<UInt8>) -> Int? {
        guard (1...4).contains(text.count), text.allSatisfy(isDigit) else { return nil }
        return text.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
