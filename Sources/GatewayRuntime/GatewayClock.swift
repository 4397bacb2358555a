import Glibc
public import SafetyModel

/// Gateway time: monotonic, anchored to the wall clock at the start, never before the last recorded moment.
public struct GatewayClock: Sendable {
    private let anchor: Instant
    private let monotonicAnchor: Int64
    /// Gateway seconds in one real second; 1 but in demonstrations.
    public let scale: Double

    /// - Parameters:
    ///   - last: the newest recorded moment.
    ///   - start: where a demonstration's day begins; nil means the wall clock.
    public init(notBefore last: Instant, scale: Double = 1, start: WallTime? = nil) {
        let wall = start ?? Self.wall
        anchor = max(Instant(milliseconds: wall.milliseconds), last)
        monotonicAnchor = Self.monotonicNanoseconds
        self.scale = scale
    }

    /// The moment now.
    public var now: Instant {
        let elapsed = Double(Self.monotonicNanoseconds - monotonicAnchor) / 1_000_000 * scale
        return Instant(milliseconds: anchor.milliseconds + Int64(elapsed))
    }

    /// How long it takes in real time until a moment, at least zero.
    public func realSeconds(until instant: Instant) -> Double {
        max(0, Double(instant.milliseconds - now.milliseconds) / 1_000 / scale)
    }

    /// Wall time minus gateway time; zero while the clock is scaled.
    public var wallOffset: Duration {
        scale == 1 ? .milliseconds(Self.wall.milliseconds - now.milliseconds) : .zero
    }

    /// What the system's clock claims.
    public static var wall: WallTime { WallTime(milliseconds: nanoseconds(CLOCK_REALTIME) / 1_000_000) }

    /// Nanoseconds of a clock that nobody sets.
    public static var monotonicNanoseconds: Int64 { nanoseconds(CLOCK_MONOTONIC) }

    private static func nanoseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
