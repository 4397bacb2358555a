import Synchronization

/// How often each address asks, within a window.
final class RequestRate: Sendable {
    private let limit: Int
    private let window: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex<[String: Count]>([:])

    /// Addresses that are counted; the one that began first is forgotten for a new one.
    static let addressLimit = 4_096

    private struct Count {
        var since: ContinuousClock.Instant
        var count: Int
    }

    init(
        limit: Int, window: Duration, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.limit = limit
        self.window = window
        self.now = now
    }

    /// Counts one more.
    ///
    /// - Returns: false above the limit.
    @discardableResult
    func count(_ address: String) -> Bool {
        let now = now()
        return state.withLock { counts in
            var count = counts[address] ?? Count(since: now, count: 0)
            if now - count.since >= window { count = Count(since: now, count: 0) }
            count.count += 1
            if counts[address] == nil, counts.count >= Self.addressLimit,
                let oldest = counts.min(by: { $0.value.since < $1.value.since })
            {
                counts[oldest.key] = nil
            }
            counts[address] = count
            return count.count <= limit
        }
    }

    /// Whether an address is over the limit, without counting.
    func isOver(_ address: String) -> Bool {
        let now = now()
        return state.withLock { counts in
            guard let count = counts[address] else { return false }
            return count.count >= limit && now - count.since < window
        }
    }
}
