import Escalation
import GatewayPorts
import SafetyModel
import Synchronization
import Testing

@testable import NotificationChannels

@Suite(.timeLimit(.minutes(10))) struct ChannelFigureTests {
    /// A channel that answers each order as it is told.
    private final class Scripted: NotificationChannel {
        let name: String
        private let results: Mutex<[DeliveryReport.Result]>

        init(_ name: String, _ results: [DeliveryReport.Result]) {
            self.name = name
            self.results = Mutex(results)
        }

        func send(_ message: OrderMessage, report: @escaping @Sendable (DeliveryReport) -> Void) {
            let result = results.withLock { $0.removeFirst() }
            let order = message.order
            report(DeliveryReport(order: order.id, attempt: order.attempt, result: result))
        }
    }

    private func value(_ metrics: [Metric], _ name: String, _ label: String) -> Double? {
        metrics.first { $0.name == "anju_channel_\(name)" && $0.label == label }?.value
    }

    @Test func `orders, deliveries, failures by class and the last success are counted by channel`() {
        let figures = ChannelFigures(now: { 1_700_000_001_500 })
        let results: [DeliveryReport.Result] = [
            .delivered, .delivered, .rejected(reason: "unknown"), .failed(reason: "timed out"),
            .failed(reason: "busy"), .failed(reason: "shutting down"), .failed(reason: "answered 503"),
        ]
        let channel = CountedChannel(Scripted("desk", results), figures: figures)
        let heard = Reports()
        for number in results.indices {
            channel.send(Examples.message(number: Int32(number))) { heard.add($0) }
        }
        #expect(channel.name == "desk")
        #expect(heard.all.map(\.result) == results)
        let metrics = figures.metrics(waiting: [])
        let label = #"channel="desk""#
        #expect(value(metrics, "orders_total", label) == 7)
        #expect(value(metrics, "delivered_total", label) == 2)
        for failure in ChannelFigure.FailureClass.allCases {
            #expect(value(metrics, "failed_total", #"\#(label),class="\#(failure.rawValue)""#) == 1)
        }
        #expect(value(metrics, "last_success_timestamp_seconds", label) == 1_700_000_001.5)
    }

    @Test func `a channel that never delivered has no last success, and its name is escaped`() {
        let figures = ChannelFigures()
        figures.keep(["a\"b"])
        let metrics = figures.metrics(waiting: [])
        #expect(value(metrics, "orders_total", #"channel="a\"b""#) == 0)
        #expect(!metrics.contains { $0.name == "anju_channel_last_success_timestamp_seconds" })
    }

    @Test func `what waits is counted under the name, also in the channel before it, and goes with the name`()
    {
        let figures = ChannelFigures()
        figures.keep(["sms", "desk"])
        let waiting = [
            ("sms", ChannelBacklog(count: 3, oldestSeconds: 2)),
            ("sms", ChannelBacklog(count: 4, oldestSeconds: 9)),
        ]
        let metrics = figures.metrics(waiting: waiting)
        #expect(value(metrics, "waiting", #"channel="sms""#) == 7)
        #expect(value(metrics, "oldest_waiting_seconds", #"channel="sms""#) == 9)
        #expect(value(metrics, "waiting", #"channel="desk""#) == 0)
        figures.keep(["desk"])
        #expect(!figures.metrics(waiting: []).contains { $0.label.contains("sms") })
    }

    @Test func `a queue says how many wait and for how long the oldest has`() async throws {
        let server = try ScriptedServer(.answersWhenReleased(200))
        defer { server.stop() }
        var limits = ChannelLimits()
        limits.inFlightLimit = 2
        let channel = try Examples.channel(to: server.url, limits: limits)
        #expect(channel.backlog == ChannelBacklog())
        let reports = Reports()
        for number: Int32 in 1...6 { channel.send(Examples.message(number: number)) { reports.add($0) } }
        try await server.received(2)
        try await eventually { channel.backlog.oldestSeconds > 0.05 }
        #expect(channel.backlog.count == 4)
        server.release()
        _ = try await reports.first(6)
        #expect(channel.backlog == ChannelBacklog())
        await channel.shutdown()
    }

    @Test func `of 5,000 orders to a web server those for life safety come first, the others by urgency`()
        async throws
    {
        let server = try ScriptedServer(.answersWhenReleased(200))
        defer { server.stop() }
        var limits = ChannelLimits()
        limits.inFlightLimit = 16
        let channel = try Examples.channel(to: server.url, limits: limits)
        let reports = Reports()
        // The least pressing first, so that their order of coming is the worst.
        for number: Int32 in 0..<5_000 {
            let urgency = Urgency.allCases[3 - Int(number) / 1_250]
            channel.send(Examples.message(number: number, urgency: urgency)) { reports.add($0) }
        }
        // Twelve places were taken before anything pressing came, four were kept for life safety.
        try await server.received(16)
        server.release()
        let all = try await reports.first(5_000)
        #expect(all.allSatisfy { $0.result == .delivered })
        await channel.shutdown()
        let words = server.requests.dropFirst(16).compactMap { $0.urgency }
        #expect(words.count == 4_984)
        let ranks = words.compactMap { word in Urgency.allCases.first { $0.name == word }?.rawValue }
        // Sixteen are on their way side by side and may overtake each other; a whole urgency never does.
        for place in ranks.indices where place + 32 < ranks.count {
            #expect(ranks[place] <= ranks[place + 32], "request \(place)")
        }
        #expect(words.first == Urgency.lifeSafety.name && words.last == Urgency.technical.name)
    }
}

extension ScriptedServer.Request {
    /// The urgency that the event names.
    fileprivate var urgency: String? {
        let text = String(decoding: body, as: UTF8.self)
        return text.split(separator: "\"urgency\":\"").dropFirst().first?.split(separator: "\"").first
            .map(String.init)
    }
}
