public import SafetyModel

/// The door to look: what is known now, without touching the machine.
///
/// All documents are JSON in UTF-8. The calls block for milliseconds (for a report some hundreds): not for
/// the cooperative pool or an event loop.
public protocol StatusBoard: Sendable {
    /// Open incidents by urgency, then age, each as its JSON document (UTF-8).
    func openIncidents() -> [[UInt8]]

    /// Closed and open incidents from the record, newest first, as JSON documents.
    func incidents(matching query: IncidentQuery) throws(JournalError) -> [[UInt8]]

    /// How the gateway is.
    func health() -> GatewayHealth

    /// Figures since the start, in a fixed order.
    func metrics() -> [Metric]

    /// Homes with their residents, state and presence, a page at a time.
    func homes(matching query: HomeQuery) -> DocumentPage

    /// One home with its devices, contacts, shelved kinds and walk test; nil when no home has this id.
    func home(_ id: String) -> [UInt8]?

    /// Devices with what was heard of them, a page at a time.
    func devices(matching query: DeviceQuery) -> DocumentPage

    /// Everybody who may be called.
    func responders() -> [[UInt8]]

    /// Whether the site in force has a responder of this id; never blocks.
    func isResponder(_ id: String) -> Bool

    /// What each home's visit cycle asks for, in the order of the site.
    func visits(matching query: VisitQuery) -> [[UInt8]]

    /// A report over what happened from `from` on and before `to`, as one JSON document.
    func report(_ kind: ReportKind, from: WallTime, to: WallTime) throws(JournalError) -> [UInt8]

    /// The same report as a table: RFC 4180 in UTF-8 with a byte order mark, no cell a formula.
    func reportCSV(_ kind: ReportKind, from: WallTime, to: WallTime) throws(JournalError) -> [UInt8]

    /// Calls `taker` after each commit that changed something, one change at a time and in order, on a thread
    /// of its own; a taker that is too slow loses changes and is told so.
    func subscribe(_ taker: @escaping @Sendable (BoardChange) -> Void) -> BoardSubscription
}

/// How the gateway is, in few words.
public struct GatewayHealth: Hashable, Sendable {
    /// Connected, storing, and on the site of its files.
    public var isHealthy: Bool
    /// Whether the broker can be heard.
    public var isLinkUp: Bool
    /// How the way to the broker stands.
    public var link = LinkStanding()
    /// Since when nothing can be heard, a time during which the gateway did not run included; nil while the
    /// link is up, and until the machine has taken in that the gateway started.
    public var deafSince: WallTime?
    /// False in degraded mode.
    public var isStoreAvailable: Bool
    /// Since when records wait for the disk; nil while the store is available.
    public var unstoredSince: WallTime?
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
