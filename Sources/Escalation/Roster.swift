public import SafetyModel

/// Responders under one name, as plans call them: the night patrol, the volunteers of a street.
public struct ResponderGroup: Hashable, Sendable {
    /// Its id, unique in the site.
    public var id: String
    /// Ids of responders, at least one.
    public var members: [String]

    /// Makes one from its parts.
    public init(id: String, members: [String]) {
        self.id = id
        self.members = members
    }
}

/// Who is on duty when: shifts in local civil time, with dates on which others stand in.
///
/// It never answers with nobody: where no shift runs, `otherwise` is called, or everybody in it.
public struct Roster: Hashable, Sendable {
    /// Its id, unique in the site.
    public var id: String
    /// At least one; at any moment at most one of them runs.
    public var shifts: [Shift]
    /// Who stands in on which dates; a later one goes before an earlier one.
    public var overrides: [Override]
    /// For this long after a change of shifts those who go are called too.
    public var handOver: Duration
    /// Who is called while no shift runs; empty means everybody in it.
    public var otherwise: [String]

    /// Makes one from its parts.
    public init(
        id: String, shifts: [Shift], overrides: [Override] = [], handOver: Duration = .zero,
        otherwise: [String] = []
    ) {
        self.id = id
        self.shifts = shifts
        self.overrides = overrides
        self.handOver = handOver
        self.otherwise = otherwise
    }

    /// A stretch of duty that comes again every week.
    public struct Shift: Hashable, Sendable {
        /// What people call it: "night".
        public var name: String
        /// When it runs, in local time; it belongs to the day on which it begins.
        public var hours: Schedule
        /// Ids of the responders on duty.
        public var people: [String]

        /// Makes one from its parts.
        public init(name: String, hours: Schedule, people: [String]) {
            self.name = name
            self.hours = hours
            self.people = people
        }
    }

    /// Others on duty on some dates.
    public struct Override: Hashable, Sendable {
        /// The days on which the shifts begin, since 1970-01-01.
        public var days: ClosedRange<Int32>
        /// The shift that it changes; empty means every one.
        public var shift: String
        /// Ids of the responders on duty instead.
        public var people: [String]

        /// Makes one from its parts.
        public init(days: ClosedRange<Int32>, shift: String = "", people: [String]) {
            self.days = days
            self.shift = shift
            self.people = people
        }
    }

    /// Who is on duty at a moment.
    public struct Duty: Hashable, Sendable {
        /// The names of the shifts that run, those handing over last; empty in a gap.
        public var shifts: [String]
        /// Ids of responders, each once.
        public var people: [String]
        /// Whether no shift runs, so that others are called.
        public var isGap: Bool
    }

    /// Everybody in it, each once.
    public var members: [String] {
        var found: [String] = []
        for id in shifts.flatMap(\.people) + overrides.flatMap(\.people) + otherwise
        where !found.contains(id) { found.append(id) }
        return found
    }

    /// Who is on duty at a moment: never nobody, unless the roster itself names nobody.
    public func duty(at time: WallTime, in calendar: CivilCalendar) -> Duty {
        var duty = Duty(shifts: [], people: [], isGap: false)
        add(running(at: time, in: calendar), to: &duty)
        if duty.people.isEmpty {
            duty.isGap = true
            duty.people = otherwise.isEmpty ? members : otherwise
        }
        if handOver > .zero {
            let before = WallTime(milliseconds: time.milliseconds - handOver.wholeMilliseconds)
            add(running(at: before, in: calendar), to: &duty)
        }
        return duty
    }

    /// The shifts, those handing over too, in which somebody is on duty at a moment.
    public func shiftNames(of person: String, at time: WallTime, in calendar: CivilCalendar) -> [String] {
        let before = WallTime(milliseconds: time.milliseconds - handOver.wholeMilliseconds)
        var names: [String] = []
        for (shift, people) in running(at: time, in: calendar) + running(at: before, in: calendar)
        where people.contains(person) && !names.contains(shift) { names.append(shift) }
        return names
    }

    private func add(_ running: [(shift: String, people: [String])], to duty: inout Duty) {
        for (shift, people) in running {
            if !duty.shifts.contains(shift) { duty.shifts.append(shift) }
            for person in people where !duty.people.contains(person) { duty.people.append(person) }
        }
    }

    /// The shifts that run at a moment, with the people of that date.
    func running(at time: WallTime, in calendar: CivilCalendar) -> [(shift: String, people: [String])] {
        shifts.compactMap { shift in
            guard let day = shift.hours.dayOfOpening(at: time, in: calendar) else { return nil }
            let standIn = overrides.last { change in
                change.days.contains(day) && (change.shift.isEmpty || change.shift == shift.name)
            }
            return (shift.name, standIn?.people ?? shift.people)
        }
    }
}
