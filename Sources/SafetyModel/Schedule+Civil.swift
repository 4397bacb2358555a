extension Schedule {
    /// How far ahead an opening is looked for, in days: a schedule that opens on one holiday a year is found.
    public static let openingSearchLimit: Int32 = 400

    /// Whether it is open at a moment; a span belongs to the day on which it begins.
    public func isOpen(at time: WallTime, in calendar: CivilCalendar) -> Bool {
        dayOfOpening(at: time, in: calendar) != nil
    }

    /// The day on which the span began that is open at a moment, as days since 1970-01-01; nil when none is.
    public func dayOfOpening(at time: WallTime, in calendar: CivilCalendar) -> Int32? {
        let (day, millisecond) = calendar.local(at: time)
        let minute = Int(millisecond / 60_000)
        let today = counts(day)
        if spans.isEmpty { return today ? day : nil }
        let beganToday = spans.contains { span in
            span.from <= minute && (minute < span.until || span.until <= span.from)
        }
        if today && beganToday { return day }
        let beganYesterday = spans.contains { span in span.until <= span.from && minute < span.until }
        return beganYesterday && counts(day - 1) ? day - 1 : nil
    }

    /// The first moment after `time` at which it is not open, looked for within two days.
    ///
    /// - Returns: nil when it stays open for longer.
    public func nextClosing(after time: WallTime, in calendar: CivilCalendar) -> WallTime? {
        let today = calendar.local(at: time).day
        let ends = spans.map { $0.until % 1_440 } + [0]
        let moments = (today...(today + 2)).flatMap { day in
            ends.flatMap { calendar.moments(day: day, minuteOfDay: $0) } + calendar.changes(onDay: day)
        }
        return moments.filter { time < $0 && !isOpen(at: $0, in: calendar) }.min()
    }

    /// The first moment after `time` at which it begins to be open; nil when there is none within
    /// `openingSearchLimit` days.
    public func nextOpening(after time: WallTime, in calendar: CivilCalendar) -> WallTime? {
        let today = calendar.local(at: time).day
        let starts = spans.isEmpty ? [0] : spans.map(\.from)
        for day in (today - 1)...(today + Self.openingSearchLimit) {
            // The end of a span of the day before may lie inside another one of this day; and an offset that
            // changes can open a schedule too, so each candidate is tested.
            let moments = starts.flatMap { calendar.moments(day: day, minuteOfDay: $0) }
            let found = (moments + calendar.changes(onDay: day)).filter { moment in
                time < moment && isOpen(at: moment, in: calendar)
                    && !isOpen(at: WallTime(milliseconds: moment.milliseconds - 1), in: calendar)
            }.min()
            if let found { return found }
        }
        return nil
    }

    /// Whether a span may begin on a day, given as days since 1970-01-01.
    public func begins(onDay day: Int32) -> Bool { counts(day) }

    private func counts(_ day: Int32) -> Bool {
        let weekday = ((day + 3) % 7 + 7) % 7
        let isWeekday = weekdays & (1 << UInt8(weekday)) != 0
        switch holidays {
        case .ignored: return isWeekday
        case .excluded: return isWeekday && !holidayDays.contains(day)
        case .only: return holidayDays.contains(day)
        case .included: return isWeekday || holidayDays.contains(day)
        }
    }
}

extension CivilCalendar {
    private static let dayLength: Int64 = 86_400_000

    /// The local date as days since 1970-01-01, and the local time of day in milliseconds.
    public func local(at time: WallTime) -> (day: Int32, millisecond: Int64) {
        let millisecond = millisecondOfDay(at: time)
        let local = time.milliseconds + Int64(secondsFromUTC(at: time)) * 1_000
        return (Int32(clamping: (local - millisecond) / Self.dayLength), millisecond)
    }

    /// The moments at which the local clock shows this minute of a day: none or two when the clocks change.
    public func moments(day: Int32, minuteOfDay: Int) -> [WallTime] {
        let local = Int64(day) * Self.dayLength + Int64(minuteOfDay) * 60_000
        var found: [WallTime] = []
        for offset in offsets {
            let moment = WallTime(milliseconds: local - Int64(offset.secondsFromUTC) * 1_000)
            if secondsFromUTC(at: moment) == offset.secondsFromUTC, !found.contains(moment) {
                found.append(moment)
            }
        }
        return found.sorted()
    }

    /// The moments of a local day at which the offset changes.
    func changes(onDay day: Int32) -> [WallTime] {
        offsets.map(\.from).filter { local(at: $0).day == day }
    }
}
