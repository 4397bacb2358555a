import Testing

@testable import SiteConfiguration

struct WrongWelfareTests {
    @Test(arguments: homes + settings)
    func `a wrong word of welfare is reported where it is wrong`(_ wrong: Wrong) throws { try wrong.check() }

    /// A home with a motion sensor and this line, the fourth.
    private static func home(_ line: String, profile: String = "motion", more: String = "") -> String {
        """
        homes:
          - home: h1
            resident: Li
            \(line)
            devices:
              - {device: m, profile: zigbee2mqtt/\(profile)\(more)}
        """
    }

    private static func limits(_ words: String) -> String { home("inactivity: {\(words)}") }

    static let homes: [Wrong] = [
        Wrong(
            .homes, home("inactivity: yess"), at: "homes/homes.yaml:4:17",
            "`inactivity` cannot be the text \"yess\". Write `off`, `on`, or"),
        Wrong(
            .homes, home("inactivity: [8 h]"), at: "homes/homes.yaml:4:17",
            "should stand `inactivity` as a table"),
        Wrong(.homes, limits("by_dya: 8 h"), at: "homes/homes.yaml:4:18", "Did you mean `by_day`?"),
        Wrong(.homes, limits("by_day: 8"), at: "homes/homes.yaml:4:26", "should be a length of time"),
        Wrong(.homes, limits("by_day: 30 min"), at: "homes/homes.yaml:4:26", "from 1 h to 24 h"),
        Wrong(.homes, limits("by_night: 25 h"), at: "homes/homes.yaml:4:28", "from 1 h to 24 h"),
        Wrong(.homes, limits("ceiling: 3 d"), at: "homes/homes.yaml:4:27", "from 2 h to 48 h"),
        Wrong(.homes, limits("ask_before: 1 min"), at: "homes/homes.yaml:4:30", "from 5 min to 4 h"),
        Wrong(.homes, limits("learned: perhaps"), at: "homes/homes.yaml:4:27", "should be true or false"),
        Wrong(.homes, limits("away_ceiling: 30 d"), at: "homes/homes.yaml:4:32", "from 4 h to 168 h"),
        Wrong(
            .homes, limits("ceiling: 9 h"), at: "homes/homes.yaml:4:17",
            "`ceiling` is 9 h, below the limit of 10 h. What the home teaches"),
        Wrong(
            .homes, limits("by_day: 2 h, ask_before: 90 min"), at: "homes/homes.yaml:4:17",
            "`ask_before` is 90 min, more than half of 2 h. The resident would be asked all day"),
        Wrong(
            .homes, home("inactivity: on", profile: "contact"), at: "homes/homes.yaml:4:17",
            "The home h1 watches for silence and has no motion sensor", .warning),
        Wrong(
            .homes, home("check_in: 09:00"), at: "homes/homes.yaml:4:15",
            "should stand `check_in` as a table"),
        Wrong(
            .homes, home("check_in: {bfore: 09:00}"), at: "homes/homes.yaml:4:16", "Did you mean `before`?"),
        Wrong(
            .homes, home("check_in: {}"), at: "homes/homes.yaml:4:15",
            "`before` is missing in `check_in`. Nobody would be missed"),
        Wrong(
            .homes, home("check_in: {before: 9}"), at: "homes/homes.yaml:4:24",
            "should be a time of the day from 04:00 to 23:59"),
        Wrong(
            .homes, home("check_in: {before: 03:59}"), at: "homes/homes.yaml:4:24",
            "should be a time of the day from 04:00 to 23:59"),
        Wrong(
            .homes, home("check_in: {before: 24:00}"), at: "homes/homes.yaml:4:24",
            "should be a time of the day from 04:00 to 23:59"),
        Wrong(
            .homes, home("pause: tomorrow"), at: "homes/homes.yaml:4:12", "should stand a pause as a table"),
        Wrong(
            .homes, home("pause: {from: 2026-11-01, til: 2026-11-14}"), at: "homes/homes.yaml:4:31",
            "Unknown key `til` in a pause"),
        Wrong(
            .homes, home("pause: {from: 2026-11-01}"), at: "homes/homes.yaml:4:12",
            "`until` is missing in a pause. A pause without an end would protect nobody"),
        Wrong(
            .homes, home("pause: {until: 2026-11-01}"), at: "homes/homes.yaml:4:12",
            "`from` is missing in a pause"),
        Wrong(
            .homes, home("pause: {from: 2026-11-31, until: 2026-12-01}"), at: "homes/homes.yaml:4:19",
            "`from` should be a date, not the text"),
        Wrong(
            .homes, home("pause: {from: 2026-11-14, until: 2026-11-01}"), at: "homes/homes.yaml:4:38",
            "The pause ends before it begins"),
        Wrong(
            .homes, home("pause: {from: 2026-11-01, until: 2027-11-02}"), at: "homes/homes.yaml:4:38",
            "The pause lasts more than \(WelfareReader.pauseLimit) days"),
        Wrong(
            .homes, home("area: north", more: ", outside_door: maybe"), at: "homes/homes.yaml:6:64",
            "`outside_door` should be true or false"),
        Wrong(
            .homes, home("area: north", more: ", outside_door: true"), at: "homes/homes.yaml:6:64",
            "The device m has `outside_door` and never says `contact`"),
        Wrong(.homes, home("visits: rde"), at: "homes/homes.yaml:4:13", "Did you mean `red`?"),
        Wrong(.homes, home("visits: purple"), at: "homes/homes.yaml:4:13", "The words are red, orange"),
        Wrong(
            .homes, home("extra_visits: {}"), at: "homes/homes.yaml:4:5",
            "Unknown key `extra_visits` in a home"),
    ]

    private static func anju(_ line: String) -> String { SampleSite().anju + "\n" + line }

    private static func extra(_ words: String) -> String { anju("extra_visits: {\(words)}") }

    static let settings: [Wrong] = [
        Wrong(.anju, anju("inactivity: {by_day: long}"), at: "anju.yaml:5:22", "should be a length of time"),
        Wrong(
            .anju, anju("inactivity: {by_day: 20 h}"), at: "anju.yaml:5:13",
            "`ceiling` is 16 h, below the limit of 20 h"),
        Wrong(.anju, anju("check_in: {before: noon}"), at: "anju.yaml:5:20", "Write `before: 09:00`."),
        Wrong(.anju, extra("festival: 2026-10-01"), at: "anju.yaml:5:16", "Did you mean `festivals`?"),
        Wrong(.anju, extra("after_change: later"), at: "anju.yaml:5:30", "should be true or false"),
        Wrong(.anju, extra("festivals: spring"), at: "anju.yaml:5:27", "a date or two dates"),
        Wrong(.anju, extra("heat_wave: {from: 2026-07-01}"), at: "anju.yaml:5:27", "`until` is missing"),
        Wrong(
            .anju, extra("heat_wave: {from: 2026-07-02, until: 2026-07-01}"), at: "anju.yaml:5:53",
            "The heat wave ends before it begins. Nobody would be visited in it"),
        Wrong(
            .anju, extra("heat_wave: {from: 2026-07-01, until: 2026-10-01}"), at: "anju.yaml:5:53",
            "The heat wave lasts more than \(VisitReader.heatWaveLimit) days"),
        Wrong(
            .anju, extra("heat_wave: {from: 2026-07-01, until: 2026-07-02, for: rod}"), at: "anju.yaml:5:70",
            "Did you mean `red`?"),
        Wrong(
            .anju, extra("festivals: 2026-10-01"), at: "anju.yaml:5:15",
            "`extra_visits` does nothing: no home is visited", .warning),
        Wrong(
            .anju,
            extra(
                "heat_wave: ["
                    + (0...Limits.heatWaveLimit).map { _ in "{from: 2026-07-01, until: 2026-07-02}" }
                    .joined(separator: ", ") + "]"), at: "anju.yaml:5:27", "65 heat waves, more than 64"),
        Wrong(
            .anju, extra("festivals: [2026-01-01..2026-12-31, 2027-01-01..2027-01-02]"),
            at: "anju.yaml:5:27", "367 days of festivals, more than \(Limits.festivalLimit)"),
        Wrong(
            .rules, "rules:\n  - {rule: r, when: smoke, alarm: visitOverdue}", at: "rules/rules.yaml:2:35",
            "Only the gateway itself raises `visitOverdue`"),
        Wrong(.anju, anju("pause: {}"), at: "anju.yaml:5:1", "Unknown key `pause` in anju.yaml"),
        Wrong(
            .plans,
            SampleSite().plans.replacing(
                "for: {urgency: [technical]}", with: "for: {urgency: [technical], alarms: [inactivity]}"),
            at: "plans/plans.yaml:8:14", "sends `inactivity` as a digest"),
        Wrong(
            .rules, "rules:\n  - {rule: r, when: smoke, alarm: noCheckIn}", at: "rules/rules.yaml:2:35",
            "Only the gateway itself raises `noCheckIn`"),
    ]
}
