import SafetyModel
import Welfare

/// Reads what files say of visits: `visits` of a home or of all homes, and `extra_visits` of the main file.
///
/// ```yaml
/// visits: yellow            # or monthly; off where nobody visits
/// extra_visits:
///   after_change: true
///   heat_wave: {from: 2026-07-10, until: 2026-07-21, for: [red, orange]}
///   festivals: [2026-02-15..2026-02-18, 2026-10-01]
/// ```
struct VisitReader {
    let log: ProblemLog

    static let extraKeys = ["after_change", "heat_wave", "festivals"]
    static let heatWaveKeys = ["from", "until", "for"]
    /// The longest heat wave, in days; a longer one is a colour of its own.
    static let heatWaveLimit: Int32 = 92

    /// A colour or a word for how often; the value is nil where nobody visits on purpose.
    func readCycle(_ table: Table) -> Marked<VisitCycle?>? {
        guard let node = table["visits"] else { return nil }
        if ["off", "false", "no"].contains(node.text?.lowercased()) {
            return Marked(value: nil, mark: node.mark)
        }
        return readCycle(node, "visits").map { Marked(value: $0, mark: node.mark) }
    }

    private func readCycle(_ node: YAMLNode, _ key: String) -> VisitCycle? {
        node.readWord(key, of: VisitCycle.words, log: log) { VisitCycle(word: $0.lowercased()) }
    }

    /// The calendar of the main file; what is wrong in it is left out.
    func readCalendar(_ table: Table) -> Marked<VisitCalendar>? {
        guard let node = table["extra_visits"] else { return nil }
        guard let table = Table(node, "`extra_visits`", keys: Self.extraKeys, log: log) else { return nil }
        var calendar = VisitCalendar()
        calendar.followsChanges = table.flag("after_change") ?? calendar.followsChanges
        let waves = table.list("heat_wave")
        log.check(waves.count, Limits.heatWaveLimit, "heat waves", at: table.mark(of: "heat_wave"))
        calendar.heatWaves = waves.prefix(Limits.heatWaveLimit).compactMap(readHeatWave)
        if let festivals = table["festivals"] {
            calendar.festivals = HolidayReader(log: log).days(festivals, "festivals")
            log.check(
                calendar.festivals.count, Limits.festivalLimit, "days of festivals", at: festivals.mark)
        }
        return Marked(value: calendar, mark: node.mark)
    }

    private func readHeatWave(_ node: YAMLNode) -> VisitCalendar.HeatWave? {
        guard let table = Table(node, "a heat wave", keys: Self.heatWaveKeys, log: log) else { return nil }
        let days = DaySpanReader(
            log: log, thing: "heat wave", example: ("2026-07-10", "2026-07-21"), limit: Self.heatWaveLimit,
            why: (
                endless: "Homes would be visited every day for ever",
                reversed: "Nobody would be visited in it",
                wrong: "Homes would be visited on the wrong days",
                long: "Visitors could not keep it up"
            ), shorter: "Write a shorter one, or `visits: red`."
        ).read(table)
        let cycles = table.list("for").compactMap { readCycle($0, "for") }
        return days.map { VisitCalendar.HeatWave(days: $0, cycles: cycles) }
    }
}
