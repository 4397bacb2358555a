import Correlation
import SafetyModel
import Welfare

extension SafetyMachine {
    /// This moment as the welfare of a home sees it.
    func welfareMoment(_ perception: HomePerception) -> WelfareMoment {
        welfareMoment(blind: perception.blind(at: now, hearing: hearing))
    }

    private func welfareMoment(blind: Int64) -> WelfareMoment {
        WelfareMoment(
            now: now,
            localMilliseconds: wallNow.milliseconds
                + Int64(compiled.site.calendar.secondsFromUTC(at: wallNow)) * 1_000,
            blindMilliseconds: blind)
    }

    /// The wall clock as the gateway knows it.
    var wallNow: WallTime { WallTime(milliseconds: now.milliseconds + wallOffsetMilliseconds) }

    /// Takes in that somebody in the home does something; never what is cached, kept, old or made by a test.
    mutating func noteLife(
        _ event: Event, device: Int, home: Int, findings: inout [Finding], into outcome: inout StepOutcome
    ) {
        guard event.isEdge, compiled.hasWelfare(home), isWatched(home) else { return }
        let place = compiled.deviceRange(home).lowerBound + device
        let sign = SignOfLife(
            signal: event.signal, reading: event.reading, quality: event.quality, isEdge: event.isEdge,
            device: device, isOutsideDoor: compiled.watched[place].isOutsideDoor)
        guard let sign, !homes.look(at: home, { $0.care.isPaused }) else { return }
        if homes.look(at: home, { $0.care.checkIn?.note() }) == true {
            findings.append(Finding(concern: .noCheckIn, .restored, device: device))
        }
        guard let inactivity = compiled.inactivityPlan(home) else { return }
        let time = matchTime(home: home)
        let moment = welfareMoment(blind: time.blind)
        var found: [WelfareFinding] = []
        homes.look(at: home) { $0.welfare?.note(sign, at: moment, plan: inactivity, into: &found) }
        if found.isEmpty { return }
        // What waits at the broker ends a silence; it must not first be told that there was one.
        if !time.isHearing { found.removeAll { $0.isSilence } }
        if found.contains(where: \.isAboutPresence) { outcome.changedHomes.append(HomeIndex(home)) }
        for finding in found { report(finding, home: home, device: device, plan: inactivity, &findings) }
    }

    /// Fires what is due in the welfare of a home.
    mutating func fireWelfare(home: Int, findings: inout [Finding], into outcome: inout StepOutcome) {
        guard compiled.hasWelfare(home) else { return }
        if let due = homes.look(at: home, { $0.care.calendarDeadline }), due <= now {
            turnCare(home, findings: &findings)
        }
        let time = matchTime(home: home)
        guard time.isHearing, !homes.look(at: home, { $0.care.isPaused }) else { return }
        let moment = welfareMoment(blind: time.blind)
        if homes.look(at: home, { $0.care.checkIn?.advance(to: moment) }) == true {
            findings.append(Finding(concern: .noCheckIn, .active, device: nil))
        }
        guard let inactivity = compiled.inactivityPlan(home) else { return }
        let device = homes.look(at: home) { $0.welfare?.lastDevice }
        var found: [WelfareFinding] = []
        homes.look(at: home) { $0.welfare?.advance(to: moment, plan: inactivity, into: &found) }
        if found.contains(where: \.isAboutPresence) { outcome.changedHomes.append(HomeIndex(home)) }
        for finding in found { report(finding, home: home, device: device, plan: inactivity, &findings) }
    }

    /// What welfare found, as findings for the alarm register.
    private func report(
        _ finding: WelfareFinding, home: Int, device: Int?, plan: InactivityPlan,
        _ findings: inout [Finding]
    ) {
        switch finding {
        case .askResident(_, let alertAfter, _):
            var asked = Finding(concern: .quiet, .active, device: device)
            asked.detail = "no sign of life; a person is called in \(alertAfter.wholeMinutes) min"
            findings.append(asked)
        case .inactive(let since, let limit, let basis, let at):
            var inactive = Finding(concern: .inactive, .active, device: device)
            inactive.detail =
                "no sign of life for \((at - since).wholeMinutes) min; the limit is \(limit.wholeMinutes) min, "
                + "\(basis.words)"
            findings.append(inactive)
        case .awayTooLong(let since, let at):
            var away = Finding(concern: .away, .active, device: device)
            away.detail = "nobody was heard inside for \((at - since).wholeMinutes) min"
            findings.append(away)
        case .heardAgain:
            findings.append(Finding(concern: .quiet, .restored, device: device))
            findings.append(Finding(concern: .inactive, .restored, device: device))
        case .presenceChanged(.atHome, _, _):
            findings.append(Finding(concern: .away, .restored, device: device))
        case .presenceChanged: break
        }
    }
}

extension Finding {
    /// What welfare fears or fears no more; it is the home's, whichever device was heard last.
    init(concern: Concern, _ change: Change, device: Int?) {
        self.init(source: .welfare(concern), device: nil, change: change, evidenceDevice: device)
    }
}

extension Finding.Concern {
    /// The id under which it stands in alarms.
    var rule: String {
        switch self {
        case .quiet: "welfare/areYouWell"
        case .inactive: "welfare/inactivity"
        case .away: "welfare/away"
        case .noCheckIn: "welfare/noCheckIn"
        case .visitOverdue: "welfare/visitOverdue"
        case .helpNeeded: "welfare/helpNeeded"
        }
    }

    /// What the alarm is about.
    var kind: AlarmKind {
        switch self {
        case .quiet: .areYouWell
        case .inactive, .away: .inactivity
        case .noCheckIn: .noCheckIn
        case .visitOverdue: .visitOverdue
        case .helpNeeded: .helpNeeded
        }
    }

    /// How pressing it is.
    var urgency: Urgency {
        switch self {
        case .inactive, .away, .helpNeeded: .urgent
        case .quiet, .noCheckIn, .visitOverdue: .routine
        }
    }

    /// Whether the alarm of this rule can still end: welfare goes on with what raised it.
    static func goesOn(_ rule: String, plan: WelfarePlan?, on today: Int32) -> Bool {
        guard let plan, !plan.isPaused(on: today) else { return false }
        switch rule {
        case Self.noCheckIn.rule: return plan.checkInMinute != nil
        case Self.visitOverdue.rule: return plan.visits != nil
        default: return plan.inactivity != nil
        }
    }
}

extension WelfareFinding {
    /// Whether another belief about who is in comes with it.
    var isAboutPresence: Bool {
        if case .presenceChanged = self { true } else { false }
    }

    /// Whether it says that somebody at home is silent.
    var isSilence: Bool {
        switch self {
        case .askResident, .inactive: true
        case .presenceChanged, .heardAgain, .awayTooLong: false
        }
    }
}

extension LimitBasis {
    fileprivate var words: String {
        switch self {
        case .fixed: "fixed"
        case .learned: "learned"
        case .ceiling: "the ceiling"
        }
    }
}

extension Duration {
    fileprivate var wholeMinutes: Int64 { wholeMilliseconds / 60_000 }
}
