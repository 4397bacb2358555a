public import SafetyModel

/// The rules of a site compiled for dispatch: an event touches only the conditions of its signal.
///
/// Immutable, so it is shared freely.
public final class RuleBook: Sendable {
    /// In the order of the site; the compiled-in life-safety rules come first.
    public let rules: [Rule]
    /// All conditions of all rules.
    public let leaves: [Leaf]
    /// The same conditions as the rules say them.
    let conditions: [Condition]
    /// Patterns that remember something: every alternative of a rule that one reading cannot answer.
    public let automata: [Automaton]
    /// Local civil time, for schedules.
    public let calendar: CivilCalendar
    /// Scopes wider than a home that some rule has.
    public let wideScopes: [Rule.Scope]
    /// Whether some rule has a schedule, so that the wall clock matters.
    public let hasSchedules: Bool
    /// Signals whose repetition means something to a rule, as bits by raw value.
    public let repeatedSignals: UInt64
    /// Signals that some condition looks at, as bits by raw value.
    private let heardSignals: UInt64
    /// Leaves by scope and by the raw value of their signal.
    private let dispatch: [[UInt16]]
    /// The devices that pass, for every set of places, devices and residents that some rule names.
    let filters: [DeviceFilter]
    /// The bounds of each device whose wearer has his own; empty where no rule asks for them.
    let boundsOfDevice: [Int32: [VitalBounds]]

    /// One condition of one rule.
    ///
    /// Every event passes it from hand to hand, so it holds no reference: a copy of it counts nothing.
    public struct Leaf: Sendable {
        /// The rule that found it.
        public let rule: Int
        /// The signal that it looks at.
        public let signal: Signal
        /// What begins it.
        private(set) var raise: Comparison
        /// What ends it; nil when `raise` is no longer true.
        private(set) var clear: Comparison?
        /// The automaton that it moves; nil when it can be answered from the stored reading alone.
        public let automaton: Int?
        /// Its node in the automaton.
        public let node: Int
        /// How it is timed.
        let plan: LeafPlan
        /// Its place among the book's filters; nil when every device is meant.
        let filter: Int?
        /// Whether a resident's own bound may stand in place of its number.
        let isPersonal: Bool

        init(
            rule: Int, condition: Condition, automaton: Int?, node: Int, plan: LeafPlan, filter: Int?,
            isPersonal: Bool
        ) {
            self.rule = rule
            signal = condition.signal
            raise = condition.raise
            clear = condition.clear
            self.automaton = automaton
            self.node = node
            self.plan = plan
            self.filter = filter
            self.isPersonal = isPersonal
        }

        /// The same with a person's bound in place of its number, where the person has one.
        func moved(to bounds: [VitalBounds]) -> Leaf {
            var own = self
            if let moved = Condition(signal, raise, clear: clear).moved(to: bounds) {
                own.raise = moved.raise
                own.clear = moved.clear
            }
            return own
        }

        /// Whether it can be answered from the stored reading alone.
        public var isStateless: Bool { automaton == nil }
    }

    /// The most conditions in all rules of a site.
    public static let leafLimit = 4_096

    /// Compiles rules; the compiled-in life-safety rules always come first.
    ///
    /// - Parameter community: the homes and devices that filters are worked out for; without one, no device
    ///   passes a filter.
    public init(
        rules siteRules: [Rule], calendar: CivilCalendar = .utc,
        community: Community = Community(homes: [], devices: [], responders: [])
    ) {
        var compiler = RuleCompiler()
        let all = Rule.lifeSafety + siteRules
        for (index, rule) in all.enumerated() { compiler.add(rule, at: index) }
        precondition(
            compiler.leaves.count <= Self.leafLimit, "Configuration bounds the number of conditions.")
        rules = all
        leaves = compiler.leaves
        conditions = compiler.conditions
        automata = compiler.automata
        let selector = compiler.criteria.isEmpty ? nil : DeviceSelector(community)
        filters = compiler.criteria.compactMap { selector?.filter($0) }
        boundsOfDevice =
            all.contains(where: \.hasPersonalBounds) ? Self.boundsOfDevices(in: community) : [:]
        self.calendar = calendar
        wideScopes = Rule.Scope.allCases.filter { scope in
            scope != .home && compiler.automata.contains { $0.scope == scope }
        }
        hasSchedules = all.contains { $0.during != nil }
        var dispatch = [[UInt16]](repeating: [], count: Rule.Scope.allCases.count * Self.signalLimit)
        var repeated: UInt64 = 0
        var heard: UInt64 = 0
        for (index, leaf) in compiler.leaves.enumerated() {
            let scope = leaf.automaton.map { compiler.automata[$0].scope } ?? .home
            let signal = Int(leaf.signal.rawValue)
            dispatch[Int(scope.rawValue) * Self.signalLimit + signal].append(UInt16(index))
            heard |= 1 << UInt64(signal)
            if leaf.plan.wantsRepetition { repeated |= 1 << UInt64(signal) }
        }
        self.dispatch = dispatch
        repeatedSignals = repeated
        heardSignals = heard
    }

    /// The most raw values of signals; they stand in a word of bits.
    static let signalLimit = 64

    /// The conditions of a scope that look at a signal.
    public func leaves(for signal: Signal, scope: Rule.Scope = .home) -> [UInt16] {
        dispatch[Int(scope.rawValue) * Self.signalLimit + Int(signal.rawValue)]
    }

    /// Whether a value that is said again means something to a rule.
    public func hearsRepetition(of signal: Signal) -> Bool {
        repeatedSignals & (1 << UInt64(signal.rawValue)) != 0
    }

    /// Whether some condition looks at a signal.
    public func listens(to signal: Signal) -> Bool {
        heardSignals & (1 << UInt64(signal.rawValue)) != 0
    }

    /// Whether a leaf's filters let this device of the community pass; it compares no strings.
    public func passes(_ leaf: Leaf, device index: DeviceIndex) -> Bool {
        guard let filter = leaf.filter else { return true }
        return filters[filter].contains(index.int)
    }

    /// Whether one of the devices could break an absence: silence says something only where somebody could
    /// have spoken.
    func canBreak(
        _ node: Int, of automaton: Automaton, _ devices: some Collection<Int>, in community: Community
    ) -> Bool {
        guard case .absent(let parts, _, _) = automaton.nodes[node] else { return false }
        return parts.contains { part in
            let leaf = leaves[automaton.leafOfNode[part]]
            return devices.contains { device in
                community.devices[device].signals.contains(leaf.signal)
                    && passes(leaf, device: DeviceIndex(device))
            }
        }
    }
}

/// One alternative of a rule as a tree of operators over conditions; its state is a `MatchState`.
public final class Automaton: Sendable {
    /// The rule that found it.
    public let rule: Int
    /// Which of the rule's alternatives it is, from 0.
    public let alternative: Int
    /// Over which homes one match may stretch.
    public let scope: Rule.Scope
    /// Whether each device is found for itself, so that the alarm is the device's.
    public let isPerDevice: Bool
    /// Completions count only while it is open.
    public let during: Schedule?
    /// Operators, children before their parents; the root is the last.
    let nodes: [Node]
    /// Absences that count from the moment at which a home is in service, by node.
    let silences: [Int]
    /// The place among the book's conditions of each node that is one; -1 for operators.
    let leafOfNode: [Int]
    /// The widest window that looks back at what was true, in milliseconds.
    let memoryMilliseconds: Int64
    /// Where a state keeps when each node was true last; -1 where no operator looks back at it.
    let momentOfNode: [Int32]
    /// How many nodes some operator looks back at.
    let momentCount: Int
    /// Operators that time alone can move.
    let watchedNodes: [Int]
    /// Whether it counts distinct homes, places or devices.
    let countsDistinct: Bool
    /// The conditions that can move each node, as bits; all where time moves it too.
    ///
    /// Where none of them saw an event, nothing below the node moves.
    let reach: [UInt64]

    init(
        rule: Int, alternative: Int, scope: Rule.Scope, isPerDevice: Bool, during: Schedule?, nodes: [Node],
        silences: [Int], leafOfNode: [Int]
    ) {
        self.rule = rule
        self.alternative = alternative
        self.scope = scope
        self.isPerDevice = isPerDevice
        self.during = during
        self.nodes = nodes
        self.silences = silences
        self.leafOfNode = leafOfNode
        memoryMilliseconds =
            nodes.map { node in
                if case .all(_, let within) = node { within } else { 0 }
            }.max() ?? 0
        var places = [Int32](repeating: -1, count: nodes.count)
        var count = 0
        for case .all(let children, _) in nodes {
            for child in children where places[child] < 0 {
                places[child] = Int32(count)
                count += 1
            }
        }
        momentOfNode = places
        momentCount = count
        watchedNodes = nodes.indices.filter { place in
            switch nodes[place] {
            case .all, .count, .absent(_, _, false): true
            default: false
            }
        }
        countsDistinct = nodes.contains { node in
            if case .count(let plan) = node { plan.distinct != nil } else { false }
        }
        reach = Self.reach(of: nodes)
    }

    private static func reach(of nodes: [Node]) -> [UInt64] {
        var reach: [UInt64] = []
        for (place, node) in nodes.enumerated() {
            switch node {
            case .leaf: reach.append(bit(of: place))
            case .any(let children), .absent(let children, _, _):
                reach.append(children.reduce(0) { $0 | reach[$1] })
            case .all, .count: reach.append(.max)
            case .unless(let wanted, let unwanted): reach.append(reach[wanted] | reach[unwanted])
            case .sequence(let plan): reach.append(plan.elements.reduce(0) { $0 | reach[$1.node] })
            }
        }
        return reach
    }

    /// The bit of a condition; those beyond the word share all of it.
    static func bit(of node: Int) -> UInt64 { node < 64 ? 1 << UInt64(node) : .max }

    /// The node of the whole pattern.
    var root: Int { nodes.count - 1 }

    /// An operator over other nodes.
    enum Node: Sendable {
        case leaf(LeafPlan)
        case any([Int])
        /// Each now or at most this long ago.
        case all([Int], within: Int64)
        case sequence(SequencePlan)
        /// Silence of its parts; as an element of a sequence the sequence watches the time.
        case absent([Int], length: Int64, isElement: Bool)
        case count(CountPlan)
        case unless(Int, Int)
    }
}

/// How a condition is timed, in milliseconds; zero means that the figure does not apply.
struct LeafPlan: Hashable, Sendable {
    /// How long it must be true without a break.
    var held: Int64 = 0
    /// It ends when it was not said again for this long.
    var quiet: Int64 = 0
    /// The window of a rate of change.
    var window: Int64 = 0
    /// By how much the value must change, upwards when positive.
    var step = 0.0
    /// Whether it is remembered how long it has been true; otherwise only its beginnings count.
    var isTracked = false
    /// Whether it stands in an absence: only what is said live breaks a silence.
    var breaksSilence = false

    var isChange: Bool { window > 0 }
    var wantsRepetition: Bool { quiet > 0 || isChange }
}

/// A sequence: what must happen one after the other.
///
/// Shared and never copied: every step of its automaton asks for it.
final class SequencePlan: Sendable {
    let elements: [Element]
    /// The longest time from the first to the last; nil when the absences bound it.
    let within: Int64?
    /// Whether a new first event drops the partial matches that wait.
    let restarts: Bool
    /// The first element that is an event; absences before it say what must have been silent.
    let firstEvent: Int
    /// The absence at its end, by its node: the sequence stays true until that is broken.
    let lastAbsence: Int?

    init(elements: [Element], within: Int64?, restarts: Bool) {
        self.elements = elements
        self.within = within
        self.restarts = restarts
        firstEvent = elements.firstIndex { if case .event = $0 { true } else { false } } ?? 0
        lastAbsence = if case .absence(let node, _) = elements[elements.count - 1] { node } else { nil }
    }

    enum Element: Sendable {
        case event(Int)
        /// The node whose completions break it, and how long it lasts.
        case absence(Int, Int64)

        /// Its node.
        var node: Int {
            switch self {
            case .event(let node), .absence(let node, _): node
            }
        }
    }
}

/// A count of completions in a window.
struct CountPlan: Sendable {
    var child: Int
    var count: Int
    var distinct: Pattern.Distinct?
    var within: Int64
}
