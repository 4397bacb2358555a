public import SafetyModel

/// A partial match that waits, for people who want to know why an alarm does not come.
public struct WaitingMatch: Hashable, Sendable {
    /// The rule concerned.
    public var rule: String
    /// How many elements of the sequence are there.
    public var matched: Int
    /// How many elements the sequence has.
    public var elements: Int
    /// When the first of them came, moved by blind time.
    public var since: Instant
    /// What it waits for.
    public var awaited: Awaited
    /// Whether it was taken further already: then its end is no time-out.
    public var wasContinued: Bool

    /// What a partial match waits for.
    public enum Awaited: Hashable, Sendable {
        /// An event; the match is given up at that moment, nil when no window bounds it.
        case event(givenUpAt: Instant?)
        /// That nothing breaks the silence until then, blind time added so far.
        case silence(until: Instant)
        /// Nothing: all is there, and it stands until its last silence is broken.
        case nothing
    }
}

extension MatchTable {
    /// Partial matches that wait now.
    public func waiting(book: RuleBook, time: MatchTime) -> [WaitingMatch] {
        states.flatMap { state -> [WaitingMatch] in
            let automaton = book.automata[Int(state.automaton)]
            return state.partials.compactMap { match -> WaitingMatch? in
                guard case .sequence(let plan) = automaton.nodes[Int(match.node)] else { return nil }
                return WaitingMatch(
                    rule: book.rules[automaton.rule].id, matched: Int(match.matched),
                    elements: plan.elements.count, since: Instant(milliseconds: match.start),
                    awaited: state.awaited(by: match, plan, time), wasContinued: match.wasContinued)
            }
        }
    }

    /// Adds the partial matches that wait, and were not taken further yet, to their rule's count.
    ///
    /// Costs one look at each state of the table, and writes nothing.
    ///
    /// - Parameter counts: one number a rule, by its place in the book.
    public func countWaiting(book: RuleBook, into counts: inout [Int]) {
        for place in states.indices where !states[place].partials.isEmpty {
            let automaton = book.automata[Int(states[place].automaton)]
            for match in states[place].partials {
                guard case .sequence(let plan) = automaton.nodes[Int(match.node)],
                    Int(match.matched) < plan.elements.count, !match.wasContinued
                else { continue }
                counts[automaton.rule] += 1
            }
        }
    }
}

extension MatchState {
    fileprivate func awaited(
        by match: PartialMatch, _ plan: SequencePlan, _ time: MatchTime
    ) -> WaitingMatch.Awaited {
        guard Int(match.matched) < plan.elements.count else { return .nothing }
        switch plan.elements[Int(match.matched)] {
        case .event: return .event(givenUpAt: expiry(of: match, plan).map { Instant(milliseconds: $0) })
        case .absence(_, let length):
            return .silence(
                until: Instant(milliseconds: match.moment.time + length + time.blind - match.blind))
        }
    }
}
