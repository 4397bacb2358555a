import SafetySimulator
import Testing

/// The real gate, recovery, degraded mode and machine through random faults: 200 seeds here; a longer run is
/// `anju simulate --seed 1000 --seeds 20000` with a release build (about 10 ms a seed).
struct SimulationTests {
    static let chunk: UInt64 = 25

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `no seed breaks an invariant`(part: UInt64) {
        let first = part * Self.chunk + 1
        for seed in first..<(first + Self.chunk) {
            let result = Simulation.play(SimulationStory(seed: seed))
            if let violation = result.violation {
                Issue.record("anju simulate --seed \(seed) --trace: \(violation)")
            }
        }
    }

    @Test(arguments: [3, 58, 153] as [UInt64])
    func `the same seed gives the same digest`(seed: UInt64) {
        let story = SimulationStory(seed: seed)
        let first = Simulation.play(story)
        let second = Simulation.play(SimulationStory(seed: seed), tracing: true)
        #expect(first.digest == second.digest)
        #expect(first.steps == second.steps)
        #expect(first.trace.isEmpty && !second.trace.isEmpty)
        #expect(Simulation.play(SimulationStory(seed: seed + 1)).digest != first.digest)
    }

    @Test func `seeds switch on different faults, and each fault by some seed`() {
        let swarms = (1...200 as ClosedRange<UInt64>).map { SimulationStory(seed: $0).faults }
        for fault in SimulationFault.allCases {
            let count = swarms.count { $0.contains(fault) }
            #expect(count > 40 && count < 160, "\(fault)")
        }
        #expect(Set(swarms).count > 150)
    }

    @Test func `a world without faults has one life`() {
        for seed in 1...10 as ClosedRange<UInt64> {
            let result = Simulation.play(SimulationStory(seed: seed, allowing: []))
            #expect(result.violation == nil)
            #expect(result.lives == 1)
            #expect(result.incidents > 0)
        }
    }

    @Test(arguments: SimulationTests.marks)
    func `a fault comes about`(fault: SimulationFault, mark: String) {
        let isMet = (1...60 as ClosedRange<UInt64>).contains { seed in
            let story = SimulationStory(seed: seed, allowing: [fault])
            guard story.faults == [fault] else { return false }
            return Simulation.play(story, tracing: true).trace.contains { $0.contains(mark) }
        }
        #expect(isMet)
    }

    static let marks: [(SimulationFault, String)] = [
        (.outage, "the connection breaks"), (.brokerLoss, "restarts without its sessions"),
        (.bridgeReplay, "the bridge of"), (.crash, "the gateway dies"),
        (.crashLoop, "the gateway dies: in recovery"), (.fullDisk, "the store is back"),
        (.hangingCommit, "its thread is given up"), (.snapshots, "is written"),
        (.clockJump, "the wall clock jumps"), (.deadChannel, "(try 2)"), (.absence, "nobody answers"),
        (.reload, "are in force"), (.poison, "crashes it"), (.desk, "answer to desk/"),
    ]
}

/// Every invariant can fail: a bug is built in, and it is this invariant that notices.
struct SimulationBugTests {
    @Test(arguments: SimulationBug.allCases)
    func `a bug is noticed`(bug: SimulationBug) {
        let found = (1...80 as ClosedRange<UInt64>).contains { seed in
            Simulation.play(SimulationStory(seed: seed), with: bug).violation?.invariant == bug.invariant
        }
        #expect(found)
    }

    @Test func `every invariant has a bug`() {
        let noticed = Set(SimulationBug.allCases.map(\.invariant))
        #expect(SimulationInvariant.allCases.filter { !noticed.contains($0) } == [])
    }

    @Test(arguments: [
        SimulationBug.readsOffAsOn, .forgetsDeliveries, .storesNothing, .keepsShelf, .forgetsHeld,
        .changesAnswer,
    ])
    func `a failing story shrinks to a few acts`(bug: SimulationBug) throws {
        let seed = try #require(
            (1...80 as ClosedRange<UInt64>).first { seed in
                Simulation.play(SimulationStory(seed: seed), with: bug).violation?.invariant == bug.invariant
            })
        let story = SimulationStory(seed: seed)
        let shrinker = try #require(SimulationShrinker.shrink(story, with: bug))
        #expect(shrinker.violation.invariant == bug.invariant)
        #expect(shrinker.story.acts.count <= max(8, story.acts.count / 4))
        #expect(shrinker.story.homeCount <= story.homeCount)
        let again = Simulation.play(shrinker.story, with: bug).violation
        #expect(again == shrinker.violation)
    }

    @Test func `a story that does not fail is not shrunk`() {
        #expect(SimulationShrinker.shrink(SimulationStory(seed: 1, allowing: [])) == nil)
    }

    @Test func `shrinking ends at its limit, runLimit unless told`() throws {
        let story = SimulationStory(seed: 2)
        let short = try #require(SimulationShrinker.shrink(story, with: .readsOffAsOn, playing: 5))
        #expect(short.runs == 5)
        let whole = try #require(SimulationShrinker.shrink(story, with: .readsOffAsOn))
        #expect(whole.runs > 5 && whole.runs <= SimulationShrinker.runLimit)
        #expect(whole.story.acts.count < short.story.acts.count)
    }
}
