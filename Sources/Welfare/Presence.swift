public import SafetyModel

/// Whether somebody is at home, judged from the outside door and from motion that explains itself.
///
/// A door that closes tells nothing by itself; what follows does. Motion after it means that somebody is
/// still, or again, inside. Silence after it means that the home is perhaps empty. A taken bed or seat means
/// that the one who left was a visitor. While the home is thought empty, one lone blink of a motion sensor
/// (sun, a pet, a cable) does not bring a person back: the door, an act, or a second motion soon after does.
/// After hours of silence the second motion must be another device's, or be followed by a third: one sensor
/// that the sun reaches blinks twice.
public struct Presence: Hashable, Sendable {
    /// Silence after the closing door that means "perhaps away".
    public static let settlingTime = Duration.minutes(10)
    /// Silence after the closing door that means "away".
    public static let awayTime = Duration.hours(2)
    /// A second motion within this explains a first one.
    public static let explainingTime = Duration.minutes(10)

    /// What is believed.
    public private(set) var state = State.atHome
    /// Why.
    public private(set) var reason = Reason.nothingHeard
    /// Since when.
    public private(set) var since: Instant
    /// When the outside door was last used, if nothing was heard from inside since.
    private(set) var doorAt: Instant?
    /// Whether the last word of the outside door was that it is open.
    private(set) var isDoorOpen = false
    /// The motion that nothing has explained yet.
    private(set) var loneMotionAt: Instant?
    /// Which device saw it.
    private(set) var loneDevice: UInt8 = 0
    /// Whether the same device had seen one shortly before.
    private(set) var isLoneRepeated = false
    /// Beds and seats that are taken: a bit for each device.
    private(set) var occupied: UInt64 = 0
    /// The last sign from inside that counted.
    public private(set) var lastInsideAt: Instant

    /// What is believed of a home.
    ///
    /// Can transition to: `atHome` -> `perhapsAway` -> `away`, and from each back to `atHome`.
    public enum State: UInt8, CaseIterable, Sendable {
        case atHome = 0
        case perhapsAway = 1
        case away = 2

        /// The word for it in messages.
        public var name: String { Self.words[self] }

        private static let words = Words<State>()
    }

    /// What a belief rests on.
    public enum Reason: UInt8, CaseIterable, Sendable {
        case nothingHeard = 0
        case motionInside = 1
        case actInside = 2
        case doorUsed = 3
        case doorStandsOpen = 4
        case silenceAfterDoor = 5
        case longSilenceAfterDoor = 6
        case bedOrSeatTaken = 7
        case repeatedMotion = 8

        /// The reason as a sentence.
        public var sentence: String {
            switch self {
            case .nothingHeard: "Nothing has been heard yet; somebody may be at home."
            case .motionInside: "There was motion inside after the outside door."
            case .actInside: "Somebody did something inside."
            case .doorUsed: "The outside door was used; what follows will tell."
            case .doorStandsOpen: "The outside door stands open."
            case .silenceAfterDoor: "The outside door closed and nothing was heard since."
            case .longSilenceAfterDoor: "The outside door closed and it has been silent for hours."
            case .bedOrSeatTaken: "A bed or seat is taken; whoever left was somebody else."
            case .repeatedMotion: "Motion was seen twice in a home that was thought empty."
            }
        }
    }

    /// Starts at home.
    public init(at now: Instant) {
        since = now
        lastInsideAt = now
    }

    /// When the belief changes if nothing is heard.
    public var nextDeadline: Instant? {
        guard let doorAt else { return nil }
        switch state {
        case .atHome: return isDoorOpen || occupied != 0 ? nil : Self.settlingEnd(doorAt)
        case .perhapsAway: return Self.awayEnd(doorAt)
        case .away: return nil
        }
    }

    // In milliseconds: every message asks, and a duration counts attoseconds.
    private static let settlingMilliseconds = settlingTime.wholeMilliseconds
    private static let awayMilliseconds = awayTime.wholeMilliseconds

    private static func settlingEnd(_ door: Instant) -> Instant {
        Instant(milliseconds: door.milliseconds + settlingMilliseconds)
    }

    private static func awayEnd(_ door: Instant) -> Instant {
        Instant(milliseconds: door.milliseconds + awayMilliseconds)
    }

    /// Moves on to a moment in which nothing was heard.
    /// - Returns: Whether the belief changed.
    mutating func advance(to now: Instant) -> Bool {
        guard let due = nextDeadline, due <= now else { return false }
        if state == .atHome {
            change(to: .perhapsAway, .silenceAfterDoor, at: due)
        } else {
            change(to: .away, .longSilenceAfterDoor, at: due)
        }
        return true
    }

    /// Takes in a sign of life.
    /// - Returns: Whether it counts; a lone motion in an empty home does not.
    mutating func note(_ sign: SignOfLife, at now: Instant) -> Bool {
        switch sign.kind {
        case .outsideDoor:
            isDoorOpen = sign.isOn
            doorAt = now
            loneMotionAt = nil
            let reason: Reason =
                isDoorOpen ? .doorStandsOpen : occupied != 0 ? .bedOrSeatTaken : .doorUsed
            change(to: .atHome, reason, at: now)
            return true
        case .motion:
            guard state == .atHome || isExplained(by: sign, at: now) else { return false }
            comeInside(state == .atHome ? .motionInside : .repeatedMotion, at: now)
        case .act: comeInside(.actInside, at: now)
        case .occupancy:
            let bit = UInt64(1) << UInt64(min(max(0, sign.device), SilenceHistory.deviceLimit - 1))
            if sign.isOn { occupied |= bit } else { occupied &= ~bit }
            comeInside(sign.isOn ? .bedOrSeatTaken : .actInside, at: now)
        }
        return true
    }

    /// Follows the beds and seats of the home to their new numbers; one that is gone is not taken.
    mutating func renumber(_ places: [Int?]) {
        var moved: UInt64 = 0
        for device in 0..<SilenceHistory.deviceLimit where occupied & (1 << UInt64(device)) != 0 {
            guard device < places.count, let place = places[device] else { continue }
            moved |= 1 << UInt64(min(place, SilenceHistory.deviceLimit - 1))
        }
        occupied = moved
        let lone = Int(loneDevice) < places.count ? places[Int(loneDevice)] : nil
        loneDevice = UInt8(min(lone ?? SilenceHistory.deviceLimit - 1, SilenceHistory.deviceLimit - 1))
    }

    /// Whether a motion in an empty home proves a person, together with those shortly before it.
    private mutating func isExplained(by sign: SignOfLife, at now: Instant) -> Bool {
        let device = UInt8(min(max(0, sign.device), SilenceHistory.deviceLimit - 1))
        let isSoon = loneMotionAt.map { now - $0 <= Self.explainingTime } ?? false
        let isSame = device == loneDevice
        if isSoon, state != .away || !isSame || isLoneRepeated { return true }
        isLoneRepeated = isSoon && isSame
        loneMotionAt = now
        loneDevice = device
        return false
    }

    private mutating func comeInside(_ reason: Reason, at now: Instant) {
        doorAt = nil
        loneMotionAt = nil
        lastInsideAt = now
        if state != .atHome || self.reason != reason { change(to: .atHome, reason, at: now) }
    }

    private mutating func change(to state: State, _ reason: Reason, at now: Instant) {
        if self.state != state { since = now }
        self.state = state
        self.reason = reason
    }
}

extension Presence: ByteCodable {
    /// Appends it to a snapshot.
    public func encode(into writer: inout ByteWriter) {
        writer.write(state.rawValue)
        writer.write(reason.rawValue)
        writer.write(since)
        writer.writeOptional(doorAt) { $0.write($1) }
        writer.write(isDoorOpen)
        writer.writeOptional(loneMotionAt) { $0.write($1) }
        writer.write(loneDevice)
        writer.write(isLoneRepeated)
        writer.write(occupied)
        writer.write(lastInsideAt)
    }

    /// Reads it from a snapshot.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let state = try reader.readCase(State.self)
        let reason = try reader.readCase(Reason.self)
        self.init(at: try reader.readInstant())
        self.state = state
        self.reason = reason
        doorAt = try reader.readOptional { reader throws(ByteCodingError) in try reader.readInstant() }
        isDoorOpen = try reader.readBool()
        loneMotionAt = try reader.readOptional { reader throws(ByteCodingError) in try reader.readInstant() }
        loneDevice = try reader.read()
        isLoneRepeated = try reader.readBool()
        occupied = try reader.read()
        lastInsideAt = try reader.readInstant()
    }
}
