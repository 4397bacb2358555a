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
        address: String = "wang", purpose: NotificationOrder.Purpose = .alarm, isRecorded: Bool = true
    ) -> OrderMessage {
        let order = NotificationOrder(
            id: OrderID(incident: IncidentID(incident), number: number), responder: "wang", channel: "hook",
            address: address, purpose: purpose, urgency: urgency, attempt: attempt,
            orderedAt: Instant(milliseconds: 1_700_000_000_123))
        let document = #"{"order":"12-3","home":{"id":"h-501"},"orderedAt":"2023-11-14T22:13:20.123Z"}"#
        return OrderMessage(
            order: order, gateway: "gw-1", incident: Array(#"{"id":12,"text":"厨房 \"smoke\""}"#.utf8),
            document: Array(document.utf8), isRecorded: isRecorded)
    }

    /// An order with everything that documents of a real gateway hold.
    static func rich(
        address: String = "+86 138-0000-0001", purpose: NotificationOrder.Purpose = .alarm,
        urgency: Urgency = .lifeSafety, number: Int32 = 3, isRecorded: Bool = true
    ) -> OrderMessage {
        var message = message(
            number: number, urgency: urgency, address: address, purpose: purpose, isRecorded: isRecorded)
        message.document = Array(
            #"""
            {"order":"12-\#(number)","home":{"id":"h-501","name":"3-2-501","address":"幸福里3号楼","area":"north"},
            "kind":"fire","orderedAt":"2023-11-14T22:13:20.123Z","text":"火警 · 3-2-501 · 厨房 \"灶台\""}
            """#.utf8)
        message.incident = Array(#"{"id":12,"title":"火警"}"#.utf8)
        message.residents = [
            Resident(id: "r", name: "王桂兰", telephone: "13900000009", conditions: ["听力障碍"])
        ]
        return message
    }

    /// What channels of the site know, with the keys of a fixed secret.
    static func surroundings(
        language: String = "zh-Hans", templates: [MessageTemplate] = [], publicURL: String? = nil
    ) -> ChannelSurroundings {
        ChannelSurroundings(
            language: language,
            calendar: CivilCalendar(offsets: [
                .init(from: WallTime(milliseconds: 0), secondsFromUTC: 28_800)
            ]),
            names: ["wang": "王二"], templates: templates,
            keys: SecretAnswerKeys(secret: Array("a secret of the tests".utf8)), publicURL: publicURL)
    }

    /// A time-out that no busy machine exceeds: what waits so long hangs, and the suite's time limit says so.
    static let patience: Duration = .seconds(3_600)

    static func channel(
        to url: String, timeout: Duration = patience, limits: ChannelLimits = ChannelLimits(),
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
    private let reports = Mutex<[DeliveryReport]>([])

    var all: [DeliveryReport] { reports.withLock { $0 } }

    func add(_ report: DeliveryReport) { reports.withLock { $0.append(report) } }

    /// Waits until so many have come, and gives them in the order of their coming.
    func first(_ count: Int) async throws -> [DeliveryReport] {
        try await eventually { self.all.count >= count }
        return Array(all.prefix(count))
    }
}

extension NotificationChannel {
    /// Sends and waits for the report.
    func result(of message: OrderMessage) async throws -> DeliveryReport.Result {
        let reports = Reports()
        send(message) { reports.add($0) }
        return try await reports.first(1)[0].result
    }
}

/// Waits until something real (a socket, a thread) has come so far; the suite's time limit ends it.
func eventually(_ isDone: () -> Bool) async throws {
    while !isDone() { try await Task.sleep(for: .milliseconds(2)) }
}
