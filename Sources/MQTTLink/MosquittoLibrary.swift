import CMosquitto
import Glibc

/// Why a call to the MQTT library did not do it.
public struct MQTTError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried: "connect", "publish".
    public var action: String
    /// What the library or the broker said.
    public var reason: String
    /// Whether it may pass by itself: the broker cannot be found or reached, which no setting mends for sure.
    public var isOfNetwork: Bool

    /// Makes one from its parts.
    public init(action: String, reason: String, isOfNetwork: Bool = false) {
        self.action = action
        self.reason = reason
        self.isOfNetwork = isOfNetwork
    }

    init(action: String, code: Int32) {
        self.init(action: action, reason: MosquittoLibrary.text(of: code))
    }

    /// In words.
    public var description: String { "\(action): \(reason)" }
}

/// libmosquitto as a whole: initialised once for the process, never cleaned up before it ends.
enum MosquittoLibrary {
    /// Touch it before the first use of the library.
    static let isReady: Bool = {
        // With TLS, writing to a connection that the broker closed would otherwise end the process.
        signal(SIGPIPE, SIG_IGN)
        return mosquitto_lib_init() == MOSQ_ERR_SUCCESS.code
    }()

    /// The library's words for an error code.
    static func text(of code: Int32) -> String {
        guard let text = mosquitto_strerror(code) else { return "error \(code)" }
        return String(cString: text)
    }

    /// The words for the broker's answer to a connection.
    static func refusal(_ code: Int32) -> String {
        guard let text = mosquitto_connack_string(code) else { return "refused with \(code)" }
        return String(cString: text)
    }
}

extension mosq_err_t {
    /// As the functions return it.
    var code: Int32 { Int32(rawValue) }
}
