import Correlation
import SafetyModel

/// Reads the `rules` section of a file.
struct RuleReader {
    let log: ProblemLog

    static let keys = [
        "rule", "when", "unless", "during", "scope", "restart", "alarm", "urgency", "place", "device",
        "for_residents", "personal_bounds", "messages",
    ]
    static let residentKeys = ["condition"]
    /// When a new first event starts the wait of an absence anew; `never` is the default, so that repeated
    /// events can never put an alarm off.
    static let restartWords = ["never", "on_repeat"]
    /// Ids that belong to the compiled-in rules.
    static let reservedPrefix = "life-safety/"
    /// Kinds that only the gateway itself raises.
    static let ownKinds: [AlarmKind] = [
        .deviceLost, .deviceNeverSeen, .bridgeLost, .deviceClock, .undecoded, .homeUnprotected,
        .gatewayTrouble, .matchesForgotten, .areYouWell, .noCheckIn, .visitOverdue, .helpNeeded,
    ]
    /// Kinds of the life-safety set.
    static let lifeSafetyKinds: [AlarmKind] = [.fire, .gas, .co, .sos, .fall, .buildingFire]

    /// What people write instead of a key.
    static let keySlips = [
        "name": "rule", "id": "rule", "if": "when", "trigger": "when", "condition": "when", "then": "alarm",
        "raise": "alarm", "kind": "alarm", "priority": "urgency", "severity": "urgency", "time": "during",
        "times": "during", "schedule": "during", "room": "place", "location": "place", "sensor": "device",
        "residents": "for_residents", "text": "messages",
    ]

    func read(_ node: YAMLNode) -> [RuleDraft] {
        log.elements(of: node, "rules", limit: Limits.ruleLimit).compactMap(readRule)
    }

    private func readRule(_ node: YAMLNode) -> RuleDraft? {
        guard let table = Table(node, "a rule", keys: Self.keys, slips: Self.keySlips, log: log)
        else { return nil }
        table.require("rule", fix: "Write `rule: water-leak`.")
        table.require("when", why: "The rule would never fire", fix: "Write `when: waterLeak`.")
        table.require("alarm", why: "Nobody would hear of it", fix: "Write `alarm: waterLeak`.")
        let id = readID(table)
        let alarm = readAlarm(table)
        let urgency = readUrgency(table, alarm)
        let places = readFilter(table, "place")
        let devices = readFilter(table, "device")
        let condition = table["for_residents"].flatMap { node -> String? in
            Table(
                node, "`for_residents`", keys: Self.residentKeys,
                example: "for_residents: {condition: \(node.text?.quoted ?? "dementia")}", log: log)?
                .text("condition")
        }
        var reader = PatternReader(log: log)
        let pattern = readPattern(table, &reader)
        let during = table["during"].flatMap { ScheduleReader(log: log).read($0) }
        let scope = readScope(table)
        let restarts = readRestart(table)
        let messages = table["messages"].map { MessageReader(log: log).read($0) } ?? []
        guard let id, let alarm, let pattern else { return nil }
        var rule = Rule(
            id: id, when: pattern, alarm: alarm, urgency: urgency, places: places.map(\.value),
            devices: devices.map(\.value), residentCondition: condition, during: during?.schedule)
        (rule.scope, rule.restarts, rule.messages) = (scope, restarts, messages)
        rule.hasPersonalBounds = table.flag("personal_bounds") ?? false
        checkScope(of: rule, table)
        checkPersonalBounds(of: rule, table)
        checkRestart(of: rule, table)
        return RuleDraft(
            rule: rule, mark: table.mark(of: "rule"), devices: devices, places: places,
            conditionPlaces: reader.places, whenMark: table.mark(of: "when"),
            scopeMark: table.mark(of: "scope"), residentMark: table.mark(of: "for_residents"),
            during: during)
    }

    /// The pattern, with the rule's own exception.
    private func readPattern(_ table: Table, _ reader: inout PatternReader) -> Pattern? {
        let pattern = table["when"].flatMap { reader.read($0) }
        guard let node = table["unless"] else { return pattern }
        let exception = reader.read(node)
        guard let pattern, let exception else { return nil }
        return reader.unless(pattern, exception, at: node.mark)
    }

    private func readScope(_ table: Table) -> Rule.Scope {
        table.word("scope", of: Rule.Scope.allCases.map(\.name)) { word in
            Rule.Scope.allCases.first { $0.name == word }
        } ?? .home
    }

    private func checkScope(of rule: Rule, _ table: Table) {
        if rule.when.distinctions.contains(.home), rule.scope == .home, table["scope"] == nil {
            log.error(
                at: table.mark(of: "when"), "The rule can never match: it counts homes, and looks at one",
                why: "Without `scope` a rule looks at each home for itself",
                fix: "Write `scope: building`, `unit` or `community`.")
        }
        if rule.when.distinctions.contains(.place), rule.places.count == 1 {
            log.error(
                at: table.mark(of: "when"), "The rule can never match: it counts places, and looks at one",
                why: "`place` lets devices of one place through only",
                fix: "Remove `place`, or write `distinct: device`.")
        }
        if rule.scope != .home, rule.when.isSingle {
            log.warning(
                at: table.mark(of: "scope"), "`scope` does nothing for a single condition",
                why: "One device in one home fulfils it",
                fix: "Remove it, or count homes with `{count: 2, of: ..., distinct: home, within: 10 min}`.")
        }
    }

    private func readRestart(_ table: Table) -> Bool {
        table.word("restart", of: Self.restartWords) { word -> Bool? in
            Self.restartWords.contains(word) ? word == "on_repeat" : nil
        } ?? false
    }

    private func checkRestart(of rule: Rule, _ table: Table) {
        guard let entry = table.entry("restart"), !rule.when.waitsAfterEvent else { return }
        log.error(
            at: entry.mark, "`restart` does nothing in this rule",
            why: "It is about the wait for an absence after something in a sequence", fix: "Remove it.")
    }

    private func readID(_ table: Table) -> String? {
        guard let text = table["rule"]?.text, text.hasPrefix(Self.reservedPrefix) else {
            return table.identifier("rule")
        }
        log.error(
            at: table.mark(of: "rule"), "Rule ids that begin with `\(Self.reservedPrefix)` are reserved",
            why: "They are the compiled-in rules, which no file can replace", fix: "Choose another id.")
        return nil
    }

    private func readAlarm(_ table: Table) -> AlarmKind? {
        guard let name = table.identifier("alarm") else { return nil }
        let kind = AlarmKind(name)
        guard Self.ownKinds.contains(kind) else { return kind }
        log.error(
            at: table.mark(of: "alarm"), "Only the gateway itself raises `\(name)`",
            fix: "Choose another word.")
        return nil
    }

    private func readUrgency(_ table: Table, _ alarm: AlarmKind?) -> Urgency {
        let guardsLife = alarm.map { Self.lifeSafetyKinds.contains($0) } ?? false
        let urgency = table.word("urgency", of: Urgency.allCases.map(\.name), Urgency.init(name:))
        if guardsLife, let urgency, urgency != .lifeSafety {
            log.error(
                at: table.mark(of: "urgency"),
                "An alarm of the kind `\(alarm?.name ?? "")` is always lifeSafety",
                why: "A less urgent one would weaken the compiled-in rules",
                fix: "Write `urgency: lifeSafety`, or choose another kind.")
        }
        return urgency ?? (guardsLife ? .lifeSafety : .urgent)
    }

    private func readFilter(_ table: Table, _ key: String) -> [Marked<String>] {
        table.list(key).compactMap { node in
            node.readText(key, log: log).map { Marked(value: $0, mark: node.mark) }
        }
    }
}
