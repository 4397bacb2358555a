/// Local civil time as a pure table: the time zone's offsets from UTC, precomputed for the coming years.
public struct CivilCalendar: Hashable, Sendable {
    /// Offsets in force from a moment on, in the order of time; the first also holds before it.
    public var offsets: [Offset]

    /// Makes one from its parts.
    public init(offsets: [Offset]) {
        precondition(!offsets.isEmpty, "A civil calendar needs at least one offset.")
        self.offsets = offsets
    }

    /// Coordinated universal time.
    public static let utc = CivilCalendar(offsets: [
        Offset(from: WallTime(milliseconds: 0), secondsFromUTC: 0)
    ])

    /// One stretch of time with the same distance from UTC.
    public struct Offset: Hashable, Sendable {
        /// From when it is in force.
        public var from: WallTime
        /// Seconds east of UTC.
        public var secondsFromUTC: Int32
        /// Makes one from its parts.
        public init(from: WallTime, secondsFromUTC: Int32) {
            self.from = from
            self.secondsFromUTC = secondsFromUTC
        }
    }

    /// Seconds east of UTC at a moment.
    public func secondsFromUTC(at time: WallTime) -> Int32 {
        var found = offsets[0].secondsFromUTC
        for offset in offsets where offset.from <= time { found = offset.secondsFromUTC }
        return found
    }

    /// The local time of day, 0 to 86,399,999 ms.
    public func millisecondOfDay(at time: WallTime) -> Int64 {
        let local = time.milliseconds + Int64(secondsFromUTC(at: time)) * 1_000
        let day: Int64 = 86_400_000
        return ((local % day) + day) % day
    }

    /// How long from a moment until the next time the local clock shows this minute of the day, at least 1
    /// ms.
    public func untilNext(minuteOfDay: Int, after time: WallTime) -> Duration {
        let day: Int64 = 86_400_000
        let gap = (Int64(minuteOfDay) * 60_000 - millisecondOfDay(at: time) + day) % day
        return .milliseconds(gap == 0 ? day : gap)
    }
}
