/// Decides when the messages that waited at the broker have been read.
///
/// The broker does not say so: a connection counts as caught up when nothing came for `quietLimit`, at the
/// latest
/// after `patienceLimit`, so that a busy community does not wait for ever.
struct CatchUp {
    /// Silence that ends it, in milliseconds.
    static let quietLimit: Int64 = 500
    /// The longest it may take, in milliseconds.
    static let patienceLimit: Int64 = 10_000

    private var startedAt: Int64?
    private var stirredAt: Int64 = 0

    /// Whether it still waits.
    var isRunning: Bool { startedAt != nil }

    /// A connection was accepted.
    mutating func connected(at now: Int64) {
        startedAt = now
        stirredAt = now
    }

    /// The connection broke.
    mutating func disconnected() { startedAt = nil }

    /// A message came, or PUBACKs went out that make room for more of them.
    mutating func stirred(at now: Int64) { stirredAt = now }

    /// Asks after a wait that brought nothing.
    ///
    /// - Returns: true once.
    mutating func isOver(at now: Int64, sawNothing: Bool) -> Bool {
        guard let started = startedAt else { return false }
        let isQuiet = sawNothing && now - stirredAt >= Self.quietLimit
        guard isQuiet || now - started >= Self.patienceLimit else { return false }
        startedAt = nil
        return true
    }
}
