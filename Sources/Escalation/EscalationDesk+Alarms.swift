public import SafetyModel

extension EscalationDesk {
    /// Takes in what happened to an alarm: opens an incident, or tells the people of the one that is open.
    ///
    /// - Parameter freeze: makes the plan of this id with its people; only called when an incident opens.
    /// - Returns: the incident that handles the alarm, or nil for a restored alarm without one.
    public mutating func apply(
        _ change: AlarmChange, plan: String, nextIncident: inout Int64, situation: Situation,
        outcome: inout Outcome, freeze: () -> FrozenPlan
    ) -> IncidentID? {
        if change.change == .restored { return restore(change, situation: situation, outcome: &outcome) }
        if let place = incidents.firstIndex(where: { $0.takes(change, plan: plan) }) {
            update(place, &outcome) { incident, outcome in
                incident.join(change, situation: situation, outcome: &outcome)
            }
            return incidents[place].id
        }
        let id = IncidentID(nextIncident)
        nextIncident += 1
        incidents.append(Incident(opening: change, id: id, plan: freeze(), at: situation.now))
        update(incidents.count - 1, &outcome) { incident, outcome in
            incident.begin(situation: situation, outcome: &outcome)
        }
        return id
    }

    /// Records that somebody pressed the cancel key; it stops nothing.
    public mutating func noteCancel(device: String, situation: Situation, outcome: inout Outcome) {
        for place in incidents.indices where incidents[place].isOpen {
            update(place, &outcome) { incident, _ in
                incident.note(.cancelPressed, at: situation.now, detail: device)
            }
        }
    }

    private mutating func restore(
        _ change: AlarmChange, situation: Situation, outcome: inout Outcome
    ) -> IncidentID? {
        let holder = incidents.firstIndex { incident in
            incident.isOpen && incident.alarms.contains { $0.id == change.alarm }
        }
        guard let place = holder else { return nil }
        update(place, &outcome) { incident, _ in
            for index in incident.alarms.indices where incident.alarms[index].id == change.alarm {
                incident.alarms[index].isActive = false
                incident.alarms[index].add(change.evidence)
            }
            incident.note(.alarmRestored, at: situation.now, detail: Incident.detail(of: change))
        }
        return incidents[place].id
    }
}

extension Incident {
    /// A new incident for its first alarm.
    init(opening change: AlarmChange, id: IncidentID, plan: FrozenPlan, at now: Instant) {
        self.id = id
        home = change.home
        kind = change.kind
        urgency = change.urgency
        openedAt = now
        phase = .calling
        self.plan = plan
        step = -1
        turned = []
        joined = []
        repeats = 0
        stepDeliveries = 0
        unreached = []
        revision = 0
        alarms = [IncidentAlarm(change, at: now)]
        outstanding = []
        notified = []
        timeline = []
        orderCount = 0
        droppedEntries = 0
        note(.opened, at: now, detail: Self.detail(of: change))
    }

    /// Whether an alarm of this plan belongs to this incident.
    ///
    /// A digest that was sent is complete: a trouble that comes later waits for the next one, as its own
    /// incident.
    fileprivate func takes(_ change: AlarmChange, plan id: String) -> Bool {
        guard isOpen, plan.id == id else { return false }
        guard case .digest = plan.delivery, change.urgency == .technical, step >= 0 else { return true }
        return alarms.contains { $0.id == change.alarm }
    }

    /// Starts the first step, or waits for the hour of the digest or for a verification; only troubles and
    /// what welfare and vitals say can wait.
    mutating func begin(situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome) {
        if case .digest = plan.delivery, urgency == .technical {
            deadline = situation.now + situation.untilDigest
        } else if plan.verification?.isFirst == true,
            EscalationPlan.Verification.mayDelay(kind, urgency: urgency),
            verify(situation: situation, outcome: &outcome)
        {
            deadline = verifyingUntil
        } else {
            start(step: 0, situation: situation, outcome: &outcome)
            if plan.verification?.isFirst == false { verify(situation: situation, outcome: &outcome) }
        }
    }

    /// Takes a further alarm, or a further press of one, into the open incident; life safety is told at once.
    mutating func join(
        _ change: AlarmChange, situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) {
        let isNewKind = !alarms.contains { $0.kind == change.kind }
        let couldWait = urgency >= .routine
        record(change, at: situation.now)
        if change.urgency < urgency || (change.urgency == urgency && isNewKind && !alarms[0].isActive) {
            urgency = min(urgency, change.urgency)
            kind = change.kind
        }
        if couldWait, urgency < .routine { hurry(situation: situation, outcome: &outcome) }
        if step < 0 && phase == .calling {
            let mayWait =
                verifyingUntil == nil
                ? change.urgency == .technical
                : EscalationPlan.Verification.mayDelay(change.kind, urgency: change.urgency)
            if !mayWait { start(step: 0, situation: situation, outcome: &outcome) }
        } else if isNewKind && phase != .calling {
            // Having taken over the first hazard says nothing about the second: somebody must answer again.
            phase = .calling
            answeredBy = nil
            helpAskedAt = nil
            dropHandOver()
            let called = plan.steps.first.map { people(of: $0, round: 0, situation) } ?? []
            for responder in people
            where notified.contains(responder.id) && !called.contains(where: { $0.id == responder.id }) {
                order(responder, .alarmAgain, situation: situation, outcome: &outcome)
            }
            start(step: 0, purpose: .alarmAgain, situation: situation, outcome: &outcome)
        } else if isNewKind
            || change.urgency == .lifeSafety && outstanding.count < EscalationDesk.outstandingLimit
        {
            tellAgain(situation: situation, outcome: &outcome)
        }
    }

    private mutating func record(_ change: AlarmChange, at now: Instant) {
        if let index = alarms.firstIndex(where: { $0.id == change.alarm }) {
            alarms[index].raiseCount += 1
            alarms[index].isActive = true
            alarms[index].add(change.evidence)
            note(.alarmRaisedAgain, at: now, detail: Self.detail(of: change))
        } else {
            alarms.append(IncidentAlarm(change, at: now))
            note(.alarmRaised, at: now, detail: Self.detail(of: change))
        }
    }

    private mutating func tellAgain(
        situation: EscalationDesk.Situation, outcome: inout EscalationDesk.Outcome
    ) {
        for responder in people where notified.contains(responder.id) {
            // An order of this moment that has not left yet names this alarm too: one piece of news.
            let isTold = outstanding.contains { known in
                known.order.responder == responder.id && known.order.orderedAt == situation.now
                    && (known.order.purpose == .alarm || known.order.purpose == .alarmAgain)
                    && (situation.unsent.contains(known.order.id)
                        || outcome.orders.contains { $0.id == known.order.id })
            }
            if isTold { continue }
            order(responder, .alarmAgain, situation: situation, outcome: &outcome)
        }
    }

    static func detail(of change: AlarmChange) -> String {
        var words = "\(change.kind.name) by \(change.rule)"
        if !change.evidence.device.isEmpty { words += ", \(change.evidence.device)" }
        if change.lateBy > EscalationDesk.lateLimit {
            words += ", late by \(change.lateBy.wholeMilliseconds / 1_000) s"
        }
        return words
    }
}

extension IncidentAlarm {
    /// Keeps an observation: the first stays, of the others the newest.
    mutating func add(_ item: Evidence) {
        if evidence.count >= Self.evidenceLimit { evidence.remove(at: 1) }
        evidence.append(item)
    }
}
