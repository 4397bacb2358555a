import ArgumentParser
import Correlation
import Foundation
import GatewayEngine
import GatewayPorts
import Persistence
import SafetyCore
import SafetyModel
import SiteConfiguration

/// `anju explain`: why an incident came, and who was called.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell from the journal why an incident came, or why an alarm does not come.",
        discussion: """
            Prints in plain words, Chinese or English, which observations raised which alarm by which rule and what that \
            rule waits for, every step with who was told over which channel, and who answered. Works while the gateway runs.

            With --home or --rule (or both) it tells instead what waits: partial matches of sequences, what each still \
            lacks and until when, and which were given up in the last day (--since) because the rest did not come in time. \
            For that the journal is replayed from the last snapshot before that span; nothing is written.

            Exit codes: 0 found, 1 no such incident, home or rule, 69 nothing to replay, 74 the store cannot be read.
            """)

    @Argument(help: "The incident's number; without it the newest incidents are listed.")
    var incident: Int64?

    @OptionGroup var place: StoreOptions

    @Option(help: "Tell what waits in this home, by its id.")
    var home: String?

    @Option(help: "Tell what waits for this rule, by its id.")
    var rule: String?

    @Option(help: "How far to look back for what was given up, with --home or --rule: 30d, 12h, 90m.")
    var since = "24h"

    @Option(help: "How many incidents, or matches that were given up, to list.")
    var limit = 20

    @Option(help: "The language of the story: zh or en; without it that of the configuration.")
    var language: String?

    @Flag(help: "Print the incident's document as JSON.")
    var json = false

    func run() throws {
        if home != nil || rule != nil { return try tellWaiting() }
        var query = IncidentQuery()
        query.number = incident
        query.limit = max(1, min(limit, 1_000))
        let records: [IncidentRecord]
        var stored: Installation?
        do {
            let journal = try place.open()
            defer { journal.close() }
            records = try journal.incidents(matching: query)
            // Without the site the story still stands; only the rules' meanings are missing.
            stored = try? Recovery.storedInstallation(journal)
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
        guard !json else { return print(String(decoding: record.document, as: UTF8.self)) }
        let story = IncidentStory(
            record, language: language ?? stored?.settings.language ?? "zh",
            rules: Rule.lifeSafety + (stored?.site.rules ?? []), people: Self.names(in: stored?.site),
            calendar: stored?.site.calendar, bounds: Self.bounds(in: record.home, of: stored?.site))
        print(story.text)
    }

    private static func names(in site: Site?) -> [String: String] {
        let people = site?.community.responders ?? []
        return Dictionary(people.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    }

    /// The bounds of whoever wears a device of a home, by the device's id.
    static func bounds(in home: String, of site: Site?) -> [String: [VitalBounds]] {
        guard let community = site?.community, let home = community.homes.first(where: { $0.id == home })
        else { return [:] }
        let devices = community.devices[Int(home.devices.lowerBound)..<Int(home.devices.upperBound)]
        return Dictionary(
            devices.map { ($0.id, home.bounds(of: $0)) }, uniquingKeysWith: { first, _ in first })
    }

    func validate() throws {
        guard language == nil || ["zh", "en"].contains(language) else {
            throw ValidationError("--language \(language ?? "") is not known. Write zh or en.")
        }
        guard ReplayCommand.span(since) != nil else {
            throw ValidationError("--since \(since) is no span. Write 30d, 12h or 90m.")
        }
        guard incident == nil || home == nil && rule == nil else {
            throw ValidationError("An incident's number stands without --home and --rule.")
        }
    }

    private static func line(_ record: IncidentRecord) -> String {
        let opened = WallTime(milliseconds: record.openedAt.milliseconds).rfc3339
        return
            "\(record.number)\t\(opened)\t\(record.home)\t\(record.kind)\t\(record.urgency)\t\(record.phase)"
    }
}
