public import Alarming
public import Correlation
public import Escalation
public import SafetyModel
public import Welfare

/// Everything the machine knows of one home.
public struct HomeState: Hashable, Sendable {
    /// What is known of the home's devices.
    public var perception: HomePerception
    /// The home's alarms.
    public var register = AlarmRegister()
    /// The home's incidents.
    public var desk = EscalationDesk()
    /// Who is in, how long it has been quiet and what is usual; nil where nobody asked for it.
    public var welfare: HomeWelfare?
    /// What in its welfare follows the calendar.
    public var care = CareState()

    /// Makes one from its parts.
    public init(deviceCount: Int, at now: Instant) {
        perception = HomePerception(deviceCount: deviceCount, at: now)
    }
}

/// Homes in pages, so that the first write after a snapshot copies one page and not the community.
struct HomePages: Hashable, Sendable {
    /// The most homes of one page: the first message to a page after a snapshot pays for a copy of all of
    /// them, some microseconds a home.
    static let pageLimit = 16

    private var pages: [[HomeState]] = []
    private(set) var count = 0

    init() {}

    mutating func append(_ home: HomeState) {
        if count % Self.pageLimit == 0 { pages.append([]) }
        pages[pages.count - 1].append(home)
        count += 1
    }

    /// How long the bridge of a home was down so far, in milliseconds, and since when it is; without copying
    /// the home.
    func bridgeBlindness(of home: Int) -> (milliseconds: Int64, since: Instant?) {
        let page = home / Self.pageLimit
        let place = home % Self.pageLimit
        return (
            pages[page][place].perception.bridgeBlindMilliseconds,
            pages[page][place].perception.bridgeDownSince
        )
    }

    subscript(home: Int) -> HomeState {
        @inline(__always) get { pages[home / Self.pageLimit][home % Self.pageLimit] }
        _modify { yield &pages[home / Self.pageLimit][home % Self.pageLimit] }
    }
}
