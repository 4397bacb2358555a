import Escalation
import SafetyModel

/// Groups and rosters: who is in them, and whether somebody is on duty at every moment of the coming year.
extension SiteBuilder {
    mutating func gatherGroups() {
        for (draft, file, _) in once("group", \.groups, id: \.id, mark: \.mark) {
            checkPeople(draft.members, in: file)
            groups.append(ResponderGroup(id: draft.id, members: draft.members.map(\.value)))
        }
    }

    mutating func gatherRosters() {
        for (draft, file, _) in once("roster", \.rosters, id: \.roster.id, mark: \.mark) {
            checkPeople(draft.people, in: file)
            rosters.append(withHolidays(draft, in: file))
            rosterFiles.append(file.file)
        }
    }

    private mutating func checkPeople(_ people: [Marked<String>], in file: FileDraft) {
        for person in people where responderPlaces[person.value] == nil {
            problems.error(
                at: file.place(person.mark), "There is no responder `\(person.value.quoted)`",
                why: "Nobody could be called in that place",
                fix: nearestWord(to: person.value, among: responders.map(\.id)).map {
                    "Did you mean `\($0)`?"
                }
                    ?? "Correct or remove it.")
        }
    }

    private mutating func withHolidays(_ draft: RosterDraft, in file: FileDraft) -> RosterDraft {
        var result = draft
        for (place, hours) in draft.hours.enumerated() {
            guard let hours, hours.schedule.holidays != .ignored else { continue }
            let days = Set(holidayLists(of: hours, in: file).flatMap(\.days)).sorted()
            result.roster.shifts[place].hours.holidayDays = days
        }
        return result
    }

    /// Looks a year ahead from the moment of the check.
    mutating func checkRosters(_ calendar: CivilCalendar) {
        for index in rosters.indices {
            let draft = rosters[index]
            let survey = draft.roster.survey(from: now, in: calendar)
            let place = Place(file: rosterFiles[index], at: draft.mark)
            if let overlap = survey.overlaps.first {
                problems.error(
                    at: place,
                    "The shifts \(survey.overlapping.joined(separator: " and ")) of the roster "
                        + "\(draft.roster.id) overlap \(Self.text(of: overlap, in: calendar))",
                    why: "Nobody could say who is on duty",
                    fix: "Let one end when the other begins; `hand_over: 15 min` calls both for a while.")
            }
            if let gap = survey.gaps.first, draft.roster.otherwise.isEmpty {
                let more = survey.gaps.count - 1
                problems.warning(
                    at: place,
                    "Nobody is on duty in the roster \(draft.roster.id) "
                        + Self.text(of: gap, in: calendar)
                        + (more > 0 ? ", and \(more) more times within a year" : ""),
                    why: "Then everybody in it is called",
                    fix: "Let a shift go on until the next begins, or write `otherwise: [...]`.")
            }
            for number in draft.overrides.indices { checkOverride(number, of: index, calendar) }
        }
    }

    private mutating func checkOverride(_ number: Int, of index: Int, _ calendar: CivilCalendar) {
        let draft = rosters[index]
        let override = draft.roster.overrides[number]
        let place = Place(file: rosterFiles[index], at: draft.overrides[number].mark)
        let names = draft.roster.shifts.map(\.name)
        if let shift = draft.overrides[number].shift, !names.contains(shift.value) {
            problems.error(
                at: Place(file: rosterFiles[index], at: shift.mark),
                "There is no shift `\(shift.value.quoted)` in the roster \(draft.roster.id)",
                why: "Nobody would stand in",
                fix: nearestWord(to: shift.value, among: names).map { "Did you mean `\($0)`?" }
                    ?? "The shifts are \(names.joined(separator: ", ")).")
            return
        }
        if override.days.upperBound < calendar.local(at: now).day - 1 {
            problems.warning(
                at: place, "These dates are over", why: "They change nothing any more", fix: "Remove them.")
            return
        }
        let begins = draft.roster.shifts.contains { shift in
            (override.shift.isEmpty || override.shift == shift.name)
                && override.days.contains { shift.hours.begins(onDay: $0) }
        }
        guard !begins else { return }
        problems.error(
            at: place, "No shift begins on these dates: nobody stands in for anybody",
            why: "A shift belongs to the day on which it begins", fix: "Correct the dates or the shift.")
    }

    /// "from 2026-10-05 07:00 to 2026-10-05 08:00" in local time.
    private static func text(of stretch: Roster.Stretch, in calendar: CivilCalendar) -> String {
        "from \(text(of: stretch.from, in: calendar)) to \(text(of: stretch.until, in: calendar))"
    }

    private static func text(of time: WallTime, in calendar: CivilCalendar) -> String {
        let (day, millisecond) = calendar.local(at: time)
        let minute = Int(millisecond / 60_000)
        return "\(CivilDay.text(of: day)) \(CivilDay.two(minute / 60)):\(CivilDay.two(minute % 60))"
    }
}
