public import Correlation
public import Escalation
public import SafetyModel
import Welfare

/// A site prepared for the machine: rules compiled, plans and people indexed.
///
/// Immutable, so it is shared freely.
public final class CompiledSite: Sendable {
    /// What is guarded.
    public let site: Site
    /// The hash of the installation that it came from.
    public let hash: UInt64
    /// The rules, compiled.
    public let book: RuleBook
    /// Escalation plans, in the order of the site.
    public let plans: PlanBook
    /// Responders by role and area.
    public let people: ResponderDirectory
    /// What supervision must know, by device index.
    let watched: [WatchedDevice]
    /// The home of each device: what every message asks for stands close together.
    let homeOfDevice: [Int32]
    /// Where the devices of each home stand, and whether it is in service.
    private let places: [HomePlace]
    let limits: Supervision.Limits
    /// Groups of homes that one match may stretch over.
    let scopes: ScopeDirectory
    /// Whether welfare watches a home, by home; empty where it watches nowhere.
    private let isCaredFor: [Bool]
    /// Every plan for inactivity once, and the place of each home's; -1 where it has none.
    private let inactivityPlans: [InactivityPlan]
    private let inactivityOfHome: [Int32]
    /// Homes whose welfare follows the calendar: pauses and check-ins.
    let homesByCalendar: [Int]
    /// Homes by their ids, the gateway's own place left out.
    private let homeByID: [String: Int]

    /// Makes one from its parts.
    public init(_ site: Site, hash: UInt64 = 0) {
        precondition(!site.community.homes.isEmpty, "Home 0 is the gateway itself.")
        precondition(
            site.welfare.isEmpty || site.welfare.count == site.community.homes.count,
            "Welfare has a plan or nothing for each home.")
        self.site = site
        self.hash = hash
        book = RuleBook(rules: site.rules, calendar: site.calendar, community: site.community)
        scopes = ScopeDirectory(site.community, scopes: book.wideScopes)
        plans = PlanBook(plans: site.plans)
        people = ResponderDirectory(site.community.responders, groups: site.groups, rosters: site.rosters)
        watched = site.community.devices.map { WatchedDevice($0) }
        homeOfDevice = site.community.devices.map(\.home.value)
        places = site.community.homes.map { HomePlace(devices: $0.devices, isInService: $0.isInService) }
        limits = Supervision.Limits(
            silenceCeiling: site.settings.silenceCeiling, bridgePatience: site.settings.bridgePatience)
        isCaredFor = site.welfare.map { $0 != nil }
        homeByID = Dictionary(
            site.community.homes.enumerated().dropFirst().map { ($1.id, $0) },
            uniquingKeysWith: { first, _ in first })
        (inactivityPlans, inactivityOfHome) = Self.shared(site.welfare)
        homesByCalendar = site.welfare.indices.filter { home in
            site.welfare[home].map { $0.checkInMinute != nil || !$0.pauses.isEmpty } ?? false
        }
    }

    /// The plans for inactivity, each once: a few stand for thousands of homes.
    private static func shared(_ welfare: [WelfarePlan?]) -> (plans: [InactivityPlan], places: [Int32]) {
        var plans: [InactivityPlan] = []
        var known: [InactivityPlan: Int32] = [:]
        let places = welfare.map { plan -> Int32 in
            guard let inactivity = plan?.inactivity else { return -1 }
            if let place = known[inactivity] { return place }
            known[inactivity] = Int32(plans.count)
            plans.append(inactivity)
            return Int32(plans.count - 1)
        }
        return (plans, places)
    }

    /// What welfare watches in a home; nil where it watches nothing.
    func welfarePlan(_ home: Int) -> WelfarePlan? {
        hasWelfare(home) ? site.welfare[home] : nil
    }

    /// Whether welfare watches something in a home.
    func hasWelfare(_ home: Int) -> Bool { home < isCaredFor.count && isCaredFor[home] }

    /// How long a home may be silent; nil where nobody asked for it.
    func inactivityPlan(_ home: Int) -> InactivityPlan? {
        guard hasWelfare(home), inactivityOfHome[home] >= 0 else { return nil }
        return inactivityPlans[Int(inactivityOfHome[home])]
    }

    /// The home of an id; nil where nobody has it, and for the gateway's own place.
    public func home(withID id: String) -> HomeIndex? { homeByID[id].map { HomeIndex($0) } }

    /// Homes, the gateway itself included.
    public var homeCount: Int { site.community.homes.count }

    /// Where the devices of a home stand.
    func deviceRange(_ home: Int) -> Range<Int> {
        let range = places[home].devices
        return Int(range.lowerBound)..<Int(range.upperBound)
    }

    /// Whether findings of a home count.
    func isInService(_ home: Int) -> Bool { places[home].isInService }

    /// What every message asks of a home.
    private struct HomePlace {
        var devices: Range<Int32>
        var isInService: Bool
    }

    /// The plan that an alarm of a home escalates by.
    public func plan(for kind: AlarmKind, urgency: Urgency, home: HomeIndex) -> EscalationPlan? {
        let place = site.community.homes[home.int]
        return plans.plan(for: kind, urgency: urgency, home: place.id, area: place.area)
    }
}
