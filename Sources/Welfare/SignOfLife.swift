public import SafetyModel

/// Something that only a living person in the home does.
///
/// Only live edges count: a retained, cached or repeated value proves nothing, "no motion" is a timer of the
/// bridge, and a pulse or a temperature goes on when a person lies on the floor.
public struct SignOfLife: Hashable, Sendable {
    /// What it is.
    public var kind: Kind
    /// The device's place in its home; devices above `SilenceHistory.deviceLimit` share one context.
    public var device: Int
    /// Whether the device went on (opened, pressed, occupied) or off.
    public var isOn: Bool

    /// How much a sign proves.
    public enum Kind: UInt8, Sendable {
        /// A motion sensor saw something; sun, pets and insects do this too.
        case motion = 0
        /// An act that nothing but a hand or a body does: a press, an inside door, an appliance.
        case act = 1
        /// A bed or a seat was taken or left.
        case occupancy = 2
        /// The outside door was opened or closed: somebody came or went.
        case outsideDoor = 3
    }

    /// Makes one from its parts.
    public init(_ kind: Kind, device: Int, isOn: Bool) {
        self.kind = kind
        self.device = device
        self.isOn = isOn
    }

    /// The sign that an event is, or nil when it proves nothing.
    public init?(
        signal: Signal, reading: Reading, quality: Quality, isEdge: Bool, device: Int, isOutsideDoor: Bool
    ) {
        guard quality.provesLife, isEdge else { return nil }
        switch signal {
        case .motion, .presence, .vibration:
            guard reading.isOn else { return nil }
            self.init(.motion, device: device, isOn: true)
        case .contact:
            self.init(isOutsideDoor ? .outsideDoor : .act, device: device, isOn: reading.isOn)
        case .bed, .seat:
            self.init(.occupancy, device: device, isOn: reading.isOn)
        case .call, .worn:
            self.init(.act, device: device, isOn: true)
        default:
            return nil
        }
    }
}

/// A moment as welfare sees it: gateway time, civil time and how long nobody could hear.
public struct WelfareMoment: Hashable, Sendable {
    /// Gateway time.
    public var now: Instant
    /// The local clock: milliseconds since 1970-01-01T00:00 as a clock on the wall shows them.
    public var localMilliseconds: Int64
    /// Time so far in which this home could not be heard, in milliseconds.
    public var blindMilliseconds: Int64

    /// Makes one from its parts.
    public init(now: Instant, localMilliseconds: Int64, blindMilliseconds: Int64 = 0) {
        self.now = now
        self.localMilliseconds = localMilliseconds
        self.blindMilliseconds = blindMilliseconds
    }

    /// The local day, from 1970-01-01.
    var day: Int { Int((Double(localMilliseconds) / 86_400_000).rounded(.down)) }

    /// The local time of the day, 0 to 86,399,999 ms.
    var millisecondOfDay: Int64 { localMilliseconds - Int64(day) * 86_400_000 }

    /// The local minute of the day, 0 to 1,439.
    var minuteOfDay: Int { Int(localMilliseconds / 60_000) - day * 1_440 }
}
