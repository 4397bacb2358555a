/// What one HTTP interface takes on; what is above is refused or closed, and nobody else waits for it.
public struct HTTPLimits: Hashable, Sendable {
    /// The most bytes of a request's body; above it 413.
    public var bodyLimit = 65_536
    /// The most bytes of a request's line and headers together; above it 400.
    public var headerLimit = 16_384
    /// The most bytes of one query value or of a text in a body; above it 422.
    public var valueLimit = 256
    /// Open connections; above it the one that has been idle longest is closed.
    public var connectionLimit = 256
    /// How long a connection may take to begin a request, and may rest between two.
    public var idlePatience: Duration = .seconds(10)
    /// From a request's head to the last byte of its answer; then the connection is closed.
    public var requestPatience: Duration = .seconds(15)
    /// How long a request's body may take; then 408.
    public var bodyPatience: Duration = .seconds(5)
    /// How long a command may take to be on disk, or a look into the record; then 503.
    public var answerPatience: Duration = .seconds(5)
    /// Commands that wait for their commit at the same time; above it 503.
    public var commandLimit = 256
    /// Looks into the record at the same time; above it 503.
    public var lookLimit = 8
    /// The most bytes of one page of incidents; a page that would be larger ends earlier.
    public var pageByteLimit = 8_388_608
    /// Wrong tokens from one address in `failureWindow`; above it 429 for tokens that were never right.
    public var failureLimit = 20
    /// How long wrong tokens are remembered.
    public var failureWindow: Duration = .seconds(60)
    /// How long requests under way may take to end at a shutdown.
    public var shutdownPatience: Duration = .seconds(2)
    /// How long to wait before binding again, when the address could not be bound.
    public var bindRetryInterval: Duration = .seconds(5)

    /// The usual figures.
    public init() {}
}
