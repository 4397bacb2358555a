import Escalation
import Foundation
public import GatewayPorts
public import SafetyModel

/// What channels know beside the order: the site's words, names, and how people answer.
public struct ChannelSurroundings: Sendable {
    /// `zh-Hans` or `en`.
    public var language: String
    /// The site's time zone, for times in messages.
    public var calendar: CivilCalendar
    /// The names of responders by id.
    public var names: [String: String]
    /// Texts in place of those that are compiled in.
    public var templates: [MessageTemplate]
    /// The links and codes by which people answer; nil means that there are none.
    public var keys: (any AnswerKeys)?
    /// The address under which the answer page is reached, without a slash at the end; nil means nowhere.
    public var publicURL: String?

    /// Makes one from its parts.
    public init(
        language: String = "zh-Hans", calendar: CivilCalendar = .utc, names: [String: String] = [:],
        templates: [MessageTemplate] = [], keys: (any AnswerKeys)? = nil, publicURL: String? = nil
    ) {
        self.language = language
        self.calendar = calendar
        self.names = names
        self.templates = templates
        self.keys = keys
        self.publicURL = publicURL
    }
}

/// The facts of one order that an audience may read, as texts without control characters.
struct OrderFacts: Sendable {
    let order: NotificationOrder
    let audience: ChannelAudience
    private var texts: [MessagePlaceholder: String] = [:]

    /// Reads the order's documents; a document that says nothing leaves its facts empty.
    init(_ message: OrderMessage, for audience: ChannelAudience, in surroundings: ChannelSurroundings) {
        order = message.order
        self.audience = audience
        let words = StandardWords(language: surroundings.language)
        let document = try? JSONDecoder().decode(OrderDocument.self, from: Data(message.document))
        let incident = try? JSONDecoder().decode(IncidentHeading.self, from: Data(message.incident))
        let number = order.id.incident.number
        let heading = incident?.title ?? document?.kind ?? ""
        // The text of a verification tells whom to ring at which number.
        let isPersonal = order.purpose == .verify && audience != .private
        let verification = "\(heading) · \(document?.home?.name ?? "") — \(words.purpose(.verify))"
        set(.text, isPersonal ? verification : document?.text ?? heading)
        set(.home, document?.home?.name ?? document?.home?.id ?? "")
        set(.address, document?.home?.address ?? "")
        set(.area, document?.home?.area ?? "")
        set(.kind, incident?.title ?? document?.kind ?? "")
        set(.urgency, words.urgency(order.urgency))
        set(.purpose, words.purpose(order.purpose))
        set(.about, surroundings.names[order.about] ?? order.about)
        set(.responder, surroundings.names[order.responder] ?? order.responder)
        set(.time, Self.time(document?.orderedAt, in: surroundings.calendar))
        set(.incident, String(number))
        set(.attempt, String(order.attempt))
        set(.residents, message.residents.map(\.name).joined(separator: words.comma))
        set(
            .telephone,
            message.residents.map(\.telephone).filter { !$0.isEmpty }.joined(separator: words.comma))
        set(.conditions, message.residents.flatMap(\.conditions).joined(separator: words.comma))
        guard let keys = surroundings.keys, audience == .private else { return }
        set(.code, keys.replyCode(incident: number, responder: order.responder))
        guard let page = surroundings.publicURL else { return }
        let token = keys.linkToken(incident: number, order: order.id.text, responder: order.responder)
        set(.link, "\(page)/a/\(token)")
    }

    /// The fact of a placeholder's name; nil when there is no such placeholder, empty where the audience may
    /// not know it.
    func text(_ name: Substring) -> String? { MessagePlaceholder(name: name).map { self[$0] } }

    /// A fact; empty where the audience may not know it.
    subscript(placeholder: MessagePlaceholder) -> String { texts[placeholder] ?? "" }

    private mutating func set(_ placeholder: MessagePlaceholder, _ text: String) {
        guard placeholder.isAllowed(to: audience) else { return }
        texts[placeholder] = text.onOneLine
    }

    /// `22:05` of an RFC 3339 time.
    private static func time(_ text: String?, in calendar: CivilCalendar) -> String {
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        guard let date = text.flatMap({ try? format.parse($0) }) else { return "" }
        let moment = WallTime(milliseconds: Int64(date.timeIntervalSince1970 * 1_000))
        let minutes = calendar.millisecondOfDay(at: moment) / 60_000
        let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }
}

/// What messages need of an order's document.
private struct OrderDocument: Decodable {
    var home: Home?
    var kind: String?
    var text: String?
    /// Wall time, RFC 3339.
    var orderedAt: String?

    struct Home: Decodable {
        var id: String
        var name: String?
        var address: String?
        var area: String?
    }
}

/// What messages need of an incident's document.
private struct IncidentHeading: Decodable {
    var title: String?
}

extension String {
    /// The text with a space where it has a control character or a line break.
    var onOneLine: String {
        let scalars = unicodeScalars.map { scalar -> Unicode.Scalar in
            let category = scalar.properties.generalCategory
            let breaks = category == .control || category == .lineSeparator || category == .paragraphSeparator
            return breaks ? " " : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
