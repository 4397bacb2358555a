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
    /// What people suspended for a while: shelved kinds and the walk test.
    public var suspensions = Suspensions()

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

    /// Looks at a home in its place: a home that is read by subscript is copied, and every message asks.
    ///
    /// Mutating, because only that is sure not to copy: the page is the machine's own after it.
    @inline(__always)
    mutating func look<Answer>(at home: Int, _ ask: (inout HomeState) -> Answer) -> Answer {
        ask(&pages[home / Self.pageLimit][home % Self.pageLimit])
    }

    /// Every home in order, without a copy.
    func visit(_ body: (Int, borrowing HomeState) -> Void) {
        var place = 0
        for page in pages {
            for index in page.indices {
                body(place, page[index])
                place += 1
            }
        }
    }

    /// Where the page of a home lies in memory: elsewhere than before when it was copied.
    func address(ofPageWith home: Int) -> UnsafeRawPointer? {
        pages[home / Self.pageLimit].withUnsafeBytes { $0.baseAddress }
    }

    subscript(home: Int) -> HomeState {
        @inline(__always) get { pages[home / Self.pageLimit][home % Self.pageLimit] }
        _modify { yield &pages[home / Self.pageLimit][home % Self.pageLimit] }
    }
}
