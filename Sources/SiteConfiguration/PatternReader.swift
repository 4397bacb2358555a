import Correlation
import Foundation
import SafetyModel

/// Reads the `when` of a rule: conditions as text, operators as tables.
///
/// | operator | written |
/// |---|---|
/// | condition | `smoke alarm`, `temperature > 57 degC in kitchen`, `call cancel` |
/// | with an end of its own | `{raise: temperature > 57, clear: temperature < 50}` |
/// | ends when not said again | `{raise: motion, clear: {absent: motion, for: 10 min}}` |
/// | held | `smoke held for 60 s`, `{held: temperature > 57, for: 60 s, clear: temperature < 45}` |
/// | any of | `{any_of: [smoke, gas]}` |
/// | all of | `{all_of: [smoke, gas], within: 5 min}` |
/// | sequence | `{sequence: [door opened, {absent: door closed, for: 10 min}], within: 1 h}` |
/// | absence | `{absent: [motion, door opened], for: 12 h}` |
/// | count | `{count: 2, of: smoke, distinct: device, within: 10 min}` |
/// | rate of change | `{change: temperature, by: 8 degC, within: 1 min}`, with `falls: true` for a fall |
/// | unless | `unless: test` beside any operator, or in the rule |
struct PatternReader {
    let log: ProblemLog
    /// Places named in conditions.
    private(set) var places: [Marked<String>] = []

    /// Operators and the keys that may stand beside each.
    static let companions: [(key: String, beside: [String])] = [
        ("any_of", []), ("all_of", ["within"]), ("sequence", ["within"]), ("absent", ["for"]),
        ("count", ["of", "distinct", "within"]), ("change", ["by", "within", "falls"]),
        ("held", ["for", "clear"]), ("raise", ["clear"]),
    ]
    static let companionKeys = ["within", "for", "clear", "of", "distinct", "by", "falls"]
    static let quietKeys = ["absent", "for"]
    static let keys = companions.map(\.key) + companionKeys + ["unless"]
    /// How long a condition may have to hold, and how far apart the parts of a pattern may lie.
    static let spanRange = Duration.seconds(1)...Duration.hours(24)
    /// How long nothing may have to happen, and how long a sequence may take, the absences in it included.
    static let absenceRange = Duration.seconds(1)...Duration.hours(72)

    init(log: ProblemLog) { self.log = log }

    mutating func read(_ node: YAMLNode) -> Pattern? {
        let pattern = read(node, depth: 1)
        if let pattern, pattern.conditionCount > Limits.conditionsPerRuleLimit {
            log.error(
                at: node.mark, "The rule has more than \(Limits.conditionsPerRuleLimit) conditions",
                fix: "Split it into several rules.")
        }
        return pattern
    }

    /// Reads a pattern at a depth; operators come back here for their parts.
    mutating func read(_ node: YAMLNode, depth: Int) -> Pattern? {
        guard depth <= Limits.patternDepthLimit else {
            log.error(
                at: node.mark, "The pattern is nested deeper than \(Limits.patternDepthLimit) levels",
                fix: "Split it into several rules.")
            return nil
        }
        guard node.table != nil else { return readText(node) }
        guard let table = Table(node, "a pattern", keys: Self.keys, log: log) else { return nil }
        let pattern = readOperator(table, depth)
        guard let node = table["unless"] else { return pattern }
        let exception = read(node, depth: depth + 1)
        guard let pattern, let exception else { return nil }
        return unless(pattern, exception, at: node.mark)
    }

    /// A pattern with an exception, both of them checked against each other.
    func unless(_ pattern: Pattern, _ exception: Pattern, at mark: Mark) -> Pattern? {
        if exception.isOverAtOnce {
            log.error(
                at: mark, "`unless` needs something that can be true for a while",
                why: "A sequence, a change or a press is over in the moment in which it happens",
                fix: "Write a condition, `held`, `all_of`, `count` or `absent`.")
            return nil
        }
        if pattern.isAlwaysExcepted(by: exception) {
            log.error(
                at: mark, "The rule can never match: what it waits for is its own exception",
                why: "Whenever the pattern is true, `unless` is true too",
                fix: "Write something else into `unless`, or remove it.")
        }
        return .unless(pattern, exception)
    }

    /// A condition, or `condition held for 60 s`.
    private mutating func readText(_ node: YAMLNode) -> Pattern? {
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

    private mutating func readOperator(_ table: Table, _ depth: Int) -> Pattern? {
        let present = Self.companions.filter { table[$0.key] != nil }
        guard present.count == 1 else {
            log.error(
                at: table.mark,
                present.isEmpty ? "The pattern has no operator" : "The pattern has two operators",
                fix: "Write exactly one of \(Self.companions.map(\.key).joined(separator: ", ")); "
                    + "nest the other as an element.")
            return nil
        }
        let (name, beside) = present[0]
        for key in Self.companionKeys where !beside.contains(key) {
            guard let entry = table.entry(key) else { continue }
            log.error(
                at: entry.mark, "`\(key)` does nothing beside `\(name)`",
                why: "The rule would mean something else", fix: "Remove it, or write it where it belongs.")
        }
        switch name {
        case "any_of": return parts(table, name, depth).map { .anyOf($0) }
        case "all_of": return readAll(table, depth)
        case "sequence": return readSequence(table, depth)
        case "absent": return readAbsence(table)
        case "count": return readCount(table)
        case "change": return readChange(table)
        case "held": return readHeld(table)
        default: return readCondition(table, "raise").map { .condition($0) }
        }
    }

    /// The elements of an operator.
    mutating func parts(_ table: Table, _ key: String, _ depth: Int) -> [Pattern]? {
        guard let node = table[key] else { return nil }
        guard let list = node.list, !list.isEmpty else {
            log.error(
                at: node.mark, "`\(key)` should be a list of conditions", fix: "Write `\(key): [smoke, gas]`."
            )
            return nil
        }
        var parts: [Pattern] = []
        for node in list {
            guard let part = read(node, depth: depth + 1) else { continue }
            parts.append(part)
        }
        return parts.count == list.count ? parts : nil
    }

    /// A condition with its `clear`.
    mutating func readCondition(_ table: Table, _ key: String) -> Condition? {
        guard let node = table[key], var condition = readCondition(node) else { return nil }
        guard let clearNode = table["clear"] else { return condition }
        if clearNode.table != nil { return readQuiet(clearNode, ending: condition) }
        guard let clear = readCondition(clearNode) else { return nil }
        guard clear.signal == condition.signal, clear.raise.isOpposite(of: condition.raise),
            clear.place == nil || clear.place == condition.place
        else {
            log.error(
                at: clearNode.mark, "`clear` does not end the condition \"\(node.text?.quoted ?? "")\"",
                why: "It must speak of the same signal, the other way round",
                fix: "For example `raise: temperature > 57` and `clear: temperature < 50`.")
            return nil
        }
        condition.clear = clear.raise
        return condition
    }

    /// `clear: {absent: motion, for: 10 min}`: it ends when it was not said again for so long.
    private mutating func readQuiet(_ node: YAMLNode, ending condition: Condition) -> Condition? {
        guard let table = Table(node, "`clear`", keys: Self.quietKeys, log: log) else { return nil }
        table.require("absent", fix: "Write `clear: {absent: motion, for: 10 min}`.")
        table.require("for", fix: "Write `clear: {absent: motion, for: 10 min}`.")
        let span = table.duration("for", in: Self.absenceRange)
        guard let quietNode = table["absent"], let quiet = readCondition(quietNode), let span else {
            return nil
        }
        guard quiet.signal == condition.signal, quiet.raise == condition.raise,
            quiet.place == nil || quiet.place == condition.place
        else {
            log.error(
                at: quietNode.mark, "`clear` waits for the absence of something else than the condition",
                why: "A condition ends when it is itself not said again",
                fix: "Write the condition of `raise` there.")
            return nil
        }
        var ended = condition
        ended.quietAfter = span
        return ended
    }

    /// A condition as text.
    mutating func readCondition(_ node: YAMLNode) -> Condition? {
        guard let text = node.text else {
            log.error(
                at: node.mark, "Here should stand a condition, not \(node.shape)",
                fix: node.list == nil
                    ? "For example `smoke alarm`."
                    : "Say how they belong together: `{any_of: [...]}`, `{all_of: [...], within: 5 min}` "
                        + "or `{sequence: [...], within: 10 min}`.")
            return nil
        }
        switch ConditionWords.parse(text) {
        case .condition(let condition):
            if let place = condition.place { note(place, at: node.mark) }
            return condition
        case .fault(let what, let fix):
            log.error(at: node.mark, what, fix: fix)
            return nil
        }
    }

    /// Remembers a place that a condition names.
    mutating func note(_ place: String, at mark: Mark) { places.append(Marked(value: place, mark: mark)) }
}
