public import SafetyModel

/// The matches of one home, or of one building, in the order in which they began.
public struct MatchTable: Hashable, Sendable {
    /// What its automata remember; an automaton that has met nothing has no state.
    var states: [MatchState] = []
    /// The next deadline by the clock, in milliseconds; `Int64.max` for none.
    private var clockDue = Int64.max
    /// The next deadline of a silence, before blind time is added.
    private var silenceDue = Int64.max

    /// Nothing has begun.
    public init() {}

    /// The next moment at which a match may move by itself; nil when nothing waits.
    public func nextDeadline(_ time: MatchTime) -> Instant? {
        let due = MatchState.earliest(clockDue, silenceDue, time)
        return due == Int64.max ? nil : Instant(milliseconds: due)
    }

    /// Works out all deadlines anew: the wall clock moved, or the states were read or moved.
    public mutating func refreshDeadlines(book: RuleBook, time: MatchTime) {
        for place in states.indices {
            let automaton = book.automata[Int(states[place].automaton)]
            states[place].refreshDeadlines(automaton, time, book.calendar)
        }
        gatherDeadlines()
    }

    mutating func gatherDeadlines() {
        clockDue = Int64.max
        silenceDue = Int64.max
        for place in states.indices {
            clockDue = min(clockDue, states[place].clockDue)
            silenceDue = min(silenceDue, states[place].silenceDue)
        }
    }

    /// Where the state of an automaton stands; nil when it has met nothing.
    func place(of automaton: Int, device: Int32) -> Int? {
        for place in states.indices
        where states[place].automaton == UInt16(automaton) && states[place].device == device {
            return place
        }
        return nil
    }

    /// Where the state of an automaton stands, added when it has met nothing.
    mutating func ensure(_ index: Int, device: Int32, _ automaton: Automaton) -> Int {
        if let place = place(of: index, device: device) { return place }
        states.append(
            MatchState(automaton: UInt16(index), device: device, truths: Truths(for: automaton)))
        return states.count - 1
    }
}
