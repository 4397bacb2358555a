public import SafetyModel

/// The site as matches must know it when they begin or move.
public struct MatchGround {
    /// The rules.
    public let book: RuleBook
    /// Homes and devices.
    public let community: Community
    /// The moment, hearing and wall clock.
    public let time: MatchTime

    /// Makes one from its parts.
    public init(book: RuleBook, community: Community, time: MatchTime) {
        self.book = book
        self.community = community
        self.time = time
    }
}

extension MatchTable {
    /// Begins the matches of a home from its stored readings, where they are not carried over.
    ///
    /// What was true before is no news: only `held` conditions and absences start to count.
    ///
    /// - Parameters:
    ///   - devices: the home's devices in the community.
    ///   - isKept: whether what an automaton knows of a device was carried over.
    ///   - isRaised: whether the alarm of a rule (by its place in the book) and a device is active: between
    ///     `raise` and `clear` the condition then goes on.
    public mutating func start(
        from readings: [StoredReading], devices: Range<Int>, _ ground: MatchGround,
        isKept: (_ automaton: Int, _ device: Int) -> Bool,
        isRaised: (_ rule: Int, _ device: Int?) -> Bool
    ) {
        var begun: [UInt16] = []
        for stored in readings where !stored.isOccurrence {
            let device = DeviceIndex(devices.lowerBound + Int(stored.device))
            for index in ground.book.leaves(for: stored.signal) {
                let leaf = ground.book.leaves[Int(index)]
                guard let automaton = leaf.automaton, !isKept(automaton, Int(stored.device)),
                    ground.book.passes(leaf, device: device)
                else { continue }
                let own = ground.book.leaf(leaf, for: device)
                begin(own, stored, ground) { isRaised(leaf.rule, $0) }
                begun.append(UInt16(automaton))
            }
        }
        endUnbreakable(devices, ground)
        startSilences(.home, devices, ground)
        settle(ground, where: { begun.contains($0.automaton) }, isRaised)
    }

    /// Begins the absences of a scope that are not carried over, where some device could break them.
    ///
    /// - Parameter devices: the devices of the home or of the whole building, by place in the community.
    public mutating func startSilences(
        _ scope: Rule.Scope, _ devices: some Collection<Int>, _ ground: MatchGround
    ) {
        for (index, automaton) in ground.book.automata.enumerated()
        where automaton.scope == scope && !automaton.silences.isEmpty {
            for node in automaton.silences
            where ground.book.canBreak(node, of: automaton, devices, in: ground.community) {
                let place = ensure(index, device: MatchState.homeWide, automaton)
                if states[place].marks.contains(where: { Int($0.node) == node }) { continue }
                states[place].marks.append(
                    Mark(
                        node: UInt16(node), device: MatchState.homeWide,
                        moment: Moment(time: ground.time.now.milliseconds, order: states[place].order),
                        blind: ground.time.blind))
                states[place].refreshDeadlines(automaton, ground.time, ground.book.calendar)
            }
        }
        gatherDeadlines()
    }

    /// Ends sequences that stand until a silence is broken, where the device that could do it is gone.
    ///
    /// - Parameter devices: those of the home, or of all homes that the table stands for.
    public mutating func endUnbreakable(_ devices: some Collection<Int>, _ ground: MatchGround) {
        for place in states.indices.reversed() {
            let automaton = ground.book.automata[Int(states[place].automaton)]
            let count = states[place].partials.count
            states[place].partials.removeAll { match in
                guard case .sequence(let plan) = automaton.nodes[Int(match.node)],
                    match.isStanding(of: plan, at: Int(match.node)), let absence = plan.lastAbsence
                else { return false }
                return !ground.book.canBreak(absence, of: automaton, devices, in: ground.community)
            }
            if states[place].partials.count == count { continue }
            states[place].resettle(automaton, ground)
            if states[place].isIdle(automaton, at: ground.time.now.milliseconds) { states.remove(at: place) }
        }
        gatherDeadlines()
    }

    private mutating func begin(
        _ leaf: RuleBook.Leaf, _ stored: StoredReading, _ ground: MatchGround, isRaised: (Int?) -> Bool
    ) {
        guard let index = leaf.automaton else { return }
        let automaton = ground.book.automata[index]
        let device = Int32(stored.device)
        if leaf.plan.isChange {
            guard case .number(let value) = stored.reading else { return }
            let place = ensure(index, device: automaton.isPerDevice ? device : MatchState.homeWide, automaton)
            let step = Step(automaton: automaton, time: ground.time, at: ground.time.now.milliseconds)
            states[place].sample(leaf.node, leaf.plan, value: value, device: device, step)
            return
        }
        let stands = isRaised(automaton.isPerDevice ? Int(device) : nil)
        guard leaf.plan.isTracked,
            leaf.raise.holds(for: stored.reading)
                || leaf.clear.map({ !$0.holds(for: stored.reading) }) == true && stands
        else { return }
        let place = ensure(index, device: automaton.isPerDevice ? device : MatchState.homeWide, automaton)
        let now = ground.time.now.milliseconds
        states[place].entries.append(
            ActiveCondition(
                node: UInt16(leaf.node), device: device, since: now, saidAt: now, blind: ground.time.blind,
                hasFired: leaf.plan.held == 0 || stands))
    }

    /// Works out in silence what is true, and which alarms stand for it.
    mutating func settle(
        _ ground: MatchGround, where isMeant: (MatchState) -> Bool,
        _ isRaised: (_ rule: Int, _ device: Int?) -> Bool
    ) {
        for place in states.indices where isMeant(states[place]) {
            let automaton = ground.book.automata[Int(states[place].automaton)]
            let device = states[place].device
            let stands = isRaised(automaton.rule, automaton.isPerDevice ? Int(device) : nil)
            // What was accepted stays accepted.
            if case .unless = automaton.nodes[automaton.root] {
                states[place].truths.set(automaton.root, stands)
            }
            let step = Step(automaton: automaton, time: ground.time, at: ground.time.now.milliseconds)
            var ignored = MatchTally()
            _ = states[place].move(automaton.root, step, &ignored)
            states[place].isRaised =
                (stands || states[place].isRaised) && states[place].truths.isTrue(automaton.root)
            states[place].refreshDeadlines(automaton, ground.time, ground.book.calendar)
        }
        gatherDeadlines()
    }

    /// The states whose rule is unchanged in another book, with their devices' places there.
    ///
    /// - Parameters:
    ///   - automata: the place of each automaton in the other book; nil where its rule changed.
    ///   - devices: the place of a device; nil where it is gone or another rule applies to it now.
    public func moved(
        automata: [Int?], to ground: MatchGround, devices: (Int) -> Int?
    ) -> MatchTable {
        var table = MatchTable()
        for state in states {
            guard let index = automata[Int(state.automaton)] else { continue }
            let automaton = ground.book.automata[index]
            var state = state
            state.automaton = UInt16(index)
            let parts = state.entries.count + state.marks.count
            guard state.moveDevices(automaton, devices) else { continue }
            if state.entries.count + state.marks.count < parts {
                state.resettle(automaton, ground)
                if state.isIdle(automaton, at: ground.time.now.milliseconds) { continue }
            }
            table.states.append(state)
        }
        table.gatherDeadlines()
        return table
    }

    /// The place of each automaton of one book in another, where its rule is the same.
    public static func unchanged(from old: RuleBook, to book: RuleBook) -> [Int?] {
        var rules: [String: Int] = [:]
        for (index, rule) in book.rules.enumerated() where rules[rule.id] == nil { rules[rule.id] = index }
        var places: [RulePart: Int] = [:]
        for (place, automaton) in book.automata.enumerated() {
            places[RulePart(rule: automaton.rule, alternative: automaton.alternative)] = place
        }
        return old.automata.map { automaton in
            let rule = old.rules[automaton.rule]
            guard let same = rules[rule.id], book.rules[same] == rule else { return nil }
            return places[RulePart(rule: same, alternative: automaton.alternative)]
        }
    }

    private struct RulePart: Hashable {
        var rule: Int
        var alternative: Int
    }

    /// Whether an active alarm's pattern is still true.
    public func isTrue(rule: Int, device: Int?, book: RuleBook) -> Bool {
        states.contains { state in
            let automaton = book.automata[Int(state.automaton)]
            return automaton.rule == rule && state.truths.isTrue(automaton.root)
                && (device.map { Int32($0) } ?? MatchState.homeWide) == state.device
        }
    }

    /// Devices whose word completed an alarm of a rule that stands.
    public func raisedDevices(rule: Int, book: RuleBook) -> [Int] {
        states.filter { $0.isRaised && book.automata[Int($0.automaton)].rule == rule }
            .map { Int($0.raisedDevice) }
    }
}

extension MatchState {
    /// Works out in silence what is true after parts of it went away.
    fileprivate mutating func resettle(_ automaton: Automaton, _ ground: MatchGround) {
        let step = Step(automaton: automaton, time: ground.time, at: ground.time.now.milliseconds)
        var ignored = MatchTally()
        _ = move(automaton.root, step, &ignored)
        isRaised = isRaised && truths.isTrue(automaton.root)
        refreshDeadlines(automaton, ground.time, ground.book.calendar)
    }

    /// Gives devices their new places and drops what was said by those that are gone.
    ///
    /// - Returns: false when the state stood for a device that is gone.
    fileprivate mutating func moveDevices(_ automaton: Automaton, _ devices: (Int) -> Int?) -> Bool {
        func place(_ device: Int32) -> Int32? {
            device == Self.homeWide ? device : devices(Int(device)).map { Int32($0) }
        }
        if automaton.isPerDevice {
            guard let moved = place(device) else { return false }
            device = moved
        }
        lastDevice = place(lastDevice) ?? Self.homeWide
        raisedDevice = place(raisedDevice) ?? Self.homeWide
        entries = entries.compactMap { entry in
            var entry = entry
            guard let moved = place(entry.device) else { return nil }
            entry.device = moved
            return entry
        }
        marks = marks.compactMap { mark in
            var mark = mark
            // What broke a silence broke it, whoever it was.
            let isBreak = automaton.silences.contains(Int(mark.node))
            guard let moved = place(mark.device) ?? (isBreak ? Self.homeWide : nil) else { return nil }
            mark.device = moved
            return mark
        }
        partials = partials.compactMap { match in
            var match = match
            match.device = place(match.device) ?? Self.homeWide
            return match
        }
        return true
    }
}
