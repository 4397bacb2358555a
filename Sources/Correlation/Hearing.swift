public import SafetyModel

/// Whether the gateway could hear, and for how long it could not: blind time is no silence of a device.
public struct Hearing: Hashable, Sendable {
    /// Since when the link to the broker is down; nil while it is up.
    public var blindSince: Instant?
    /// Blind time so far, the running window not counted, in milliseconds.
    public var blindMilliseconds: Int64 = 0
    /// Whether the broker's waiting messages have been read since the link came up.
    public var isCaughtUp = false
    /// When the gateway started again; `start` when it runs since its first start.
    public var resumedAt = Instant.start

    /// Makes one from its parts.
    public init(blindSince: Instant?) { self.blindSince = blindSince }

    /// Whether silence counts: the link is up and what waited at the broker has been read.
    public var isListening: Bool { blindSince == nil && isCaughtUp }

    /// Takes in that the link is down.
    public mutating func goBlind(at now: Instant) {
        isCaughtUp = false
        if blindSince == nil { blindSince = now }
    }

    /// Takes in that the gateway ran until `stopped` and runs again now.
    public mutating func resume(since stopped: Instant, at now: Instant) {
        goBlind(at: stopped)
        resumedAt = now
    }

    /// Takes in that the link is up; absences still wait for `catchUp`.
    public mutating func hear(at now: Instant) {
        guard let since = blindSince else { return }
        blindMilliseconds += max(0, (now - since).wholeMilliseconds)
        blindSince = nil
    }

    /// Blind time up to a moment, the running window counted, in milliseconds.
    public func blind(at now: Instant) -> Int64 {
        blindMilliseconds + (blindSince.map { max(0, (now - $0).wholeMilliseconds) } ?? 0)
    }
}

extension HomePerception {
    /// Time during which this home could not be heard, for either reason, in milliseconds.
    public func blind(at now: Instant, hearing: Hearing) -> Int64 {
        hearing.blind(at: now) + bridgeBlindMilliseconds
            + (bridgeDownSince.map { max(0, (now - $0).wholeMilliseconds) } ?? 0)
    }
}
