import ArgumentParser
import Foundation
import GatewayPorts
import Persistence
import SafetyModel
import SiteConfiguration

/// `anju explain`: why an incident came, and who was called.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell from the journal why an incident came, step by step.",
        discussion: """
            Prints which observations raised which alarm by which rule, every step with who was told over which \
            channel, and who answered. Works while the gateway runs.

            Exit codes: 0 found, 1 no such incident, 74 the store cannot be read.
            """)

    @Argument(help: "The incident's number; without it the newest incidents are listed.")
    var incident: Int64?

    @Option(name: .shortAndLong, help: "The main file of the configuration; it says where the store is.")
    var config = "/etc/anju/anju.yaml"

    @Option(help: "The database, instead of the one that the configuration names.")
    var store: String?

    @Option(help: "How many incidents to list.")
    var limit = 20

    @Flag(help: "Print the incident's document as JSON.")
    var json = false

    func run() throws {
        var query = IncidentQuery()
        query.number = incident
        query.limit = max(1, min(limit, 1_000))
        let records: [IncidentRecord]
        do {
            let journal = try SQLiteJournal(reading: try storeSettings())
            defer { journal.close() }
            records = try journal.incidents(matching: query)
        } catch {
            FileHandle.standardError.write(Data("anju explain: \(error.text)\n".utf8))
            throw ExitCode(74)
        }
        guard let incident else {
            for record in records { print(Self.line(record)) }
            return
        }
        guard let record = records.first else {
            FileHandle.standardError.write(Data("anju explain: there is no incident \(incident)\n".utf8))
            throw ExitCode(1)
        }
        print(json ? String(decoding: record.document, as: UTF8.self) : IncidentStory(record).text)
    }

    private func storeSettings() throws(JournalError) -> StoreSettings {
        var settings = Installation.storeSettings(from: config)
        if let store {
            settings = settings ?? StoreSettings()
            settings?.path = store
        }
        guard let settings else {
            throw .failed("\(config) cannot be read; name the database with --store")
        }
        return settings
    }

    private static func line(_ record: IncidentRecord) -> String {
        let opened = WallTime(milliseconds: record.openedAt.milliseconds).rfc3339
        return
            "\(record.number)\t\(opened)\t\(record.home)\t\(record.kind)\t\(record.urgency)\t\(record.phase)"
    }
}
