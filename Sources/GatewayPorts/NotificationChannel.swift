public import Escalation
public import SafetyModel

/// A way to tell a responder something.
public protocol NotificationChannel: AnyObject, Sendable {
    /// The name by which responders' channels refer to it.
    var name: String { get }

    /// Sends one order and reports exactly once, within the channel's time limit. Returns at once, never
    /// blocks.
    func send(_ message: OrderMessage, report: @escaping @Sendable (DeliveryReport) -> Void)
}

/// An order with everything a channel needs to say.
public struct OrderMessage: Sendable {
    /// The order concerned.
    public var order: NotificationOrder
    /// The gateway's id.
    public var gateway: String
    /// The incident's JSON document, UTF-8, evidence included.
    public var incident: [UInt8]
    /// The order's own JSON document, UTF-8, without the incident.
    public var document: [UInt8]
    /// False in degraded mode: sent before it could be stored.
    public var isRecorded: Bool
    /// Who lives in the home; channels tell of them only what their class allows.
    public var residents: [Resident]

    /// Makes one from its parts.
    public init(
        order: NotificationOrder, gateway: String, incident: [UInt8], document: [UInt8], isRecorded: Bool,
        residents: [Resident] = []
    ) {
        self.order = order
        self.gateway = gateway
        self.incident = incident
        self.document = document
        self.isRecorded = isRecorded
        self.residents = residents
    }
}
