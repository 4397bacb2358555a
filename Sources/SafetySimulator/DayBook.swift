public import SafetyModel

/// What the virtual day has shown so far: every incident with its calls and phases, as heard over MQTT.
public struct DayBook: Sendable {
    /// In the order of opening.
    public private(set) var incidents: [Record] = []
    /// Incidents of before, which are nobody's concern here.
    private var passedOver: [Int64] = []

    /// A day on which nothing has happened yet.
    public init() {}

    /// One incident.
    public struct Record: Sendable {
        /// Its number.
        public var id: Int64
        /// The home's id.
        public var home: String
        /// The kind of its most pressing alarm.
        public var kind: String
        /// How pressing it is.
        public var urgency: String
        /// How far it has come: calling, acknowledged, onScene, closed.
        public var phase: String
        /// When the gateway opened it, as the gateway writes it.
        public var openedAt: String
        /// How it ended, once it is closed.
        public var disposition: String?
        /// The id of the responder who took it over.
        public var answeredBy: String?
        /// First calls, in the order of hearing.
        public var calls: [Call] = []
        /// When each phase was seen, in virtual time.
        public var openedSeenAt: Instant
        /// When the present phase was seen, in virtual time.
        public var phaseSince: Instant
        /// How long after opening somebody took over, was on scene, closed; nil until then.
        public var seenAfter: Duration?
        /// How long after opening somebody was there; nil until then.
        public var onSceneAfter: Duration?
        /// How long after opening it was closed; nil until then.
        public var closedAfter: Duration?
        /// Alarms known so far, as kind and rule.
        public var alarms: [String]
    }

    /// The first time a responder was asked.
    public struct Call: Hashable, Sendable {
        /// The responder's id.
        public var responder: String
        /// When the gateway ordered it, as the gateway writes it.
        public var orderedAt: String
    }

    /// What the terminal tells.
    public enum Happening: Sendable {
        case opened(Record, place: String)
        case alarmAdded(Record, kind: String, rule: String)
        /// First calls that came together.
        case told(Record, responders: [String])
        case acknowledged(Record, after: Duration)
        case takenBack(Record)
        case onScene(Record, after: Duration)
        case closed(Record, after: Duration)
    }

    /// Incidents that nobody has closed.
    public var openCount: Int { incidents.count { $0.phase != "closed" } }

    /// Leaves out what was there before the day began.
    public mutating func passOver(_ board: IncidentBoard) {
        passedOver += (board.open + (board.closed ?? [])).map(\.id)
    }

    /// Takes in a home's published state.
    public mutating func see(_ board: IncidentBoard, at now: Instant) -> [Happening] {
        (board.open + (board.closed ?? [])).sorted { $0.id < $1.id }.flatMap {
            see($0, home: board.home.id, at: now)
        }
    }

    private mutating func see(_ view: IncidentView, home: String, at now: Instant) -> [Happening] {
        guard !passedOver.contains(view.id) else { return [] }
        guard let index = incidents.firstIndex(where: { $0.id == view.id }) else {
            return open(view, home: home, at: now)
        }
        var found: [Happening] = []
        incidents[index].kind = view.kind
        incidents[index].urgency = view.urgency
        for alarm in view.alarms ?? [] where !incidents[index].alarms.contains("\(alarm.kind) \(alarm.rule)")
        {
            incidents[index].alarms.append("\(alarm.kind) \(alarm.rule)")
            found.append(.alarmAdded(incidents[index], kind: alarm.kind, rule: alarm.rule))
        }
        guard incidents[index].phase != view.phase else { return found }
        let since = now - incidents[index].phaseSince
        incidents[index].phase = view.phase
        incidents[index].phaseSince = now
        incidents[index].answeredBy = view.answeredBy ?? incidents[index].answeredBy
        incidents[index].disposition = view.disposition
        return found + [turn(index, since: since, sinceOpening: now - incidents[index].openedSeenAt)]
    }

    /// Notes when a phase was reached.
    private mutating func turn(_ index: Int, since: Duration, sinceOpening: Duration) -> Happening {
        switch incidents[index].phase {
        case "acknowledged":
            incidents[index].seenAfter = incidents[index].seenAfter ?? sinceOpening
            return .acknowledged(incidents[index], after: since)
        case "onScene":
            incidents[index].onSceneAfter = sinceOpening
            return .onScene(incidents[index], after: since)
        case "closed":
            incidents[index].closedAfter = sinceOpening
            return .closed(incidents[index], after: sinceOpening)
        default: return .takenBack(incidents[index])
        }
    }

    private mutating func open(_ view: IncidentView, home: String, at now: Instant) -> [Happening] {
        let alarms = view.alarms ?? []
        var record = Record(
            id: view.id, home: home, kind: view.kind, urgency: view.urgency, phase: "calling",
            openedAt: view.openedAt, openedSeenAt: now, phaseSince: now,
            alarms: alarms.map { "\($0.kind) \($0.rule)" })
        record.calls = early.filter { $0.incident == view.id }.map(\.call)
        early.removeAll { $0.incident == view.id }
        incidents.append(record)
        let place = alarms.first?.evidence?.first?.place ?? ""
        var found: [Happening] = [.opened(record, place: place)]
        found += record.calls.map { .told(record, responders: [$0.responder]) }
        if view.phase != "calling" { found += see(view, home: home, at: now) }
        return found
    }

    /// Calls that were heard before their incident's state.
    private var early: [(incident: Int64, call: Call)] = []

    /// Takes in an order.
    ///
    /// - Returns: the first call of a responder, if it is one.
    public mutating func hear(_ order: HeardOrder, by responder: String) -> Happening? {
        guard order.asksForAnswer else { return nil }
        let call = Call(responder: responder, orderedAt: order.orderedAt)
        guard let index = incidents.firstIndex(where: { $0.id == order.incident }) else {
            if !early.contains(where: { $0.incident == order.incident && $0.call.responder == responder }) {
                early.append((order.incident, call))
            }
            return nil
        }
        guard !incidents[index].calls.contains(where: { $0.responder == responder }) else { return nil }
        incidents[index].calls.append(call)
        return .told(incidents[index], responders: [responder])
    }
}
