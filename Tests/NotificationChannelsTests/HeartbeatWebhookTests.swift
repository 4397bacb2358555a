import Foundation
import GatewayPorts
import Logging
import NotificationChannels
import SafetyModel
import Synchronization
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct HeartbeatWebhookTests {
    /// Sleeps that end when the test says so.
    final class Intervals: Sendable {
        private let (stream, continuation) = AsyncStream<Void>.makeStream()
        private let slept = Mutex<[Duration]>([])

        var lengths: [Duration] { slept.withLock { $0 } }

        func pass() { continuation.yield() }

        @Sendable func sleep(_ length: Duration) async throws {
            slept.withLock { $0.append(length) }
            for await _ in stream { return }
            throw CancellationError()
        }
    }

    struct Board: StatusBoard {
        func openIncidents() -> [[UInt8]] { [] }
        func incidents(matching query: IncidentQuery) throws(JournalError) -> [[UInt8]] { [] }
        func metrics() -> [Metric] { [] }
        func health() -> GatewayHealth {
            GatewayHealth(
                isLinkUp: true, isStoreAvailable: false, isSiteCurrent: true, version: "1.2.3",
                openIncidents: 2, troubles: ["personal"])
        }
        func homes(matching query: HomeQuery) -> DocumentPage { DocumentPage(documents: []) }
        func home(_ id: String) -> [UInt8]? { nil }
        func devices(matching query: DeviceQuery) -> DocumentPage { DocumentPage(documents: []) }
        func isResponder(_ id: String) -> Bool { false }
        func responders() -> [[UInt8]] { [] }
        func visits(matching query: VisitQuery) -> [[UInt8]] { [] }
        func report(_ kind: ReportKind, from: WallTime, to: WallTime) throws(JournalError) -> [UInt8] { [] }
        func reportCSV(_ kind: ReportKind, from: WallTime, to: WallTime) throws(JournalError) -> [UInt8] {
            []
        }
        func subscribe(_ taker: @escaping @Sendable (BoardChange) -> Void) -> BoardSubscription {
            BoardSubscription {}
        }
    }

    private func webhook(
        to url: String, intervals: Intervals, timeout: Duration = Examples.patience,
        secretFile: String? = nil
    ) throws -> HeartbeatWebhook {
        var settings = HeartbeatSettings(url: url)
        settings.interval = Examples.patience
        settings.timeout = timeout
        settings.secretFile = secretFile
        return try HeartbeatWebhook(
            settings, gateway: "gw-1", board: Board(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            sleep: intervals.sleep, now: { 1_700_000_000_000 })
    }

    @Test func `it beats at once and at each interval with a sequence number`() async throws {
        let server = try ScriptedServer(.answers(200))
        defer { server.stop() }
        let intervals = Intervals()
        let secret = try Examples.file("swordfish").path
        defer { Examples.remove(secret) }
        let webhook = try webhook(to: server.url, intervals: intervals, secretFile: secret)
        let running = Task { await webhook.run() }
        for count in 1...3 {
            try await server.received(count)
            if count < 3 { intervals.pass() }
        }
        await webhook.shutdown()
        await running.value
        #expect(intervals.lengths == Array(repeating: .seconds(3_600), count: 3))
        let events = try server.requests.map {
            try #require(JSONSerialization.jsonObject(with: Data($0.body)) as? [String: Any])
        }
        #expect(
            events.map { $0["id"] as? String } == [1, 2, 3].map { "gw-1/heartbeat/1700000000000-\($0)" })
        #expect(events.allSatisfy { $0["type"] as? String == "anju.heartbeat.v1" })
        let health = try #require(events[1]["data"] as? [String: Any])
        #expect(health["sequence"] as? Int == 2)
        #expect(health["intervalSeconds"] as? Int == 3_600)
        #expect(health["isHealthy"] as? Bool == false)
        #expect(health["openIncidents"] as? Int == 2)
        #expect(health["version"] as? String == "1.2.3")
        #expect(server.requests.allSatisfy { $0.headers["x-anju-signature"]?.hasPrefix("sha256=") == true })
    }

    @Test func `a beat that fails is counted and the next one follows`() async throws {
        let server = try ScriptedServer(.answers(500))
        defer { server.stop() }
        let intervals = Intervals()
        let webhook = try webhook(to: server.url, intervals: intervals)
        let running = Task { await webhook.run() }
        try await server.received(1)
        intervals.pass()
        try await server.received(2)
        try await eventually { webhook.figures.failed == 2 }
        #expect(webhook.figures.failedInARow == 2)
        #expect(webhook.figures.delivered == 0)
        #expect(webhook.figures.lastReason == "answered 500")
        running.cancel()
        await running.value
        await webhook.shutdown()
    }

    @Test func `a beat that hangs holds up neither the next nor the shutdown`() async throws {
        let server = try ScriptedServer(.hangs)
        defer { server.stop() }
        let intervals = Intervals()
        let webhook = try webhook(to: server.url, intervals: intervals)
        let running = Task { await webhook.run() }
        try await server.received(1)
        intervals.pass()
        try await eventually { intervals.lengths.count == 2 }
        await webhook.shutdown()
        await running.value
    }

    @Test func `a beat that hangs is counted after its time-out`() async throws {
        let server = try ScriptedServer(.hangs)
        defer { server.stop() }
        let webhook = try webhook(to: server.url, intervals: Intervals(), timeout: .milliseconds(100))
        let running = Task { await webhook.run() }
        try await eventually { webhook.figures.failed == 1 }
        #expect(webhook.figures.lastReason == "timed out")
        await webhook.shutdown()
        await running.value
    }
}
