import Correlation
import SafetyModel

/// Rules whose filters meet nothing.
extension SiteBuilder {
    mutating func checkFilters() {
        guard rules.contains(where: { !$0.rule.isUnfiltered || !$0.conditionPlaces.isEmpty }) else { return }
        let ids = Set(community.devices.map(\.id))
        let told = zip(community.devices, deviceSignals).reduce(into: [String: UInt64]()) { told, pair in
            told[pair.0.place, default: 0] |= pair.1
        }
        var byID: [String: [(place: String, signals: UInt64)]] = [:]
        if rules.contains(where: { !$0.devices.isEmpty }) {
            for (device, signals) in zip(community.devices, deviceSignals) {
                byID[device.id, default: []].append((device.place, signals))
            }
        }
        let conditions = Set(community.homes.flatMap { $0.residents.flatMap(\.conditions) })
        for index in rules.indices {
            let file = rulePlaces[index].file
            for device in rules[index].devices where !ids.contains(device.value) {
                reportFilter("device", device, file, near: ids.sorted())
            }
            checkPlaces(index, file, told)
            for place in rules[index].conditionPlaces where told[place.value] == nil {
                reportFilter("place", place, file, near: told.keys.sorted())
            }
            checkResidents(index, file, conditions)
            checkReach(index, file, told, byID)
        }
    }

    /// Of several places one is enough; nothing is said where no home could fulfil the rule in any place.
    private mutating func checkPlaces(_ index: Int, _ file: String, _ told: [String: UInt64]) {
        let draft = rules[index]
        let missing = draft.places.filter { told[$0.value] == nil }
        guard !missing.isEmpty else { return }
        let isOneKnown = missing.count < draft.places.count
        let canFire = draft.rule.when.canFire(from: told.values.reduce(0, |))
        for place in missing {
            let isSlip = nearestWord(to: place.value, among: told.keys.sorted()) != nil
            guard isSlip || !isOneKnown, canFire || draft.places.count == 1 else { continue }
            if draft.places.count > 1, !isSlip, place.value != missing[0].value { continue }
            reportFilter("place", place, file, near: told.keys.sorted())
        }
    }

    /// Devices that a filter names and that cannot say what the rule waits for.
    private mutating func checkReach(
        _ index: Int, _ file: String, _ told: [String: UInt64],
        _ byID: [String: [(place: String, signals: UInt64)]]
    ) {
        let draft = rules[index]
        let places = draft.places.map(\.value)
        let mask: UInt64
        if draft.devices.isEmpty {
            guard !places.isEmpty, places.allSatisfy({ told[$0] != nil }) else { return }
            mask = places.reduce(0) { $0 | (told[$1] ?? 0) }
        } else {
            guard draft.devices.allSatisfy({ byID[$0.value] != nil }) else { return }
            let named = draft.devices.flatMap { byID[$0.value] ?? [] }
            mask = named.filter { places.isEmpty || places.contains($0.place) }.reduce(0) { $0 | $1.signals }
        }
        guard !draft.rule.when.canFire(from: mask) else { return }
        let mark = (draft.devices.first ?? draft.places.first)?.mark ?? draft.mark
        problems.warning(
            at: Place(file: file, at: mark),
            "The rule \(draft.rule.id) can never match: no device that it names says what it waits for",
            why: "`place` and `device` let nothing else through",
            fix: "Name another place or device, or give the device its `place`.")
    }

    /// A condition of a resident that nobody has is a slip only where a similar one is known.
    private mutating func checkResidents(_ index: Int, _ file: String, _ known: Set<String>) {
        guard let wanted = rules[index].rule.residentCondition, !known.contains(wanted),
            let near = nearestWord(to: wanted, among: known.sorted())
        else { return }
        problems.warning(
            at: Place(file: file, at: rules[index].residentMark),
            "No resident has the condition `\(wanted.quoted)`",
            why: "The rule can never match", fix: "Did you mean `\(near)`?")
    }

    private mutating func reportFilter(_ word: String, _ name: Marked<String>, _ file: String, near: [String])
    {
        problems.warning(
            at: Place(file: file, at: name.mark), "No home has a \(word) `\(name.value.quoted)`",
            why: "The rule cannot fire there",
            fix: nearestWord(to: name.value, among: Array(near.prefix(1_000))).map { "Did you mean `\($0)`?" }
                ?? "Correct the filter.")
    }

    /// Rules over several homes need to know which homes belong together.
    mutating func checkScopes() {
        let homes = community.homes.dropFirst()
        for index in rules.indices {
            let scope = rules[index].rule.scope
            guard scope == .building || scope == .unit else { continue }
            let isUnit = scope == .unit
            let without = homes.filter { $0.building.isEmpty || (isUnit && $0.unit.isEmpty) }
            guard let first = without.first, homes.count > 1 else { continue }
            let words = isUnit ? "`building` and `unit`" : "`building`"
            let who =
                without.count == homes.count
                ? "no home says" : "\(without.count) of \(homes.count) homes (first \(first.id)) do not say"
            problems.warning(
                at: Place(file: rulePlaces[index].file, at: rules[index].scopeMark),
                "The rule \(rules[index].rule.id) looks at several homes together, and \(who) \(words)",
                why: "What happens there counts for no neighbour",
                fix: isUnit
                    ? "Write `building: 3` and `unit: 2` into the homes."
                    : "Write `building: 3` into the homes.")
        }
    }
}

/// Schedules whose holidays stand in `anju.yaml`.
extension SiteBuilder {
    /// The rule with the days of the holiday lists that it names.
    mutating func resolved(_ draft: RuleDraft, in file: FileDraft) -> RuleDraft {
        guard let during = draft.during, during.schedule.holidays != .ignored else { return draft }
        var result = draft
        let lists = holidayLists(of: during, in: file)
        let days = Set(lists.flatMap(\.days)).sorted()
        result.rule.during?.holidayDays = days
        let today = Int32(now.milliseconds / 86_400_000)
        if let last = days.last, last < today - 1 {
            let isOnly = during.schedule.holidays == .only
            problems.warning(
                at: file.place(during.mark),
                isOnly
                    ? "This schedule never opens again: its last holiday is over"
                    : "The last holiday of this schedule is over",
                why: "Dates of festivals move from year to year",
                fix: "Add this year's and next year's dates to `holidays` in anju.yaml.")
        }
        return result
    }

    mutating func holidayLists(of during: ScheduleDraft, in file: FileDraft) -> [HolidayList] {
        let known = settings.holidays
        guard !known.isEmpty else {
            problems.error(
                at: file.place(during.holidayLists.first?.mark ?? during.mark),
                "There is no list of holidays",
                why: during.schedule.holidays == .only
                    ? "This schedule never opens" : "The rule would take holidays for ordinary days",
                fix: "Write `holidays: {spring-festival: [2026-02-15..2026-02-23]}` into anju.yaml.")
            return []
        }
        guard !during.holidayLists.isEmpty else { return known }
        var found: [HolidayList] = []
        for name in during.holidayLists {
            if let list = known.first(where: { $0.name == name.value }) {
                found.append(list)
                continue
            }
            problems.error(
                at: file.place(name.mark), "There is no holiday list `\(name.value.quoted)`",
                why: "The rule would apply on the wrong days",
                fix: nearestWord(to: name.value, among: known.map(\.name)).map { "Did you mean `\($0)`?" }
                    ?? "The lists in anju.yaml are \(known.map(\.name).joined(separator: ", ")).")
        }
        return found
    }
}
