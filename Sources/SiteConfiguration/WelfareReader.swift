import SafetyModel
import Welfare

/// Reads what files say of welfare: `inactivity`, `check_in`, `visits` and `pause`.
///
/// ```yaml
/// inactivity: {by_day: 8 h, by_night: 10 h, ceiling: 16 h, ask_before: 30 min, learned: true,
///              away_ceiling: 36 h}
/// check_in: {before: 09:00}
/// pause: {from: 2026-11-01, until: 2026-11-14, why: hospital}
/// ```
struct WelfareReader {
    let log: ProblemLog

    static let inactivityKeys = ["by_day", "by_night", "ceiling", "ask_before", "learned", "away_ceiling"]
    static let checkInKeys = ["before"]
    static let pauseKeys = ["from", "until", "why"]
    /// What may be given for limits of silence.
    static let limits = Duration.hours(1)...(.hours(24))
    /// The longest pause; a longer one is a home that should go out of service.
    static let pauseLimit: Int32 = 366
    /// The earliest time for a check-in: the day begins at midnight, and people sleep.
    static let earliestCheckIn = 4 * 60

    /// What a table says of welfare: the main file's, or a home's.
    func read(_ table: Table) -> WelfareDraft {
        WelfareDraft(
            inactivity: table["inactivity"].flatMap(readInactivity),
            checkIn: table["check_in"].flatMap(readCheckIn),
            visits: VisitReader(log: log).readCycle(table), pauses: readPauses(table))
    }

    private func readInactivity(_ node: YAMLNode) -> Marked<InactivityDraft>? {
        switch node.text?.lowercased() {
        case "off", "false", "no": return Marked(value: InactivityDraft(isOff: true), mark: node.mark)
        case "on", "true", "yes": return Marked(value: InactivityDraft(), mark: node.mark)
        case .some:
            log.error(
                at: node.mark, "`inactivity` cannot be \(node.shape)",
                fix: "Write `off`, `on`, or `{by_day: 8 h, by_night: 10 h}`.")
            return nil
        case nil: break
        }
        guard let table = Table(node, "`inactivity`", keys: Self.inactivityKeys, log: log) else { return nil }
        var draft = InactivityDraft()
        draft.byDay = table.duration("by_day", in: Self.limits)
        draft.byNight = table.duration("by_night", in: Self.limits)
        draft.ceiling = table.duration("ceiling", in: .hours(2)...(.hours(48)))
        draft.askBefore = table.duration("ask_before", in: .minutes(5)...(.hours(4)))
        draft.isLearned = table.flag("learned")
        draft.awayCeiling = table.duration("away_ceiling", in: .hours(4)...(.hours(7 * 24)))
        return Marked(value: draft, mark: node.mark)
    }

    /// The minute of the day; the value is nil where there is none on purpose.
    private func readCheckIn(_ node: YAMLNode) -> Marked<Int?>? {
        if node.text?.lowercased() == "off" { return Marked(value: nil, mark: node.mark) }
        guard let table = Table(node, "`check_in`", keys: Self.checkInKeys, log: log) else { return nil }
        table.require("before", why: "Nobody would be missed", fix: "Write `check_in: {before: 09:00}`.")
        guard let before = table["before"] else { return nil }
        guard let minute = before.text.flatMap({ ScheduleReader.minute($0[...]) }),
            (Self.earliestCheckIn..<24 * 60).contains(minute)
        else {
            log.error(
                at: before.mark,
                "`before` should be a time of the day from 04:00 to 23:59, not \(before.shape)",
                why: "The day of the check-in begins at midnight", fix: "Write `before: 09:00`.")
            return nil
        }
        return Marked(value: minute, mark: node.mark)
    }

    /// The pauses of a home or of a resident.
    func readPauses(_ table: Table) -> [WelfarePlan.Pause] {
        let nodes = table.list("pause")
        log.check(nodes.count, Limits.pausesPerHomeLimit, "pauses of one home", at: table.mark(of: "pause"))
        return nodes.prefix(Limits.pausesPerHomeLimit).compactMap(readPause)
    }

    private func readPause(_ node: YAMLNode) -> WelfarePlan.Pause? {
        guard let table = Table(node, "a pause", keys: Self.pauseKeys, log: log) else { return nil }
        let days = DaySpanReader(
            log: log, thing: "pause", example: ("2026-11-01", "2026-11-14"), limit: Self.pauseLimit,
            why: (
                endless: "A pause without an end would protect nobody for ever",
                reversed: "The home would be watched while nobody is there",
                wrong: "The pause would hold on the wrong days",
                long: "It is easily forgotten that nobody watches"
            ), shorter: "Write a shorter one, or `inactivity: off`."
        ).read(table)
        let why = table.text("why") ?? ""
        return days.map { WelfarePlan.Pause(days: $0, reason: why) }
    }
}

/// What a file says of welfare, for all homes or for one.
struct WelfareDraft: Sendable {
    var inactivity: Marked<InactivityDraft>?
    /// The minute of the day; nil inside means off.
    var checkIn: Marked<Int?>?
    /// How often somebody visits; nil inside means off.
    var visits: Marked<VisitCycle?>?
    var pauses: [WelfarePlan.Pause] = []
}

/// Limits of silence as a file says them; nil where it leaves them to others.
struct InactivityDraft: Sendable {
    var isOff = false
    var byDay: Duration?
    var byNight: Duration?
    var ceiling: Duration?
    var askBefore: Duration?
    var isLearned: Bool?
    var awayCeiling: Duration?

    /// What holds where no file says anything.
    ///
    /// Nobody is asked before: that opens a matter for the station, which a community of thousands of homes
    /// could not bear unasked.
    static let usual = InactivityPlan(
        fixedLimits: [.init(span: night, limit: .hours(10))], otherwise: .hours(8), ceiling: .hours(16),
        preAlertLead: .zero, awayCeiling: .hours(36))
    /// Silences that begin in it may last as long as a night.
    static let night = Schedule.Span(from: 20 * 60, until: 6 * 60)

    /// A plan with what this draft says, and otherwise another one's figures.
    func plan(over other: InactivityPlan) -> InactivityPlan {
        var plan = other
        if let byNight { plan.fixedLimits = [.init(span: Self.night, limit: byNight)] }
        plan.otherwise = byDay ?? plan.otherwise
        plan.ceiling = ceiling ?? plan.ceiling
        plan.preAlertLead = askBefore ?? plan.preAlertLead
        plan.awayCeiling = awayCeiling ?? plan.awayCeiling
        plan.isLearned = isLearned ?? plan.isLearned
        return plan
    }
}
