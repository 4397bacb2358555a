public import SafetyModel

/// What welfare watches in one home, as configured.
public struct WelfarePlan: Hashable, Sendable {
    /// How long the home may be silent; nil when nobody asked for it.
    public var inactivity: InactivityPlan?
    /// The local minute of the day by which a sign of life is expected; nil without a daily check-in.
    public var checkInMinute: Int?
    /// How often somebody visits; nil without a cycle.
    public var visits: VisitCycle?
    /// When nobody is expected at home; the pause ends by itself, fire and gas stay armed.
    public var pauses: [Pause]

    /// Days on which nobody is expected at home.
    public struct Pause: Hashable, Sendable {
        /// The first and the last day, as days since 1970-01-01.
        public var days: ClosedRange<Int32>
        /// Why, in the words of the file: "hospital".
        public var reason: String

        /// Makes one from its parts.
        public init(days: ClosedRange<Int32>, reason: String = "") {
            self.days = days
            self.reason = reason
        }
    }

    /// Makes one from its parts.
    public init(
        inactivity: InactivityPlan? = nil, checkInMinute: Int? = nil, visits: VisitCycle? = nil,
        pauses: [Pause] = []
    ) {
        self.inactivity = inactivity
        self.checkInMinute = checkInMinute
        self.visits = visits
        self.pauses = pauses
    }

    /// Whether welfare pauses on a day.
    public func isPaused(on day: Int32) -> Bool { pauses.contains { $0.days.contains(day) } }

    /// The first day after this one on which a pause begins, or the running one is over; nil when none will.
    public func nextTurn(after day: Int32) -> Int32? {
        let wasPaused = isPaused(on: day)
        let turns = pauses.map { wasPaused ? $0.days.upperBound + 1 : $0.days.lowerBound }
        return turns.filter { $0 > day && isPaused(on: $0) != wasPaused }.min()
    }
}

extension WelfarePlan: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.writeOptional(inactivity) { $0.write($1) }
        writer.writeOptional(checkInMinute) { $0.write(UInt16(clamping: $1)) }
        writer.writeOptional(visits) { $0.write($1.rawValue) }
        writer.writeEach(pauses) { writer, pause in
            writer.write(pause.days.lowerBound)
            writer.write(pause.days.upperBound)
            writer.write(pause.reason)
        }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        inactivity = try reader.readOptional { (reader) throws(ByteCodingError) in try reader.read() }
        checkInMinute = try reader.readOptional { (reader) throws(ByteCodingError) in
            Int(try reader.read(UInt16.self))
        }
        guard checkInMinute.map({ $0 < 1_440 }) ?? true else { throw reader.failure("a minute of the day") }
        visits = try reader.readOptional { (reader) throws(ByteCodingError) in try reader.readCase() }
        pauses = try reader.readEach { (reader) throws(ByteCodingError) in
            let first = try reader.read(Int32.self)
            let last = try reader.read(Int32.self)
            guard first <= last, last < .max else { throw reader.failure("the days of a pause") }
            return Pause(days: first...last, reason: try reader.readString())
        }
    }
}

extension InactivityPlan: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.writeEach(fixedLimits) { writer, fixed in
            writer.write(UInt16(clamping: fixed.span.from))
            writer.write(UInt16(clamping: fixed.span.until))
            writer.write(fixed.limit)
        }
        writer.write(otherwise)
        writer.write(ceiling)
        writer.write(preAlertLead)
        writer.write(awayCeiling)
        writer.write(isLearned)
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let fixed = try reader.readEach { (reader) throws(ByteCodingError) in
            let from = Int(try reader.read(UInt16.self))
            let until = Int(try reader.read(UInt16.self))
            return FixedLimit(span: Schedule.Span(from: from, until: until), limit: try reader.readDuration())
        }
        self.init(
            fixedLimits: fixed, otherwise: try reader.readDuration(), ceiling: try reader.readDuration(),
            preAlertLead: try reader.readDuration(), awayCeiling: try reader.readDuration(),
            isLearned: try reader.readBool())
    }
}
