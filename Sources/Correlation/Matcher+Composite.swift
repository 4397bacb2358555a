public import SafetyModel

extension Matcher {
    /// Says whether a home-wide pattern holds now.
    static func evaluate(
        _ composite: Int, device: Int?, event: Event?, at now: Instant, book: RuleBook,
        in home: HomePerception,
        findings: inout [Finding]
    ) {
        let pattern = book.composites[composite]
        let holds = lastTrue(pattern.node, at: now, book: book, in: home) != nil
        findings.append(
            Finding(
                source: .rule(pattern.rule), device: nil, change: holds ? .active : .restored,
                signal: event?.signal, reading: event?.reading, quality: event?.quality ?? .live,
                deviceTime: event?.deviceTime, evidenceDevice: device))
    }

    /// When the pattern was true last, now included; nil when it is outside the windows.
    static func lastTrue(
        _ node: RuleBook.Node, at now: Instant, book: RuleBook, in home: HomePerception
    ) -> Instant? {
        switch node {
        case .leaf(let index):
            return lastTrue(leaf: index, at: now, book: book, in: home)
        case .any(let nodes):
            return nodes.compactMap { lastTrue($0, at: now, book: book, in: home) }.max()
        case .all(let nodes, let within):
            var newest: Instant?
            for node in nodes {
                guard let time = lastTrue(node, at: now, book: book, in: home),
                    now.milliseconds - time.milliseconds <= within
                else { return nil }
                newest = max(newest ?? time, time)
            }
            return newest
        }
    }

    private static func lastTrue(
        leaf index: UInt16, at now: Instant, book: RuleBook, in home: HomePerception
    ) -> Instant? {
        let needsHold = book.leaves[Int(index)].heldMilliseconds > 0
        var newest: Instant?
        for active in home.leaves where active.leaf == index && (!needsHold || active.hasFired) {
            let time = active.until ?? now
            newest = max(newest ?? time, time)
        }
        return newest
    }

    /// Whether the condition of an active alarm goes on, as far as stored readings and partial matches tell.
    ///
    /// - Parameters:
    ///   - device: the alarm's device in its home; nil for a home-wide pattern.
    ///   - first: the index of the home's first device in the community.
    public static func goesOn(
        rule: Int, device: Int?, at now: Instant, book: RuleBook, community: Community, first: Int,
        in home: HomePerception
    ) -> Bool {
        guard let device else {
            return book.composites.contains {
                $0.rule == rule && lastTrue($0.node, at: now, book: book, in: home) != nil
            }
        }
        return zip(UInt16(0)..., book.leaves).contains { index, leaf in
            guard leaf.rule == rule, leaf.composite == nil,
                !leaf.isFiltered
                    || book.passes(leaf, device: DeviceIndex(first + device), community: community)
            else { return false }
            if leaf.isStateless {
                let stored = home.reading(of: leaf.condition.signal, device: device)
                return stored.map { !$0.isOccurrence && leaf.condition.raise.holds(for: $0.reading) } ?? false
            }
            return home.leaves.contains {
                $0.leaf == index && $0.device == UInt16(device) && $0.until == nil
            }
        }
    }

    /// Drops ended conditions that no window reaches any more, and restores patterns that they kept true.
    static func forget(
        at now: Instant, book: RuleBook, in home: inout HomePerception, findings: inout [Finding]
    ) {
        var composites: [Int] = []
        for active in home.leaves {
            let leaf = book.leaves[Int(active.leaf)]
            guard let until = active.until, now.milliseconds - until.milliseconds > leaf.memoryMilliseconds,
                let composite = leaf.composite, !composites.contains(composite)
            else { continue }
            composites.append(composite)
        }
        guard !composites.isEmpty else { return }
        home.leaves.removeAll { active in
            guard let until = active.until else { return false }
            return now.milliseconds - until.milliseconds > book.leaves[Int(active.leaf)].memoryMilliseconds
        }
        for composite in composites {
            evaluate(composite, device: nil, event: nil, at: now, book: book, in: home, findings: &findings)
        }
    }
}
