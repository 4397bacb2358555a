import CSimdjson
import SafetyModel

/// Reads a device's time from a JSON value.
enum TimeReading {
    /// Numbers above it are milliseconds: as seconds they would lie after the year 5138.
    static let secondsLimit = 100_000_000_000.0

    /// - Returns: nil when the value is no time or its zone is unknown.
    static func time(of token: JSONToken, format: TimeField.Format) -> WallTime? {
        switch token.type {
        case .number: time(of: token.number, format: format)
        case .text: time(of: token.textBytes, format: format)
        default: nil
        }
    }

    private static func time(of number: Double, format: TimeField.Format) -> WallTime? {
        guard number > 0, number < secondsLimit * 1_000 else { return nil }
        switch format {
        case .epochSeconds: return number < secondsLimit ? WallTime(milliseconds: Int64(number * 1_000)) : nil
        case .epochMilliseconds: return WallTime(milliseconds: Int64(number))
        default:
            let milliseconds = number < secondsLimit ? number * 1_000 : number
            return WallTime(milliseconds: Int64(milliseconds))
        }
    }

    private static func time(of text: UnsafeRawBufferPointer, format: TimeField.Format) -> WallTime? {
        if let number = NumberReading.number(in: text) { return time(of: number, format: format) }
        return iso8601(text, assumesUTC: format == .iso8601UTC)
    }

    /// `2024-11-23T15:14:19.5+01:00`.
    ///
    /// A blank may stand for the T; the fraction and the zone's colon may be missing.
    static func iso8601(_ text: UnsafeRawBufferPointer, assumesUTC: Bool) -> WallTime? {
        var scanner = ByteScanner(text)
        guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2),
            scanner.take("-"),
            let day = scanner.digits(2), scanner.take("T") || scanner.take(" "), let hour = scanner.digits(2),
            scanner.take(":"), let minute = scanner.digits(2), scanner.take(":"),
            let second = scanner.digits(2),
            year >= 1970, (1...12).contains(month), (1...31).contains(day), hour <= 24, minute < 60,
            second <= 60
        else { return nil }
        let fraction = scanner.take(".") ? scanner.thousandths() : 0
        guard let offset = zoneMinutes(&scanner, assumesUTC: assumesUTC), scanner.isAtEnd else { return nil }
        let minutes = Int64(days(year: year, month: month, day: day) * 1_440 + hour * 60 + minute - offset)
        return WallTime(milliseconds: minutes * 60_000 + Int64(second * 1_000 + fraction))
    }

    private static func zoneMinutes(_ scanner: inout ByteScanner, assumesUTC: Bool) -> Int? {
        if scanner.take("Z") || scanner.take("z") { return 0 }
        let isEast = scanner.take("+")
        guard isEast || scanner.take("-") else { return assumesUTC ? 0 : nil }
        guard let hours = scanner.digits(2) else { return nil }
        _ = scanner.take(":")
        let minutes = scanner.isAtEnd ? 0 : scanner.digits(2) ?? 0
        return (isEast ? 1 : -1) * (hours * 60 + minutes)
    }

    /// Days since 1970-01-01 in the Gregorian calendar.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

/// Walks over ASCII bytes, which are valid as long as the scanner is used.
struct ByteScanner {
    private let bytes: UnsafeRawBufferPointer
    private var at = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { at == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard at < bytes.count, UInt32(bytes[at]) == character.value else { return false }
        at += 1
        return true
    }

    mutating func digits(_ count: Int) -> Int? {
        guard bytes.count - at >= count else { return nil }
        var value = 0
        for index in at..<(at + count) {
            guard (48...57).contains(bytes[index]) else { return nil }
            value = value * 10 + Int(bytes[index] - 48)
        }
        at += count
        return value
    }

    /// The digits of a fraction as whole thousandths; more digits are skipped.
    mutating func thousandths() -> Int {
        var value = 0
        var weight = 100
        while at < bytes.count, (48...57).contains(bytes[at]) {
            value += Int(bytes[at] - 48) * weight
            weight /= 10
            at += 1
        }
        return value
    }
}
