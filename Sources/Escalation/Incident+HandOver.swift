import SafetyModel

/// From one person to another, and what people write down.
extension Incident {
    /// The one who has it offers it to somebody else; until he accepts it stays where it is.
    mutating func handOver(
        from person: String, to other: String, situation: EscalationDesk.Situation,
        outcome: inout EscalationDesk.Outcome, find: (String) -> FrozenResponder?
    ) -> CommandAnswer {
        guard phase == .acknowledged || phase == .onScene else { return .refused(.notTakenOver) }
        guard answeredBy == person else { return .refused(.takenByAnother) }
        if other == person { return .accepted(phase: phase) }
        guard let successor = bringIn(other, find: find) else { return .refused(.unknownResponder) }
        dropHandOver()
        handOver = HandOver(to: other, due: situation.now + answerSpan)
        note(.handOverAsked, at: situation.now, responder: person, detail: "to \(other)")
        order(successor, .handOver, about: person, situation: situation, outcome: &outcome)
        return .accepted(phase: phase)
    }

    /// Somebody takes it over: he has the whole time to arrive, and everybody hears who it is now.
    mutating func takeOver(
        by person: String, situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) {
        dropHandOver()
        phase = .acknowledged
        answeredBy = person
        answeredAt = situation.now
        if helpAskedAt == nil { deadline = situation.now + plan.onSceneWithin }
        note(.acknowledged, at: situation.now, responder: person)
        stopAsking()
        inform(.takenOver, about: person, except: person, situation: situation, outcome: &outcome)
    }

    /// Fires when nobody accepted in time.
    mutating func fireHandOver(
        situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) {
        guard let due = handOver?.due, due <= situation.now else { return }
        endHandOver(situation: situation, outcome: &outcome)
    }

    /// Who was offered it did not accept, and the one who had it wants to go: people are called again.
    mutating func endHandOver(
        situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) {
        guard let other = handOver?.to else { return }
        dropHandOver()
        phase = .calling
        answeredBy = nil
        helpAskedAt = nil
        note(.handOverUnanswered, at: situation.now, responder: other)
        let next = min(step + 1, plan.steps.count - 1)
        tellNotified(
            .reminder, about: "", exceptStep: next, round: next == step ? Int64(repeats + 1) : 0,
            situation: situation, outcome: &outcome)
        start(step: next, situation: situation, outcome: &outcome)
    }

    /// Nobody is asked to take it over any more.
    mutating func dropHandOver() {
        handOver = nil
        outstanding.removeAll { $0.order.purpose == .handOver }
    }

    /// Tells those who were notified and whom a step does not call itself.
    mutating func tellNotified(
        _ purpose: NotificationOrder.Purpose, about: String, exceptStep next: Int, round: Int64,
        situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) {
        let called =
            plan.steps.indices.contains(next) ? people(of: plan.steps[next], round: round, situation) : []
        for responder in people
        where notified.contains(responder.id) && !called.contains(where: { $0.id == responder.id }) {
            order(responder, purpose, about: about, situation: situation, outcome: &outcome)
        }
    }

    /// Tells whoever comes second who was first; those who were notified have heard it.
    mutating func tellWhoWasFirst(
        _ person: String, situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome,
        find: (String) -> FrozenResponder?
    ) {
        guard let first = answeredBy, !notified.contains(person), let late = bringIn(person, find: find)
        else { return }
        order(late, .takenOver, about: first, situation: situation, outcome: &outcome)
    }

    /// Writes down what a person says; beyond `PersonCommand.noteLimit` bytes it is cut.
    mutating func write(_ text: String, by person: String, at now: Instant) -> CommandAnswer {
        var kept = text
        while kept.utf8.count > PersonCommand.noteLimit { kept.removeLast() }
        note(.noted, at: now, responder: person, detail: kept)
        return .accepted(phase: phase)
    }

    /// How long the one who is offered it may take to accept.
    private var answerSpan: Duration {
        let current = plan.steps.indices.contains(max(step, 0)) ? plan.steps[max(step, 0)] : nil
        return current.map { $0.turnEvery ?? $0.seenWithin } ?? .minutes(1)
    }

    /// A responder of the plan, or of the site; he hears of the incident from now on.
    private mutating func bringIn(
        _ id: String, find: (String) -> FrozenResponder?
    ) -> FrozenResponder? {
        if let known = people.first(where: { $0.id == id }) { return known.channels.isEmpty ? nil : known }
        guard joined.count < Self.joinedLimit, let found = find(id), !found.channels.isEmpty else {
            return nil
        }
        joined.append(found)
        return found
    }
}
