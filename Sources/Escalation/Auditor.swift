public import SafetyModel

/// Proves after every input that no chain can end in silence.
public enum Auditor {
    /// What is wrong with a home's incidents, or nil: each open incident has a next deadline and somebody to
    /// call.
    public static func complaint(about desk: EscalationDesk, at now: Instant) -> String? {
        // By place: an incident is large, and this is asked after every input.
        for place in desk.incidents.indices {
            if let complaint = complaint(aboutIncident: desk.incidents[place], at: now) {
                return "incident \(desk.incidents[place].id.number) \(complaint)"
            }
        }
        return nil
    }

    private static func complaint(aboutIncident incident: borrowing Incident, at now: Instant) -> String? {
        let phase = incident.phase
        if phase != .closed && incident.deadline == nil { return "is open without a next deadline" }
        if let deadline = incident.nextDeadline, deadline <= now {
            return "has a deadline that was due and did not fire"
        }
        if phase == .closed && incident.outstanding.isEmpty { return "is closed and done but still kept" }
        if phase != .calling && phase != .closed && incident.answeredBy == nil {
            return "is \(phase.name) by nobody"
        }
        return complaint(aboutWaiting: incident, at: now)
    }

    /// The waits that a plan may ask for are bounded: for the resident, for a turn, for an offer's answer.
    private static func complaint(aboutWaiting incident: borrowing Incident, at now: Instant) -> String? {
        if incident.handOver != nil && (incident.answeredBy == nil || incident.phase == .closed) {
            return "is handed over by nobody"
        }
        guard incident.phase == .calling, let deadline = incident.deadline else { return nil }
        let wait = deadline - now
        if incident.step < 0, incident.verifyingUntil != nil {
            if wait > EscalationPlan.Verification.withinLimit { return "waits too long for a verification" }
            if incident.urgency == .lifeSafety { return "waits for a verification while life is at stake" }
        }
        if !incident.turned.isEmpty, incident.plan.steps.indices.contains(incident.step),
            let span = incident.plan.steps[incident.step].turnEvery, wait > span
        {
            return "waits too long for a turn"
        }
        let orders = incident.outstanding.filter { $0.order.attempt == 0 }
        if incident.urgency < .routine && !orders.isEmpty { return "lets pressing orders wait" }
        return nil
    }
}
