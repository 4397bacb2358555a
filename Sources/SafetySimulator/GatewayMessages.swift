import FoundationEssentials

/// What the gateway publishes, as far as virtual responders and the terminal read it.
public enum GatewayMessages {
    /// Reads the retained state of a home: `anju/<gateway>/incidents/<home>`.
    public static func board(_ payload: [UInt8]) -> IncidentBoard? { read(payload) }

    /// Reads an order: `anju/<gateway>/orders/<responder>`.
    public static func order(_ payload: [UInt8]) -> HeardOrder? { read(payload) }

    /// Reads the answer to a command: `anju/<gateway>/answers/<responder>`.
    public static func answer(_ payload: [UInt8]) -> HeardAnswer? { read(payload) }

    private static func read<Message: Decodable>(_ payload: [UInt8]) -> Message? {
        try? JSONDecoder().decode(Message.self, from: Data(payload))
    }
}

/// All incidents of one home: the open ones and the one closed last.
public struct IncidentBoard: Decodable, Sendable {
    /// The home concerned.
    public var home: HomeReference
    /// Incidents that nobody has closed.
    public var open: [IncidentView]
    /// The incident that was closed last, where there is one.
    public var closed: [IncidentView]?
}

/// A home as messages name it.
public struct HomeReference: Decodable, Hashable, Sendable {
    /// Its number or id.
    public var id: String
    /// What people call it.
    public var name: String?
}

/// One incident as it stands.
public struct IncidentView: Decodable, Sendable {
    /// Its number or id.
    public var id: Int64
    /// The kind of alarm.
    public var kind: String
    /// How pressing it is.
    public var urgency: String
    /// How far it has come.
    public var phase: String
    /// When it was opened, RFC 3339.
    public var openedAt: String
    /// The id of the responder who took it over.
    public var answeredBy: String?
    /// How it ended.
    public var disposition: String?
    /// The step that was sent last, from 0.
    public var step: Int?
    /// Its alarms, oldest first.
    public var alarms: [AlarmView]?

    /// One alarm of an incident.
    public struct AlarmView: Decodable, Sendable {
        /// The kind of alarm.
        public var kind: String
        /// The rule that raised it.
        public var rule: String
        /// Whether its condition still stands.
        public var isActive: Bool
        /// The observations that made it.
        public var evidence: [EvidenceView]?
    }

    /// One observation that made an alarm.
    public struct EvidenceView: Decodable, Sendable {
        /// The device's id.
        public var device: String
        /// Where the device stands.
        public var place: String?
        /// What it said something about.
        public var signal: String?
    }
}

/// An order as its responder hears it.
public struct HeardOrder: Decodable, Sendable {
    /// The order's id; the same when it is sent again.
    public var order: String
    /// The incident's number.
    public var incident: Int64
    /// The home concerned.
    public var home: HomeReference
    /// What the responder is told.
    public var purpose: String
    /// The kind of alarm.
    public var kind: String
    /// How pressing it is.
    public var urgency: String
    /// Tells the tries of one order apart.
    public var attempt: Int
    /// When it was ordered first, RFC 3339.
    public var orderedAt: String

    /// Whether the responder is asked to answer.
    public var asksForAnswer: Bool {
        ["alarm", "alarmAgain", "reminder", "takenBack", "needHelp", "handOver"].contains(purpose)
    }
}

/// What became of a command.
public struct HeardAnswer: Decodable, Sendable {
    /// The command's own reference.
    public var reference: String?
    /// The incident's number.
    public var incident: Int64?
    /// `accepted` or `refused`.
    public var result: String
    /// Why it was refused.
    public var reason: String?

    /// Whether the gateway took the command in.
    public var isAccepted: Bool { result == "accepted" }
}
