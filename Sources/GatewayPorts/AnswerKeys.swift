/// What a responder proves himself with when he answers without a token of his own: a link or a code.
///
/// Both follow from a secret of the gateway and are stored nowhere.
public protocol AnswerKeys: Sendable {
    /// The unguessable last path segment of the answer page for one order and person.
    func linkToken(incident: Int64, order: String, responder: String) -> String

    /// What a link's token means, or nil when it was never given out. Constant time.
    func meaning(ofLinkToken token: String) -> AnswerKey?

    /// The four digits by which a responder answers over SMS.
    func replyCode(incident: Int64, responder: String) -> String
}

/// What a link to the answer page stands for.
public struct AnswerKey: Hashable, Sendable {
    /// The incident's number.
    public var incident: Int64
    /// The order's id as it stands in messages: `12-3`.
    public var order: String
    /// The responder's id.
    public var responder: String

    /// Makes one from its parts.
    public init(incident: Int64, order: String, responder: String) {
        self.incident = incident
        self.order = order
        self.responder = responder
    }
}
