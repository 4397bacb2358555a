import Correlation
import SafetyModel

/// Reads the `rules` section of a file.
struct RuleReader {
    let log: ProblemLog

    static let keys = ["rule", "when", "alarm", "urgency", "place", "device", "for_residents"]
    /// Keys of the pattern language that this version does not have yet.
    static let laterKeys = ["during", "scope", "restart", "unless", "distinct"]
    /// Ids that belong to the compiled-in rules.
    static let reservedPrefix = "life-safety/"
    /// Kinds that only the gateway itself raises.
    static let ownKinds: [AlarmKind] = [
        .deviceLost, .deviceNeverSeen, .bridgeLost, .deviceClock, .undecoded, .homeUnprotected,
        .gatewayTrouble,
    ]
    /// Kinds of the life-safety set.
    static let lifeSafetyKinds: [AlarmKind] = [.fire, .gas, .co, .sos, .fall]

    func read(_ node: YAMLNode) -> [RuleDraft] {
        log.elements(of: node, "rules", limit: Limits.ruleLimit).compactMap(readRule)
    }

    private func readRule(_ node: YAMLNode) -> RuleDraft? {
        guard let table = Table(withoutLaterKeys(node), "a rule", keys: Self.keys, log: log) else {
            return nil
        }
        table.require("rule", fix: "Write `rule: water-leak`.")
        table.require("when", why: "The rule would never fire", fix: "Write `when: waterLeak`.")
        table.require("alarm", why: "Nobody would hear of it", fix: "Write `alarm: waterLeak`.")
        let id = readID(table)
        let alarm = readAlarm(table)
        let urgency = readUrgency(table, alarm)
        let places = readFilter(table, "place")
        let devices = readFilter(table, "device")
        let condition = table["for_residents"].flatMap { node -> String? in
            Table(node, "`for_residents`", keys: ["condition"], log: log)?.text("condition")
        }
        let pattern = table["when"].flatMap { PatternReader(log: log).read($0) }
        guard let id, let alarm, let pattern else { return nil }
        let rule = Rule(
            id: id, when: pattern, alarm: alarm, urgency: urgency, places: places.map(\.value),
            devices: devices.map(\.value), residentCondition: condition)
        return RuleDraft(rule: rule, mark: table.mark(of: "rule"), devices: devices, places: places)
    }

    /// Reports keys that will come later and takes them out, so that they are not called unknown.
    private func withoutLaterKeys(_ node: YAMLNode) -> YAMLNode {
        guard var entries = node.table else { return node }
        for entry in entries where Self.laterKeys.contains(entry.key) {
            log.error(
                at: entry.mark, "`\(entry.key)` is not available in this version of anju",
                why: "Without it the rule would mean something else", fix: "Remove the rule for now.")
        }
        entries.removeAll { Self.laterKeys.contains($0.key) }
        return YAMLNode(.table(entries), at: node.mark)
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
