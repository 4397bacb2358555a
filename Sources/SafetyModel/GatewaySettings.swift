/// How the gateway meets the world: broker, store, channels, HTTP; validated, nothing secret in it but file paths.
public struct GatewaySettings: Hashable, Sendable {
    public var broker = BrokerSettings()
    public var store = StoreSettings()
    public var http: HTTPSettings?
    public var webhooks: [WebhookSettings] = []
    public var heartbeat: HeartbeatSettings?
    /// The language of texts: `zh-Hans` or `en`.
    public var language = "zh-Hans"
    /// A demonstration site: only then may the clock be scaled.
    public var isDemonstration = false
    /// A file with one `responder-id token` a line; nil means that no commands are taken.
    public var responderTokensFile: String?

    public init() {}
}

/// How to reach the MQTT broker.
public struct BrokerSettings: Hashable, Sendable {
    public var host = "127.0.0.1"
    public var port: UInt16 = 1883
    /// Stable across restarts: the broker keeps our session under it.
    public var clientID = "anju"
    /// Topic filters to subscribe, QoS 1.
    public var subscriptions: [String] = []
    public var user: String?
    /// A file whose first line is the password.
    public var passwordFile: String?
    /// PEM file of the authorities that may sign the broker's certificate; nil means no TLS.
    public var authorityFile: String?
    public var certificateFile: String?
    public var keyFile: String?
    public var keepAlive: Duration = .seconds(30)
    /// The largest payload that is decoded; a larger one becomes a trouble (1 kB to 16 MB).
    public var payloadLimit = 262_144
    /// The most messages in one batch, so in one commit (1 to 10,000).
    public var batchLimit = 1_000
    /// Messages a second on one topic above which a trouble names the topic.
    public var floodLimit = 10_000

    public init() {}
}

/// Where the journal lies and how long it keeps what.
public struct StoreSettings: Hashable, Sendable {
    public var path = "/var/lib/anju/anju.db"
    /// How long inputs are kept for replay.
    public var journalRetention: Duration = .hours(30 * 24)
    /// How long closed incidents are kept.
    public var incidentRetention: Duration = .hours(3 * 366 * 24)
    /// The most bytes of the database; the oldest inputs go first.
    public var sizeLimit: Int64 = 4_000_000_000

    public init() {}
}

/// Where the HTTP interface listens.
public struct HTTPSettings: Hashable, Sendable {
    public var host = "127.0.0.1"
    public var port: UInt16 = 8080
    /// A file whose first line is the bearer token.
    public var tokenFile: String?
    public init() {}
}

/// A webhook channel: orders go to it as CloudEvents.
public struct WebhookSettings: Hashable, Sendable {
    /// The channel's name, as responders' channels refer to it.
    public var name: String
    public var url: String
    /// A file whose first line is the HMAC-SHA256 secret; nil means unsigned.
    public var secretFile: String?
    public var timeout: Duration = .seconds(10)
    public init(name: String, url: String) {
        self.name = name
        self.url = url
    }
}

/// A webhook that hears from us at an interval, so that somebody notices a dead gateway.
public struct HeartbeatSettings: Hashable, Sendable {
    public var url: String
    public var secretFile: String?
    public var interval: Duration = .seconds(90)
    public var timeout: Duration = .seconds(10)
    public init(url: String) { self.url = url }
}
