/// What fits into a text message of the mobile networks.
///
/// A text of the default alphabet of 3GPP TS 23.038 has 160 characters in one part and 153 in each of
/// several; any other is sent as UCS-2, with 70 and 67 (TS 23.040 takes the rest for the header of the
/// parts).
enum ShortText {
    /// The most parts of a message: a longer one costs more and may arrive torn.
    static let partLimit = 2
    /// The most UTF-16 units of a message with letters beyond the default alphabet.
    static let wideLimit = partLimit * 67
    /// The most septets of a message in the default alphabet.
    static let narrowLimit = partLimit * 153

    private static let onePartWide = 70
    private static let onePartNarrow = 160

    /// Joins a text and its ending so that both fit; the text is cut, the ending never.
    static func fit(_ text: String, ending: String) -> String {
        let isNarrow = (text + ending).unicodeScalars.allSatisfy { septets($0) != nil }
        let limit = isNarrow ? narrowLimit : wideLimit
        let room = limit - size(of: ending, isNarrow: isNarrow)
        guard size(of: text, isNarrow: isNarrow) > room else { return text + ending }
        let mark = isNarrow ? "..." : "…"
        let kept = room - size(of: mark, isNarrow: isNarrow)
        var used = 0
        let start = text.prefix { character in
            used += size(of: String(character), isNarrow: isNarrow)
            return used <= kept
        }
        return start + mark + ending
    }

    /// How many parts a text needs.
    static func parts(of text: String) -> Int {
        let isNarrow = text.unicodeScalars.allSatisfy { septets($0) != nil }
        let size = size(of: text, isNarrow: isNarrow)
        if size <= (isNarrow ? onePartNarrow : onePartWide) { return 1 }
        let part = isNarrow ? 153 : 67
        return (size + part - 1) / part
    }

    private static func size(of text: String, isNarrow: Bool) -> Int {
        isNarrow ? text.unicodeScalars.reduce(0) { $0 + (septets($1) ?? 1) } : text.utf16.count
    }

    /// How many septets a character of the default alphabet takes, nil for any other.
    private static func septets(_ scalar: Unicode.Scalar) -> Int? {
        if twoSeptets.contains(scalar) { return 2 }
        return oneSeptet.contains(scalar) ? 1 : nil
    }

    private static let twoSeptets = Set("^{}\\[~]|€".unicodeScalars)
    private static let oneSeptet = Set(
        ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
            + "¿abcdefghijklmnopqrstuvwxyzäöñüà").unicodeScalars)
}
