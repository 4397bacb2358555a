public import SafetyModel

/// Watches over the silence of one home: who is in, how long it has been quiet, and when that is too long.
///
/// A value without a clock: time enters with each call, and the next moment at which something may happen is
/// `nextDeadline`. A sign of life costs a few comparisons; the learned line is computed only when a silence
/// has become long. A silence goes through `quiet` -> `asked` (the resident is asked, a motion or a key
/// answers) -> `alerted`; each sign of life takes it back to `quiet`.
public struct HomeWelfare: Hashable, Sendable {
    /// Who is believed to be in.
    public private(set) var presence: Presence
    /// What the home taught about its silences.
    public private(set) var history: SilenceHistory
    /// How far the present silence has gone.
    public private(set) var stage = Stage.quiet
    /// The present silence.
    public private(set) var silence: Silence
    /// When the present silence is looked at again; nil when it has been reported.
    public private(set) var lookAt: Instant?
    /// Whether the empty home has been reported.
    public private(set) var isAwayReported = false
    /// What was learned from the silence after which the resident was asked or a person was called.
    private(set) var reported: SilenceRecord?

    /// How far a silence has gone.
    ///
    /// Can transition to: `quiet` -> `asked` -> `alerted`, or `quiet` -> `alerted` when there was no time to
    /// ask, and from each back to `quiet`.
    public enum Stage: UInt8, Sendable {
        case quiet = 0
        case asked = 1
        case alerted = 2
    }

    /// A time without a sign of life.
    public struct Silence: Hashable, Sendable {
        /// Since when.
        public var start: Instant
        /// The blind time at its start, in milliseconds.
        public var blindAtStart: Int64
        /// When by the local clock and after which sign it began.
        public var context: SilenceContext
        /// Whether it is an emergency, which must not become a habit when it ends.
        public var isEmergency = false

        /// How long it has been, blind time taken off; never negative.
        public func length(at moment: WelfareMoment) -> Duration { .milliseconds(milliseconds(at: moment)) }

        /// The same in milliseconds: every sign of life asks.
        func milliseconds(at moment: WelfareMoment) -> Int64 {
            let length = moment.now.milliseconds - start.milliseconds
            return max(0, length - (moment.blindMilliseconds - blindAtStart))
        }
    }

    /// Starts with somebody at home.
    public init(at moment: WelfareMoment) {
        presence = Presence(at: moment.now)
        history = SilenceHistory()
        let context = SilenceContext(day: moment.day, minuteOfDay: moment.minuteOfDay, signCode: 0)
        silence = Silence(
            start: moment.now, blindAtStart: moment.blindMilliseconds, context: context)
        lookAt = Self.firstLook(at: moment)
    }

    /// When a silence that begins now is looked at first.
    private static func firstLook(at moment: WelfareMoment) -> Instant {
        Instant(milliseconds: moment.now.milliseconds + Int64(SilenceHistory.notableMinutes) * 60_000)
    }

    /// Puts one together from its parts, as a snapshot has them.
    init(
        presence: Presence, history: SilenceHistory, stage: Stage, silence: Silence, lookAt: Instant?,
        isAwayReported: Bool, reported: SilenceRecord?
    ) {
        self.presence = presence
        self.history = history
        self.stage = stage
        self.silence = silence
        self.lookAt = lookAt
        self.isAwayReported = isAwayReported
        self.reported = reported
    }

    /// When something may happen if nothing is heard; blind time puts it off.
    ///
    /// - Parameter blindMilliseconds: the home's blind time so far; nil when there was none since the last
    ///   sign of life.
    public func nextDeadline(plan: InactivityPlan, blindMilliseconds: Int64? = nil) -> Instant? {
        // A home that never gave a sign of life is not silent; its devices are, and supervision tells that.
        guard history.isBegun else { return nil }
        let presenceDue = presenceDeadline(blindMilliseconds: blindMilliseconds)
        let ownDue =
            presence.state == .atHome
            ? lookAt : isAwayReported ? nil : presence.lastInsideAt + plan.awayCeiling
        guard let presenceDue, let ownDue else { return presenceDue ?? ownDue }
        return min(presenceDue, ownDue)
    }

    /// When the belief about who is in changes; what nobody could hear is no silence after the door.
    ///
    /// It counts from the door, and the door's last use is where the present silence began.
    private func presenceDeadline(blindMilliseconds: Int64?) -> Instant? {
        guard let due = presence.nextDeadline else { return nil }
        let blind = blindMilliseconds.map { max(0, $0 - silence.blindAtStart) } ?? 0
        return Instant(milliseconds: due.milliseconds + blind)
    }

    /// How long the present silence may be, and what that rests on.
    public func limit(plan: InactivityPlan) -> (limit: Duration, basis: LimitBasis) {
        let fixed = plan.fixedLimit(minuteOfDay: silence.context.minuteOfDay)
        guard plan.isLearned, let minutes = history.limitMinutes(for: silence.context) else {
            return (fixed, .fixed)
        }
        let learned = Duration.minutes(Int64(minutes))
        return learned < plan.ceiling ? (learned, .learned) : (plan.ceiling, .ceiling)
    }

    /// Moves on to a moment in which nothing was heard and reports what fell due.
    public mutating func advance(
        to moment: WelfareMoment, plan: InactivityPlan, into findings: inout [WelfareFinding]
    ) {
        let blind = moment.blindMilliseconds
        while let due = nextDeadline(plan: plan, blindMilliseconds: blind), due <= moment.now {
            let presenceDue = presenceDeadline(blindMilliseconds: blind)
            if let presenceDue, presenceDue <= due, presence.advance(to: presenceDue) {
                leaveSilence()
                findings.append(.presenceChanged(presence.state, presence.reason, at: presence.since))
            } else if presence.state == .atHome {
                look(at: moment, plan: plan, into: &findings)
            } else {
                isAwayReported = true
                findings.append(.awayTooLong(since: presence.lastInsideAt, at: due))
            }
        }
    }

    /// Takes in a sign of life.
    public mutating func note(
        _ sign: SignOfLife, at moment: WelfareMoment, plan: InactivityPlan,
        into findings: inout [WelfareFinding]
    ) {
        advance(to: moment, plan: plan, into: &findings)
        history.begin(on: moment.day)
        let before = presence.state
        guard presence.note(sign, at: moment.now) else { return }
        if before == .atHome {
            learn(at: moment)
        } else {
            findings.append(.presenceChanged(presence.state, presence.reason, at: moment.now))
        }
        if stage != .quiet { findings.append(.heardAgain(wasAlerted: stage == .alerted, at: moment.now)) }
        if sign.kind != .outsideDoor { isAwayReported = false }
        stage = .quiet
        silence = Silence(
            start: moment.now, blindAtStart: moment.blindMilliseconds,
            context: SilenceContext(after: sign, at: moment))
        lookAt = Self.firstLook(at: moment)
    }

    /// Takes back the silence that was reported last: it was an emergency and must not become a habit.
    ///
    /// One that still goes on will not be learned when it ends.
    public mutating func forgetLatestSilence() {
        if stage != .quiet {
            silence.isEmergency = true
        } else if let reported {
            history.forget(reported)
            self.reported = nil
        }
    }

    /// Begins a new silence with somebody at home, after a time in which nothing counted; what was learned
    /// stays.
    public mutating func restart(at moment: WelfareMoment) {
        let known = history
        self = HomeWelfare(at: moment)
        history = known
    }

    /// The device that gave the last sign of life; nil before the first and where devices share one number.
    public var lastDevice: Int? {
        let code = silence.context.signCode
        return code == 0 || SilenceContext.isShared(code) ? nil : Int(code >> 1)
    }

    /// When somebody gave a sign of life last; nil before the first.
    public var lastSignAt: Instant? { silence.context.signCode == 0 ? nil : silence.start }

    /// Follows the devices of the home to their new numbers; nil where one is gone.
    public mutating func renumber(_ places: [Int?]) {
        presence.renumber(places)
        history.renumber(places)
        silence.context.signCode = SilenceContext.renumbered(silence.context.signCode, places)
        reported = reported?.renumbered(places)
    }

    /// Learns the silence that ends now.
    private mutating func learn(at moment: WelfareMoment) {
        guard !silence.isEmergency else { return }
        let minutes = Int((silence.milliseconds(at: moment) / 1_000 + 59) / 60)
        history.learn(silence.context, minutes: minutes)
        if stage != .quiet { reported = SilenceRecord(silence.context, minutes: minutes) }
    }

    /// An empty home is not silent, it is empty.
    private mutating func leaveSilence() {
        stage = .quiet
        lookAt = nil
    }

    /// Holds the silence against its line.
    private mutating func look(
        at moment: WelfareMoment, plan: InactivityPlan, into findings: inout [WelfareFinding]
    ) {
        let (limit, basis) = limit(plan: plan)
        let length = silence.length(at: moment)
        let lead = min(plan.preAlertLead, limit / 2)
        if length >= limit {
            stage = .alerted
            lookAt = nil
            findings.append(.inactive(since: silence.start, limit: limit, basis: basis, at: moment.now))
            return
        }
        if length >= limit - lead, stage == .quiet {
            stage = .asked
            findings.append(.askResident(since: silence.start, alertAfter: limit - length, at: moment.now))
        }
        let next = stage == .quiet ? limit - lead : limit
        lookAt = moment.now + max(next - length, .milliseconds(1))
    }
}

/// What the line of a silence rests on.
public enum LimitBasis: UInt8, Sendable {
    /// The configured limit of the time of day.
    case fixed = 0
    /// The home's own silences.
    case learned = 1
    /// The configured ceiling: the home's own silences would allow more.
    case ceiling = 2
}

/// What welfare found out about a home.
public enum WelfareFinding: Hashable, Sendable {
    /// Another belief about who is in.
    case presenceChanged(Presence.State, Presence.Reason, at: Instant)
    /// The resident should be asked, and has this long to move or to press.
    case askResident(since: Instant, alertAfter: Duration, at: Instant)
    /// Too long without a sign of life while somebody is at home.
    case inactive(since: Instant, limit: Duration, basis: LimitBasis, at: Instant)
    /// A sign of life after the resident was asked or a person was called.
    case heardAgain(wasAlerted: Bool, at: Instant)
    /// The home has been thought empty for too long.
    case awayTooLong(since: Instant, at: Instant)
}
