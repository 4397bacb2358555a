import SafetyCore
import SafetyModel
import Testing
import Welfare

@testable import SiteConfiguration

/// Inactivity, check-in, pause and the outside door, as files say them.
struct WelfareReadingTests {
    /// The sample site with a motion sensor in its home and more lines in both files.
    private static func site(
        anju: String = "", home: String = "", devices: String = "", hasMotion: Bool = true
    ) -> SampleSite {
        var site = SampleSite()
        if !anju.isEmpty { site.anju += "\n" + anju }
        if !home.isEmpty {
            site.homes = site.homes.replacing("    area: north", with: "    area: north\n    " + home)
        }
        if hasMotion { site.homes += "\n      - {device: m, profile: zigbee2mqtt/motion}" }
        if !devices.isEmpty { site.homes += "\n      " + devices }
        return site
    }

    private static func plan(_ site: SampleSite) throws -> WelfarePlan? {
        let result = try site.load()
        #expect(result.diagnostics.map(\.text).filter { !$0.contains("No rule listens") } == [])
        return try #require(result.installation).site.welfare.dropFirst().first ?? nil
    }

    @Test func `a home with a motion sensor is watched by the usual limits`() throws {
        let plan = try #require(try Self.plan(Self.site()))
        #expect(plan == WelfarePlan(inactivity: InactivityDraft.usual))
        #expect(plan.inactivity?.fixedLimit(minuteOfDay: 12 * 60) == .hours(8))
        #expect(plan.inactivity?.fixedLimit(minuteOfDay: 23 * 60) == .hours(10))
        #expect(plan.inactivity?.preAlertLead == .zero)
        #expect(plan.inactivity?.isLearned == true)
    }

    @Test func `a site in which nobody can be watched has no plans at all`() throws {
        #expect(try #require(try Self.site(hasMotion: false).load().installation).site.welfare.isEmpty)
    }

    @Test(arguments: [
        ("inactivity: off", "", nil as Duration?), ("", "inactivity: off", nil),
        ("inactivity: {by_day: 6 h}", "", .hours(6)),
        ("inactivity: {by_day: 6 h}", "inactivity: on", .hours(6)),
        ("inactivity: off", "inactivity: on", .hours(8)),
        ("inactivity: {by_day: 6 h}", "inactivity: {by_day: 5 h}", .hours(5)),
        ("inactivity: {by_day: 6 h}", "inactivity: {by_night: 9 h}", .hours(6)),
    ])
    func `a home's own words go before the main file's`(_ anju: String, _ home: String, _ byDay: Duration?)
        throws
    {
        #expect(try Self.plan(Self.site(anju: anju, home: home))?.inactivity?.otherwise == byDay)
    }

    @Test func `every figure can be set`() throws {
        let words =
            "inactivity: {by_day: 5 h, by_night: 9 h, ceiling: 10 h, ask_before: 20 min, learned: false, "
            + "away_ceiling: 48 h}"
        let plan = try #require(try Self.plan(Self.site(home: words)))
        #expect(
            plan.inactivity
                == InactivityPlan(
                    fixedLimits: [.init(span: InactivityDraft.night, limit: .hours(9))], otherwise: .hours(5),
                    ceiling: .hours(10), preAlertLead: .minutes(20), awayCeiling: .hours(48),
                    isLearned: false))
    }

    @Test(arguments: [
        ("check_in: {before: 09:00}", "", 540 as Int?), ("", "check_in: {before: 08:30}", 510),
        ("check_in: {before: 09:00}", "check_in: off", nil),
    ])
    func `a check-in has a time of the day`(_ anju: String, _ home: String, _ minute: Int?) throws {
        #expect(try Self.plan(Self.site(anju: anju, home: home))?.checkInMinute == minute)
    }

    /// 2026-11-01.
    private static let november: Int32 = 20_758

    @Test func `a pause is from its first to its last day`() throws {
        let words = "pause: {from: 2026-11-01, until: 2026-11-14, why: hospital}"
        let pause = WelfarePlan.Pause(days: Self.november...(Self.november + 13), reason: "hospital")
        #expect(try Self.plan(Self.site(home: words))?.pauses == [pause])
    }

    @Test func `a home pauses while all of its residents are away`() throws {
        var site = Self.site()
        site.homes = site.homes.replacing(
            "resident: Li",
            with: """
                residents:
                      - {name: Li, pause: {from: 2026-11-01, until: 2026-11-10, why: hospital}}
                      - {name: Xu, pause: {from: 2026-11-08, until: 2026-11-20}}
                """)
        let days = (Self.november + 7)...(Self.november + 9)
        #expect(try Self.plan(site)?.pauses == [WelfarePlan.Pause(days: days, reason: "hospital")])
        site.homes = site.homes.replacing(", pause: {from: 2026-11-08, until: 2026-11-20}", with: "")
        #expect(try Self.plan(site)?.pauses == [])
    }

    @Test(arguments: [
        ("place: entrance", true), ("place: 门口", true), ("place: balcony", false),
        ("place: entrance, outside_door: false", false), ("place: balcony, outside_door: true", true),
    ])
    func `the outside door is guessed by its place unless the file says it`(_ words: String, isOutside: Bool)
        throws
    {
        let site = Self.site(devices: "- {device: d, profile: zigbee2mqtt/contact, \(words)}")
        let result = try site.load()
        #expect(result.diagnostics.map(\.text) == [])
        let devices = try #require(result.installation).site.community.devices
        #expect(devices.first { $0.id == "d" }?.isOutsideDoor == isOutside)
    }

    @Test func `welfare is the same after it was bytes`() throws {
        let site = Self.site(
            anju: "check_in: {before: 09:00}\nvisits: orange\nextra_visits: {festivals: 2026-10-01}",
            home: "pause: {from: 2026-11-01, until: 2026-11-14, why: x}",
            devices: "- {device: d, profile: zigbee2mqtt/contact, place: entrance}")
        let installation = try #require(try site.load().installation)
        var writer = ByteWriter()
        writer.write(installation)
        var reader = ByteReader(writer.bytes)
        let copy = try Installation(from: &reader)
        #expect(copy.site.welfare == installation.site.welfare)
        #expect(copy.site.visitCalendar == installation.site.visitCalendar)
        #expect(copy.site.visitCalendar != VisitCalendar() && copy.site.welfare[1]?.visits == .weekly)
        #expect(copy.site.welfare.count == 2 && copy.site.welfare[1] != nil)
        #expect(copy.site.community.devices.map(\.isOutsideDoor).contains(true))
    }

    @Test func `alarms of welfare need a plan like all others`() throws {
        var site = Self.site()
        site.plans = site.plans.replacing(", routine", with: "")
        let texts = try site.load().diagnostics.map(\.text)
        #expect(
            texts.contains { $0.contains("No plan covers the alarm `areYouWell` (routine) of the home h1") },
            "\(texts)")
        site = Self.site(home: "inactivity: off")
        site.plans = site.plans.replacing(", routine", with: "")
        #expect(try !site.load().diagnostics.contains { $0.text.contains("areYouWell") })
    }

    @Test(arguments: [
        ("", "", nil as VisitCycle?), ("visits: yellow", "", .monthly), ("visits: monthly", "", .monthly),
        ("visits: yellow", "visits: red", .daily), ("visits: yellow", "visits: off", nil),
        ("visits: off", "visits: Half-yearly", .halfYearly), ("", "visits: blue", .quarterly),
        ("", "visits: green", .halfYearly), ("", "visits: orange", .weekly),
    ])
    func `a home is visited by its colour, else by the main file's`(
        _ anju: String, _ home: String, _ cycle: VisitCycle?
    ) throws { #expect(try Self.plan(Self.site(anju: anju, home: home))?.visits == cycle) }

    @Test func `extra visits are read with their days and colours`() throws {
        let words = """
            visits: red
            extra_visits:
              after_change: false
              heat_wave: [{from: 2026-11-01, until: 2026-11-02}, {from: 2026-11-05, until: 2026-11-05, for: red}]
              festivals: [2026-11-09..2026-11-10, 2026-11-03]
            """
        let site = try #require(try Self.site(anju: words).load().installation).site
        let day = Self.november
        #expect(
            site.visitCalendar
                == VisitCalendar(
                    followsChanges: false,
                    heatWaves: [
                        .init(days: day...(day + 1)), .init(days: (day + 4)...(day + 4), cycles: [.daily]),
                    ],
                    festivals: [day + 2, day + 8, day + 9]))
        #expect(try #require(try Self.site().load().installation).site.visitCalendar == VisitCalendar())
    }

    @Test func `every home needs a plan for a visit after an incident`() throws {
        var site = SampleSite()
        site.plans = site.plans.replacing(", routine", with: "")
        let texts = try site.load().diagnostics.map(\.text)
        #expect(
            texts.contains { $0.contains("No plan covers the alarm `visitOverdue` (routine)") }, "\(texts)")
    }
}
