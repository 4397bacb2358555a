import Escalation
import SafetyModel

/// Reads the `plans` section of a file.
struct PlanReader {
    let log: ProblemLog

    static let keys = [
        "plan", "for", "steps", "repeat_last_every", "on_scene_within", "close_within", "deliver", "verify",
    ]
    static let forKeys = ["alarms", "urgency", "homes", "areas"]
    static let stepKeys = ["notify", "seen_within", "in_turn", "each"]
    static let targetKeys = ["person", "group", "roster", "one_of"]
    static let verifyKeys = ["by", "within", "before"]
    /// How long a step may wait for an answer.
    static let seenRange = Duration.seconds(5)...Duration.hours(24)
    /// How long each of a step in turn may take.
    static let turnRange = Duration.seconds(10)...Duration.minutes(30)
    /// How long a verification may take.
    static let verifyRange = Duration.seconds(10)...EscalationPlan.Verification.withinLimit

    func read(_ node: YAMLNode) -> [PlanDraft] {
        log.elements(of: node, "plans", limit: Limits.planLimit).compactMap(readPlan)
    }

    private func readPlan(_ node: YAMLNode) -> PlanDraft? {
        guard let table = Table(node, "a plan", keys: Self.keys, log: log) else { return nil }
        table.require("plan", fix: "Write `plan: fire`.")
        table.require(
            "for", why: "A plan without it covers nothing", fix: "Write `for: {alarms: [fire, gas, co]}`.")
        table.require(
            "steps", why: "Nobody would be told", fix: "Write `steps:` with `- notify: [neighbour]`.")
        guard let id = table.identifier("plan") else { return nil }
        var plan = EscalationPlan(id: id, steps: [])
        let minute = Duration.minutes(1)
        plan.repeatLastEvery =
            table.duration("repeat_last_every", in: .seconds(10)...(.hours(24))) ?? plan.repeatLastEvery
        plan.onSceneWithin =
            table.duration("on_scene_within", in: minute...(.hours(72))) ?? plan.onSceneWithin
        plan.closeWithin = table.duration("close_within", in: minute...(.hours(30 * 24))) ?? plan.closeWithin
        plan.delivery = readDelivery(table) ?? .atOnce
        var draft = PlanDraft(
            plan: plan, mark: table.mark(of: "plan"), deliveryMark: table.mark(of: "deliver"), homes: [],
            areas: [],
            alarms: [], stepMarks: [], people: [])
        readCover(table, into: &draft)
        readSteps(table, into: &draft)
        readVerification(table, into: &draft)
        return draft.plan.steps.isEmpty ? nil : draft
    }

    private func readCover(_ plan: Table, into draft: inout PlanDraft) {
        guard let node = plan["for"], let table = Table(node, "`for`", keys: Self.forKeys, log: log) else {
            return
        }
        draft.alarms = table.list("alarms").compactMap { node in
            node.readIdentifier("alarms", log: log).map { Marked(value: AlarmKind($0), mark: node.mark) }
        }
        draft.homes = markedTexts(table, "homes")
        draft.areas = markedTexts(table, "areas")
        draft.plan.alarms = draft.alarms.map(\.value)
        draft.plan.urgencies = table.words("urgency", of: Urgency.allCases.map(\.name), Urgency.init(name:))
        draft.plan.homes = draft.homes.map(\.value)
        draft.plan.areas = draft.areas.map(\.value)
        guard draft.alarms.isEmpty, draft.plan.urgencies.isEmpty else { return }
        log.error(
            at: node.mark, "This plan covers no alarm", why: "It would never be used",
            fix: "Write `alarms: [...]` or `urgency: [...]` in `for`.")
    }

    private func markedTexts(_ table: Table, _ key: String) -> [Marked<String>] {
        table.list(key).compactMap { node in
            node.readText(key, log: log).map { Marked(value: $0, mark: node.mark) }
        }
    }

    private func readSteps(_ plan: Table, into draft: inout PlanDraft) {
        guard let node = plan["steps"] else { return }
        for node in log.elements(of: node, "steps", limit: Limits.stepsPerPlanLimit) {
            guard let table = Table(node, "a step", keys: Self.stepKeys, log: log) else { continue }
            table.require(
                "notify", why: "Nobody would be told", fix: "Write `notify: [neighbour, gridWorker]`.")
            let targets = table.list("notify")
            log.check(targets.count, Limits.targetsPerStepLimit, "targets of one step", at: table.mark)
            let notify = targets.compactMap { readTarget($0, into: &draft) }
            let seen = table.duration("seen_within", in: Self.seenRange) ?? .seconds(60)
            let turn = readTurn(table)
            guard !notify.isEmpty else { continue }
            draft.plan.steps.append(
                EscalationPlan.Step(notify: notify, seenWithin: turn ?? seen, turnEvery: turn))
            draft.stepMarks.append(table.mark)
        }
    }

    private func readTarget(_ node: YAMLNode, into draft: inout PlanDraft) -> EscalationPlan.Target? {
        if node.table == nil {
            let role = node.readWord("notify", of: Role.allCases.map(\.name), log: log, Role.init(name:))
            return role.map { .role($0) }
        }
        guard let table = Table(node, "a target", keys: Self.targetKeys, log: log) else { return nil }
        guard table.entries.count == 1 else {
            log.error(
                at: node.mark, "A target names one thing, not \(table.entries.count)",
                why: "Nobody knows which of them is meant",
                fix: "Write `{person: id}`, `{group: id}`, `{roster: id}` or `{one_of: [...]}`.")
            return nil
        }
        if let id = table.identifier("person") {
            draft.people.append(Marked(value: id, mark: table.mark(of: "person")))
            return .person(id)
        }
        if let id = table.identifier("group") {
            draft.groups.append(Marked(value: id, mark: table.mark(of: "group")))
            return .group(id)
        }
        if let id = table.identifier("roster") {
            draft.rosters.append(Marked(value: id, mark: table.mark(of: "roster")))
            return .roster(id)
        }
        return table["one_of"].flatMap { readOneOf($0, table, into: &draft) }
    }

    /// One of several, the next one each time.
    private func readOneOf(
        _ node: YAMLNode, _ table: Table, into draft: inout PlanDraft
    ) -> EscalationPlan.Target? {
        let nodes = table.list("one_of")
        log.check(nodes.count, Limits.targetsPerStepLimit, "targets of `one_of`", at: node.mark)
        let targets = nodes.compactMap { readTarget($0, into: &draft) }
        for (target, inner) in zip(targets, nodes) {
            switch target {
            case .roster, .oneOf:
                log.error(
                    at: inner.mark, "Here may stand roles, people and groups only",
                    why: "`one_of` goes round among people who are always the same",
                    fix: "Name the roster beside `one_of`, not in it.")
            case .role, .person, .group: continue
            }
        }
        guard targets.isEmpty else { return .oneOf(targets) }
        log.error(
            at: node.mark, "`one_of` is empty", why: "Nobody would be told",
            fix: "Write `one_of: [{person: li-na}, {person: zhao}]`.")
        return nil
    }

    /// How long each has in a step in turn; nil means all at once.
    private func readTurn(_ step: Table) -> Duration? {
        let isInTurn = step.flag("in_turn") ?? false
        if !isInTurn, let entry = step.entry("each") {
            log.error(
                at: entry.mark, "`each` does nothing without `in_turn`",
                why: "Everybody in this step is called at the same moment",
                fix: "Write `in_turn: true` beside it, or `seen_within` instead.")
        }
        if isInTurn, let entry = step.entry("seen_within") {
            log.error(
                at: entry.mark, "`seen_within` does nothing beside `in_turn`",
                why: "The next one is called after `each`, and the next step after the last one",
                fix: "Write `each: \(entry.value.text?.quoted ?? "45 s")` instead.")
        }
        guard isInTurn else { return nil }
        return step.duration("each", in: Self.turnRange) ?? .seconds(45)
    }

    private func readVerification(_ plan: Table, into draft: inout PlanDraft) {
        guard let node = plan["verify"],
            let table = Table(
                node, "`verify`", keys: Self.verifyKeys, example: "verify: {by: centre, within: 90 s}",
                log: log)
        else { return }
        draft.verifyMark = plan.mark(of: "verify")
        table.require("by", why: "Nobody would ring", fix: "Write `by: centre`.")
        let targets = table.list("by").compactMap { readTarget($0, into: &draft) }
        draft.before = table.list("before").compactMap { node in
            node.readIdentifier("before", log: log).map { Marked(value: AlarmKind($0), mark: node.mark) }
        }
        guard !targets.isEmpty else { return }
        draft.plan.verification = EscalationPlan.Verification(
            by: targets,
            within: table.duration("within", in: Self.verifyRange) ?? Self.verifyRange.upperBound,
            before: draft.before.map(\.value))
        if draft.plan.delivery != .atOnce {
            log.error(
                at: draft.verifyMark, "`verify` does nothing in a digest",
                why: "A digest waits for its hour and calls nobody before",
                fix: "Remove `verify`, or write `deliver: at once`.")
        }
    }

    /// `at once`, or `digest at 09:00`.
    private func readDelivery(_ table: Table) -> EscalationPlan.Delivery? {
        guard let node = table["deliver"] else { return nil }
        if node.text == "at once" { return .atOnce }
        if let text = node.text, text.hasPrefix("digest at "),
            let minute = Self.minuteOfDay(String(text.dropFirst(10)))
        {
            return .digest(minuteOfDay: minute)
        }
        log.error(
            at: node.mark, "`deliver` cannot be \(node.shape)", fix: "Write `at once`, or `digest at 09:00`.")
        return nil
    }

    /// The minute of a time of day like 09:00.
    static func minuteOfDay(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 2, parts[1].count == 2,
            parts.allSatisfy({ $0.allSatisfy(\.isASCII) && $0.allSatisfy(\.isNumber) }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
        else { return nil }
        return hour * 60 + minute
    }
}
