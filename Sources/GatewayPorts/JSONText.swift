public import SafetyModel

/// Writes JSON into bytes: for the documents that leave with every alarm, where Foundation's encoder costs
/// too much.
public struct JSONText: Sendable {
    /// What was written.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// Makes one from its parts.
    public init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// An object: `body` writes its members.
    public mutating func object(_ body: (inout JSONText) -> Void) {
        open(UInt8(ascii: "{"))
        body(&self)
        close(UInt8(ascii: "}"))
    }

    /// An array: `body` writes its elements.
    public mutating func array(_ body: (inout JSONText) -> Void) {
        open(UInt8(ascii: "["))
        body(&self)
        close(UInt8(ascii: "]"))
    }

    /// The name of the next member, where only the running program knows it.
    public mutating func key(named name: String) {
        value(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// The name of the next member.
    public mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes one value.
    public mutating func value(_ text: String) {
        separate()
        var text = text
        text.withUTF8 { quote($0) }
        needsComma = true
    }

    /// Writes one value.
    public mutating func value(_ number: Int64) {
        separate()
        append(digitsOf: number)
        needsComma = true
    }

    /// Writes one value.
    public mutating func value(_ number: Int) { value(Int64(number)) }

    /// Writes one value.
    public mutating func value(_ number: Int32) { value(Int64(number)) }

    /// A number; what JSON cannot say (NaN, infinity) becomes null.
    public mutating func value(_ number: Double) {
        guard number.isFinite else { return null() }
        separate()
        let whole = Int64(exactly: number)
        if let whole { append(digitsOf: whole) } else { bytes.append(contentsOf: "\(number)".utf8) }
        needsComma = true
    }

    /// Writes one value.
    public mutating func value(_ flag: Bool) {
        separate()
        bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        needsComma = true
    }

    /// Writes null.
    public mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
        needsComma = true
    }

    /// A document that is JSON already.
    public mutating func raw(_ document: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: document)
        needsComma = true
    }

    /// Bytes that are meant to be text: what is not UTF-8 is replaced.
    public mutating func value(text: [UInt8]) { value(String(decoding: text, as: UTF8.self)) }

    /// A moment as RFC 3339 in UTC with milliseconds.
    public mutating func value(_ time: WallTime) { value(time.rfc3339) }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
    }

    private mutating func append(digitsOf number: Int64) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var rest = number.magnitude
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    /// Text with quotes; runs of bytes that need no escape go in as a whole.
    private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
        // The buffer belongs to the caller's string and does not outlive this call.
        bytes.append(UInt8(ascii: "\""))
        var start = 0
        for index in text.indices where Self.needsEscape(text[index]) {
            bytes.append(contentsOf: text[start..<index])
            escape(text[index])
            start = index + 1
        }
        bytes.append(contentsOf: text[start...])
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(Self.digits[Int(byte >> 4)])
            bytes.append(Self.digits[Int(byte & 15)])
        }
    }

    private static let digits: [UInt8] = Array("0123456789abcdef".utf8)
}

extension WallTime {
    /// The years that RFC 3339 can say: 0000 to 9999.
    private static let sayable: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    /// The moment in UTC as RFC 3339 writes it, with milliseconds; what a device claims beyond its years is
    /// cut there.
    public var rfc3339: String {
        let milliseconds = min(max(milliseconds, Self.sayable.lowerBound), Self.sayable.upperBound)
        let day: Int64 = 86_400_000
        let days = milliseconds >= 0 ? milliseconds / day : (milliseconds - day + 1) / day
        let rest = milliseconds - days * day
        let (year, month, dayOfMonth) = Self.civil(fromDays: days)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        func put(_ number: Int64, _ width: Int) {
            var divisor = Int64(1)
            for _ in 1..<width { divisor *= 10 }
            while divisor > 0 {
                text.append(UInt8(ascii: "0") + UInt8((number / divisor) % 10))
                divisor /= 10
            }
        }
        put(year, 4)
        text.append(UInt8(ascii: "-"))
        put(month, 2)
        text.append(UInt8(ascii: "-"))
        put(dayOfMonth, 2)
        text.append(UInt8(ascii: "T"))
        put(rest / 3_600_000, 2)
        text.append(UInt8(ascii: ":"))
        put(rest / 60_000 % 60, 2)
        text.append(UInt8(ascii: ":"))
        put(rest / 1_000 % 60, 2)
        text.append(UInt8(ascii: "."))
        put(rest % 1_000, 3)
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// The proleptic Gregorian date of a day counted from 1970-01-01.
    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // Years begin in March, so that the leap day is the last of a year; eras are 400 years of 146,097
        // days.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}
