import Escalation
import GatewayPorts
import SafetyModel

/// Writes what a channel says of an order, out of the site's templates or those that are compiled in.
struct MessageComposer: Sendable {
    let audience: ChannelAudience
    let surroundings: ChannelSurroundings
    private let words: StandardWords
    /// The site's templates by form, those without a purpose last.
    private let templates: [MessageTemplate]

    /// The most UTF-8 bytes of a message of any form; the rest is cut off at a character.
    static let messageLimit = 4_000

    init(audience: ChannelAudience, surroundings: ChannelSurroundings) {
        self.audience = audience
        self.surroundings = surroundings
        words = StandardWords(language: surroundings.language)
        templates =
            surroundings.templates.filter { !$0.purpose.isEmpty }
            + surroundings.templates.filter { $0.purpose.isEmpty }
    }

    /// The facts that this channel may tell.
    func facts(of message: OrderMessage) -> OrderFacts {
        OrderFacts(message, for: audience, in: surroundings)
    }

    /// A message in the form that a channel needs; a public channel has one form only.
    func text(_ form: MessageTemplate.Form, of message: OrderMessage, facts: OrderFacts) -> String {
        let form = audience == .public ? MessageTemplate.Form.public : form
        let purpose = message.order.purpose
        let template =
            templates.first { $0.form == form && ($0.purpose == purpose.name || $0.purpose.isEmpty) }?.text
            ?? words.template(form, for: purpose)
        var text = template.filled(facts.text)
        while text.last == "\n" || text.last == " " { text.removeLast() }
        if !message.isRecorded, form != .title { text += words.unrecordedMark }
        return text.cut(toBytes: Self.messageLimit)
    }

    /// A text message: at most two parts, the line on how to answer never cut off.
    func shortText(of message: OrderMessage, facts: OrderFacts, takesReplies: Bool) -> String {
        let text = text(.short, of: message, facts: facts).onOneLine
        let asks = takesReplies && message.order.purpose.asksForAnswer && !facts[.code].isEmpty
        return ShortText.fit(text, ending: asks ? words.replyLine(code: facts[.code]) : "")
    }
}

extension String {
    /// The text without what does not fit into so many bytes of UTF-8, cut between two characters.
    func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var size = 0
        return String(
            prefix { character in
                size += character.utf8.count
                return size <= limit
            })
    }
}
