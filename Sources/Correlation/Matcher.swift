public import SafetyModel

/// What a rule or the supervision found, for the alarm register.
public struct Finding: Hashable, Sendable {
    /// Where it came from.
    public var source: Source
    /// The device's place in its home; nil for home-wide findings.
    public var device: Int?
    /// What happened to it.
    public var change: Change
    /// The signal concerned.
    public var signal: Signal?
    /// The value that was given.
    public var reading: Reading?
    /// Where the value came from.
    public var quality: Quality
    /// When the device says it happened.
    public var deviceTime: WallTime?
    /// By how much it comes late.
    public var lateBy: Duration
    /// Whose word it was, where the finding itself is home-wide.
    public var evidenceDevice: Int?

    /// Makes one from its parts.
    public init(
        source: Source, device: Int?, change: Change, signal: Signal? = nil, reading: Reading? = nil,
        quality: Quality = .live, deviceTime: WallTime? = nil, lateBy: Duration = .zero,
        evidenceDevice: Int? = nil
    ) {
        self.source = source
        self.device = device
        self.change = change
        self.signal = signal
        self.reading = reading
        self.quality = quality
        self.deviceTime = deviceTime
        self.lateBy = lateBy
        self.evidenceDevice = evidenceDevice ?? device
    }

    /// Where it came from.
    public enum Source: Hashable, Sendable {
        /// A rule by its place in the rule book.
        case rule(Int)
        case trouble(AlarmKind)
    }

    /// What can happen to it.
    public enum Change: Hashable, Sendable {
        /// The condition is true; it raises when no alarm stands for it.
        case active
        /// Each one counts: a press.
        case pressed
        /// The condition ended.
        case restored
    }
}

/// Runs the rule book over the events of one home.
public enum Matcher {
    /// Adds what the event means to `findings`.
    public static func advance(
        with event: Event, at now: Instant, book: RuleBook, community: Community, device: DeviceIndex,
        in home: inout HomePerception, findings: inout [Finding]
    ) {
        for index in book.leaves(for: event.signal) {
            let leaf = book.leaves[Int(index)]
            if leaf.isFiltered && !book.passes(leaf, device: device, community: community) { continue }
            if event.quality == .history {
                old(event, leaf: leaf, urgency: book.rules[leaf.rule].urgency, findings: &findings)
            } else if leaf.isStateless {
                single(event, leaf: leaf, findings: &findings)
            } else if event.isOccurrence && leaf.composite == nil {
                occurrence(event, leaf: leaf, findings: &findings)
            } else {
                stateful(event, leaf: leaf, index: index, at: now, in: &home, findings: &findings, book: book)
            }
        }
    }

    /// Fires `held` conditions that are due.
    public static func fireDue(
        at now: Instant, book: RuleBook, in home: inout HomePerception, findings: inout [Finding]
    ) {
        var composites: [Int] = []
        for place in home.leaves.indices {
            let active = home.leaves[place]
            let leaf = book.leaves[Int(active.leaf)]
            guard isDue(active, leaf, at: now) else { continue }
            home.leaves[place].hasFired = true
            if let composite = leaf.composite {
                if !composites.contains(composite) { composites.append(composite) }
                continue
            }
            let due = active.since + .milliseconds(leaf.heldMilliseconds)
            findings.append(
                Finding(
                    source: .rule(leaf.rule), device: Int(active.device), change: .active,
                    signal: leaf.condition.signal,
                    reading: home.reading(of: leaf.condition.signal, device: Int(active.device))?.reading,
                    lateBy: now - due))
        }
        for composite in composites {
            evaluate(composite, device: nil, event: nil, at: now, book: book, in: home, findings: &findings)
        }
        forget(at: now, book: book, in: &home, findings: &findings)
    }

    /// When a `held` condition or a window of this home runs out next.
    public static func nextDeadline(book: RuleBook, home: HomePerception) -> Instant? {
        var next: Instant?
        for active in home.leaves {
            let leaf = book.leaves[Int(active.leaf)]
            let deadline: Instant
            if let until = active.until {
                deadline = until + .milliseconds(leaf.memoryMilliseconds + 1)
            } else if leaf.heldMilliseconds > 0 && !active.hasFired {
                deadline = active.since + .milliseconds(leaf.heldMilliseconds)
            } else {
                continue
            }
            next = min(next ?? deadline, deadline)
        }
        return next
    }

    private static func isDue(_ active: ActiveLeaf, _ leaf: RuleBook.Leaf, at now: Instant) -> Bool {
        leaf.heldMilliseconds > 0 && !active.hasFired && active.until == nil
            && active.since + .milliseconds(leaf.heldMilliseconds) <= now
    }

    /// An old event fills the record; a life-safety one raises at once.
    ///
    /// It says nothing about spans and windows of now.
    private static func old(
        _ event: Event, leaf: RuleBook.Leaf, urgency: Urgency, findings: inout [Finding]
    ) {
        guard urgency == .lifeSafety, leaf.composite == nil, leaf.heldMilliseconds == 0,
            leaf.condition.raise.holds(for: event.reading)
        else { return }
        findings.append(finding(.pressed, event, rule: leaf.rule))
    }

    /// What is over at once is never held, and has no end to wait for.
    private static func occurrence(_ event: Event, leaf: RuleBook.Leaf, findings: inout [Finding]) {
        guard leaf.heldMilliseconds == 0, leaf.condition.raise.holds(for: event.reading) else { return }
        findings.append(finding(.pressed, event, rule: leaf.rule))
    }

    /// A condition that the stored reading answers alone.
    private static func single(_ event: Event, leaf: RuleBook.Leaf, findings: inout [Finding]) {
        let holds = leaf.condition.raise.holds(for: event.reading)
        let held = event.previous.map { leaf.condition.raise.holds(for: $0) } ?? false
        let change: Finding.Change
        if holds {
            let isPress = event.form == .pulse || (event.signal == .call && event.isEdge)
            change = isPress ? .pressed : .active
        } else if held && event.isEdge {
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

    private static func stateful(
        _ event: Event, leaf: RuleBook.Leaf, index: UInt16, at now: Instant, in home: inout HomePerception,
        findings: inout [Finding], book: RuleBook
    ) {
        let place = home.leaves.firstIndex {
            $0.leaf == index && $0.device == UInt16(event.device) && $0.until == nil
        }
        let holds = leaf.condition.raise.holds(for: event.reading)
        if holds && place == nil {
            begin(event, leaf: leaf, index: index, at: now, in: &home)
        } else if !holds, let place {
            guard leaf.condition.clear?.holds(for: event.reading) ?? true else { return }
            let hadFired = home.leaves[place].hasFired
            home.leaves[place].until = now
            if leaf.composite == nil {
                home.leaves.remove(at: place)
                if hadFired { findings.append(finding(.restored, event, rule: leaf.rule)) }
                return
            }
        } else if !holds {
            return
        }
        if let composite = leaf.composite {
            evaluate(
                composite, device: event.device, event: event, at: now, book: book, in: home,
                findings: &findings)
        } else if leaf.heldMilliseconds == 0 && holds {
            if let place = home.leaves.firstIndex(where: {
                $0.leaf == index && $0.device == UInt16(event.device)
            }) {
                home.leaves[place].hasFired = true
            }
            findings.append(finding(.active, event, rule: leaf.rule))
        }
    }

    private static func begin(
        _ event: Event, leaf: RuleBook.Leaf, index: UInt16, at now: Instant, in home: inout HomePerception
    ) {
        home.leaves.removeAll { $0.leaf == index && $0.device == UInt16(event.device) }
        var active = ActiveLeaf(leaf: index, device: UInt16(event.device), since: now)
        // A press is over as soon as it happened; the window remembers it.
        if event.isOccurrence { active.until = now }
        home.leaves.append(active)
    }
}
