import Foundation
import HomeLogs

/// The figures of one log, or of several together.
struct Figures: Encodable {
    let scoredDays: Double
    let falseAlerts: Int
    let ofThemHomeThoughtEmpty: Int
    let falseAlertsPerWeek: Double
    let stops: Int
    let hoursAway: Int
    let learnedMedianHours: Double
    let learnedP90Hours: Double
    /// The fixed limit; of a pool, the one limit for all of its logs.
    let fixedLimitHours: Double
    let fixedMedianHours: Double
    let fixedP90Hours: Double
    /// How much shorter the learned median is, 0 to 1; nil without a stop.
    let shorterBy: Double?
    /// The same where each log has its own best fixed limit.
    let shorterByAgainstOwnLimits: Double?
    let isGoalReached: Bool

    /// Takes logs together.
    init(pooling evaluations: [InactivityEvaluation]) {
        var pool = InactivityEvaluation()
        var ownTimes: [Int64] = []
        for evaluation in evaluations {
            pool.pool(evaluation)
            let limit = evaluation.fixedLimit(alerts: evaluation.learnedAlerts.count)
            ownTimes += evaluation.fixedTimes(limit: limit)
        }
        ownTimes.sort()
        let limit = pool.fixedLimit(alerts: pool.learnedAlerts.count)
        let fixed = pool.fixedTimes(limit: limit)
        let learned = pool.learnedTimes
        scoredDays = pool.scoredDays
        falseAlerts = pool.learnedAlerts.count + pool.awayAlerts.count
        ofThemHomeThoughtEmpty = pool.awayAlerts.count
        falseAlertsPerWeek = scoredDays > 0 ? Double(falseAlerts) / scoredDays * 7 : 0
        stops = pool.stops.count
        hoursAway = pool.hoursAway
        learnedMedianHours = Self.hours(learned, 0.5)
        learnedP90Hours = Self.hours(learned, 0.9)
        fixedLimitHours = Double(limit) / 3_600_000
        fixedMedianHours = Self.hours(fixed, 0.5)
        fixedP90Hours = Self.hours(fixed, 0.9)
        shorterBy = Self.shorter(learnedMedianHours, fixedMedianHours)
        shorterByAgainstOwnLimits = Self.shorter(learnedMedianHours, Self.hours(ownTimes, 0.5))
        isGoalReached =
            falseAlertsPerWeek <= EvaluationReport.alertsPerWeekGoal
            && (shorterBy ?? 0) >= EvaluationReport.shorterByGoal
    }

    /// A quantile of ascending times, in hours; the larger of the two in the middle.
    private static func hours(_ times: [Int64], _ quantile: Double) -> Double {
        guard !times.isEmpty else { return 0 }
        return Double(times[min(times.count - 1, Int(quantile * Double(times.count)))]) / 3_600_000
    }

    private static func shorter(_ learned: Double, _ fixed: Double) -> Double? {
        fixed > 0 ? 1 - learned / fixed : nil
    }

    /// The figures that the goal is about.
    var summary: String {
        let shorter = shorterBy.map { String(format: "%.0f %%", $0 * 100) } ?? "-"
        return String(format: "%.1f, %.2f, ", scoredDays, falseAlertsPerWeek) + shorter
    }

    /// Whether the goal is reached, in words.
    var verdict: String { isGoalReached ? "reached" : "not reached" }

    var text: [String] {
        guard scoredDays > 0, let shorterBy else { return ["  too short: no scored day after the warm-up"] }
        func number(_ value: Double) -> String { String(format: "%.2f", value) }
        func percent(_ value: Double?) -> String { value.map { String(format: "%.0f %%", $0 * 100) } ?? "-" }
        return [
            "  scored days \(String(format: "%.1f", scoredDays)), stops \(stops), hours away \(hoursAway)",
            "  false alerts \(falseAlerts) (\(ofThemHomeThoughtEmpty) of them: home thought empty), "
                + "\(number(falseAlertsPerWeek)) a week",
            "  learned: median tta \(number(learnedMedianHours)), p90 \(number(learnedP90Hours))",
            "  fixed \(number(fixedLimitHours)): median tta \(number(fixedMedianHours)), "
                + "p90 \(number(fixedP90Hours))",
            "  median shorter by \(percent(shorterBy)) (against each log's own limit "
                + "\(percent(shorterByAgainstOwnLimits))): goal \(verdict)",
        ]
    }
}
