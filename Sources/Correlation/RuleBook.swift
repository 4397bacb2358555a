public import SafetyModel

/// The rules of a site compiled for dispatch: an event touches only the conditions of its signal.
public struct RuleBook: Sendable {
    /// In the order of the site.
    public let rules: [Rule]
    /// All conditions of all rules.
    public let leaves: [Leaf]
    /// Home-wide patterns (those with `allOf`), as trees over leaves.
    public let composites: [Composite]
    /// Leaves by the raw value of their signal.
    private let leavesBySignal: [[UInt16]]

    /// One condition of one rule.
    public struct Leaf: Hashable, Sendable {
        /// The rule that found it.
        public var rule: Int
        /// What must be true.
        public var condition: Condition
        /// How long it must be true without a break; zero for at once.
        public var heldMilliseconds: Int64
        /// The composite it belongs to; nil when the rule finds each device for itself.
        public var composite: Int?
        /// How long its end is remembered for a window.
        public var memoryMilliseconds: Int64
        /// Whether only some places, devices or residents are meant.
        public var isFiltered: Bool
        /// Whether it can be answered from the stored reading alone.
        public var isStateless: Bool
    }

    /// A home-wide pattern.
    public struct Composite: Hashable, Sendable {
        /// The rule that found it.
        public var rule: Int
        /// The operator and its parts.
        public var node: Node
        /// The widest window in it, in milliseconds.
        public var windowMilliseconds: Int64
    }

    /// A pattern over leaves.
    public indirect enum Node: Hashable, Sendable {
        case leaf(UInt16)
        case any([Node])
        case all([Node], withinMilliseconds: Int64)
    }

    /// The most conditions in all rules of a site.
    public static let leafLimit = 4_096

    /// Compiles rules; the compiled-in life-safety rules always come first.
    public init(rules siteRules: [Rule]) {
        var compiler = RuleCompiler()
        let all = Rule.lifeSafety + siteRules
        for (index, rule) in all.enumerated() { compiler.add(rule, at: index) }
        precondition(
            compiler.leaves.count <= Self.leafLimit, "Configuration bounds the number of conditions.")
        rules = all
        leaves = compiler.leaves
        composites = compiler.composites
        var bySignal = [[UInt16]](repeating: [], count: 256)
        for (index, leaf) in compiler.leaves.enumerated() {
            bySignal[Int(leaf.condition.signal.rawValue)].append(UInt16(index))
        }
        leavesBySignal = bySignal
    }

    /// The conditions that look at a signal.
    public func leaves(for signal: Signal) -> [UInt16] { leavesBySignal[Int(signal.rawValue)] }

    /// Whether a leaf's filters let this device pass.
    public func passes(_ leaf: Leaf, device index: DeviceIndex, community: Community) -> Bool {
        let rule = rules[leaf.rule]
        let device = community.devices[index.int]
        if !rule.places.isEmpty && !rule.places.contains(device.place) { return false }
        if !rule.devices.isEmpty && !rule.devices.contains(device.id) { return false }
        guard let condition = rule.residentCondition else { return true }
        return community.homes[device.home.int].residents.contains { $0.conditions.contains(condition) }
    }
}

/// Breaks patterns into leaves and composites.
struct RuleCompiler {
    var leaves: [RuleBook.Leaf] = []
    var composites: [RuleBook.Composite] = []

    mutating func add(_ rule: Rule, at index: Int) {
        for alternative in alternatives(of: rule.when) {
            switch alternative {
            case .condition, .held:
                _ = leaf(alternative, of: rule, at: index, composite: nil, memory: 0)
            case .anyOf, .allOf:
                let place = composites.count
                let window = widestWindow(in: alternative)
                composites.append(
                    RuleBook.Composite(rule: index, node: .any([]), windowMilliseconds: window))
                composites[place].node = node(
                    alternative, of: rule, at: index, composite: place, memory: window)
            }
        }
    }

    /// Top-level alternatives are found each for itself.
    private func alternatives(of pattern: Pattern) -> [Pattern] {
        guard case .anyOf(let patterns) = pattern else { return [pattern] }
        return patterns.flatMap { alternatives(of: $0) }
    }

    private func widestWindow(in pattern: Pattern) -> Int64 {
        switch pattern {
        case .condition, .held: 0
        case .anyOf(let patterns): patterns.map { widestWindow(in: $0) }.max() ?? 0
        case .allOf(let patterns, let within):
            max(within.wholeMilliseconds, patterns.map { widestWindow(in: $0) }.max() ?? 0)
        }
    }

    private mutating func node(
        _ pattern: Pattern, of rule: Rule, at index: Int, composite: Int, memory: Int64
    ) -> RuleBook.Node {
        switch pattern {
        case .condition, .held:
            return .leaf(leaf(pattern, of: rule, at: index, composite: composite, memory: memory))
        case .anyOf(let patterns):
            return .any(
                patterns.map { node($0, of: rule, at: index, composite: composite, memory: memory) })
        case .allOf(let patterns, let within):
            return .all(
                patterns.map { node($0, of: rule, at: index, composite: composite, memory: memory) },
                withinMilliseconds: within.wholeMilliseconds)
        }
    }

    private mutating func leaf(
        _ pattern: Pattern, of rule: Rule, at index: Int, composite: Int?, memory: Int64
    ) -> UInt16 {
        let (condition, held) = Self.parts(of: pattern)
        leaves.append(
            RuleBook.Leaf(
                rule: index, condition: condition, heldMilliseconds: held, composite: composite,
                memoryMilliseconds: memory,
                isFiltered: !rule.places.isEmpty || !rule.devices.isEmpty || rule.residentCondition != nil,
                isStateless: composite == nil && held == 0 && condition.clear == nil))
        return UInt16(leaves.count - 1)
    }

    private static func parts(of pattern: Pattern) -> (Condition, Int64) {
        switch pattern {
        case .condition(let condition): return (condition, 0)
        case .held(let condition, let span): return (condition, span.wholeMilliseconds)
        case .anyOf, .allOf: preconditionFailure("Only conditions become leaves.")
        }
    }
}
