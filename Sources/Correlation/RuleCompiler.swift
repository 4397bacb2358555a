import SafetyModel

/// Breaks patterns into leaves and automata.
struct RuleCompiler {
    var leaves: [RuleBook.Leaf] = []
    /// What the leaves say, in the same order.
    private(set) var conditions: [Condition] = []
    var automata: [Automaton] = []
    private var nodes: [Automaton.Node] = []
    private var silences: [Int] = []
    /// The leaf of each node that is one; -1 for operators.
    private var leafOfNode: [Int] = []
    private var filters: [DeviceCriteria: Int] = [:]
    /// Every filter that some condition needs, in the order of first appearance.
    private(set) var criteria: [DeviceCriteria] = []

    mutating func add(_ rule: Rule, at index: Int) {
        for (number, alternative) in grouped(alternatives(of: rule.when)).enumerated() {
            if case .condition(let condition) = alternative, condition.clear == nil,
                condition.quietAfter == nil, rule.during == nil
            {
                addLeaf(condition, LeafPlan(), of: rule, at: index, automaton: nil)
                continue
            }
            nodes.removeAll()
            silences.removeAll()
            leafOfNode.removeAll()
            _ = node(alternative, of: rule, at: index, isTracked: true)
            let isPerDevice = Self.isPerDevice(alternative)
            automata.append(
                Automaton(
                    rule: index, alternative: number, scope: isPerDevice ? .home : rule.scope,
                    isPerDevice: isPerDevice, during: rule.during, nodes: nodes, silences: silences,
                    leafOfNode: leafOfNode))
        }
    }

    /// Top-level alternatives are found each for itself.
    private func alternatives(of pattern: Pattern) -> [Pattern] {
        guard case .anyOf(let patterns) = pattern else { return [pattern] }
        return patterns.flatMap { alternatives(of: $0) }
    }

    /// Alternatives of the whole home are one: their alarm is the same.
    private func grouped(_ alternatives: [Pattern]) -> [Pattern] {
        let wide = alternatives.filter { !Self.isPerDevice($0) }
        guard wide.count > 1 else { return alternatives }
        return alternatives.filter { Self.isPerDevice($0) } + [.anyOf(wide)]
    }

    private static func isPerDevice(_ pattern: Pattern) -> Bool {
        switch pattern {
        case .condition, .held, .change: true
        default: false
        }
    }

    private mutating func add(_ node: Automaton.Node) -> Int {
        nodes.append(node)
        if leafOfNode.count < nodes.count { leafOfNode.append(-1) }
        return nodes.count - 1
    }

    /// - Parameter isTracked: whether somebody asks how long it is true; otherwise only completions count.
    private mutating func node(
        _ pattern: Pattern, of rule: Rule, at index: Int, isTracked: Bool
    ) -> Int {
        switch pattern {
        case .condition, .held, .change:
            return leaf(pattern, of: rule, at: index, isTracked: isTracked)
        case .anyOf(let parts):
            return add(.any(parts.map { node($0, of: rule, at: index, isTracked: isTracked) }))
        case .allOf(let parts, let within):
            return add(
                .all(
                    parts.map { node($0, of: rule, at: index, isTracked: true) },
                    within: within.wholeMilliseconds))
        case .sequence(let parts, let within):
            return sequence(parts, within, of: rule, at: index)
        case .absent(let conditions, let span):
            let parts = breakers(conditions, of: rule, at: index)
            silences.append(nodes.count)
            return add(.absent(parts, length: span.wholeMilliseconds, isElement: false))
        case .count(let count, let condition, let distinct, let within):
            let child = node(.condition(condition), of: rule, at: index, isTracked: false)
            return add(
                .count(
                    CountPlan(
                        child: child, count: count, distinct: distinct, within: within.wholeMilliseconds)))
        case .unless(let wanted, let unwanted):
            let first = node(wanted, of: rule, at: index, isTracked: true)
            let second = node(unwanted, of: rule, at: index, isTracked: true)
            return add(.unless(first, second))
        }
    }

    private mutating func sequence(
        _ parts: [Pattern], _ within: Duration?, of rule: Rule, at index: Int
    ) -> Int {
        var isLeading = true
        let elements = parts.map { part -> SequencePlan.Element in
            guard case .absent(let conditions, let span) = part else {
                isLeading = false
                return .event(node(part, of: rule, at: index, isTracked: false))
            }
            let breakers = breakers(conditions, of: rule, at: index)
            if isLeading { silences.append(nodes.count) }
            let length = span.wholeMilliseconds
            return .absence(add(.absent(breakers, length: length, isElement: true)), length)
        }
        return add(
            .sequence(
                SequencePlan(
                    elements: elements, within: within?.wholeMilliseconds, restarts: rule.restarts)))
    }

    private mutating func breakers(_ conditions: [Condition], of rule: Rule, at index: Int) -> [Int] {
        conditions.map { condition in
            var plan = LeafPlan(quiet: condition.quietAfter?.wholeMilliseconds ?? 0)
            plan.breaksSilence = true
            plan.isTracked = Self.needsTracking(condition)
            return leaf(condition, plan, of: rule, at: index)
        }
    }

    private mutating func leaf(_ pattern: Pattern, of rule: Rule, at index: Int, isTracked: Bool) -> Int {
        var plan = LeafPlan()
        let condition: Condition
        switch pattern {
        case .held(let held, let span):
            condition = held
            plan.held = span.wholeMilliseconds
        case .change(let changing, let step, let window):
            condition = changing
            plan.window = max(1, window.wholeMilliseconds)
            plan.step = Self.falls(changing.raise) ? -step : step
        case .condition(let single): condition = single
        default: preconditionFailure("Only conditions become leaves.")
        }
        plan.quiet = condition.quietAfter?.wholeMilliseconds ?? 0
        plan.isTracked =
            isTracked || plan.held > 0 || plan.isChange || Self.needsTracking(condition)
        return leaf(condition, plan, of: rule, at: index)
    }

    private static func needsTracking(_ condition: Condition) -> Bool {
        condition.clear != nil || condition.quietAfter != nil
    }

    private static func falls(_ comparison: Comparison) -> Bool {
        switch comparison {
        case .below, .atMost: true
        default: false
        }
    }

    private mutating func leaf(
        _ condition: Condition, _ plan: LeafPlan, of rule: Rule, at index: Int
    ) -> Int {
        leafOfNode.append(leaves.count)
        addLeaf(condition, plan, of: rule, at: index, automaton: automata.count)
        return add(.leaf(plan))
    }

    private mutating func addLeaf(
        _ condition: Condition, _ plan: LeafPlan, of rule: Rule, at index: Int, automaton: Int?
    ) {
        conditions.append(condition)
        leaves.append(
            RuleBook.Leaf(
                rule: index, condition: condition, automaton: automaton, node: nodes.count, plan: plan,
                filter: filter(DeviceCriteria(condition, of: rule)),
                isPersonal: rule.hasPersonalBounds && !plan.isChange && condition.raise.limit != nil))
    }

    private mutating func filter(_ wanted: DeviceCriteria) -> Int? {
        if wanted.isEmpty { return nil }
        if let known = filters[wanted] { return known }
        filters[wanted] = criteria.count
        criteria.append(wanted)
        return criteria.count - 1
    }
}
