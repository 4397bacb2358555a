import Correlation
import SafetyModel
import Welfare

extension SafetyMachine {
    /// Welfare begins where the site asks for it and nothing was heard before.
    mutating func startWelfare() {
        for home in compiled.site.welfare.indices {
            var ignored: [Finding] = []
            settleCare(home, findings: &ignored)
        }
    }

    /// The wall clock moved: pauses and check-ins move with it.
    mutating func moveCare(into outcome: inout StepOutcome) {
        for home in compiled.homesByCalendar {
            var findings: [Finding] = []
            settleCare(home, findings: &findings)
            apply(findings, home: home, evidence: nil, into: &outcome)
            refreshDeadline(home)
        }
    }

    /// A day begins, or a pause begins or ends.
    mutating func turnCare(_ home: Int, findings: inout [Finding]) {
        if let due = homes[home].care.turnsAt, due <= now {
            settleCare(home, findings: &findings)
            followVisits(home)
        }
        guard let opensAt = homes[home].care.checkIn?.opensAt, opensAt <= now else { return }
        let moment = welfareMoment(homes[home].perception)
        let (due, next) = checkInTimes(home)
        homes[home].care.checkIn?.open(at: moment, due: due, next: next)
    }

    /// Brings a home's welfare into line with its plan and with the calendar.
    mutating func settleCare(_ home: Int, findings: inout [Finding]) {
        guard let plan = compiled.welfarePlan(home), isWatched(home) else {
            // What a home taught stays while it is out of service.
            if compiled.welfarePlan(home) == nil { homes[home].welfare = nil }
            homes[home].care = CareState()
            return
        }
        let moment = welfareMoment(homes[home].perception)
        let today = compiled.site.calendar.local(at: wallNow).day
        let wasPaused = homes[home].care.isPaused
        let isPaused = plan.isPaused(on: today)
        homes[home].care.isPaused = isPaused
        homes[home].care.turnsAt = plan.nextTurn(after: today).map { instant(ofDay: $0, minute: 0) }
        if isPaused && !wasPaused {
            findings += Finding.Concern.allCases.map { Finding(concern: $0, .restored, device: nil) }
        }
        if plan.inactivity == nil {
            homes[home].welfare = nil
        } else if homes[home].welfare == nil {
            homes[home].welfare = HomeWelfare(at: moment)
        } else if isPaused || wasPaused {
            homes[home].welfare?.restart(at: moment)
        }
        guard plan.checkInMinute != nil, !isPaused else {
            homes[home].care.checkIn = nil
            return
        }
        let (due, next) = checkInTimes(home)
        if homes[home].care.checkIn == nil {
            // Where a pause ends in time, that day is waited for too; else the first whole day is.
            let isInTime = wasPaused && due.map { $0 > now } == true
            homes[home].care.checkIn = DailyCheckIn(opensAt: isInTime ? now : next)
        } else {
            homes[home].care.checkIn?.move(due: due, next: next)
        }
    }

    /// Until when today's sign of life is waited for, and when the next day begins.
    private func checkInTimes(_ home: Int) -> (due: Instant?, next: Instant) {
        let today = compiled.site.calendar.local(at: wallNow).day
        let due = compiled.welfarePlan(home)?.checkInMinute.map { instant(ofDay: today, minute: $0) }
        return (due, instant(ofDay: today + 1, minute: 0))
    }

    /// When the local clock shows a minute of a day, in gateway time; on a day to come, after now.
    ///
    /// Where clocks are put forward over it, the minute an hour later counts.
    func instant(ofDay day: Int32, minute: Int) -> Instant {
        let calendar = compiled.site.calendar
        let moments =
            calendar.moments(day: day, minuteOfDay: minute)
            + calendar.moments(day: day, minuteOfDay: minute + 60)
        let isToCome = day > calendar.local(at: wallNow).day
        let moment = moments.first { !isToCome || $0 > wallNow }
        let wall = moment ?? WallTime(milliseconds: wallNow.milliseconds + 3_600_000)
        return Instant(milliseconds: wall.milliseconds - wallOffsetMilliseconds)
    }
}
