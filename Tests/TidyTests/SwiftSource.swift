import Foundation

/// A Swift file as the checks see it: its lines, its code without comments and texts, and its comments.
///
/// `code` has the same lines as the file: what stands in comments, string literals and raw identifiers is
/// blanked out, so that a word in a sentence is never taken for a word of the program.
struct SwiftSource: Sendable {
    /// The path inside the repository, with `/` between its parts.
    let path: String
    let lines: [String]
    let code: [String]
    let comments: [String]

    init(path: String, text: String) {
        self.path = path
        var reader = SwiftReader(Array(text.utf8))
        reader.readAll()
        lines = SwiftSource.lines(of: reader.bytes)
        code = SwiftSource.lines(of: reader.code)
        comments = SwiftSource.lines(of: reader.comments)
    }

    /// The target or test target that the file belongs to; empty for `Package.swift`.
    var target: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    /// The file's name without `.swift`.
    var name: String {
        String((path.split(separator: "/").last ?? "").dropLast(6))
    }

    /// The code as one text.
    var codeText: String { code.joined(separator: "\n") }

    private static func lines(of bytes: [UInt8]) -> [String] {
        var parts = bytes.split(separator: 10, omittingEmptySubsequences: false)
        if let last = parts.last, last.isEmpty { parts.removeLast() }
        return parts.map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Tells code, comments and texts of a Swift file apart, byte by byte.
private struct SwiftReader {
    let bytes: [UInt8]
    /// The file with everything but code blanked out.
    private(set) var code: [UInt8]
    /// The file with everything but comments blanked out.
    private(set) var comments: [UInt8]
    private var at = 0

    private static let quote = UInt8(ascii: "\"")
    private static let hash = UInt8(ascii: "#")
    private static let slash = UInt8(ascii: "/")
    private static let star = UInt8(ascii: "*")
    private static let tick = UInt8(ascii: "`")
    private static let newline = UInt8(ascii: "\n")
    private static let space = UInt8(ascii: " ")

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        code = bytes
        comments = bytes.map { $0 == Self.newline ? $0 : Self.space }
    }

    mutating func readAll() {
        while at < bytes.count { readOne() }
    }

    private func byte(_ offset: Int = 0) -> UInt8 {
        at + offset < bytes.count ? bytes[at + offset] : 0
    }

    /// Reads a piece of code, or the whole comment, text or raw identifier that starts here.
    private mutating func readOne() {
        switch byte() {
        case Self.slash where byte(1) == Self.slash: readLineComment()
        case Self.slash where byte(1) == Self.star: readBlockComment()
        case Self.quote: readText(hashes: 0)
        case Self.hash: readHash()
        case Self.tick: readRawIdentifier()
        default: at += 1
        }
    }

    private mutating func blank(comment: Bool) {
        if bytes[at] != Self.newline {
            code[at] = Self.space
            if comment { comments[at] = bytes[at] }
        }
        at += 1
    }

    private mutating func readLineComment() {
        while at < bytes.count, byte() != Self.newline { blank(comment: true) }
    }

    private mutating func readBlockComment() {
        var depth = 0
        repeat {
            if byte() == Self.slash, byte(1) == Self.star {
                depth += 1
                blank(comment: true)
            } else if byte() == Self.star, byte(1) == Self.slash {
                depth -= 1
                blank(comment: true)
            }
            if at < bytes.count { blank(comment: true) }
        } while depth > 0 && at < bytes.count
    }

    private mutating func readRawIdentifier() {
        at += 1
        while at < bytes.count, byte() != Self.tick, byte() != Self.newline {
            code[at] = UInt8(ascii: "_")
            at += 1
        }
        at += 1
    }

    private mutating func readHash() {
        var hashes = 0
        while byte(hashes) == Self.hash { hashes += 1 }
        if byte(hashes) == Self.quote {
            at += hashes
            readText(hashes: hashes)
        } else {
            at += hashes
        }
    }

    /// Reads a string literal from its opening quote on; interpolations belong to it.
    private mutating func readText(hashes: Int) {
        let isLong = byte(1) == Self.quote && byte(2) == Self.quote
        at += isLong ? 3 : 1
        while at < bytes.count {
            if byte() == UInt8(ascii: "\\"), hasHashes(hashes, after: 1) {
                readEscape(hashes: hashes)
            } else if endsText(isLong: isLong, hashes: hashes) {
                at += (isLong ? 3 : 1) + hashes
                return
            } else if byte() == Self.newline, !isLong {
                return
            } else {
                blank(comment: false)
            }
        }
    }

    private func hasHashes(_ count: Int, after offset: Int) -> Bool {
        (0..<count).allSatisfy { byte(offset + $0) == Self.hash }
    }

    private func endsText(isLong: Bool, hashes: Int) -> Bool {
        guard byte() == Self.quote else { return false }
        if isLong, byte(1) != Self.quote || byte(2) != Self.quote { return false }
        return hasHashes(hashes, after: isLong ? 3 : 1)
    }

    private mutating func readEscape(hashes: Int) {
        let opensInterpolation = byte(1 + hashes) == UInt8(ascii: "(")
        for _ in 0..<(2 + hashes) where at < bytes.count { blank(comment: false) }
        guard opensInterpolation else { return }
        var depth = 1
        while depth > 0, at < bytes.count {
            switch byte() {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            case Self.quote, Self.hash, Self.tick:
                readOne()
                continue
            default: break
            }
            blank(comment: false)
        }
    }
}
