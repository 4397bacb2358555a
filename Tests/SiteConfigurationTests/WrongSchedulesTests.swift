import SafetyModel
import Testing

@testable import SiteConfiguration

struct WrongSchedulesTests {
    @Test(arguments: schedules)
    func `a wrong schedule is reported where it is wrong`(_ wrong: Wrong) throws { try wrong.check() }

    @Test(arguments: messages)
    func `a wrong message is reported where it is wrong`(_ wrong: Wrong) throws { try wrong.check() }

    @Test(arguments: holidays)
    func `a wrong list of holidays is reported where it is wrong`(_ wrong: Wrong) throws {
        try wrong.check()
    }

    private static let file = "rules/rules.yaml"

    /// One rule whose schedule stands in line 5 from column 13 on.
    private static func during(_ schedule: String) -> String {
        WrongPatternsTests.when("contact", "during: \(schedule)")
    }

    private static func row(_ schedule: String, _ column: Int, _ says: String) -> Wrong {
        Wrong(.rules, during(schedule), at: "\(file):5:\(column)", says)
    }

    private static let spans = (0...Limits.spansPerScheduleLimit).map { _ in "01:00-02:00" }

    static let schedules: [Wrong] = [
        row("22:00-22:00", 13, "This schedule never opens"),
        row("[]", 13, "This schedule never opens"),
        row("{weekdays: []}", 24, "This schedule never opens"),
        row("22:00", 13, "should stand a span of the day"),
        row("22:00-5", 13, "should stand a span of the day"),
        row("22:60-05:00", 13, "should stand a span of the day"),
        row("24:00-05:00", 13, "should stand a span of the day"),
        row("1320-300", 13, "should stand a span of the day"),
        row("mon-fri", 13, "Weekdays stand in"),
        row("{times: 22:00-25:00}", 21, "should stand a span of the day"),
        row("{weekdays: monday}", 24, "should stand weekdays"),
        row("{weekdays: mom-fri}", 24, "Did you mean `mon`?"),
        row("{weekday: mon}", 14, "Did you mean `weekdays`?"),
        row("{weekdays: mon-sun}", 13, "`during` is always open"),
        row("{holidays: excludd}", 24, "Did you mean `excluded`?"),
        row("{holidays: only, weekdays: mon-fri}", 30, "`weekdays` does nothing beside `holidays: only`"),
        row("{times: 01:00-02:00, holiday_list: spring}", 48, "does nothing without `holidays`"),
        row("{holidays: only}", 13, "There is no list of holidays"),
        row("{holidays: excluded, holiday_list: spring}", 48, "There is no list of holidays"),
        row(
            "[\(spans.joined(separator: ", "))]", 13,
            "17 spans of one schedule, more than \(Limits.spansPerScheduleLimit)"),
    ]

    static let messages: [Wrong] = [
        message("{zh: 火警, en: \"Fire in {plce}\"}", 28, "Did you mean `{place}`?"),
        message("{en: \"Fire in {floor}\"}", 20, "The placeholders are {home}"),
        message("{en: \"Fire in {place\"}", 20, "a brace without its partner"),
        message("{en: \"Fire in place}\"}", 20, "a brace without its partner"),
        message("{de: Feuer}", 16, "Unknown key `de`"),
        message("Fire", 15, "should stand `messages` as a table"),
        message(
            "{en: \(String(repeating: "x", count: Limits.messageLimit + 1))}", 20,
            "more than \(Limits.messageLimit) bytes"),
    ]

    private static func message(_ text: String, _ column: Int, _ says: String) -> Wrong {
        Wrong(
            .rules, WrongPatternsTests.when("contact", "messages: \(text)"), at: "\(file):5:\(column)", says)
    }

    /// Lists of holidays in line 2 of anju.yaml, from column 11 on.
    private static func list(_ text: String, _ column: Int, _ says: String) -> Wrong {
        Wrong(.anju, "gateway: g\nholidays: \(text)", at: "anju.yaml:2:\(column)", says)
    }

    private static let long = (0...Limits.holidayListLimit).map { "l\($0): 2026-10-01" }
    private static let years = (2_000...2_010).map { "\($0)-01-01..\($0)-12-31" }

    static let holidays: [Wrong] = [
        list("{spring: [2026-02-30]}", 21, "should stand a date or two dates"),
        list("{spring: [2026-2-3]}", 21, "should stand a date or two dates"),
        list("{spring: [2025-02-29]}", 21, "should stand a date or two dates"),
        list("{spring: [2026-02-20..2026-02-17]}", 21, "end before they begin"),
        list("{spring: [2026-02-20..2027-02-21]}", 21, "span more than \(HolidayReader.rangeLimit) days"),
        list("{spring: []}", 20, "is empty"),
        list("[tomorrow]", 12, "should stand a date or two dates"),
        list("{\(long.joined(separator: ", "))}", 11, "65 lists of holidays, more than 64"),
        list(
            "[\(years.joined(separator: ", "))]", 11,
            "4018 days in all lists of holidays, more than \(Limits.holidayLimit)"),
    ]

    @Test func `a holiday list that does not exist is reported with the nearest one`() throws {
        var site = SampleSite()
        site.anju += "\nholidays: {spring-festival: [2027-02-05..2027-02-12]}"
        site.rules = Self.during("{holidays: excluded, holiday_list: spring-festval}")
        let texts = try site.load().diagnostics.map(\.text)
        #expect(texts.contains { $0.hasPrefix("\(Self.file):5:48: error: There is no holiday list") })
        #expect(texts.contains { $0.contains("Did you mean `spring-festival`?") })
    }

    @Test func `a list of holidays that is over is reported`() throws {
        var site = SampleSite()
        site.anju += "\nholidays: [2025-10-01..2025-10-07]"
        site.rules = Self.during("{holidays: only}")
        let texts = try site.load().diagnostics.map(\.text)
        #expect(
            texts.contains { $0.hasPrefix("\(Self.file):5:13: warning: This schedule never opens again") })
    }
}
