import ArgumentParser
import Correlation
import Escalation
import Foundation
import GatewayEngine
import SafetyCore
import SafetyModel
import SafetySimulator
import SiteConfiguration

/// `anju who-is-called`: the escalation of an alarm at a moment, if nobody answers.
struct WhoIsCalledCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "who-is-called",
        abstract: "Show who is called, when and how, if an alarm comes and nobody answers.",
        discussion: """
            Reads the configuration and plays the plan of this alarm: every step with its time from the alarm, the people with \
            their channels, the shift of a roster, who rings the resident, whose quiet hours hold an order back, and how \
            often the last step comes again. Nothing is sent.

            Exit codes: 0 shown, 1 no plan covers the alarm, 64 wrong usage, 78 the configuration has errors.
            """)

    @Option(name: .shortAndLong, help: "The main file of the configuration.")
    var config = "/etc/anju/anju.yaml"

    @Option(help: "When the alarm comes, in the site's local time: 2026-10-01T03:00.")
    var at: String

    @Option(help: "The home's id.")
    var home: String

    @Option(help: "The kind of alarm: fire, gas, sos, fall, inactivity, ...")
    var alarm: String

    @Option(help: "lifeSafety, urgent, routine or technical; without it as the rules raise it.")
    var urgency: String?

    @Option(help: "The language of the table: zh or en; without it that of the configuration.")
    var language: String?

    func run() throws {
        let time = try Self.time(at)
        let loaded = Installation.load(from: config, at: time.asWallTime)
        guard let installation = loaded.installation else {
            let errors = loaded.diagnostics.filter { $0.severity == .error }.map(\.text)
            FileHandle.standardError.write(Data((errors.joined(separator: "\n") + "\n").utf8))
            throw ExitCode(78)
        }
        let site = CompiledSite(installation.site, hash: installation.fileHash)
        let place = try index(of: home, in: site)
        let kind = AlarmKind(alarm)
        let pressing = try urgency(of: kind, in: site)
        let start = time.instant(in: site.site.calendar)
        let sheet = CallSheet(
            alarm: kind, urgency: pressing, home: HomeIndex(place),
            at: WallTime(milliseconds: start.milliseconds), in: site)
        let words = CallTable(
            isChinese: (language ?? installation.settings.language) != "en", people: site.people)
        print(
            words.text(
                of: sheet, alarm: kind, urgency: pressing, home: site.site.community.homes[place],
                at: at))
        if sheet.plan == nil { throw ExitCode(1) }
    }

    func validate() throws {
        guard language == nil || ["zh", "en"].contains(language) else {
            throw ValidationError("--language \(language ?? "") is not known. Write zh or en.")
        }
        let words = Urgency.allCases.map(\.name)
        guard let urgency, Urgency(name: urgency) == nil else { return }
        throw ValidationError(
            "--urgency \(urgency) is not known. " + Self.advice(urgency, among: words))
    }

    private func index(of id: String, in site: CompiledSite) throws -> Int {
        let ids = site.site.community.homes.map(\.id)
        if let found = ids.firstIndex(of: id) { return found }
        throw ValidationError("There is no home \(id). " + Self.advice(id, among: ids))
    }

    /// The urgency that was asked for, or the most pressing one with which this kind can come.
    private func urgency(of kind: AlarmKind, in site: CompiledSite) throws -> Urgency {
        let own: [(AlarmKind, Urgency)] = [
            (.inactivity, .urgent), (.areYouWell, .routine), (.noCheckIn, .routine),
            (.homeUnprotected, .urgent), (.gatewayTrouble, .urgent), (.deviceLost, .technical),
            (.deviceNeverSeen, .technical), (.bridgeLost, .technical), (.deviceClock, .technical),
            (.undecoded, .technical), (.matchesForgotten, .technical), (.visitOverdue, .routine),
            (.helpNeeded, .urgent),
        ]
        let ruled = (Rule.lifeSafety + site.site.rules).map { ($0.alarm, $0.urgency) }
        let known = (ruled + own).filter { $0.0 == kind }.map(\.1)
        if let urgency = urgency.flatMap(Urgency.init(name:)) { return urgency }
        if let found = known.min() { return found }
        let kinds = (ruled + own).map(\.0.name)
        throw ValidationError("No rule raises an alarm \(kind.name). " + Self.advice(kind.name, among: kinds))
    }

    private static func advice(_ word: String, among words: [String]) -> String {
        if let near = nearestWord(to: word, among: Array(words.prefix(20_000))) {
            return "Did you mean \(near)?"
        }
        let choice = Set(words).sorted()
        return choice.count <= 40 ? "There are \(choice.joined(separator: ", "))." : "Look into the files."
    }

    /// The moment that is asked for; one that no roster or holiday of the files can be about is refused.
    static func time(_ text: String) throws -> Scenario.LocalTime {
        guard let time = localTime(text) else {
            throw ValidationError("--at \(text) is no time. Write for example 2026-10-01T03:00.")
        }
        let years = Installation.datedYears
        guard Int(text.prefix { $0 != "-" }).map(years.contains) == true else {
            throw ValidationError(
                "--at \(text) is beyond what rosters and holidays can say. "
                    + "Write a year from \(years.lowerBound) to \(years.upperBound).")
        }
        return time
    }

    /// The local time of a text like 2026-10-01T03:00, with a blank or seconds too.
    private static func localTime(_ text: String) -> Scenario.LocalTime? {
        let joined = text.replacing(" ", with: "T")
        let full = joined.split(separator: ":").count == 2 ? joined + ":00" : joined
        // The strategy makes 2 March of 30 February; whoever wrote that means another day.
        guard let date = try? Date(full + "Z", strategy: .iso8601), date.formatted(.iso8601) == full + "Z"
        else { return nil }
        return Scenario.LocalTime(milliseconds: Int64((date.timeIntervalSince1970 * 1_000).rounded()))
    }
}
