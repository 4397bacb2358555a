public import SafetyModel

/// The visits of one home: from when its cycle counts, when somebody was there last, and what is asked for
/// beside the cycle.
///
/// A value without a clock or a calendar: days are counted in local time by whoever holds it, and nothing in
/// it changes by time alone.
public struct HomeVisits: Hashable, Sendable {
    /// How often the home is visited; nil where only extra visits are asked for.
    public private(set) var cycle: VisitCycle?
    /// The day from which the cycle counts, as days since 1970-01-01.
    public private(set) var anchor: Int32 = 0
    /// Days before it ask for nothing: the home had no cycle yet, or its visits were paused.
    private var countsFrom: Int32 = 0
    /// Days of the site's calendar before it ask for nothing: they were not in the calendar then.
    private var calendarFrom: Int32 = 0
    /// The last day on which a visit was made.
    public private(set) var lastMadeDay: Int32?
    /// Visits beside the calendar, oldest first, at most one for each reason.
    public private(set) var extras: [Extra] = []
    /// The newest record, also of a visit on which nobody was met.
    public private(set) var lastRecord: VisitRecord?
    /// Whether nobody is expected at home, so that no visit is due.
    public private(set) var isPaused = false

    /// Nothing asked for and nothing known.
    public init() {}

    /// A visit beside the calendar.
    public struct Extra: Hashable, Sendable {
        /// Why.
        public var reason: VisitReason
        /// Since when it is due.
        public var since: Instant
        /// Until when it should be made.
        public var until: Instant

        /// Makes one from its parts.
        public init(reason: VisitReason, since: Instant, until: Instant) {
            self.reason = reason
            self.since = since
            self.until = until
        }
    }

    /// How long an extra visit may take to be made.
    public static let extraPatience = Duration.hours(24)

    /// What the calendar asks for next.
    public struct Demand: Hashable, Sendable {
        /// Why.
        public var reason: VisitReason
        /// The first day on which a visit meets it.
        public var firstDay: Int32
        /// The last day; after it the visit is overdue.
        public var lastDay: Int32

        /// Makes one from its parts.
        public init(reason: VisitReason, firstDay: Int32, lastDay: Int32) {
            self.reason = reason
            self.firstDay = firstDay
            self.lastDay = lastDay
        }
    }

    /// The oldest thing that the calendar asks for and nobody has done, or that it will ask for next; nil
    /// without a cycle and during a pause.
    public func demand(_ calendar: VisitCalendar) -> Demand? {
        guard let cycle, !isPaused else { return nil }
        let start = Int(anchor)
        let due = lastMadeDay.map { cycle.nextDueDay(after: Int($0), anchor: start) } ?? start
        // A period that began before the home counted is due with what is left of it.
        let first = max(due, Int(countsFrom))
        let next = cycle.nextDueDay(after: first, anchor: start)
        let own = Demand(
            reason: .cycle, firstDay: Int32(clamping: first), lastDay: Int32(clamping: next - 1))
        let from = max(countsFrom, calendarFrom, lastMadeDay.map { $0 + 1 } ?? .min)
        guard let extra = calendar.firstDay(from: from, for: cycle), extra.day < own.lastDay else {
            return own
        }
        return Demand(reason: extra.reason, firstDay: extra.day, lastDay: extra.day)
    }

    /// Follows the files and the calendar.
    ///
    /// A new cycle counts from the first whole day. A pause takes extra visits back; after it only what is
    /// left of the running period is due.
    /// - Parameter today: the local day.
    public mutating func follow(_ cycle: VisitCycle?, isPaused: Bool, today: Int32) {
        if cycle != self.cycle {
            self.cycle = cycle
            anchor = today + 1
            countsFrom = today + 1
            calendarFrom = today + 1
        }
        if isPaused {
            extras.removeAll()
        } else if self.isPaused {
            countsFrom = max(countsFrom, today)
        }
        self.isPaused = isPaused
    }

    /// The site's calendar was changed: what it asks for on days that are over does not count.
    public mutating func followCalendar(today: Int32) { calendarFrom = max(calendarFrom, today) }

    /// Asks for a visit beside the calendar; one that is asked for already keeps its time.
    public mutating func ask(for reason: VisitReason, at now: Instant) {
        guard !isPaused, !extras.contains(where: { $0.reason == reason }) else { return }
        extras.append(Extra(reason: reason, since: now, until: now + Self.extraPatience))
    }

    /// Takes a record in.
    ///
    /// A visit made early or late does not move the cycle, and one made before an extra visit was asked for
    /// does not do for it.
    /// - Parameters:
    ///   - record: with the moment of the visit.
    ///   - moment: the same moment in gateway time.
    ///   - day: the local day of the visit.
    public mutating func note(_ record: VisitRecord, at moment: Instant, on day: Int32) {
        if lastRecord?.at.map({ at in record.at.map { at <= $0 } ?? true }) ?? true { lastRecord = record }
        guard record.result.isMade else { return }
        lastMadeDay = max(lastMadeDay ?? day, day)
        extras.removeAll { $0.since <= moment }
    }
}

extension HomeVisits: ByteCodable {
    /// Appends it to a snapshot.
    public func encode(into writer: inout ByteWriter) {
        writer.writeOptional(cycle) { $0.write($1.rawValue) }
        writer.write(anchor)
        writer.write(countsFrom)
        writer.write(calendarFrom)
        writer.writeOptional(lastMadeDay) { $0.write($1) }
        writer.writeEach(extras) { writer, extra in
            writer.write(extra.reason.rawValue)
            writer.write(extra.since)
            writer.write(extra.until)
        }
        writer.writeOptional(lastRecord) { $0.write($1) }
        writer.write(isPaused)
    }

    /// Reads it from a snapshot.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        cycle = try reader.readOptional { (reader) throws(ByteCodingError) in try reader.readCase() }
        anchor = try reader.read()
        countsFrom = try reader.read()
        calendarFrom = try reader.read()
        lastMadeDay = try reader.readOptional { (reader) throws(ByteCodingError) in
            try reader.read(Int32.self)
        }
        extras = try reader.readEach { (reader) throws(ByteCodingError) in
            Extra(
                reason: try reader.readCase(), since: try reader.readInstant(),
                until: try reader.readInstant())
        }
        guard extras.count <= VisitReason.allCases.count else {
            throw reader.failure("at most one extra visit for each reason")
        }
        lastRecord = try reader.readOptional { (reader) throws(ByteCodingError) in try reader.read() }
        isPaused = try reader.readBool()
    }
}
