import Foundation
import HomeLogs

/// One log and how it went.
struct EvaluatedLog {
    let file: String
    let log: HomeLog
    let doors: [String]
    let isDoorGuessed: Bool
    let evaluation: InactivityEvaluation
}

/// What an evaluation prints.
struct EvaluationReport: Encodable {
    let warmUpDays: Int
    let logs: [Row]
    /// Every log together, against each log's own fixed limit.
    let pooled: Figures?
    /// Logs too short to stand alone, together under one fixed limit.
    let pooledShort: Figures?
    let isGoalReached: Bool

    static let standAloneDays = 14.0
    static let alertsPerWeekGoal = 0.5
    static let shorterByGoal = 0.4

    /// One log.
    struct Row: Encodable {
        let file: String
        let lines: Int
        let brokenLines: Int
        let firstBroken: [Broken]
        let unknownValues: Int
        let unsortedLines: Int
        let hoursOff: Int
        let daysLong: Double
        let sensors: Int
        let doors: [String]
        let isDoorGuessed: Bool
        let figures: Figures
    }

    /// A line that could not be read.
    struct Broken: Encodable {
        let line: Int
        let text: String
    }

    init(_ lives: [EvaluatedLog], warmUpDays: Int) {
        self.warmUpDays = warmUpDays
        logs = lives.map { Row($0) }
        let scored = lives.map(\.evaluation).filter { $0.scoredDays > 0 }
        let short = scored.filter { $0.scoredDays < Self.standAloneDays }
        pooled = scored.isEmpty ? nil : Figures(pooling: scored)
        pooledShort = short.isEmpty ? nil : Figures(pooling: short)
        let judged = logs.map(\.figures).filter { $0.scoredDays >= Self.standAloneDays }
        let all = judged + (pooledShort.map { [$0] } ?? [])
        isGoalReached = !all.isEmpty && all.allSatisfy(\.isGoalReached)
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    func text() -> String {
        var lines = ["Warm-up \(warmUpDays) days, not scored. Times in hours; tta is the time to the alert."]
        for row in logs { lines += row.text }
        if logs.count > 1, let pooled { lines += ["", "all logs pooled"] + pooled.text }
        if let pooledShort { lines += ["", "logs under 14 scored days, pooled"] + pooledShort.text }
        lines += ["", "log: scored days, false alerts a week, median tta shorter by, verdict"]
        lines += logs.map(\.tableLine)
        if let pooledShort {
            lines.append("  under 14 scored days, pooled: \(pooledShort.summary), \(pooledShort.verdict)")
        }
        let goal = "at most 0.5 false alerts a week and a median tta at least 40 % shorter"
        lines += ["", "Goal (\(goal)): \(isGoalReached ? "reached" : "not reached")."]
        return lines.joined(separator: "\n")
    }
}

extension EvaluationReport.Row {
    init(_ life: EvaluatedLog) {
        file = life.file
        lines = life.log.lineCount
        brokenLines = life.log.brokenCount
        firstBroken = life.log.broken.map { EvaluationReport.Broken(line: $0.line, text: $0.text) }
        unknownValues = life.log.unknownValueCount
        unsortedLines = life.log.unsortedCount
        hoursOff = Int(life.log.gaps.reduce(0) { $0 + $1.until - $1.from } / 3_600_000)
        let (first, last) = (life.log.events.first, life.log.events.last)
        daysLong = Double((last?.localMilliseconds ?? 0) - (first?.localMilliseconds ?? 0)) / 86_400_000
        sensors = life.log.sensors.count
        doors = life.doors
        isDoorGuessed = life.isDoorGuessed
        figures = Figures(pooling: [life.evaluation])
    }

    var text: [String] {
        let names = doors.isEmpty ? "none" : doors.joined(separator: ", ")
        var text = [
            "", file,
            "  \(lines) lines (\(brokenLines) broken, \(unknownValues) of unknown value, "
                + "\(unsortedLines) out of order), \(sensors) sensors",
            "  outside door: \(names)\(isDoorGuessed ? " (guessed; say --door NAME)" : "")",
        ]
        if hoursOff > 0 { text.append("  recorder off for \(hoursOff) h: not scored, no silence") }
        text += firstBroken.prefix(5).map { "  \(file):\($0.line): \($0.text)" }
        return text + figures.text
    }

    /// Its line of the table at the end.
    var tableLine: String {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let days = String(format: "%.1f", daysLong)
        guard figures.scoredDays > 0 else { return "  \(name): \(days) days, all of them warm-up" }
        let isShort = figures.scoredDays < EvaluationReport.standAloneDays
        let verdict = isShort ? "counts in the pool of short logs" : figures.verdict
        return "  \(name): \(figures.summary), \(verdict)"
    }
}
