import GatewayPorts
import Synchronization

/// Who is asking: tells a request's token apart, and slows down who guesses.
///
/// Wrong tokens are counted by address. While an address is over `failureLimit`, a token that was never right
/// before is refused unseen with 429; the API's own token and tokens that were right before are still let in,
/// so that somebody who guesses cannot lock out the people who answer alarms, even where all of them come
/// through one proxy.
final class TokenGate: Sendable {
    private let apiToken: [UInt8]?
    private let desk: any CommandDesk
    private let failureLimit: Int
    private let failureWindow: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// Addresses whose failures are remembered; the one that failed first is forgotten for a new one.
    static let addressLimit = 1_024
    /// Tokens that are remembered as right; above it new ones are not remembered.
    static let acceptedLimit = 4_096

    private struct State {
        var failures: [String: Failures] = [:]
        var accepted: Set<String> = []
    }

    private struct Failures {
        var since: ContinuousClock.Instant
        var count: Int
    }

    /// What a token lets its bearer do.
    enum Verdict: Hashable, Sendable {
        /// Reads, and acts for any responder.
        case api
        /// Acts for himself.
        case responder(String)
        case missing
        case wrong
        case tooManyWrong
    }

    init(
        apiToken: [UInt8]?, desk: any CommandDesk, limits: HTTPLimits,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.apiToken = apiToken
        self.desk = desk
        failureLimit = limits.failureLimit
        failureWindow = limits.failureWindow
        self.now = now
    }

    /// Judges the value of an `Authorization` header.
    func judge(_ authorization: String?, from address: String) -> Verdict {
        guard let authorization else { return .missing }
        guard let token = Self.bearerToken(authorization) else { return count(.wrong, from: address) }
        if let apiToken, Self.areEqual(apiToken, Array(token.utf8)) { return .api }
        guard !isOverLimit(address) || state.withLock({ $0.accepted.contains(token) }) else {
            return .tooManyWrong
        }
        guard let responder = desk.responder(withToken: token) else { return count(.wrong, from: address) }
        state.withLock { state in
            if state.accepted.count < Self.acceptedLimit { _ = state.accepted.insert(token) }
        }
        return .responder(responder)
    }

    private static func bearerToken(_ authorization: String) -> String? {
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        let token = parts[1].drop { $0 == " " }
        guard !token.isEmpty, token.utf8.count <= HTTPSetupError.tokenLimit else { return nil }
        return String(token)
    }

    /// Takes as long for a wrong first byte as for a wrong last one; only the length can be told from the
    /// time.
    static func areEqual(_ secret: [UInt8], _ given: [UInt8]) -> Bool {
        var difference = secret.count ^ given.count
        for index in given.indices {
            difference |= Int(given[index] ^ (secret.isEmpty ? 0 : secret[index % secret.count]))
        }
        return difference == 0
    }

    private func isOverLimit(_ address: String) -> Bool {
        let now = now()
        return state.withLock { state in
            guard let failures = state.failures[address] else { return false }
            return failures.count >= failureLimit && now - failures.since < failureWindow
        }
    }

    private func count(_ verdict: Verdict, from address: String) -> Verdict {
        let now = now()
        return state.withLock { state in
            var failures = state.failures[address] ?? Failures(since: now, count: 0)
            if now - failures.since >= failureWindow { failures = Failures(since: now, count: 0) }
            let isOver = failures.count >= failureLimit
            failures.count += 1
            if state.failures[address] == nil, state.failures.count >= Self.addressLimit {
                let oldest = state.failures.min { $0.value.since < $1.value.since }
                if let oldest { state.failures[oldest.key] = nil }
            }
            state.failures[address] = failures
            return isOver ? .tooManyWrong : verdict
        }
    }
}
