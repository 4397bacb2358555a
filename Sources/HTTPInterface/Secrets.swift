import Crypto
import Foundation

/// Random words and comparisons that tell nothing.
enum Secrets {
    /// 256 random bits in the alphabet of addresses.
    static func word() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<4).flatMap { _ in withUnsafeBytes(of: generator.next() as UInt64) { Array($0) } }
        // The bytes are copied out of the word above before it ends.
        return Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    /// What a secret is filed under, so that looking it up takes no time that depends on it.
    static func digest(_ secret: String) -> SHA256Digest { SHA256.hash(data: Data(secret.utf8)) }

    /// Takes as long for a wrong first byte as for a wrong last one.
    static func areEqual(_ first: String, _ second: String) -> Bool { digest(first) == digest(second) }
}
