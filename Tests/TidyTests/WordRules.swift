import Foundation

/// Words that may not stand in names, comments and files.
enum WordRules {
    /// Words that say nothing about what a thing is.
    static let emptyWords = [
        "manager", "helper", "helpers", "util", "utils", "common", "base", "data", "info", "handler",
        "processor",
        "new", "impl", "ext",
    ]

    private static let type = Words(
        "\\b(?:struct|class|enum|actor|protocol|typealias|associatedtype)\\s+(\\w+)")

    /// Types and files whose names hold a word that says nothing.
    static func emptyNames(_ file: SwiftSource) -> [Finding] {
        let named = zip(1..., file.code).flatMap { number, line in
            type.matches(in: line).filter { $0[1] != "func" && $0[1] != "var" }.map { (number, $0[1]) }
        }
        return ([(0, file.name)] + named).compactMap { number, name in
            guard let word = emptyWord(in: name) else { return nil }
            return Finding(path: file.path, line: number, text: "\(name): \"\(word)\" says nothing")
        }
    }

    /// The first such word in a name, its words parted by capitals.
    static func emptyWord(in name: String) -> String? {
        Words("[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])").matches(in: name).map { $0[0].lowercased() }
            .first(where: emptyWords.contains)
    }

    // The marks are put together here, so that this file does not hold them.
    private static let leftover = Words(
        "\\b(?:TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b|<<<<" + "<<<|>>>>" + ">>>")

    /// Marks of unfinished work.
    static func leftoverMarks(path: String, text: String) -> [Finding] {
        lines(of: text, path, leftover) { "\($0) is unfinished work" }
    }

    private static let machine = Words(
        "/wo" + "rk/|/fa" + "rm/|/tmp/stu" + "dio|bash_" + "jobs|/home/\\w+/|/Users/\\w+/")
    private static let registry = Words(
        "pypi\\.o" + "rg|registry\\.npm" + "js|crates\\.i" + "o\\b|proxy\\.gol" + "ang|maven\\.o"
            + "rg|rubyge" + "ms\\.org")

    /// Paths that exist on one machine only.
    static func machinePaths(path: String, text: String) -> [Finding] {
        lines(of: text, path, machine) { "\($0) exists on one machine only" }
    }

    /// Addresses of package registries.
    static func registries(path: String, text: String) -> [Finding] {
        lines(of: text, path, registry) { "\($0): packages come from Package.swift and Debian" }
    }

    private static func lines(
        of text: String, _ path: String, _ pattern: Words, _ say: (String) -> String
    ) -> [Finding] {
        zip(1..., text.split(separator: "\n", omittingEmptySubsequences: false)).compactMap { number, line in
            guard let match = pattern.matches(in: String(line)).first else { return nil }
            return Finding(path: path, line: number, text: say(match[0]))
        }
    }
}
