import Alarming
import Correlation
import Escalation
import SafetyModel
import Welfare

/// A moment, and what the machine knows of hearing and of the wall clock then.
struct HomeMoment {
    var now: Instant
    var hearing: Hearing
    /// Wall time minus gateway time, in milliseconds.
    var wallOffset: Int64
}

/// The earlier of two moments that may not come.
@inline(__always)
func earlier(_ a: Instant?, _ b: Instant?) -> Instant? {
    guard let a, let b else { return a ?? b }
    return min(a, b)
}

extension HomeState {
    /// When something is due in the home.
    ///
    /// Mutating only so that it is asked in its place and not copied: every message asks.
    mutating func nextDeadline(_ home: Int, _ site: CompiledSite, _ moment: HomeMoment) -> Instant? {
        var next = earlier(register.nextDeadline, desk.nextDeadline)
        next = earlier(next, suspensions.nextDeadline)
        guard site.isInService(home) else { return next }
        let isHearing = moment.hearing.isListening && perception.bridgeDownSince == nil
        let blind = perception.blind(at: moment.now, hearing: moment.hearing)
        if moment.hearing.isListening {
            let time = MatchTime(
                now: moment.now, blind: blind, isHearing: isHearing, wallOffset: moment.wallOffset)
            next = earlier(next, perception.matches.nextDeadline(time))
        }
        let silence = Supervision.nextDeadline(
            at: moment.now, hearing: moment.hearing, limits: site.limits,
            devices: site.watched[site.deviceRange(home)], home: perception)
        next = earlier(next, silence)
        return earlier(next, welfareDeadline(home, site, isHeard: isHearing, blind: blind))
    }

    /// When something is due in its welfare.
    private func welfareDeadline(
        _ home: Int, _ site: CompiledSite, isHeard: Bool, blind: Int64
    ) -> Instant? {
        guard site.hasWelfare(home) else { return nil }
        var next = care.calendarDeadline
        guard isHeard, !care.isPaused else { return next }
        next = earlier(next, care.checkIn?.deadline(blindMilliseconds: blind))
        guard let welfare, let inactivity = site.inactivityPlan(home) else { return next }
        return earlier(next, welfare.nextDeadline(plan: inactivity, blindMilliseconds: blind))
    }
}
