/// How long to wait before the next try to connect: doubling, bounded, spread by jitter.
///
/// Without jitter every gateway of a city would come back to a restarted broker in the same second.
struct Backoff {
    /// The first wait, in milliseconds.
    static let shortest: Int64 = 1_000
    /// The longest wait, in milliseconds.
    static let delayLimit: Int64 = 30_000

    private var failures = 0

    /// The wait after one more failure.
    ///
    /// Between half and the whole of 1, 2, 4 and so on up to 30 seconds.
    ///
    /// - Parameter jitter: 0 to 1.
    mutating func delayAfterFailure(jitter: Double) -> Int64 {
        let whole = min(Self.delayLimit, Self.shortest << Int64(min(failures, 6)))
        failures += 1
        return whole / 2 + Int64(Double(whole / 2) * min(max(jitter, 0), 1))
    }

    /// Forgets the failures; only after a connection that lasted, or two gateways with one client id would
    /// chase
    /// each other from the broker every second.
    mutating func reset() { failures = 0 }
}
