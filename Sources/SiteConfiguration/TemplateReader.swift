import Escalation
import SafetyModel

/// Reads the section `messages`: texts in place of those that are compiled in, by purpose and form.
///
/// ```yaml
/// messages:
///   - purpose: alarm
///     short: "{home} {kind}, {address}"
/// ```
struct TemplateReader {
    let log: ProblemLog

    static let purposes = NotificationOrder.Purpose.allCases.map(\.name)
    static let forms = MessageTemplate.Form.allCases.map(\.name)
    /// The word that means every purpose that has no text of its own.
    static let everyPurpose = "any"
    static let words = purposes + [everyPurpose]
    static let keys = ["purpose"] + forms

    func read(_ node: YAMLNode) -> [TemplateDraft] {
        log.elements(of: node, "messages", limit: Limits.templateLimit).flatMap(readEntry)
    }

    private func readEntry(_ node: YAMLNode) -> [TemplateDraft] {
        guard let table = Table(node, "a message", keys: Self.keys, log: log) else {
            return []
        }
        let words = Self.words
        table.require(
            "purpose", why: "It says when the text is used",
            fix: "Write `purpose:` and one of \(words.joined(separator: ", ")).")
        guard let purpose = table.word("purpose", of: words, { words.contains($0) ? $0 : nil }) else {
            return []
        }
        return MessageTemplate.Form.allCases.compactMap { form in
            guard let text = table.text(form.name, limit: Limits.templateTextLimit) else { return nil }
            let mark = table.mark(of: form.name)
            check(text, form: form, at: mark)
            let template = MessageTemplate(
                purpose: purpose == Self.everyPurpose ? "" : purpose, form: form,
                // YAML's quoted line breaks are control characters, so they are written as a word.
                text: text.replacing("\\n", with: "\n"))
            return TemplateDraft(template: template, mark: mark)
        }
    }

    private func check(_ text: String, form: MessageTemplate.Form, at mark: Mark) {
        let open = text.count { $0 == "{" }
        if open != text.placeholderNames.count || open != text.count(where: { $0 == "}" }) {
            log.error(
                at: mark, "The message has a brace without its partner: \"\(text.quoted)\"",
                why: "Responders would read it as it stands", fix: "Write placeholders as `{home}`.")
            return
        }
        let reader = ChannelReader(log: log, folder: "")
        let audience: ChannelAudience = form == .public ? .public : .private
        reader.checkPlaceholders(text, beside: [], for: audience, at: mark)
    }
}

/// A text as the file says it.
struct TemplateDraft: Sendable {
    var template: MessageTemplate
    var mark: Mark
}
