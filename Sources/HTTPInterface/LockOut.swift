import Synchronization

/// Slows down who guesses passwords, without locking anybody else out.
///
/// Wrong tries are counted for a user name from an address together: after `signInFailureLimit` of them that
/// address waits for that name, longer each time, up to `longestWait`. The user himself signs in from any
/// other address as ever. An address with `addressFailureLimit` wrong tries, whatever the names, waits for
/// all names that were never right from there.
final class LockOut: Sendable {
    private let state = Mutex(State())
    private let limits: HTTPLimits
    private let now: @Sendable () -> ContinuousClock.Instant

    /// Names and addresses that are remembered; the one that failed longest ago is forgotten for a new one.
    static let rememberedLimit = 4_096
    /// The longest wait.
    static let longestWait = Duration.seconds(900)

    private struct State {
        var tries: [Key: Tries] = [:]
        /// Names that were right from an address.
        var friends: [Key: ContinuousClock.Instant] = [:]
    }

    private struct Key: Hashable {
        /// Empty for the address as a whole.
        var user: String
        var address: String
    }

    private struct Tries {
        var count = 0
        var last: ContinuousClock.Instant
        var lockedUntil: ContinuousClock.Instant
    }

    init(limits: HTTPLimits, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.limits = limits
        self.now = now
    }

    /// How long this name has to wait at this address; nil when it may try.
    func wait(_ user: String, from address: String) -> Duration? {
        let now = now()
        let until: ContinuousClock.Instant? = state.withLock { state in
            let key = Key(user: user, address: address)
            let own = state.tries[key]?.lockedUntil
            let others =
                state.friends[key] == nil
                ? state.tries[Key(user: "", address: address)]?.lockedUntil : nil
            guard let own else { return others }
            return max(own, others ?? own)
        }
        guard let until, until > now else { return nil }
        return until - now
    }

    /// Takes in a wrong try.
    ///
    /// - Returns: whether this one locked the name out.
    @discardableResult
    func countWrong(_ user: String, from address: String) -> Bool {
        let now = now()
        return state.withLock { state in
            let all = Key(user: "", address: address)
            Self.count(all, limit: limits.addressFailureLimit, limits, now, &state)
            return Self.count(
                Key(user: user, address: address), limit: limits.signInFailureLimit, limits, now, &state)
        }
    }

    /// Takes in a right one: the name's wrong tries from there are forgotten.
    func countRight(_ user: String, from address: String) {
        let now = now()
        state.withLock { state in
            let key = Key(user: user, address: address)
            state.tries[key] = nil
            if state.friends[key] == nil, state.friends.count >= Self.rememberedLimit,
                let oldest = state.friends.min(by: { $0.value < $1.value })
            {
                state.friends[oldest.key] = nil
            }
            state.friends[key] = now
        }
    }

    @discardableResult
    private static func count(
        _ key: Key, limit: Int, _ limits: HTTPLimits, _ now: ContinuousClock.Instant, _ state: inout State
    ) -> Bool {
        var tries = state.tries[key] ?? Tries(last: now, lockedUntil: now)
        if now - tries.last > limits.signInMemory { tries.count = 0 }
        tries.count += 1
        tries.last = now
        let excess = tries.count - limit
        if excess >= 0 {
            tries.lockedUntil = now + min(limits.signInWait * (1 << min(excess, 10)), longestWait)
        }
        if state.tries[key] == nil, state.tries.count >= rememberedLimit,
            let oldest = state.tries.min(by: { $0.value.last < $1.value.last })
        {
            state.tries[oldest.key] = nil
        }
        state.tries[key] = tries
        return excess >= 0
    }
}
