import ArgumentParser
import Foundation
import HomeLogs
import Welfare

/// `anju evaluate`: how well the gateway would do on recorded homes.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Hold the gateway's judgement against recorded homes.",
        subcommands: [EvaluateInactivityCommand.self])
}

/// `anju evaluate inactivity`: the learned alert line against the best fixed limit.
struct EvaluateInactivityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inactivity",
        abstract: "False alerts and time to the alert: the learned line against the best fixed limit.",
        discussion: """
            Reads event logs of instrumented homes; a line has one of two shapes, split by tabs or blanks:
              start date, start time, end date, end time, location, type, place     (Ordonez)
              date, time, sensor, optional area, value, optional label              (CASAS)
            Broken lines are counted and named; they stop nothing.

            Each log is lived through once, in order; a silence is judged only by what was learned before it.
            The first days (--warm-up) are lived and not scored. Nothing happened in these homes, so every
            alert is false. At every full hour of every scored day at which somebody is at home, the resident
            is made to stop moving, and the time to the alert is taken. The fixed limit knows the doors too
            and is the shortest that would have had at most as many false alerts on the same days. Calls
            because a home was thought empty too long hit both alike; they count and are listed.

            The goal: at most 0.5 false alerts a week, and a median time to the alert at least 40 % shorter
            than that of the fixed limit; for each log with 14 scored days, and for the shorter ones pooled
            (under one fixed limit for all; the figure against each log's own limit stands beside it).

            Exit codes: 0 the goal is reached, 1 it is not (or too few days to say), 64 wrong options,
            65 a log cannot be used, 66 a file cannot be read.
            """)

    @Option(name: .long, help: "A log; may be given several times.")
    var log: [String]

    @Option(
        name: .long,
        help:
            "An outside door by sensor or area name, in every log that has it, or none; guessed by default."
    )
    var door: [String] = []

    @Option(name: .long, help: "Days that are lived and not scored.")
    var warmUp = 7

    @Flag(name: .long, help: "Print one JSON document.")
    var json = false

    func validate() throws {
        guard !log.isEmpty else { throw ValidationError("Give at least one --log FILE.") }
        guard (SilenceHistory.coldDays...365).contains(warmUp) else {
            throw ValidationError(
                "--warm-up is \(SilenceHistory.coldDays) to 365 days: before that the fixed limits of the "
                    + "configuration hold, and nothing learned is measured.")
        }
        guard !door.contains("none") || door.count == 1 else {
            throw ValidationError("--door none stands alone.")
        }
    }

    func run() throws {
        let lives = try log.map(live)
        let report = EvaluationReport(lives, warmUpDays: warmUp)
        print(json ? try report.json() : report.text())
        if !report.isGoalReached { throw ExitCode(1) }
    }

    /// Reads and lives one log.
    private func live(_ file: String) throws -> EvaluatedLog {
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw refusal("\(file): cannot be read.", code: 66)
        }
        do {
            let log = try HomeLogReader.read([UInt8](bytes))
            let doors = try doors(of: log)
            let evaluation = InactivityEvaluation(
                of: log, doors: doors, warmUpDays: warmUp, plan: InactivityPlan())
            return EvaluatedLog(
                file: file, log: log, doors: doors.map { log.sensors[$0].name },
                isDoorGuessed: door.isEmpty, evaluation: evaluation)
        } catch {
            throw refusal("\(file): \(error.sentence)", code: 65)
        }
    }

    /// The named doors that this log has; one that no log has is an error where a single log is read.
    private func doors(of log: HomeLog) throws(HomeLogError) -> [Int] {
        if door == ["none"] { return [] }
        if door.isEmpty { return DoorGuess.guessed(in: log) }
        if self.log.count == 1 { return try DoorGuess.named(door, in: log) }
        var found: [Int] = []
        for name in door { found += (try? DoorGuess.named([name], in: log)) ?? [] }
        return found.isEmpty ? DoorGuess.guessed(in: log) : found
    }

    private func refusal(_ text: String, code: Int32) -> ExitCode {
        FileHandle.standardError.write(Data("anju evaluate: \(text)\n".utf8))
        return ExitCode(code)
    }
}
