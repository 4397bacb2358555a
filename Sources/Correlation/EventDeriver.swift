public import SafetyModel

/// What happened in a home: an observation against what was known.
public struct Event: Hashable, Sendable {
    /// The device's place in its home.
    public var device: Int
    /// The signal concerned.
    public var signal: Signal
    /// The value that was given.
    public var reading: Reading
    /// How it relates to values before it.
    public var form: Observation.Form
    /// Where the value came from.
    public var quality: Quality
    /// When the device says it happened.
    public var deviceTime: WallTime?
    /// What stood before; nil when nothing was known.
    public var previous: Reading?
    /// Whether it counts as something new: a changed value, or a press.
    public var isEdge: Bool

    /// Whether it is over as soon as it happened: a pulse, or a press of a key that stays latched.
    public var isOccurrence: Bool { form == .pulse || signal == .call }
}

/// Turns observations into events: edges for each attribute against the stored state.
///
/// Every Zigbee2MQTT message repeats all cached attributes, so only changes and presses are events. A value
/// that is retained, or said again by a restarted bridge, never re-presses a latched key.
public enum EventDeriver {
    /// What a message is beyond its observations.
    public struct MessageNature: Hashable, Sendable {
        /// The broker kept it: the same press is delivered again at every subscription.
        public var isRetained: Bool
        /// A cached state said again: no sign of life, no latched press.
        public var isSnapshot: Bool
        /// The device's clock went back; its messages stay live.
        public var clockRanBackward: Bool
        /// Whether it proves that the device is reachable.
        public var provesLife: Bool
    }

    /// Device clocks may differ from the gateway's by this much before a step back counts as clock trouble.
    public static let clockStepLimit = Duration.seconds(2)

    /// Judges a message by its time and by what its bridge did, and remembers the device's time.
    public static func nature(
        of message: DeviceMessage, observations: ArraySlice<Observation>, device: Int,
        in home: inout HomePerception
    ) -> MessageNature {
        let saysState = observations.contains { $0.signal != .online && $0.signal != .bridge }
        var isSnapshot = message.isRetained
        var backward = false
        if saysState, !message.isRetained, home.devices[device].expectsSnapshot {
            home.devices[device].expectsSnapshot = false
            // A device's clock that moved on says more than the bridge's restart: the message is no cached
            // one.
            let hasMovedOn = message.deviceTime.map { time in
                home.devices[device].deviceTime.map { $0 < time } ?? false
            }
            isSnapshot = hasMovedOn != true
        }
        if let time = message.deviceTime {
            if let last = home.devices[device].deviceTime {
                if time == last { isSnapshot = true }
                backward = !message.isRetained && last - time > clockStepLimit
            }
            if !message.isRetained { home.devices[device].deviceTime = time }
        }
        let isLive = observations.contains { $0.quality == .live || $0.quality == .test }
        return MessageNature(
            isRetained: message.isRetained, isSnapshot: isSnapshot, clockRanBackward: backward,
            provesLife: saysState && isLive && !isSnapshot)
    }

    /// The event of one observation, or nil when it says nothing new; stores the reading.
    ///
    /// - Parameter hearsRepetition: whether a rule wants to know that a value was said again, live.
    public static func event(
        for observation: Observation, nature: MessageNature, device: Int, hearsRepetition: Bool = false,
        in home: inout HomePerception
    ) -> Event? {
        let quality = quality(of: observation, in: nature)
        let index = home.readingIndex(of: observation.signal, device: device)
        let stored = index.map { home.readings[$0] }
        var event = Event(
            device: device, signal: observation.signal, reading: observation.reading, form: observation.form,
            quality: quality, deviceTime: observation.deviceTime, previous: stored?.reading, isEdge: false)
        // An old event fills the record: it does not overwrite what stands now.
        if quality == .history {
            event.isEdge = true
            return event
        }
        // A test key says nothing about the hazard; what stands stays.
        if quality == .test && observation.signal.isLifeSafety { return nil }
        event.isEdge = isEdge(observation, quality: quality, stored: stored)
        if event.isEdge || stored == nil {
            store(observation, at: index, device: device, in: &home)
        }
        // A hazard that goes on is passed on too: it raises when no alarm stands for it.
        let isStandingHazard = event.isStanding
        // A bridge that comes back without having said goodbye repeats "online": what follows is its cache.
        let isRepeated = hearsRepetition && quality == .live
        return event.isEdge || isStandingHazard || isRepeated || observation.signal == .bridge ? event : nil
    }

    private static func quality(of observation: Observation, in nature: MessageNature) -> Quality {
        guard observation.quality == .live else { return observation.quality }
        if nature.isRetained { return .retained }
        return nature.isSnapshot ? .replayed : .live
    }

    private static func isEdge(_ observation: Observation, quality: Quality, stored: StoredReading?) -> Bool {
        let isSame = stored?.reading == observation.reading
        if observation.form == .pulse {
            // The same retained press is delivered again at every subscription.
            return !(quality == .retained && isSame)
        }
        guard isSame else { return true }
        return stored?.isRearmed == true && quality.provesLife
    }

    private static func store(
        _ observation: Observation, at index: Int?, device: Int, in home: inout HomePerception
    ) {
        var stored = StoredReading(
            device: UInt16(device), signal: observation.signal, reading: observation.reading)
        stored.isOccurrence = observation.form == .pulse || observation.signal == .call
        guard let index else {
            home.readings.append(stored)
            return
        }
        home.readings[index] = stored
    }
}
