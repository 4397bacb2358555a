public import Escalation
import Foundation
public import GatewayPorts
public import SafetyModel

/// Sends orders as signed CloudEvents to a URL.
///
/// The event's `id` is `<gateway>/<order id>`, the same for each try, its `type` is `anju.notification.v1.`
/// and the purpose, its `subject` the home and the incident, its `data` the order's own document with the
/// incident in it (`incidentDocument`). The attributes `responder`, `address`, `attempt`, `urgency` and
/// `recorded` (false in degraded mode) come on top. How the request is signed stands with `WebhookSignature`;
/// how `{address}` in the URL is filled in stands with `WebhookTarget`.
///
/// How many tries run at once and wait stands with `QueuedChannel`.
public final class WebhookChannel: NotificationChannel {
    /// The name by which responders' channels refer to it.
    public let name: String
    private let queue: QueuedChannel

    /// A channel that is ready to send; it must be shut down in the end.
    ///
    /// - Parameter now: the wall clock in milliseconds since 1970, for the signature's timestamp.
    /// - Throws: when the URL cannot be used or the secret cannot be read.
    public init(
        _ settings: WebhookSettings, limits: ChannelLimits = ChannelLimits(),
        now: @escaping @Sendable () -> Int64 = WallClock.milliseconds
    ) throws(ChannelSetupError) {
        name = settings.name
        let target = try WebhookTarget(settings.url)
        var signature: WebhookSignature?
        if let path = settings.secretFile { signature = try WebhookSignature(secretFile: path) }
        let sender = WebhookSender(
            signature: signature, connectionLimit: limits.inFlightLimit, connectPatience: settings.timeout,
            now: now)
        queue = QueuedChannel(
            name: settings.name, timeout: settings.timeout, limits: limits,
            carrier: WebhookCarrier(target: target, sender: sender))
    }

    /// Sends one order; the report comes within the settings' `timeout`, waiting for a place included.
    public func send(_ message: OrderMessage, report: @escaping @Sendable (DeliveryReport) -> Void) {
        queue.send(message, report: report)
    }

    /// What waits for its turn.
    public var backlog: ChannelBacklog { queue.backlog }

    /// Fails what waits and what is on its way, and closes the connections; later orders fail at once.
    public func shutdown() async { await queue.shutdown() }

    /// Ends when nothing waits and nothing is on its way any more.
    public func drain() async { await queue.drain() }
}

/// Posts an order as an event.
private struct WebhookCarrier: OrderCarrier {
    let target: WebhookTarget
    let sender: WebhookSender

    func carry(_ delivery: OrderDelivery) async -> DeliveryReport.Result {
        guard let url = target.url(for: delivery.message.order.address) else {
            return .rejected(reason: "the address cannot stand in the URL")
        }
        let body = OrderEvent.event(for: delivery.message).bytes()
        // The status line decides; the report does not wait for the rest of the answer.
        await sender.post(body, to: url, deadline: delivery.deadline) { delivery.finish($0) }
        return .failed(reason: "ended without an answer")
    }

    func shutdown() async { await sender.shutdown() }
}

/// The clocks of channels.
public enum WallClock {
    /// Milliseconds since the machine was started.
    public static let uptime: @Sendable () -> Int64 = {
        Int64(ProcessInfo.processInfo.systemUptime * 1_000)
    }
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public static let milliseconds: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000) }
}
