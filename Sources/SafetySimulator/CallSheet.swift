public import Escalation
public import SafetyCore
public import SafetyModel

/// Who is called, when and over which channels, if an alarm comes at a moment and nobody answers.
///
/// The escalation itself plays it, with every order delivered at once: what stands here is what happens.
public struct CallSheet: Hashable, Sendable {
    /// The id of the plan that covers the alarm; nil when none does and everybody is called.
    public var plan: String?
    /// In the order of time.
    public var lines: [Line]
    /// How often the last step is sent again; nil when its last wait is for people who sleep.
    public var repeatsEvery: Duration?

    /// One thing that happens.
    public struct Line: Hashable, Sendable {
        /// From the alarm.
        public var at: Duration
        /// What it is.
        public var event: Event
    }

    /// What happens.
    public enum Event: Hashable, Sendable {
        /// A step starts, by number from 1; the last one again.
        case step(Int, of: Int, isAgain: Bool)
        /// Somebody is to ring the resident: before the first step, or beside the calls.
        case verification(isFirst: Bool)
        /// No shift of a roster runs, so everybody in it or `otherwise` is called.
        case gap(roster: String)
        /// A person is told.
        case told(Person)
        /// A person's order waits until his quiet hours end, so long after the alarm.
        case waits(Person, until: Duration)
    }

    /// Somebody who is called.
    public struct Person: Hashable, Sendable {
        /// His id.
        public var id: String
        /// In which capacity.
        public var role: Role
        /// The names of his channels, best first.
        public var channels: [String]
        /// The roster and the shift for which he is called, as `night-watch: night`; empty without one.
        public var duty: String
        /// What he is asked.
        public var purpose: NotificationOrder.Purpose
    }

    /// The most steps that are played.
    public static let turnLimit = 200

    /// Plays an alarm of a home at a moment.
    public init(
        alarm kind: AlarmKind, urgency: Urgency, home: HomeIndex, at start: WallTime, in site: CompiledSite
    ) {
        let found = site.plan(for: kind, urgency: urgency, home: home)
        plan = found?.id
        lines = []
        repeatsEvery = nil
        guard let found else { return }
        var player = CallPlayer(site: site, start: start)
        player.open(kind, urgency: urgency, home: home, plan: found)
        player.play()
        lines = player.lines
        repeatsEvery = player.repeatsEvery
    }
}

/// Drives one incident to the first repetition of its last step.
private struct CallPlayer {
    let site: CompiledSite
    let start: WallTime
    var now: Instant
    var desk = EscalationDesk()
    var lines: [CallSheet.Line] = []
    var repeatsEvery: Duration?
    /// Timeline entries that are told already.
    private var told = 0

    init(site: CompiledSite, start: WallTime) {
        self.site = site
        self.start = start
        now = Instant(milliseconds: start.milliseconds)
    }

    private func situation(_ plan: EscalationPlan? = nil) -> EscalationDesk.Situation {
        let settings = site.site.settings
        var situation = EscalationDesk.Situation(
            now: now, deliveryPatience: settings.deliveryPatience, triesPerChannel: settings.triesPerChannel,
            calendar: site.site.calendar)
        if case .digest(let minute) = plan?.delivery {
            situation.untilDigest = site.site.calendar.untilNext(
                minuteOfDay: minute, after: situation.wall)
        }
        return situation
    }

    mutating func open(_ kind: AlarmKind, urgency: Urgency, home: HomeIndex, plan: EscalationPlan) {
        var outcome = EscalationDesk.Outcome()
        var next: Int64 = 1
        let change = AlarmChange(
            alarm: AlarmID(1), home: home, kind: kind, urgency: urgency, rule: "", change: .raised,
            evidence: Evidence(device: "", place: "", signal: nil, reading: nil, quality: .live, at: now))
        let site = self.site
        _ = desk.apply(
            change, plan: plan.id, nextIncident: &next, situation: situation(plan), outcome: &outcome
        ) {
            PlanBook.freeze(
                plan, home: site.site.community.homes[home.int], among: site.people, for: kind,
                urgency: urgency, number: 1)
        }
        settle(outcome.orders)
    }

    /// Lets time pass until the last step begins for the third time; that one is not told.
    mutating func play() {
        var firstAgain: Instant?
        for _ in 0..<CallSheet.turnLimit {
            guard let incident = desk.incidents.first, let due = desk.nextDeadline else { return }
            if incident.repeats > 0, firstAgain == nil { firstAgain = now }
            // A step of which nobody has his turn is over with its deadline.
            if incident.repeats > 0, incident.turned.isEmpty {
                repeatsEvery = incident.deadline.map { $0 - now }
                return
            }
            now = due
            var outcome = EscalationDesk.Outcome()
            desk.fireDue(situation: situation(), outcome: &outcome)
            if let firstAgain, let repeated = desk.incidents.first?.repeats, repeated > 1 {
                repeatsEvery = now - firstAgain
                return
            }
            settle(outcome.orders)
        }
    }

    /// Writes down what happened, and delivers every order.
    private mutating func settle(_ orders: [NotificationOrder]) {
        guard let incident = desk.incidents.first else { return }
        var waiting = orders[...]
        for entry in incident.timeline.dropFirst(told) {
            if let event = event(of: entry, in: incident, orders: &waiting) {
                lines.append(
                    CallSheet.Line(at: now - Instant(milliseconds: start.milliseconds), event: event))
            }
        }
        for order in orders {
            var outcome = EscalationDesk.Outcome()
            desk.apply(
                DeliveryReport(order: order.id, attempt: order.attempt, result: .delivered),
                situation: situation(), outcome: &outcome)
        }
        told = desk.incidents.first?.timeline.count ?? 0
    }

    private func event(
        of entry: TimelineEntry, in incident: Incident, orders: inout ArraySlice<NotificationOrder>
    ) -> CallSheet.Event? {
        switch entry.event {
        case .stepStarted, .stepRepeated:
            return .step(
                number(in: entry.detail), of: incident.plan.steps.count,
                isAgain: entry.event == .stepRepeated)
        case .verificationStarted:
            return .verification(isFirst: incident.plan.verification?.isFirst ?? false)
        case .nobodyOnDuty: return .gap(roster: entry.detail)
        case .ordered:
            guard let order = orders.popFirst() else { return nil }
            return .told(person(order.responder, order.purpose, in: incident))
        case .orderWaits:
            let waiting = incident.outstanding.first {
                $0.order.responder == entry.responder && $0.order.attempt == 0
            }
            guard let waiting else { return nil }
            return .waits(
                person(entry.responder, waiting.order.purpose, in: incident),
                until: waiting.deadline - Instant(milliseconds: start.milliseconds))
        default: return nil
        }
    }

    /// The number in "step 2 of 3".
    private func number(in detail: String) -> Int {
        let words = detail.split(separator: " ")
        return words.count > 1 ? Int(words[1]) ?? 0 : 0
    }

    private func person(
        _ id: String, _ purpose: NotificationOrder.Purpose, in incident: Incident
    ) -> CallSheet.Person {
        let known = incident.people.first { $0.id == id }
        return CallSheet.Person(
            id: id, role: known?.role ?? .supervisor, channels: known?.channels.map(\.channel) ?? [],
            duty: purpose == .verify
                ? duty(of: id, incident.plan.verification?.targets ?? [])
                : duty(of: id, incident.step >= 0 ? incident.plan.steps[incident.step].targets : []),
            purpose: purpose)
    }

    /// The roster and the shift for which somebody is called.
    private func duty(of id: String, _ targets: [FrozenTarget]) -> String {
        for case .roster(let roster) in targets {
            let duty = roster.roster.duty(at: situation().wall, in: site.site.calendar)
            guard duty.people.contains(id) else { continue }
            let names = roster.roster.shiftNames(of: id, at: situation().wall, in: site.site.calendar)
            return names.isEmpty ? roster.roster.id : "\(roster.roster.id): \(names.joined(separator: ", "))"
        }
        return ""
    }
}
