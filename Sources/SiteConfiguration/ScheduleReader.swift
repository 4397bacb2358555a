import SafetyModel

/// Reads `during`: `22:00-05:00`, a list of such spans, or a table with weekdays and holidays.
///
/// ```yaml
/// during: {times: [06:00-12:00, 14:00-22:00], weekdays: mon-fri, holidays: excluded, holiday_list: spring}
/// ```
struct ScheduleReader {
    let log: ProblemLog

    static let keys = ["times", "weekdays", "holidays", "holiday_list"]
    static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    func read(_ node: YAMLNode) -> ScheduleDraft? {
        guard node.table != nil else {
            return spans(node).map { ScheduleDraft(schedule: Schedule(spans: $0), mark: node.mark) }
        }
        guard let table = Table(node, "`during`", keys: Self.keys, log: log) else { return nil }
        var schedule = Schedule()
        var isGood = true
        if let times = table["times"] {
            let found = spans(times)
            schedule.spans = found ?? []
            isGood = found != nil
        }
        if let days = table["weekdays"] {
            let found = readWeekdays(days)
            schedule.weekdays = found ?? 0
            isGood = isGood && found != nil
        }
        schedule.holidays =
            table.word("holidays", of: Schedule.Holidays.allCases.map(\.name)) { word in
                Schedule.Holidays.allCases.first { $0.name == word }
            } ?? .ignored
        let lists = table.list("holiday_list").compactMap { node in
            node.readText("holiday_list", log: log).map { Marked(value: $0, mark: node.mark) }
        }
        if schedule.holidays == .only, let entry = table.entry("weekdays") {
            log.error(
                at: entry.mark, "`weekdays` does nothing beside `holidays: only`",
                why: "The rule applies on every day of the holiday list and on no other",
                fix: "Remove one of the two.")
        }
        if let list = lists.first, schedule.holidays == .ignored, table["holidays"] == nil {
            log.error(
                at: list.mark, "`holiday_list` does nothing without `holidays`",
                why: "The rule would apply on holidays as on any other day",
                fix: "Write `holidays: excluded`, `only` or `included` beside it.")
        }
        if schedule == Schedule(), isGood { reportNothing(table) }
        return isGood ? ScheduleDraft(schedule: schedule, mark: node.mark, holidayLists: lists) : nil
    }

    private func reportNothing(_ table: Table) {
        guard !table.entries.contains(where: { $0.key == "holidays" && $0.value.text != "ignored" }) else {
            return
        }
        log.error(
            at: table.mark, "`during` is always open", why: "It says nothing",
            fix: "Remove it, or write `times`, `weekdays` or `holidays` into it.")
    }

    /// One span of the day or several.
    private func spans(_ node: YAMLNode) -> [Schedule.Span]? {
        let nodes = node.list ?? [node]
        guard !nodes.isEmpty else {
            log.error(
                at: node.mark, "This schedule never opens: its list of times is empty",
                why: "The rule could never match", fix: "Write `22:00-05:00`, or remove it.")
            return nil
        }
        log.check(nodes.count, Limits.spansPerScheduleLimit, "spans of one schedule", at: node.mark)
        let spans = nodes.prefix(Limits.spansPerScheduleLimit).compactMap(span)
        return spans.count == nodes.count ? spans : nil
    }

    func span(_ node: YAMLNode) -> Schedule.Span? {
        let parts = node.text?.split(separator: "-", omittingEmptySubsequences: false) ?? []
        let minutes = parts.compactMap(Self.minute)
        guard parts.count == 2, minutes.count == 2, minutes[0] < 24 * 60 else {
            log.error(
                at: node.mark, "Here should stand a span of the day, not \(node.shape)",
                why: "The rule would apply at the wrong hour",
                fix: "Write it from 00:00 to 24:00: `22:00-05:00`. Weekdays stand in `{weekdays: mon-fri}`.")
            return nil
        }
        guard minutes[0] != minutes[1] else {
            log.error(
                at: node.mark, "This schedule never opens: it ends when it begins",
                why: "The rule could never match", fix: "For the whole day leave the times out.")
            return nil
        }
        return Schedule.Span(from: minutes[0], until: minutes[1] == 0 ? 24 * 60 : minutes[1])
    }

    /// Minutes since midnight of "22:00"; text, so that no reader makes 1,320 of it.
    static func minute(_ text: Substring) -> Int? {
        let trimmed = text.split(separator: " ")
        guard trimmed.count == 1 else { return nil }
        let parts = trimmed[0].split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60,
            hour < 24 || (hour == 24 && minute == 0)
        else { return nil }
        return hour * 60 + minute
    }

    /// Days as bits, Monday is bit 0: `mon`, `mon-fri`, `[mon-fri, sun]`.
    private func readWeekdays(_ node: YAMLNode) -> UInt8? {
        let nodes = node.list ?? [node]
        guard !nodes.isEmpty else {
            log.error(
                at: node.mark, "This schedule never opens: it has no weekdays",
                why: "The rule could never match", fix: "Write `weekdays: mon-fri`, or remove it.")
            return nil
        }
        var bits: UInt8 = 0
        for node in nodes {
            guard let found = weekdayBits(node) else { return nil }
            bits |= found
        }
        return bits
    }

    private func weekdayBits(_ node: YAMLNode) -> UInt8? {
        let words = node.text?.lowercased().split(separator: "-", omittingEmptySubsequences: false) ?? []
        let days = words.compactMap { word in Self.weekdays.firstIndex(of: String(word)) }
        guard (1...2).contains(words.count), days.count == words.count else {
            let odd = words.first { !Self.weekdays.contains(String($0)) }.map(String.init) ?? ""
            log.error(
                at: node.mark, "Here should stand weekdays, not \(node.shape)",
                fix: nearestWord(to: odd, among: Self.weekdays).map { "Did you mean `\($0)`?" }
                    ?? "Write `mon-fri`, or `[mon, wed]` with \(Self.weekdays.joined(separator: ", "))."
            )
            return nil
        }
        let last = days.count == 2 ? days[1] : days[0]
        let length = (last - days[0] + 7) % 7
        return (0...length).reduce(UInt8(0)) { $0 | 1 << UInt8((days[0] + $1) % 7) }
    }
}
