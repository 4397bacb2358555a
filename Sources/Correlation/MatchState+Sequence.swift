import SafetyModel

extension PartialMatch {
    /// Whether all elements are there and the sequence stays true until its last absence is broken.
    func isStanding(of plan: SequencePlan, at sequence: Int) -> Bool {
        Int(node) == sequence && Int(matched) == plan.elements.count
    }
}

extension MatchState {
    /// Moves a sequence.
    ///
    /// - Returns: when it completed, or nil.
    mutating func moveSequence(
        _ node: Int, _ plan: SequencePlan, _ step: borrowing Step, _ tally: inout MatchTally
    ) -> Moment? {
        var done = step.isDue ? fireSequence(node, plan, step, &tally) : nil
        // From the last element to the first, so that one event never counts as two elements.
        for index in plan.elements.indices.reversed() {
            switch plan.elements[index] {
            case .absence(let child, _):
                guard let broken = move(child, step, &tally) else { continue }
                let isLast = index + 1 == plan.elements.count
                partials.removeAll { match in
                    guard Int(match.node) == node, match.moment < broken else { return false }
                    return Int(match.matched) == index || isLast && Int(match.matched) == index + 1
                }
                remember(child, broken, step, isLeading: index < plan.firstEvent)
            case .event(let child):
                guard let moment = move(child, step, &tally) else { continue }
                done = take(moment, as: index, of: node, plan, step, &tally) ?? done
                if index > plan.firstEvent { remember(child, moment, step, isLeading: false) }
            }
        }
        return done
    }

    /// Takes the completion of an element: the newest start that reaches it goes on.
    private mutating func take(
        _ moment: Moment, as index: Int, of node: Int, _ plan: SequencePlan, _ step: borrowing Step,
        _ tally: inout MatchTally
    ) -> Moment? {
        if index == plan.firstEvent {
            guard wasSilent(before: moment, plan, step) else { return nil }
            if plan.restarts {
                partials.removeAll {
                    Int($0.node) == node && Int($0.matched) < plan.elements.count && $0.start <= moment.time
                }
            }
            return extend(
                PartialMatch(
                    node: UInt16(node), matched: UInt16(index + 1), start: moment.time, moment: moment,
                    blind: step.time.blind, device: step.device), plan, step, &tally)
        }
        var best: Int?
        for place in partials.indices {
            let match = partials[place]
            guard Int(match.node) == node, Int(match.matched) == index, match.moment < moment,
                moment.time - match.start <= plan.within ?? Int64.max,
                best.map({ match.start > partials[$0].start }) ?? true
            else { continue }
            best = place
        }
        guard let best else { return nil }
        partials[best].wasContinued = true
        return extend(partials[best].next(at: moment, step), plan, step, &tally)
    }

    /// Completions of an element that came before this match could wait for them, in the order of time.
    private func remembered(_ child: Int, after match: PartialMatch, within: Int64) -> [Moment] {
        func fits(_ mark: Mark) -> Bool {
            Int(mark.node) == child && match.moment < mark.moment && mark.moment.time - match.start <= within
        }
        guard marks.contains(where: fits) else { return [] }
        return marks.filter(fits).map(\.moment).sorted()
    }

    /// Goes on from a match whose newest element has just come: to its end, or to waiting.
    private mutating func extend(
        _ match: PartialMatch, _ plan: SequencePlan, _ step: borrowing Step, _ tally: inout MatchTally
    ) -> Moment? {
        guard Int(match.matched) < plan.elements.count else {
            // What nobody could break is over as it completes: nothing would ever end it.
            if let absence = plan.lastAbsence, step.canBreak(absence, step.automaton) {
                // Of those that stand, the newest is broken last.
                partials.removeAll {
                    $0.isStanding(of: plan, at: Int(match.node)) && $0.moment < match.moment
                }
                partials.append(match)
            }
            return match.moment
        }
        switch plan.elements[Int(match.matched)] {
        case .event(let child):
            let known = remembered(child, after: match, within: plan.within ?? Int64.max)
            var done: Moment?
            var waiting = match
            waiting.wasContinued = !known.isEmpty
            wait(waiting, plan, step, &tally)
            for moment in known { done = extend(match.next(at: moment, step), plan, step, &tally) ?? done }
            return done
        case .absence(let child, let length):
            let end = match.moment.time + length
            if marks.contains(where: {
                Int($0.node) == child && match.moment < $0.moment && $0.moment.time < end
            }) {
                return nil
            }
            guard end - match.start <= plan.within ?? Int64.max else {
                tally.timedOut += 1
                return nil
            }
            wait(match, plan, step, &tally)
            return nil
        }
    }

    /// Lets absences complete that have lasted, and forgets matches whose window has passed.
    private mutating func fireSequence(
        _ node: Int, _ plan: SequencePlan, _ step: borrowing Step, _ tally: inout MatchTally
    ) -> Moment? {
        var done: Moment?
        var ripe: [PartialMatch] = []
        for place in partials.indices.reversed() where Int(partials[place].node) == node {
            let match = partials[place]
            guard Int(match.matched) < plan.elements.count else { continue }
            if case .absence(_, let length) = plan.elements[Int(match.matched)] {
                let end = match.moment.time + length + step.time.blind - match.blind
                guard step.time.isHearing, end <= step.at else { continue }
                partials.remove(at: place)
                ripe.append(match)
            } else if let expiry = expiry(of: match, plan), expiry <= step.at {
                partials.remove(at: place)
                if !match.wasContinued { tally.timedOut += 1 }
            }
        }
        for match in ripe.sorted(by: { $0.moment < $1.moment }) {
            guard case .absence(let child, let length) = plan.elements[Int(match.matched)] else { continue }
            let isLast = Int(match.matched) + 1 == plan.elements.count
            // What would break it has been here already, by its own time after the end.
            if isLast, marks.contains(where: { Int($0.node) == child && match.moment < $0.moment }) {
                continue
            }
            // Time in which nobody could hear is taken off: the match moves on by it.
            let blind = step.time.blind - match.blind
            var next = match.next(
                at: Moment(time: match.moment.time + length + blind, order: step.order), step)
            next.start = match.start + blind
            next.device = match.device
            lastDevice = match.device
            // What breaks a standing match is what came after the element before the absence.
            if isLast { next.moment = match.moment }
            if extend(next, plan, step, &tally) != nil {
                done = Moment(time: step.at, order: step.order)
            }
        }
        return done
    }

    /// When a match that waits for an event is given up; late events are waited for.
    func expiry(of match: PartialMatch, _ plan: SequencePlan) -> Int64? {
        plan.within.map { match.start + $0 + Self.latenessLimit + 1 }
    }

    /// Whether the absences before the first event have lasted when it comes.
    private func wasSilent(before moment: Moment, _ plan: SequencePlan, _ step: borrowing Step) -> Bool {
        plan.elements.prefix(plan.firstEvent).allSatisfy { element in
            guard case .absence(let child, let length) = element else { return true }
            let last = marks.filter { Int($0.node) == child && $0.moment < moment }
                .max { $0.moment < $1.moment }
            guard let last else { return false }
            return last.moment.time + length + step.time.blind - last.blind <= moment.time
        }
    }

    /// Keeps a completion that a late earlier element may still find.
    ///
    /// - Parameter isLeading: the newest is kept however old it is.
    private mutating func remember(_ child: Int, _ moment: Moment, _ step: borrowing Step, isLeading: Bool) {
        let oldest = step.at - Self.memory
        let newestOld =
            isLeading
            ? marks.filter { Int($0.node) == child && $0.moment.time < oldest }.map(\.moment).max() : nil
        marks.removeAll {
            Int($0.node) == child && $0.moment.time < oldest && $0.moment != newestOld
        }
        trim(child, to: Self.rememberedLimit - 1)
        marks.append(
            Mark(node: UInt16(child), device: step.device, moment: moment, blind: step.time.blind))
    }
}

extension PartialMatch {
    /// The same match with one element more.
    fileprivate func next(at moment: Moment, _ step: borrowing Step) -> PartialMatch {
        PartialMatch(
            node: node, matched: matched + 1, start: start, moment: moment, blind: step.time.blind,
            device: step.device)
    }
}
