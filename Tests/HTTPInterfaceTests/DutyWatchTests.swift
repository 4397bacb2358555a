import Foundation
import GatewayPorts
import SafetyModel
import Synchronization
import Testing

@testable import HTTPInterface

@Suite(.serialized, .timeLimit(.minutes(10))) struct DutyWatchTests {
    private static let start = WallTime(milliseconds: 1_790_000_000_000)

    private static func time(_ seconds: Int64) -> WallTime {
        WallTime(milliseconds: start.milliseconds + seconds * 1_000)
    }

    private static func check(_ number: Int64, until seconds: Int64) -> DutyCheck {
        DutyCheck(number: number, askedAt: start, by: "boss", answerBy: time(seconds))
    }

    @Test func `a check is told as missed once, when its time is over`() {
        let watch = DutyWatch()
        watch.add(Self.check(1, until: 120))
        watch.add(Self.check(1, until: 120))
        watch.add(Self.check(2, until: 60))
        watch.add(Self.check(3, until: 60))
        watch.remove(3)
        #expect(watch.missed(at: Self.time(60)).isEmpty)
        #expect(watch.missed(at: Self.time(61)).map(\.number) == [2])
        #expect(watch.missed(at: Self.time(61)).isEmpty)
        #expect(watch.missed(at: Self.time(121)).map(\.number) == [1])
        var answered = Self.check(4, until: 60)
        answered.answeredAt = Self.time(10)
        watch.add(answered)
        #expect(watch.missed(at: Self.time(500)).isEmpty)
    }

    @Test func `above watchedLimit the oldest is not watched`() {
        let watch = DutyWatch()
        let count = Int64(DutyWatch.watchedLimit)
        for number in 1...(count + 1) { watch.add(Self.check(number, until: 60)) }
        #expect(watch.missed(at: Self.time(61)).map(\.number) == Array(2...(count + 1)))
    }

    @Test func `everybody who listens hears of a missed check, also of one asked before a restart`()
        async throws
    {
        let record = FakeRecord()
        let before = try record.ask(by: "boss", at: Self.start, answerBy: Self.time(30))
        _ = try record.answer(
            try record.ask(by: "boss", at: Self.start, answerBy: Self.time(30)).number, by: "zhang",
            at: Self.time(1))
        let limits = RunningInterface.limits { $0.dutyWatchInterval = .milliseconds(5) }
        var setup = RunningInterface.Setup(record: record)
        let now = Moment(clock: Self.start)
        setup.clock = { now.value }
        try await RunningInterface.with(FakeGateway(), limits: limits, setup: setup) { client in
            let boss = try #require(await Browser.signIn("boss", client))
            let stream = EventTests.Listening(boss)
            defer { stream.connection.close() }
            _ = await client.onThread { stream.events(1, named: ["beat"]) }
            #expect(await boss.request("POST", "/api/v1/duty-checks").status == 201)
            _ = await client.onThread { stream.events(1, named: ["duty"]) }
            now.set(Self.time(31))
            let first = await client.onThread { stream.events(1, named: ["duty"]) }
            #expect(first?.first?.document.contains("\"state\":\"missed\"") == true)
            #expect(first?.first?.document.contains("\"id\":\(before.number)") == true)
            now.set(Self.time(200))
            let second = await client.onThread { stream.events(1, named: ["duty"]) }
            #expect(second?.first?.document.contains("\"id\":3") == true)
            #expect(second?.first?.document.contains("\"state\":\"missed\"") == true)
            // A late answer is kept and told; the check stays missed, and is not told as missed again.
            let late = await boss.request("POST", "/api/v1/duty-checks/3/answer")
            #expect(late.json["state"] as? String == "missed")
            let third = await client.onThread { stream.events(1, named: ["duty"]) }
            #expect(third?.first?.document.contains("\"answeredBy\":\"boss\"") == true)
        }
    }

    /// A time of day that a test moves on.
    private final class Moment: Sendable {
        private let state: Mutex<WallTime>
        init(clock: WallTime) { state = Mutex(clock) }
        var value: WallTime { state.withLock { $0 } }
        func set(_ time: WallTime) { state.withLock { $0 = time } }
    }
}
