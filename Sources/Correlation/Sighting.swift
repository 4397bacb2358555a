import SafetyModel

/// An event as one condition sees it.
struct Sighting {
    let event: Event
    var leaf: RuleBook.Leaf
    /// The device, as the table names devices.
    let device: Int32
    /// The event's time, in milliseconds of gateway time.
    var at: Int64 = 0

    init(event: Event, leaf: RuleBook.Leaf, device: Int32) {
        self.event = event
        self.leaf = leaf
        self.device = device
    }

    /// Whether the condition is met.
    var holds: Bool { leaf.raise.holds(for: event.reading) }

    /// Whether the condition begins, as far as the reading before tells.
    var begins: Bool {
        guard event.isEdge, holds else { return false }
        return event.isOccurrence || event.previous.map { !leaf.raise.holds(for: $0) } ?? true
    }

    /// Whether the automaton could move at all; most events change nothing.
    func matters(to table: borrowing MatchTable, _ book: RuleBook) -> Bool {
        let plan = leaf.plan
        if plan.isChange { return event.quality == .live }
        if !plan.isTracked { return begins && (event.quality == .live || !plan.breaksSilence) }
        if holds { return event.isEdge || event.isStanding || plan.quiet > 0 }
        guard let index = leaf.automaton else { return false }
        let key = book.automata[index].isPerDevice ? device : MatchState.homeWide
        guard let place = table.place(of: index, device: key) else { return false }
        return table.states[place].entries.contains { Int($0.node) == leaf.node && $0.device == device }
    }
}

extension Step {
    /// Whose word it is; what is due goes back to the last word.
    fileprivate func witness(_ last: Int32) -> Int32 { device == MatchState.homeWide ? last : device }
}

extension Event {
    /// Whether it is a hazard that goes on: it raises when no alarm stands for it.
    var isStanding: Bool { signal.isLifeSafety && reading.isOn }
}

extension Pattern {
    /// Whether this one condition is enough to complete it.
    func holdsAlone(_ condition: Condition) -> Bool {
        switch self {
        case .condition(let single): single == condition
        case .anyOf(let parts): parts.contains { $0.holdsAlone(condition) }
        default: false
        }
    }
}

extension MatchState {
    /// Takes in what a condition sees.
    ///
    /// - Returns: when the condition completed, or nil.
    mutating func see(_ sighting: Sighting, _ step: borrowing Step) -> Moment? {
        let plan = sighting.leaf.plan
        let moment = Moment(time: sighting.at, order: step.order)
        let node = sighting.leaf.node
        if plan.isChange { return seeSample(sighting, plan, step) ? moment : nil }
        guard plan.isTracked else { return moment }
        if sighting.event.isOccurrence && plan.quiet == 0 {
            return sighting.event.isEdge && sighting.holds && plan.held == 0 ? moment : nil
        }
        let place = entries.firstIndex { Int($0.node) == node && $0.device == sighting.device }
        if let place {
            if sighting.holds {
                if step.isLive {
                    entries[place].saidAt = step.at
                    entries[place].blind = step.time.blind
                }
            } else if sighting.leaf.clear?.holds(for: sighting.event.reading) ?? true {
                entries.remove(at: place)
            }
            return nil
        }
        guard sighting.holds else { return nil }
        begin(node, sighting.device, since: min(sighting.at, step.at), step)
        return plan.held == 0 ? moment : nil
    }

    /// Begins a condition that is true for a device.
    private mutating func begin(_ node: Int, _ device: Int32, since: Int64, _ step: borrowing Step) {
        entries.append(
            ActiveCondition(
                node: UInt16(node), device: device, since: since, saidAt: step.at, blind: step.time.blind))
    }

    /// Takes a sample.
    ///
    /// - Returns: whether the value now has changed enough, and had not before.
    private mutating func seeSample(_ sighting: Sighting, _ plan: LeafPlan, _ step: borrowing Step) -> Bool {
        guard case .number(let value) = sighting.event.reading else { return false }
        let node = sighting.leaf.node
        sample(node, plan, value: value, device: sighting.device, step)
        let holds = changes(node, plan, device: sighting.device, at: step.at)
        let place = entries.firstIndex { Int($0.node) == node && $0.device == sighting.device }
        if let place {
            if !holds { entries.remove(at: place) }
            return false
        }
        if holds { begin(node, sighting.device, since: step.at, step) }
        return holds
    }

    /// Moves the whole pattern and says what that means for its alarm.
    mutating func conclude(
        _ step: borrowing Step, _ event: Event?, _ calendar: CivilCalendar, _ findings: inout [Finding],
        _ tally: inout MatchTally
    ) {
        let root = step.automaton.root
        let completion = move(root, step, &tally)
        if completion != nil { tally.completed += 1 }
        let isTrue = truths.isTrue(root)
        let change: Finding.Change
        if isTrue {
            guard !isRaised, isOpen(step, calendar) else { return }
            isRaised = true
            raisedDevice = lastDevice
            change = .active
        } else if isRaised {
            isRaised = false
            change = .restored
        } else {
            guard completion != nil, isOpen(step, calendar) else { return }
            change = .pressed
        }
        let witness =
            change == .restored && step.automaton.scope != .home ? raisedDevice : step.witness(lastDevice)
        findings.append(
            Finding(
                source: .rule(step.automaton.rule), device: step.automaton.isPerDevice ? Int(device) : nil,
                change: change, signal: event?.signal, reading: event?.reading,
                quality: event?.quality ?? .live, deviceTime: event?.deviceTime,
                lateBy: .milliseconds(step.time.now.milliseconds - step.at),
                evidenceDevice: witness == Self.homeWide ? nil : Int(witness)))
    }

    /// Whether its schedule is open at the moment of the step.
    private func isOpen(_ step: borrowing Step, _ calendar: CivilCalendar) -> Bool {
        guard let schedule = step.automaton.during else { return true }
        return schedule.isOpen(at: WallTime(milliseconds: step.at + step.time.wallOffset), in: calendar)
    }

    /// The signal of a device that was held long enough; nil where another thing became due.
    private func heldSignal(of device: Int?, _ automaton: Automaton, _ book: RuleBook) -> Signal? {
        entries.last { $0.hasFired && Int($0.device) == device }
            .map { book.leaves[automaton.leafOfNode[Int($0.node)]].signal }
    }

    /// Fires what is due first.
    mutating func fire(
        _ automaton: Automaton, _ ground: MatchGround, _ canBreak: @escaping (Int, Automaton) -> Bool,
        _ findings: inout [Finding], _ tally: inout MatchTally
    ) {
        order &+= 1
        let book = ground.book
        var step = Step(automaton: automaton, time: ground.time, at: due(ground.time))
        step.order = order
        step.isDue = true
        step.canBreak = canBreak
        let first = findings.count
        conclude(step, nil, book.calendar, &findings, &tally)
        if automaton.scope == .home {
            for place in findings.indices.dropFirst(first) where findings[place].change != .restored {
                findings[place].signal = heldSignal(of: findings[place].evidenceDevice, automaton, book)
            }
        }
        refreshDeadlines(automaton, ground.time, book.calendar)
    }
}
