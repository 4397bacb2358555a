import Escalation
import Foundation
import GatewayPorts
import SafetyModel

/// An order as an event.
enum OrderEvent {
    static func event(for message: OrderMessage) -> CloudEvent {
        let order = message.order
        let heading = try? JSONDecoder().decode(OrderHeading.self, from: Data(message.document))
        let number = order.id.incident.number
        return CloudEvent(
            id: "\(message.gateway)/\(order.id.text)", gateway: message.gateway,
            type: "anju.notification.v1.\(order.purpose.name)",
            subject: heading.map { "\($0.home.id)/\(number)" } ?? "\(number)",
            time: heading?.orderedAt ?? WallTime(milliseconds: order.orderedAt.milliseconds).rfc3339,
            extensions: [
                ("responder", order.responder), ("address", order.address), ("attempt", "\(order.attempt)"),
                ("urgency", order.urgency.name), ("recorded", "\(message.isRecorded)"),
            ].filter { !$0.1.isEmpty },
            document: document(of: message))
    }

    private static let incidentKey = Array("\"incidentDocument\":".utf8)

    /// The order's document with the incident in it, so that a receiver has the evidence at hand.
    ///
    /// Where the order's document does not hold the incident yet, the bytes are joined; quotes inside a JSON
    /// text are escaped, so the key is found as bytes.
    static func document(of message: OrderMessage) -> [UInt8] {
        let order = message.document
        guard order.count > 2, order.last == UInt8(ascii: "}"), !message.incident.isEmpty,
            order.firstRange(of: incidentKey) == nil
        else { return order }
        return order.dropLast() + [UInt8(ascii: ",")] + incidentKey + message.incident + [UInt8(ascii: "}")]
    }
}

/// What an event needs of an order's document.
private struct OrderHeading: Decodable {
    var home: Home
    /// Wall time, RFC 3339.
    var orderedAt: String?

    struct Home: Decodable {
        var id: String
    }
}
