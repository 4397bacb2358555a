/// A moment of gateway time in whole milliseconds.
///
/// Gateway time is monotonic: it is anchored to the wall clock when the gateway starts and never goes back,
/// also not across a restart. A jump of the wall clock changes the reported `WallOffset`, never an `Instant`.
public struct Instant: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z as the wall clock stood at the anchor.
    public var milliseconds: Int64

    /// Makes one from its parts.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The earliest moment; used where nothing has happened yet.
    public static let start = Instant(milliseconds: 0)

    /// Earlier comes first.
    public static func < (a: Instant, b: Instant) -> Bool { a.milliseconds < b.milliseconds }

    /// The moment after a span.
    public static func + (instant: Instant, span: Duration) -> Instant {
        Instant(milliseconds: instant.milliseconds + span.wholeMilliseconds)
    }

    /// The span between two moments.
    public static func - (a: Instant, b: Instant) -> Duration {
        .milliseconds(a.milliseconds - b.milliseconds)
    }
}

extension Duration {
    /// The length in milliseconds, rounded towards zero.
    public var wholeMilliseconds: Int64 {
        components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
    }

    /// A length in minutes, for limits that people speak of in minutes.
    public static func minutes(_ count: Int64) -> Duration { .seconds(count * 60) }

    /// A length in hours, for limits that people speak of in hours.
    public static func hours(_ count: Int64) -> Duration { .seconds(count * 3_600) }
}

/// A moment of civil time as a clock somewhere claims it: milliseconds since 1970-01-01T00:00:00Z.
///
/// Device clocks and the wall clock may be wrong or run backward, so a `WallTime` orders nothing by itself.
public struct WallTime: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public var milliseconds: Int64

    /// Makes one from its parts.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Earlier claimed comes first; it proves no order.
    public static func < (a: WallTime, b: WallTime) -> Bool { a.milliseconds < b.milliseconds }

    /// The span from `b` to `a`.
    ///
    /// A broken clock may say anything, so the difference saturates instead of trapping.
    public static func - (a: WallTime, b: WallTime) -> Duration {
        let (difference, overflows) = a.milliseconds.subtractingReportingOverflow(b.milliseconds)
        if overflows { return .milliseconds(a < b ? Int64.min : Int64.max) }
        return .milliseconds(difference)
    }
}
