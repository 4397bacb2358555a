import Synchronization

/// Waits for an answer that may never come.
enum Patience {
    /// The answer that `start` leads to, or nil after `patience` or when the caller is cancelled.
    ///
    /// The work itself goes on: what hangs is left behind, not waited for. Its answer is then dropped.
    static func answer<Answer: Sendable>(
        within patience: Duration, start: (@escaping @Sendable (Answer) -> Void) -> Void
    ) async -> Answer? {
        let first = FirstAnswer<Answer>()
        let clock = Task {
            try? await Task.sleep(for: patience)
            first.give(nil)
        }
        defer { clock.cancel() }
        start { first.give($0) }
        return await withTaskCancellationHandler {
            await first.value()
        } onCancel: {
            first.give(nil)
        }
    }
}

/// The first of several answers.
private final class FirstAnswer<Answer: Sendable>: Sendable {
    private let state = Mutex<State>(.open)

    private enum State {
        /// Neither asked nor answered. Can transition to `asked`, `answered`.
        case open
        /// Somebody waits. Can transition to `answered`.
        case asked(CheckedContinuation<Answer?, Never>)
        /// Final.
        case answered(Answer?)
    }

    func give(_ answer: Answer?) {
        let waiting: CheckedContinuation<Answer?, Never>? = state.withLock { state in
            switch state {
            case .open:
                state = .answered(answer)
                return nil
            case .asked(let continuation):
                state = .answered(answer)
                return continuation
            case .answered: return nil
            }
        }
        waiting?.resume(returning: answer)
    }

    func value() async -> Answer? {
        await withCheckedContinuation { continuation in
            let answer: Answer?? = state.withLock { state in
                if case .answered(let answer) = state { return .some(answer) }
                state = .asked(continuation)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }
}

/// How many do the same at once, at most `limit`.
final class Places: Sendable {
    private let taken = Mutex(0)
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// - Returns: false when all are taken.
    func take() -> Bool {
        taken.withLock { taken in
            guard taken < limit else { return false }
            taken += 1
            return true
        }
    }

    func giveBack() { taken.withLock { $0 -= 1 } }
}
