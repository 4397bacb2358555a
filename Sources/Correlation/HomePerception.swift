public import SafetyModel

/// What the gateway knows of one home from its devices: stored readings, silence, partial matches.
///
/// A value without clock or I/O; devices are named by their place in the home (`local` index, from 0).
public struct HomePerception: Hashable, Sendable {
    /// Its devices.
    public var devices: [DeviceState]
    /// Readings that stand, a few for each device, in the order of first appearance.
    public var readings: [StoredReading] = []
    /// What the rules wait for.
    public var matches = MatchTable()
    /// When the home was declared in service, or first known.
    public var inServiceSince: Instant
    /// When anything of the home was heard last.
    public var lastHeardAt: Instant
    /// Since when its bridge says that it is down.
    public var bridgeDownSince: Instant?
    /// Time during which the bridge was down so far, in milliseconds.
    public var bridgeBlindMilliseconds: Int64 = 0
    /// When a clock in the home ran backward last, while that is a trouble.
    ///
    /// The time of messages is mostly the bridge's, for all of its devices: so the trouble is the home's.
    public var clockStepAt: Instant?
    /// Whether the supervision has called the home unprotected.
    public var isUnprotected = false

    /// Makes one from its parts.
    public init(deviceCount: Int, at now: Instant) {
        devices = Array(repeating: DeviceState(at: now), count: deviceCount)
        inServiceSince = now
        lastHeardAt = now
    }
}

/// What supervision knows of one device.
public struct DeviceState: Hashable, Sendable {
    /// When it was heard last.
    public var lastHeardAt: Instant
    /// The home's blind time when it was heard last, in milliseconds.
    public var blindAtLastHeard: Int64 = 0
    /// The newest time that its messages carried.
    public var deviceTime: WallTime?
    /// Whether it was ever heard.
    public var hasBeenSeen = false
    /// Whether it has been silent too long.
    public var isLost = false
    /// The next message is a snapshot, because its bridge has just restarted.
    public var expectsSnapshot = false
    /// Its bridge says that it can be reached.
    public var isReachable = false

    /// Makes one from its parts.
    public init(at now: Instant) { lastHeardAt = now }
}

/// The newest value of one signal of one device.
public struct StoredReading: Hashable, Sendable {
    /// The value that was given.
    public var reading: Reading
    /// The device concerned.
    public var device: UInt16
    /// The signal concerned.
    public var signal: Signal
    /// A latched press whose incident was closed: the next live press counts again.
    public var isRearmed = false
    /// It happened and was over at once: it is remembered, but it does not stand.
    public var isOccurrence = false

    /// Makes one from its parts.
    public init(device: UInt16, signal: Signal, reading: Reading) {
        self.device = device
        self.signal = signal
        self.reading = reading
    }
}

extension HomePerception {
    /// The stored reading of a signal, or nil when it was never said.
    public func reading(of signal: Signal, device: Int) -> StoredReading? {
        readingIndex(of: signal, device: device).map { readings[$0] }
    }

    /// Where the reading of a signal is stored.
    public func readingIndex(of signal: Signal, device: Int) -> Int? {
        for index in readings.indices
        where readings[index].device == UInt16(device) && readings[index].signal == signal { return index }
        return nil
    }

    /// Forgets a latched press, so that the next live one counts: its incident was closed.
    public mutating func rearm(device: Int) {
        guard let index = readingIndex(of: .call, device: device), case .key = readings[index].reading else {
            return
        }
        readings[index].isRearmed = true
    }
}

extension HomePerception {
    /// Reads what the next message of a device will look at in the arrays of the home.
    ///
    /// - Returns: a number that means nothing.
    public mutating func readAhead() -> Int {
        var sum = 0
        for place in stride(from: 0, to: devices.count, by: 2) {
            sum &+= Int(truncatingIfNeeded: devices[place].lastHeardAt.milliseconds)
        }
        for place in stride(from: 0, to: readings.count, by: 4) { sum &+= Int(readings[place].device) }
        return sum &+ matches.readAhead()
    }

    /// Reads what the matches of a device and of the whole home remember.
    ///
    /// - Returns: a number that means nothing.
    public mutating func readAhead(device: Int) -> Int { matches.readAhead(device: Int32(device)) }
}

extension MatchTable {
    fileprivate mutating func readAhead() -> Int {
        var sum = 0
        for place in states.indices { sum &+= Int(states[place].device) }
        return sum
    }

    fileprivate mutating func readAhead(device: Int32) -> Int {
        var sum = 0
        for place in states.indices
        where states[place].device == device || states[place].device == MatchState.homeWide {
            sum &+= states[place].marks.count &+ states[place].entries.count
        }
        return sum
    }
}
