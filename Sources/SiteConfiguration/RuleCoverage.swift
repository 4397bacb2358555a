import Correlation
import SafetyModel

/// Which rules can fire from which devices: the compiled-in ones and the site's.
struct RuleCoverage {
    private let rules: [Rule]
    /// Signals that any rule without a filter tests.
    private let usedAnywhere: UInt64
    private let conditions: [[Condition]]
    /// The rules with a filter, by number.
    private let filtered: [Int]

    init(rules: [Rule]) {
        self.rules = Rule.lifeSafety + rules
        conditions = self.rules.map(\.when.conditions)
        filtered = self.rules.indices.filter { [rules = self.rules] in !rules[$0].isUnfiltered }
        usedAnywhere = zip(self.rules, conditions).reduce(0) { used, pair in
            guard pair.0.isUnfiltered else { return used }
            return pair.1.reduce(used) { $0 | $1.signal.bit }
        }
    }

    /// An alarm that a home can have.
    struct Outlook: Hashable, Sendable {
        var kind: AlarmKind
        var urgency: Urgency
    }

    /// Whether any rule listens to what a device says of the home.
    ///
    /// - Parameter signals: what the device can say, as bits.
    func listens(to device: Device, giving signals: UInt64, in home: Home) -> Bool {
        let told = signals & ~SiteBuilder.upkeepSignals.bits
        if told & usedAnywhere != 0 { return true }
        return filtered.contains { index in
            rules[index].applies(to: device, in: home)
                && conditions[index].contains { told & $0.signal.bit != 0 }
        }
    }

    /// The alarms that a home can have.
    ///
    /// - Parameter signals: what each of its devices can say, as bits.
    func firing(in home: Home, devices: ArraySlice<Device>, giving signals: ArraySlice<UInt64>) -> [Outlook] {
        let all = signals.reduce(0, |)
        var found: [Outlook] = []
        for rule in rules {
            let mask =
                rule.isUnfiltered
                ? all
                : zip(devices, signals).reduce(UInt64(0)) { mask, pair in
                    rule.applies(to: pair.0, in: home) ? mask | pair.1 : mask
                }
            let outlook = Outlook(kind: rule.alarm, urgency: rule.urgency)
            if rule.when.canFire(from: mask), !found.contains(outlook) { found.append(outlook) }
        }
        return found
    }

    /// All urgencies with which a kind can come.
    func urgencies(of kind: AlarmKind) -> [Urgency] { rules.filter { $0.alarm == kind }.map(\.urgency) }

    /// Every kind that some rule or the gateway itself raises.
    var kinds: [AlarmKind] { rules.map(\.alarm) + RuleReader.ownKinds }
}

extension Signal {
    /// Its place in a set of signals as bits.
    var bit: UInt64 { 1 << UInt64(rawValue) }
}

extension [Signal] {
    /// A set of signals as bits.
    var bits: UInt64 { reduce(0) { $0 | $1.bit } }
}

extension Rule {
    var isUnfiltered: Bool { places.isEmpty && devices.isEmpty && residentCondition == nil }

    func applies(to device: Device, in home: Home) -> Bool {
        if !places.isEmpty, !places.contains(device.place) { return false }
        if !devices.isEmpty, !devices.contains(device.id) { return false }
        guard let residentCondition else { return true }
        return home.residents.contains { $0.conditions.contains(residentCondition) }
    }
}

extension Pattern {
    /// Whether devices that give these signals can fulfil it.
    func canFire(from signals: UInt64) -> Bool {
        switch self {
        case .condition(let condition), .held(let condition, _), .count(_, of: let condition, _, _),
            .change(let condition, _, _):
            signals & condition.signal.bit != 0
        case .anyOf(let parts): parts.contains { $0.canFire(from: signals) }
        case .allOf(let parts, _): parts.allSatisfy { $0.canFire(from: signals) }
        case .sequence(let parts, _): parts.allSatisfy { $0.canFire(from: signals) }
        case .absent(let conditions, _): conditions.contains { signals & $0.signal.bit != 0 }
        case .unless(let pattern, _): pattern.canFire(from: signals)
        }
    }
}
