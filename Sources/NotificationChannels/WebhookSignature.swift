import Crypto
import Foundation

/// The proof that an event comes from this gateway and is fresh.
///
/// Two headers: `X-Anju-Timestamp` holds the moment of sending in whole seconds since 1970 (UTC), decimal;
/// `X-Anju-Signature` holds `sha256=` and 64 lower-case hexadecimal digits, the HMAC-SHA256 under the shared
/// secret of exactly these bytes:
///
///     <the value of X-Anju-Timestamp> "." <the request's body, byte by byte>
///
/// A receiver computes the same, compares in constant time, and refuses a timestamp too far from its own
/// clock (five minutes is usual); the event's `id` then tells a repetition from a new order.
struct WebhookSignature: Sendable {
    private let key: SymmetricKey

    static let signatureHeader = "X-Anju-Signature"
    static let timestampHeader = "X-Anju-Timestamp"

    init(secret: [UInt8]) { key = SymmetricKey(data: secret) }

    /// Reads the secret once, when the channel is built.
    ///
    /// Sending an alarm never waits for a file. A reload builds the channels anew and takes a changed secret
    /// with it.
    init(secretFile path: String) throws(ChannelSetupError) {
        self.init(secret: try SecretFile.line(of: path))
    }

    /// The value of the signature header.
    func value(timestamp: String, body: [UInt8]) -> String {
        var hash = HMAC<SHA256>(key: key)
        hash.update(data: Array(timestamp.utf8))
        hash.update(data: [UInt8(ascii: ".")])
        hash.update(data: body)
        return "sha256=" + Hexadecimal.text(hash.finalize())
    }
}
