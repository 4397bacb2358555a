import SafetyModel

/// Reads `from` and `until` of a table: the days from the first to the last, both of them included.
struct DaySpanReader {
    let log: ProblemLog
    /// What lasts so long: "pause", "heat wave".
    let thing: String
    /// A first and a last day, for messages.
    let example: (from: String, until: String)
    /// The most days.
    let limit: Int32
    /// Why an end must be written and cannot come first, what wrong dates do, and why it cannot be longer.
    let why: (endless: String, reversed: String, wrong: String, long: String)
    /// What to write instead of a longer one.
    let shorter: String

    func read(_ table: Table) -> ClosedRange<Int32>? {
        table.require("from", fix: "Write `from: \(example.from)`.")
        table.require(
            "until", why: why.endless, fix: "Write the last day: `until: \(example.until)`.")
        guard let first = day(table, "from"), let last = day(table, "until") else { return nil }
        guard first <= last else {
            log.error(
                at: table.mark(of: "until"), "The \(thing) ends before it begins", why: why.reversed,
                fix: "Write the last day of the \(thing), not before `from`.")
            return nil
        }
        guard last - first < limit else {
            log.error(
                at: table.mark(of: "until"), "The \(thing) lasts more than \(limit) days", why: why.long,
                fix: shorter)
            return nil
        }
        return first...last
    }

    private func day(_ table: Table, _ key: String) -> Int32? {
        guard let node = table[key] else { return nil }
        if let day = node.text.flatMap({ CivilDay.number(of: $0, years: HolidayReader.years) }) { return day }
        log.error(
            at: node.mark, "`\(key)` should be a date, not \(node.shape)", why: why.wrong,
            fix: "Write `\(key): \(example.from)`.")
        return nil
    }
}
