/// A telephone number as people and networks write it: digits, perhaps with `+` before them.
struct TelephoneNumber: Hashable, Sendable {
    /// The digits, with `+` where it was written.
    let text: String

    /// The most digits of a number of any network (ITU-T E.164), international prefix included.
    static let digitLimit = 17

    /// Reads a number, or nothing where there is none; spaces, hyphens, dots and brackets are not seen.
    init?(_ written: String) {
        var text = ""
        for character in written {
            switch character {
            case "0"..."9" where character.isASCII: text.append(character)
            case "+" where text.isEmpty: text.append(character)
            case " ", "-", ".", "(", ")", "\u{a0}": continue
            default: return nil
            }
        }
        let digits = text.drop { $0 == "+" }
        guard (3...Self.digitLimit).contains(digits.count) else { return nil }
        self.text = text
    }

    /// The number without China's country code in any of its spellings, for comparing.
    var national: String {
        if text.hasPrefix("+86") { return String(text.dropFirst(3)) }
        if text.hasPrefix("0086") { return String(text.dropFirst(4)) }
        // Mobile numbers have eleven digits; thirteen with 86 before them.
        if text.hasPrefix("86"), text.count == 13 { return String(text.dropFirst(2)) }
        return text.hasPrefix("+") ? String(text.dropFirst()) : text
    }
}
