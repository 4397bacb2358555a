public import SafetyModel

/// A walk through a home in which a technician tries its devices: what ends within a minute was a test.
///
/// What lasts longer calls people; so does a device that has used up its minute, and the end of the walk test
/// itself while something stands. What cannot be told from an emergency is never given to `hold`.
public struct WalkTest: Hashable, Sendable {
    /// Who walks.
    public var by: String
    /// When it began.
    public var startedAt: Instant
    /// When it ends by itself.
    public var until: Instant
    /// When it ended; nil while it runs.
    public private(set) var endedAt: Instant?
    /// What was tried, in the order of the first try.
    public private(set) var tested: [TestedDevice] = []
    /// What stands and has not called anybody yet.
    public private(set) var held: [HeldAlarm] = []

    /// A condition that lasts this long in all, over the whole walk test, calls people (domain rule 8).
    public static let patienceLimit = Duration.seconds(60)
    /// The most entries of `tested`; a device that has no room is not held back.
    public static let testedLimit = 128

    /// Begins one.
    public init(by: String, startedAt: Instant, until: Instant) {
        self.by = by
        self.startedAt = startedAt
        self.until = until
    }

    /// Whether it still holds alarms back.
    public var isRunning: Bool { endedAt == nil }

    /// When the next alarm calls, or the walk test ends.
    public var nextDeadline: Instant? {
        guard isRunning else { return nil }
        return held.reduce(until) { min($0, $1.deadline) }
    }

    /// Whether this alarm is held back.
    public func isHeld(rule: String, device: Int?) -> Bool {
        held.contains { $0.rule == rule && $0.device == device }
    }

    /// Holds an alarm back while its device has time left.
    ///
    /// - Returns: false when it must call at once.
    public mutating func hold(_ alarm: HeldAlarm) -> Bool {
        if isHeld(rule: alarm.rule, device: alarm.device) { return true }
        let used = tested.first { $0.rule == alarm.rule && $0.device == alarm.device }
        let left = Self.patienceLimit.wholeMilliseconds - (used?.heldMilliseconds ?? 0)
        guard left > 0, used != nil || tested.count + held.count < Self.testedLimit else { return false }
        var alarm = alarm
        alarm.deadline = min(until, alarm.since + .milliseconds(left))
        held.append(alarm)
        return true
    }

    /// A condition that was held back has ended: it was a test.
    ///
    /// - Returns: false when it was not held.
    public mutating func restore(rule: String, device: Int?, at now: Instant) -> Bool {
        guard let place = held.firstIndex(where: { $0.rule == rule && $0.device == device }) else {
            return false
        }
        let alarm = held.remove(at: place)
        note(alarm.kind, rule: rule, device: device, at: now, lasted: now - alarm.since)
        return true
    }

    /// Takes one alarm out, so that it calls.
    public mutating func release(rule: String, device: Int?, at now: Instant) -> HeldAlarm? {
        guard let place = held.firstIndex(where: { $0.rule == rule && $0.device == device }) else {
            return nil
        }
        return release(at: place, at: now)
    }

    /// Takes out what must call now: alarms whose minute is over, and all of them at the end.
    public mutating func takeDue(at now: Instant) -> [HeldAlarm] {
        if until <= now { return finish(at: now) }
        var due: [HeldAlarm] = []
        while let place = held.firstIndex(where: { $0.deadline <= now }) {
            due.append(release(at: place, at: now))
        }
        return due
    }

    /// Takes everything out that is held; the walk test goes on.
    public mutating func takeAll(at now: Instant) -> [HeldAlarm] {
        var all: [HeldAlarm] = []
        while !held.isEmpty { all.append(release(at: 0, at: now)) }
        return all
    }

    /// Ends it.
    ///
    /// - Returns: what stands still, and must call.
    public mutating func finish(at now: Instant) -> [HeldAlarm] {
        if endedAt == nil { endedAt = now }
        return takeAll(at: now)
    }

    /// Notes that a device was tried.
    public mutating func note(
        _ kind: AlarmKind, rule: String, device: Int?, at now: Instant, lasted: Duration = .zero
    ) {
        if let place = tested.firstIndex(where: { $0.rule == rule && $0.device == device }) {
            tested[place].at = now
            tested[place].heldMilliseconds += max(0, lasted.wholeMilliseconds)
        } else if tested.count < Self.testedLimit {
            tested.append(
                TestedDevice(
                    kind: kind, rule: rule, device: device, at: now,
                    heldMilliseconds: max(0, lasted.wholeMilliseconds)))
        }
    }

    /// Follows the devices to their new places after a reload; what is held calls at once then, because
    /// nothing may come any more that ends it.
    public mutating func move(_ places: [Int?], at now: Instant) {
        tested = tested.compactMap { entry in
            guard let device = entry.device else { return entry }
            return places[device].map { place in
                var entry = entry
                entry.device = place
                return entry
            }
        }
        for index in held.indices {
            held[index].device = held[index].device.flatMap { places[$0] }
            held[index].isOrphan = true
            held[index].deadline = now
        }
    }

    /// Goes on with what another walk test holds; its deadlines stay.
    public mutating func inherit(_ alarms: [HeldAlarm]) {
        held = alarms.map { alarm in
            var alarm = alarm
            alarm.deadline = min(alarm.deadline, until)
            return alarm
        }
    }

    private mutating func release(at place: Int, at now: Instant) -> HeldAlarm {
        let alarm = held.remove(at: place)
        // Its minute is used up: whatever this device says next in this walk test calls at once.
        note(
            alarm.kind, rule: alarm.rule, device: alarm.device, at: now,
            lasted: max(now - alarm.since, Self.patienceLimit))
        return alarm
    }
}

/// What was tried in a walk test.
public struct TestedDevice: Hashable, Sendable {
    /// What an alarm of it would have been about.
    public var kind: AlarmKind
    /// The rule that found it; empty for a test key.
    public var rule: String
    /// The device's place in the home; nil where the home itself was meant.
    public var device: Int?
    /// When it was tried last.
    public var at: Instant
    /// How long its condition lasted in all, in milliseconds.
    public var heldMilliseconds: Int64

    /// Makes one from its parts.
    public init(kind: AlarmKind, rule: String, device: Int?, at: Instant, heldMilliseconds: Int64) {
        self.kind = kind
        self.rule = rule
        self.device = device
        self.at = at
        self.heldMilliseconds = heldMilliseconds
    }
}

/// An alarm that waits in a walk test, because it may be a test.
public struct HeldAlarm: Hashable, Sendable {
    /// What it is about.
    public var kind: AlarmKind
    /// How pressing it is.
    public var urgency: Urgency
    /// The rule that found it.
    public var rule: String
    /// The device that the alarm stands for; nil when it is home-wide.
    public var device: Int?
    /// Since when it stands.
    public var since: Instant
    /// When it calls people.
    public var deadline: Instant
    /// What the device said first.
    public var evidence: Evidence
    /// Whether nothing may come any more that ends it, so that it stands until its incident is closed.
    public var isOrphan = false

    /// Makes one from its parts.
    public init(
        kind: AlarmKind, urgency: Urgency, rule: String, device: Int?, since: Instant, evidence: Evidence
    ) {
        self.kind = kind
        self.urgency = urgency
        self.rule = rule
        self.device = device
        self.since = since
        self.evidence = evidence
        deadline = since + WalkTest.patienceLimit
    }
}

extension WalkTest: ByteCodable {
    /// Appends it to a snapshot.
    public func encode(into writer: inout ByteWriter) {
        writer.write(by)
        writer.write(startedAt)
        writer.write(until)
        writer.writeOptional(endedAt) { $0.write($1) }
        writer.writeEach(tested) { writer, entry in
            writer.write(entry.kind.name)
            writer.write(entry.rule)
            writer.writeOptional(entry.device) { $0.write(UInt16($1)) }
            writer.write(entry.at)
            writer.write(entry.heldMilliseconds)
        }
        writer.writeEach(held) { $0.write($1) }
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            by: try reader.readString(), startedAt: try reader.readInstant(), until: try reader.readInstant())
        endedAt = try reader.readOptional { (reader) throws(ByteCodingError) in try reader.readInstant() }
        tested = try reader.readEach { (reader) throws(ByteCodingError) in
            TestedDevice(
                kind: AlarmKind(try reader.readString()), rule: try reader.readString(),
                device: try reader.readOptional { (reader) throws(ByteCodingError) in
                    Int(try reader.read(UInt16.self))
                }, at: try reader.readInstant(), heldMilliseconds: try reader.read())
        }
        held = try reader.readEach { (reader) throws(ByteCodingError) in try reader.read() }
    }
}

extension HeldAlarm: ByteCodable {
    /// Appends it to a snapshot.
    public func encode(into writer: inout ByteWriter) {
        writer.write(kind.name)
        writer.write(urgency.rawValue)
        writer.write(rule)
        writer.writeOptional(device) { $0.write(UInt16($1)) }
        writer.write(since)
        writer.write(deadline)
        writer.write(isOrphan)
        writer.write(evidence)
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let kind = AlarmKind(try reader.readString())
        let urgency: Urgency = try reader.readCase()
        let rule = try reader.readString()
        let device = try reader.readOptional { (reader) throws(ByteCodingError) in
            Int(try reader.read(UInt16.self))
        }
        let since = try reader.readInstant()
        let deadline = try reader.readInstant()
        let isOrphan = try reader.readBool()
        self.init(
            kind: kind, urgency: urgency, rule: rule, device: device, since: since,
            evidence: try reader.read())
        self.deadline = deadline
        self.isOrphan = isOrphan
    }
}
