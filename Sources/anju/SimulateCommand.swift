import ArgumentParser
import Foundation
import SafetySimulator

/// `anju simulate`: the real gateway in a world where everything goes wrong, by seeds.
struct SimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Play the gateway through random faults in virtual time, and check what must never happen.",
        discussion: """
            Each seed is a community, a story and a random subset of faults: lost, doubled, late messages, broker \
            outages, bridges that repeat their cache, crashes at any point, crash loops, a full or hanging disk, \
            clock jumps, dead channels, nobody there, new files in the middle, an input that crashes the gateway; and \
            people at the desk who open incidents, shelve, test and visit. \
            The gate, recovery, degraded mode and the machine are the real ones; nothing is sent and no time passes.

            After every step the invariants are checked. A failing seed is shrunk to the shortest list of acts \
            that still breaks the same invariant. The same seed gives the same digest everywhere.

              anju simulate --seed 7 --trace        one story, line by line
              anju simulate --seed 1 --seeds 20000  a long run

            Faults: \(SimulationFault.allCases.map(\.rawValue).joined(separator: ", "))

            Exit codes: 0 all invariants held, 1 a seed failed, 64 wrong usage.
            """)

    @Option(help: "The first seed.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("How many seeds, one after the other.", valueName: "count"))
    var seeds: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "Only these faults, separated by commas; `none` for a calm world.", valueName: "list"))
    var faults: String?

    @Flag(help: "Print what happens.")
    var trace = false

    @Flag(inversion: .prefixedNo, help: "Shrink failing seeds.")
    var shrink = true

    func validate() throws {
        guard seeds > 0 else { throw ValidationError("--seeds must be at least 1.") }
        guard !seed.addingReportingOverflow(seeds).overflow else {
            throw ValidationError("--seed is too large.")
        }
        _ = try allowedFaults()
    }

    func run() throws {
        let allowed = try allowedFaults()
        let clock = ContinuousClock()
        let began = clock.now
        var failed: [UInt64] = []
        var steps = 0
        var digest: UInt64 = 0
        for number in seed..<(seed + seeds) {
            let story = SimulationStory(seed: number, allowing: allowed)
            let result = Simulation.play(story, tracing: trace)
            steps += result.steps
            digest = (digest &* 31) ^ result.digest
            if trace { write(result.trace) }
            guard let violation = result.violation else { continue }
            failed.append(number)
            write(["seed \(number) FAILS: \(violation)"])
            if shrink { write(shortened(story)) }
        }
        let took = clock.now - began
        let words = "\(seeds) seeds, \(steps) batches, digest \(String(digest, radix: 16)), \(took)"
        write(["\(words), \(failed.count) failed\(failed.isEmpty ? "" : ": \(failed)")"])
        if !failed.isEmpty { throw ExitCode(1) }
    }

    private func allowedFaults() throws -> [SimulationFault] {
        guard let faults else { return SimulationFault.allCases }
        if faults == "none" { return [] }
        return try faults.split(separator: ",").map { word in
            let name = word.trimmingCharacters(in: .whitespaces)
            guard let fault = SimulationFault(rawValue: name) else {
                throw ValidationError("There is no fault \"\(name)\".")
            }
            return fault
        }
    }

    private func shortened(_ story: SimulationStory) -> [String] {
        guard let shrinker = SimulationShrinker.shrink(story) else { return [] }
        let short = shrinker.story
        return ["  the shortest story found (\(shrinker.runs) played, \(story.acts.count) acts before):"]
            + ["  \(short.homeCount) homes, seed \(story.seed)"] + short.acts.map { "    \($0)" }
            + ["  \(shrinker.violation)"]
    }

    private func write(_ lines: [String]) {
        FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
    }
}
