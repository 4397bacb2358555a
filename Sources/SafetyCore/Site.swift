public import Correlation
public import Escalation
public import SafetyModel
public import Welfare

/// Everything a gateway guards, validated: what configuration means, without a file or a position.
///
/// A value: reload builds a new one and the machine moves its state over by ids.
public struct Site: Sendable {
    /// The gateway's id; it stands in topics and order ids.
    public var gateway: String
    /// Homes, devices and people.
    public var community: Community
    /// The site's rules; the compiled-in life-safety rules come on top, always.
    public var rules: [Rule]
    /// Escalation plans, in the order of the site.
    public var plans: [EscalationPlan]
    /// Groups of responders that plans name.
    public var groups: [ResponderGroup]
    /// Rosters that plans name.
    public var rosters: [Roster]
    /// Local civil time.
    public var calendar: CivilCalendar
    /// The figures that a site may set.
    public var settings: CoreSettings
    /// What welfare watches in each home, in their order; nil where it watches nothing, empty where it
    /// watches nowhere.
    public var welfare: [WelfarePlan?]
    /// When homes with a visit cycle are visited beside it.
    public var visitCalendar: VisitCalendar

    /// Makes one from its parts.
    public init(
        gateway: String, community: Community, rules: [Rule], plans: [EscalationPlan],
        calendar: CivilCalendar = .utc, settings: CoreSettings = CoreSettings(),
        welfare: [WelfarePlan?] = [], visitCalendar: VisitCalendar = VisitCalendar(),
        groups: [ResponderGroup] = [], rosters: [Roster] = []
    ) {
        self.gateway = gateway
        self.community = community
        self.rules = rules
        self.plans = plans
        self.calendar = calendar
        self.settings = settings
        self.welfare = welfare
        self.visitCalendar = visitCalendar
        self.groups = groups
        self.rosters = rosters
    }
}

/// Figures that a site may set within bounds; the defaults follow `domain` practice.
public struct CoreSettings: Hashable, Sendable {
    /// A condition still active this long after its incident was closed raises again (1 to 60 minutes).
    public var raiseAgainAfter: Duration = .minutes(5)
    /// The longest total silence of a home, blind and away included, before a person is called (1 to 72
    /// hours).
    public var silenceCeiling: Duration = .hours(25)
    /// How long a delivery may take before it counts as failed (1 to 60 seconds).
    public var deliveryPatience: Duration = .seconds(10)
    /// Tries over one channel before the next channel is used (1 to 10).
    public var triesPerChannel = 3
    /// A blind bridge this long is a trouble (10 seconds to 1 hour).
    public var bridgePatience: Duration = .minutes(2)
    /// How long the link to the broker may be down before it is a trouble (1 second to 1 hour).
    public var linkPatience: Duration = .seconds(30)

    /// Starts empty, or with the defaults.
    public init() {}
}
