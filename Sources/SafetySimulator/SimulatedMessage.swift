public import SafetyModel

/// One MQTT message of a virtual household.
public struct SimulatedMessage: Hashable, Sendable {
    /// When the bridge publishes it, in virtual time.
    public var at: Instant
    /// The whole topic.
    public var topic: String
    /// JSON, as the bridge writes it.
    public var payload: String
    /// Whether the broker keeps it.
    public var isRetained: Bool
    /// Whether a story's hazard begins with it: the moment from which latency is measured.
    public var beginsHazard: Bool
    /// The home that says it.
    public var home: String

    /// A message of these parts.
    public init(
        at: Instant, topic: String, payload: String, isRetained: Bool = false, beginsHazard: Bool = false,
        home: String
    ) {
        self.at = at
        self.topic = topic
        self.payload = payload
        self.isRetained = isRetained
        self.beginsHazard = beginsHazard
        self.home = home
    }
}
