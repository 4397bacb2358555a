/// A configured way to tell responders something, beside the built-in broker and the CloudEvents webhooks.
public struct ChannelSettings: Hashable, Sendable {
    /// The channel's name, as responders' channels refer to it.
    public var name: String
    /// Who may read what is sent there.
    public var audience: ChannelAudience
    /// How long one try may take in all, waiting for its turn included.
    public var timeout: Duration
    /// How it is carried.
    public var way: ChannelWay

    /// Makes one from its parts.
    public init(
        name: String, audience: ChannelAudience, timeout: Duration = .seconds(10), way: ChannelWay
    ) {
        self.name = name
        self.audience = audience
        self.timeout = timeout
        self.way = way
    }

    /// Whether responders can answer over it.
    public var takesReplies: Bool {
        switch way {
        case .modem(let modem): modem.inbox != nil
        case .provider(let provider): provider.takesReplies
        default: false
        }
    }
}

/// Who may read what a channel says: it bounds what a message may tell of a person.
///
/// The raw value stands in stored sites: never renumber, only append.
public enum ChannelAudience: UInt8, CaseIterable, Sendable {
    /// One responder: everything that helps, telephone, conditions and his own answer link included.
    case `private` = 0
    /// A chat group of staff: home and address, no telephone, no conditions, no personal link or code.
    case group = 1
    /// Whoever stands by: what kind of alarm it is, nothing of a person or a home.
    case `public` = 2

    /// The word for it in YAML.
    public var name: String { Self.words[self] }

    private static let words = Words<ChannelAudience>()

    /// The case of a word; nil when the vocabulary does not have it.
    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}

/// How a channel carries an order.
public enum ChannelWay: Hashable, Sendable {
    case robot(RobotSettings)
    case modem(ModemSettings)
    case provider(ProviderSettings)
    case mail(MailSettings)
    case topic(TopicSettings)
    case command(CommandSettings)

    /// Whether its addresses are telephone numbers to which texts go.
    public var isTextMessage: Bool {
        switch self {
        case .modem: true
        case .provider(let provider): provider.service == .textMessage
        default: false
        }
    }
}

/// A robot in a chat group.
public struct RobotSettings: Hashable, Sendable {
    /// Whose robot it is.
    public var maker: Maker
    /// A file whose first line is the robot's URL; the key in it is a secret.
    public var urlFile: String
    /// A file whose first line is the signing secret; nil means unsigned.
    public var secretFile: String?
    /// Whether messages are written with Markdown.
    public var usesMarkdown: Bool
    /// What a responder's address on this channel is, so that he is mentioned in orders to him.
    public var mention = Mention.nobody
    /// Whether everybody in the group is mentioned where an order of life safety asks for an answer.
    public var mentionsAll = false

    /// Makes one that mentions nobody.
    public init(maker: Maker, urlFile: String, secretFile: String? = nil, usesMarkdown: Bool = true) {
        self.maker = maker
        self.urlFile = urlFile
        self.secretFile = secretFile
        self.usesMarkdown = usesMarkdown
    }

    /// The raw value stands in stored sites: never renumber, only append.
    public enum Maker: UInt8, CaseIterable, Sendable {
        case wecom = 0
        case dingtalk = 1
        case feishu = 2

        /// The word for it in YAML.
        public var name: String { Self.words[self] }

        private static let words = Words<Maker>()
    }

    /// How a chat system is told whom to mention: most ring a telephone for nothing else.
    ///
    /// The raw value stands in stored sites: never renumber, only append.
    public enum Mention: UInt8, CaseIterable, Sendable {
        case nobody = 0
        /// By the id that the chat system gave its user.
        case user = 1
        /// By telephone number, which the chat system's provider then reads.
        case phone = 2

        /// The word for it in YAML.
        public var name: String { Self.words[self] }

        private static let words = Words<Mention>()
    }

    /// The most bytes of a user's id in a mention.
    public static let userIDLimit = 64

    /// Whether a text can be a user's id of a chat system: it is written into markup, and it must not mean
    /// everybody.
    public static func isUserID(_ text: String) -> Bool {
        let isPlain = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || [0x2D, 0x2E, 0x40, 0x5F].contains(byte)
        }
        return isPlain && (1...userIDLimit).contains(text.utf8.count) && text.first != "@"
            && text.lowercased() != "all"
    }
}

/// A modem of our own behind gammu-smsd: the folders of its `files` service.
public struct ModemSettings: Hashable, Sendable {
    /// Where messages to send are put.
    public var outbox: String
    /// Where gammu-smsd moves what it sent.
    public var sent: String
    /// Where gammu-smsd moves what it could not send.
    public var errors: String
    /// Where it puts what came in; nil means that nobody can answer by SMS.
    public var inbox: String?

    /// Makes one from its parts.
    public init(outbox: String, sent: String, errors: String, inbox: String? = nil) {
        self.outbox = outbox
        self.sent = sent
        self.errors = errors
        self.inbox = inbox
    }
}

/// A provider that sends a text or makes a telephone ring when it gets an HTTP request.
public struct ProviderSettings: Hashable, Sendable {
    /// What it does.
    public var service: Service
    /// Where requests go, with placeholders after the host.
    public var url: String
    /// `POST`, `PUT` or `GET`.
    public var method = "POST"
    /// Headers with placeholders, in the order of the file.
    public var headers: [NamedText] = []
    /// A file whose first line fills `{secret}`.
    public var secretFile: String?
    /// What the request carries.
    public var body = Body.none
    /// Where in a JSON answer the outcome stands, keys and numbers with dots between; nil means that the
    /// status alone decides.
    public var successPath: String?
    /// The values at `successPath` that mean success.
    public var successValues: [String] = []
    /// Whether what responders reply comes back to us.
    public var takesReplies = false

    /// Makes one from its parts.
    public init(service: Service, url: String) {
        self.service = service
        self.url = url
    }

    /// What the request carries.
    public enum Body: Hashable, Sendable {
        case none
        /// A JSON document with placeholders inside its texts.
        case json(String)
        /// Fields of a form with placeholders.
        case form([NamedText])
    }

    /// The raw value stands in stored sites: never renumber, only append.
    public enum Service: UInt8, CaseIterable, Sendable {
        case textMessage = 0
        case voiceCall = 1
    }
}

/// A name with a text: a header, a field of a form.
public struct NamedText: Hashable, Sendable {
    /// The name.
    public var name: String
    /// What it holds, with placeholders.
    public var text: String

    /// Makes one from its parts.
    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}

/// A mail server that takes our messages.
public struct MailSettings: Hashable, Sendable {
    /// A name or an address.
    public var host: String
    /// The TCP port.
    public var port: UInt16 = 587
    /// How the connection is protected.
    public var security = Security.startTLS
    /// The sender's address.
    public var sender: String
    /// The name to log in with; nil means none.
    public var user: String?
    /// A file whose first line is the password.
    public var passwordFile: String?
    /// PEM file of the authorities that may sign the server's certificate; nil means the system's.
    public var authorityFile: String?

    /// Makes one from its parts.
    public init(host: String, sender: String) {
        self.host = host
        self.sender = sender
    }

    /// The raw value stands in stored sites: never renumber, only append.
    public enum Security: UInt8, CaseIterable, Sendable {
        /// Begins in the clear and must become TLS before anything is said.
        case startTLS = 0
        /// TLS from the first byte.
        case tls = 1
        /// Never protected; for a server on this machine.
        case none = 2
    }
}

/// A device or display that listens to an MQTT topic: a siren, a light, a pager.
public struct TopicSettings: Hashable, Sendable {
    /// The topic, with placeholders.
    public var topic: String
    /// What is published while people are wanted, with placeholders.
    public var onPayload: String
    /// What is published when the last incident there is closed; nil means nothing.
    public var offPayload: String?
    /// Whether the broker keeps it for later subscribers.
    public var isRetained = false

    /// Makes one from its parts.
    public init(topic: String, onPayload: String, offPayload: String? = nil) {
        self.topic = topic
        self.onPayload = onPayload
        self.offPayload = offPayload
    }
}

/// A program of this machine that gets the order on its standard input.
public struct CommandSettings: Hashable, Sendable {
    /// The program's absolute path and its arguments; no shell reads them.
    public var arguments: [String]

    /// Makes one from its parts.
    public init(arguments: [String]) { self.arguments = arguments }
}
