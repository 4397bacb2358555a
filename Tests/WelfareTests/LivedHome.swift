import SafetyModel

@testable import Welfare

/// A home that a test lives in: minutes since a Monday's midnight, no clock.
struct LivedHome {
    var welfare: HomeWelfare
    var plan: InactivityPlan
    var findings: [WelfareFinding] = []
    var blindMinutes = 0

    static let bed = 1
    static let kitchen = 2
    static let hall = 3
    static let door = 9

    init(plan: InactivityPlan = InactivityPlan()) {
        self.plan = plan
        welfare = HomeWelfare(at: Self.moment(0))
    }

    /// 1970-01-05 was a Monday.
    static func moment(_ minute: Int, blindMinutes: Int = 0) -> WelfareMoment {
        let milliseconds = Int64(minute) * 60_000 + 4 * 86_400_000
        return WelfareMoment(
            now: Instant(milliseconds: milliseconds), localMilliseconds: milliseconds,
            blindMilliseconds: Int64(blindMinutes) * 60_000)
    }

    /// Lets time pass, deadline by deadline.
    mutating func wait(until minute: Int) {
        let end = Self.moment(minute, blindMinutes: blindMinutes)
        while let due = welfare.nextDeadline(plan: plan), due <= end.now {
            let moment = WelfareMoment(
                now: due, localMilliseconds: due.milliseconds, blindMilliseconds: end.blindMilliseconds)
            welfare.advance(to: moment, plan: plan, into: &findings)
        }
    }

    mutating func note(_ kind: SignOfLife.Kind, _ device: Int, isOn: Bool = true, at minute: Int) {
        wait(until: minute)
        welfare.note(
            SignOfLife(kind, device: device, isOn: isOn),
            at: Self.moment(minute, blindMinutes: blindMinutes), plan: plan, into: &findings)
    }

    mutating func useDoor(at minute: Int) {
        note(.outsideDoor, Self.door, isOn: true, at: minute)
        note(.outsideDoor, Self.door, isOn: false, at: minute)
    }

    /// One ordinary day: the night in bed until seven, the kitchen every 25 minutes, to bed at 22.
    mutating func liveDay(_ day: Int, nap: Int = 0, wakeAt: Int = 7 * 60) {
        let midnight = day * 1_440
        note(.occupancy, Self.bed, isOn: false, at: midnight + wakeAt)
        var minute = wakeAt + 10
        while minute < 22 * 60 {
            let isNap = nap > 0 && minute >= 13 * 60 && minute < 13 * 60 + nap
            if !isNap { note(.motion, Self.kitchen, at: midnight + minute) }
            minute += 25
        }
        note(.occupancy, Self.bed, isOn: true, at: midnight + 22 * 60)
    }

    var alerts: [WelfareFinding] {
        findings.filter { if case .inactive = $0 { true } else { false } }
    }
}
