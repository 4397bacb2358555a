/// What went through the link since the start, for metrics.
public struct LinkCounters: Hashable, Sendable {
    /// Messages of any kind.
    public var messages = 0
    /// Messages that the broker delivered again and that were known.
    public var redelivered = 0
    /// Messages of flooding topics that were dropped.
    public var shed = 0
    /// Messages of known devices that could not be read.
    public var undecoded = 0
    /// Commands that were taken in.
    public var commands = 0
    /// Commands that were refused: not understood, wrong token, retained.
    public var badCommands = 0
    /// Connections that the broker accepted.
    public var connections = 0
    /// Publications lost because the queue was full.
    public var droppedPublications = 0
    /// What became of orders.
    public var orders = OrderCounters()

    /// Starts empty, or with the defaults.
    public init() {}
}

/// What became of orders that go over the broker, since the start.
public struct OrderCounters: Hashable, Sendable {
    /// Tries handed to the link.
    public var added = 0
    /// Tries with the broker's receipt.
    public var delivered = 0
    /// Tries without a receipt in time, or without a place in the queue.
    public var failed = 0
    /// Tries that can never be sent.
    public var rejected = 0
    /// Orders that wait for the broker now.
    public var waiting = 0
    /// For how long the oldest of them has waited, in milliseconds.
    public var oldestWaiting: Int64 = 0

    /// Starts at nothing.
    public init() {}
}
