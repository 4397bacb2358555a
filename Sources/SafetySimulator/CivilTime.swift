public import SafetyModel

/// Moments as people and bridges write them.
public struct CivilTime: Hashable, Sendable {
    /// In the Gregorian calendar.
    public var year: Int
    /// From 1.
    public var month: Int
    /// From 1.
    public var day: Int
    /// 0 to 23.
    public var hour: Int
    /// 0 to 59.
    public var minute: Int
    /// 0 to 59.
    public var second: Int
    /// Seconds east of UTC.
    public var offset: Int

    /// The local time of a moment, where gateway time and wall time are the same.
    public init(_ instant: Instant, in calendar: CivilCalendar) {
        offset = Int(calendar.secondsFromUTC(at: WallTime(milliseconds: instant.milliseconds)))
        let local = instant.milliseconds / 1_000 + Int64(offset)
        let days = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
        let rest = Int(local - days * 86_400)
        (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60)
        (year, month, day) = Self.date(daysSince1970: Int(days))
    }

    /// The Gregorian date of a day number (Howard Hinnant's algorithm).
    private static func date(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// `18:42:07`.
    public var clock: String { "\(Self.two(hour)):\(Self.two(minute)):\(Self.two(second))" }

    /// `2026-11-22T18:42:07+08:00`, the form of Zigbee2MQTT's `last_seen: ISO_8601_local`.
    public var rfc3339: String {
        let sign = offset < 0 ? "-" : "+"
        let zone = "\(sign)\(Self.two(abs(offset) / 3_600)):\(Self.two(abs(offset) / 60 % 60))"
        return "\(year)-\(Self.two(month))-\(Self.two(day))T\(clock)\(zone)"
    }

    static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
