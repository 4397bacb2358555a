/// What one HTTP interface takes on; what is above is refused or closed, and nobody else waits for it.
public struct HTTPLimits: Hashable, Sendable {
    /// The most bytes of a request's body; above it 413.
    public var bodyLimit = 65_536
    /// The most bytes of a request's line and headers together; above it 400.
    public var headerLimit = 16_384
    /// The most bytes of one query value or of a text in a body; above it 422.
    public var valueLimit = 256
    /// The most bytes of a text message that a provider hands in; above it 422.
    public var replyByteLimit = 4_096
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
    /// Reads of the metrics at the same time, beside `lookLimit` because anybody may read them; above it 503.
    public var scrapeLimit = 2
    /// The most bytes of one page of incidents; a page that would be larger ends earlier.
    public var pageByteLimit = 8_388_608
    /// Wrong tokens from one address in `failureWindow`; above it 429 for tokens that were never right.
    public var failureLimit = 20
    /// How long wrong tokens are remembered.
    public var failureWindow: Duration = .seconds(60)
    /// How long a session lasts without a request.
    public var sessionIdlePatience: Duration = .seconds(3_600)
    /// How long a session lasts at most: a shift of twelve hours with its hand-over.
    public var sessionPatience: Duration = .seconds(13 * 3_600)
    /// Sessions at the same time; above it the one that rested longest ends.
    public var sessionLimit = 512
    /// Sessions of one user at the same time.
    public var sessionsPerUserLimit = 8
    /// The most bytes of a password.
    public var passwordByteLimit = 1_024
    /// Passwords that are checked at the same time; the others wait.
    public var passwordCheckLimit = 2
    /// Passwords that wait or are checked; above it 503.
    public var passwordQueueLimit = 32
    /// The same for one address.
    public var passwordsPerAddressLimit = 4
    /// Wrong passwords of one name from one address; from then on it waits.
    public var signInFailureLimit = 5
    /// Wrong passwords from one address, whatever the names; from then on it waits.
    public var addressFailureLimit = 50
    /// The first wait; each further one is twice as long.
    public var signInWait: Duration = .seconds(15)
    /// How long wrong passwords are remembered.
    public var signInMemory: Duration = .seconds(3_600)
    /// How long an act waits for its place in the audit before it is answered without.
    public var auditPatience: Duration = .seconds(2)
    /// Entries that wait for the audit's disk; above it they are lost, which is logged and counted.
    public var auditQueueLimit = 1_000
    /// Wrong sign-ins and acts against a role that the audit takes in within an hour; all are counted.
    public var auditedRefusalLimit = 500
    /// Clients that listen to events at the same time; above it 503.
    public var listenerLimit = 128
    /// The same for one session or token; above it the oldest is ended.
    public var listenersPerSessionLimit = 8
    /// Changes that wait for one client; above it the client is cut off and comes back by its last id.
    public var listenerQueueLimit = 512
    /// Changes that are kept for clients that come back.
    public var eventRingLimit = 2_048
    /// The most bytes of those changes.
    public var eventRingByteLimit = 16_777_216
    /// How often a client hears a beat.
    public var beatInterval: Duration = .seconds(5)
    /// How long an answer page stays after its incident was closed.
    public var answerPagePatience: Duration = .seconds(3_600)
    /// Answer pages that were shown and not yet answered; above it the oldest must be shown anew.
    public var nonceLimit = 4_096
    /// Wrong links from one address in `failureWindow`; above it 429.
    public var wrongLinkLimit = 20
    /// Requests for one answer page in `failureWindow`; above it 429.
    public var answerPageLimit = 120
    /// How long a duty check waits for its answer.
    public var dutyPatience: Duration = .seconds(120)
    /// How often is looked whether a duty check was missed.
    public var dutyWatchInterval: Duration = .seconds(1)
    /// How long requests under way may take to end at a shutdown.
    public var shutdownPatience: Duration = .seconds(2)
    /// How long to wait before binding again, when the address could not be bound.
    public var bindRetryInterval: Duration = .seconds(5)

    /// The usual figures.
    public init() {}
}
