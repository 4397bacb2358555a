import SafetyModel

extension EscalationDesk {
    /// Takes in what a person does.
    ///
    /// - Parameter find: a responder of the site by id, for people who are not in the incident's plan.
    public mutating func apply(
        _ command: PersonCommand, situation: Situation, outcome: inout Outcome,
        find: (String) -> FrozenResponder? = { _ in nil }
    ) -> CommandAnswer {
        guard let place = incidents.firstIndex(where: { $0.id == command.incident }) else {
            return .refused(.unknownIncident)
        }
        guard incidents[place].isOpen else { return .refused(.alreadyClosed) }
        var answer = CommandAnswer.refused(.unavailable)
        let before = incidents[place]
        let ordersBefore = outcome.orders.count
        update(place, &outcome) { incident, outcome in
            answer = incident.apply(command, situation: situation, outcome: &outcome, find: find)
        }
        let phase = incidents[place].phase
        // Whoever comes second may be told who was first; all else that is refused changes nothing.
        if case .refused = answer, outcome.orders.count == ordersBefore {
            incidents[place] = before
            outcome.touched.removeAll { $0 == before.id }
        }
        if phase == .closed { sweep(&outcome) }
        return answer
    }

    /// Takes in what a channel reports; a report of an order or attempt that is over changes nothing.
    public mutating func apply(_ report: DeliveryReport, situation: Situation, outcome: inout Outcome) {
        guard let place = incidents.firstIndex(where: { $0.id == report.order.incident }),
            let order = incidents[place].outstanding.firstIndex(where: {
                $0.order.id == report.order && $0.order.attempt == report.attempt && !$0.isWaiting
            })
        else { return }
        update(place, &outcome) { incident, outcome in
            switch report.result {
            case .delivered:
                incident.deliver(order, at: situation.now)
            case .failed(let reason):
                incident.fail(
                    order, reason: reason, isFinalForChannel: false, situation: situation, outcome: &outcome)
            case .rejected(let reason):
                incident.fail(
                    order, reason: reason, isFinalForChannel: true, situation: situation, outcome: &outcome)
            }
        }
        sweep(&outcome)
    }

    /// Fires what is due.
    public mutating func fireDue(situation: Situation, outcome: inout Outcome) {
        for place in incidents.indices {
            let isDue =
                incidents[place].nextDeadline.map { $0 <= situation.now } == true
                || incidents[place].outstanding.contains { $0.deadline <= situation.now }
            guard isDue else { continue }
            update(place, &outcome) { incident, outcome in
                incident.fireOrders(situation: situation, outcome: &outcome)
                incident.fireHandOver(situation: situation, outcome: &outcome)
                incident.fireDeadline(situation: situation, outcome: &outcome)
            }
        }
        sweep(&outcome)
    }
}

extension Incident {
    fileprivate mutating func apply(
        _ command: PersonCommand, situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome,
        find: (String) -> FrozenResponder?
    ) -> CommandAnswer {
        switch command.act {
        case .acknowledge:
            acknowledge(command.responder, situation: situation, outcome: &outcome, find: find)
        case .onScene: arrive(command.responder, situation: situation, outcome: &outcome)
        case .needHelp: callForHelp(command.responder, situation: situation, outcome: &outcome)
        case .close(let disposition):
            close(command.responder, disposition, situation: situation, outcome: &outcome)
        case .handOver(let other):
            handOver(
                from: command.responder, to: other, situation: situation, outcome: &outcome, find: find)
        case .note(let text):
            write(text, by: command.responder, at: situation.now)
        }
    }

    private mutating func acknowledge(
        _ person: String, situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome,
        find: (String) -> FrozenResponder?
    ) -> CommandAnswer {
        if answeredBy == person { return .accepted(phase: phase) }
        if handOver?.to == person {
            takeOver(by: person, situation: situation, outcome: &outcome)
            return .accepted(phase: phase)
        }
        if isVerifying(person, at: situation.now) {
            note(.verifying, at: situation.now, responder: person)
            return .accepted(phase: phase)
        }
        if helpAskedAt != nil && phase != .calling {
            comeToHelp(person, .acknowledged, situation: situation, outcome: &outcome)
            return .accepted(phase: phase)
        }
        guard phase == .calling else {
            tellWhoWasFirst(person, situation: situation, outcome: &outcome, find: find)
            return .refused(.takenByAnother)
        }
        hearCallForHelp(by: person)
        takeOver(by: person, situation: situation, outcome: &outcome)
        return .accepted(phase: phase)
    }

    private mutating func arrive(
        _ person: String, situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) -> CommandAnswer {
        if handOver?.to == person { takeOver(by: person, situation: situation, outcome: &outcome) }
        if phase == .onScene {
            if answeredBy != person { comeToHelp(person, .onScene, situation: situation, outcome: &outcome) }
            return .accepted(phase: phase)
        }
        hearCallForHelp(by: person)
        phase = .onScene
        dropHandOver()
        if answeredAt == nil || answeredBy == nil { answeredAt = situation.now }
        answeredBy = person
        onSceneAt = situation.now
        if helpAskedAt == nil { deadline = situation.now + plan.closeWithin }
        note(.onScene, at: situation.now, responder: person)
        stopAsking()
        inform(.onScene, about: person, except: person, situation: situation, outcome: &outcome)
        return .accepted(phase: phase)
    }

    /// Calls the next step, and again until somebody comes.
    private mutating func callForHelp(
        _ person: String, situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) -> CommandAnswer {
        note(.helpRequested, at: situation.now, responder: person)
        helpAskedAt = situation.now
        if outstanding.count < EscalationDesk.outstandingLimit {
            sendForHelp(about: person, situation: situation, outcome: &outcome)
        }
        return .accepted(phase: phase)
    }

    private mutating func sendForHelp(
        about person: String, situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) {
        let next = min(step + 1, plan.steps.count - 1)
        guard plan.steps.indices.contains(next) else { return }
        let span = next == step ? plan.repeatLastEvery : plan.steps[next].seenWithin
        let round = next == step ? Int64(repeats) : 0
        step = next
        deadline = situation.now + (plan.steps[next].turnEvery ?? span)
        let called = plan.steps[...next].flatMap { people(of: $0, round: round, situation) }.uniqued
        // Help is asked of everybody at once: nobody waits for his turn any more.
        turned = plan.steps[next].turnEvery == nil ? [] : called.map(\.id)
        for responder in called where responder.id != person {
            order(responder, .needHelp, about: person, situation: situation, outcome: &outcome)
        }
    }

    /// A second person answers or arrives: the call for help is heard, everybody hears who it is.
    private mutating func comeToHelp(
        _ person: String, _ event: TimelineEntry.Event, situation: EscalationDesk.Situation,
        outcome: inout EscalationDesk.Outcome
    ) {
        note(event, at: situation.now, responder: person)
        if hearCallForHelp(by: person) {
            deadline = situation.now + (phase == .onScene ? plan.closeWithin : plan.onSceneWithin)
        }
        inform(
            event == .onScene ? .onScene : .takenOver, about: person, except: person, situation: situation,
            outcome: &outcome)
    }

    /// Whoever comes is the help that was asked for, unless he asked himself: then it is still missing.
    ///
    /// - Returns: whether a call for help is over.
    @discardableResult
    private mutating func hearCallForHelp(by person: String) -> Bool {
        guard helpAskedAt != nil,
            timeline.last(where: { $0.event == .helpRequested })?.responder != person
        else { return false }
        helpAskedAt = nil
        outstanding.removeAll { $0.order.purpose == .needHelp }
        return true
    }

    private mutating func close(
        _ person: String, _ disposition: Disposition, situation: EscalationDesk.Situation,
        outcome: inout EscalationDesk.Outcome
    ) -> CommandAnswer {
        phase = .closed
        helpAskedAt = nil
        handOver = nil
        verifyingUntil = nil
        turned = []
        self.disposition = disposition
        closedAt = situation.now
        deadline = nil
        outstanding.removeAll()
        note(.closed, at: situation.now, responder: person, detail: disposition.name)
        inform(.closed, about: person, except: person, situation: situation, outcome: &outcome)
        return .accepted(phase: phase)
    }

    /// Orders that asked for an answer are over when somebody has answered.
    mutating func stopAsking() {
        outstanding.removeAll { $0.order.purpose.asksForAnswer && $0.order.purpose != .needHelp }
    }

    fileprivate mutating func deliver(_ place: Int, at now: Instant) {
        let delivered = outstanding.remove(at: place)
        if delivered.step == step && delivered.order.purpose.isCall { stepDeliveries += 1 }
        unreached.removeAll { $0 == delivered.order.responder }
        note(
            .delivered, at: now, responder: delivered.order.responder,
            detail: "\(delivered.order.purpose.name) over \(delivered.order.channel)")
    }

    fileprivate mutating func fireOrders(
        situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) {
        for due in outstanding where due.deadline <= situation.now {
            guard let place = outstanding.firstIndex(where: { $0.order.id == due.order.id }) else { continue }
            if due.isWaiting {
                sendAgain(place, situation: situation, outcome: &outcome)
            } else {
                fail(
                    place, reason: "no report over \(due.order.channel)", isFinalForChannel: false,
                    situation: situation, outcome: &outcome)
            }
        }
    }

    fileprivate mutating func fireDeadline(
        situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) {
        guard let due = deadline, due <= situation.now else { return }
        let late = situation.now - due
        if helpAskedAt != nil, phase != .calling, let person = answeredBy {
            note(.stepRepeated, at: situation.now, responder: person, detail: "help" + Self.lateness(late))
            sendForHelp(about: person, situation: situation, outcome: &outcome)
            return
        }
        switch phase {
        case .calling:
            if callNextInTurn(situation: situation, outcome: &outcome) { return }
            start(
                step: min(step + 1, plan.steps.count - 1), situation: situation, outcome: &outcome,
                lateBy: late)
        case .acknowledged:
            takeBack(lateBy: late, situation: situation, outcome: &outcome)
        case .onScene:
            note(.closingOverdue, at: situation.now, detail: "not closed" + Self.lateness(late))
            deadline = situation.now + plan.closeWithin
            remindToClose(situation: situation, outcome: &outcome)
        case .closed:
            deadline = nil
        }
    }

    /// The one who answered has not arrived: everybody hears it, and the next step is called.
    private mutating func takeBack(
        lateBy: Duration, situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) {
        let person = answeredBy ?? ""
        phase = .calling
        answeredBy = nil
        helpAskedAt = nil
        dropHandOver()
        note(
            .acknowledgementStale, at: situation.now, responder: person,
            detail: "not on scene in time" + Self.lateness(lateBy))
        let next = min(step + 1, plan.steps.count - 1)
        tellNotified(
            .takenBack, about: person, exceptStep: next, round: 0, situation: situation, outcome: &outcome)
        start(
            step: next, purpose: .takenBack, about: person, situation: situation, outcome: &outcome,
            lateBy: lateBy)
    }

    /// Reminds the one on scene; when he is nobody of the plan, everybody who was told.
    private mutating func remindToClose(
        situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) {
        let people = self.people
        let onScene = people.filter { $0.id == answeredBy }
        for responder in onScene.isEmpty ? people.filter({ notified.contains($0.id) }) : onScene {
            order(responder, .reminder, situation: situation, outcome: &outcome)
        }
    }
}
