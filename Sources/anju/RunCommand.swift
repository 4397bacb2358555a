import ArgumentParser
import Foundation
import GatewayRuntime
import Logging
import SafetyModel

/// `anju run`: the daemon.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Guard the homes of a site until told to stop.",
        discussion: """
            Starts on the site stored in the database, so a start needs no files; files that changed come into force \
            right after it, and files with errors are refused while the gateway goes on with the last good site. \
            SIGHUP reloads the files, SIGTERM ends within 5 seconds with nothing lost.

            Exit codes: 0 ended by SIGTERM or SIGINT, 64 wrong options, 69 nothing to start from (no stored site, and \
            the files have errors: see anju check), 74 the store cannot be opened.
            """)

    @Option(name: .shortAndLong, help: "The main file of the configuration.")
    var config = "/etc/anju/anju.yaml"

    @Option(help: "Gateway seconds in one real second; only for a site that says `demonstration: true`.")
    var clockScale = 1.0

    @Option(
        help: ArgumentHelp(
            "Where a demonstration's clock starts, in milliseconds since 1970.", valueName: "milliseconds"))
    var clockStart: Int64?

    @Option(help: "What is logged: debug, info, notice, warning, error or critical.")
    var logLevel = "notice"

    func validate() throws {
        guard clockScale > 0, clockScale <= 10_000 else {
            throw ValidationError("--clock-scale must be above 0 and at most 10000.")
        }
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError("--log-level: \(logLevel) is not a level. Write one of the six above.")
        }
    }

    func run() async throws {
        let level = Logger.Level(rawValue: logLevel) ?? .notice
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        let gateway = try Gateway(
            config: config, clockScale: clockScale, clockStart: clockStart.map(WallTime.init(milliseconds:)))
        try await gateway.run()
    }
}
