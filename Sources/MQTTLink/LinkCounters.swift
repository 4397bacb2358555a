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

    /// Starts empty, or with the defaults.
    public init() {}
}
