import Correlation
import Foundation
import SafetyCore
import SafetyModel

/// Drives one machine on one thread.
struct MachineBench {
    private let site: Site

    init(_ site: Site) { self.site = site }

    private static let start = Instant(milliseconds: 1_790_000_000_000)
    private static let messageCount = 1 << 18
    private static let repeats = 7

    /// Observations a second, as the median of some passes over the same traffic.
    func measureSpeed(_ kind: Traffic.Kind) {
        let traffic = Traffic(site.community, kind: kind, count: Self.messageCount, seed: 1)
        var run = Run(site)
        run.pass(traffic)
        let median = (0..<Self.repeats).map { _ in run.pass(traffic) }.sorted()[Self.repeats / 2]
        Self.tell(
            "speed",
            [
                "traffic": kind.rawValue, "homes": site.community.homes.count - 1, "rules": site.rules.count,
                "observationsPerSecond": Double(traffic.observations) / median,
                "messagesPerSecond": Double(traffic.messages) / median,
                "nanosecondsPerObservation": median * 1e9 / Double(traffic.observations),
                "incidents": run.machine.openIncidents.count,
            ])
    }

    /// Resident memory in megabytes: with the site alone, with a machine, after traffic, after a snapshot.
    func measureMemory() {
        let empty = Self.residentMegabytes()
        var run = Run(site)
        let fresh = Self.residentMegabytes()
        for kind in Traffic.Kind.allCases {
            run.pass(Traffic(site.community, kind: kind, count: Self.messageCount, seed: 1))
        }
        let used = Self.residentMegabytes()
        let bytes = run.machine.snapshot().count
        Self.tell(
            "memory",
            [
                "site": empty, "machine": fresh, "used": used, "snapshotWritten": Self.residentMegabytes(),
                "snapshotBytes": bytes,
            ])
    }

    private static func residentMegabytes() -> Double {
        let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
        return (pages?.dropFirst().first).flatMap { Double($0) }.map { $0 * 4_096 / 1e6 } ?? 0
    }

    /// Heap allocations of a thousand observations that match nothing.
    func measureAllocations() {
        guard let symbol = dlsym(nil, "anju_allocations") else {
            Self.tell("allocations", ["perThousand": -1])
            return
        }
        let allocations = unsafeBitCast(symbol, to: (@convention(c) () -> UInt64).self)
        for kind in Traffic.Kind.allCases {
            let traffic = Traffic(site.community, kind: kind, count: Self.messageCount, seed: 1)
            var run = Run(site)
            run.pass(traffic)
            run.pass(traffic)
            let before = allocations()
            run.pass(traffic)
            Self.tell(
                "allocations",
                [
                    "traffic": kind.rawValue,
                    "perThousand": Double(allocations() - before) * 1_000 / Double(traffic.observations),
                ])
        }
    }

    /// How long the loop stands still for a snapshot, and right after it; batches of 64 messages, which is
    /// what 20,000 homes say in 40 ms.
    func measureSnapshot() {
        let traffic = Traffic(
            site.community, kind: .changing, count: Self.messageCount, seed: 1, batchSize: 64)
        var run = Run(site)
        run.pass(traffic)
        let quiet = run.longestBatch(traffic) { _ in }
        let encoding = EncodingThread()
        let busy = run.longestBatch(traffic, every: 800) { machine in encoding.take(machine)
        }
        encoding.end()
        Self.tell(
            "snapshot",
            [
                "longestBatchMilliseconds": quiet.wall, "longestBatchWithSnapshotsMilliseconds": busy.wall,
                "longestBatchOwnMilliseconds": quiet.own,
                "longestBatchWithSnapshotsOwnMilliseconds": busy.own,
                "snapshots": encoding.count, "bytes": encoding.size,
            ])
    }

    /// The cost of an observation by the number of rules that name its signal, and by those that do not.
    func measureRules() {
        for count in [0, 8, 16, 32, 64] {
            for (name, signal) in [("naming", Signal.temperature), ("others", Signal.heartRate)] {
                var site = site
                site.rules = (0..<count).map { index in
                    Rule(
                        id: "r\(index)", when: .condition(Condition(signal, .above(200 + Double(index)))),
                        alarm: AlarmKind("found"), urgency: .routine)
                }
                let traffic = Traffic(site.community, kind: .changing, count: Self.messageCount, seed: 1)
                var run = Run(site)
                run.pass(traffic)
                let seconds = (0..<Self.repeats).map { _ in run.pass(traffic) }.sorted()[Self.repeats / 2]
                Self.tell(
                    "rules",
                    [
                        "rules": count, "which": name,
                        "nanosecondsPerObservation": seconds * 1e9 / Double(traffic.observations),
                    ])
            }
        }
    }

    /// One machine and its clock.
    struct Run {
        var machine: SafetyMachine
        private var now = MachineBench.start
        private var outcome = StepOutcome()

        init(_ site: Site) {
            machine = SafetyMachine(site: CompiledSite(site), at: MachineBench.start)
            var batch = InputBatch()
            batch.inputs = [.link(isUp: true), .caughtUp]
            step(batch)
        }

        private mutating func step(_ batch: InputBatch) {
            outcome.removeAll()
            for place in batch.inputs.indices {
                machine.advance(with: batch, at: place, time: now, into: &outcome)
            }
            machine.collect(into: &outcome)
        }

        /// - Returns: seconds of this thread on a core; the clock also shows what others took.
        @discardableResult
        mutating func pass(_ traffic: Traffic) -> Double {
            let begun = MachineBench.ownNanoseconds()
            for batch in traffic.batches {
                now = now + .milliseconds(traffic.millisecondsPerBatch)
                step(batch)
            }
            return Double(MachineBench.ownNanoseconds() - begun) / 1e9
        }

        /// The longest batch in milliseconds, by the clock and by the thread's own time on a core: on a busy
        /// machine the first is also what others took.
        mutating func longestBatch(
            _ traffic: Traffic, every: Int = .max, interrupt: (SafetyMachine) -> Void
        ) -> (wall: Double, own: Double) {
            var wall: UInt64 = 0
            var own: UInt64 = 0
            for (number, batch) in traffic.batches.enumerated() {
                let begun = (DispatchTime.now().uptimeNanoseconds, MachineBench.ownNanoseconds())
                now = now + .milliseconds(traffic.millisecondsPerBatch)
                if number % every == every - 1 { interrupt(machine) }
                step(batch)
                wall = max(wall, DispatchTime.now().uptimeNanoseconds - begun.0)
                own = max(own, MachineBench.ownNanoseconds() - begun.1)
            }
            return (Double(wall) / 1e6, Double(own) / 1e6)
        }
    }

    /// This thread's time on a core, in nanoseconds.
    fileprivate static func ownNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    private static func tell(_ part: String, _ figures: [String: Any]) {
        var line = figures
        line["part"] = part
        guard let data = try? JSONSerialization.data(withJSONObject: line, options: [.sortedKeys]) else {
            return
        }
        FileHandle.standardOutput.write(data + Data("\n".utf8))
    }
}

/// Encodes copies of a machine beside the loop, one at a time, as the gateway does.
final class EncodingThread: @unchecked Sendable {
    // Unchecked: everything mutable is touched under `condition`.
    private let condition = NSCondition()
    private var waiting: SafetyMachine?
    private var isEnding = false
    private var isBusy = false
    private(set) var count = 0
    private(set) var size = 0

    init() {
        let thread = Thread { [self] in run() }
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// Takes a copy, unless one is being encoded.
    func take(_ machine: SafetyMachine) {
        condition.lock()
        if !isBusy, waiting == nil {
            waiting = machine
            condition.signal()
        }
        condition.unlock()
    }

    /// Waits for the last one.
    func end() {
        condition.lock()
        isEnding = true
        condition.signal()
        while isBusy || waiting != nil { condition.wait() }
        condition.unlock()
    }

    private func run() {
        condition.lock()
        while true {
            while waiting == nil, !isEnding { condition.wait() }
            guard let machine = waiting else { break }
            waiting = nil
            isBusy = true
            condition.unlock()
            let bytes = machine.snapshot().count
            condition.lock()
            isBusy = false
            count += 1
            size = bytes
            condition.broadcast()
        }
        condition.unlock()
    }
}
