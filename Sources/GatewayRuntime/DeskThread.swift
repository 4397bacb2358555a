import Escalation
import Foundation
import GatewayEngine
import SafetyCore
import SafetyModel

/// The thread for commands, delivery reports and the next deadline.
///
/// Its loop ends when it is told to, or when its commit was given up; then a fresh loop takes over.
final class DeskThread: @unchecked Sendable {
    // Unchecked: everything mutable is touched under `condition`.
    private let gate: CoreGate
    private let clock: GatewayClock
    private let condition = NSCondition()
    private var pending: [CoreInput] = []
    private var asking: [String: CheckedContinuation<CommandAnswer, Never>] = [:]
    private var telling: [String: CheckedContinuation<VisitAnswer, Never>] = [:]
    private var askingDesk: [String: CheckedContinuation<DeskAnswer, Never>] = [:]
    private var asked: Int64 = 0
    private var waitingUntil: Instant?
    private var isStopping = false
    private var isRunning = false
    private var generation = 0
    private var turnedAt = GatewayClock.monotonicNanoseconds

    /// Inputs that wait for the thread; commands beyond it are refused, reports come again by their deadline.
    static let pendingLimit = 50_000
    /// The longest wait, so that the thread can be seen to live, in seconds.
    private static let longestWait = 1.0

    init(gate: CoreGate, clock: GatewayClock) {
        self.gate = gate
        self.clock = clock
    }

    /// When the loop turned last, in monotonic nanoseconds.
    var lastTurn: Int64 { condition.withLock { turnedAt } }

    /// Starts a loop; one that ran before ends at its next turn.
    func start() {
        let generation = condition.withLock {
            self.generation += 1
            isRunning = true
            condition.broadcast()
            return self.generation
        }
        let thread = Thread { [self] in
            RealTimeScheduling.askForThisThread()
            run(generation)
        }
        thread.name = "anju-desk"
        thread.start()
    }

    /// Ends the loop when it has taken in what waits, at the latest after a while, and refuses the rest.
    func stop(within patience: Duration) {
        let limit = Date(timeIntervalSinceNow: Double(patience.wholeMilliseconds) / 1_000)
        let (waiting, telling, waitingDesk) = condition.withLock {
            isStopping = true
            condition.broadcast()
            while isRunning, condition.wait(until: limit) {}
            defer {
                asking.removeAll()
                self.telling.removeAll()
                askingDesk.removeAll()
            }
            return (Array(asking.values), Array(self.telling.values), Array(askingDesk.values))
        }
        for continuation in waiting { continuation.resume(returning: .refused(.unavailable)) }
        for continuation in telling { continuation.resume(returning: .refused(.unavailable)) }
        for continuation in waitingDesk { continuation.resume(returning: .refused(.unavailable)) }
    }

    /// Hands an input in.
    func post(_ input: CoreInput) {
        condition.withLock {
            guard pending.count < Self.pendingLimit else { return }
            pending.append(input)
            condition.broadcast()
        }
    }

    /// Looks again at the deadline, which another thread may have moved.
    func nudge() {
        let next = gate.nextDeadline
        condition.withLock {
            guard let next, let waitingUntil, next >= waitingUntil else {
                if next != nil { condition.broadcast() }
                return
            }
        }
    }

    func ask(_ command: PersonCommand) async -> CommandAnswer {
        await ask(\.asking, command.reference, refusal: .refused(.unavailable)) { reference in
            var command = command
            command.reference = reference
            return .command(command)
        }
    }

    func ask(_ visit: VisitRecord) async -> VisitAnswer {
        await ask(\.telling, visit.reference, refusal: .refused(.unavailable)) { reference in
            var visit = visit
            visit.reference = reference
            return .visit(visit)
        }
    }

    func ask(_ command: DeskCommand) async -> DeskAnswer {
        await ask(\.askingDesk, command.reference, refusal: .refused(.unavailable)) { reference in
            var command = command
            command.reference = reference
            return .desk(command)
        }
    }

    /// Hands in what `input` makes of a reference of its own, and waits for the answer to it.
    private func ask<Answer: Sendable>(
        _ waiting: ReferenceWritableKeyPath<DeskThread, [String: CheckedContinuation<Answer, Never>]>,
        _ reference: String, refusal: Answer, _ input: (String) -> CoreInput
    ) async -> Answer {
        await withCheckedContinuation { continuation in
            let isRefused = condition.withLock {
                guard !isStopping, pending.count < Self.pendingLimit else { return true }
                asked += 1
                let numbered = "\(asked):\(reference)"
                self[keyPath: waiting][numbered] = continuation
                pending.append(input(numbered))
                condition.broadcast()
                return false
            }
            if isRefused { continuation.resume(returning: refusal) }
        }
    }

    /// Answers whoever asked.
    func resolve(_ command: PersonCommand, _ answer: CommandAnswer) {
        condition.withLock { asking.removeValue(forKey: command.reference) }?.resume(returning: answer)
    }

    /// Answers whoever told of a visit.
    func resolve(_ visit: VisitRecord, _ answer: VisitAnswer) {
        condition.withLock { telling.removeValue(forKey: visit.reference) }?.resume(returning: answer)
    }

    /// Answers whoever asked.
    func resolve(_ command: DeskCommand, _ answer: DeskAnswer) {
        condition.withLock { askingDesk.removeValue(forKey: command.reference) }?.resume(returning: answer)
    }

    private func run(_ generation: Int) {
        var batch = InputBatch()
        while let inputs = next(generation) {
            batch.inputs = inputs
            batch.inputs.append(contentsOf: gate.takeConditions().map { .gateway($0) })
            let now = clock.now
            let isDue = gate.nextDeadline.map { $0 <= now } ?? false
            if isDue || gate.owesDocuments(at: now) { batch.inputs.append(.tick) }
            if batch.isEmpty { continue }
            if gate.submit(&batch, at: now, by: .desk) == .abandoned { return ended(generation) }
        }
        if condition.withLock({ isStopping && generation == self.generation }) {
            _ = gate.settleOwed(at: clock.now, by: .desk)
        }
        ended(generation)
    }

    private func ended(_ generation: Int) {
        condition.withLock {
            guard generation == self.generation else { return }
            isRunning = false
            condition.broadcast()
        }
    }

    /// Waits for inputs or the next deadline; nil when the loop must end.
    private func next(_ generation: Int) -> [CoreInput]? {
        condition.lock()
        defer { condition.unlock() }
        turnedAt = GatewayClock.monotonicNanoseconds
        guard !isStopping || !pending.isEmpty, generation == self.generation else { return nil }
        if pending.isEmpty {
            let deadline = gate.nextDeadline
            let wait =
                deadline.map { min(Self.longestWait, clock.realSeconds(until: $0)) } ?? Self.longestWait
            if wait > 0 {
                waitingUntil = deadline ?? Instant(milliseconds: .max)
                _ = condition.wait(until: Date(timeIntervalSinceNow: wait))
                waitingUntil = nil
            }
        }
        guard generation == self.generation else { return nil }
        var inputs: [CoreInput] = []
        swap(&inputs, &pending)
        return inputs
    }
}
