import Correlation
import SafetyModel

/// Reads a rule's `messages`: a text by language, with placeholders.
struct MessageReader {
    let log: ProblemLog

    static let languages = ["zh", "en"]
    /// What may stand in braces.
    static let placeholders = ["home", "place", "device", "value"]

    func read(_ node: YAMLNode) -> [Rule.Message] {
        guard
            let table = Table(
                node, "`messages`", keys: Self.languages,
                example: "messages: {zh: \"\(node.text?.quoted ?? "{home}：漏水")\"}", log: log)
        else { return [] }
        return Self.languages.compactMap { language in
            guard let text = table.text(language, limit: Limits.messageLimit) else { return nil }
            check(text, at: table.mark(of: language))
            return Rule.Message(language: language, text: text)
        }
    }

    private func check(_ text: String, at mark: Mark) {
        var rest = text[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else {
                log.error(
                    at: mark, "The message has a brace without its partner: \"\(text.quoted)\"",
                    why: "Responders would read it as it stands", fix: "Write placeholders as `{place}`.")
                return
            }
            let name = String(rest[rest.index(after: open)..<close])
            if !Self.placeholders.contains(name) { reportUnknown(name, at: mark) }
            rest = rest[rest.index(after: close)...]
        }
    }

    private func reportUnknown(_ name: String, at mark: Mark) {
        let known = Self.placeholders.map { "{\($0)}" }.joined(separator: ", ")
        log.error(
            at: mark, "There is no placeholder `{\(name.quoted)}`",
            why: "Responders would read it as it stands",
            fix: nearestWord(to: name, among: Self.placeholders).map { "Did you mean `{\($0)}`?" }
                ?? "The placeholders are \(known).")
    }
}
