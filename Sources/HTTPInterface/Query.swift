import Foundation
import SafetyModel

/// The part of a request's target after `?`.
struct Query: Sendable {
    private var values: [String: String] = [:]

    /// - Throws: `Problem` 422 for a parameter that is unknown, twice there, too long or not percent-encoded
    ///   UTF-8.
    init(_ text: Substring, known: [String], valueLimit: Int) throws(Problem) {
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = known.first(where: { $0 == parts[0] }) else {
                throw .unprocessable("Unknown query parameter; known are \(known.joined(separator: ", ")).")
            }
            guard values[name] == nil else { throw .unprocessable("\(name) stands twice in the query.") }
            let raw = parts.count == 2 ? parts[1].replacing("+", with: " ") : ""
            guard raw.utf8.count <= valueLimit, let value = raw.removingPercentEncoding,
                PlainText.isPlain(value)
            else {
                throw .unprocessable("\(name) must be percent-encoded text of at most \(valueLimit) bytes.")
            }
            values[name] = value
        }
    }

    /// The value, or nil where it is missing or empty.
    func text(_ name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    /// A word of a vocabulary.
    func word<Word: RawRepresentable & CaseIterable>(_ name: String, _ type: Word.Type) throws(Problem)
        -> Word?
    where Word.RawValue == String {
        guard let text = text(name) else { return nil }
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw .unprocessable("\(name) must be one of \(words).")
        }
        return word
    }

    /// A moment as RFC 3339, `2026-03-01T08:00:00Z`, or a day as `2026-03-01` in UTC.
    func time(_ name: String) throws(Problem) -> WallTime? {
        guard let text = text(name) else { return nil }
        let whole = text.utf8.count == 10 ? text + "T00:00:00Z" : text
        for fraction in [false, true] {
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: fraction)
            if let date = try? style.parse(whole) {
                return WallTime(milliseconds: Int64((date.timeIntervalSince1970 * 1_000).rounded()))
            }
        }
        throw .unprocessable("\(name) must be a time such as 2026-03-01T08:00:00Z, or a day.")
    }

    /// A number of at least 1.
    func number(_ name: String, atMost limit: Int64 = .max) throws(Problem) -> Int64? {
        guard let value = text(name) else { return nil }
        guard let number = DecimalText.number(value), number <= limit else {
            let range = limit == .max ? "a number of at least 1" : "a number from 1 to \(limit)"
            throw .unprocessable("\(name) must be \(range).")
        }
        return number
    }
}

/// Texts that may go on into records and messages.
enum PlainText {
    /// A text of an address; nil when it is not percent-encoded UTF-8.
    static func decoded(_ text: some StringProtocol) -> String? { text.removingPercentEncoding }

    /// Whether there are no control characters in it.
    static func isPlain(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}
