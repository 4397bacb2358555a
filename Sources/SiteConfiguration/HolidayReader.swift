/// Reads lists of holidays: `{spring-festival: [2026-02-15..2026-02-23], mid-autumn: 2026-09-25}`, or a
/// plain list of dates.
struct HolidayReader {
    let log: ProblemLog

    /// The name of a plain list of dates.
    static let plainName = "holidays"
    /// The years that a date may lie in.
    static let years = Installation.datedYears
    /// The most days of one range.
    static let rangeLimit: Int32 = 366

    func read(_ node: YAMLNode) -> [HolidayList] {
        var lists: [HolidayList] = []
        if let entries = node.table {
            log.check(entries.count, Limits.holidayListLimit, "lists of holidays", at: node.mark)
            for entry in entries {
                lists.append(
                    HolidayList(name: entry.key, mark: entry.mark, days: days(entry.value, entry.key)))
            }
        } else {
            lists = [HolidayList(name: Self.plainName, mark: node.mark, days: days(node, Self.plainName))]
        }
        let count = lists.reduce(0) { $0 + $1.days.count }
        log.check(count, Limits.holidayLimit, "days in all lists of holidays", at: node.mark)
        return lists
    }

    /// The days of a list, ascending and each once.
    func days(_ node: YAMLNode, _ name: String) -> [Int32] {
        let nodes = node.isAbsent ? [] : node.list ?? [node]
        if nodes.isEmpty {
            log.error(
                at: node.mark, "The holiday list `\(name.quoted)` is empty",
                why: "A rule for holidays only would never apply",
                fix: "Write `\(name.quoted): [2026-02-15..2026-02-23]`.")
        }
        return Set(nodes.prefix(Limits.holidayLimit).flatMap(range)).sorted()
    }

    /// One date, or a first and a last one.
    func range(_ node: YAMLNode) -> [Int32] {
        let parts = node.text.map { Self.parts(of: $0) } ?? []
        let days = parts.compactMap { CivilDay.number(of: $0, years: Self.years) }
        guard (1...2).contains(parts.count), days.count == parts.count else {
            log.error(
                at: node.mark, "Here should stand a date or two dates, not \(node.shape)",
                why: "The schedule would open on the wrong day",
                fix: "Write `2026-10-01`, or `2026-10-01..2026-10-07`.")
            return []
        }
        guard days.count == 2 else { return days }
        guard days[0] <= days[1], days[1] - days[0] < Self.rangeLimit else {
            log.error(
                at: node.mark,
                days[0] > days[1]
                    ? "The dates \(node.text?.quoted ?? "") end before they begin"
                    : "The dates \(node.text?.quoted ?? "") span more than \(Self.rangeLimit) days",
                fix: "Write the first date, two points and the last date.")
            return []
        }
        return Array(days[0]...days[1])
    }

    /// The texts before and behind two points.
    private static func parts(of text: String) -> [Substring] {
        guard let points = text.firstRange(of: "..") else { return [text[...]] }
        return [text[..<points.lowerBound], text[points.upperBound...]]
    }
}

/// Dates as numbers of days.
enum CivilDay {
    /// Days since 1970-01-01 of a text like "2026-02-28"; nil when there is no such day.
    static func number(of text: some StringProtocol, years: ClosedRange<Int>) -> Int32? {
        let trimmed = text.split(separator: " ")
        guard trimmed.count == 1 else { return nil }
        let parts = trimmed[0].split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            years.contains(year), (1...12).contains(month), day >= 1, day <= days(in: month, of: year)
        else { return nil }
        return number(year: year, month: month, day: day)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days since 1970-01-01 in the Gregorian calendar.
    ///
    /// Years begin in March here, so that a leap day is the last of its year.
    private static func number(year: Int, month: Int, day: Int) -> Int32 {
        let shifted = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return Int32(shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468)
    }

    /// The date of a day since 1970-01-01, as "2026-02-28".
    static func text(of day: Int32) -> String {
        // The reverse of `number`: eras of 400 years, years that begin in March.
        let shifted = Int(day) + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(year)-\(two(month))-\(two(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1))"
    }

    /// A number as two digits.
    static func two(_ number: Int) -> String { (number < 10 ? "0" : "") + "\(number)" }

    /// Monday is 0.
    static func weekday(of day: Int32) -> Int { ((Int(day) + 3) % 7 + 7) % 7 }
}
