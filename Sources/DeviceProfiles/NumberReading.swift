/// Reads a number from a text: `80.00`, ` -3 `, `96 %`; not from `450A`.
///
/// The text's bytes are valid during the call only; slices of them are handed back to the caller.
enum NumberReading {
    /// The longest text that is taken for a number.
    static let lengthLimit = 40

    static func number(in text: UnsafeRawBufferPointer) -> Double? {
        let bytes = trimmed(text)
        guard let first = bytes.first, bytes.count <= lengthLimit, startsNumber(first) else { return nil }
        var digits = bytes
        if digits.last == UInt8(ascii: "%") {
            digits = trimmed(UnsafeRawBufferPointer(rebasing: digits.dropLast()))
        }
        if let simple = simpleNumber(digits) { return simple }
        guard digits.allSatisfy(isNumeric), let value = Double(String(decoding: digits, as: UTF8.self)),
            value.isFinite
        else { return nil }
        return value
    }

    /// Digits with at most one point and few enough to be exact, without allocating.
    private static func simpleNumber(_ digits: UnsafeRawBufferPointer) -> Double? {
        var value: Int64 = 0
        var divisor = 1.0
        var count = 0
        var hasPoint = false
        let isNegative = digits.first == UInt8(ascii: "-")
        for byte in isNegative ? digits.dropFirst() : digits[...] {
            if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
                continue
            }
            guard (48...57).contains(byte), count < 15 else { return nil }
            value = value * 10 + Int64(byte - 48)
            count += 1
            if hasPoint { divisor *= 10 }
        }
        guard count > 0 else { return nil }
        return (isNegative ? -1 : 1) * Double(value) / divisor
    }

    /// Without blanks at both ends.
    static func trimmed(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var first = 0
        var end = text.count
        while first < end, text[first] <= 0x20 { first += 1 }
        while end > first, text[end - 1] <= 0x20 { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: text[first..<end])
    }

    private static func startsNumber(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
            || byte == UInt8(ascii: ".")
    }

    private static func isNumeric(_ byte: UInt8) -> Bool {
        startsNumber(byte) || byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
    }
}
