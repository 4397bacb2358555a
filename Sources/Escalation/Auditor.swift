public import SafetyModel

/// Proves after every input that no chain can end in silence.
public enum Auditor {
    /// What is wrong with a home's incidents, or nil: each open incident has a next deadline and somebody to
    /// call.
    public static func complaint(about desk: EscalationDesk, at now: Instant) -> String? {
        // By place and not one after the other: an incident is large, and this is asked after every input.
        for place in desk.incidents.indices {
            let phase = desk.incidents[place].phase
            let deadline = desk.incidents[place].deadline
            if phase != .closed && deadline == nil {
                return "incident \(desk.incidents[place].id.number) is open without a next deadline"
            }
            if let deadline, deadline <= now {
                return
                    "incident \(desk.incidents[place].id.number) has a deadline that was due and did not fire"
            }
            if phase == .closed && desk.incidents[place].outstanding.isEmpty {
                return "incident \(desk.incidents[place].id.number) is closed and done but still kept"
            }
            if phase != .calling && phase != .closed && desk.incidents[place].answeredBy == nil {
                return "incident \(desk.incidents[place].id.number) is \(phase.name) by nobody"
            }
        }
        return nil
    }
}
