import ArgumentParser
import Foundation
import SafetySimulator
import SiteConfiguration

/// `anju rehearse`: what would happen if.
struct RehearseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rehearse",
        abstract: "Play a story through the gateway and see who would be told, and when.",
        discussion: """
            Nothing is sent and no time passes: the story runs through the real decoder, rules and escalation in \
            virtual time, every deadline at its moment.

            A scenario is a text file (examples in config/scenarios):
              scenario: A kitchen fire that nobody answers at first
              site: site/anju.yaml
              start: 2026-10-01 18:40

                0:00  h01/kitchen-smoke says {"smoke": true}
                1:30  zhao acknowledges h01
                9:00  zhao is on scene in h01
               20:00  zhao closes h01 as real
              nothing until 25:00

              expect
                0:00  h01 #1 fire  opened: fire by life-safety/smoke, kitchen-smoke
                ...

            Times are minutes:seconds or hours:minutes:seconds after the start; the start is the site's local time.
            What can happen:
              h01/kitchen-smoke says {"smoke": true}    as its bridge writes it
              h01/kitchen-smoke says retained {...}     kept by the broker from before
              h01/kitchen-smoke/availability says offline
              h01/bridge/state says {"state": "online"}
              topic homes/x/y says {...}                any topic
              zhao acknowledges h01
              zhao acknowledges h01 fire                a home has several incidents
              zhao is on scene in h01
              zhao asks for help in h01
              zhao hands over h01 to station
              zhao notes in h01: the key is with Wang
              zhao closes h01 as real                   falseAlarm, test, technical,
                                                        noContact
              zhao visits h01 well                      phones; needsHelp, notMet
              mqtt to zhao fails                        refuses, hangs, works;
                                                        to everyone
              link down                                 up: the broker keeps what
                                                        is said meanwhile
              gateway restarts                          stops, starts
              gateway trouble storeUnavailable begins   ends
              from 0:00 to 2:00 every 0:05  ...         the same again and again
            Every order is delivered at once unless a line says otherwise.

            Without `expect` the trace is printed. With it, the two are compared line by line; `-` marks a line \
            that is missing, `+` one that should not be there. --rewrite (or REWRITE_GOLDEN=1) writes what \
            happened below `expect`; look at the difference before you keep it.

            Exit codes: 0 all went as expected, 1 a trace differs, 2 a scenario cannot be read, 64 wrong usage, \
            78 the site's configuration has errors. The worst of several scenarios counts.
            """)

    @Argument(help: ArgumentHelp("The scenarios.", valueName: "scenario"))
    var scenarios: [String]

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Play in this site instead of the scenarios' own.", valueName: "anju.yaml"))
    var config: String?

    @Flag(help: "Write what happens below `expect`.")
    var rewrite = false

    @Flag(name: .shortAndLong, help: "Print the trace also where it is as expected.")
    var trace = false

    func run() throws {
        let rewrites = rewrite || ProcessInfo.processInfo.environment["REWRITE_GOLDEN"] == "1"
        var worst: Int32 = 0
        var told: [[String]] = []
        for path in scenarios {
            var report = ScenarioFile(path: path, config: config, rewrites: rewrites).play()
            // Many scenarios play in one site: its errors are told once.
            if report.exitCode == ScenarioFile.configurationError {
                if told.contains(report.complaints) {
                    report.complaints = []
                } else {
                    told.append(report.complaints)
                }
            }
            write(report)
            worst = max(worst, report.exitCode)
        }
        if worst != 0 { throw ExitCode(worst) }
    }

    private func write(_ report: ScenarioFile.Report) {
        var lines = report.complaints
        if trace || report.isAsked { lines += report.trace }
        lines.append(report.verdict)
        FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
    }
}

/// One scenario's file, played and judged.
struct ScenarioFile {
    let path: String
    let config: String?
    let rewrites: Bool

    /// The site's configuration has errors (EX_CONFIG of sysexits).
    static let configurationError: Int32 = 78

    /// What came of it.
    struct Report {
        /// The last line that is printed.
        var verdict: String
        var exitCode: Int32 = 0
        /// Diagnostics, or the difference.
        var complaints: [String] = []
        var trace: [String] = []
        /// Whether the file expects nothing, so that the trace is what was asked for.
        var isAsked = false
    }

    func play() -> Report {
        guard let bytes = FileManager.default.contents(atPath: path), bytes.count <= Scenario.sizeLimit else {
            return Report(
                verdict: "\(path): cannot be read, or is larger than \(Scenario.sizeLimit) bytes.",
                exitCode: 2)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let (read, problems) = ScenarioReader.read(text, file: path)
        guard let scenario = read else { return unreadable(problems) }
        guard let site = config ?? sitePath(of: scenario) else {
            return unreadable([
                Diagnostic(
                    .error, at: Place(file: path), what: "The scenario names no site",
                    fix: "Write `site: site/anju.yaml`, or use --config.")
            ])
        }
        let loaded = Installation.load(from: site, at: scenario.start.asWallTime)
        guard let installation = loaded.installation else {
            let errors = loaded.diagnostics.filter { $0.severity == .error }.map(\.text)
            return Report(
                verdict: "\(path): its site \(site) has errors.", exitCode: Self.configurationError,
                complaints: errors)
        }
        let (staged, unknown) = ScenarioStage.set(scenario, in: installation)
        guard let stage = staged else { return unreadable(unknown) }
        return judge(scenario, text, Rehearsal.play(stage))
    }

    private func unreadable(_ problems: [Diagnostic]) -> Report {
        Report(
            verdict: "\(path): the scenario cannot be played.", exitCode: 2, complaints: problems.map(\.text))
    }

    private func judge(_ scenario: Scenario, _ text: String, _ trace: [String]) -> Report {
        let expected = scenario.expected?.map(\.text)
        let difference = expected.flatMap { RehearsalDifference.between(expected: $0, happened: trace) }
        let name = "\(path): \(scenario.title)"
        if rewrites, expected == nil || difference != nil {
            let rewritten = scenario.rewriting(text, expecting: trace)
            guard (try? Data(rewritten.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)) != nil
            else {
                return Report(verdict: "\(path): cannot be written.", exitCode: 2, trace: trace)
            }
            return Report(verdict: "\(name): rewritten.", complaints: difference?.text ?? [], trace: trace)
        }
        if let difference {
            return Report(
                verdict: "\(name): DIFFERENT. (- is missing, + should not be there)", exitCode: 1,
                complaints: difference.text, trace: trace)
        }
        if expected == nil { return Report(verdict: "\(name): played.", trace: trace, isAsked: true) }
        return Report(verdict: "\(name): as expected.", trace: trace)
    }

    /// The site as seen from here: its path is meant from the scenario's own folder.
    private func sitePath(of scenario: Scenario) -> String? {
        guard let site = scenario.site else { return nil }
        guard !site.hasPrefix("/"), let slash = path.lastIndex(of: "/") else { return site }
        return path[...slash] + site
    }
}
