import ArgumentParser
import Foundation
import GatewayPorts
import Persistence
import SafetyModel
import SiteConfiguration

/// `anju audit`: what people did at the desk, and whether the record of it is whole.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Show what people did, and check that the record of it is whole.",
        subcommands: [AuditListCommand.self, AuditVerifyCommand.self])
}

/// Where the desk's record is, for commands that look at it while the gateway runs.
struct RecordOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The main file of the configuration; it says where the store is.")
    var config = "/etc/anju/anju.yaml"

    @Option(help: "The database, instead of the one that the configuration names.")
    var store: String?

    /// Opens it for looking only.
    ///
    /// - Throws: exit code 74 when it cannot be read.
    func open() throws -> SQLiteDeskRecord {
        guard let path = store ?? Installation.storeSettings(from: config)?.path else {
            complain("\(config) cannot be read; name the database with --store.")
            throw ExitCode(74)
        }
        do {
            return try SQLiteDeskRecord(readingBesides: path)
        } catch {
            complain("The desk's record cannot be read: \(error.text).")
            throw ExitCode(74)
        }
    }

    func complain(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

/// `anju audit list`.
struct AuditListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Print the newest entries, oldest of them first.",
        discussion: """
            One line an entry: number, time, who, from where, what, on what, what came of it.

            Exit codes: 0 printed, 74 the record cannot be read.
            """)

    @OptionGroup var options: RecordOptions

    @Option(help: "How many, at most 1000.")
    var count = 50

    @Option(help: "Only entries with a smaller number.")
    var before: Int64?

    func run() throws {
        let record = try options.open()
        do {
            for entry in try record.audit(before: before, limit: count).reversed() {
                let act = entry.act
                print(
                    [
                        "\(entry.number)", act.at.rfc3339, act.user, act.address, act.act,
                        act.subject.isEmpty ? "-" : act.subject, act.outcome,
                    ].joined(separator: "  "))
            }
        } catch {
            options.complain("The audit cannot be read: \(error.text).")
            throw ExitCode(74)
        }
    }
}

/// `anju audit verify`.
struct AuditVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Walk the chain of the audit from its first entry.",
        discussion: """
            Prints how many entries are as they were written, and the newest number and hash; or the first entry \
            that was changed or is gone. Whoever can write the file can write a whole chain anew, or cut off its \
            end: the gateway says number and hash in its log every day, and `--expect 120:9f2c...` holds such a \
            noted pair against the file.

            Exit codes: 0 whole, 1 an entry was changed or is gone, 74 the record cannot be read.
            """)

    @OptionGroup var options: RecordOptions

    @Option(help: "A number and hash that were noted before, as NUMBER:HASH.")
    var expect: String?

    func run() throws {
        let record = try options.open()
        do {
            let finding = try record.verify()
            guard let broken = finding.firstBroken else { return try conclude(finding, record) }
            let fault = finding.fault == .missing ? "is gone" : "is not what was written"
            print("Entry \(broken) \(fault); \(finding.soundEntries) entries before it are in order.")
            throw ExitCode(1)
        } catch let error as JournalError {
            options.complain("The audit cannot be read: \(error.text).")
            throw ExitCode(74)
        }
    }

    private func conclude(_ finding: AuditChain.Finding, _ record: SQLiteDeskRecord) throws {
        if let expect {
            let parts = expect.split(separator: ":")
            guard parts.count == 2, let number = Int64(parts[0]), number > 0 else {
                throw ValidationError("--expect: write NUMBER:HASH, as verify prints it.")
            }
            let entry = try record.audit(before: number + 1, limit: 1).first
            guard let entry, entry.number == number, entry.hash == parts[1].lowercased() else {
                print("Entry \(number) is gone or has another hash than the noted one.")
                throw ExitCode(1)
            }
        }
        print(
            "\(finding.soundEntries) entries, all as they were written: \(finding.soundEntries):\(finding.head)"
        )
    }
}
