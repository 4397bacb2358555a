import CMosquitto
import Foundation
import SafetyModel
import Synchronization

/// One connection to the broker, from the name lookup to the closed socket; a reconnect makes a new one.
///
/// Looking a name up and connecting can hang for minutes, so they happen on a thread of their own.
/// `@unchecked
/// Sendable` holds because of a hand-over: until `outcome` is set only the connecting thread touches the
/// handle, after
/// that only the link's thread. A session that is given up while it connects belongs to its thread, which
/// frees it.
final class BrokerSession: @unchecked Sendable {
    private var handle: OpaquePointer?
    private let intake: MessageIntake
    private let settings: BrokerSettings
    private let will: (topic: String, payload: [UInt8])
    /// Nil while connecting; then nil or what went wrong.
    private let outcome = Mutex<Result<Void, MQTTError>?>(nil)

    init(settings: BrokerSettings, will: (topic: String, payload: [UInt8]), intake: MessageIntake) {
        self.settings = settings
        self.will = will
        self.intake = intake
    }

    deinit {
        if let handle { mosquitto_destroy(handle) }
    }

    /// How connecting ended, or nil while it runs.
    var connectOutcome: Result<Void, MQTTError>? { outcome.withLock { $0 } }

    /// Looks up, connects and hands the session over.
    func startConnecting(_ wake: WakeSignal) {
        Thread.detachNewThread {
            let result = Result { () throws(MQTTError) in try self.connect() }
            self.outcome.withLock { $0 = result }
            wake.wake()
        }
    }

    /// Whether the two could not agree on TLS: the certificates are not what they should be.
    private(set) var isUntrusted = false

    var socket: Int32 { mosquitto_socket(handle) }

    var wantsWrite: Bool { mosquitto_want_write(handle) }

    /// Whether something can be read without waiting: in the socket, or already decrypted.
    var hasReadableBytes: Bool {
        var waiting: Int32 = 0
        return ioctl(socket, UInt(FIONREAD), &waiting) == 0 && waiting > 0 || hasDecryptedBytes
    }

    /// Whether TLS holds bytes that `poll` does not see.
    var hasDecryptedBytes: Bool {
        guard settings.authorityFile != nil, let ssl = mosquitto_ssl_get(handle) else { return false }
        return (Self.sslPending?(ssl) ?? 0) > 0
    }

    /// Reads about one packet.
    ///
    /// False when the connection is gone.
    func read() -> Bool {
        // The library takes a stale EAGAIN, for example of its own full wake pipe, for the end of the data.
        errno = 0
        return hasWorked(mosquitto_loop_read(handle, 1))
    }

    /// Writes until nothing waits or the socket is full.
    ///
    /// False when the connection is gone.
    func write() -> Bool {
        cork(true)
        defer { cork(false) }
        return hasWorked(mosquitto_loop_write(handle, 1))
    }

    private func hasWorked(_ code: Int32) -> Bool {
        if code == MOSQ_ERR_TLS.code { isUntrusted = true }
        return code == MOSQ_ERR_SUCCESS.code
    }

    /// Pings and their time-out.
    ///
    /// False when the connection is gone.
    func keepAlive() -> Bool { mosquitto_loop_misc(handle) == MOSQ_ERR_SUCCESS.code }

    /// Queues a subscription, QoS 1.
    func subscribe(_ filter: String) -> Bool {
        mosquitto_subscribe(handle, nil, filter, 1) == MOSQ_ERR_SUCCESS.code
    }

    /// Queues a publication, QoS 1.
    func publish(topic: String, payload: [UInt8], isRetained: Bool) -> OutgoingQueue.Sent {
        if topic.utf8.contains(0) { return .impossible(reason: "the topic holds a NUL") }
        var packetID: Int32 = 0
        let code = mosquitto_publish(
            handle, &packetID, topic, Int32(payload.count), payload, 1, isRetained)
        switch code {
        case MOSQ_ERR_SUCCESS.code: return .sent(packetID: packetID)
        case MOSQ_ERR_INVAL.code, MOSQ_ERR_PAYLOAD_SIZE.code, MOSQ_ERR_MALFORMED_UTF8.code,
            MOSQ_ERR_OVERSIZE_PACKET.code:
            return .impossible(reason: MosquittoLibrary.text(of: code))
        default: return .notNow
        }
    }

    /// Queues the goodbye after which the broker does not send the will.
    func sayGoodbye() { mosquitto_disconnect(handle) }

    // MARK: on the connecting thread

    private func connect() throws(MQTTError) {
        precondition(MosquittoLibrary.isReady, "libmosquitto could not be initialised.")
        let context = Unmanaged.passUnretained(self).toOpaque()
        guard let made = mosquitto_new(settings.clientID, false, context) else {
            throw MQTTError(action: "connect", reason: "the client id is not allowed")
        }
        handle = made
        mosquitto_threaded_set(made, true)
        mosquitto_int_option(made, MOSQ_OPT_TCP_NODELAY, 1)
        mosquitto_max_inflight_messages_set(made, UInt32(OutgoingQueue.inflightLimit))
        try authenticate(made)
        let payload = will.payload
        try check("set will", mosquitto_will_set(made, will.topic, Int32(payload.count), payload, 1, true))
        installCallbacks(on: made)
        let seconds = Int32(clamping: max(5, settings.keepAlive.inMilliseconds / 1_000))
        try check(
            "connect to \(settings.host):\(settings.port)",
            mosquitto_connect(made, settings.host, Int32(settings.port), seconds))
    }

    /// The files are read at each connection, so that a renewed certificate or password needs no restart.
    private func authenticate(_ handle: OpaquePointer) throws(MQTTError) {
        if let user = settings.user {
            let password = try settings.passwordFile.map(Self.firstLine)
            try check("set user", mosquitto_username_pw_set(handle, user, password))
        }
        if let authority = settings.authorityFile {
            try check(
                "use the certificates",
                mosquitto_tls_set(handle, authority, nil, settings.certificateFile, settings.keyFile, nil))
        }
    }

    private static func firstLine(of path: String) throws(MQTTError) -> String {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw MQTTError(action: "read the password file", reason: "\(path) cannot be read")
        }
        return String(text.prefix { !$0.isNewline })
    }

    private func check(_ action: String, _ code: Int32) throws(MQTTError) {
        if code == MOSQ_ERR_SUCCESS.code { return }
        if code == MOSQ_ERR_ERRNO.code {
            throw MQTTError(action: action, reason: String(cString: strerror(errno)), isOfNetwork: true)
        }
        let isOfNetwork = [MOSQ_ERR_EAI, MOSQ_ERR_NO_CONN, MOSQ_ERR_CONN_LOST].contains { $0.code == code }
        throw MQTTError(
            action: action, reason: MosquittoLibrary.text(of: code), isOfNetwork: isOfNetwork)
    }

    /// The callbacks run inside `read`, `write` and `keepAlive`, so while the session is alive: unretained is
    /// enough.
    private func installCallbacks(on handle: OpaquePointer) {
        mosquitto_connect_with_flags_callback_set(handle) { _, context, answer, flags in
            BrokerSession.withIntake(context) {
                $0.connected(answer: answer, isSessionPresent: flags & 1 == 1)
            }
        }
        mosquitto_publish_callback_set(handle) { _, context, packetID in
            BrokerSession.withIntake(context) { $0.published(packetID: packetID) }
        }
        mosquitto_subscribe_callback_set(handle) { _, context, _, count, granted in
            guard let granted, count > 0 else { return }
            BrokerSession.withIntake(context) { $0.subscribed(isGranted: granted[0] < 128) }
        }
        mosquitto_message_callback_set(handle) { _, context, message in
            guard let message else { return }
            BrokerSession.withIntake(context) { $0.received(message) }
        }
    }

    private static func withIntake(_ context: UnsafeMutableRawPointer?, _ body: (MessageIntake) -> Void) {
        guard let context else { return }
        Unmanaged<BrokerSession>.fromOpaque(context)._withUnsafeGuaranteedRef { body($0.intake) }
    }

    /// Lets a batch of PUBACKs leave in few packets; uncorking sends the rest at once.
    private func cork(_ isOn: Bool) {
        var value: Int32 = isOn ? 1 : 0
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// OpenSSL comes with libmosquitto; its headers need not be installed for one function.
    private static let sslPending: (@convention(c) (UnsafeMutableRawPointer) -> Int32)? = {
        guard let symbol = dlsym(nil, "SSL_pending") else { return nil }
        return unsafeBitCast(symbol, to: (@convention(c) (UnsafeMutableRawPointer) -> Int32).self)
    }()
}
