import Escalation
import SafetyModel

extension SiteBuilder {
    /// What a plan says by itself, and the names in it.
    mutating func checkPlans() {
        let kinds = RuleCoverage(rules: rules.map(\.rule)).kinds
        let homes = Set(community.homes.map(\.id))
        let areas = Set(community.homes.map(\.area))
        for index in plans.indices {
            checkNames(index, kinds: Set(kinds + AlarmKind.vocabulary), homes: homes, areas: areas)
            checkDigest(index)
            checkVerification(index)
        }
    }

    private mutating func checkNames(
        _ index: Int, kinds: Set<AlarmKind>, homes: Set<String>, areas: Set<String>
    ) {
        let plan = plans[index]
        for alarm in plan.alarms where !kinds.contains(alarm.value) {
            reportName(
                index, alarm.mark, "No rule raises an alarm `\(alarm.value.name)`", near: alarm.value.name,
                among: kinds.map(\.name).sorted(), isError: true)
        }
        for home in plan.homes where !homes.contains(home.value) {
            reportName(
                index, home.mark, "There is no home `\(home.value.quoted)`", near: home.value,
                among: Array(homes.sorted().prefix(2_000)), isError: true)
        }
        for area in plan.areas where !areas.contains(area.value) {
            reportName(
                index, area.mark, "No home stands in the area `\(area.value.quoted)`", near: area.value,
                among: areas.sorted(), isError: false)
        }
        for person in plan.people where responderPlaces[person.value] == nil {
            reportName(
                index, person.mark, "There is no responder `\(person.value.quoted)`", near: person.value,
                among: responders.map(\.id), isError: true)
        }
        for group in plan.groups where !groups.contains(where: { $0.id == group.value }) {
            reportName(
                index, group.mark, "There is no group `\(group.value.quoted)`", near: group.value,
                among: groups.map(\.id), isError: true)
        }
        for roster in plan.rosters where !rosters.contains(where: { $0.roster.id == roster.value }) {
            reportName(
                index, roster.mark, "There is no roster `\(roster.value.quoted)`", near: roster.value,
                among: rosters.map(\.roster.id), isError: true)
        }
    }

    /// Only inactivity, vitals and troubles may wait until somebody has rung.
    private mutating func checkVerification(_ index: Int) {
        let coverage = RuleCoverage(rules: rules.map(\.rule))
        let own = CoverageSurvey.homeTroubles + CoverageSurvey.gatewayTroubles
        let kinds = coverage.kinds + AlarmKind.vocabulary
        for kind in plans[index].before {
            guard kinds.contains(kind.value) else {
                reportName(
                    index, kind.mark, "No rule raises an alarm `\(kind.value.name)`", near: kind.value.name,
                    among: kinds.map(\.name).sorted(), isError: true)
                continue
            }
            let urgencies =
                coverage.urgencies(of: kind.value) + own.filter { $0.kind == kind.value }.map(\.urgency)
            let usual: [Urgency] = urgencies.isEmpty ? [.urgent] : urgencies
            let mayWait = usual.allSatisfy {
                EscalationPlan.Verification.mayDelay(kind.value, urgency: $0)
            }
            if mayWait { continue }
            problems.error(
                at: Place(file: planFiles[index], at: kind.mark),
                "The plan \(plans[index].plan.id) lets `\(kind.value.name)` wait for a verification",
                why: "Only inactivity, vitals and troubles may wait; life safety never does",
                fix: "Take it out of `before`: the resident is rung beside the calls.")
        }
    }

    private mutating func reportName(
        _ index: Int, _ mark: Mark, _ what: String, near name: String, among words: [String], isError: Bool
    ) {
        problems.add(
            Diagnostic(
                isError ? .error : .warning, at: Place(file: planFiles[index], at: mark), what: what,
                why: "The plan would not do what it says",
                fix: nearestWord(to: name, among: words).map { "Did you mean `\($0)`?" }
                    ?? "Correct or remove it."))
    }

    /// Kinds that the gateway itself raises and that cannot wait.
    private static let promptKinds: [AlarmKind] = [
        .homeUnprotected, .gatewayTrouble, .inactivity, .areYouWell, .noCheckIn, .visitOverdue,
        .helpNeeded,
    ]

    /// A digest waits until morning: only technical alarms may.
    private mutating func checkDigest(_ index: Int) {
        let plan = plans[index].plan
        guard plan.delivery != .atOnce else { return }
        let coverage = RuleCoverage(rules: rules.map(\.rule))
        let urgent = plan.urgencies.first { $0 != .technical }?.name
        let kind = plan.alarms.first { kind in
            if Self.promptKinds.contains(kind) { return true }
            let urgencies = coverage.urgencies(of: kind)
            return urgencies.contains { $0 != .technical }
        }
        guard let word = urgent ?? kind?.name else { return }
        problems.error(
            at: Place(file: planFiles[index], at: plans[index].deliveryMark),
            "The plan \(plan.id) sends `\(word)` as a digest",
            why: "Only technical alarms may wait until morning",
            fix: "Write `deliver: at once`, or take `\(word)` out of the plan.")
    }
}
