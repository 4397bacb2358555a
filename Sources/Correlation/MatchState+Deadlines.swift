import SafetyModel

extension MatchState {
    /// Works out anew what is due next.
    mutating func refreshDeadlines(_ automaton: Automaton, _ time: MatchTime, _ calendar: CivilCalendar) {
        clockDue = Int64.max
        silenceDue = Int64.max
        for entry in entries {
            guard case .leaf(let plan) = automaton.nodes[Int(entry.node)] else { continue }
            if plan.held > 0, !entry.hasFired { clockDue = min(clockDue, entry.since + plan.held) }
            if plan.quiet > 0 { silenceDue = min(silenceDue, entry.saidAt + plan.quiet - entry.blind) }
            if plan.isChange, let foot = lastFoot(Int(entry.node), plan, device: entry.device) {
                clockDue = min(clockDue, foot + plan.window)
            }
        }
        for match in partials {
            guard case .sequence(let plan) = automaton.nodes[Int(match.node)],
                Int(match.matched) < plan.elements.count
            else { continue }
            if case .absence(_, let length) = plan.elements[Int(match.matched)] {
                silenceDue = min(silenceDue, match.moment.time + length - match.blind)
            } else if let expiry = expiry(of: match, plan) {
                clockDue = min(clockDue, expiry)
            }
        }
        for node in automaton.watchedNodes { refreshDeadline(of: node, automaton) }
        if let schedule = automaton.during, truths.isTrue(automaton.root), !isRaised {
            clockDue = min(clockDue, Self.opening(of: schedule, time, calendar))
        }
    }

    /// Windows that pass, and absences that last long enough.
    private mutating func refreshDeadline(of node: Int, _ automaton: Automaton) {
        switch automaton.nodes[node] {
        case .all(let children, let within) where truths.isTrue(node):
            for child in children where !truths.isTrue(child) {
                clockDue = min(clockDue, truths.last(child, of: automaton) + within + 1)
            }
        case .count(let plan) where truths.isTrue(node):
            let oldest = marks.filter { Int($0.node) == node }.map(\.moment.time).min()
            if let oldest { clockDue = min(clockDue, oldest + plan.within) }
        case .absent(_, let length, false) where !truths.isTrue(node):
            guard let mark = marks.first(where: { Int($0.node) == node }) else { return }
            silenceDue = min(silenceDue, mark.moment.time + length - mark.blind)
        default: break
        }
    }

    private static func opening(
        of schedule: Schedule, _ time: MatchTime, _ calendar: CivilCalendar
    ) -> Int64 {
        let now = WallTime(milliseconds: time.now.milliseconds + time.wallOffset)
        if schedule.isOpen(at: now, in: calendar) { return time.now.milliseconds }
        guard let opening = schedule.nextOpening(after: now, in: calendar) else { return Int64.max }
        return opening.milliseconds - time.wallOffset
    }

    /// The earliest deadline, given the blind time; `Int64.max` for none.
    func due(_ time: MatchTime) -> Int64 { Self.earliest(clockDue, silenceDue, time) }

    static func earliest(_ clockDue: Int64, _ silenceDue: Int64, _ time: MatchTime) -> Int64 {
        guard time.isHearing, silenceDue != Int64.max else { return clockDue }
        return min(clockDue, silenceDue + time.blind)
    }

    /// Whether nothing is left that a later event could need.
    func isIdle(_ automaton: Automaton, at now: Int64) -> Bool {
        let memory = automaton.memoryMilliseconds
        return entries.isEmpty && partials.isEmpty && marks.isEmpty && !isRaised
            && !truths.isAnyTrue && (memory == 0 || truths.isForgotten(after: memory, at: now))
    }
}
