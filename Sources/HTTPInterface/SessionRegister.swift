import Crypto
import SafetyModel
import Synchronization

/// Who is signed in.
///
/// Sessions live in memory: after a restart people sign in again. A cookie's word is kept as its digest only.
/// A session ends after `sessionIdlePatience` without a request, at the latest after `sessionPatience`, and
/// at once when its user is taken out of the files or gets another role or password.
final class SessionRegister: Sendable {
    private let state = Mutex(State())
    private let limits: HTTPLimits
    private let now: @Sendable () -> ContinuousClock.Instant

    /// What a session is filed under.
    typealias Token = SHA256Digest

    private struct State {
        var users: [String: DeskUser] = [:]
        var sessions: [Token: Session] = [:]
    }

    private struct Session {
        var user: DeskUser
        var csrf: String
        var since: ContinuousClock.Instant
        var used: ContinuousClock.Instant
    }

    /// A session as requests see it.
    struct Ticket: Sendable {
        var user: DeskUser
        var token: Token
        var csrf: String
    }

    init(
        users: [DeskUser], limits: HTTPLimits,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.limits = limits
        self.now = now
        use(users)
    }

    /// Takes the users of new files in; sessions of users who changed end.
    func use(_ users: [DeskUser]) {
        state.withLock { state in
            state.users = Dictionary(users.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            let known = state.users
            state.sessions = state.sessions.filter { known[$0.value.user.id] == $0.value.user }
        }
    }

    /// The user of this id, or nil.
    func user(_ id: String) -> DeskUser? { state.withLock { $0.users[id] } }

    /// Begins a session; above `sessionLimit`, and above `sessionsPerUserLimit` of one user, the one that
    /// rested longest ends.
    ///
    /// - Returns: the cookie's word, and the session; nil when the user is gone meanwhile.
    func open(_ user: DeskUser) -> (word: String, ticket: Ticket)? {
        let word = Secrets.word()
        let now = now()
        let session = Session(user: user, csrf: Secrets.word(), since: now, used: now)
        let token = Secrets.digest(word)
        let isOpened = state.withLock { state in
            guard state.users[user.id] == user else { return false }
            state.sessions = state.sessions.filter { isAlive($0.value, now) }
            Self.dropOldest(of: &state, above: limits.sessionsPerUserLimit) { $0.user.id == user.id }
            Self.dropOldest(of: &state, above: limits.sessionLimit) { _ in true }
            state.sessions[token] = session
            return true
        }
        return isOpened ? (word, Ticket(user: user, token: token, csrf: session.csrf)) : nil
    }

    /// The session of a cookie's word; asking counts as use.
    func find(_ word: String) -> Ticket? { find(Secrets.digest(word)) }

    /// The session of a token that was found before; asking counts as use.
    @discardableResult
    func find(_ token: Token) -> Ticket? {
        let now = now()
        return state.withLock { state in
            guard let session = state.sessions[token] else { return nil }
            guard isAlive(session, now) else {
                state.sessions[token] = nil
                return nil
            }
            state.sessions[token]?.used = now
            return Ticket(user: session.user, token: token, csrf: session.csrf)
        }
    }

    func close(_ token: Token) { state.withLock { $0.sessions[token] = nil } }

    /// Sessions open now.
    var count: Int { state.withLock { $0.sessions.count } }

    private func isAlive(_ session: Session, _ now: ContinuousClock.Instant) -> Bool {
        now - session.used < limits.sessionIdlePatience && now - session.since < limits.sessionPatience
    }

    private static func dropOldest(
        of state: inout State, above limit: Int, where isMeant: (Session) -> Bool
    ) {
        let meant = state.sessions.filter { isMeant($0.value) }
        guard meant.count >= limit else { return }
        if let oldest = meant.min(by: { $0.value.used < $1.value.used }) { state.sessions[oldest.key] = nil }
    }
}
