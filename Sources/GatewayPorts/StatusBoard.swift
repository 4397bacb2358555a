/// The door to look: what is known now, without touching the machine.
public protocol StatusBoard: Sendable {
    /// Open incidents by urgency, then age, each as its JSON document (UTF-8).
    func openIncidents() -> [[UInt8]]

    /// Closed and open incidents from the record, newest first, as JSON documents.
    func incidents(matching query: IncidentQuery) throws(JournalError) -> [[UInt8]]

    /// How the gateway is.
    func health() -> GatewayHealth

    /// Figures since the start, in a fixed order.
    func metrics() -> [Metric]
}

/// How the gateway is, in few words.
public struct GatewayHealth: Hashable, Sendable {
    /// Connected, storing, and on the site of its files.
    public var isHealthy: Bool
    /// Whether the broker can be heard.
    public var isLinkUp: Bool
    /// False in degraded mode.
    public var isStoreAvailable: Bool
    /// False when it runs on the last good site because the files do not compile.
    public var isSiteCurrent: Bool
    /// The program's version.
    public var version: String
    /// How many incidents are open.
    public var openIncidents: Int
    /// Troubles in words, in a fixed order.
    public var troubles: [String]

    /// Makes one from its parts.
    public init(
        isLinkUp: Bool, isStoreAvailable: Bool, isSiteCurrent: Bool, version: String, openIncidents: Int,
        troubles: [String]
    ) {
        isHealthy = isLinkUp && isStoreAvailable && isSiteCurrent
        self.isLinkUp = isLinkUp
        self.isStoreAvailable = isStoreAvailable
        self.isSiteCurrent = isSiteCurrent
        self.version = version
        self.openIncidents = openIncidents
        self.troubles = troubles
    }
}

/// One figure for Prometheus: `anju_messages_total 42`.
public struct Metric: Hashable, Sendable {
    /// In Prometheus' spelling, beginning with `anju_`.
    public var name: String
    /// What it means, in one sentence.
    public var help: String
    /// What it is about.
    public var kind: Kind
    /// `quantile="0.99"`, or empty.
    public var label: String
    /// The value itself.
    public var value: Double

    /// Makes one from its parts.
    public init(_ name: String, _ kind: Kind, _ value: Double, label: String = "", help: String) {
        self.name = name
        self.kind = kind
        self.value = value
        self.label = label
        self.help = help
    }

    /// What sort of thing it is.
    public enum Kind: String, Sendable { case counter, gauge, summary }
}
