import CMosquitto
import Glibc

/// A message as a plain client receives it.
public struct ReceivedMessage: Hashable, Sendable {
    /// The full topic.
    public var topic: String
    /// The bytes of the message.
    public var payload: [UInt8]
    /// Whether the broker keeps it for later subscribers.
    public var isRetained: Bool

    /// Makes one from its parts.
    public init(topic: String, payload: [UInt8], isRetained: Bool) {
        self.topic = topic
        self.payload = payload
        self.isRetained = isRetained
    }
}

/// A small MQTT 3.1.1 client for virtual households, tools and tests: nothing durable, no reconnect.
///
/// It has no thread: everything happens inside its calls, which must not overlap. Call `poll` now and then,
/// or
/// PUBACKs and pings stay unread.
public final class MQTTClient {
    private let host: String
    private let port: UInt16
    private var handle: OpaquePointer?
    private var received: [ReceivedMessage] = []
    private var connectAnswer: Int32?
    private var keepAliveCheckedAt: Int64 = 0
    private var outgoing = 0

    /// Subscriptions that the broker granted.
    public private(set) var grantedSubscriptions = 0
    /// Subscriptions that the broker refused.
    public private(set) var refusedSubscriptions = 0
    /// Whether the broker accepted us and the connection stands.
    public private(set) var isConnected = false

    /// Publications that the broker has not taken over yet: QoS 1 without PUBACK, QoS 0 not written.
    public var unacknowledged: Int { outgoing }

    /// The most messages that one `poll` collects; the rest stays in the socket for the next.
    public static let pollLimit = 10_000
    /// The most QoS 1 messages on their way at once; the library queues the others.
    public static let inflightLimit: UInt32 = 1_000

    /// - Parameter isCleanSession: false makes the broker keep subscriptions and messages under the client
    /// id.
    public init(
        host: String, port: UInt16, clientID: String, user: String? = nil, password: String? = nil,
        isCleanSession: Bool = true
    ) {
        precondition(MosquittoLibrary.isReady, "libmosquitto could not be initialised.")
        self.host = host
        self.port = port
        handle = mosquitto_new(clientID, isCleanSession, Unmanaged.passUnretained(self).toOpaque())
        guard let handle else { return }
        if let user { mosquitto_username_pw_set(handle, user, password) }
        mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1)
        mosquitto_max_inflight_messages_set(handle, Self.inflightLimit)
        installCallbacks(on: handle)
    }

    deinit {
        if let handle { mosquitto_destroy(handle) }
    }

    /// Encrypts: call it before `connect`.
    ///
    /// - Throws: `MQTTError` when a file cannot be read.
    public func useTLS(
        authorityFile: String, certificateFile: String? = nil, keyFile: String? = nil
    ) throws(MQTTError) {
        try check("use TLS", mosquitto_tls_set(handle, authorityFile, nil, certificateFile, keyFile, nil))
    }

    /// Connects and waits for the broker's answer.
    ///
    /// - Throws: `MQTTError` when nobody listens, the broker refuses, or no answer comes in time.
    public func connect(timeout: Duration) throws(MQTTError) {
        connectAnswer = nil
        let deadline = MonotonicClock.milliseconds() + timeout.inMilliseconds
        try check("connect to \(host):\(port)", mosquitto_connect(handle, host, Int32(port), 30))
        while connectAnswer == nil {
            let left = deadline - MonotonicClock.milliseconds()
            guard left > 0, mosquitto_socket(handle) >= 0 else {
                throw MQTTError(action: "connect to \(host):\(port)", reason: "no answer from the broker")
            }
            turn(waitingAtMost: left)
        }
        guard connectAnswer == 0 else {
            throw MQTTError(
                action: "connect to \(host):\(port)",
                reason: MosquittoLibrary.refusal(connectAnswer ?? 0))
        }
    }

    /// Publishes; with QoS 1 the broker's PUBACK is counted by a later `poll`.
    ///
    /// - Throws: `MQTTError` when the topic is not allowed or the connection is down.
    public func publish(
        topic: String, payload: [UInt8], qos: Int = 1, retain: Bool = false
    ) throws(MQTTError) {
        let code = mosquitto_publish(
            handle, nil, topic, Int32(payload.count), payload, Int32(qos), retain)
        if code == MOSQ_ERR_NO_CONN.code || code == MOSQ_ERR_CONN_LOST.code { isConnected = false }
        // Counted first and taken off by the callback, which for QoS 0 may run before this line: the sum is
        // right.
        outgoing += 1
        if code != MOSQ_ERR_SUCCESS.code { outgoing -= 1 }
        try check("publish to \(topic)", code)
    }

    /// Subscribes; matching messages come out of `poll`.
    ///
    /// - Returns: false when the filter is not allowed or the connection is down.
    @discardableResult
    public func subscribe(_ filter: String, qos: Int = 1) -> Bool {
        mosquitto_subscribe(handle, nil, filter, Int32(qos)) == MOSQ_ERR_SUCCESS.code
    }

    /// Subscribes and waits until the broker has answered; messages that come meanwhile stay for `poll`.
    ///
    /// - Returns: whether it was granted in time.
    public func subscribeAndWait(_ filter: String, qos: Int = 1, timeout: Duration) -> Bool {
        let before = grantedSubscriptions
        guard subscribe(filter, qos: qos) else { return false }
        let refusedBefore = refusedSubscriptions
        pump(
            until: { self.grantedSubscriptions > before || self.refusedSubscriptions > refusedBefore },
            timeout)
        return grantedSubscriptions > before
    }

    /// Reads and writes what is there, waiting at most `timeout` for the first message.
    public func poll(timeout: Duration) -> [ReceivedMessage] {
        pump(until: { !self.received.isEmpty }, timeout)
        defer { received.removeAll() }
        return received
    }

    /// Waits until the broker has taken over everything published.
    ///
    /// - Returns: false when time ran out or the connection broke before.
    @discardableResult
    public func waitForAcknowledgements(timeout: Duration) -> Bool {
        pump(until: { self.outgoing <= 0 }, timeout)
        return outgoing <= 0
    }

    /// Says goodbye, so that the will is not sent.
    public func disconnect() {
        guard mosquitto_socket(handle) >= 0 else { return }
        mosquitto_disconnect(handle)
        if mosquitto_want_write(handle) { mosquitto_loop_write(handle, 1) }
        isConnected = false
    }

    private func check(_ action: String, _ code: Int32) throws(MQTTError) {
        if code == MOSQ_ERR_SUCCESS.code { return }
        if code == MOSQ_ERR_ERRNO.code {
            throw MQTTError(action: action, reason: String(cString: strerror(errno)))
        }
        throw MQTTError(action: action, code: code)
    }

    private func pump(until isDone: () -> Bool, _ timeout: Duration) {
        let deadline = MonotonicClock.milliseconds() + timeout.inMilliseconds
        repeat {
            turn(waitingAtMost: isDone() ? 0 : max(0, deadline - MonotonicClock.milliseconds()))
            if mosquitto_socket(handle) < 0 { return }
        } while !isDone() && MonotonicClock.milliseconds() < deadline
    }

    /// One wait, then everything that can be read and written without waiting.
    private func turn(waitingAtMost milliseconds: Int64) {
        let socket = mosquitto_socket(handle)
        guard socket >= 0 else { return }
        let wanted = Int16(POLLIN) | (mosquitto_want_write(handle) ? Int16(POLLOUT) : 0)
        var place = pollfd(fd: socket, events: wanted, revents: 0)
        Glibc.poll(&place, 1, Int32(clamping: min(milliseconds, 1_000)))
        if place.revents & ~Int16(POLLOUT) != 0 { readAll(from: socket) }
        if mosquitto_want_write(handle) { mosquitto_loop_write(handle, 1) }
        let now = MonotonicClock.milliseconds()
        if now - keepAliveCheckedAt > 1_000 {
            keepAliveCheckedAt = now
            mosquitto_loop_misc(handle)
        }
        if mosquitto_socket(handle) < 0 { isConnected = false }
    }

    private func readAll(from socket: Int32) {
        var waiting: Int32 = 1
        while waiting > 0, received.count < Self.pollLimit {
            guard mosquitto_loop_read(handle, 1) == MOSQ_ERR_SUCCESS.code else { return }
            guard ioctl(socket, UInt(FIONREAD), &waiting) == 0 else { return }
        }
    }

    /// The callbacks run inside our own calls on the caller's thread, while `self` is alive: unretained is
    /// enough.
    private func installCallbacks(on handle: OpaquePointer) {
        mosquitto_connect_callback_set(handle) { _, context, answer in
            guard let client = MQTTClient.from(context) else { return }
            client.connectAnswer = answer
            client.isConnected = answer == 0
        }
        mosquitto_disconnect_callback_set(handle) { _, context, _ in
            MQTTClient.from(context)?.isConnected = false
        }
        mosquitto_publish_callback_set(handle) { _, context, _ in
            MQTTClient.from(context)?.outgoing -= 1
        }
        mosquitto_subscribe_callback_set(handle) { _, context, _, count, granted in
            guard let client = MQTTClient.from(context), let granted, count > 0 else { return }
            if granted[0] < 128 { client.grantedSubscriptions += 1 } else { client.refusedSubscriptions += 1 }
        }
        mosquitto_message_callback_set(handle) { _, context, message in
            guard let client = MQTTClient.from(context), let message = message?.pointee else { return }
            client.received.append(
                ReceivedMessage(
                    topic: message.topic.map { String(cString: $0) } ?? "",
                    payload: Array(
                        UnsafeRawBufferPointer(start: message.payload, count: Int(message.payloadlen))),
                    isRetained: message.retain))
        }
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> MQTTClient? {
        context.map { Unmanaged<MQTTClient>.fromOpaque($0).takeUnretainedValue() }
    }
}
