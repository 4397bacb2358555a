public import SafetyCore
public import SafetyModel

/// The way to and from the MQTT broker, without a thread of its own.
///
/// One thread calls `receive` and `release` in turn: what `receive` took in is acknowledged to the broker
/// only by the `release` that follows the commit. `wake` may be called from any thread.
public protocol MessageLink: AnyObject {
    /// Waits for traffic, then reads and decodes what is there, up to the batch limit.
    ///
    /// Reports of published orders, link changes and undecoded messages are inputs in the same batch.
    func receive(into batch: inout InputBatch, waitingAtMost patience: Duration)

    /// Queues publications and writes them and the PUBACKs of everything received so far.
    func release(_ publications: [Publication])

    /// Ends a `receive` that waits.
    func wake()

    /// Says goodbye (the will is not sent) and closes.
    func close()

    /// How the link stands now.
    var standing: LinkStanding { get }
}

/// How the way to the broker stands: a broker that cannot be reached is another trouble than one that
/// refuses.
public struct LinkStanding: Hashable, Sendable {
    /// In one word.
    public var state: State
    /// How the last try or the last connection ended, at most `reasonLimit` bytes; empty while it is up.
    public var reason: String
    /// The reason code with which the broker refused the connection (MQTT 3.1.1, section 3.2.2.3); nil
    /// otherwise.
    public var code: Int?

    /// The most bytes of a reason.
    public static let reasonLimit = 200

    /// Makes one from its parts; a reason that is too long is cut.
    public init(_ state: State = .notYetConnected, reason: String = "", code: Int? = nil) {
        self.state = state
        self.reason = String(decoding: reason.utf8.prefix(Self.reasonLimit), as: UTF8.self)
        self.code = code
    }

    /// The raw value is the word for it in HTTP.
    public enum State: String, CaseIterable, Sendable {
        /// Never connected since the start, or since another broker was named.
        case notYetConnected
        /// The broker has accepted us.
        case up
        /// It was up, and is not.
        case lost
        /// The broker answers and does not accept us.
        case refused
    }
}

/// One message to publish, QoS 1.
public struct Publication: Hashable, Sendable {
    /// The full topic.
    public var topic: String
    /// The bytes of the message.
    public var payload: [UInt8]
    /// Whether the broker keeps it for later subscribers.
    public var isRetained: Bool
    /// The order and attempt that the broker's PUBACK confirms, if any.
    public var order: OrderAttempt?

    /// Makes one from its parts.
    public init(topic: String, payload: [UInt8], isRetained: Bool = false, order: OrderAttempt? = nil) {
        self.topic = topic
        self.payload = payload
        self.isRetained = isRetained
        self.order = order
    }

    /// One try of one order.
    public struct OrderAttempt: Hashable, Sendable {
        /// Its id, unique in the site.
        public var id: OrderID
        /// Which try it was, from 1.
        public var attempt: Int32
        /// Makes one from its parts.
        public init(id: OrderID, attempt: Int32) {
            self.id = id
            self.attempt = attempt
        }
    }
}
