import Escalation
import Foundation
import GatewayPorts
import NotificationChannels
import SafetyModel
import Synchronization

/// Orders, settings and reports for the tests.
enum Examples {
    static func message(
        incident: Int64 = 12, number: Int32 = 3, attempt: Int32 = 1, urgency: Urgency = .lifeSafety,
        address: String = "wang"
    ) -> OrderMessage {
        let order = NotificationOrder(
            id: OrderID(incident: IncidentID(incident), number: number), responder: "wang", channel: "hook",
            address: address, purpose: .alarm, urgency: urgency, attempt: attempt,
            orderedAt: Instant(milliseconds: 1_700_000_000_123))
        let document = #"{"order":"12-3","home":{"id":"h-501"},"orderedAt":"2023-11-14T22:13:20.123Z"}"#
        return OrderMessage(
            order: order, gateway: "gw-1", incident: Array(#"{"id":12,"text":"厨房 \"smoke\""}"#.utf8),
            document: Array(document.utf8), isRecorded: true)
    }

    static func channel(
        to url: String, timeout: Duration = .milliseconds(300), limits: WebhookLimits = WebhookLimits(),
        secret: String? = nil
    ) throws -> WebhookChannel {
        var settings = WebhookSettings(name: "hook", url: url)
        settings.timeout = timeout
        if let secret { settings.secretFile = try file(secret).path }
        defer { remove(settings.secretFile) }
        return try WebhookChannel(settings, limits: limits, now: { 1_700_000_001_999 })
    }

    static func remove(_ path: String?) {
        if let path { try? FileManager.default.removeItem(atPath: path) }
    }

    static func file(_ text: String) throws -> URL {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try Data(text.utf8).write(to: file)
        return file
    }
}

/// Collects reports and waits for them.
final class Reports: Sendable {
    private let state = Mutex(State())

    private struct State {
        var all: [DeliveryReport] = []
        var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    var all: [DeliveryReport] { state.withLock { $0.all } }

    func add(_ report: DeliveryReport) {
        let ready = state.withLock { state in
            state.all.append(report)
            let ready = state.waiting.filter { $0.count <= state.all.count }
            state.waiting.removeAll { $0.count <= state.all.count }
            return ready
        }
        for waiter in ready { waiter.continuation.resume() }
    }

    /// Waits until so many have come, and gives them in the order of their coming.
    func first(_ count: Int) async -> [DeliveryReport] {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.all.count >= count { return true }
                state.waiting.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
        return Array(all.prefix(count))
    }
}

extension WebhookChannel {
    /// Sends and waits for the report.
    func result(of message: OrderMessage) async -> DeliveryReport.Result {
        let reports = Reports()
        send(message) { reports.add($0) }
        return await reports.first(1)[0].result
    }
}
