import SafetyModel

/// Who is called in a step, the call to the resident, and those who sleep.
extension Incident {
    /// The people of a step at this moment, each once: rosters say who is on duty.
    func people(
        of step: FrozenStep, round: Int64, _ situation: EscalationDesk.Situation
    ) -> [FrozenResponder] {
        step.targets.flatMap {
            $0.called(round: round, at: situation.wall, in: situation.calendar)
        }.uniqued
    }

    /// Writes down which rosters have nobody on duty; others are called for them.
    mutating func noteGaps(of step: FrozenStep, _ situation: EscalationDesk.Situation) {
        for case .roster(let roster) in step.targets
        where roster.roster.duty(at: situation.wall, in: situation.calendar).isGap {
            note(.nobodyOnDuty, at: situation.now, detail: roster.roster.id)
        }
    }

    /// Calls the next one of a step in turn.
    ///
    /// - Returns: false when the step is not in turn, or everybody had his turn.
    mutating func callNextInTurn(
        situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) -> Bool {
        guard phase == .calling, plan.steps.indices.contains(step), let span = plan.steps[step].turnEvery
        else { return false }
        // Whoever is on duty now: a shift may have changed since the step began.
        let next = people(of: plan.steps[step], round: Int64(repeats), situation).first { person in
            !turned.contains(person.id) && !person.channels.isEmpty
                && quietEnd(of: person, situation: situation) == nil
        }
        guard let next else { return false }
        turned.append(next.id)
        stepDeliveries = 0
        deadline = situation.now + span
        order(
            next, wasCalled(next.id) ? .reminder : .alarm, situation: situation, outcome: &outcome)
        return true
    }

    /// Asks somebody to ring the resident.
    ///
    /// - Returns: whether anybody can be asked.
    @discardableResult
    mutating func verify(
        situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) -> Bool {
        guard let verification = plan.verification else { return false }
        let verifiers = verification.targets.flatMap {
            $0.called(round: 0, at: situation.wall, in: situation.calendar)
        }.uniqued.filter { !$0.channels.isEmpty && quietEnd(of: $0, situation: situation) == nil }
        guard !verifiers.isEmpty else { return false }
        let end = situation.now + min(verification.within, EscalationPlan.Verification.withinLimit)
        verifyingUntil = end
        note(
            .verificationStarted, at: situation.now,
            detail: verification.isFirst ? "before step 1" : "beside the calls")
        for verifier in verifiers { order(verifier, .verify, situation: situation, outcome: &outcome) }
        return true
    }

    /// Whether an answer of this person says that he is ringing the resident, and not that he goes there.
    ///
    /// Only while that is waited for, and only of one whom no step has called.
    func isVerifying(_ person: String, at now: Instant) -> Bool {
        guard phase == .calling, let end = verifyingUntil, now < end else { return false }
        guard let verification = plan.verification,
            verification.targets.flatMap(\.everyone).contains(where: { $0.id == person })
        else { return false }
        return !plan.steps.prefix(step + 1).flatMap(\.responders).contains { $0.id == person }
    }

    /// Whether somebody was called before; who was only asked to ring the resident has heard no alarm yet.
    func wasCalled(_ person: String) -> Bool {
        guard notified.contains(person) else { return false }
        guard repeats == 0, let verification = plan.verification,
            verification.targets.flatMap(\.everyone).contains(where: { $0.id == person })
        else { return true }
        return plan.steps.prefix(max(step, 0)).flatMap(\.responders).contains { $0.id == person }
    }

    /// When a responder may be woken; nil when he may be now: life safety and urgent matters never wait.
    func quietEnd(of responder: FrozenResponder, situation: EscalationDesk.Situation) -> Instant? {
        guard let quiet = responder.quiet, urgency >= .routine else { return nil }
        let hours = Schedule(spans: [quiet])
        guard hours.isOpen(at: situation.wall, in: situation.calendar) else { return nil }
        let end = hours.nextClosing(after: situation.wall, in: situation.calendar)
        return end.map { Instant(milliseconds: $0.milliseconds - situation.wallOffsetMilliseconds) }
    }

    /// Whether an order of this kind waits for him already; it then says the newest.
    mutating func isAsleep(
        _ responder: String, for purpose: NotificationOrder.Purpose, about: String
    ) -> Bool {
        let found = outstanding.firstIndex { waiting in
            waiting.order.responder == responder && waiting.order.attempt == 0
                && (waiting.order.purpose == purpose || waiting.order.purpose.isCall && purpose.isCall)
        }
        guard let found else { return false }
        if outstanding[found].order.purpose == purpose { outstanding[found].order.about = about }
        return true
    }

    /// Until when an order that waits has to wait on: the wall clock may have moved meanwhile.
    func stillQuiet(_ waiting: OutstandingOrder, situation: EscalationDesk.Situation) -> Instant? {
        people.first { $0.id == waiting.order.responder }.flatMap {
            quietEnd(of: $0, situation: situation)
        }
    }

    /// It has become pressing: sends what waits for the morning, and the next step comes as soon as by day.
    mutating func hurry(
        situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) {
        if phase == .calling, plan.steps.indices.contains(step) {
            let soon = situation.now + plan.steps[step].seenWithin
            deadline = min(deadline ?? soon, soon)
        }
        for place in outstanding.indices where outstanding[place].order.attempt == 0 {
            outstanding[place].order.urgency = urgency
            outstanding[place].order.orderedAt = situation.now
            sendAgain(place, situation: situation, outcome: &outcome)
        }
    }
}
