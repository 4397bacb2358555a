import Escalation
import SafetyCore
import SafetyModel
import Testing

@testable import SiteConfiguration

/// Groups, rosters, quiet hours, steps in turn and verification: what files say, and how to get it wrong.
struct DutyTests {
    private static let people = """
        responders:
          - {responder: centre-1, role: centre}
          - {responder: station-1, role: station, quiet: "22:00-07:00"}
          - {responder: tech-1, role: technician}
        groups:
          - {group: grid, members: [station-1, tech-1]}
        rosters:
          - roster: watch
            shifts:
              - {shift: day, during: "07:00-22:00", people: [station-1]}
              - {shift: night, during: "22:00-07:00", people: [tech-1]}
            hand_over: 15 min
            overrides:
              - {dates: 2026-10-01..2026-10-03, shift: night, people: [station-1]}
            otherwise: [centre-1]
        """

    private static let plan = """
        plans:
          - plan: all
            for: {urgency: [lifeSafety, urgent, routine]}
            steps: [{notify: [centre, {roster: watch}, {group: grid}, {one_of: [station, {person: tech-1}]}]}]
            verify: {by: centre, within: 60 s, before: [inactivity]}
          - plan: tech
            for: {urgency: [technical]}
            steps: [{notify: [{group: grid}], in_turn: true, each: 50 s}]
        """

    private static var site: SampleSite {
        var site = SampleSite()
        site.homes = site.homes.replacing("resident: Li", with: "resident: {name: Li, telephone: \"100\"}")
        site.responders = people
        site.plans = plan
        return site
    }

    @Test func `what the files say is what the site holds, also when it was stored`() throws {
        let result = try Self.site.load()
        #expect(result.diagnostics.map(\.text) == [])
        let site = try #require(result.installation).site
        #expect(site.groups == [ResponderGroup(id: "grid", members: ["station-1", "tech-1"])])
        let roster = try #require(site.rosters.first)
        #expect(roster.shifts.map(\.name) == ["day", "night"])
        #expect(roster.shifts[1].hours.spans == [Schedule.Span(from: 1_320, until: 420)])
        #expect(roster.handOver == .minutes(15))
        #expect(roster.otherwise == ["centre-1"])
        #expect(
            roster.overrides == [
                Roster.Override(days: 20_727...20_729, shift: "night", people: ["station-1"])
            ]
        )
        #expect(site.community.responders[1].quiet == Schedule.Span(from: 1_320, until: 420))
        let first = site.plans[0]
        #expect(
            first.steps[0].notify == [
                .role(.centre), .roster("watch"), .group("grid"),
                .oneOf([.role(.station), .person("tech-1")]),
            ])
        #expect(
            first.verification
                == EscalationPlan.Verification(
                    by: [.role(.centre)], within: .seconds(60), before: [.inactivity]))
        #expect(site.plans[1].steps[0].turnEvery == .seconds(50))
        var writer = ByteWriter()
        writer.write(try #require(result.installation))
        var reader = ByteReader(writer.bytes)
        let stored = try reader.read(Installation.self).site
        #expect(stored.groups == site.groups && stored.rosters == site.rosters && stored.plans == site.plans)
        #expect(stored.community.responders[1].quiet == site.community.responders[1].quiet)
    }

    /// One line of the people or plans changed, and what must be said where.
    struct Slip: Sendable, CustomTestStringConvertible {
        var old: String
        var new: String
        var place: String
        var says: String
        var severity = Diagnostic.Severity.error
        var testDescription: String { "\(place): \(says)" }
    }

    static let slips: [Slip] = [
        Slip(
            old: "members: [station-1, tech-1]", new: "members: [station-2, tech-1]",
            place: "responders.yaml:6:29", says: "Did you mean `station-1`?"),
        Slip(
            old: "members: [station-1, tech-1]", new: "members: []", place: "responders.yaml:6:28",
            says: "The group `grid` is empty"),
        Slip(
            old: "{roster: watch}", new: "{roster: wach}", place: "plans/plans.yaml:4:40",
            says: "Did you mean `watch`?"),
        Slip(
            old: "centre, {roster: watch}, {group: grid}", new: "centre, {roster: watch}, {group: grd}",
            place: "plans/plans.yaml:4:56", says: "Did you mean `grid`?"),
        Slip(
            old: "[tech-1]}\n    hand", new: "[teck-1]}\n    hand", place: "responders.yaml:11:56",
            says: "no responder `teck-1`"),
        Slip(
            old: "\"22:00-07:00\", people", new: "\"21:00-07:00\", people", place: "responders.yaml:8:13",
            says: "The shifts day and night of the roster watch overlap from 2026-09-22 21:00"),
        Slip(
            old: "    otherwise: [centre-1]", new: "    otherwise: []", place: "", says: ""),
        Slip(
            old: "people: [tech-1]", new: "people: []", place: "responders.yaml:11:9",
            says: "Nobody works in the shift"),
        Slip(
            old: "shift: night, people: [station-1]", new: "shift: nigth, people: [station-1]",
            place: "responders.yaml:14:48", says: "Did you mean `night`?"),
        Slip(
            old: "2026-10-01..2026-10-03", new: "2025-10-01..2025-10-03", place: "responders.yaml:14:17",
            says: "These dates are over", severity: .warning),
        Slip(
            old: "2026-10-01..2026-10-03", new: "2026-10-03..2026-10-01", place: "responders.yaml:14:17",
            says: "end before they begin"),
        Slip(
            old: "during: \"22:00-07:00\"", new: "during: {times: \"22:00-07:00\", weekdays: mon}",
            place: "responders.yaml:14:17", says: "No shift begins on these dates"),
        Slip(
            old: "hand_over: 15 min", new: "hand_over: 3 h", place: "responders.yaml:12:16",
            says: "outside its range"),
        Slip(
            old: "quiet: \"22:00-07:00\"", new: "quiet: \"22:00\"", place: "responders.yaml:3:50",
            says: "Here should stand a span of the day"),
        Slip(
            old: "within: 60 s", new: "within: 2 min", place: "plans/plans.yaml:5:34",
            says: "Write a time from 10 s to 90 s."),
        Slip(
            old: "before: [inactivity]", new: "before: [fire]", place: "plans/plans.yaml:5:49",
            says: "lets `fire` wait for a verification"),
        Slip(
            old: "before: [inactivity]", new: "before: [waterLeak]", place: "plans/plans.yaml:5:49",
            says: "Only inactivity, vitals and troubles may wait"),
        Slip(
            old: "before: [inactivity]", new: "before: [inactivty]", place: "plans/plans.yaml:5:49",
            says: "Did you mean `inactivity`?"),
        Slip(
            old: "{notify: [centre,", new: "{in_turn: true, each: 45 s, notify: [centre,",
            place: "plans/plans.yaml:4:13", says: "calls one after the other in step 1"),
        Slip(
            old: "in_turn: true, each: 50 s", new: "each: 50 s", place: "plans/plans.yaml:8:39",
            says: "`each` does nothing without `in_turn`"),
        Slip(
            old: "each: 50 s", new: "seen_within: 50 s", place: "plans/plans.yaml:8:54",
            says: "`seen_within` does nothing beside `in_turn`"),
        Slip(
            old: "[station, {person: tech-1}]", new: "[station, {roster: watch}]",
            place: "plans/plans.yaml:4:82", says: "roles, people and groups only"),
        Slip(
            old: "[centre, {roster: watch}, {group: grid}, {one_of: [station, {person: tech-1}]}]",
            new: "[{one_of: [centre, station]}]", place: "plans/plans.yaml:4:13",
            says: "reaches no rescue centre"),
        Slip(
            old: "in_turn: true, each: 50 s}]",
            new: "in_turn: true}]\n    deliver: digest at 09:00\n    verify: {by: centre}",
            place: "plans/plans.yaml:10:13", says: "`verify` does nothing in a digest"),
    ]

    @Test(arguments: slips) func `a slip is reported where it is`(slip: Slip) throws {
        var site = Self.site
        #expect((site.responders + site.plans).contains(slip.old))
        site.responders = site.responders.replacing(slip.old, with: slip.new)
        site.plans = site.plans.replacing(slip.old, with: slip.new)
        let result = try site.load()
        guard !slip.place.isEmpty else {
            #expect(result.diagnostics.map(\.text) == [], "a roster without a gap needs nobody otherwise")
            return
        }
        result.expect(slip.says, slip.severity) { $0 == slip.place }
    }

    @Test(arguments: [("    otherwise: [centre-1]", ""), ("", "    otherwise: [centre-1]")])
    func `a gap of the coming year is told with its dates, unless others are named for it`(
        old: String, otherwise: String
    ) throws {
        var site = Self.site
        site.responders = site.responders.replacing("    otherwise: [centre-1]", with: otherwise)
            .replacing("22:00-07:00\", people", with: "22:00-06:30\", people")
        let told = try site.load().diagnostics.map(\.text)
        guard otherwise.isEmpty else { return #expect(told == []) }
        #expect(told.count == 1)
        #expect(
            told[0].contains("from 2026-09-22 06:30 to 2026-09-22 07:00, and 363 more times within a year"))
        #expect(told[0].contains("warning"))
    }

    @Test func `homes without a telephone are told once a plan`() throws {
        var site = Self.site
        let other = "- {home: h2, resident: Wu, devices: [{device: s, profile: zigbee2mqtt/sos}]}"
        site.homes += "\n  \(other)"
        let told = try site.load().diagnostics.map(\.text)
        #expect(told.count == 1)
        #expect(told.first?.contains("Nobody can ring the residents of the home h2") == true)
        site.homes = SampleSite().homes
        #expect(try site.load().diagnostics.map(\.text) == [], "where no telephone is known none is missing")
    }

    @Test func `dates are written as they are read`() {
        for text in ["1970-01-01", "2000-02-29", "2026-12-31", "2199-03-01"] {
            #expect(CivilDay.number(of: text, years: 1_970...2_199).map(CivilDay.text) == text)
        }
    }

    private static func many(_ count: Int, _ text: (Int) -> String) -> String {
        (0..<count).map(text).joined(separator: ", ")
    }

    static let limits: [(text: String, says: String)] = [
        (
            "groups: [\(many(Limits.groupLimit + 1) { "{group: g\($0), members: [centre-1]}" })]",
            "2001 groups, more than 2000"
        ),
        (
            "groups: [{group: g, members: [\(many(Limits.membersPerGroupLimit + 1) { _ in "centre-1" })]}]",
            "65 members of one group, more than 64"
        ),
        (
            "rosters: [\(many(Limits.rosterLimit + 1) { "{roster: r\($0), shifts: [{shift: s, people: [x]}]}" })]",
            "501 rosters, more than 500"
        ),
        (
            "rosters: [{roster: r, shifts: [\(many(Limits.shiftsPerRosterLimit + 1) { "{shift: s\($0), people: [x]}" })]}]",
            "33 shifts, more than 32"
        ),
        (
            "rosters: [{roster: r, shifts: [{shift: s, people: "
                + "[\(many(Limits.peoplePerRosterLimit + 1) { _ in "x" })]}]}]",
            "129 people named in one roster, more than 128"
        ),
        (
            "rosters: [{roster: r, shifts: [{shift: s, people: [x]}], overrides: "
                + many(Limits.overridesPerRosterLimit + 1) {
                    "\($0 == 0 ? "[" : ""){dates: 2026-10-01, people: [x]}"
                }
                + "]}]",
            "257 overrides, more than 256"
        ),
    ]

    @Test(arguments: limits) func `a file holds at most so much`(text: String, says: String) throws {
        var site = SampleSite()
        site.others["profiles/duty.yaml"] = text
        site.homes = SampleSite().homes
        let told = try site.load().diagnostics.map(\.text)
        #expect(told.contains { $0.contains(says) }, "\(told.prefix(5))")
    }
}
