import Escalation
import SafetyModel
import Welfare

extension SiteBuilder {
    /// For every home: a plan for each alarm, people in each step, the centre at once for fire, gas and CO.
    mutating func checkCoverage() {
        var survey = CoverageSurvey(
            community: community, signals: deviceSignals, plans: plans.map(\.plan),
            rules: RuleCoverage(rules: rules.map(\.rule)), welfare: welfare,
            directory: ResponderDirectory(
                community.responders, groups: groups, rosters: rosters.map(\.roster)))
        survey.run()
        reportUncovered(survey)
        for entry in survey.emptySteps.entries { reportEmptyStep(entry) }
        for entry in survey.withoutCentre.entries {
            problems.error(
                at: planPlace(entry.key.plan, step: 0),
                "The first step of the plan \(plans[entry.key.plan].plan.id) reaches no rescue centre for "
                    + entry.homes(community),
                why: "Fire, gas and CO must reach the centre within 10 s",
                fix: "Add `centre` to its first step, and a responder with `role: centre` for the area.")
        }
        for step in survey.slow.sorted(by: { ($0.plan, $0.step) < ($1.plan, $1.step) }) {
            problems.error(
                at: planPlace(step.plan, step: step.step),
                "The plan \(plans[step.plan].plan.id) is slow in step \(step.step + 1), and life is at stake",
                why: "Nobody would notice for minutes that nobody comes",
                fix:
                    "Write `seen_within: 60 s`, at most \(YAMLNode.show(CoverageSurvey.lifeSafetySeenLimit))."
            )
        }
        for plan in survey.seldom.sorted() {
            problems.error(
                at: Place(file: planFiles[plan], at: plans[plan].mark),
                "The plan \(plans[plan].plan.id) repeats its last step every "
                    + "\(YAMLNode.show(plans[plan].plan.repeatLastEvery)), and life is at stake",
                why: "When nobody answers, nobody would be called again for so long",
                fix: "Write `repeat_last_every: 2 min`, at most "
                    + "\(YAMLNode.show(CoverageSurvey.lifeSafetySeenLimit)).")
        }
        for step in survey.turned.sorted(by: { ($0.plan, $0.step) < ($1.plan, $1.step) }) {
            problems.error(
                at: planPlace(step.plan, step: step.step),
                "The plan \(plans[step.plan].plan.id) calls one after the other in step \(step.step + 1)",
                why: "Fire, gas and CO start with everyone of the plan in parallel",
                fix: "Remove `in_turn` and `each`, or take fire, gas and CO to a plan of their own.")
        }
        reportUnreachable(survey)
        for plan in survey.delaying.sorted() {
            problems.error(
                at: planPlace(plan, step: 1),
                "The plan \(plans[plan].plan.id) calls somebody only in a later step",
                why: "Fire, gas and CO start with everyone of the plan in parallel",
                fix: "Name everybody in the first step; later steps may repeat them.")
        }
    }

    /// Without any plan there is one thing to say, not one for each kind of alarm.
    private mutating func reportUncovered(_ survey: CoverageSurvey) {
        guard !plans.isEmpty else {
            problems.error(
                at: place(settings.mark), "There is no plan that can be used", why: "Nobody would be called",
                fix: "Start from config/plans/standard.yaml: copy it to plans/standard.yaml.")
            return
        }
        for entry in survey.uncovered.entries {
            problems.error(
                at: homePlaces[entry.first],
                "No plan covers the alarm `\(entry.key.kind.name)` (\(entry.key.urgency.name)) of "
                    + entry.homes(community),
                why: "Nobody would be called",
                fix: "Add `\(entry.key.kind.name)` to a plan's `for: {alarms: [...]}`, or "
                    + "`urgency: [\(entry.key.urgency.name)]`.")
        }
    }

    /// Where some homes have a telephone, nobody can ring the others.
    private mutating func reportUnreachable(_ survey: CoverageSurvey) {
        for entry in survey.withoutTelephone.entries where survey.ringing.contains(entry.key) {
            problems.warning(
                at: Place(file: planFiles[entry.key], at: plans[entry.key].verifyMark),
                "Nobody can ring the residents of \(entry.homes(community)): no telephone is known",
                why: "There people are called at once, without a verification",
                fix: "Write `resident: {name: ..., telephone: ...}` into the home.")
        }
    }

    private func planPlace(_ plan: Int, step: Int) -> Place {
        let marks = plans[plan].stepMarks
        return Place(file: planFiles[plan], at: marks.indices.contains(step) ? marks[step] : plans[plan].mark)
    }

    private mutating func reportEmptyStep(_ entry: HomeTally<CoverageSurvey.PlanStep>.Entry) {
        let plan = plans[entry.key.plan].plan
        let targets = plan.steps[entry.key.step].notify.map { target in
            switch target {
            case .role(let role): role.name
            case .person(let id), .group(let id), .roster(let id): id
            case .oneOf: "one of several"
            }
        }
        problems.error(
            at: planPlace(entry.key.plan, step: entry.key.step),
            "Step \(entry.key.step + 1) of the plan \(plan.id) reaches nobody in \(entry.homes(community))",
            why: "There is no \(targets.joined(separator: " or ")) for it",
            fix: "Add a contact to the home, or a responder of this role for its area.")
    }
}

/// Walks over all homes once and finds what no plan covers and which steps are empty.
struct CoverageSurvey {
    let community: Community
    /// What each device can say, as bits.
    let signals: [UInt64]
    let plans: [EscalationPlan]
    let rules: RuleCoverage
    /// What welfare watches in each home; empty where it watches nowhere.
    let welfare: [WelfarePlan?]
    private(set) var uncovered = HomeTally<RuleCoverage.Outlook>()
    private(set) var emptySteps = HomeTally<PlanStep>()
    private(set) var withoutCentre = HomeTally<PlanStep>()
    /// Plans for fire, gas or CO that name somebody only in a later step.
    private(set) var delaying: Set<Int> = []
    /// Steps for life safety that wait longer than `lifeSafetySeenLimit`.
    private(set) var slow: Set<PlanStep> = []
    /// Plans for life safety whose last step comes again later than `lifeSafetySeenLimit`.
    private(set) var seldom: Set<Int> = []
    /// Steps for fire, gas or CO that call one after the other.
    private(set) var turned: Set<PlanStep> = []
    /// Homes in which nobody can be rung, by plan.
    private(set) var withoutTelephone = HomeTally<Int>()
    /// Plans by which somebody can be rung in some home.
    private(set) var ringing: Set<Int> = []

    private let book: PlanBook
    private let directory: ResponderDirectory
    private let planNumbers: [String: Int]
    private let namedHomes: Set<String>
    private var planByAlarm: [AreaOutlook: Int?] = [:]
    private var rolesByArea: [AreaRole: [String]] = [:]

    /// A step of a plan by numbers from 0.
    struct PlanStep: Hashable, Sendable {
        var plan: Int
        var step: Int
    }

    private struct AreaOutlook: Hashable {
        var area: String
        var outlook: RuleCoverage.Outlook
    }

    private struct AreaRole: Hashable {
        var area: String
        var role: Role
    }

    init(
        community: Community, signals: [UInt64], plans: [EscalationPlan], rules: RuleCoverage,
        welfare: [WelfarePlan?] = [], directory: ResponderDirectory? = nil
    ) {
        self.community = community
        self.signals = signals
        self.plans = plans
        self.rules = rules
        self.welfare = welfare
        book = PlanBook(plans: plans)
        self.directory = directory ?? ResponderDirectory(community.responders)
        planNumbers = Dictionary(
            plans.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        namedHomes = Set(plans.flatMap(\.homes))
    }

    /// Troubles that any home can have.
    static let homeTroubles: [RuleCoverage.Outlook] = [
        .init(kind: .deviceLost, urgency: .technical), .init(kind: .deviceNeverSeen, urgency: .technical),
        .init(kind: .bridgeLost, urgency: .technical), .init(kind: .deviceClock, urgency: .technical),
        .init(kind: .undecoded, urgency: .technical), .init(kind: .homeUnprotected, urgency: .urgent),
        // Any incident can be closed without having met anybody, and any visit may find somebody in need.
        .init(kind: .visitOverdue, urgency: .routine), .init(kind: .helpNeeded, urgency: .urgent),
    ]
    /// Troubles of the gateway itself.
    static let gatewayTroubles: [RuleCoverage.Outlook] = [
        .init(kind: .gatewayTrouble, urgency: .urgent), .init(kind: .gatewayTrouble, urgency: .technical),
    ]
    /// The longest wait of a step for life safety, and between its repetitions: the first answer should come
    /// within 60 s.
    static let lifeSafetySeenLimit = Duration.minutes(5)
    /// Kinds that start with everyone at once, the centre included.
    static let centreKinds = EscalationPlan.parallelKinds

    mutating func run() {
        for index in community.homes.indices {
            let home = community.homes[index]
            let range = Int(home.devices.lowerBound)..<Int(home.devices.upperBound)
            let outlooks =
                index == 0
                ? Self.gatewayTroubles
                : rules.firing(in: home, devices: community.devices[range], giving: signals[range])
                    + Self.homeTroubles
                    + SiteBuilder.outlooks(of: welfare.indices.contains(index) ? welfare[index] : nil)
            survey(home, index, outlooks)
        }
    }

    private mutating func survey(_ home: Home, _ index: Int, _ outlooks: [RuleCoverage.Outlook]) {
        var used: [Int] = []
        var urgentPlans: [Int] = []
        for outlook in outlooks {
            guard let plan = plan(for: outlook, home) else {
                uncovered.count(outlook, home: index)
                continue
            }
            if !used.contains(plan) { used.append(plan) }
            if outlook.urgency == .lifeSafety { noteSlowSteps(of: plan) }
            if Self.centreKinds.contains(outlook.kind), !urgentPlans.contains(plan) {
                urgentPlans.append(plan)
            }
        }
        for plan in used {
            if plans[plan].verification != nil, index > 0 { noteTelephone(of: home, index, plan) }
            for (step, content) in plans[plan].steps.enumerated()
            where !content.notify.contains(where: { !responders(for: $0, home).isEmpty }) {
                emptySteps.count(PlanStep(plan: plan, step: step), home: index)
            }
        }
        for plan in urgentPlans { checkCentre(plan, home, index) }
    }

    private mutating func noteTelephone(of home: Home, _ index: Int, _ plan: Int) {
        if home.residents.allSatisfy(\.telephone.isEmpty) {
            withoutTelephone.count(plan, home: index)
        } else {
            ringing.insert(plan)
        }
    }

    private mutating func noteSlowSteps(of plan: Int) {
        for (step, content) in plans[plan].steps.enumerated()
        where content.seenWithin > Self.lifeSafetySeenLimit {
            slow.insert(PlanStep(plan: plan, step: step))
        }
        if plans[plan].repeatLastEvery > Self.lifeSafetySeenLimit { seldom.insert(plan) }
    }

    private mutating func checkCentre(_ plan: Int, _ home: Home, _ index: Int) {
        guard let first = plans[plan].steps.first else { return }
        let hasCentre = first.notify.contains { target in
            let reached = responders(for: target, home).map { directory.responder($0)?.role == .centre }
            switch target {
            case .role, .person, .group: return reached.contains(true)
            // Whoever is on duty or has his turn must be the centre: one of several is not enough.
            case .roster, .oneOf: return reached.contains(true) && !reached.contains(false)
            }
        }
        for (step, content) in plans[plan].steps.enumerated() where content.turnEvery != nil {
            turned.insert(PlanStep(plan: plan, step: step))
        }
        if !hasCentre { withoutCentre.count(PlanStep(plan: plan, step: 0), home: index) }
        let later = plans[plan].steps.dropFirst().flatMap(\.notify)
        if later.contains(where: { !first.notify.contains($0) }) { delaying.insert(plan) }
    }

    private mutating func plan(for outlook: RuleCoverage.Outlook, _ home: Home) -> Int? {
        if namedHomes.contains(home.id) { return find(outlook, home) }
        let key = AreaOutlook(area: home.area, outlook: outlook)
        if let known = planByAlarm[key] { return known }
        let found = find(outlook, home)
        planByAlarm[key] = .some(found)
        return found
    }

    private func find(_ outlook: RuleCoverage.Outlook, _ home: Home) -> Int? {
        book.plan(for: outlook.kind, urgency: outlook.urgency, home: home.id, area: home.area)
            .flatMap { planNumbers[$0.id] }
    }

    /// Ids of the responders that a target means, as the machine would find them.
    private mutating func responders(for target: EscalationPlan.Target, _ home: Home) -> [String] {
        guard case .role(let role) = target, !home.contacts.contains(where: { $0.role == role }) else {
            return directory.responders(for: target, home: home).map(\.id)
        }
        let key = AreaRole(area: home.area, role: role)
        if let known = rolesByArea[key] { return known }
        let found = directory.responders(for: target, home: home).map(\.id)
        rolesByArea[key] = found
        return found
    }
}
