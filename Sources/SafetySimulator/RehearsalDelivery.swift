import Escalation
import SafetyModel

/// The channels of a rehearsal: they treat orders as the scenario says and report at once.
///
/// An order over the broker waits while the link is down, as in the real queue, and fails when it waited too
/// long.
struct RehearsalDelivery {
    /// How long an order may wait for the link (the figure of the MQTT link's queue).
    static let linkPatience = Duration.seconds(8)

    private var turns: [Turn] = []
    private var held: [Held] = []

    private struct Turn {
        var channel: String
        var responder: String?
        var manner: DeliveryManner
    }

    private struct Held {
        var order: NotificationOrder
        var until: Instant
    }

    /// What becomes of one try of an order.
    enum Fate: Hashable {
        case delivered
        case failed
        case refused
        /// No report comes.
        case silent
        /// It waits for the link.
        case waiting
    }

    /// From now on a channel treats orders in this way.
    mutating func turn(_ channel: String, responder: String?, manner: DeliveryManner) {
        turns.append(Turn(channel: channel, responder: responder, manner: manner))
    }

    /// When an order that waits for the link is given up next.
    var nextDeadline: Instant? { held.map(\.until).min() }

    /// What becomes of an order that is sent now.
    mutating func send(_ order: NotificationOrder, isLinkUp: Bool, at now: Instant) -> Fate {
        if order.channel == "mqtt" && !isLinkUp {
            held.append(Held(order: order, until: now + Self.linkPatience))
            return .waiting
        }
        let turn = turns.last {
            $0.channel == order.channel && ($0.responder == nil || $0.responder == order.responder)
        }
        switch turn?.manner ?? .works {
        case .works: return .delivered
        case .fails: return .failed
        case .refuses: return .refused
        case .hangs: return .silent
        }
    }

    /// The report of a try, if one comes.
    static func report(of order: NotificationOrder, _ fate: Fate) -> DeliveryReport? {
        let result: DeliveryReport.Result
        switch fate {
        case .delivered: result = .delivered
        case .failed: result = .failed(reason: "\(order.channel) failed")
        case .refused: result = .rejected(reason: "\(order.channel) refused")
        case .silent, .waiting: return nil
        }
        return DeliveryReport(order: order.id, attempt: order.attempt, result: result)
    }

    /// Takes out what waited for the link when it comes up: to be sent now.
    mutating func takeHeld() -> [NotificationOrder] {
        defer { held.removeAll() }
        return held.map(\.order)
    }

    /// Reports of orders that waited for the link for too long.
    mutating func expire(at now: Instant) -> [DeliveryReport] {
        let expired = held.filter { $0.until <= now }
        held.removeAll { $0.until <= now }
        return expired.map {
            DeliveryReport(
                order: $0.order.id, attempt: $0.order.attempt,
                result: .failed(reason: "there is no connection to the broker"))
        }
    }
}
