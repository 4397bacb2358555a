import Crypto
import Foundation
public import GatewayPorts

/// Answer links and reply codes that follow from a secret of this gateway.
///
/// A link's token is the incident, the order and the responder, and the first 16 bytes of their HMAC-SHA256;
/// a reply code is four digits of another. Whoever has the secret can answer as anybody, so it never leaves
/// its file.
public struct SecretAnswerKeys: AnswerKeys {
    private let key: SymmetricKey

    /// The bytes of a secret.
    static let secretSize = 32
    /// The most characters of a token; a longer one was never given out.
    static let tokenLimit = 512
    private static let version: UInt8 = 1
    private static let proofSize = 16

    /// Why the secret's file cannot be used.
    public struct FileError: Error, Hashable, Sendable {
        /// In the system's words.
        public var reason: String
    }

    /// Keys of a secret at hand.
    public init(secret: [UInt8]) { key = SymmetricKey(data: secret) }

    /// Keys of a secret that lives until the program ends: better than no answering at all.
    public init() { key = SymmetricKey(size: .bits256) }

    /// Keys of the secret in a file, which is made at the first start, for its owner's eyes only.
    ///
    /// - Throws: `FileError` when it can be neither read nor made, or holds too little.
    public init(file path: String) throws(FileError) {
        if let bytes = try Self.make(path) {
            self.init(secret: bytes)
            return
        }
        guard let file = FileHandle(forReadingAtPath: path),
            let bytes = try? file.read(upToCount: Self.secretSize)
        else { throw FileError(reason: "it cannot be read") }
        try? file.close()
        guard bytes.count == Self.secretSize else {
            throw FileError(reason: "it holds \(bytes.count) bytes instead of \(Self.secretSize)")
        }
        self.init(secret: Array(bytes))
    }

    /// The unguessable last path segment of the answer page for one order and person.
    public func linkToken(incident: Int64, order: String, responder: String) -> String {
        var bytes = [Self.version]
        withUnsafeBytes(of: incident.bigEndian) { bytes += Array($0) }
        for text in [order, responder] {
            bytes.append(UInt8(truncatingIfNeeded: text.utf8.count))
            bytes += Array(text.utf8)
        }
        return Data(bytes + proof(of: bytes)).base64EncodedString().replacing("+", with: "-")
            .replacing("/", with: "_").replacing("=", with: "")
    }

    /// What a link's token means, or nil when it was never given out; the proof is compared in constant time.
    public func meaning(ofLinkToken token: String) -> AnswerKey? {
        guard token.utf8.count <= Self.tokenLimit, !token.contains("+"), !token.contains("/") else {
            return nil
        }
        let padding = String(repeating: "=", count: (4 - token.utf8.count % 4) % 4)
        let standard = token.replacing("-", with: "+").replacing("_", with: "/") + padding
        guard let decoded = Data(base64Encoded: standard), decoded.count > Self.proofSize + 9 else {
            return nil
        }
        let bytes = Array(decoded)
        let said = bytes.suffix(Self.proofSize)
        let content = Array(bytes.dropLast(Self.proofSize))
        let difference = zip(said, proof(of: content)).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
        guard difference == 0, content[0] == Self.version else { return nil }
        let incident = content[1..<9].reduce(Int64(0)) { $0 << 8 | Int64($1) }
        var rest = content[9...]
        guard let order = Self.takeText(&rest), let responder = Self.takeText(&rest), rest.isEmpty else {
            return nil
        }
        return AnswerKey(incident: incident, order: order, responder: responder)
    }

    /// The four digits by which a responder answers over SMS.
    public func replyCode(incident: Int64, responder: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("anju sms \(incident) \(responder)".utf8), using: key)
        let number = code.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } % 10_000
        let digits = String(number)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }

    private func proof(of bytes: [UInt8]) -> [UInt8] {
        let code = HMAC<SHA256>.authenticationCode(for: Array("anju link ".utf8) + bytes, using: key)
        return Array(code.prefix(Self.proofSize))
    }

    private static func takeText(_ bytes: inout ArraySlice<UInt8>) -> String? {
        guard let count = bytes.popFirst().map(Int.init), bytes.count >= count else { return nil }
        defer { bytes = bytes.dropFirst(count) }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// Makes the file; nil when it is there already.
    private static func make(_ path: String) throws(FileError) -> [UInt8]? {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { return nil }
            throw FileError(reason: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        let secret = SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
        guard write(descriptor, secret, secret.count) == secret.count, fsync(descriptor) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(path)
            throw FileError(reason: reason)
        }
        return secret
    }
}
