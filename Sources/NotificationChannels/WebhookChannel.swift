import AsyncHTTPClient
public import Escalation
import Foundation
public import GatewayPorts
import NIOCore
public import SafetyModel
import Synchronization

/// Sends orders as signed CloudEvents to a URL.
///
/// The event's `id` is `<gateway>/<order id>`, the same for each try, its `type` is `anju.notification.v1.`
/// and the purpose, its `subject` the home and the incident, its `data` the order's own document with the
/// incident in it (`incidentDocument`). The attributes `responder`, `address`, `attempt`, `urgency` and
/// `recorded` (false in degraded mode) come on top. How the request is signed stands with `WebhookSignature`;
/// how `{address}` in the URL is filled in stands with `WebhookTarget`.
///
/// At most `inFlightLimit` tries run at once and `waitingLimit` wait; life safety goes first, and where there
/// is no place left the least pressing try fails as "busy".
public final class WebhookChannel: NotificationChannel {
    /// The name by which responders' channels refer to it.
    public let name: String
    private let target: WebhookTarget
    private let sender: WebhookSender
    private let timeout: Duration
    private let limits: WebhookLimits
    private let state: Mutex<State>

    private struct State {
        var waiting: SendingQueue<WebhookDelivery>
        var sending: [ObjectIdentifier: WebhookDelivery] = [:]
        var isShutDown = false
    }

    /// A channel that is ready to send; it must be shut down in the end.
    ///
    /// - Parameter now: the wall clock in milliseconds since 1970, for the signature's timestamp.
    /// - Throws: when the URL cannot be used or the secret cannot be read.
    public init(
        _ settings: WebhookSettings, limits: WebhookLimits = WebhookLimits(),
        now: @escaping @Sendable () -> Int64 = WallClock.milliseconds
    ) throws(ChannelSetupError) {
        name = settings.name
        target = try WebhookTarget(settings.url)
        var signature: WebhookSignature?
        if let path = settings.secretFile { signature = try WebhookSignature(secretFile: path) }
        timeout = settings.timeout
        self.limits = limits
        sender = WebhookSender(
            signature: signature, connectionLimit: limits.inFlightLimit, connectPatience: settings.timeout,
            now: now)
        state = Mutex(State(waiting: SendingQueue(waitingLimit: limits.waitingLimit)))
    }

    /// Sends one order; the report comes within the settings' `timeout`, waiting for a place included.
    public func send(_ message: OrderMessage, report: @escaping @Sendable (DeliveryReport) -> Void) {
        let delivery = WebhookDelivery(message, deadline: .now() + TimeAmount(timeout), report: report)
        let expiry = HTTPClient.defaultEventLoopGroup.any().scheduleTask(deadline: delivery.deadline) {
            [weak self] in
            delivery.giveUp(reason: "timed out")
            self?.state.withLock { $0.waiting.remove(delivery) }
        }
        delivery.expires(by: expiry)
        admit(delivery)
    }

    /// Fails what waits and what is on its way, and closes the connections; later orders fail at once.
    public func shutdown() async {
        let abandoned = state.withLock { state in
            state.isShutDown = true
            return state.waiting.removeAll() + state.sending.values
        }
        for delivery in abandoned { delivery.giveUp(reason: "shutting down") }
        await sender.shutdown()
    }

    private func admit(_ delivery: WebhookDelivery) {
        let refusal: (delivery: WebhookDelivery, reason: String)? = state.withLock { state in
            if state.isShutDown { return (delivery, "shutting down") }
            if state.sending.count < limits.inFlightLimit {
                start(delivery, in: &state)
                return nil
            }
            return state.waiting.add(delivery, urgency: delivery.message.order.urgency).map { ($0, "busy") }
        }
        refusal?.delivery.giveUp(reason: refusal?.reason ?? "")
    }

    private func start(_ delivery: WebhookDelivery, in state: inout State) {
        state.sending[ObjectIdentifier(delivery)] = delivery
        let task = Task {
            await self.attempt(delivery)
            self.leave(delivery)
        }
        delivery.sends(in: task)
    }

    private func leave(_ delivery: WebhookDelivery) {
        delivery.giveUp(reason: "ended without an answer")
        state.withLock { state in
            state.sending[ObjectIdentifier(delivery)] = nil
            guard !state.isShutDown, let next = state.waiting.takeFirst() else { return }
            start(next, in: &state)
        }
    }

    private func attempt(_ delivery: WebhookDelivery) async {
        guard !Task.isCancelled else { return }
        guard let url = target.url(for: delivery.message.order.address) else {
            return delivery.finish(.rejected(reason: "the address cannot stand in the URL"))
        }
        let body = OrderEvent.event(for: delivery.message).bytes()
        await sender.post(body, to: url, deadline: delivery.deadline) { delivery.finish($0) }
    }
}

/// How much a webhook channel does at once.
public struct WebhookLimits: Hashable, Sendable {
    /// Tries under way at the same time (1 to 1,000).
    public var inFlightLimit = 64
    /// Tries that wait for a place (0 to 100,000).
    public var waitingLimit = 1_000
    /// The usual figures.
    public init() {}
}

/// The wall clock.
public enum WallClock {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public static let milliseconds: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000) }
}
