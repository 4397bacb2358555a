/// When something applies, in local civil time: spans of the day on some days.
public struct Schedule: Hashable, Sendable {
    /// Spans of the day; empty means the whole day.
    public var spans: [Span]
    /// Weekdays on which a span may begin, Monday is bit 0; 127 means every day.
    public var weekdays: UInt8
    /// What holidays mean.
    public var holidays: Holidays
    /// Holidays as days since 1970-01-01, ascending.
    public var holidayDays: [Int32]

    /// Part of a day, which may end on the next.
    public struct Span: Hashable, Sendable {
        /// Minutes since local midnight, 0 to 1,439, included.
        public var from: Int
        /// Minutes since local midnight, 1 to 1,440, not included; at most `from` means on the next day.
        public var until: Int
        /// Makes one from its parts.
        public init(from: Int, until: Int) {
            self.from = from
            self.until = until
        }
    }

    /// How days of the holiday list count.
    public enum Holidays: UInt8, CaseIterable, Sendable {
        /// Like any other day.
        case ignored = 0
        /// Never open.
        case excluded = 1
        /// Open on holidays only.
        case only = 2
        /// Open on the weekdays and on holidays.
        case included = 3

        /// The word for it in YAML.
        public var name: String { Self.words[self] }

        private static let words = Words<Holidays>()
    }

    /// Makes one from its parts.
    public init(
        spans: [Span] = [], weekdays: UInt8 = 127, holidays: Holidays = .ignored, holidayDays: [Int32] = []
    ) {
        self.spans = spans
        self.weekdays = weekdays
        self.holidays = holidays
        self.holidayDays = holidayDays
    }
}
