import Testing

@testable import SiteConfiguration

struct WrongPlansTests {
    @Test(arguments: plans + responders)
    func `a wrong plan or responder is reported where it is wrong`(_ wrong: Wrong) throws {
        try wrong.check()
    }

    /// The two good plans with a line changed: plan `all` stands in lines 2 to 4, `tech` in 5 to 8.
    private static func with(_ old: String, _ new: String) -> String {
        SampleSite().plans.replacing(old, with: new)
    }

    private static let step = "steps: [{notify: [centre, station], seen_within: 60 s}]"
    private static let covers = "for: {urgency: [lifeSafety, urgent, routine]}"

    static let plans: [Wrong] = [
        Wrong(.plans, "", at: "anju.yaml:1:10", "There is no plan that can be used"),
        Wrong(.plans, with(covers, "for: {}"), at: "plans/plans.yaml:3:10", "covers no alarm"),
        Wrong(
            .plans, with(covers, "urgency: [urgent]"), at: "plans/plans.yaml:2:5",
            "`for` is missing in a plan"),
        Wrong(
            .plans, with("lifeSafety,", "lifesafty,"), at: "plans/plans.yaml:3:21",
            "Did you mean `lifeSafety`?"),
        Wrong(
            .plans, with(covers, "for: {urgency: [urgent, routine]}"), at: "homes/homes.yaml:2:11",
            "No plan covers the alarm `fire` (lifeSafety) of the home h1"),
        Wrong(
            .plans, with(covers, "for: {urgency: [lifeSafety]}"), at: "homes/homes.yaml:2:11",
            "No plan covers the alarm `homeUnprotected`"),
        Wrong(
            .plans, with(covers, "for: {urgency: [lifeSafety]}"), at: "anju.yaml:1:10",
            "No plan covers the alarm `gatewayTrouble` (urgent) of the gateway itself"),
        Wrong(
            .plans, with("[technical]", "[routine]"), at: "homes/homes.yaml:2:11",
            "No plan covers the alarm `deviceLost` (technical)"),
        Wrong(
            .plans, with(step, "steps: [{notify: [station], seen_within: 60 s}]"),
            at: "plans/plans.yaml:4:13",
            "reaches no rescue centre"),
        Wrong(
            .plans, with(step, "steps: [{notify: [centre]}, {notify: [station]}]"),
            at: "plans/plans.yaml:4:33",
            "calls somebody only in a later step"),
        Wrong(
            .plans, with(step, "steps: [{notify: [centre, station]}, {notify: [family]}]"),
            at: "plans/plans.yaml:4:42",
            "Step 2 of the plan all reaches nobody in the gateway itself and 1 homes"),
        Wrong(
            .plans, with(step, "steps: []"), at: "homes/homes.yaml:2:11", "No plan covers the alarm `fire`"),
        Wrong(
            .plans, with("centre, station", "center, station"), at: "plans/plans.yaml:4:23",
            "Did you mean `centre`?"),
        Wrong(
            .plans, with("centre, station", "centre, {person: sation-1}"), at: "plans/plans.yaml:4:40",
            "no responder `sation-1`"),
        Wrong(
            .plans, with("60 s", "1 s"), at: "plans/plans.yaml:4:54",
            "`seen_within` is 1 s, outside its range"),
        Wrong(
            .plans, with("60 s", "6 min"), at: "plans/plans.yaml:4:13",
            "is slow in step 1, and life is at stake"),
        Wrong(
            .plans, with(step, step + "\n    repeat_last_every: 6 min"), at: "plans/plans.yaml:2:11",
            "repeats its last step every 6 min, and life is at stake"),
        Wrong(.plans, with("60 s", "60"), at: "plans/plans.yaml:4:54", "should be a length of time"),
        Wrong(
            .plans, with("09:00", "25:00"), at: "plans/plans.yaml:8:14",
            "Write `at once`, or `digest at 09:00`"),
        Wrong(.plans, with("digest at 09:00", "digest"), at: "plans/plans.yaml:8:14", "`deliver` cannot be"),
        Wrong(
            .plans, with("[technical]}", "[technical], alarms: [waterLeak]}"), at: "plans/plans.yaml:8:14",
            "sends `waterLeak` as a digest"),
        Wrong(
            .plans, with("[technical]}", "[technical, urgent]}"), at: "plans/plans.yaml:8:14",
            "sends `urgent` as a digest"),
        Wrong(
            .plans, with("[technical]}", "[technical], alarms: [firre]}"), at: "plans/plans.yaml:6:42",
            "Did you mean `fire`?"),
        Wrong(
            .plans, with("[technical]}", "[technical], homes: [h2]}"), at: "plans/plans.yaml:6:41",
            "There is no home `h2`"),
        Wrong(
            .plans, with("[technical]}", "[technical], areas: [nord]}"), at: "plans/plans.yaml:6:41",
            "No home stands in the area `nord`", .warning),
        Wrong(.plans, with("plan: tech", "plan: all"), at: "plans/plans.yaml:5:11", "already a plan `all`"),
        Wrong(
            .plans, with("steps: [{notify: [tech", "stpes: [{notify: [tech"), at: "plans/plans.yaml:7:5",
            "Did you mean `steps`?"),
    ]

    private static let three = SampleSite().responders

    static let responders: [Wrong] = [
        Wrong(.responders, three + "\n  - {responder: x}", at: "responders.yaml:5:5", "`role` is missing"),
        Wrong(
            .responders, three + "\n  - {responder: x, role: friend}", at: "responders.yaml:5:26",
            "`role` cannot be"),
        Wrong(
            .responders, three + "\n  - {responder: tech-1, role: family}", at: "responders.yaml:5:17",
            "already a responder `tech-1` at"),
        Wrong(
            .responders, three + "\n  - {responder: x, role: family, channels: [sms]}",
            at: "responders.yaml:5:45",
            "Nobody configured the channel `sms`"),
        Wrong(
            .responders, three + "\n  - {responder: x, role: family, channels: [{channel: mqt}]}",
            at: "responders.yaml:5:55", "Did you mean `mqtt`?"),
        Wrong(
            .responders, three + "\n  - {responder: \"#\", role: family}", at: "responders.yaml:5:17",
            "holds `#`"),
        Wrong(
            .responders, three.replacing("role: technician", with: "role: family"),
            at: "plans/plans.yaml:7:13",
            "There is no technician for it"),
    ]
}
