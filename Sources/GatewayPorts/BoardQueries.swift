/// One page of JSON documents and where the next begins.
public struct DocumentPage: Hashable, Sendable {
    /// The documents, UTF-8, in the order of the list.
    public var documents: [[UInt8]]
    /// What to give as `after` for the next page; nil when this is the last.
    public var next: String?
    /// How many there are of what a page cannot show; nil where nobody counts.
    public var counts: DeviceCounts?

    /// Makes one from its parts.
    public init(documents: [[UInt8]], next: String? = nil) {
        self.documents = documents
        self.next = next
    }

    /// The most documents of one page.
    public static let pageLimit = 1_000
}

/// How many devices there are, whatever the page shows: a list of troubles that is empty says nothing of
/// devices that were never heard.
public struct DeviceCounts: Hashable, Sendable {
    /// All of the homes that were asked for.
    public var devices: Int
    /// Those that want a technician.
    public var trouble: Int
    /// Those in service that nobody has heard yet.
    public var neverHeard: Int

    /// Makes one from its parts.
    public init(devices: Int, trouble: Int, neverHeard: Int) {
        self.devices = devices
        self.trouble = trouble
        self.neverHeard = neverHeard
    }
}

/// Which homes are wanted; they come in the order of the site.
public struct HomeQuery: Hashable, Sendable {
    /// Part of a resident's name or telephone, the address, or the home's name or id; nil for all.
    public var search: String?
    /// Only homes of this area.
    public var area: String?
    /// Only homes of this building.
    public var building: String?
    /// The `next` of the page before; one that names no home gives an empty page.
    public var after: String?
    /// 1 to `DocumentPage.pageLimit`.
    public var limit = 100
    /// Starts with no restriction.
    public init() {}
}

/// Which devices are wanted; they come in the order of the site.
public struct DeviceQuery: Hashable, Sendable {
    /// Only devices that are lost, in fault, tampered with or low on battery.
    public var troubleOnly = false
    /// Only devices of homes in service that were never heard.
    public var neverHeardOnly = false
    /// Only devices of the home with this id.
    public var home: String?
    /// The `next` of the page before; one that names no device gives an empty page.
    public var after: String?
    /// 1 to `DocumentPage.pageLimit`.
    public var limit = 100
    /// Starts with no restriction.
    public init() {}
}

/// Which visits are wanted.
public struct VisitQuery: Hashable, Sendable {
    /// How far they have come; nil for all.
    public var state: State?
    /// Only homes of this colour, as the site spells it.
    public var colour: String?
    /// Starts with no restriction.
    public init() {}

    /// How far a home's visit has come.
    public enum State: String, CaseIterable, Sendable { case due, overdue, done }
}

/// What a report is about.
public enum ReportKind: String, CaseIterable, Sendable {
    case answerTimes = "answer-times"
    case falseAlarms = "false-alarms"
    case operatorLoad = "operator-load"
    case visits
    case availability
}

/// What one commit changed, for those who watch.
public struct BoardChange: Sendable {
    /// Incidents that opened, moved or closed, in the order of their numbers.
    public var incidents: [Changed]
    /// Ids of the homes of which something else changed (presence, devices, shelving, walk test), in the
    /// order of the site.
    public var homes: [String]
    /// Ids of the homes whose visit changed.
    public var visits: [String]
    /// How the gateway is, when that changed.
    public var health: GatewayHealth?
    /// Whether changes were lost before this one: the watcher was too slow and must read everything anew.
    public var isAfterGap: Bool

    /// Makes one from its parts.
    public init(
        incidents: [Changed] = [], homes: [String] = [], visits: [String] = [],
        health: GatewayHealth? = nil, isAfterGap: Bool = false
    ) {
        self.incidents = incidents
        self.homes = homes
        self.visits = visits
        self.health = health
        self.isAfterGap = isAfterGap
    }

    /// One incident that changed.
    public struct Changed: Hashable, Sendable {
        /// The incident's number.
        public var number: Int64
        /// The id of its home.
        public var home: String
        /// Its JSON document (UTF-8), the same bytes that the record and the broker have.
        public var document: [UInt8]

        /// Makes one from its parts.
        public init(number: Int64, home: String, document: [UInt8]) {
            self.number = number
            self.home = home
            self.document = document
        }
    }
}

/// A running subscription; it ends when `cancel` is called or nobody keeps it.
public final class BoardSubscription: Sendable {
    private let end: @Sendable () -> Void

    /// Makes one that `end` ends; `end` may be called twice.
    public init(end: @escaping @Sendable () -> Void) { self.end = end }

    deinit { end() }

    /// No change is handed over after it, except one that is on its way.
    public func cancel() { end() }
}
