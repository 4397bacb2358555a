import Foundation

/// What tests must and must not do.
enum TestRules {
    private static let sleep = Words(
        "\\b(?:Thread\\.sleep|Task\\.sleep|usleep\\(|nanosleep\\()|(?<!func )(?<![.\\w])sleep\\(")
    private static let loop = Words("\\b(?:while|repeat)\\b")

    /// Test targets that run the built binary; only they may wait for real time.
    static let endToEndTargets = ["EndToEndTests"]

    /// Sleeping in tests that could use virtual time.
    ///
    /// A short sleep in a loop that asks whether something real (a broker, a disk, a process) is ready is no
    /// such sleep: the loop must stand at most three lines above.
    static func sleeping(_ file: SwiftSource) -> [Finding] {
        guard file.path.hasPrefix("Tests/"), !endToEndTargets.contains(file.target) else { return [] }
        return file.findings(sleep) { "\($0): tests use virtual time" }.filter { finding in
            !file.code[max(0, finding.line - 4)..<finding.line].contains(where: loop.isFound)
        }
    }

    private static let muted = Words("\\.disabled\\(|\\.enabled\\(if: false|XCTSkip|withKnownIssue")

    /// Tests that were switched off.
    static func mutedTests(_ file: SwiftSource) -> [Finding] {
        guard file.path.hasPrefix("Tests/") else { return [] }
        return file.findings(muted) { "\($0) switches a test off" }
    }

    private static let limit = Words(
        "\\b(?:static |public |package |private )*(?:let|var)\\s+(\\w*[a-z]Limit)\\b[^=]*=")

    /// Limits with a value that no test mentions.
    static func untestedLimits(sources: [SwiftSource], tests: [String]) -> [Finding] {
        sources.flatMap { file in
            zip(1..., file.code).compactMap { number, line in
                guard isDeclaration(line), let match = limit.matches(in: line).first else { return nil }
                let name = Words("\\b\(match[1])\\b")
                guard !tests.contains(where: { name.isFound(in: $0) }) else { return nil }
                return Finding(path: file.path, line: number, text: "no test mentions \(match[1])")
            }
        }
    }

    /// Whether it declares a member or a global, not a local of a function.
    private static func isDeclaration(_ line: String) -> Bool {
        line.contains("static ") || line.contains("public ") || line.first?.isWhitespace == false
    }
}
