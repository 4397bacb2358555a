import SafetyModel

extension MatchState {
    /// Lets a match wait for its next element, within `partialMatchLimit`.
    ///
    /// Of those that wait for an event the newest start is the best; older ones are kept only while a late
    /// event may lie between the two. Those that wait for an absence are kept from the oldest on.
    mutating func wait(
        _ match: PartialMatch, _ plan: SequencePlan, _ step: borrowing Step, _ tally: inout MatchTally
    ) {
        let settled = step.at - Self.latenessLimit
        let waitsForEvent = Self.waitsForEvent(match, plan)
        let rivals = partials.filter { $0.node == match.node && $0.matched == match.matched }
        if waitsForEvent {
            if rivals.contains(where: { $0.start >= match.start && $0.moment <= match.moment }) { return }
            let newest = rivals.filter { $0.moment.time <= settled }.map(\.start).max()
            partials.removeAll { rival in
                guard rival.node == match.node, rival.matched == match.matched else { return false }
                let isWorse = rival.start <= match.start && rival.moment >= match.moment
                let isPassed = rival.moment.time <= settled && rival.start < newest ?? Int64.min
                return isWorse || isPassed
            }
        } else {
            if rivals.contains(where: { $0.moment == match.moment && $0.start >= match.start }) { return }
            if Int(match.matched) + 1 == plan.elements.count {
                dropSettledWaiters(match, rivals, settled)
            }
        }
        if partials.count(where: { $0.node == match.node && Int($0.matched) < plan.elements.count })
            >= Self.partialMatchLimit, !makeRoom(for: match, plan, &tally)
        {
            return
        }
        partials.append(match)
    }

    private static func waitsForEvent(_ match: PartialMatch, _ plan: SequencePlan) -> Bool {
        guard Int(match.matched) < plan.elements.count else { return false }
        if case .event = plan.elements[Int(match.matched)] { return true }
        return false
    }

    /// Where the last absence is waited for, no late event can lie between two old waiters: the older one
    /// stands for both.
    private mutating func dropSettledWaiters(
        _ match: PartialMatch, _ rivals: [PartialMatch], _ settled: Int64
    ) {
        guard let oldest = rivals.map(\.moment).min() else { return }
        partials.removeAll {
            $0.node == match.node && $0.matched == match.matched && $0.moment.time <= settled
                && $0.moment > oldest
        }
    }

    /// Makes room for one match more.
    ///
    /// - Returns: false when the match itself is the one that is forgotten.
    private mutating func makeRoom(
        for match: PartialMatch, _ plan: SequencePlan, _ tally: inout MatchTally
    ) -> Bool {
        let spare = partials.indices.filter { place in
            let candidate = partials[place]
            guard candidate.node == match.node, Self.waitsForEvent(candidate, plan) else { return false }
            // The newest start of its kind stays, the one that asks for room included.
            let others = partials + [match]
            return others.contains {
                $0.node == candidate.node && $0.matched == candidate.matched && $0.start > candidate.start
            }
        }
        if let oldest = spare.min(by: { partials[$0].start < partials[$1].start }) {
            partials.remove(at: oldest)
            return true
        }
        tally.forgotten += 1
        let waiting = partials.indices.filter {
            partials[$0].node == match.node && Int(partials[$0].matched) < plan.elements.count
        }
        guard let newest = waiting.max(by: { partials[$0].start < partials[$1].start }),
            partials[newest].start > match.start
        else { return false }
        partials.remove(at: newest)
        return true
    }
}
