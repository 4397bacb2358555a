import Correlation
public import SafetyCore
public import SafetyModel

/// What a rule of the site says of an alarm, with the facts of the alarm in it.
public enum RuleMessages {
    /// The message of a rule, filled in.
    ///
    /// - Parameters:
    ///   - evidence: the newest observation; without one only the home is known.
    ///   - keyWords: what a key is called in the language.
    /// - Returns: nil when the rule is not of the site or says nothing in the language, also where it would
    ///   tell a value that nobody knows.
    public static func text(
        ofRule id: String, in site: Site, language: String, home: Home, evidence: Evidence?,
        keyWords: (CallKey) -> String
    ) -> String? {
        let wanted = language == "en" ? "en" : "zh"
        guard let rule = site.rules.first(where: { $0.id == id }),
            let template = rule.messages.first(where: { $0.language == wanted })?.text
        else { return nil }
        if evidence?.reading == nil, template.contains("{value}") { return nil }
        return fill(template) { name in
            switch name {
            case "home": home.name
            case "place": evidence.map { $0.place.isEmpty ? $0.device : $0.place } ?? ""
            case "device": evidence?.device ?? ""
            case "value": evidence?.reading.map { value($0, keyWords) } ?? ""
            default: nil
            }
        }
    }

    /// Puts facts where their names stand in braces; a name that nobody knows stays as it stands.
    static func fill(_ template: String, _ fact: (Substring) -> String?) -> String {
        var text = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let end = rest.index(after: close)
            text += rest[..<open]
            text += fact(rest[rest.index(after: open)..<close]) ?? String(rest[open..<end])
            rest = rest[end...]
        }
        return text + rest
    }

    private static func value(_ reading: Reading, _ keyWords: (CallKey) -> String) -> String {
        switch reading {
        case .flag: ""
        case .number(let number): show(number)
        case .pair(let first, let second): "\(show(Double(first)))/\(show(Double(second)))"
        case .key(let key): keyWords(key)
        }
    }

    /// With one decimal at most, and without one that is zero.
    private static func show(_ number: Double) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "" }
        return YAMLNode.show((number * 10).rounded() / 10)
    }
}
