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
    private(set) var lookAt: Instant?
    /// Whether the empty home has been reported.
    private(set) var isAwayReported = false

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

        /// How long it has been, blind time taken off; never negative.
        public func length(at moment: WelfareMoment) -> Duration {
            .milliseconds(
                max(0, (moment.now - start).wholeMilliseconds - (moment.blindMilliseconds - blindAtStart)))
        }
    }

    /// Starts with somebody at home.
    public init(at moment: WelfareMoment) {
        presence = Presence(at: moment.now)
        history = SilenceHistory()
        let context = SilenceContext(day: moment.day, minuteOfDay: moment.minuteOfDay, signCode: 0)
        silence = Silence(
            start: moment.now, blindAtStart: moment.blindMilliseconds, context: context)
        lookAt = moment.now + .minutes(Int64(SilenceHistory.notableMinutes))
    }

    /// Puts one together from its parts, as a snapshot has them.
    init(
        presence: Presence, history: SilenceHistory, stage: Stage, silence: Silence, lookAt: Instant?,
        isAwayReported: Bool
    ) {
        self.presence = presence
        self.history = history
        self.stage = stage
        self.silence = silence
        self.lookAt = lookAt
        self.isAwayReported = isAwayReported
    }

    /// When something may happen if nothing is heard; blind time puts it off.
    public func nextDeadline(plan: InactivityPlan) -> Instant? {
        let presenceDue = presence.nextDeadline
        let ownDue =
            presence.state == .atHome
            ? lookAt : isAwayReported ? nil : presence.lastInsideAt + plan.awayCeiling
        guard let presenceDue, let ownDue else { return presenceDue ?? ownDue }
        return min(presenceDue, ownDue)
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
        while let due = nextDeadline(plan: plan), due <= moment.now {
            if presence.advance(to: due) {
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
            let length = silence.length(at: moment)
            history.learn(silence.context, minutes: Int((length.components.seconds + 59) / 60))
        } else {
            findings.append(.presenceChanged(presence.state, presence.reason, at: moment.now))
        }
        if stage != .quiet { findings.append(.heardAgain(wasAlerted: stage == .alerted, at: moment.now)) }
        if sign.kind != .outsideDoor { isAwayReported = false }
        stage = .quiet
        silence = Silence(
            start: moment.now, blindAtStart: moment.blindMilliseconds,
            context: SilenceContext(after: sign, at: moment))
        lookAt = moment.now + .minutes(Int64(SilenceHistory.notableMinutes))
    }

    /// Takes back the silence that ended last, because it was an emergency: it must not become a habit.
    public mutating func forgetLatestSilence() { history.forgetLatest() }

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
