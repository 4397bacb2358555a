public import SafetyModel
public import Welfare

/// What in the welfare of a home follows the calendar: the pause and the daily check-in.
public struct CareState: Hashable, Sendable {
    /// Whether nobody is expected at home, so that silence means nothing.
    public var isPaused = false
    /// When the pause begins or ends; nil when it will not.
    public var turnsAt: Instant?
    /// The daily check-in; nil without one, and during a pause.
    public var checkIn: DailyCheckIn?

    /// Starts empty, or with the defaults.
    public init() {}

    /// When the calendar next matters; silence has deadlines of its own.
    var calendarDeadline: Instant? {
        guard let turnsAt, let opensAt = checkIn?.opensAt else { return turnsAt ?? checkIn?.opensAt }
        return min(turnsAt, opensAt)
    }
}

extension CareState: ByteCodable {
    /// Appends it to a snapshot.
    public func encode(into writer: inout ByteWriter) {
        writer.write(isPaused)
        writer.writeOptional(turnsAt) { $0.write($1) }
        writer.writeOptional(checkIn) { $0.write($1) }
    }

    /// Reads it from a snapshot.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init()
        isPaused = try reader.readBool()
        turnsAt = try reader.readOptional { (reader) throws(ByteCodingError) in try reader.readInstant() }
        checkIn = try reader.readOptional { (reader) throws(ByteCodingError) in try reader.read() }
    }
}
