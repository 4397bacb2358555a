import Escalation
import SafetyModel
import Testing

/// One incident at a desk in virtual time; every order is delivered unless `answer` says otherwise.
struct DeskStory {
    var desk = EscalationDesk()
    var now: Instant
    var plan: FrozenPlan
    var calendar = CivilCalendar.utc
    /// What a channel answers; nil means that no report comes.
    var answer: (NotificationOrder) -> DeliveryReport.Result? = { _ in .delivered }
    private(set) var orders: [NotificationOrder] = []
    private var toldUntil = 0
    private var next: Int64 = 1

    /// 2026-01-05, a Monday, 00:00 UTC.
    static let monday = Instant(milliseconds: 1_767_571_200_000)

    init(_ plan: FrozenPlan, at now: Instant = DeskStory.monday + .hours(12)) {
        self.plan = plan
        self.now = now
    }

    static func person(_ id: String, quiet: Schedule.Span? = nil) -> FrozenResponder {
        FrozenResponder(
            id: id, role: .gridWorker, channels: [ChannelAddress(channel: "mqtt", address: id)], quiet: quiet)
    }

    static func step(
        _ people: [FrozenResponder], seen: Duration = .seconds(60), each: Duration? = nil
    ) -> FrozenStep {
        FrozenStep(targets: people.map { .person($0) }, seenWithin: seen, turnEvery: each)
    }

    static func plan(_ steps: [FrozenStep], verification: FrozenVerification? = nil) -> FrozenPlan {
        FrozenPlan(
            id: "p", steps: steps, repeatLastEvery: .minutes(2), onSceneWithin: .minutes(15),
            closeWithin: .hours(2), delivery: .atOnce, verification: verification)
    }

    var incident: Incident? { desk.incidents.first }

    private var situation: EscalationDesk.Situation {
        EscalationDesk.Situation(
            now: now, deliveryPatience: .seconds(10), triesPerChannel: 1, calendar: calendar)
    }

    mutating func raise(_ kind: AlarmKind = .sos, _ urgency: Urgency = .lifeSafety, alarm: Int64 = 1) {
        let change = AlarmChange(
            alarm: AlarmID(alarm), home: HomeIndex(1), kind: kind, urgency: urgency, rule: "r",
            change: .raised,
            evidence: Evidence(device: "d", place: "", signal: nil, reading: nil, quality: .live, at: now))
        var outcome = EscalationDesk.Outcome()
        let plan = self.plan
        _ = desk.apply(change, plan: "p", nextIncident: &next, situation: situation, outcome: &outcome) {
            plan
        }
        settle(outcome)
    }

    /// Time passes; everything due fires at its moment.
    mutating func wait(_ span: Duration) {
        let end = now + span
        while let due = desk.nextDeadline, due <= end {
            now = due
            var outcome = EscalationDesk.Outcome()
            desk.fireDue(situation: situation, outcome: &outcome)
            settle(outcome)
        }
        now = end
    }

    @discardableResult
    mutating func person(
        _ who: String, _ act: PersonCommand.Act, knowing others: [FrozenResponder] = []
    ) -> CommandAnswer {
        var outcome = EscalationDesk.Outcome()
        let command = PersonCommand(incident: IncidentID(1), responder: who, act: act, origin: "test")
        let answer = desk.apply(command, situation: situation, outcome: &outcome) { id in
            others.first { $0.id == id }
        }
        settle(outcome)
        return answer
    }

    private mutating func settle(_ outcome: EscalationDesk.Outcome) {
        orders += outcome.orders
        for order in outcome.orders {
            guard let result = answer(order) else { continue }
            var more = EscalationDesk.Outcome()
            desk.apply(
                DeliveryReport(order: order.id, attempt: order.attempt, result: result), situation: situation,
                outcome: &more)
            settle(more)
        }
        #expect(Auditor.complaint(about: desk, at: now) == nil)
    }

    /// Orders since the last question, as "who purpose".
    mutating func told() -> [String] {
        defer { toldUntil = orders.count }
        return orders[toldUntil...].map { "\($0.responder) \($0.purpose.name)" }
    }

    /// The timeline as words.
    var timeline: [String] { incident?.timeline.map(\.event.name) ?? [] }
}
