import Foundation

/// One at a time, and nobody waits for ever: who cannot get in within the patience is told so.
///
/// A disk that hangs keeps whoever is inside for minutes. Those outside give up, and once somebody has
/// declared the lane blocked they do so at once.
///
/// `@unchecked Sendable`: both variables are touched under `condition` only.
final class Lane: @unchecked Sendable {
    private let condition = NSCondition()
    private var isTaken = false
    private var isBlocked = false

    /// - Returns: whether the caller is inside now and owes a `leave`.
    func enter(within patience: Duration) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        guard isTaken else {
            isTaken = true
            return true
        }
        let limit = Date(timeIntervalSinceNow: patience.inSeconds)
        while isTaken {
            if isBlocked || !condition.wait(until: limit), isTaken { return false }
        }
        isTaken = true
        return true
    }

    /// From any thread: the one who came in need not be the one who goes out.
    func leave() {
        condition.lock()
        isTaken = false
        isBlocked = false
        condition.signal()
        condition.unlock()
    }

    /// Whoever is inside does not come out: others are refused at once until it does.
    func declareBlocked() {
        condition.lock()
        if isTaken { isBlocked = true }
        condition.broadcast()
        condition.unlock()
    }
}

extension Duration {
    /// The length in seconds, for clocks that count so.
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
