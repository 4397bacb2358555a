/// What a message of one form says for one purpose, in place of the text that is compiled in.
public struct MessageTemplate: Hashable, Sendable {
    /// The word of the order's purpose (`alarm`, `closed`, ...); empty means all that have none of their own.
    public var purpose: String
    /// For which kind of channel it is.
    public var form: Form
    /// The text, with placeholders in braces.
    public var text: String

    /// Makes one from its parts.
    public init(purpose: String, form: Form, text: String) {
        self.purpose = purpose
        self.form = form
        self.text = text
    }

    /// For which kind of channel a text is.
    ///
    /// The raw value stands in stored sites: never renumber, only append.
    public enum Form: UInt8, CaseIterable, Sendable {
        /// A text message: as little as possible.
        case short = 0
        /// A chat message or the text of a mail.
        case long = 1
        /// The heading of a chat message, the subject of a mail.
        case title = 2
        /// What a voice says, on the telephone or in the home.
        case spoken = 3
        /// What everybody may read.
        case `public` = 4

        /// The word for it in YAML.
        public var name: String { Self.words[self] }

        private static let words = Words<Form>()
    }
}

/// A fact of an order that a message can tell, named in braces.
public enum MessagePlaceholder: UInt8, CaseIterable, Sendable {
    /// The whole sentence: what happened, where, and what is wanted.
    case text = 0
    /// The home's name.
    case home = 1
    /// Where to go.
    case address = 2
    /// The part of the community.
    case area = 3
    /// What the alarm is called.
    case kind = 4
    /// How pressing it is, in words.
    case urgency = 5
    /// What is wanted, in words.
    case purpose = 6
    /// The name of the one who has taken over, arrived, or asks for help.
    case about = 7
    /// The name of the one to whom the message goes.
    case responder = 8
    /// Hour and minute of the order, in the site's time zone.
    case time = 9
    /// The incident's number.
    case incident = 10
    /// Which try it is, from 1.
    case attempt = 11
    /// The residents' names.
    case residents = 12
    /// The residents' telephone numbers.
    case telephone = 13
    /// What a responder should know of the residents.
    case conditions = 14
    /// The page on which this responder answers; empty where there is none.
    case link = 15
    /// The four digits with which this responder answers by SMS.
    case code = 16

    /// The word that stands in the braces.
    public var name: String { Self.words[self] }

    private static let words = Words<MessagePlaceholder>()

    /// The case of a word; nil when the vocabulary does not have it.
    public init?(name: some StringProtocol) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    /// Whether an audience may read it; elsewhere it is empty.
    public func isAllowed(to audience: ChannelAudience) -> Bool {
        switch self {
        case .kind, .urgency, .purpose, .area, .time, .incident, .attempt: true
        case .text, .home, .address, .about, .responder: audience != .public
        case .residents, .telephone, .conditions, .link, .code: audience == .private
        }
    }
}

extension MessageTemplate: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(purpose)
        writer.write(form.rawValue)
        writer.write(text)
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            purpose: try reader.readString(), form: try reader.readCase(), text: try reader.readString())
    }
}

extension String {
    /// Puts facts where their names stand in braces; a name that `fact` does not know stays as it stands.
    ///
    /// What a fact brings is not looked at again, so a name with braces in it stays a name.
    public func filled(_ fact: (Substring) -> String?) -> String {
        var text = ""
        var rest = self[...]
        while let open = rest.firstIndex(of: "{") {
            text += rest[..<open]
            rest = rest[open...]
            let inside = rest.dropFirst()
            let close = inside.firstIndex { $0 == "}" || $0 == "{" }
            guard let close, inside[close] == "}", let value = fact(inside[..<close]) else {
                text += "{"
                rest = inside
                continue
            }
            text += value
            rest = rest[rest.index(after: close)...]
        }
        return text + rest
    }

    /// The names that stand in braces, in their order, braces of JSON documents left out.
    public var placeholderNames: [String] {
        var names: [String] = []
        _ = filled { name in
            if !name.isEmpty, name.utf8.allSatisfy({ (0x61...0x7a).contains($0 | 0x20) }) {
                names.append(String(name))
            }
            return nil
        }
        return names
    }
}
