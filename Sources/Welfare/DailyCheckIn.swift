public import SafetyModel

/// Waits each day for a sign of life, from local midnight until a time of the morning.
///
/// A value without a clock or a calendar: whoever holds it says when the day begins and when it is too late.
/// Time in which nobody could hear puts the end off.
public struct DailyCheckIn: Hashable, Sendable {
    /// When the next day begins.
    public private(set) var opensAt: Instant
    /// When it is too late today, blind time not counted; nil when the day is settled.
    public private(set) var dueAt: Instant?
    /// Whether today nobody was heard in time, and nobody was heard since.
    public private(set) var isMissed = false
    /// The home's blind time when the day began, in milliseconds.
    private var blindAtOpening: Int64 = 0

    /// Waits for its first whole day.
    public init(opensAt: Instant) { self.opensAt = opensAt }

    /// When it is too late today, with the blind time of today; nil when the day is settled.
    public func deadline(blindMilliseconds: Int64) -> Instant? {
        dueAt.map { $0 + .milliseconds(max(0, blindMilliseconds - blindAtOpening)) }
    }

    /// A day begins, perhaps noticed late because nobody could hear.
    ///
    /// - Parameters:
    ///   - due: when it is too late; nil when this day is not asked for.
    ///   - next: when the next day begins; after the moment.
    public mutating func open(at moment: WelfareMoment, due: Instant?, next: Instant) {
        let late = max(0, (moment.now - opensAt).wholeMilliseconds)
        blindAtOpening = max(0, moment.blindMilliseconds - min(late, moment.millisecondOfDay))
        dueAt = due
        opensAt = next
    }

    /// Follows a wall clock or a plan that moved.
    public mutating func move(due: Instant?, next: Instant) {
        if dueAt != nil { dueAt = due }
        opensAt = next
    }

    /// Takes in a sign of life.
    /// - Returns: Whether somebody was missed until now.
    public mutating func note() -> Bool {
        let wasMissed = isMissed
        dueAt = nil
        isMissed = false
        return wasMissed
    }

    /// Moves on to a moment in which nobody was heard.
    /// - Returns: Whether it is too late from now on.
    public mutating func advance(to moment: WelfareMoment) -> Bool {
        guard let due = deadline(blindMilliseconds: moment.blindMilliseconds), due <= moment.now else {
            return false
        }
        dueAt = nil
        isMissed = true
        return true
    }
}

extension DailyCheckIn: ByteCodable {
    /// Appends it to a snapshot.
    public func encode(into writer: inout ByteWriter) {
        writer.write(opensAt)
        writer.writeOptional(dueAt) { $0.write($1) }
        writer.write(isMissed)
        writer.write(blindAtOpening)
    }

    /// Reads it from a snapshot.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(opensAt: try reader.readInstant())
        dueAt = try reader.readOptional { reader throws(ByteCodingError) in try reader.readInstant() }
        isMissed = try reader.readBool()
        blindAtOpening = try reader.read()
    }
}
