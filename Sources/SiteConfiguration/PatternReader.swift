import Correlation
import Foundation
import SafetyModel

/// Reads the `when` of a rule: conditions as text, operators as tables.
struct PatternReader {
    let log: ProblemLog

    static let keys = ["any_of", "all_of", "within", "held", "for", "raise", "clear"]
    /// Operators that this version does not have yet.
    static let laterOperators = ["sequence", "absent", "count", "of", "distinct", "unless", "rate", "scope"]
    /// How long a condition may have to hold, and how far apart the parts of a pattern may lie.
    static let spanRange = Duration.seconds(1)...Duration.hours(24)

    func read(_ node: YAMLNode) -> Pattern? {
        let pattern = read(node, depth: 1)
        if let pattern, pattern.conditionCount > Limits.conditionsPerRuleLimit {
            log.error(
                at: node.mark, "The rule has more than \(Limits.conditionsPerRuleLimit) conditions",
                fix: "Split it into several rules.")
        }
        return pattern
    }

    private func read(_ node: YAMLNode, depth: Int) -> Pattern? {
        guard depth <= Limits.patternDepthLimit else {
            log.error(
                at: node.mark, "The pattern is nested deeper than \(Limits.patternDepthLimit) levels",
                fix: "Split it into several rules.")
            return nil
        }
        guard let entries = node.table else {
            return readText(node)
        }
        if let later = entries.first(where: { Self.laterOperators.contains($0.key) }) {
            log.error(
                at: later.mark, "The operator `\(later.key)` is not available in this version of anju",
                fix: "Use any_of, all_of with within, or held with for.")
            return nil
        }
        guard let table = Table(node, "a pattern", keys: Self.keys, log: log) else { return nil }
        return readOperator(table, depth)
    }

    /// A condition, or `condition held for 60 s`.
    private func readText(_ node: YAMLNode) -> Pattern? {
        guard let text = node.text, let held = text.range(of: " held for ") else {
            return readCondition(node).map { .condition($0) }
        }
        let span = YAMLNode(.text(String(text[held.upperBound...]), isPlain: true), at: node.mark)
            .readDuration("for", in: Self.spanRange, log: log)
        let condition = readCondition(
            YAMLNode(.text(String(text[..<held.lowerBound]), isPlain: true), at: node.mark))
        guard let span, let condition else { return nil }
        return .held(condition, for: span)
    }

    private func readOperator(_ table: Table, _ depth: Int) -> Pattern? {
        let operators = ["any_of", "all_of", "held", "raise"].filter { table[$0] != nil }
        guard operators.count == 1 else {
            log.error(
                at: table.mark,
                operators.isEmpty ? "The pattern has no operator" : "The pattern has two operators",
                fix: "Write exactly one of any_of, all_of, held and raise; nest the other as an element.")
            return nil
        }
        switch operators[0] {
        case "any_of":
            refuse(["within", "for", "clear"], of: table, beside: "any_of")
            return parts(table, "any_of", depth).map { .anyOf($0) }
        case "all_of":
            refuse(["for", "clear"], of: table, beside: "all_of")
            table.require("within", fix: "Write `within: 5 min`.")
            let span = table.duration("within", in: Self.spanRange)
            let parts = parts(table, "all_of", depth)
            guard let span, let parts else { return nil }
            return .allOf(parts, within: span)
        case "held":
            refuse(["within"], of: table, beside: "held")
            table.require("for", fix: "Write `for: 60 s`.")
            let span = table.duration("for", in: Self.spanRange)
            let condition = readCondition(table, "held")
            guard let span, let condition else { return nil }
            return .held(condition, for: span)
        default:
            refuse(["within", "for"], of: table, beside: "raise")
            return readCondition(table, "raise").map { .condition($0) }
        }
    }

    private func refuse(_ keys: [String], of table: Table, beside operation: String) {
        for key in keys {
            guard let entry = table.entry(key) else { continue }
            log.error(
                at: entry.mark, "`\(key)` does nothing beside `\(operation)`",
                why: "The rule would mean something else",
                fix: "Remove it, or write it where it belongs.")
        }
    }

    private func parts(_ table: Table, _ key: String, _ depth: Int) -> [Pattern]? {
        guard let node = table[key] else { return nil }
        guard let list = node.list, !list.isEmpty else {
            log.error(
                at: node.mark, "`\(key)` should be a list of conditions", fix: "Write `\(key): [smoke, gas]`."
            )
            return nil
        }
        let parts = list.map { read($0, depth: depth + 1) }
        let good = parts.compactMap(\.self)
        return good.count == parts.count ? good : nil
    }

    /// A condition with its `clear`.
    private func readCondition(_ table: Table, _ key: String) -> Condition? {
        guard let node = table[key], var condition = readCondition(node) else { return nil }
        guard let clearNode = table["clear"] else { return condition }
        guard let clear = readCondition(clearNode) else { return nil }
        guard clear.signal == condition.signal, clear.raise.isOpposite(of: condition.raise) else {
            log.error(
                at: clearNode.mark, "`clear` does not end the condition \"\(node.text?.quoted ?? "")\"",
                why: "It must speak of the same signal, the other way round",
                fix: "For example `raise: temperature > 57` and `clear: temperature < 50`.")
            return nil
        }
        condition.clear = clear.raise
        return condition
    }

    private func readCondition(_ node: YAMLNode) -> Condition? {
        guard let text = node.text else {
            log.error(
                at: node.mark, "Here should stand a condition, not \(node.shape)",
                fix: "For example `smoke alarm`.")
            return nil
        }
        switch ConditionWords.parse(text) {
        case .condition(let condition): return condition
        case .fault(let what, let fix):
            log.error(at: node.mark, what, fix: fix)
            return nil
        }
    }
}

extension Pattern {
    /// How many conditions stand in it.
    var conditionCount: Int { conditions.count }

    /// All conditions in it, from left to right.
    var conditions: [Condition] {
        switch self {
        case .condition(let condition), .held(let condition, _): [condition]
        case .anyOf(let parts), .allOf(let parts, _): parts.flatMap(\.conditions)
        }
    }
}

extension Comparison {
    /// Whether it can end what the other began, with room between them.
    func isOpposite(of raise: Comparison) -> Bool {
        switch (raise, self) {
        case (.isOn, .isOff), (.isOff, .isOn): true
        case (.above(let high), .below(let low)), (.above(let high), .atMost(let low)),
            (.atLeast(let high), .below(let low)):
            low <= high
        case (.atLeast(let high), .atMost(let low)): low < high
        case (.below(let low), .above(let high)), (.below(let low), .atLeast(let high)),
            (.atMost(let low), .above(let high)):
            high >= low
        case (.atMost(let low), .atLeast(let high)): high > low
        default: false
        }
    }
}
