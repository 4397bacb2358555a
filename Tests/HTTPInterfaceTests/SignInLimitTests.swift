import SafetyModel
import Synchronization
import Testing

@testable import HTTPInterface

@Suite struct SignInLimitTests {
    /// A clock that a test sets.
    private final class Clock: Sendable {
        private let time = Mutex(ContinuousClock.now)
        func pass(_ span: Duration) { time.withLock { $0 += span } }
        @Sendable func now() -> ContinuousClock.Instant { time.withLock { $0 } }
    }

    private let clock = Clock()

    @Test func `a name is locked out at one address, longer each time, and nowhere else`() {
        let lockOut = LockOut(limits: HTTPLimits(), now: clock.now)
        for _ in 1...4 { #expect(!lockOut.countWrong("zhang", from: "a")) }
        #expect(lockOut.wait("zhang", from: "a") == nil)
        #expect(lockOut.countWrong("zhang", from: "a"))
        #expect(lockOut.wait("zhang", from: "a") == .seconds(15))
        #expect(lockOut.wait("zhang", from: "b") == nil)
        #expect(lockOut.wait("boss", from: "a") == nil)
        clock.pass(.seconds(15))
        #expect(lockOut.wait("zhang", from: "a") == nil)
        lockOut.countWrong("zhang", from: "a")
        #expect(lockOut.wait("zhang", from: "a") == .seconds(30))
        for _ in 1...20 { lockOut.countWrong("zhang", from: "a") }
        #expect(lockOut.wait("zhang", from: "a") == LockOut.longestWait)
        clock.pass(.seconds(3_601))
        lockOut.countWrong("zhang", from: "a")
        #expect(lockOut.wait("zhang", from: "a") == nil)
    }

    @Test func `above addressFailureLimit only names that were right before may try from there`() {
        var limits = HTTPLimits()
        limits.addressFailureLimit = 3
        let lockOut = LockOut(limits: limits, now: clock.now)
        lockOut.countRight("zhang", from: "a")
        for name in ["x", "y", "z"] { lockOut.countWrong(name, from: "a") }
        #expect(lockOut.wait("boss", from: "a") == .seconds(15))
        #expect(lockOut.wait("zhang", from: "a") == nil)
        #expect(lockOut.wait("boss", from: "b") == nil)
    }

    @Test func `above rememberedLimit the name that failed longest ago is forgotten`() {
        var limits = HTTPLimits()
        limits.signInFailureLimit = 1
        limits.addressFailureLimit = .max
        let lockOut = LockOut(limits: limits, now: clock.now)
        for number in 0...LockOut.rememberedLimit {
            lockOut.countWrong("name \(number)", from: "a")
            clock.pass(.milliseconds(1))
        }
        #expect(lockOut.wait("name 0", from: "a") == nil)
        #expect(lockOut.wait("name \(LockOut.rememberedLimit)", from: "a") != nil)
    }

    @Test func `a session ends when it rests, and at the latest after a shift`() throws {
        let sessions = SessionRegister(users: DeskPeople.all, limits: HTTPLimits(), now: clock.now)
        let opened = try #require(sessions.open(DeskPeople.all[1]))
        clock.pass(.seconds(3_599))
        #expect(sessions.find(opened.word) != nil)
        clock.pass(.seconds(3_600))
        #expect(sessions.find(opened.word) == nil)
        let long = try #require(sessions.open(DeskPeople.all[1]))
        for _ in 1..<26 {
            clock.pass(.seconds(1_800))
            #expect(sessions.find(long.word) != nil)
        }
        clock.pass(.seconds(1_800))
        #expect(sessions.find(long.word) == nil)
    }

    @Test func `above sessionsPerUserLimit and sessionLimit the session that rested longest ends`() throws {
        var limits = HTTPLimits()
        limits.sessionsPerUserLimit = 2
        limits.sessionLimit = 3
        let sessions = SessionRegister(users: DeskPeople.all, limits: limits, now: clock.now)
        func open(_ place: Int) throws -> String {
            clock.pass(.seconds(1))
            return try #require(sessions.open(DeskPeople.all[place])).word
        }
        let (first, second) = (try open(1), try open(1))
        clock.pass(.seconds(1))
        #expect(sessions.find(first) != nil)
        clock.pass(.seconds(1))
        let third = try open(1)
        #expect(sessions.find(second) == nil)
        let others = [try open(2), try open(3)]
        #expect(sessions.count == 3)
        #expect(sessions.find(first) == nil)
        #expect(([third] + others).allSatisfy { sessions.find($0) != nil })
    }

    @Test func `passwords are checked few at a time, and few of one address`() async {
        var limits = HTTPLimits()
        limits.passwordCheckLimit = 1
        limits.passwordQueueLimit = 3
        limits.passwordsPerAddressLimit = 2
        let check = PasswordCheck(limits: limits)
        let user = DeskPeople.all[0]
        #expect(await check.check("right", of: user, from: "a") == .right)
        #expect(await check.check("Right", of: user, from: "a") == .wrong)
        #expect(await check.check("", of: user, from: "a") == .wrong)
        #expect(await check.check("right", of: nil, from: "a") == .wrong)
        check.hold()
        let held = (0..<2).map { _ in Task { await check.check("right", of: user, from: "a") } }
        while check.waitingCount < 2 { await Task.yield() }
        #expect(await check.check("right", of: user, from: "a") == .tooMany)
        let other = Task { await check.check("right", of: user, from: "b") }
        while check.waitingCount < 3 { await Task.yield() }
        #expect(await check.check("right", of: user, from: "c") == .tooMany)
        check.release()
        for task in held + [other] { #expect(await task.value == .right) }
        #expect(check.waitingCount == 0)
    }

    @Test func `a hash made here is strong, its own, and right for its password only`() throws {
        let hash = try #require(ScryptHash(of: "correct horse"))
        let again = try #require(ScryptHash(of: "correct horse"))
        #expect(hash.weakness == nil)
        #expect(hash.salt != again.salt && hash.key != again.key)
        #expect(hash.isRight("correct horse"))
        #expect(!hash.isRight("correct horsf"))
        #expect(hash.phc.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
        #expect(ScryptHash(of: "") == nil)
    }

    @Test func `the figures of RFC 7914 come out`() {
        let expected = "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        let hash = ScryptHash(
            costLog: 10, blockSize: 8, parallelism: 16, salt: Array("NaCl".utf8), key: [])
        let text = (hash.derive("password") ?? []).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
        #expect(text == expected)
    }

    @Test func `above addressLimit the address that began first is forgotten`() {
        let rate = RequestRate(limit: 1, window: .seconds(60), now: clock.now)
        for number in 0...RequestRate.addressLimit {
            #expect(rate.count("address \(number)"))
            clock.pass(.milliseconds(1))
        }
        #expect(rate.isOver("address 1"))
        #expect(!rate.isOver("address 0"))
        #expect(!rate.count("address 1"))
    }
}
