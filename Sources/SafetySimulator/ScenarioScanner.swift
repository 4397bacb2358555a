import SafetyModel
import SiteConfiguration

/// Reads one line of a scenario word by word and knows the column of each.
struct ScenarioScanner {
    private let characters: [Character]
    private var next: Int
    private let file: String
    private let line: Int

    /// - Parameter line: its number, from 1.
    init(_ text: Substring, file: String, line: Int) {
        characters = Array(text)
        next = 0
        self.file = file
        self.line = line
        skipBlanks()
    }

    /// Where the next word stands, or the end of the line.
    var place: Place { Place(file: file, line: line, column: next + 1) }

    /// Whether nothing is left.
    var isAtEnd: Bool { next >= characters.count }

    /// The next word, or nil at the end.
    mutating func word() -> ScenarioWord? {
        guard !isAtEnd else { return nil }
        let place = place
        let end = characters[next...].firstIndex(where: \.isWhitespace) ?? characters.count
        let text = String(characters[next..<end])
        next = end
        skipBlanks()
        return ScenarioWord(text, place: place)
    }

    /// The next word without taking it.
    var upcoming: String? {
        var copy = self
        return copy.word()?.text
    }

    /// Everything that is left, blanks at its end removed.
    mutating func rest() -> ScenarioWord {
        var end = characters.count
        while end > next, characters[end - 1].isWhitespace { end -= 1 }
        defer { next = characters.count }
        return ScenarioWord(String(characters[min(next, end)..<end]), place: place)
    }

    private mutating func skipBlanks() {
        while next < characters.count, characters[next].isWhitespace { next += 1 }
    }
}

/// Spans of time as scenarios write them: `1:30` is a minute and a half, `26:00:00` is 26 hours.
enum ScenarioTime {
    /// The form for messages.
    static let form = "minutes:seconds (1:30) or hours:minutes:seconds (26:00:00)"

    /// Reads a span; nil when the text is none.
    static func read(_ text: some StringProtocol) -> Duration? {
        let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let parts = halves[0].split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count) else { return nil }
        var seconds: Int64 = 0
        for (place, part) in parts.enumerated() {
            guard (1...6).contains(part.count), part.allSatisfy({ $0.isASCII && $0.isNumber }),
                let number = Int64(part), place == 0 || (part.count == 2 && number < 60)
            else { return nil }
            seconds = seconds * 60 + number
        }
        guard halves.count == 2 else { return .seconds(seconds) }
        guard halves[1].count == 3, halves[1].allSatisfy({ $0.isASCII && $0.isNumber }),
            let milliseconds = Int64(halves[1])
        else { return nil }
        return .milliseconds(seconds * 1_000 + milliseconds)
    }

    /// Writes a span: hours only from one hour on, milliseconds only where there are some.
    static func text(_ span: Duration) -> String {
        let milliseconds = span.wholeMilliseconds
        let (hours, minutes) = (milliseconds / 3_600_000, milliseconds / 60_000 % 60)
        let seconds = CivilTime.two(Int(milliseconds / 1_000 % 60))
        var text = hours > 0 ? "\(hours):\(CivilTime.two(Int(minutes))):\(seconds)" : "\(minutes):\(seconds)"
        let rest = milliseconds % 1_000
        if rest > 0 { text += "." + String(String(1_000 + rest).dropFirst()) }
        return text
    }

    /// Reads `2026-10-01` and `18:40` or `18:40:05`; nil when they are no date and time of day.
    static func local(date: String, clock: String) -> Scenario.LocalTime? {
        let parts = date.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            parts.map(\.count) == [4, 2, 2], let year = Int(parts[0]), let month = Int(parts[1]),
            let day = Int(parts[2]), (1971...2200).contains(year), (1...12).contains(month),
            (1...days(inMonth: month, of: year)).contains(day)
        else { return nil }
        let isShort = clock.split(separator: ":").count == 2
        guard let time = read(isShort ? clock + ":00" : clock), time < .hours(24) else { return nil }
        let shiftedYear = month > 2 ? year : year - 1
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = Int64(era * 146_097 + dayOfEra - 719_468)
        return Scenario.LocalTime(milliseconds: days * 86_400_000 + time.wholeMilliseconds)
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }
}

/// The word that a misspelt one probably means.
enum ScenarioSpelling {
    /// The nearest of some words, as a question; nil when none is near.
    static func suggestion(for word: String, among words: [String]) -> String? {
        let wanted = Array(word.lowercased().prefix(lengthLimit))
        let patience = wanted.count < 5 ? 2 : wanted.count < 10 ? 3 : 4
        let distances = words.map { ($0, Array($0.lowercased()).difference(from: wanted).count) }
        let nearest = distances.filter { $0.1 <= patience && $0.1 < wanted.count + 1 }.min { $0.1 < $1.1 }
        return nearest.map { "Did you mean `\($0.0)`?" }
    }

    /// The most characters of a word that are compared.
    static let lengthLimit = 64
}
