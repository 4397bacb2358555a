public import SafetyModel

/// How long a home may be silent before a person is called, as configured.
public struct InactivityPlan: Hashable, Sendable {
    /// The fixed limits by time of day; the first span that holds the start of a silence counts.
    public var fixedLimits: [FixedLimit]
    /// The limit where no span holds.
    public var otherwise: Duration
    /// The learned line is never looser than this.
    public var ceiling: Duration
    /// How long before the alert the resident is asked.
    public var preAlertLead: Duration
    /// How long a home may be thought empty before a person is called.
    public var awayCeiling: Duration
    /// Whether the line is learned; otherwise the fixed limits hold for good.
    public var isLearned: Bool

    /// A limit for silences that begin in a part of the day.
    public struct FixedLimit: Hashable, Sendable {
        /// When the silence begins.
        public var span: Schedule.Span
        /// How long it may be.
        public var limit: Duration

        /// Makes one from its parts.
        public init(span: Schedule.Span, limit: Duration) {
            self.span = span
            self.limit = limit
        }
    }

    /// Makes one from its parts; the defaults suit a person who lives alone and sleeps at night.
    public init(
        fixedLimits: [FixedLimit] = [
            FixedLimit(span: Schedule.Span(from: 20 * 60, until: 6 * 60), limit: .hours(12))
        ],
        otherwise: Duration = .hours(8), ceiling: Duration = .hours(12),
        preAlertLead: Duration = .minutes(10),
        awayCeiling: Duration = .hours(36), isLearned: Bool = true
    ) {
        self.fixedLimits = fixedLimits
        self.otherwise = otherwise
        self.ceiling = ceiling
        self.preAlertLead = preAlertLead
        self.awayCeiling = awayCeiling
        self.isLearned = isLearned
    }

    /// The fixed limit of a silence that begins at this minute of the day.
    public func fixedLimit(minuteOfDay minute: Int) -> Duration {
        let found = fixedLimits.first { limit in
            let from = limit.span.from
            let until = limit.span.until
            return from < until ? (from..<until).contains(minute) : minute >= from || minute < until
        }
        return found?.limit ?? otherwise
    }
}
