import Foundation

/// Why the tokens cannot be used.
public struct TokenFileError: Error, Hashable, Sendable {
    /// What is wrong, where, and what to write instead.
    public var text: String
}

/// Who holds which token: lines of `responder-id token`; empty lines and lines that start with `#` do not
/// count.
public struct ResponderTokens: Sendable {
    private let tokens: [(responder: String, token: [UInt8])]

    /// The shortest token, in bytes: anybody with a broker credential may try.
    public static let tokenLengthLimit = 16

    /// Nobody may act.
    public static let none = ResponderTokens(tokens: [])

    private init(tokens: [(responder: String, token: [UInt8])]) { self.tokens = tokens }

    /// - Throws: `TokenFileError` when the file cannot be read or a line is not an id and a token.
    public init(file: String) throws(TokenFileError) {
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw TokenFileError(text: "\(file): cannot be read. Write one `responder-id token` a line.")
        }
        var tokens: [(responder: String, token: [UInt8])] = []
        let lines = String(decoding: bytes, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            guard words.count == 2 else {
                throw TokenFileError(
                    text: "\(file):\(index + 1): not an id and a token. Write `responder-id token`.")
            }
            guard words[1].utf8.count >= Self.tokenLengthLimit else {
                throw TokenFileError(
                    text: "\(file):\(index + 1): the token is shorter than \(Self.tokenLengthLimit) bytes. "
                        + "Make one with `openssl rand -hex 16`.")
            }
            tokens.append((String(words[0]), Array(words[1].utf8)))
        }
        self.init(tokens: tokens)
    }

    /// Whether a token is this responder's.
    ///
    /// The time does not tell how much of it was right.
    public func isAllowed(_ responder: String, _ token: String) -> Bool {
        var isFound = false
        for entry in tokens where entry.responder == responder && Self.isEqual(entry.token, token) {
            isFound = true
        }
        return isFound
    }

    /// Whose token it is, or nil.
    public func responder(withToken token: String) -> String? {
        var found: String?
        for entry in tokens where Self.isEqual(entry.token, token) { found = entry.responder }
        return found
    }

    private static func isEqual(_ known: [UInt8], _ given: String) -> Bool {
        let given = Array(given.utf8)
        var difference = UInt8(known.count == given.count ? 0 : 1)
        for index in known.indices { difference |= known[index] ^ (index < given.count ? given[index] : 0) }
        return difference == 0
    }
}
