import Alarming
import Correlation
import Escalation
import SafetyModel
import Welfare

/// Visits: an overdue one is told by day, a record of one ends it.
///
/// All homes with visits share one leaf of the deadlines, so that a message of a home looks at none of it.
extension SafetyMachine {
    /// When overdue visits may be told: minutes of the local day.
    static let visitDay = 8 * 60..<20 * 60

    /// The leaves of the deadlines: homes, groups of homes, and all visits together.
    static func leafCount(_ site: CompiledSite) -> Int { site.homeCount + site.scopes.groups.count + 1 }

    /// The leaf of all visits together.
    var visitLeaf: Int { compiled.homeCount + compiled.scopes.groups.count }

    /// Works out anew when an overdue visit is told next.
    mutating func refreshVisitDeadline() { deadlines.set(visits.nextDeadline, home: visitLeaf) }

    /// Brings all visits into line with the site and the wall clock.
    mutating func startVisits() {
        for home in compiled.site.welfare.indices where compiled.site.welfare[home]?.visits != nil {
            if visits.place(of: home) == nil, isWatched(home) { _ = visits.add(home) }
        }
        for place in visits.entries.indices { settleVisits(place) }
        refreshVisitDeadline()
    }

    /// A pause begins or ends in a home.
    mutating func followVisits(_ home: Int) {
        guard let place = visits.place(of: home) else { return }
        settleVisits(place)
        refreshVisitDeadline()
    }

    private var today: Int32 { compiled.site.calendar.local(at: wallNow).day }

    private mutating func settleVisits(_ place: Int) {
        let home = Int(visits[place].home)
        let cycle = isWatched(home) ? compiled.welfarePlan(home)?.visits : nil
        visits[place].visits.follow(cycle, isPaused: homes[home].care.isPaused, today: today)
        visits[place].raiseAt = nextRaise(place)
    }

    /// What is asked for in a home next, or longest.
    func nextVisit(_ place: Int) -> VisitDue? {
        let state = visits[place].visits
        guard !state.isPaused, isWatched(Int(visits[place].home)) else { return nil }
        var next = state.demand(compiled.site.visitCalendar).map { demand in
            VisitDue(
                reason: demand.reason, from: instant(ofDay: demand.firstDay, minute: 0),
                until: instant(ofDay: demand.lastDay + 1, minute: 0))
        }
        for extra in state.extras where extra.until < next?.until ?? Instant(milliseconds: .max) {
            next = VisitDue(reason: extra.reason, from: extra.since, until: extra.until)
        }
        return next
    }

    /// When an overdue visit of a home is to be told.
    private func nextRaise(_ place: Int) -> Instant? {
        let home = Int(visits[place].home)
        guard let due = nextVisit(place),
            !homes[home].register.hasActive(rule: Finding.Concern.visitOverdue.rule, device: nil)
        else { return nil }
        return byDay(max(due.until, visits[place].quietUntil ?? due.until))
    }

    /// A moment, or the next morning when it lies in the night; never in the past's night.
    private func byDay(_ moment: Instant) -> Instant {
        let moment = max(moment, now)
        let wall = WallTime(milliseconds: moment.milliseconds + wallOffsetMilliseconds)
        let (day, millisecond) = compiled.site.calendar.local(at: wall)
        let minute = Int(millisecond / 60_000)
        if Self.visitDay.contains(minute) { return moment }
        let isEvening = minute >= Self.visitDay.upperBound
        return max(
            moment, instant(ofDay: isEvening ? day + 1 : day, minute: Self.visitDay.lowerBound))
    }

    /// Tells the visits that are overdue.
    mutating func fireVisits(into outcome: inout StepOutcome) {
        for place in visits.entries.indices {
            guard let time = visits[place].raiseAt, time <= now else { continue }
            visits[place].raiseAt = nextRaise(place)
            guard let due = nextVisit(place), let again = visits[place].raiseAt, again <= now else {
                continue
            }
            visits[place].raiseAt = nil
            var finding = Finding(concern: .visitOverdue, .active, device: nil)
            finding.detail = words(for: due, cycle: visits[place].visits.cycle)
            applyToHome(finding, home: Int(visits[place].home), into: &outcome)
        }
        refreshVisitDeadline()
    }

    private mutating func applyToHome(_ finding: Finding, home: Int, into outcome: inout StepOutcome) {
        apply([finding], home: home, evidence: nil, into: &outcome)
        refreshDeadline(home)
    }

    /// Why a visit was due and until when, for the one who is called.
    private func words(for due: VisitDue, cycle: VisitCycle?) -> String {
        let last = WallTime(milliseconds: due.until.milliseconds + wallOffsetMilliseconds - 1)
        let local = compiled.site.calendar.local(at: last)
        let date = CivilDate(dayNumber: Int(local.day)).text
        let minute = Int((local.millisecond + 1) / 60_000)
        let time = minute >= 1_440 ? "24:00" : "\(Self.twoDigits(minute / 60)):\(Self.twoDigits(minute % 60))"
        let why =
            switch due.reason {
            case .cycle: "the \(cycle?.name ?? "") visit"
            case .heatWave: "a visit in the heat wave"
            case .festival: "a visit at the festival"
            case .change: "a visit after a change of condition or colour"
            case .noContact: "a visit after an incident in which nobody was met"
            }
        return "\(why) was due until \(date) \(time)"
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// What is asked for in a home.
struct VisitDue: Hashable {
    var reason: VisitReason
    /// From when a visit meets it.
    var from: Instant
    /// From when it is overdue.
    var until: Instant
}

extension CivilDate {
    /// The date as `2026-02-09`.
    fileprivate var text: String {
        "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }
}

// MARK: what people do

extension SafetyMachine {
    /// How far a visitor's clock may be ahead.
    static let visitClockLimit = Duration.minutes(5)

    /// Takes in that somebody tells of a visit.
    mutating func apply(_ visit: VisitRecord, place: Int, into outcome: inout StepOutcome) {
        let refusal = refusal(of: visit)
        if refusal == nil, let home = homeIndex(of: visit.home) {
            note(visit, home: home, into: &outcome)
            if visit.result == .needsHelp {
                var finding = Finding(concern: .helpNeeded, .pressed, device: nil)
                finding.detail = "\(visit.by) met the resident, who needs help"
                if isWatched(home) { applyToHome(finding, home: home, into: &outcome) }
            }
        }
        outcome.visitAnswers.append(
            StepOutcome.VisitReply(
                input: place, visit: visit, answer: refusal.map { .refused($0) } ?? .recorded))
        outcome.hasEffect = true
    }

    private func refusal(of visit: VisitRecord) -> VisitAnswer.Refusal? {
        guard visit.reference.utf8.count <= Self.visitReferenceLimit, visit.result != .atIncident else {
            return .malformed
        }
        guard homeIndex(of: visit.home) != nil else { return .unknownHome }
        guard compiled.people.responder(visit.by) != nil else { return .unknownResponder }
        guard let at = visit.at else { return nil }
        let age = wallNow - at
        return age > VisitRecord.ageLimit || age < .zero - Self.visitClockLimit ? .wrongTime : nil
    }

    /// The most bytes of a reference: what is left of a sender's after the gateway put its own number
    /// before it.
    static let visitReferenceLimit = VisitRecord.referenceLimit + 24

    /// A home by its id; never the gateway's own place.
    private func homeIndex(of id: String) -> Int? { compiled.home(withID: id)?.int }

    /// Takes a record into the home's visits; what it meets is no longer overdue.
    private mutating func note(_ visit: VisitRecord, home: Int, into outcome: inout StepOutcome) {
        let place = visits.place(of: home) ?? visits.add(home)
        var visit = visit
        let wall = min(visit.at ?? wallNow, wallNow)
        visit.at = wall
        let moment = Instant(milliseconds: wall.milliseconds - wallOffsetMilliseconds)
        visits[place].visits.note(visit, at: moment, on: compiled.site.calendar.local(at: wall).day)
        if visit.result.isMade { visits[place].quietUntil = nil }
        let isOverdue = nextVisit(place).map { $0.until <= now } ?? false
        if !isOverdue {
            applyToHome(
                Finding(concern: .visitOverdue, .restored, device: nil), home: home, into: &outcome)
        }
        visits[place].raiseAt = nextRaise(place)
        refreshVisitDeadline()
    }

    /// What a command means for the home's visits: who is on scene has visited; where nobody was met,
    /// somebody goes again.
    mutating func followVisits(
        after command: PersonCommand, answer: CommandAnswer, home: Int, into outcome: inout StepOutcome
    ) {
        guard case .accepted(let phase) = answer, home != HomeIndex.gateway.int, isWatched(home) else {
            return
        }
        if command.act == .onScene {
            note(
                VisitRecord(
                    home: compiled.site.community.homes[home].id, by: command.responder, way: .responder,
                    result: .atIncident, reference: "incident \(command.incident.number)"),
                home: home, into: &outcome)
        }
        guard phase == .closed else { return }
        if command.act == .close(.noContact) {
            let place = visits.place(of: home) ?? visits.add(home)
            if visits[place].visits.cycle == nil {
                visits[place].visits.follow(
                    compiled.welfarePlan(home)?.visits, isPaused: homes[home].care.isPaused, today: today)
            }
            visits[place].visits.ask(for: .noContact, at: now)
        }
        guard let place = visits.place(of: home) else { return }
        putOff(place, home: home)
        visits[place].raiseAt = nextRaise(place)
        refreshVisitDeadline()
    }

    /// The incident of an overdue visit was closed without one: it is told again the next morning, not after
    /// minutes and not at night.
    private mutating func putOff(_ place: Int, home: Int) {
        let rule = Finding.Concern.visitOverdue.rule
        let isUnhandled = homes[home].register.alarms.contains { $0.rule == rule && $0.incident == nil }
        guard isUnhandled else { return }
        _ = homes[home].register.end { $0.rule == rule && $0.incident == nil }
        visits[place].quietUntil = instant(ofDay: today + 1, minute: Self.visitDay.lowerBound)
    }
}

// MARK: another site

extension SafetyMachine {
    /// Whether an alarm is about an extra visit that still waits.
    func asksForVisit(_ alarm: Alarm, home: Int) -> Bool {
        guard alarm.rule == Finding.Concern.visitOverdue.rule, let place = visits.place(of: home) else {
            return false
        }
        return !visits[place].visits.extras.isEmpty
    }

    /// The visits of the homes in a new site, by their ids; a change of condition or colour asks for one.
    ///
    /// A change is another list of conditions of a resident, a resident more or less, or another colour
    /// where there was one and is one; it counts in a home that is in service before and after.
    func movedVisits(to site: CompiledSite) -> VisitBook {
        let isCalendarNew = compiled.site.visitCalendar != site.site.visitCalendar
        let today = site.site.calendar.local(at: wallNow).day
        let moved = visits.entries.compactMap { entry -> VisitBook.Entry? in
            let old = Int(entry.home)
            let before = compiled.site.community.homes[old]
            guard let index = site.home(withID: before.id)?.int else { return nil }
            var entry = entry
            entry.home = Int32(index)
            if isCalendarNew { entry.visits.followCalendar(today: today) }
            let after = site.site.community.homes[index]
            let (oldCycle, newCycle) = (entry.visits.cycle, site.welfarePlan(index)?.visits)
            if site.site.visitCalendar.followsChanges, oldCycle != nil, newCycle != nil, isWatched(old),
                after.isInService, oldCycle != newCycle || before.conditions != after.conditions
            {
                entry.visits.ask(for: .change, at: now)
            }
            return entry
        }
        return VisitBook(moved)
    }
}

extension Home {
    /// The residents and their conditions, in an order that is not the file's.
    fileprivate var conditions: [[String]] {
        residents.map { [$0.id] + $0.conditions.sorted() }.sorted { $0.lexicographicallyPrecedes($1) }
    }
}
