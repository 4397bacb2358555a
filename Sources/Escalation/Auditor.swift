public import SafetyModel

/// Proves after every input that no chain can end in silence.
public enum Auditor {
    /// What is wrong with a home's incidents, or nil: each open incident has a next deadline and somebody to
    /// call.
    public static func complaint(about desk: EscalationDesk, at now: Instant) -> String? {
        for incident in desk.incidents {
            if incident.isOpen && incident.deadline == nil {
                return "incident \(incident.id.number) is open without a next deadline"
            }
            if let deadline = incident.deadline, deadline <= now {
                return "incident \(incident.id.number) has a deadline that was due and did not fire"
            }
            if !incident.isOpen && incident.outstanding.isEmpty {
                return "incident \(incident.id.number) is closed and done but still kept"
            }
            if incident.phase != .calling && incident.phase != .closed && incident.answeredBy == nil {
                return "incident \(incident.id.number) is \(incident.phase.name) by nobody"
            }
        }
        return nil
    }
}
