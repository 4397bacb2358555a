import ArgumentParser
import Foundation
import SiteConfiguration

/// `anju check`: every problem of all files, at once.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration and print every problem at once.",
        discussion: """
            Reads anju.yaml and everything it includes, and prints one line a problem:
              file:line:column: error: what is wrong. why it matters. what to write instead.
            Warnings do not refuse a configuration; errors do.

            With --store it also says what a start of this program would make of the stored state, without \
            writing: run the new program so before an update, also while the old one serves.

            Exit codes: 0 no errors, 1 errors, 2 the file cannot be read, 3 no errors, but a start would lose \
            something.
            """)

    @Option(name: .shortAndLong, help: "The main file of the configuration.")
    var config = "/etc/anju/anju.yaml"

    @Flag(name: .shortAndLong, help: "Print problems only, no summary.")
    var quiet = false

    @Flag(help: "Say what a start of this program would make of the stored state.")
    var store = false

    func run() throws {
        let result = Installation.load(from: config)
        let check = store ? StoreCheck(config: config, files: result.installation) : nil
        var lines = result.diagnostics.map(\.text)
        if !quiet { lines.append(Self.summary(of: result)) }
        lines += check?.lines ?? []
        if !lines.isEmpty {
            FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
        }
        if result.isUnreadable { throw ExitCode(2) }
        if result.installation == nil { throw ExitCode(1) }
        if check?.isLossy == true { throw ExitCode(3) }
    }

    /// What the files describe and how they stand, in one line.
    static func summary(of result: LoadResult) -> String {
        let summary = result.summary
        let errors = result.errorCount
        let warnings = result.diagnostics.count - errors
        let counts = [
            (summary.homes, "home"), (summary.devices, "device"), (summary.responders, "responder"),
            (summary.plans, "plan"), (summary.rules, "rule"), (summary.profiles, "profile"),
        ].map { count($0.0, $0.1) }.joined(separator: ", ")
        let verdict = errors > 0 ? count(errors, "error") : "no errors"
        return "\(counts) in \(count(summary.files, "file")): \(verdict), \(count(warnings, "warning"))."
    }

    private static func count(_ number: Int, _ word: String) -> String {
        "\(number) \(word)\(number == 1 ? "" : "s")"
    }
}
