public import SafetyModel

/// One alarm of a home, with its axes kept apart (ISA-18.2, OPC UA Part 9).
public struct Alarm: Hashable, Sendable {
    /// Its id, unique in the site.
    public var id: AlarmID
    /// What it is about.
    public var kind: AlarmKind
    /// How pressing it is.
    public var urgency: Urgency
    /// The id of the rule or supervision that found it.
    public var rule: String
    /// The device it stands for; nil when it is home-wide.
    public var device: Int?
    /// Whether the condition is there now; a press is never active for longer than its moment.
    public var isActive: Bool
    /// Without a clear of its own: it stands until its incident is closed.
    public var isLatched: Bool
    /// Whether somebody has taken its incident over.
    public var isAcknowledged = false
    /// When it was raised first.
    public var raisedAt: Instant
    /// The incident that handles it; nil between closing and raising again.
    public var incident: IncidentID?
    /// When it raises again because its incident was closed and it is still active.
    public var raiseAgainAt: Instant?
}

/// What the register is told: a finding with its words and its evidence.
public struct AlarmReport: Hashable, Sendable {
    /// The home concerned.
    public var home: HomeIndex
    /// What it is about.
    public var kind: AlarmKind
    /// How pressing it is.
    public var urgency: Urgency
    /// The rule that found it.
    public var rule: String
    /// The device that the alarm stands for; nil when it is home-wide.
    public var device: Int?
    /// What happened to it.
    public var change: Change
    /// By how much it comes late.
    public var lateBy: Duration

    /// Makes one from its parts.
    public init(
        home: HomeIndex, kind: AlarmKind, urgency: Urgency, rule: String, device: Int?, change: Change,
        lateBy: Duration = .zero
    ) {
        self.home = home
        self.kind = kind
        self.urgency = urgency
        self.rule = rule
        self.device = device
        self.change = change
        self.lateBy = lateBy
    }

    /// What can happen to it.
    public enum Change: Hashable, Sendable {
        /// The condition is there.
        case active
        /// A press, or an old event at a device's time: each one counts.
        case pressed(history: WallTime?)
        case restored
    }
}

/// An old event that was told, so that a retransmission or a repeated history is no second one.
public struct ToldHistory: Hashable, Sendable {
    /// The rule that found it.
    public var rule: String
    /// The device concerned.
    public var device: Int?
    /// When it happened, in gateway time.
    public var at: WallTime

    /// Makes one from its parts.
    public init(rule: String, device: Int?, at: WallTime) {
        self.rule = rule
        self.device = device
        self.at = at
    }
}

/// The alarms of one home that are active or not yet reset.
public struct AlarmRegister: Hashable, Sendable {
    /// Its alarms, oldest first.
    public private(set) var alarms: [Alarm]
    /// Old events that were told, oldest first, at most `toldLimit`: beyond it the oldest is forgotten.
    public private(set) var told: [ToldHistory]

    /// The most old events that a home remembers to know a repetition.
    public static let toldLimit = 64

    /// Makes one from its parts.
    public init(alarms: [Alarm] = [], told: [ToldHistory] = []) {
        self.alarms = alarms
        self.told = told
    }

    /// Whether an active alarm stands for this rule and device.
    public func hasActive(rule: String, device: Int?) -> Bool {
        alarms.contains { $0.isActive && $0.device == device && $0.rule == rule }
    }

    /// Whether an alarm, active or not yet reset, stands for this rule and device.
    public func stands(rule: String, device: Int?) -> Bool {
        alarms.contains { $0.device == device && $0.rule == rule }
    }

    /// Forgets the alarms that no incident handles: their home went out of service.
    public mutating func dropUnhandled() { alarms.removeAll { $0.incident == nil } }

    /// Applies a report.
    ///
    /// - Returns: what changed, without evidence, or nil when the alarm stands already.
    public mutating func apply(
        _ report: AlarmReport, at now: Instant, nextID: inout Int64
    ) -> (alarm: AlarmID, change: AlarmChange.Change)? {
        if case .pressed(let time?) = report.change, !isNews(report, at: time) { return nil }
        guard let place = alarms.firstIndex(where: { $0.rule == report.rule && $0.device == report.device })
        else {
            return report.change == .restored ? nil : add(report, at: now, nextID: &nextID)
        }
        switch report.change {
        case .active:
            guard !alarms[place].isActive else { return nil }
            alarms[place].isActive = true
            return (alarms[place].id, .raisedAgain)
        case .pressed:
            return (alarms[place].id, .raisedAgain)
        case .restored:
            return restore(at: place)
        }
    }

    /// Records which incident handles an alarm.
    public mutating func assign(_ alarm: AlarmID, to incident: IncidentID) {
        guard let place = alarms.firstIndex(where: { $0.id == alarm }) else { return }
        alarms[place].incident = incident
        alarms[place].raiseAgainAt = nil
    }

    /// Records whether somebody has taken an incident over.
    public mutating func acknowledge(_ incident: IncidentID, _ isAcknowledged: Bool) {
        for place in alarms.indices where alarms[place].incident == incident {
            alarms[place].isAcknowledged = isAcknowledged
        }
    }

    /// Resets the alarms of a closed incident; those still active raise again later.
    ///
    /// - Returns: the devices of latched alarms, whose keys are to be re-armed.
    public mutating func reset(_ incident: IncidentID, raiseAgainAt: Instant) -> [Int] {
        var rearmed: [Int] = []
        for place in alarms.indices where alarms[place].incident == incident {
            alarms[place].incident = nil
            alarms[place].isAcknowledged = false
            if alarms[place].isLatched, alarms[place].urgency != .technical, let device = alarms[place].device
            {
                rearmed.append(device)
            }
            if alarms[place].isActive { alarms[place].raiseAgainAt = raiseAgainAt }
        }
        alarms.removeAll { $0.incident == nil && !$0.isActive }
        return rearmed
    }

    /// Keeps an alarm that no incident handles from people until a moment.
    public mutating func postpone(_ alarm: AlarmID, until time: Instant) {
        guard let place = alarms.firstIndex(where: { $0.id == alarm && $0.incident == nil }) else { return }
        alarms[place].raiseAgainAt = time
    }

    /// Moves the moment at which postponed alarms of a kind raise.
    public mutating func postpone(_ kind: AlarmKind, from before: Instant, to after: Instant) {
        for place in alarms.indices
        where alarms[place].kind == kind && alarms[place].incident == nil
            && alarms[place].raiseAgainAt == before
        { alarms[place].raiseAgainAt = after }
    }

    /// Whether an open incident handles the alarm of this rule and device.
    public func isHandled(rule: String, device: Int?) -> Bool {
        alarms.contains { $0.device == device && $0.rule == rule && $0.incident != nil }
    }

    /// Takes the alarms out that are due to raise again.
    public mutating func takeDueToRaiseAgain(at now: Instant) -> [Alarm] {
        var due: [Alarm] = []
        for place in alarms.indices {
            guard let time = alarms[place].raiseAgainAt, time <= now else { continue }
            alarms[place].raiseAgainAt = nil
            due.append(alarms[place])
        }
        return due
    }

    /// When the next alarm raises again.
    public var nextDeadline: Instant? {
        var next: Instant?
        for alarm in alarms {
            if let time = alarm.raiseAgainAt { next = min(next ?? time, time) }
        }
        return next
    }

    /// Ends the conditions of alarms, when nothing can end them any more.
    ///
    /// - Returns: the alarms that were active and are handled by an incident.
    public mutating func end(where isOver: (Alarm) -> Bool) -> [Alarm] {
        var ended: [Alarm] = []
        for place in alarms.indices where alarms[place].isActive && isOver(alarms[place]) {
            alarms[place].isActive = false
            alarms[place].raiseAgainAt = nil
            if alarms[place].incident != nil { ended.append(alarms[place]) }
        }
        alarms.removeAll { $0.incident == nil && !$0.isActive }
        return ended
    }

    /// Whether an old event was not told before.
    private mutating func isNews(_ report: AlarmReport, at time: WallTime) -> Bool {
        let event = ToldHistory(rule: report.rule, device: report.device, at: time)
        if told.contains(event) { return false }
        if told.count >= Self.toldLimit { told.removeFirst() }
        told.append(event)
        return true
    }

    private mutating func add(
        _ report: AlarmReport, at now: Instant, nextID: inout Int64
    ) -> (alarm: AlarmID, change: AlarmChange.Change) {
        var alarm = Alarm(
            id: AlarmID(nextID), kind: report.kind, urgency: report.urgency, rule: report.rule,
            device: report.device, isActive: true, isLatched: false, raisedAt: now)
        if case .pressed = report.change {
            alarm.isActive = false
            alarm.isLatched = true
        }
        nextID += 1
        alarms.append(alarm)
        return (alarm.id, .raised)
    }

    private mutating func restore(at place: Int) -> (alarm: AlarmID, change: AlarmChange.Change)? {
        guard alarms[place].isActive else { return nil }
        let alarm = alarms[place].id
        alarms[place].isActive = false
        alarms[place].raiseAgainAt = nil
        if alarms[place].incident == nil { alarms.remove(at: place) }
        return (alarm, .restored)
    }
}
