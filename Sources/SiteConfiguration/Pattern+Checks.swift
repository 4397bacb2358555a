import Correlation
import SafetyModel

extension Pattern {
    /// How many conditions stand in it.
    var conditionCount: Int { conditions.count }

    /// All conditions in it, from left to right.
    var conditions: [Condition] {
        switch self {
        case .condition(let condition), .held(let condition, _), .count(_, of: let condition, _, _),
            .change(let condition, _, _):
            [condition]
        case .anyOf(let parts), .allOf(let parts, _), .sequence(let parts, _): parts.flatMap(\.conditions)
        case .absent(let conditions, _): conditions
        case .unless(let pattern, let exception): pattern.conditions + exception.conditions
        }
    }

    /// How long nothing must happen, if it is an absence.
    var absence: Duration? {
        guard case .absent(_, let span) = self else { return nil }
        return span
    }

    var isAbsence: Bool { absence != nil }

    /// Whether a sequence stands somewhere in it.
    var holdsSequence: Bool {
        switch self {
        case .sequence: true
        case .anyOf(let parts), .allOf(let parts, _): parts.contains(where: \.holdsSequence)
        case .unless(let pattern, let exception): pattern.holdsSequence || exception.holdsSequence
        default: false
        }
    }

    /// What its counts tell apart.
    var distinctions: [Distinct] {
        switch self {
        case .count(_, of: _, let distinct, within: _): distinct.map { [$0] } ?? []
        case .anyOf(let parts), .allOf(let parts, _), .sequence(let parts, _): parts.flatMap(\.distinctions)
        case .unless(let pattern, let exception): pattern.distinctions + exception.distinctions
        default: []
        }
    }

    /// Whether one device alone fulfils it, whatever the others do.
    var isSingle: Bool {
        switch self {
        case .condition, .held, .change: true
        case .anyOf(let parts): parts.allSatisfy(\.isSingle)
        default: false
        }
    }

    /// Whether an absence inside a sequence begins its wait in it.
    var waitsAfterEvent: Bool {
        switch self {
        case .sequence(let parts, _): parts.dropFirst().contains(where: \.isAbsence)
        case .anyOf(let parts), .allOf(let parts, _): parts.contains(where: \.waitsAfterEvent)
        case .unless(let pattern, _): pattern.waitsAfterEvent
        default: false
        }
    }

    /// Whether it is over in the moment in which it becomes true.
    var isOverAtOnce: Bool {
        switch self {
        case .sequence, .change: true
        case .condition(let condition): condition.signal == .call && condition.quietAfter == nil
        case .anyOf(let parts): parts.contains(where: \.isOverAtOnce)
        case .unless(let pattern, _): pattern.isOverAtOnce
        default: false
        }
    }

    /// Conditions that must have happened for it.
    var needed: [Condition] {
        switch self {
        case .condition(let condition), .held(let condition, _), .count(_, of: let condition, _, _):
            [condition]
        case .allOf(let parts, _): parts.flatMap(\.needed)
        case .unless(let pattern, _): pattern.needed
        default: []
        }
    }

    /// Whether an exception is true whenever the pattern completes.
    func isAlwaysExcepted(by exception: Pattern) -> Bool {
        if self == exception { return true }
        if case .anyOf(let others) = exception, others.contains(where: { isAlwaysExcepted(by: $0) }) {
            return true
        }
        switch self {
        case .anyOf(let parts): return parts.allSatisfy { $0.isAlwaysExcepted(by: exception) }
        case .unless(let pattern, _): return pattern.isAlwaysExcepted(by: exception)
        case .condition(let condition), .held(let condition, _), .count(_, of: let condition, _, _):
            guard case .condition(let other) = exception else { return false }
            return condition.implies(other)
        default: return false
        }
    }

    /// Whether the other pattern is true whenever this one is: then this one adds nothing to it.
    ///
    /// All of several, sequences and counts are looked at as a whole only: they confirm, which is their use.
    func isCovered(by other: Pattern) -> Bool {
        if self == other { return true }
        if case .anyOf(let parts) = self { return parts.allSatisfy { $0.isCovered(by: other) } }
        if case .anyOf(let others) = other { return others.contains { isCovered(by: $0) } }
        switch (self, other) {
        case (.unless(let mine, _), _): return mine.isCovered(by: other)
        case (.condition(let mine), .condition(let theirs)): return mine.implies(theirs)
        case (.held(let mine, let span), .held(let theirs, let least)):
            return span >= least && mine.implies(theirs)
        default: return false
        }
    }
}

extension Condition {
    /// Whether the other condition is true whenever this one is.
    func implies(_ other: Condition) -> Bool {
        signal == other.signal && raise.implies(other.raise) && (other.place == nil || other.place == place)
    }
}

extension Comparison {
    /// Whether a reading that passes this one passes the other too.
    func implies(_ other: Comparison) -> Bool {
        switch (self, other) {
        case (.above(let mine), .above(let theirs)), (.atLeast(let mine), .atLeast(let theirs)),
            (.above(let mine), .atLeast(let theirs)):
            mine >= theirs
        case (.atLeast(let mine), .above(let theirs)): mine > theirs
        case (.below(let mine), .below(let theirs)), (.atMost(let mine), .atMost(let theirs)),
            (.below(let mine), .atMost(let theirs)):
            mine <= theirs
        case (.atMost(let mine), .below(let theirs)): mine < theirs
        default: self == other
        }
    }

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

extension YAMLNode {
    /// A condition as the files write it.
    static func words(_ condition: Condition) -> String {
        let comparison: String =
            switch condition.raise {
            case .isOn: ""
            case .isOff: " off"
            case .above(let limit): " > \(show(limit))"
            case .below(let limit): " < \(show(limit))"
            case .atLeast(let limit): " >= \(show(limit))"
            case .atMost(let limit): " <= \(show(limit))"
            case .isKey(let key): " \(key.name)"
            }
        return condition.signal.name + comparison + (condition.place.map { " in \($0)" } ?? "")
    }
}
