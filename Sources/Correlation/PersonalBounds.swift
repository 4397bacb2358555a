public import SafetyModel

/// One person's bounds in place of a rule's numbers.
extension Comparison {
    /// The number that a reading is compared with; nil where there is none.
    public var limit: Double? {
        switch self {
        case .above(let limit), .below(let limit), .atLeast(let limit), .atMost(let limit): limit
        case .isOn, .isOff, .isKey: nil
        }
    }

    /// Whether it is about readings that are too high; the others are too low, or no numbers.
    public var isUpward: Bool {
        switch self {
        case .above, .atLeast: true
        default: false
        }
    }

    /// The same comparison with another number.
    fileprivate func with(_ limit: Double) -> Comparison {
        switch self {
        case .above: .above(limit)
        case .below: .below(limit)
        case .atLeast: .atLeast(limit)
        case .atMost: .atMost(limit)
        case .isOn, .isOff, .isKey: self
        }
    }
}

extension Condition {
    /// The condition with a person's bound in place of its number; its `clear` keeps its distance.
    ///
    /// - Returns: nil where the person has no bound of that signal on that side.
    public func moved(to bounds: [VitalBounds]) -> Condition? {
        guard let limit = raise.limit, let own = bounds.first(where: { $0.signal == signal }),
            let bound = raise.isUpward ? own.highest : own.lowest
        else { return nil }
        var moved = self
        moved.raise = raise.with(bound)
        moved.clear = clear.map { clear in
            // 38.2 - (38.5 - 38) is to be 37.7 and nothing beside it.
            clear.limit.map { clear.with(((bound - limit + $0) * 1_000).rounded() / 1_000) } ?? clear
        }
        return moved
    }
}

extension Pattern {
    /// The pattern with a person's bounds in all of its conditions.
    public func moved(to bounds: [VitalBounds]) -> Pattern {
        func own(_ condition: Condition) -> Condition { condition.moved(to: bounds) ?? condition }
        return switch self {
        case .condition(let condition): .condition(own(condition))
        case .held(let condition, let span): .held(own(condition), for: span)
        case .anyOf(let parts): .anyOf(parts.map { $0.moved(to: bounds) })
        case .allOf(let parts, let span): .allOf(parts.map { $0.moved(to: bounds) }, within: span)
        case .sequence(let parts, let span): .sequence(parts.map { $0.moved(to: bounds) }, within: span)
        case .absent(let conditions, let span): .absent(conditions.map(own), for: span)
        case .count(let count, let condition, let distinct, let span):
            .count(count, of: own(condition), distinct: distinct, within: span)
        // Its comparison says a direction only.
        case .change: self
        case .unless(let wanted, let exception):
            .unless(wanted.moved(to: bounds), exception.moved(to: bounds))
        }
    }
}

extension RuleBook {
    /// The leaf as it is for one device: with the bounds of its wearer in place of the rule's numbers.
    ///
    /// Only leaves of rules with personal bounds look anything up, so that nobody else pays for them.
    @inline(__always)
    func leaf(_ leaf: Leaf, for device: DeviceIndex) -> Leaf {
        leaf.isPersonal ? personal(leaf, device) : leaf
    }

    private func personal(_ leaf: Leaf, _ device: DeviceIndex) -> Leaf {
        guard let bounds = boundsOfDevice[device.value] else { return leaf }
        return leaf.moved(to: bounds)
    }

    /// The bounds of each device whose wearer has his own, by the device's place in the community.
    static func boundsOfDevices(in community: Community) -> [Int32: [VitalBounds]] {
        var found: [Int32: [VitalBounds]] = [:]
        for home in community.homes where home.residents.contains(where: { !$0.bounds.isEmpty }) {
            for device in home.devices where community.devices.indices.contains(Int(device)) {
                let bounds = home.bounds(of: community.devices[Int(device)])
                if !bounds.isEmpty { found[device] = bounds }
            }
        }
        return found
    }
}
