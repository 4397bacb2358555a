import SafetyModel

/// How many tries may begin within a stretch of time, some of them kept for life safety.
struct SendingRate: Hashable, Sendable {
    /// The most tries in one stretch.
    let countLimit: Int
    /// How many of them only life safety may use.
    let reserved: Int
    /// The stretch, in nanoseconds.
    let stretch: UInt64
    /// When the tries of the running stretch began, oldest first.
    private var begun: [UInt64] = []

    /// A rate; a quarter of it is kept for life safety.
    init(_ countLimit: Int, per stretch: Duration) {
        self.countLimit = countLimit
        reserved = countLimit / 4
        self.stretch = UInt64(stretch.wholeMilliseconds) * 1_000_000
    }

    /// How long a try of this urgency has to wait, in nanoseconds; 0 means that it may begin.
    ///
    /// - Parameter now: a monotonic clock's nanoseconds.
    mutating func pause(before urgency: Urgency, at now: UInt64) -> UInt64 {
        begun.removeAll { $0 + stretch <= now }
        let allowed = urgency == .lifeSafety ? countLimit : countLimit - reserved
        guard begun.count >= allowed else { return 0 }
        return begun[begun.count - allowed] + stretch - now
    }

    /// Counts a try that begins now.
    mutating func count(at now: UInt64) { begun.append(now) }
}
