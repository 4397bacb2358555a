import Foundation

/// Why the HTTP interface cannot be built from its settings.
public enum HTTPSetupError: Error, Hashable, Sendable {
    /// The file with the bearer token cannot be read.
    case unreadableToken(path: String)
    /// The file's first line is no token: shorter than `tokenMinimum` or longer than `tokenLimit` characters,
    /// or with others than visible ASCII.
    case unfitToken(path: String)
    /// The certificate or its key cannot be used.
    case unfitCertificate(path: String, key: String, reason: String)

    /// The fewest characters of the API token: it is not guarded by a limit on wrong tries.
    public static let tokenMinimum = 16
    /// The most characters of any token.
    public static let tokenLimit = 512

    /// What is wrong and what to write instead, in one line.
    public var text: String {
        switch self {
        case .unreadableToken(let path): "the token file \(path) cannot be read"
        case .unfitToken(let path):
            "the first line of the token file \(path) must be \(Self.tokenMinimum) to \(Self.tokenLimit)"
                + " visible ASCII characters; `openssl rand -hex 24` makes one"
        case .unfitCertificate(let path, let key, let reason):
            "the certificate \(path) and its key \(key) cannot be used (\(reason)); write PEM files that"
                + " belong together"
        }
    }
}

/// The file whose first line is the API's bearer token.
enum TokenFile {
    /// Read once, at the start: no request waits for a file.
    static func read(_ path: String) throws(HTTPSetupError) -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path) else { throw .unreadableToken(path: path) }
        defer { try? file.close() }
        guard let bytes = try? file.read(upToCount: HTTPSetupError.tokenLimit + 2) else {
            throw .unfitToken(path: path)
        }
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        let lengths = HTTPSetupError.tokenMinimum...HTTPSetupError.tokenLimit
        guard lengths.contains(line.count), line.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .unfitToken(path: path)
        }
        return Array(line)
    }
}
