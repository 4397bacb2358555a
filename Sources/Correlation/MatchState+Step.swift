import SafetyModel

/// One step of an automaton: what happened, or that something is due.
struct Step: ~Copyable {
    let automaton: Automaton
    let time: MatchTime
    /// The moment that the step is about: the present, or when the due thing was due.
    var at: Int64
    /// The order of this step.
    var order: UInt32 = 0
    /// Whether it is made because something is due.
    var isDue = false
    /// The condition that completed; -1 for none.
    var node = -1
    /// Further conditions that the same event completed.
    var others = NodeSet()
    /// When they completed.
    var completion: Moment?
    /// Whose word it is.
    var device = MatchState.homeWide
    /// Whether its completions break silences.
    var isLive = false
    /// The conditions that saw the event, as bits; all where nothing may be left out.
    var seen = UInt64.max
    /// Whether some device could break an absence; asked only when something is due.
    var canBreak: (Int, Automaton) -> Bool = { _, _ in true }
    /// The homes and places of devices, for counts of distinct ones.
    var kinship: (Int32, Int32, Pattern.Distinct) -> Bool = { one, other, _ in one == other }
}

extension MatchState {
    /// Moves a node and everything below it.
    ///
    /// - Returns: when it completed in this step, or nil.
    mutating func move(_ node: Int, _ step: borrowing Step, _ tally: inout MatchTally) -> Moment? {
        if !step.isDue, step.automaton.reach[node] & step.seen == 0 { return nil }
        let completion: Moment?
        let isTrue: Bool
        switch step.automaton.nodes[node] {
        case .leaf(let plan):
            (completion, isTrue) = moveLeaf(node, plan, step)
        case .any(let children):
            var first: Moment?
            var holds = false
            for child in children {
                let moment = move(child, step, &tally)
                first = first ?? moment
                holds = holds || truths.isTrue(child)
            }
            (completion, isTrue) = (first, holds)
        case .all(let children, let within):
            for child in children { _ = move(child, step, &tally) }
            isTrue = children.allSatisfy { wasTrue($0, within: within, step) }
            completion = rise(node, isTrue, step)
        case .absent(let children, let length, let isElement):
            var broken: Moment?
            for child in children { broken = move(child, step, &tally) ?? broken }
            if isElement { return broken }
            isTrue = moveAbsence(node, length, broken, step)
            completion = rise(node, isTrue, step)
        case .count(let plan):
            isTrue = moveCount(node, plan, move(plan.child, step, &tally), step)
            completion = rise(node, isTrue, step)
        case .unless(let wanted, let unwanted):
            let refusal = move(unwanted, step, &tally)
            let found = move(wanted, step, &tally)
            let isRefused = refusal != nil || truths.isTrue(unwanted)
            completion = isRefused ? nil : found
            isTrue = truths.isTrue(wanted) && (truths.isTrue(node) || completion != nil)
        case .sequence(let plan):
            let wasStanding = truths.isTrue(node)
            let found = moveSequence(node, plan, step, &tally)
            isTrue = partials.contains { $0.isStanding(of: plan, at: node) }
            completion = plan.lastAbsence != nil && wasStanding ? nil : found
        }
        note(node, isTrue, completion, step)
        return completion
    }

    /// A state completes when it begins to be true.
    private func rise(_ node: Int, _ isTrue: Bool, _ step: borrowing Step) -> Moment? {
        isTrue && !truths.isTrue(node) ? Moment(time: step.at, order: step.order) : nil
    }

    /// Remembers whether a node is true, or was last.
    private mutating func note(_ node: Int, _ isTrue: Bool, _ completion: Moment?, _ step: borrowing Step) {
        defer { truths.set(node, isTrue) }
        guard step.automaton.momentOfNode[node] >= 0 else { return }
        var last = truths.last(node, of: step.automaton)
        if isTrue {
            last = step.at
        } else if truths.isTrue(node) {
            // What ends because time has passed was true until just before.
            last = step.isDue ? step.at - 1 : step.at
        }
        if !isTrue, let completion { last = max(last, min(completion.time, step.at)) }
        truths.remember(node, of: step.automaton, last)
    }

    private func wasTrue(_ node: Int, within: Int64, _ step: borrowing Step) -> Bool {
        if truths.isTrue(node) { return true }
        let last = truths.last(node, of: step.automaton)
        return last != Int64.min && step.at - last <= within
    }

    private mutating func moveLeaf(_ node: Int, _ plan: LeafPlan, _ step: borrowing Step) -> (Moment?, Bool) {
        var completion: Moment?
        if step.node == node || step.others.contains(node), step.isLive || !plan.breaksSilence {
            completion = step.completion
        }
        guard plan.isTracked else { return (completion, false) }
        if step.isDue, fireDue(node, plan, step) { completion = Moment(time: step.at, order: step.order) }
        let isTrue = entries.contains { Int($0.node) == node && ($0.hasFired || plan.held == 0) }
        return (completion, isTrue)
    }

    /// Lets what has been held long enough fire, and ends what was not said again for too long.
    ///
    /// - Returns: whether something fired.
    private mutating func fireDue(_ node: Int, _ plan: LeafPlan, _ step: borrowing Step) -> Bool {
        var fires = false
        for place in entries.indices where Int(entries[place].node) == node {
            guard plan.held > 0, !entries[place].hasFired, entries[place].since + plan.held <= step.at else {
                continue
            }
            entries[place].hasFired = true
            lastDevice = entries[place].device
            fires = true
        }
        if plan.quiet > 0, step.time.isHearing {
            entries.removeAll {
                Int($0.node) == node && $0.saidAt + plan.quiet + (step.time.blind - $0.blind) <= step.at
            }
        }
        if plan.isChange {
            for place in entries.indices.reversed()
            where Int(entries[place].node) == node
                && !changes(node, plan, device: entries[place].device, at: step.at)
            {
                entries.remove(at: place)
            }
        }
        return fires
    }

    /// Silence since it was broken last, or since the home is in service.
    private mutating func moveAbsence(
        _ node: Int, _ length: Int64, _ broken: Moment?, _ step: borrowing Step
    ) -> Bool {
        if let broken {
            marks.removeAll { Int($0.node) == node && $0.moment < broken }
            if !marks.contains(where: { Int($0.node) == node }) {
                marks.append(
                    Mark(node: UInt16(node), device: step.device, moment: broken, blind: step.time.blind))
            }
            return false
        }
        if truths.isTrue(node) { return true }
        guard step.isDue, step.time.isHearing, let mark = marks.first(where: { Int($0.node) == node })
        else { return false }
        return mark.moment.time + length + (step.time.blind - mark.blind) <= step.at
    }

    private mutating func moveCount(
        _ node: Int, _ plan: CountPlan, _ completion: Moment?, _ step: borrowing Step
    ) -> Bool {
        marks.removeAll { Int($0.node) == node && $0.moment.time <= step.at - plan.within }
        if let completion, completion.time > step.at - plan.within {
            if let distinct = plan.distinct {
                marks.removeAll {
                    Int($0.node) == node && $0.moment < completion
                        && step.kinship($0.device, step.device, distinct)
                }
            }
            let isKnown = plan.distinct.map { distinct in
                marks.contains { Int($0.node) == node && step.kinship($0.device, step.device, distinct) }
            }
            if isKnown != true {
                trim(node, to: Self.countLimit - 1)
                marks.append(
                    Mark(node: UInt16(node), device: step.device, moment: completion, blind: 0))
            }
        }
        return marks.count { Int($0.node) == node } >= plan.count
    }

    /// Drops the oldest marks of a node until so many are left.
    mutating func trim(_ node: Int, to limit: Int) {
        while marks.count(where: { Int($0.node) == node }) > limit {
            let oldest = marks.indices.filter { Int(marks[$0].node) == node }
                .min { marks[$0].moment < marks[$1].moment }
            guard let oldest else { return }
            marks.remove(at: oldest)
        }
    }
}

extension MatchState {
    /// Takes a sample of a changing value; only those that can still be an extreme are kept.
    mutating func sample(_ node: Int, _ plan: LeafPlan, value: Double, device: Int32, _ step: borrowing Step)
    {
        guard value.isFinite else { return }
        let sign = plan.step < 0 ? -1.0 : 1.0
        marks.removeAll { mark in
            Int(mark.node) == node && mark.device == device
                && (mark.moment.time <= step.at - plan.window || mark.value * sign >= value * sign)
        }
        let moment = Moment(time: step.at, order: step.order)
        marks.append(
            Mark(node: UInt16(node), device: device, moment: moment, blind: step.time.blind, value: value))
        thin(node, device: device)
    }

    /// Whether the newest sample lies so far from the extreme of the window.
    func changes(_ node: Int, _ plan: LeafPlan, device: Int32, at time: Int64) -> Bool {
        lastFoot(node, plan, device: device).map { $0 + plan.window > time } ?? false
    }

    /// When the newest sample was taken from which the present value lies far enough away.
    func lastFoot(_ node: Int, _ plan: LeafPlan, device: Int32) -> Int64? {
        guard plan.step != 0, let newest = marks.lastIndex(where: { $0.stands(node, device) }) else {
            return nil
        }
        let sign = plan.step < 0 ? -1.0 : 1.0
        let value = marks[newest].value
        return marks[...newest].last {
            $0.stands(node, device) && (value - $0.value) * sign >= plan.step * sign
        }?.moment.time
    }

    private mutating func thin(_ node: Int, device: Int32) {
        guard marks.count > Self.sampleLimit else { return }
        let places = marks.indices.filter { marks[$0].stands(node, device) }
        guard places.count > Self.sampleLimit else { return }
        let gaps = zip(places.dropLast(), places.dropFirst()).dropLast()
        let nearest = gaps.min { a, b in
            marks[a.1].moment.time - marks[a.0].moment.time < marks[b.1].moment.time - marks[b.0].moment.time
        }
        // The earlier of the two is the more extreme one; the newest of all is never dropped.
        if let nearest { marks.remove(at: nearest.1) }
    }
}

extension Mark {
    /// Whether it is of this node and device.
    fileprivate func stands(_ node: Int, _ device: Int32) -> Bool {
        Int(self.node) == node && self.device == device
    }
}

/// A few nodes of an automaton; those of ordinary rules need no heap.
struct NodeSet {
    private var first: UInt64 = 0
    private var second: UInt64 = 0
    /// Those above 127.
    private var others: [Int] = []

    mutating func insert(_ node: Int) {
        if node < 64 {
            first |= 1 << UInt64(node)
        } else if node < 128 {
            second |= 1 << UInt64(node - 64)
        } else {
            others.append(node)
        }
    }

    func contains(_ node: Int) -> Bool {
        if node < 64 { return first & (1 << UInt64(node)) != 0 }
        if node < 128 { return second & (1 << UInt64(node - 64)) != 0 }
        return others.contains(node)
    }
}
