public import SafetyModel

/// What the gateway knows of one home from its devices: stored readings, silence, partial matches.
///
/// A value without clock or I/O; devices are named by their place in the home (`local` index, from 0).
public struct HomePerception: Hashable, Sendable {
    /// Its devices.
    public var devices: [DeviceState]
    /// Readings that stand, a few for each device, in the order of first appearance.
    public var readings: [StoredReading] = []
    /// Conditions that are or were true and that a rule still needs.
    public var leaves: [ActiveLeaf] = []
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

/// A condition of a rule that is true, or was true within the window that a rule looks back.
public struct ActiveLeaf: Hashable, Sendable {
    /// Its place in the rule book.
    public var leaf: UInt16
    /// The device concerned.
    public var device: UInt16
    /// Since when it has been so.
    public var since: Instant
    /// When it ended; nil while it is true.
    public var until: Instant?
    /// Whether `held ... for` has fired for this stretch.
    public var hasFired = false

    /// Makes one from its parts.
    public init(leaf: UInt16, device: UInt16, since: Instant) {
        self.leaf = leaf
        self.device = device
        self.since = since
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
    /// Begins partial matches from the stored readings, when the rules have changed.
    ///
    /// - Parameter first: the index of the home's first device in the community.
    /// - Parameter isRaised: whether the alarm of a rule (by its place in the book) and a device is active:
    ///   between `raise` and `clear` the condition then goes on.
    public mutating func startLeaves(
        book: RuleBook, community: Community, first: Int, at now: Instant,
        isRaised: (_ rule: Int, _ device: Int) -> Bool
    ) {
        leaves.removeAll()
        for stored in readings where !stored.isOccurrence {
            let device = DeviceIndex(first + Int(stored.device))
            for index in book.leaves(for: stored.signal) {
                let leaf = book.leaves[Int(index)]
                guard !leaf.isStateless,
                    !leaf.isFiltered || book.passes(leaf, device: device, community: community),
                    leaf.condition.raise.holds(for: stored.reading)
                        || leaf.condition.clear.map({ !$0.holds(for: stored.reading) }) == true
                            && isRaised(leaf.rule, Int(stored.device))
                else { continue }
                var active = ActiveLeaf(leaf: index, device: stored.device, since: now)
                // What was true before is no news; only `held` conditions start to count.
                active.hasFired = leaf.heldMilliseconds == 0 || isRaised(leaf.rule, Int(stored.device))
                leaves.append(active)
            }
        }
    }
}
