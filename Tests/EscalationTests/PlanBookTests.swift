import Escalation
import SafetyModel
import Testing

/// Which plan covers an alarm, and whom it calls.
struct PlanBookTests {
    private static func plan(
        _ id: String, alarms: [AlarmKind] = [], urgencies: [Urgency] = [], homes: [String] = [],
        areas: [String] = []
    ) -> EscalationPlan {
        EscalationPlan(id: id, alarms: alarms, urgencies: urgencies, homes: homes, areas: areas, steps: [])
    }

    private let book = PlanBook(plans: [
        plan("urgency", urgencies: [.lifeSafety]), plan("kind", alarms: [.fire]),
        plan("kind-later", alarms: [.fire]), plan("kind-area", alarms: [.fire], areas: ["east"]),
        plan("kind-home", alarms: [.fire], homes: ["h1"]),
        plan("urgency-home", urgencies: [.lifeSafety], homes: ["h1"]),
    ])

    @Test(
        arguments: [
            (AlarmKind.fire, Urgency.lifeSafety, "h1", "east", "kind-home"),
            (.fire, .lifeSafety, "h2", "east", "kind-area"), (.fire, .lifeSafety, "h2", "west", "kind"),
            (.sos, .lifeSafety, "h1", "west", "urgency-home"), (.sos, .lifeSafety, "h2", "west", "urgency"),
            (.sos, .routine, "h2", "west", nil), (.fire, .technical, "h2", "", "kind"),
        ] as [(AlarmKind, Urgency, String, String, String?)])
    func `kind before urgency, home before area before all, then the order of the files`(
        kind: AlarmKind, urgency: Urgency, home: String, area: String, found: String?
    ) {
        #expect(book.plan(for: kind, urgency: urgency, home: home, area: area)?.id == found)
    }

    @Test func `a role without a contact means those who answer for the area, each person once`() {
        func person(_ id: String, areas: [String]) -> Responder {
            Responder(
                id: id, name: id, role: .station, areas: areas,
                channels: [ChannelAddress(channel: "mqtt", address: id)])
        }
        let people = ResponderDirectory([
            person("all", areas: []), person("east", areas: ["east"]), person("west", areas: ["west"]),
        ])
        let plan = EscalationPlan(
            id: "p",
            steps: [
                EscalationPlan.Step(
                    notify: [.role(.station), .person("east"), .person("nobody"), .role(.centre)],
                    seenWithin: .seconds(60))
            ])
        let frozen = PlanBook.freeze(plan, home: Home(id: "h", name: "h", area: "east"), among: people)
        #expect(frozen.steps[0].responders.map(\.id) == ["all", "east"])
    }
}
