import Foundation

/// Scripts and documents.
enum FileRules {
    /// Scripts without the run bit.
    static func scriptsThatCannotRun(
        _ texts: [(path: String, text: String)], isExecutable: (String) -> Bool
    ) -> [Finding] {
        texts.filter { $0.text.hasPrefix("#!") && !isExecutable($0.path) }
            .map { Finding(path: $0.path, line: 0, text: "a script needs the run bit") }
    }

    /// Shell scripts that go on after a failure.
    static func looseScripts(_ texts: [(path: String, text: String)]) -> [Finding] {
        texts.filter { $0.text.hasPrefix("#!/usr/bin/env bash") || $0.text.hasPrefix("#!/bin/bash") }
            .filter { !$0.text.contains("set -euo pipefail") }
            .map { Finding(path: $0.path, line: 0, text: "a shell script starts with set -euo pipefail") }
    }

    private static let spoken = Words("`((?:config|systemd|Tests|Sources|\\.ci)/[\\w./+-]*)`")

    /// Paths that a document names and the repository does not have.
    static func deadPaths(path: String, text: String, paths: [String]) -> [Finding] {
        zip(1..., text.split(separator: "\n", omittingEmptySubsequences: false)).flatMap { number, line in
            spoken.matches(in: String(line)).map { $0[1] }.filter { name in
                let folder = name.hasSuffix("/") ? name : name + "/"
                return !paths.contains { $0 == name || $0.hasPrefix(folder) }
            }
            .map { Finding(path: path, line: number, text: "\($0) does not exist") }
        }
    }

    private static let link = Words("\\]\\(([\\w./+-]+)\\)")

    /// Links to files that are not there; a link is meant from the page's own folder.
    static func deadLinks(path: String, text: String, paths: [String]) -> [Finding] {
        let folder = path.split(separator: "/").dropLast().map { $0 + "/" }.joined()
        return zip(1..., text.split(separator: "\n", omittingEmptySubsequences: false)).flatMap {
            number, line in
            link.matches(in: String(line)).map { folder + $0[1] }
                .filter { target in !paths.contains { $0 == target || $0.hasPrefix(target) } }
                .map { Finding(path: path, line: number, text: "the link to \($0) leads nowhere") }
        }
    }

    private static let command = Words("(?:`|^ *)anju ([a-z-]+)")
    private static let commandName = Words("commandName: \"([a-z-]+)\"")

    /// Commands that a document names and the executable does not have.
    static func deadCommands(path: String, text: String, executable: String) -> [Finding] {
        let known = commandName.matches(in: executable).map { $0[1] }
        return zip(1..., text.split(separator: "\n", omittingEmptySubsequences: false)).flatMap {
            number, line in
            command.matches(in: String(line)).map { $0[1] }.filter { !known.contains($0) }
                .map { Finding(path: path, line: number, text: "there is no command anju \($0)") }
        }
    }

    private static let row = Words("^\\| (`.*?) \\|(.*)$")
    private static let word = Words("`([a-z][A-Za-z_]+)`")

    /// Words in the tables of a page that the program does not have; only in the first column where asked.
    static func unknownWords(
        path: String, text: String, program: String, firstColumnOnly: Bool = false
    ) -> [Finding] {
        zip(1..., text.split(separator: "\n", omittingEmptySubsequences: false)).flatMap { number, line in
            row.matches(in: String(line)).flatMap {
                word.matches(in: $0[firstColumnOnly ? 1 : 0]).map { $0[1] }
            }
            .filter { !program.contains("\"\($0)\"") && !program.contains("case \($0)") }
            .map { Finding(path: path, line: number, text: "the program has no word \($0)") }
        }
    }

    private static let metric = Words("Metric\\(\\s*\"(anju_\\w+)\"")
    private static let condition = Words("case (\\w+) = \\d+")

    /// Figures and troubles of the program that a page does not explain.
    static func unexplainedWords(path: String, text: String, program: String, conditions: String) -> [Finding]
    {
        let words =
            metric.matches(in: program).map { $0[1] } + condition.matches(in: conditions).map { $0[1] }
        return words.filter { !text.contains("`\($0)`") }
            .map { Finding(path: path, line: 0, text: "\($0) is not explained") }
    }

    /// Decision records that are not numbered in a row, lack a part or are not in the list of the landing
    /// page.
    static func untidyDecisions(_ texts: [(path: String, text: String)], landing: String) -> [Finding] {
        let records = texts.filter { $0.path.contains("/Decisions/") && $0.path.hasSuffix(".md") }
        return zip(1..., records.sorted { $0.path < $1.path }).flatMap { number, record in
            let name = String((record.path.split(separator: "/").last ?? "").dropLast(3))
            let digits = String(number)
            let prefix = String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "-"
            var wrong: [String] = []
            if !name.hasPrefix(prefix) { wrong.append("should start with \(prefix)") }
            if !landing.contains("<doc:\(name)>") { wrong.append("Anju.md does not list <doc:\(name)>") }
            wrong += ["## Context", "## Decision", "## Consequences"].filter { !record.text.contains($0) }
                .map { "has no \"\($0)\"" }
            return wrong.map { Finding(path: record.path, line: 0, text: $0) }
        }
    }
}
