import Correlation
public import Foundation
public import GatewayPorts
import SafetyCore

/// One rule's figures: what matched, what ran out of time, what waits now.
///
/// Nothing is counted for them on the way of a message: the machine keeps the tallies for itself, and what
/// waits is counted when somebody asks, a few homes in each turn of the gate and never while somebody else
/// wants the turn.
struct RuleFigures: Hashable, Sendable {
    var rule: String
    var matched: Int64 = 0
    var timedOut: Int64 = 0
    var forgotten: Int64 = 0
    var waiting = 0

    /// The most rules with figures of their own; those that follow are added together.
    static let ruleLimit = 200
    /// Homes that are looked at in one turn: some ten microseconds.
    static let homesPerTurnLimit = 256
    /// The label of the rules beyond `ruleLimit`; no rule can be called so.
    static let furtherRules = "(further rules)"

    /// At most `ruleLimit` of them, the last of which stands for the rest.
    static func bounded(_ figures: [RuleFigures]) -> [RuleFigures] {
        guard figures.count > ruleLimit else { return figures }
        let rest = figures.dropFirst(ruleLimit - 1).reduce(into: RuleFigures(rule: furtherRules)) {
            $0.matched += $1.matched
            $0.timedOut += $1.timedOut
            $0.forgotten += $1.forgotten
            $0.waiting += $1.waiting
        }
        return figures.prefix(ruleLimit - 1) + [rest]
    }

    var metrics: [Metric] {
        let name = rule.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let label = "rule=\"\(name)\""
        return [
            Metric(
                "anju_rule_matched_total", .counter, Double(matched), label: label,
                help: "Matches of the rule that completed."),
            Metric(
                "anju_rule_timed_out_total", .counter, Double(timedOut), label: label,
                help: "Partial matches whose window passed."),
            Metric(
                "anju_rule_forgotten_total", .counter, Double(forgotten), label: label,
                help: "Partial matches not taken because too many waited."),
            Metric(
                "anju_rule_waiting", .gauge, Double(waiting), label: label,
                help: "Partial matches that wait now, in all homes."),
        ]
    }
}

extension CoreGate {
    /// What became of the matches of every rule, and how many wait, in the order of the rules.
    ///
    /// - Parameter limit: until when to wait for turns that nobody else wants.
    /// - Returns: nil when the gate was busy until then, or another site came into force meanwhile.
    public func ruleMetrics(before limit: Date) -> [Metric]? {
        ruleFigures(before: limit).map { RuleFigures.bounded($0).flatMap(\.metrics) }
    }

    /// The same, rule by rule.
    private func ruleFigures(before limit: Date) -> [RuleFigures]? {
        var rows: [RuleFigures] = []
        var waiting: [Int] = []
        var site: UInt32?
        var home = 0
        while true {
            guard enter(before: limit) else { return nil }
            defer { leave() }
            guard site == nil || site == progress.siteVersion else { return nil }
            site = progress.siteVersion
            if waiting.isEmpty {
                rows = runner.machine.matchTallies.map { rule, tally in
                    RuleFigures(
                        rule: rule, matched: tally.completed, timedOut: tally.timedOut,
                        forgotten: tally.forgotten)
                }
                waiting = Array(repeating: 0, count: rows.count)
                runner.machine.countWideWaitingMatches(into: &waiting)
                if rows.isEmpty { return [] }
            }
            let next = home + RuleFigures.homesPerTurnLimit
            runner.machine.countWaitingMatches(inHomes: home..<next, into: &waiting)
            home = next
            if home >= runner.machine.compiled.homeCount { break }
        }
        for place in rows.indices { rows[place].waiting = waiting[place] }
        return rows
    }
}
