import GatewayPorts
import Synchronization

/// Hands changes over to those who watch: in order, one at a time, and never so that a commit waits.
///
/// The gate only puts a change into each watcher's queue. Where the work runs is said from outside.
final class BoardWatchers: Sendable {
    private let state = Mutex(State())

    /// Where a watcher's work runs.
    typealias HandOff = @Sendable (@escaping @Sendable () -> Void) -> Void

    private struct State {
        var watchers: [Int: Watcher] = [:]
        var count = 0
        var handOff: HandOff?
    }

    fileprivate struct Watcher {
        let taker: @Sendable (BoardChange) -> Void
        var waiting: [BoardChange] = []
        /// Whether changes were dropped since the last one that waits.
        var hasGap = false
        var isRunning = false
    }

    /// Changes that wait for one watcher; beyond it they are dropped and the watcher is told.
    static let waitingLimit = 256

    func handOff(_ run: @escaping HandOff) { state.withLock { $0.handOff = run } }

    /// Adds a watcher.
    func add(_ taker: @escaping @Sendable (BoardChange) -> Void) -> BoardSubscription {
        let number = state.withLock { state in
            state.count += 1
            state.watchers[state.count] = Watcher(taker: taker)
            return state.count
        }
        return BoardSubscription { [weak self] in self?.remove(number) }
    }

    private func remove(_ number: Int) {
        // The closure may own something whose end takes locks of its own.
        let removed = state.withLock { $0.watchers.removeValue(forKey: number) }
        _ = removed
    }

    /// Puts a change into every queue.
    func tell(_ change: BoardChange) {
        let (started, handOff) = state.withLock { state -> ([Int], HandOff?) in
            var started: [Int] = []
            for number in state.watchers.keys {
                if state.handOff == nil {
                    state.watchers[number]?.hasGap = true
                } else if state.watchers[number]?.put(change) == true {
                    started.append(number)
                }
            }
            return (started, state.handOff)
        }
        guard let handOff else { return }
        for number in started { handOff { [weak self] in self?.run(number) } }
    }

    private func run(_ number: Int) {
        while let (taker, change) = next(number) { taker(change) }
    }

    private typealias Work = (taker: @Sendable (BoardChange) -> Void, change: BoardChange)

    private func next(_ number: Int) -> Work? {
        state.withLock { state -> Work? in
            guard var watcher = state.watchers[number] else { return nil }
            let change = watcher.take()
            state.watchers[number] = watcher
            return change.map { (watcher.taker, $0) }
        }
    }
}

extension BoardWatchers.Watcher {
    /// - Returns: whether its work must be started.
    fileprivate mutating func put(_ change: BoardChange) -> Bool {
        if waiting.count >= BoardWatchers.waitingLimit {
            hasGap = true
        } else {
            var change = change
            change.isAfterGap = change.isAfterGap || hasGap
            hasGap = false
            waiting.append(change)
        }
        defer { isRunning = true }
        return !isRunning
    }

    /// The next change; nil ends its work.
    fileprivate mutating func take() -> BoardChange? {
        if !waiting.isEmpty { return waiting.removeFirst() }
        if hasGap {
            hasGap = false
            return BoardChange(isAfterGap: true)
        }
        isRunning = false
        return nil
    }
}
