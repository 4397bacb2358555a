import ArgumentParser
import Foundation
import GatewayEngine
import GatewayPorts
import Persistence
import SafetyModel
import SiteConfiguration

/// `anju replay`: the recorded days again, as they were or under other files.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run the recorded journal again, and see what other files would have done.",
        discussion: """
            Takes every recorded input in again, in the order and at the moments of the journal, and compares the state \
            with the snapshots that the gateway wrote: they must be equal byte by byte. With --with it runs the same \
            inputs under other files too and prints which alarms would differ: + would be new, - would not come. \
            Devices are found by their ids; people act on the incident of the same home. Nothing is written and nobody \
            is told; it works while the gateway runs.

            Exit codes: 0 replayed, 1 the state differs from a snapshot, 65 the other files have errors (see anju check), \
            69 nothing to replay, 74 the store cannot be read.
            """)

    @OptionGroup var place: StoreOptions

    @Option(name: .customLong("with"), help: "The main file of the other configuration.")
    var candidate: String?

    @Option(help: "Only the last days, hours or minutes: 30d, 12h, 90m.")
    var since: String?

    @Option(help: "The most alarms to print.")
    var limit = 200

    func validate() throws {
        if let since, Self.span(since) == nil {
            throw ValidationError("--since \(since) is no span. Write 30d, 12h or 90m.")
        }
        guard limit >= 0 else { throw ValidationError("--limit must not be negative.") }
    }

    func run() throws {
        let journal = try open()
        defer { journal.close() }
        guard
            let current = (try? Recovery.storedInstallation(journal))
                ?? Installation.load(from: place.config).installation
        else { throw failure("there is no stored site to replay with", 69) }
        var plan = JournalReplay.Plan()
        if let candidate { plan.candidate = try load(candidate) }
        if let since, let span = Self.span(since), let last = try? Self.lastInstant(journal) {
            plan.since = Instant(milliseconds: last.milliseconds - span.wholeMilliseconds)
        }
        let begun = DispatchTime.now().uptimeNanoseconds
        let report: JournalReplay.Report
        do {
            report = try JournalReplay.run(journal, current: current, plan: plan)
        } catch {
            throw failure("the journal cannot be replayed: \(error)", 74)
        }
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - begun) / 1e9
        guard report.inputs > 0 else { throw failure("the journal holds nothing to replay", 69) }
        print(ReplayText(report, seconds: seconds, limit: limit).text)
        if report.checks.contains(where: { !$0.isSame }) { throw ExitCode(1) }
    }

    private func open() throws -> SQLiteJournal {
        do { return try place.open() } catch { throw failure(error.text, 74) }
    }

    private func load(_ path: String) throws -> Installation {
        let result = Installation.load(from: path)
        guard let installation = result.installation else {
            throw failure("\(path) has \(result.errorCount) errors: see anju check --config \(path)", 65)
        }
        return installation
    }

    private func failure(_ text: String, _ code: Int32) -> ExitCode {
        FileHandle.standardError.write(Data("anju replay: \(text)\n".utf8))
        return ExitCode(code)
    }

    /// The moment of the newest input of a journal.
    static func lastInstant(_ journal: SQLiteJournal) throws -> Instant? {
        try journal.batches(after: try journal.lastSequence() - 4_096, limit: 4_096).last?.at
    }

    /// `30d`, `12h`, `90m`.
    static func span(_ text: String) -> Duration? {
        guard let unit = text.last, let count = Int64(text.dropLast()), count > 0, count <= 100_000 else {
            return nil
        }
        switch unit {
        case "d": return .hours(24 * count)
        case "h": return .hours(count)
        case "m": return .minutes(count)
        default: return nil
        }
    }
}

/// What a replay found, in words.
struct ReplayText {
    private let report: JournalReplay.Report
    private let seconds: Double
    private let limit: Int

    init(_ report: JournalReplay.Report, seconds: Double, limit: Int) {
        self.report = report
        self.seconds = seconds
        self.limit = limit
    }

    var text: String { (opening + proof + difference + complaints).joined(separator: "\n") }

    private var opening: [String] {
        let from = report.from.map(Self.time) ?? "-"
        let until = report.until.map(Self.time) ?? "-"
        var lines = [
            "Replayed \(report.inputs) inputs from \(from) to \(until) in \(Self.short(seconds)) s;"
                + " \(report.raised.count) alarms were raised."
        ]
        if !report.beginsFromKnownState {
            lines.append("What was known before is not recorded any more: the run begins with nothing known.")
        }
        return lines
    }

    private var proof: [String] {
        report.checks.map { check in
            check.isSame
                ? "The state after input \(check.sequence) equals the gateway's snapshot byte by byte."
                : "The state after input \(check.sequence) DIFFERS from the gateway's snapshot."
        }
    }

    private var difference: [String] {
        guard let difference = report.difference else { return [] }
        let changes =
            difference.added.map { ("+", $0) } + difference.missing.map { ("-", $0) }
        let lines = changes.sorted { ($0.1.at, $0.0) < ($1.1.at, $1.0) }.map { sign, alarm in
            "\(sign) \(Self.time(alarm.at))  \(alarm.home)  \(alarm.kind.name) (\(alarm.urgency.name))"
                + " by \(alarm.rule)\(alarm.device.isEmpty ? "" : ", \(alarm.device)")"
        }
        let shown = lines.prefix(limit)
        var text = [
            "With the other files \(difference.added.count) alarms would be new, \(difference.missing.count) would not"
                + " come, \(difference.sameCount) would be the same."
        ]
        text += shown
        if lines.count > shown.count { text.append("(and \(lines.count - shown.count) more)") }
        return text
    }

    private var complaints: [String] { report.complaints.map { "Note: \($0)." } }

    private static func time(_ instant: Instant) -> String {
        WallTime(milliseconds: instant.milliseconds).rfc3339
    }

    private static func short(_ seconds: Double) -> String { String(format: "%.2f", seconds) }
}
