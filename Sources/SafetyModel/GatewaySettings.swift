/// How the gateway meets the world: broker, store, channels, HTTP, the console's users; validated, nothing
/// secret in it but file paths and the hashes of passwords.
public struct GatewaySettings: Hashable, Sendable {
    /// How to reach the broker.
    public var broker = BrokerSettings()
    /// Where the journal lies.
    public var store = StoreSettings()
    /// Where the HTTP interface listens; nil means nowhere.
    public var http: HTTPSettings?
    /// Who may sign in at the console, in the order of the files.
    public var users: [DeskUser] = []
    /// Webhook channels, in the order of the file.
    public var webhooks: [WebhookSettings] = []
    /// Who hears that we are alive; nil means nobody.
    public var heartbeat: HeartbeatSettings?
    /// The language of texts: `zh-Hans` or `en`.
    public var language = "zh-Hans"
    /// A demonstration site: only then may the clock be scaled.
    public var isDemonstration = false
    /// A file with one `responder-id token` a line; nil means that no commands are taken.
    public var responderTokensFile: String?
    /// Channels beside the broker and the webhooks, in the order of the file.
    public var channels: [ChannelSettings] = []
    /// Texts in place of those that are compiled in.
    public var templates: [MessageTemplate] = []
    /// The kinds of alarm at which sirens of the home sound; empty means every life-safety alarm.
    public var sirenKinds: [String] = []
    /// Whether voice terminals of a home tell the resident what is done for him.
    public var speaksInHomes = true

    /// Starts empty, or with the defaults.
    public init() {}
}

/// How to reach the MQTT broker.
public struct BrokerSettings: Hashable, Sendable {
    /// A name or an address.
    public var host = "127.0.0.1"
    /// The TCP port.
    public var port: UInt16 = 1883
    /// Stable across restarts: the broker keeps our session under it.
    public var clientID = "anju"
    /// Topic filters to subscribe, QoS 1.
    public var subscriptions: [String] = []
    /// The name to log in with; nil means none.
    public var user: String?
    /// A file whose first line is the password.
    public var passwordFile: String?
    /// PEM file of the authorities that may sign the broker's certificate; nil means no TLS.
    public var authorityFile: String?
    /// PEM file of our certificate; nil means none.
    public var certificateFile: String?
    /// PEM file of its key; nil means none.
    public var keyFile: String?
    /// How often we show the broker that we are there.
    public var keepAlive: Duration = .seconds(30)
    /// The largest payload that is decoded; a larger one becomes a trouble (1 kB to 16 MB).
    public var payloadLimit = 262_144
    /// The most messages in one batch, so in one commit (1 to 10,000).
    public var batchLimit = 1_000
    /// Messages a second on one topic above which a trouble names the topic.
    public var floodLimit = 10_000

    /// Starts empty, or with the defaults.
    public init() {}
}

/// Where the journal lies and how long it keeps what.
public struct StoreSettings: Hashable, Sendable {
    /// The database's file.
    public var path = "/var/lib/anju/anju.db"
    /// How long inputs are kept for replay.
    public var journalRetention: Duration = .hours(30 * 24)
    /// How long closed incidents are kept.
    public var incidentRetention: Duration = .hours(3 * 366 * 24)
    /// The most bytes of the database; the oldest inputs go first.
    public var sizeLimit: Int64 = 4_000_000_000

    /// Starts empty, or with the defaults.
    public init() {}
}

/// Where the HTTP interface listens.
public struct HTTPSettings: Hashable, Sendable {
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The TCP port.
    public var port: UInt16 = 8080
    /// A file whose first line is the bearer token.
    public var tokenFile: String?
    /// Where people reach it from outside, without a slash at the end; nil means that no links are sent.
    public var publicURL: String?
    /// PEM file of the certificate, with its chain; nil means no TLS.
    public var certificateFile: String?
    /// PEM file of its key; nil means no TLS.
    public var keyFile: String?
    /// Whether it may listen beyond loopback without TLS.
    public var allowsPlainHTTP = false
    /// A folder with the console's files, instead of those in the program; nil means those in the program.
    public var consoleFolder: String?
    /// Starts empty, or with the defaults.
    public init() {}
}

/// A webhook channel: orders go to it as CloudEvents.
public struct WebhookSettings: Hashable, Sendable {
    /// The channel's name, as responders' channels refer to it.
    public var name: String
    /// Where requests go.
    public var url: String
    /// A file whose first line is the HMAC-SHA256 secret; nil means unsigned.
    public var secretFile: String?
    /// How long a request may take in all.
    public var timeout: Duration = .seconds(10)
    /// Makes one from its parts.
    public init(name: String, url: String) {
        self.name = name
        self.url = url
    }
}

/// A webhook that hears from us at an interval, so that somebody notices a dead gateway.
public struct HeartbeatSettings: Hashable, Sendable {
    /// Where requests go.
    public var url: String
    /// A file whose first line is the secret; nil means unsigned.
    public var secretFile: String?
    /// How often it is sent.
    public var interval: Duration = .seconds(90)
    /// How long a request may take in all.
    public var timeout: Duration = .seconds(10)
    /// Makes one from its parts.
    public init(url: String) { self.url = url }
}
