import Hummingbird
import HummingbirdCore
import NIOCore
import SafetyModel

/// Where a provider of text messages, or a program in front of it, hands in what responders reply.
///
/// What it means is not known here: the sender's number and the code in the text say who acts on which
/// incident. Neither stands in the audit, and the act itself stands in the incident's record.
struct ReplyCounter: Sendable {
    let reply: (@Sendable (_ sender: String, _ text: String) async -> String?)?
    let audit: AuditWriter
    let limits: HTTPLimits
    private let places: Places

    init(
        reply: (@Sendable (_ sender: String, _ text: String) async -> String?)?, audit: AuditWriter,
        limits: HTTPLimits
    ) {
        self.reply = reply
        self.audit = audit
        self.limits = limits
        places = Places(limit: limits.commandLimit)
    }

    /// What a request's body says.
    struct Body: Decodable {
        /// The number of whoever sent the text message.
        var from: String?
        var text: String?
    }

    /// Answers with the words that the sender should get, after the act is on disk.
    func take(_ body: Body, by caller: Caller, from address: String) async throws(Problem) -> Response {
        // Whatever signs a telephone put between the digits, a reply must not be lost for them.
        guard let sender = body.from, !sender.isEmpty, sender.utf8.count <= limits.valueLimit else {
            throw .unprocessable("from must be the number that sent the text message.")
        }
        guard let text = body.text, text.utf8.count <= limits.replyByteLimit else {
            throw .unprocessable("text is needed, of at most \(limits.replyByteLimit) bytes.")
        }
        guard let reply else { throw .unavailable("This gateway takes no replies.") }
        guard places.take() else { throw .unavailable("Too many replies at the same time.") }
        let answer: String?? = await Patience.answer(within: limits.answerPatience) { give in
            Task { [places] in
                let words = await reply(sender, text)
                places.giveBack()
                give(words)
            }
        }
        let outcome =
            switch answer {
            case .some(.some): "answered"
            case .some(.none): "nobody"
            case .none: "late"
            }
        await audit.write("reply.take", on: "", by: caller.name, from: address, outcome: outcome)
        guard let answer else {
            throw .unavailable("No answer in time; the act may still take effect: look before repeating it.")
        }
        guard let answer else { return Response(status: .noContent) }
        return Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: answer)))
    }
}
