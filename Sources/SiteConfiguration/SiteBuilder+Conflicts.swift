import Correlation
import SafetyModel

/// Rules that say the same twice, say less than another one, or contradict it.
extension SiteBuilder {
    mutating func checkConflicts() {
        var byKind: [AlarmKind: [Int]] = [:]
        for index in rules.indices { byKind[rules[index].rule.alarm, default: []].append(index) }
        for index in rules.indices {
            let rule = rules[index].rule
            if let built = Rule.lifeSafety.first(where: { rule.isShadowed(by: $0) }) {
                reportCompiledIn(index, built)
                continue
            }
            // One reason is enough.
            _ = (byKind[rule.alarm] ?? []).first { $0 != index && reports(index, against: $0) }
        }
    }

    private mutating func reportCompiledIn(_ index: Int, _ built: Rule) {
        let rule = rules[index].rule
        let place = Place(file: rulePlaces[index].file, at: rules[index].whenMark)
        if rule.alarm == built.alarm {
            problems.error(
                at: place, "The rule \(rule.id) says what the compiled-in rule \(built.id) says already",
                why: "That one is always on, and no `unless`, place or time of a rule holds it back",
                fix: "Remove the rule; to confirm an alarm, wait for something more with `all_of`.")
        } else {
            problems.warning(
                at: place,
                "The compiled-in rule \(built.id) already raises `\(built.alarm.name)` for this",
                why: "Responders would get a second alarm `\(rule.alarm.name)` of the same moment",
                fix: "Remove the rule, or wait for something more with `all_of`, `held` or `sequence`.")
        }
    }

    /// Compares a rule with another one of the same kind of alarm.
    ///
    /// - Returns: whether there was something to report.
    private mutating func reports(_ index: Int, against other: Int) -> Bool {
        let (rule, first) = (rules[index].rule, rules[other].rule)
        // Where a resident has bounds of his own, the other rule has other numbers there.
        if first.hasPersonalBounds, !rule.hasPersonalBounds, !boundsDrafts.isEmpty { return false }
        guard rule.isShadowed(by: first) else { return false }
        // Of two that say the same, the later is reported.
        let isSame = first.isShadowed(by: rule)
        if isSame, index < other { return false }
        let place = Place(file: rulePlaces[index].file, at: rules[index].whenMark)
        let there = rulePlaces[other].text
        if isSame, rule.urgency != first.urgency {
            problems.error(
                at: place, "The rule \(rule.id) contradicts the rule \(first.id) at \(there)",
                why: "The same pattern would be \(rule.urgency.name) and \(first.urgency.name)",
                fix: "Remove one of the two.")
        } else if isSame {
            problems.error(
                at: place, "The rule \(rule.id) says the same as the rule \(first.id) at \(there)",
                why: "Every such alarm would come twice", fix: "Remove one of the two.")
        } else if rule.urgency >= first.urgency {
            problems.warning(
                at: place, "The rule \(rule.id) is in the shadow of the rule \(first.id) at \(there)",
                why: "Whenever it matches, that one has matched too, and is at least as urgent",
                fix: "Remove it, make it more urgent, or give it an alarm of its own.")
        } else {
            return false
        }
        return true
    }
}

extension Rule {
    /// Whether the other rule matches whenever this one does.
    func isShadowed(by other: Rule) -> Bool {
        guard scope == .home, other.scope == .home, when.isCovered(by: other.when) else { return false }
        if !other.places.isEmpty, places.isEmpty || !places.allSatisfy(other.places.contains) { return false }
        if !other.devices.isEmpty, devices.isEmpty || !devices.allSatisfy(other.devices.contains) {
            return false
        }
        if let wanted = other.residentCondition, residentCondition != wanted { return false }
        return other.during == nil || other.during == during
    }
}
