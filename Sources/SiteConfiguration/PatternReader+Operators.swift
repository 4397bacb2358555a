import Correlation
import SafetyModel

extension PatternReader {
    /// `{held: condition, for: 60 s}`.
    mutating func readHeld(_ table: Table) -> Pattern? {
        table.require("for", fix: "Write `for: 60 s`.")
        let span = table.duration("for", in: Self.spanRange)
        let condition = readCondition(table, "held")
        guard let span, let condition else { return nil }
        guard condition.signal != .call else {
            log.error(
                at: table.mark(of: "held"), "The rule can never match: a press is never held",
                why: "A key says that it was pressed, and not for how long",
                fix: "Write `\(YAMLNode.words(condition))` alone, or count presses with `count`.")
            return nil
        }
        if let quiet = condition.quietAfter, quiet < span {
            log.error(
                at: table.mark(of: "clear"), "The condition ends before it was held long enough",
                why: "It only holds while its device says it again, within \(YAMLNode.show(quiet))",
                fix: "Write a longer time into `clear`, or a shorter one into `for`.")
        }
        return .held(condition, for: span)
    }

    /// `{all_of: [...], within: 5 min}`.
    mutating func readAll(_ table: Table, _ depth: Int) -> Pattern? {
        table.require("within", fix: "Write `within: 5 min`.")
        let span = table.duration("within", in: Self.spanRange)
        guard let parts = parts(table, "all_of", depth), let span else { return nil }
        for (index, part) in parts.enumerated() {
            let mark = table["all_of"]?.list?[index].mark ?? table.mark
            if parts[..<index].contains(part) {
                log.error(
                    at: mark, "`all_of` names the same thing twice",
                    why: "One device would fulfil both at once",
                    fix: "For two devices write `{count: 2, of: smoke, distinct: device, within: 5 min}`.")
            }
            if case .absent(let quiet, let long) = part, long > span,
                let needed = parts.flatMap(\.needed).first(where: { quiet.contains($0) })
            {
                log.error(
                    at: mark,
                    "The rule can never match: `\(YAMLNode.words(needed))` is required and must be absent",
                    why: "It would have to happen within \(YAMLNode.show(span)), "
                        + "and not to happen for \(YAMLNode.show(long))",
                    fix: "Take it out of one of the two, or write a `sequence`.")
            }
        }
        return .allOf(parts, within: span)
    }

    /// `{sequence: [...], within: 10 min}`.
    mutating func readSequence(_ table: Table, _ depth: Int) -> Pattern? {
        let span = table.duration("within", in: Self.absenceRange)
        guard let parts = parts(table, "sequence", depth) else { return nil }
        let mark = table.mark(of: "sequence")
        guard parts.count > 1 else {
            log.error(
                at: mark, "A sequence of one is no sequence", why: "There is nothing to come after it",
                fix: "Add what follows, or write the condition alone.")
            return nil
        }
        guard parts.contains(where: { !$0.isAbsence }) else {
            log.error(
                at: mark, "The sequence waits for nothing but silence", why: "It would have no beginning",
                fix: "Begin with what happens first: `[door opened, {absent: motion, for: 10 min}]`.")
            return nil
        }
        for (index, part) in parts.enumerated() where part.holdsSequence {
            log.error(
                at: table["sequence"]?.list?[index].mark ?? mark, "A sequence stands inside another one",
                why: "Its parts would have no order among the others",
                fix: "Write its elements into the outer sequence.")
        }
        if table["within"] == nil, parts.dropFirst().contains(where: { !$0.isAbsence }) {
            table.require(
                "within", why: "It would wait for its next element for ever", fix: "Write `within: 10 min`.")
        }
        guard let span else { return table["within"] == nil ? .sequence(parts, within: nil) : nil }
        let silence = parts.dropFirst().reduce(Duration.zero) { $0 + ($1.absence ?? .zero) }
        guard silence <= span else {
            log.error(
                at: table.mark(of: "within"),
                "The rule can never match: its window is shorter than the absences in it",
                why: "They take \(YAMLNode.show(silence)) by themselves",
                fix: "Write `within: \(YAMLNode.show(silence))` or more, or leave it out after an absence.")
            return nil
        }
        return .sequence(parts, within: span)
    }

    /// `{absent: [motion, door opened], for: 12 h}`.
    mutating func readAbsence(_ table: Table) -> Pattern? {
        table.require("for", fix: "Write `for: 10 min`.")
        let span = table.duration("for", in: Self.absenceRange)
        let nodes = table.list("absent")
        if nodes.isEmpty {
            log.error(
                at: table.mark(of: "absent"), "`absent` names nothing", why: "There is always nothing",
                fix: "Write `absent: motion`, or a list.")
        }
        var conditions: [Condition] = []
        for node in nodes {
            guard let condition = readCondition(node) else { return nil }
            if conditions.contains(condition) {
                log.error(at: node.mark, "`absent` names the same thing twice", fix: "Remove one of them.")
            }
            conditions.append(condition)
        }
        guard let span, !conditions.isEmpty else { return nil }
        return .absent(conditions, for: span)
    }

    /// `{count: 2, of: smoke alarm, distinct: home, within: 10 min}`.
    mutating func readCount(_ table: Table) -> Pattern? {
        table.require("of", fix: "Write `of: smoke alarm`.")
        table.require("within", fix: "Write `within: 10 min`.")
        let count = table.count("count", in: 2...Limits.countLimit)
        let span = table.duration("within", in: Self.spanRange)
        let words = Pattern.Distinct.allCases.map(\.name)
        let distinct = table.word("distinct", of: words) { word in
            Pattern.Distinct.allCases.first { $0.name == word }
        }
        guard let node = table["of"], let condition = readCondition(node), let count, let span,
            table["distinct"] == nil || distinct != nil
        else { return nil }
        if distinct == .place, condition.place != nil {
            log.error(
                at: table.mark(of: "distinct"),
                "The rule can never match: one place cannot be \(count) places",
                why: "The condition speaks of one place only",
                fix: "Remove `in ...`, or write `distinct: device`."
            )
        }
        return .count(count, of: condition, distinct: distinct, within: span)
    }

    /// `{change: temperature, by: 8 degC, within: 1 min}`.
    mutating func readChange(_ table: Table) -> Pattern? {
        table.require("by", fix: "Write `by: 8 degC`.")
        table.require("within", fix: "Write `within: 1 min`.")
        let span = table.duration("within", in: Self.spanRange)
        let falls = table.flag("falls") ?? false
        guard let node = table["change"], let text = node.text else {
            log.error(
                at: table.mark(of: "change"), "`change` should name a signal", fix: "Write `temperature`.")
            return nil
        }
        switch ConditionWords.parseNumber(text) {
        case .fault(let what, let fix):
            log.error(at: node.mark, what, fix: fix)
            return nil
        case .condition(var condition):
            if let place = condition.place { note(place, at: node.mark) }
            let (unit, range) = condition.signal.unitAndRange
            let most = range.upperBound - range.lowerBound
            // Direction is all that the comparison says: every reading passes it.
            let bound = Double.greatestFiniteMagnitude
            condition.raise = falls ? .below(bound) : .above(-bound)
            let step = table.number("by", in: 0.1...most, unit: unit)
            guard let step, let span else { return nil }
            return .change(condition, by: step, within: span)
        }
    }
}
