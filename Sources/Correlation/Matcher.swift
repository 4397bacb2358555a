public import SafetyModel

/// Runs the rule book over events: of one home, or of the homes of one building.
public enum Matcher {
    /// Adds what an event means to `findings`.
    ///
    /// - Parameters:
    ///   - scope: the rules that are meant; `table` is the home's, or that of the home's building.
    ///   - messageTime: the time that the message carries, where the event has none of its own.
    public static func advance(
        with event: Event, messageTime: WallTime?, scope: Rule.Scope = .home, time: MatchTime, book: RuleBook,
        community: Community, device: DeviceIndex, in table: inout MatchTable, findings: inout [Finding],
        tallies: inout [MatchTally]
    ) {
        let leaves = book.leaves(for: event.signal, scope: scope)
        // Held once: an array that is asked for within the loop is counted each time.
        let conditions = book.leaves
        var place = 0
        var hasMoved = false
        while place < leaves.count {
            let number = Int(leaves[place])
            place += 1
            if !book.passes(conditions[number], device: device) { continue }
            let leaf = book.leaf(conditions[number], for: device)
            if event.quality == .history {
                old(event, number, leaf, book, findings: &findings)
                continue
            }
            guard let index = leaf.automaton else {
                single(event, leaf, findings: &findings, tally: &tallies[leaf.rule])
                continue
            }
            var sighting = Sighting(
                event: event, leaf: leaf, device: scope == .home ? Int32(event.device) : device.value)
            guard sighting.matters(to: table, book) else { continue }
            sighting.at = time.eventTime(deviceTime: event.deviceTime ?? messageTime)
            var pending = begin(
                index, sighting, time, book, community, scope == .home ? device.int - event.device : 0,
                in: &table)
            pending.take(sighting, in: &table)
            // The automaton's other conditions of this signal come right after: one event is one moment.
            while place < leaves.count {
                let next = conditions[Int(leaves[place])]
                guard next.automaton == index else { break }
                place += 1
                sighting.leaf = book.leaf(next, for: device)
                guard book.passes(next, device: device), sighting.matters(to: table, book) else { continue }
                pending.take(sighting, in: &table)
            }
            conclude(pending, event, time, book, in: &table, &findings, &tallies)
            hasMoved = true
        }
        if hasMoved { table.gatherDeadlines() }
    }

    /// An old event fills the record; a life-safety one raises at once.
    ///
    /// It says nothing about spans and windows of now.
    private static func old(
        _ event: Event, _ number: Int, _ leaf: RuleBook.Leaf, _ book: RuleBook, findings: inout [Finding]
    ) {
        let rule = book.rules[leaf.rule]
        guard rule.urgency == .lifeSafety, rule.when.holdsAlone(book.conditions[number]),
            leaf.raise.holds(for: event.reading)
        else { return }
        findings.append(finding(.pressed, event, rule: leaf.rule))
    }

    /// A condition that the stored reading answers alone.
    private static func single(
        _ event: Event, _ leaf: RuleBook.Leaf, findings: inout [Finding], tally: inout MatchTally
    ) {
        if !event.isEdge && !event.isStanding { return }
        let holds = leaf.raise.holds(for: event.reading)
        let held = event.previous.map { leaf.raise.holds(for: $0) } ?? false
        let change: Finding.Change
        if holds {
            let isPress = event.form == .pulse || (event.signal == .call && event.isEdge)
            change = isPress ? .pressed : .active
            if event.isEdge { tally.completed += 1 }
        } else if held && event.isEdge && event.signal != .call {
            change = .restored
        } else {
            return
        }
        findings.append(finding(change, event, rule: leaf.rule))
    }

    private static func finding(_ change: Finding.Change, _ event: Event, rule: Int) -> Finding {
        Finding(
            source: .rule(rule), device: event.device, change: change, signal: event.signal,
            reading: event.reading, quality: event.quality, deviceTime: event.deviceTime)
    }

    /// A step that all conditions of one automaton take together: one event is one moment.
    private struct PendingStep: ~Copyable {
        let place: Int
        var step: Step

        mutating func take(_ sighting: Sighting, in table: inout MatchTable) {
            step.seen |= Automaton.bit(of: sighting.leaf.node)
            guard let moment = table.states[place].see(sighting, step) else { return }
            if step.node < 0 {
                step.node = sighting.leaf.node
            } else {
                step.others.insert(sighting.leaf.node)
            }
            step.completion = moment
            if !sighting.leaf.plan.breaksSilence { table.states[place].lastDevice = sighting.device }
        }
    }

    private static func begin(
        _ index: Int, _ sighting: Sighting, _ time: MatchTime, _ book: RuleBook, _ community: Community,
        _ firstDevice: Int, in table: inout MatchTable
    ) -> PendingStep {
        let automaton = book.automata[index]
        let place = table.ensure(
            index, device: automaton.isPerDevice ? sighting.device : MatchState.homeWide, automaton)
        var step = Step(automaton: automaton, time: time, at: time.now.milliseconds)
        step.device = sighting.device
        step.isLive = sighting.event.quality == .live
        step.seen = 0
        if automaton.countsDistinct {
            step.kinship = { one, other, distinct in
                isSame(firstDevice + Int(one), firstDevice + Int(other), distinct, in: community)
            }
        }
        table.states[place].order &+= 1
        step.order = table.states[place].order
        return PendingStep(place: place, step: step)
    }

    private static func conclude(
        _ pending: borrowing PendingStep, _ event: Event, _ time: MatchTime, _ book: RuleBook,
        in table: inout MatchTable, _ findings: inout [Finding], _ tallies: inout [MatchTally]
    ) {
        let automaton = pending.step.automaton
        let rule = automaton.rule
        let forgotten = tallies[rule].forgotten
        table.states[pending.place].conclude(
            pending.step, event, book.calendar, &findings, &tallies[rule])
        if tallies[rule].forgotten != forgotten {
            tell(rule, event, pending.step, &findings, &tallies[rule])
        }
        settle(pending.place, automaton, time, book, in: &table)
    }

    /// Works out the deadlines of a state that moved, or drops it when it remembers nothing.
    ///
    /// The table's own are gathered by the caller, once.
    private static func settle(
        _ place: Int, _ automaton: Automaton, _ time: MatchTime, _ book: RuleBook,
        in table: inout MatchTable
    ) {
        if table.states[place].isIdle(automaton, at: time.now.milliseconds) {
            table.states.remove(at: place)
        } else {
            table.states[place].refreshDeadlines(automaton, time, book.calendar)
        }
    }

    /// Technicians are told at most this often that a rule forgets partial matches.
    public static let forgottenReportInterval = Duration.hours(24)

    private static func tell(
        _ rule: Int, _ event: Event, _ step: borrowing Step, _ findings: inout [Finding],
        _ tally: inout MatchTally
    ) {
        if let last = tally.toldAt, step.time.now - last < forgottenReportInterval { return }
        tally.toldAt = step.time.now
        findings.append(
            Finding(
                source: .forgotten(rule), device: nil, change: .pressed, signal: event.signal,
                evidenceDevice: Int(step.device)))
    }

    /// Whether two devices are the same, or stand in the same place or home.
    private static func isSame(
        _ one: Int, _ other: Int, _ distinct: Pattern.Distinct, in community: Community
    ) -> Bool {
        guard community.devices.indices.contains(one), community.devices.indices.contains(other) else {
            return one == other
        }
        let isHome = community.devices[one].home == community.devices[other].home
        return switch distinct {
        case .device: one == other
        case .home: isHome
        case .place: isHome && community.devices[one].place == community.devices[other].place
        }
    }

    /// Fires what is due in a table.
    ///
    /// - Parameter devices: those of the home, or of all homes that the table stands for, by place in the
    ///   community.
    public static func fireDue(
        _ devices: Range<Int>, _ ground: MatchGround, in table: inout MatchTable,
        findings: inout [Finding], tallies: inout [MatchTally]
    ) {
        fire(ground, in: &table, findings: &findings, tallies: &tallies) { node, automaton in
            ground.book.canBreak(node, of: automaton, devices, in: ground.community)
        }
    }

    /// The same for devices that do not stand in one row.
    public static func fireDue(
        _ devices: [Int], _ ground: MatchGround, in table: inout MatchTable,
        findings: inout [Finding], tallies: inout [MatchTally]
    ) {
        fire(ground, in: &table, findings: &findings, tallies: &tallies) { node, automaton in
            ground.book.canBreak(node, of: automaton, devices, in: ground.community)
        }
    }

    private static func fire(
        _ ground: MatchGround, in table: inout MatchTable, findings: inout [Finding],
        tallies: inout [MatchTally], canBreak: @escaping (Int, Automaton) -> Bool
    ) {
        let time = ground.time
        guard let next = table.nextDeadline(time), next <= time.now else { return }
        for place in table.states.indices.reversed() {
            let automaton = ground.book.automata[Int(table.states[place].automaton)]
            var steps = 0
            while table.states[place].due(time) <= time.now.milliseconds {
                precondition(steps < stepLimit, "What was due fired and is still due.")
                steps += 1
                table.states[place].fire(automaton, ground, canBreak, &findings, &tallies[automaton.rule])
            }
            if steps > 0 { settle(place, automaton, time, ground.book, in: &table) }
        }
        table.gatherDeadlines()
    }

    /// The most steps that one state makes at once; each ends at least one of its bounded parts.
    static let stepLimit = 10_000

    /// Whether the condition of an active alarm goes on, as far as stored readings and matches tell.
    ///
    /// - Parameters:
    ///   - device: the alarm's device in its home; nil for a home-wide pattern.
    ///   - first: the index of the home's first device in the community.
    public static func goesOn(
        rule: Int, device: Int?, book: RuleBook, first: Int, in home: HomePerception
    ) -> Bool {
        if home.matches.isTrue(rule: rule, device: device, book: book) { return true }
        guard let device else { return false }
        return book.leaves.contains { leaf in
            let place = DeviceIndex(first + device)
            guard leaf.rule == rule, leaf.isStateless, book.passes(leaf, device: place),
                let stored = home.reading(of: leaf.signal, device: device)
            else { return false }
            return !stored.isOccurrence && book.leaf(leaf, for: place).raise.holds(for: stored.reading)
        }
    }
}
