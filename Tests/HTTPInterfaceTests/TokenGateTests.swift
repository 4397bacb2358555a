import Synchronization
import Testing

@testable import HTTPInterface

@Suite struct TokenGateTests {
    /// A clock that a test sets.
    private final class Clock: Sendable {
        private let time = Mutex(ContinuousClock.now)
        func pass(_ span: Duration) { time.withLock { $0 += span } }
        @Sendable func now() -> ContinuousClock.Instant { time.withLock { $0 } }
    }

    private let clock = Clock()

    private func gate(failureLimit: Int) -> TokenGate {
        var limits = HTTPLimits()
        limits.failureLimit = failureLimit
        return TokenGate(
            apiToken: Array("0123456789abcdef".utf8), desk: FakeGateway(), limits: limits, now: clock.now)
    }

    @Test(
        arguments: [
            ("Bearer 0123456789abcdef", TokenGate.Verdict.api), ("bearer  0123456789abcdef", .api),
            ("Bearer wang-token", .responder("wang")), ("Bearer 0123456789abcdeF", .wrong),
            ("Bearer 0123456789abcdef0123456789abcdef", .wrong), ("Bearer ", .wrong), ("", .wrong),
            ("Bearer wang-token x", .wrong), ("Token wang-token", .wrong), (nil, .missing),
        ] as [(String?, TokenGate.Verdict)])
    func `a token says who asks`(authorization: String?, verdict: TokenGate.Verdict) {
        #expect(gate(failureLimit: 10).judge(authorization, from: "a") == verdict)
    }

    @Test func `without a token file nothing is the API's token`() {
        let gate = TokenGate(apiToken: nil, desk: FakeGateway(), limits: HTTPLimits())
        #expect(gate.judge("Bearer ", from: "a") == .wrong)
        #expect(gate.judge("Bearer x", from: "a") == .wrong)
        #expect(gate.judge("Bearer wang-token", from: "a") == .responder("wang"))
    }

    @Test func `wrong tokens are counted by address and forgotten after failureWindow`() {
        let gate = gate(failureLimit: 2)
        let verdicts = (0..<3).map { _ in gate.judge("Bearer x", from: "a") }
        #expect(verdicts == [.wrong, .wrong, .tooManyWrong])
        #expect(gate.judge("Bearer wang-token", from: "a") == .tooManyWrong)
        #expect(gate.judge("Bearer wang-token", from: "b") == .responder("wang"))
        #expect(gate.judge("Bearer wang-token", from: "a") == .responder("wang"))
        clock.pass(.seconds(59))
        #expect(gate.judge("Bearer li-token", from: "a") == .tooManyWrong)
        clock.pass(.seconds(1))
        #expect(gate.judge("Bearer li-token", from: "a") == .responder("li"))
    }

    @Test func `above addressLimit the address that failed first is forgotten`() {
        let gate = gate(failureLimit: 1)
        for number in 0...TokenGate.addressLimit {
            #expect(gate.judge("Bearer x", from: "address \(number)") == .wrong)
            clock.pass(.milliseconds(1))
        }
        #expect(gate.judge("Bearer x", from: "address 1") == .tooManyWrong)
        #expect(gate.judge("Bearer x", from: "address 0") == .wrong)
    }

    @Test func `above acceptedLimit a right token is let in but not remembered`() {
        let gateway = FakeGateway()
        gateway.set { $0.knowsEverybody = true }
        var limits = HTTPLimits()
        limits.failureLimit = 0
        let gate = TokenGate(apiToken: nil, desk: gateway, limits: limits, now: clock.now)
        for number in 0...TokenGate.acceptedLimit {
            #expect(gate.judge("Bearer token-\(number)", from: "a") == .responder("token-\(number)"))
        }
        gateway.set { $0.knowsEverybody = false }
        #expect(gate.judge("Bearer x", from: "a") == .tooManyWrong)
        gateway.set { $0.knowsEverybody = true }
        #expect(gate.judge("Bearer token-0", from: "a") == .responder("token-0"))
        #expect(gate.judge("Bearer token-\(TokenGate.acceptedLimit)", from: "a") == .tooManyWrong)
    }

    @Test func `tokens are compared whole`() {
        #expect(TokenGate.areEqual([1, 2, 3], [1, 2, 3]))
        for other: [UInt8] in [[], [1], [1, 2], [1, 2, 4], [0, 2, 3], [1, 2, 3, 1], [1, 2, 3, 1, 2, 3]] {
            #expect(!TokenGate.areEqual([1, 2, 3], other))
        }
        #expect(!TokenGate.areEqual([], [0]))
    }
}
