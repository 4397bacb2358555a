import Crypto
import Synchronization

/// One-time words of answer pages: a page that was shown can act once, and only for its own link.
final class Nonces: Sendable {
    private let limit: Int
    private let state = Mutex(State())

    private struct State {
        var links: [SHA256Digest: SHA256Digest] = [:]
        /// Oldest first; what was used stands here until its turn.
        var order: [SHA256Digest] = []
    }

    init(limit: Int) { self.limit = limit }

    /// A word for the next page of a link.
    func issue(for link: String) -> String {
        let word = Secrets.word()
        let digest = Secrets.digest(word)
        state.withLock { state in
            state.links[digest] = Secrets.digest(link)
            state.order.append(digest)
            guard state.order.count > limit else { return }
            // Every fourth is dropped at once, so that moving the others is seldom.
            let dropped = state.order.prefix(max(1, limit / 4))
            for digest in dropped { state.links[digest] = nil }
            state.order.removeFirst(dropped.count)
        }
        return word
    }

    /// Uses a word up.
    ///
    /// - Returns: whether it was given out for this link and not used before.
    func use(_ word: String, for link: String) -> Bool {
        let digest = Secrets.digest(word)
        return state.withLock { $0.links.removeValue(forKey: digest) } == Secrets.digest(link)
    }
}
