public import SafetyModel

extension Roster {
    /// How far ahead gaps and overlaps are looked for, in days: 52 weeks.
    public static let surveyLimit: Int32 = 364

    /// A stretch of time in which something is wrong with a roster.
    public struct Stretch: Hashable, Sendable {
        /// Its first moment.
        public var from: WallTime
        /// The first moment after it.
        public var until: WallTime

        /// Makes one from its parts.
        public init(from: WallTime, until: WallTime) {
            self.from = from
            self.until = until
        }
    }

    /// What is wrong with a roster in the time to come.
    public struct Survey: Hashable, Sendable {
        /// When no shift runs, in the order of time.
        public var gaps: [Stretch] = []
        /// When two shifts run at once, in the order of time.
        public var overlaps: [Stretch] = []
        /// The names of the shifts that run at once in the first of `overlaps`.
        public var overlapping: [String] = []

        /// Nothing is wrong.
        public init() {}
    }

    /// Looks `surveyLimit` days ahead: exact also where the clocks change, because the moments at which a
    /// shift can begin or end are asked one by one.
    public func survey(from start: WallTime, in calendar: CivilCalendar) -> Survey {
        let moments = turns(from: start, in: calendar)
        var survey = Survey()
        for (place, moment) in moments.dropLast().enumerated() {
            let stretch = Stretch(from: moment, until: moments[place + 1])
            let open = shifts.filter { $0.hours.isOpen(at: moment, in: calendar) }
            if open.isEmpty { Self.extend(&survey.gaps, with: stretch) }
            guard open.count > 1 else { continue }
            if survey.overlapping.isEmpty { survey.overlapping = open.map(\.name) }
            Self.extend(&survey.overlaps, with: stretch)
        }
        return survey
    }

    private static func extend(_ stretches: inout [Stretch], with next: Stretch) {
        if let last = stretches.indices.last, stretches[last].until == next.from {
            stretches[last].until = next.until
        } else {
            stretches.append(next)
        }
    }

    /// Every moment at which a shift can begin or end, ascending, with the first and the last of the time.
    private func turns(from start: WallTime, in calendar: CivilCalendar) -> [WallTime] {
        let first = calendar.local(at: start).day
        let end = WallTime(milliseconds: start.milliseconds + Int64(Self.surveyLimit) * 86_400_000)
        var minutes: [Int] = [0]
        for minute in shifts.flatMap({ $0.hours.spans.flatMap { [$0.from, $0.until % 1_440] } })
        where !minutes.contains(minute) { minutes.append(minute) }
        var moments = [start, end]
        for day in first...(first + Self.surveyLimit) {
            for minute in minutes { moments += calendar.moments(day: day, minuteOfDay: minute) }
        }
        moments += calendar.offsets.map(\.from)
        moments = moments.filter { start <= $0 && $0 <= end }.sorted()
        return moments.reduce(into: []) { kept, moment in
            if kept.last != moment { kept.append(moment) }
        }
    }
}
