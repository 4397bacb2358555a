/// Text for a terminal of a known width, with colour or without.
public struct TerminalText: Hashable, Sendable {
    /// Columns of the terminal.
    public var width: Int
    /// Whether escape sequences are understood and wanted.
    public var isColoured: Bool

    /// The narrowest and the widest layout.
    public static let widthRange = 60...140

    /// A terminal of so many columns; the width is kept within `widthRange`.
    public init(width: Int, isColoured: Bool) {
        self.width = min(Self.widthRange.upperBound, max(Self.widthRange.lowerBound, width))
        self.isColoured = isColoured
    }

    /// How a piece of text looks.
    public enum Style: String, Sendable {
        case plain = ""
        case bold = "1"
        case dim = "2"
        case red = "31;1"
        case green = "32;1"
        case blue = "34;1"
        case cyan = "36;1"
        case onRed = "97;41;1"
        case onYellow = "30;43;1"
        case onMagenta = "97;45;1"
        case onBlue = "97;44;1"
        case onGrey = "97;100;1"
    }

    /// Puts a style around a text.
    public func styled(_ text: String, _ style: Style) -> String {
        guard isColoured, style != .plain, !text.isEmpty else { return text }
        return "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m"
    }

    /// Fills up or cuts a text to a number of columns.
    public static func fit(_ text: String, _ columns: Int, isRight: Bool = false) -> String {
        let cut = shorten(text, columns)
        let fill = String(repeating: " ", count: max(0, columns - columnCount(of: cut)))
        return isRight ? fill + cut : cut + fill
    }

    /// Cuts a text that is too long, and shows that it was cut.
    public static func shorten(_ text: String, _ columns: Int) -> String {
        guard columnCount(of: text) > columns else { return text }
        var cut = ""
        var used = 0
        for character in text {
            let next = columnCount(of: character)
            if used + next > columns - 1 { break }
            cut.append(character)
            used += next
        }
        return cut + "…"
    }

    /// Breaks a text at its spaces into lines of at most so many columns; a longer word is cut.
    public static func wrapped(_ text: String, _ columns: Int) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let last = lines[lines.count - 1]
            let longer = last.isEmpty ? String(word) : last + " " + word
            if columnCount(of: longer) <= columns {
                lines[lines.count - 1] = longer
            } else if last.isEmpty {
                lines[lines.count - 1] = shorten(String(word), columns)
            } else {
                lines.append(shorten(String(word), columns))
            }
        }
        return lines
    }

    /// How many columns a text takes in a terminal: Chinese characters take two.
    public static func columnCount(of text: String) -> Int { text.reduce(0) { $0 + columnCount(of: $1) } }

    private static func columnCount(of character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first?.value else { return 0 }
        return switch scalar {
        case 0..<0x20, 0x300...0x36f, 0x200b...0x200f: 0
        case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
            0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1faff, 0x20000...0x3fffd:
            2
        default: 1
        }
    }

    /// `54,212`.
    public static func grouped(_ number: Int) -> String {
        let digits = Array(String(abs(number)))
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// A real time: `3.1 ms`, `412 ms`, `1.20 s`.
    public static func milliseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let micros = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        if micros < 100_000 { return "\(micros / 1_000).\(micros % 1_000 / 100) ms" }
        if micros < 1_000_000 { return "\(micros / 1_000) ms" }
        return "\(micros / 1_000_000).\(CivilTime.two(Int(micros % 1_000_000 / 10_000))) s"
    }

    /// A virtual time as people say it: `34 s`, `7 min 18 s`, `1 h 05 min`.
    public static func spoken(_ duration: Duration) -> String {
        let seconds = max(0, Int(duration.components.seconds))
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3_600 { return "\(seconds / 60) min \(CivilTime.two(seconds % 60)) s" }
        return "\(seconds / 3_600) h \(CivilTime.two(seconds / 60 % 60)) min"
    }
}
