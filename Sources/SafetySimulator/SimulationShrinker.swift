/// Makes a failing story as short as it can be: fewer faults, fewer homes, fewer acts, the same invariant.
public struct SimulationShrinker {
    /// The shortest story so far that fails.
    public private(set) var story: SimulationStory
    /// How it fails.
    public private(set) var violation: SimulationViolation
    /// How many stories were played.
    public private(set) var runs = 0
    private let bug: SimulationBug?
    private let limit: Int

    /// The most stories that one shrinking plays; then the shortest so far stands.
    public static let runLimit = 600

    /// Shrinks a story that failed; delta debugging over its list of acts.
    ///
    /// - Parameter limit: the most stories to play.
    /// - Returns: nil when the story does not fail.
    public static func shrink(
        _ story: SimulationStory, with bug: SimulationBug? = nil, playing limit: Int = runLimit
    ) -> SimulationShrinker? {
        guard let violation = Simulation.play(story, with: bug).violation else { return nil }
        var shrinker = SimulationShrinker(story: story, violation: violation, bug: bug, limit: limit)
        shrinker.dropLateActs()
        shrinker.dropFaults()
        shrinker.dropHomes()
        shrinker.dropActs()
        shrinker.dropHomes()
        return shrinker
    }

    private init(story: SimulationStory, violation: SimulationViolation, bug: SimulationBug?, limit: Int) {
        self.limit = limit
        self.story = story
        self.violation = violation
        self.bug = bug
    }

    /// Keeps a candidate when the same invariant fails in it.
    private mutating func keep(_ candidate: SimulationStory) -> Bool {
        guard runs < limit else { return false }
        runs += 1
        guard let found = Simulation.play(candidate, with: bug).violation,
            found.invariant == violation.invariant
        else { return false }
        story = candidate
        violation = found
        return true
    }

    private mutating func dropLateActs() {
        let acts = story.acts.filter { $0.at <= violation.at }
        if acts.count < story.acts.count { _ = keep(story.with(acts: acts)) }
    }

    private mutating func dropFaults() {
        for fault in story.faults {
            var candidate = story.with(acts: story.acts.filter { $0.fault != fault })
            candidate.faults.removeAll { $0 == fault }
            if candidate.acts.count == story.acts.count { continue }
            _ = keep(candidate)
        }
    }

    private mutating func dropHomes() {
        for home in story.homes {
            if let candidate = story.without(homes: [home]) { _ = keep(candidate) }
        }
    }

    /// Leaves out parts of the list, halves first, then smaller ones, until no single act can go.
    private mutating func dropActs() {
        var size = max(1, story.acts.count / 2)
        while true {
            var start = 0
            var hasShrunk = false
            while start < story.acts.count {
                var acts = story.acts
                acts.removeSubrange(start..<min(start + size, acts.count))
                if keep(story.with(acts: acts)) { hasShrunk = true } else { start += size }
            }
            guard runs < limit, size > 1 || hasShrunk else { return }
            if !hasShrunk { size = max(1, size / 2) }
        }
    }
}
