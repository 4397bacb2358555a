import Foundation

/// What comments must and must not be, beyond what the formatter checks.
enum CommentRules {
    /// Summaries of documentation comments that do not end like a sentence.
    static func openSummaries(_ file: SwiftSource) -> [Finding] {
        summaries(of: file).filter { !endsLikeSentence($0.text) }.map { line, _ in
            Finding(path: file.path, line: line, text: "a summary is a sentence and ends with a full stop")
        }
    }

    private static func endsLikeSentence(_ text: String) -> Bool {
        [".", "?", ":", ".)", ".\"", ".`"].contains { text.hasSuffix($0) }
    }

    /// The first paragraph of every documentation comment, with the line where it begins.
    private static func summaries(of file: SwiftSource) -> [(line: Int, text: String)] {
        var found: [(line: Int, text: String)] = []
        var isInside = false
        var isSummary = false
        for (number, line) in zip(1..., file.comments) {
            let comment = line.trimmingCharacters(in: .whitespaces)
            guard comment.hasPrefix("///"), !comment.hasPrefix("////") else {
                isInside = false
                continue
            }
            let text = comment.dropFirst(3).trimmingCharacters(in: .whitespaces)
            if !isInside {
                found.append((number, text))
                isSummary = true
            } else if text.isEmpty || text.hasPrefix("- ") {
                isSummary = false
            } else if isSummary {
                found[found.count - 1].text = text
            }
            isInside = true
        }
        return found
    }

    private static let program = Words(
        "^//+\\s*(?:(?:let|var) \\w+\\s*(?:=|:\\s*[A-Z\\[])|func \\w+\\(|return\\b.*\\)$"
            + "|(?:if|guard|for|while) .*\\{$|\\}$"
            + "|\\w[\\w.]*\\(.*\\)$|import \\w+$)")

    /// Code that was commented out.
    static func sleepingCode(_ file: SwiftSource) -> [Finding] {
        var isExample = false
        var found: [Finding] = []
        for (number, line) in zip(1..., file.comments) {
            let comment = line.trimmingCharacters(in: .whitespaces)
            if comment.contains("```") { isExample.toggle() }
            if isExample || comment.hasPrefix("///   ") { continue }
            guard program.isFound(in: comment) else { continue }
            found.append(Finding(path: file.path, line: number, text: "commented-out code"))
        }
        return found
    }

    private static let unchecked = Words("@unchecked Sendable|nonisolated\\(unsafe\\)|@preconcurrency")
    private static let pointer = Words(
        "Unsafe\\w*(?:Pointer|Bytes)|Unmanaged|unsafeBitCast|withMemoryRebound")

    private static let lifetime = Words(
        "(?i)\\b(pointers?|bytes|buffers?|memory|outlives?|alive|valid|callback|storage)\\b")

    /// Promises that the compiler cannot check, without a comment that proves them.
    static func unprovenPromises(_ file: SwiftSource) -> [Finding] {
        guard file.path.hasPrefix("Sources/") else { return [] }
        return uncheckedWithoutProof(file) + pointersWithoutProof(file)
    }

    /// Pointers in a file none of whose comments says how long their bytes are valid.
    private static func pointersWithoutProof(_ file: SwiftSource) -> [Finding] {
        guard let first = file.code.firstIndex(where: pointer.isFound) else { return [] }
        guard !file.comments.contains(where: lifetime.isFound) else { return [] }
        let text = "pointers need a comment that says how long their bytes are valid"
        return [Finding(path: file.path, line: first + 1, text: text)]
    }

    private static func uncheckedWithoutProof(_ file: SwiftSource) -> [Finding] {
        zip(1..., file.code).compactMap { number, line in
            guard let match = unchecked.matches(in: line).first else { return nil }
            let near = file.comments[max(0, number - 9)..<number]
            guard near.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) else { return nil }
            let text = "\(match[0]) needs a comment that says why it is safe"
            return Finding(path: file.path, line: number, text: text)
        }
    }

    private static let force = Words("[\\w)\\]}>]!(?![=\\w])|\\btry!|\\bas!|\\bfatalError\\(")

    /// Force unwraps, `try!`, `as!` and `fatalError`.
    static func force(_ file: SwiftSource) -> [Finding] {
        file.findings(force) { "\($0): a bug is a precondition with a sentence, the world is a value" }
    }
}
