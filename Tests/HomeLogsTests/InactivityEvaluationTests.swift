import Foundation
import SafetyModel
import Testing
import Welfare

@testable import HomeLogs

@Suite struct InactivityEvaluationTests {
    /// A home and what makes it hard.
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var shiftMinutes = 0
        var holidays = 0..<0
        var hasGuests = false
        /// Calls because a home was empty over 36 hours.
        var awayAlerts = 0
    }

    @Test(arguments: [
        Case(testDescription: "plain"),
        Case(testDescription: "habits shift by 90 minutes", shiftMinutes: 90),
        Case(testDescription: "five days of holiday", holidays: 30..<35, awayAlerts: 1),
        Case(testDescription: "guests leave at night", hasGuests: true),
    ])
    func `the learned line reaches the goal on homes of other lives`(_ given: Case) throws {
        var away = 0
        var pool = InactivityEvaluation()
        for seed in 1...2 as ClosedRange<UInt64> {
            var home = SyntheticHome(seed: seed)
            home.shiftMinutes = given.shiftMinutes
            home.holidays = given.holidays
            home.hasGuests = given.hasGuests
            let log = try HomeLogReader.read(home.text())
            let doors = DoorGuess.guessed(in: log)
            #expect(doors.count == 1)
            let evaluation = InactivityEvaluation(
                of: log, doors: doors, warmUpDays: 7, plan: InactivityPlan())
            away += evaluation.awayAlerts.count
            pool.pool(evaluation)
        }
        #expect(away == given.awayAlerts * 2)
        let perWeek = Double(pool.learnedAlerts.count) / pool.scoredDays * 7
        #expect(perWeek <= 0.5)
        let limit = pool.fixedLimit(alerts: pool.learnedAlerts.count)
        let learned = pool.learnedTimes[pool.stops.count / 2]
        let fixed = pool.fixedTimes(limit: limit)[pool.stops.count / 2]
        #expect(Double(learned) <= 0.6 * Double(fixed), "learned \(learned), fixed \(fixed)")
    }

    @Test func `the fixed limit is the shortest with as many false alerts`() {
        var evaluation = InactivityEvaluation()
        evaluation.silences = [900, 700, 500]
        evaluation.stops = [.init(elapsed: 100, learned: 300, isThoughtEmpty: false)]
        #expect(evaluation.fixedLimit(alerts: 0) == 900)
        #expect(evaluation.fixedLimit(alerts: 1) == 700)
        #expect(evaluation.fixedLimit(alerts: 3) == 0)
        #expect(evaluation.fixedTimes(limit: 700) == [600])
        #expect(evaluation.fixedTimes(limit: 50) == [0])
    }

    @Test func `what comes later changes nothing of what was judged before`() throws {
        var long = SyntheticHome(seed: 7)
        let text = long.text()
        let whole = try HomeLogReader.read(text)
        var half = whole
        half.events = Array(whole.events.prefix(whole.events.count / 2))
        let doors = DoorGuess.guessed(in: whole)
        let plan = InactivityPlan()
        let all = InactivityEvaluation(of: whole, doors: doors, warmUpDays: 7, plan: plan)
        let part = InactivityEvaluation(of: half, doors: doors, warmUpDays: 7, plan: plan)
        #expect(part.stops.count > 200)
        #expect(Array(all.stops.prefix(part.stops.count)) == part.stops)
    }

    @Test func `a recorder that was off is no silence, no stop and no scored time`() throws {
        var home = SyntheticHome(seed: 3)
        home.days = 40
        let whole = try HomeLogReader.read(home.text())
        let start = try #require(whole.events.first).localMilliseconds
        let hour: Int64 = 3_600_000
        // Off from noon of day 20 for 20 hours.
        let gap = HomeLog.Gap(from: start + (20 * 24 + 5) * hour, until: start + (21 * 24 + 1) * hour)
        var cut = whole
        cut.events.removeAll { $0.localMilliseconds > gap.from && $0.localMilliseconds < gap.until }
        let doors = DoorGuess.guessed(in: whole)
        let deaf = InactivityEvaluation(of: cut, doors: doors, warmUpDays: 7, plan: InactivityPlan())
        cut.gaps = [gap]
        let known = InactivityEvaluation(of: cut, doors: doors, warmUpDays: 7, plan: InactivityPlan())
        #expect(known.learnedAlerts.count < deaf.learnedAlerts.count)
        #expect(known.stops.count < deaf.stops.count)
        #expect(abs(deaf.scoredDays - known.scoredDays - 20.0 / 24) < 0.01)
        #expect(try #require(deaf.silences.first) > 19 * hour)
        #expect(try #require(known.silences.first) < 19 * hour)
    }

    @Test func `a log shorter than the warm-up has no scored day`() throws {
        var home = SyntheticHome(seed: 1)
        home.days = 6
        let log = try HomeLogReader.read(home.text())
        let evaluation = InactivityEvaluation(
            of: log, doors: DoorGuess.guessed(in: log), warmUpDays: 7, plan: InactivityPlan())
        #expect(evaluation.scoredDays == 0)
        #expect(evaluation.stops.isEmpty)
    }

    /// The folder with `homes/`, when it is there.
    static let shared = ProcessInfo.processInfo.environment["ANJU_SHARED_DATA"]

    @Test(
        .enabled(
            if: shared != nil,
            "skipped: ANJU_SHARED_DATA names no folder with homes/ (real logs stay outside)"))
    func `a real home of three weeks reaches the goal`() throws {
        let folder = try #require(Self.shared)
        let file = URL(fileURLWithPath: folder + "/homes/ordonez/OrdonezB_Sensors.txt")
        let log = try HomeLogReader.read([UInt8](try Data(contentsOf: file)))
        #expect(log.brokenCount == 0)
        let evaluation = InactivityEvaluation(
            of: log, doors: DoorGuess.guessed(in: log), warmUpDays: 7, plan: InactivityPlan())
        #expect(evaluation.scoredDays >= 14)
        #expect(evaluation.learnedAlerts.count + evaluation.awayAlerts.count <= 1)
        let limit = evaluation.fixedLimit(alerts: evaluation.learnedAlerts.count)
        let middle = evaluation.stops.count / 2
        let learned = Double(evaluation.learnedTimes[middle])
        #expect(learned <= 0.6 * Double(evaluation.fixedTimes(limit: limit)[middle]))
    }
}
