public import Escalation
import Foundation
public import GatewayPorts
public import SafetyModel

/// Switches a device that listens to an MQTT topic: a siren, a light, a pager.
///
/// What asks for people publishes the "on" payload, a closing the "off" payload once no other open incident
/// wants the device; the rest has nothing to say here and counts as delivered. The broker's PUBACK is the
/// receipt.
public final class TopicChannel: NotificationChannel {
    /// The name by which responders' channels refer to it.
    public let name: String
    private let settings: TopicSettings
    private let audience: ChannelAudience
    private let publish: @Sendable (Publication) -> Void
    private let openIncidents: @Sendable () -> [[UInt8]]
    private let queue = DispatchQueue(label: "anju.topics")

    /// - Parameters:
    ///   - publish: hands a publication to the link; must not block.
    ///   - openIncidents: the documents of the incidents that are open.
    public init(
        _ channel: ChannelSettings, topic: TopicSettings, publish: @escaping @Sendable (Publication) -> Void,
        openIncidents: @escaping @Sendable () -> [[UInt8]]
    ) {
        name = channel.name
        settings = topic
        audience = channel.audience
        self.publish = publish
        self.openIncidents = openIncidents
    }

    /// Publishes one order; the link reports the broker's receipt, or that none came in time.
    public func send(_ message: OrderMessage, report: @escaping @Sendable (DeliveryReport) -> Void) {
        let order = message.order
        // Reading documents takes a moment, which the gate's thread does not have.
        queue.async { [self] in
            guard let payload = payload(for: order) else {
                return report(DeliveryReport(order: order.id, attempt: order.attempt, result: .delivered))
            }
            let facts = TopicFacts(message, for: audience)
            let topic = settings.topic.filled { name in
                // What a fact brings is one level of the topic, without wildcards.
                facts.text(name)?.filter { !"/+#\u{0}".contains($0) }
            }
            publish(
                Publication(
                    topic: topic, payload: Array(payload.filled(facts.quoted).utf8),
                    isRetained: settings.isRetained,
                    order: Publication.OrderAttempt(id: order.id, attempt: order.attempt)))
        }
    }

    /// What an order says to the device; nil when nothing.
    private func payload(for order: NotificationOrder) -> String? {
        if order.purpose.asksForAnswer { return settings.onPayload }
        guard order.purpose == .closed, let off = settings.offPayload else { return nil }
        return isWantedElsewhere(order) ? nil : off
    }

    /// Whether another open incident called this responder, so that its device has to go on.
    private func isWantedElsewhere(_ order: NotificationOrder) -> Bool {
        openIncidents().contains { document in
            guard let heading = try? JSONDecoder().decode(IncidentHeading.self, from: Data(document)) else {
                return false
            }
            return heading.id != order.id.incident.number && heading.notified.contains(order.responder)
        }
    }
}

/// What is needed of an incident's document.
private struct IncidentHeading: Decodable {
    var id: Int64
    var notified: [String]
}

/// The facts that a topic and its payload may hold.
struct TopicFacts {
    private var texts: [MessagePlaceholder: String] = [:]
    private let recipient: String

    init(_ message: OrderMessage, for audience: ChannelAudience) {
        recipient = message.order.address
        let document = try? JSONDecoder().decode(OrderDocument.self, from: Data(message.document))
        let facts: [(MessagePlaceholder, String)] = [
            (.text, document?.text ?? ""), (.home, document?.home?.id ?? ""),
            (.address, document?.home?.address ?? ""), (.area, document?.home?.area ?? ""),
            (.kind, document?.kind ?? ""), (.urgency, message.order.urgency.name),
            (.purpose, message.order.purpose.name), (.about, message.order.about),
            (.responder, message.order.responder), (.incident, "\(message.order.id.incident.number)"),
            (.attempt, "\(message.order.attempt)"),
        ]
        for (placeholder, text) in facts where placeholder.isAllowed(to: audience) {
            texts[placeholder] = text
        }
    }

    /// A fact; `{number}` is the responder's address on this channel.
    func text(_ name: Substring) -> String? {
        if name == "number" { return recipient }
        return MessagePlaceholder(name: name).map { texts[$0] ?? "" }
    }

    /// A fact as it stands between the quotes of a JSON text.
    func quoted(_ name: Substring) -> String? {
        text(name).map { text in
            var json = JSONText()
            json.value(text)
            return String(decoding: json.bytes.dropFirst().dropLast(), as: UTF8.self)
        }
    }

    private struct OrderDocument: Decodable {
        var home: Home?
        var kind: String?
        var text: String?

        struct Home: Decodable {
            var id: String
            var address: String?
            var area: String?
        }
    }
}
