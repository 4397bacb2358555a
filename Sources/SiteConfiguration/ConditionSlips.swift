/// What people write in plain words where the pattern language has a form of its own.
///
/// A guess is made only where the form that it leads to can be read.
enum ConditionSlips {
    private static let comparisons = [
        "above": ">", "over": ">", "exceeds": ">", "below": "<", "under": "<", "greater than": ">",
        "more than": ">", "higher than": ">", "less than": "<", "lower than": "<", "at least": ">=",
        "at most": "<=", "≥": ">=", "≤": "<=", "＞": ">", "＜": "<", "高于": ">", "低于": "<",
    ]
    private static let units = [
        "C": "degC", "°C": "degC", "℃": "degC", "celsius": "degC", "percent": "%", "％": "%",
    ]
    private static let calls = ["sos", "panic", "emergency", "button", "help", "alarm button"]
    private static let joints = [
        (" and then ", "sequence", ", within: 10 min"), (" then ", "sequence", ", within: 10 min"),
        (" and ", "all_of", ", within: 5 min"), (" or ", "any_of", ""),
    ]

    /// The most bytes of a text that is guessed at.
    static let guessLimit = 200

    /// The form that a text probably means; nil when nothing readable comes of it.
    static func meant(by text: String) -> String? {
        guard text.utf8.count <= guessLimit, !text.hasControlCharacter else { return nil }
        for (word, key, window) in joints {
            let parts = pieces(text, at: word)
            guard parts.count > 1 else { continue }
            let forms = parts.compactMap { condition($0) ?? meant(by: $0) }
            return forms.count == parts.count ? "{\(key): [\(forms.joined(separator: ", "))]\(window)}" : nil
        }
        let negations = ["no ", "not ", "without "]
        let negation = negations.first { text.hasPrefix($0) }
        let rest = String(text.dropFirst(negation?.count ?? 0))
        let halves = pieces(rest, at: " for ")
        let span = halves.count == 2 ? length(halves[1]) : nil
        guard let form = condition(halves[0]), halves.count == 1 || span != nil else { return nil }
        if negation != nil { return "{absent: \(form), for: \(span ?? "10 min")}" }
        return span.map { "\(form) held for \($0)" } ?? (form == text ? nil : form)
    }

    /// One condition in the words of the language; nil when it cannot be read so either.
    private static func condition(_ text: String) -> String? {
        var words = text.split(separator: " ").map { units[String($0)] ?? String($0) }
        if let first = words.first, calls.contains(first.lowercased()), words.count <= 2 {
            return "call emergency"
        }
        for length in [2, 1] where words.count > length {
            for start in 1...(words.count - length) {
                let found = comparisons[words[start..<(start + length)].joined(separator: " ").lowercased()]
                guard let found else { continue }
                words.replaceSubrange(start..<(start + length), with: [found])
                break
            }
        }
        let form = words.joined(separator: " ")
        guard case .condition = ConditionWords.parseAsWritten(form) else { return nil }
        return form
    }

    private static func length(_ text: String) -> String? {
        YAMLNode.duration(text) != nil ? text : YAMLNode.nearDuration(text)
    }

    private static func pieces(_ text: String, at word: String) -> [String] {
        var pieces: [String] = []
        var rest = text[...]
        while let range = rest.firstRange(of: word) {
            pieces.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return pieces + [String(rest)]
    }
}
