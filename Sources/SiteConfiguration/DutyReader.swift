import Escalation
import SafetyModel

/// Reads the `groups` and `rosters` sections of a file.
struct DutyReader {
    let log: ProblemLog

    static let groupKeys = ["group", "members"]
    static let rosterKeys = ["roster", "shifts", "hand_over", "overrides", "otherwise"]
    static let shiftKeys = ["shift", "during", "people"]
    static let overrideKeys = ["dates", "shift", "people"]
    /// How long after a change of shifts those who go are called too.
    static let handOverRange = Duration.zero...Duration.hours(2)

    func readGroups(_ node: YAMLNode) -> [GroupDraft] {
        log.elements(of: node, "groups", limit: Limits.groupLimit).compactMap { node in
            guard let table = Table(node, "a group", keys: Self.groupKeys, log: log) else { return nil }
            table.require("group", fix: "Write `group: night-patrol`.")
            guard let id = table.identifier("group") else { return nil }
            let members = people(table, "members")
            log.check(
                members.count, Limits.membersPerGroupLimit, "members of one group",
                at: table.mark(of: "members"))
            if members.isEmpty {
                log.error(
                    at: table.mark(of: "members"), "The group `\(id.quoted)` is empty",
                    why: "Nobody would be called", fix: "Write `members: [li-na, zhao]`.")
            }
            return GroupDraft(id: id, mark: table.mark(of: "group"), members: members)
        }
    }

    func readRosters(_ node: YAMLNode) -> [RosterDraft] {
        log.elements(of: node, "rosters", limit: Limits.rosterLimit).compactMap(readRoster)
    }

    private func readRoster(_ node: YAMLNode) -> RosterDraft? {
        guard let table = Table(node, "a roster", keys: Self.rosterKeys, log: log) else { return nil }
        table.require("roster", fix: "Write `roster: night-watch`.")
        table.require(
            "shifts", why: "Nobody would be on duty",
            fix: "Write `shifts:` with `- {shift: night, during: 22:00-07:00, people: [zhao]}`.")
        guard let id = table.identifier("roster") else { return nil }
        var draft = RosterDraft(
            roster: Roster(id: id, shifts: []), mark: table.mark(of: "roster"), hours: [], overrides: [],
            people: [])
        readShifts(table, into: &draft)
        readOverrides(table, into: &draft)
        let otherwise = people(table, "otherwise")
        draft.roster.otherwise = otherwise.map(\.value)
        draft.roster.handOver = table.duration("hand_over", in: Self.handOverRange) ?? .zero
        draft.people += otherwise
        log.check(
            draft.people.count, Limits.peoplePerRosterLimit, "people named in one roster", at: table.mark)
        return draft.roster.shifts.isEmpty ? nil : draft
    }

    private func readShifts(_ roster: Table, into draft: inout RosterDraft) {
        guard let node = roster["shifts"] else { return }
        for node in log.elements(of: node, "shifts", limit: Limits.shiftsPerRosterLimit) {
            guard let table = Table(node, "a shift", keys: Self.shiftKeys, log: log) else { continue }
            table.require("shift", fix: "Write `shift: night`.")
            guard let name = table.identifier("shift") else { continue }
            if draft.roster.shifts.contains(where: { $0.name == name }) {
                log.error(
                    at: table.mark(of: "shift"), "There are two shifts `\(name.quoted)` in this roster",
                    why: "Dates on which others stand in could mean either", fix: "Give it another name.")
            }
            let staff = people(table, "people")
            if staff.isEmpty {
                log.error(
                    at: table.mark, "Nobody works in the shift `\(name.quoted)`",
                    why: "Nobody would be on duty", fix: "Write `people: [zhao]`.")
            }
            var hours: ScheduleDraft?
            if let during = table["during"] {
                hours = ScheduleReader(log: log).read(during)
                if hours == nil { continue }
            }
            draft.roster.shifts.append(
                Roster.Shift(
                    name: name, hours: hours?.schedule ?? Schedule(), people: staff.map(\.value)))
            draft.hours.append(hours)
            draft.people += staff
        }
    }

    private func readOverrides(_ roster: Table, into draft: inout RosterDraft) {
        guard let node = roster["overrides"] else { return }
        for node in log.elements(of: node, "overrides", limit: Limits.overridesPerRosterLimit) {
            guard let table = Table(node, "an override", keys: Self.overrideKeys, log: log) else { continue }
            table.require("dates", fix: "Write `dates: 2026-10-01..2026-10-07`.")
            let staff = people(table, "people")
            if staff.isEmpty {
                log.error(
                    at: table.mark, "Nobody stands in here", why: "Nobody would be on duty",
                    fix: "Write `people: [zhao]`.")
            }
            let shift = table.text("shift").map { Marked(value: $0, mark: table.mark(of: "shift")) }
            draft.people += staff
            for date in table.list("dates") {
                let days = HolidayReader(log: log).range(date)
                guard let first = days.first, let last = days.last, !staff.isEmpty else { continue }
                draft.roster.overrides.append(
                    Roster.Override(
                        days: first...last, shift: shift?.value ?? "", people: staff.map(\.value)))
                draft.overrides.append((date.mark, shift))
            }
        }
    }

    private func people(_ table: Table, _ key: String) -> [Marked<String>] {
        table.list(key).compactMap { node in
            node.readIdentifier(key, log: log).map { Marked(value: $0, mark: node.mark) }
        }
    }
}
