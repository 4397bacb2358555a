public import Escalation
public import SafetyModel

/// How far an incident has come, in few words, for what the home itself is told.
public struct IncidentStanding: Hashable, Sendable {
    /// The incident concerned.
    public var id: IncidentID
    /// The home's id.
    public var home: String
    /// The kind of its most pressing alarm.
    public var kind: AlarmKind
    /// How pressing it is.
    public var urgency: Urgency
    /// How far it has come.
    public var phase: Incident.Phase
    /// The name of the one who has taken it over; empty while nobody has.
    public var answeredBy: String

    /// Makes one from its parts.
    public init(
        id: IncidentID, home: String, kind: AlarmKind, urgency: Urgency, phase: Incident.Phase,
        answeredBy: String
    ) {
        self.id = id
        self.home = home
        self.kind = kind
        self.urgency = urgency
        self.phase = phase
        self.answeredBy = answeredBy
    }
}
