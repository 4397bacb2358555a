/// How often a home is visited: the five colours of the community programmes.
///
/// The raw value stands in snapshots: never renumber, only append.
public enum VisitCycle: UInt8, CaseIterable, Sendable {
    case daily = 1
    case weekly = 2
    case monthly = 3
    case quarterly = 4
    case halfYearly = 5

    /// The day of the visit that is due, counted from an anchor so that month ends do not wear away:
    /// 31 January, 29 February (or 28), 31 March.
    ///
    /// - Parameters:
    ///   - number: How many cycles after the anchor, 0 for the anchor itself.
    ///   - anchor: The day from which the cycle counts, as days since 1970-01-01.
    public func dueDay(_ number: Int, anchor: Int) -> Int {
        switch self {
        case .daily: anchor + number
        case .weekly: anchor + 7 * number
        case .monthly: CivilDate(dayNumber: anchor).adding(months: number).dayNumber
        case .quarterly: CivilDate(dayNumber: anchor).adding(months: 3 * number).dayNumber
        case .halfYearly: CivilDate(dayNumber: anchor).adding(months: 6 * number).dayNumber
        }
    }

    private var longestDays: Int {
        switch self {
        case .daily: 1
        case .weekly: 7
        case .monthly: 31
        case .quarterly: 92
        case .halfYearly: 184
        }
    }

    /// The first due day after a visit was made; a visit made early or late does not move the cycle.
    public func nextDueDay(after visit: Int, anchor: Int) -> Int {
        guard visit >= anchor else { return anchor }
        // Counted by the longest cycle, the guess is never too late.
        var number = (visit - anchor) / longestDays
        while dueDay(number, anchor: anchor) <= visit { number += 1 }
        return dueDay(number, anchor: anchor)
    }
}

/// A day of the Gregorian calendar.
public struct CivilDate: Hashable, Sendable {
    /// The year, from 1970 to 9999 where it comes from a clock.
    public let year: Int
    /// The month, 1 to 12.
    public let month: Int
    /// The day of the month, 1 to 31.
    public let day: Int

    /// Makes one; a day beyond the month's end becomes its last.
    public init(year: Int, month: Int, day: Int) {
        precondition((1...12).contains(month) && day >= 1, "A civil date needs a month and a day.")
        self.year = year
        self.month = month
        self.day = min(day, Self.length(ofMonth: month, year: year))
    }

    /// Days of a month.
    public static func length(ofMonth month: Int, year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    }

    /// Days since 1970-01-01.
    public var dayNumber: Int {
        let before = (1..<month).reduce(0) { $0 + Self.length(ofMonth: $1, year: year) }
        return Self.days(beforeYear: year) + before + day - 1
    }

    /// The date of a day since 1970-01-01.
    public init(dayNumber: Int) {
        // A year has at most 366 days, so the guess is never too late.
        var year = 1_970 + dayNumber / 366 - (dayNumber < 0 ? 2 : 0)
        while Self.days(beforeYear: year + 1) <= dayNumber { year += 1 }
        var rest = dayNumber - Self.days(beforeYear: year)
        var month = 1
        while rest >= Self.length(ofMonth: month, year: year) {
            rest -= Self.length(ofMonth: month, year: year)
            month += 1
        }
        self.init(year: year, month: month, day: rest + 1)
    }

    /// The same day so many months later, or the last of that month when it has no such day.
    public func adding(months: Int) -> CivilDate {
        let total = year * 12 + month - 1 + months
        return CivilDate(year: total / 12, month: total % 12 + 1, day: day)
    }

    private static func days(beforeYear year: Int) -> Int {
        let years = year - 1
        return years * 365 + years / 4 - years / 100 + years / 400 - 719_162
    }
}
