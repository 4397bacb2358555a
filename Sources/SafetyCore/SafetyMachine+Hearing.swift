import Alarming
import Correlation
import SafetyModel

extension SafetyMachine {
    static let linkRule = "gateway/brokerLink"

    /// Takes in that the link to the broker went up or down.
    mutating func applyLink(isUp: Bool, into outcome: inout StepOutcome) {
        guard isUp else {
            goBlind(since: now, into: &outcome)
            return
        }
        hearing.hear(at: now)
        outcome.hasEffect = true
        if gatewayHasActive(Self.linkRule) {
            reportGateway(rule: Self.linkRule, isActive: false, detail: "", urgency: .urgent, into: &outcome)
        }
        refreshDeadlines()
    }

    /// Takes in that the broker's waiting messages have been read: silence counts again.
    mutating func catchUp(into outcome: inout StepOutcome) {
        guard hearing.blindSince == nil, !hearing.isCaughtUp else { return }
        hearing.isCaughtUp = true
        outcome.hasEffect = true
        refreshDeadlines()
    }

    /// Records that the gateway starts again: since its last input it could not hear.
    mutating func resume(at start: Instant, into outcome: inout StepOutcome) {
        hearing.resume(since: now, at: start)
        outcome.hasEffect = true
        refreshDeadlines()
    }

    /// Records that nothing can be heard.
    mutating func goBlind(since: Instant, into outcome: inout StepOutcome) {
        hearing.goBlind(at: since)
        outcome.hasEffect = true
        refreshDeadlines()
    }

    /// When a link that is down becomes a trouble; while the gateway itself was down, nobody tried to
    /// connect.
    var linkDeadline: Instant? {
        guard let since = hearing.blindSince, !gatewayHasActive(Self.linkRule) else { return nil }
        return max(since, hearing.resumedAt) + compiled.site.settings.linkPatience
    }

    /// Raises the trouble of a link that is down for too long.
    mutating func watchLink(into outcome: inout StepOutcome) {
        guard let deadline = linkDeadline, deadline <= now else { return }
        reportGateway(
            rule: Self.linkRule, isActive: true, detail: "no link to the broker", urgency: .urgent,
            into: &outcome)
    }
}
