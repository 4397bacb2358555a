import Correlation
import DeviceProfiles
import SafetyModel

extension SiteBuilder {
    /// Rules whose filters meet nothing, and devices to which no rule listens.
    mutating func checkRules() {
        checkFilters()
        checkScopes()
        checkKindNames()
        checkConflicts()
        checkConditionCount()
        let coverage = RuleCoverage(rules: rules.map(\.rule))
        var unheard = HomeTally<Int32>()
        var firstDevice: [Int32: Int] = [:]
        for (index, device) in community.devices.enumerated() where device.kind == .sensor {
            let home = community.homes[device.home.int]
            guard !coverage.listens(to: device, giving: deviceSignals[index], in: home),
                !isHeardByWelfare(index)
            else { continue }
            let profile = bindings[index].profile
            if firstDevice[profile] == nil { firstDevice[profile] = index }
            unheard.count(profile, home: device.home.int)
        }
        for entry in unheard.entries {
            guard let device = firstDevice[entry.key] else { continue }
            let profile = profiles[Int(entry.key)]
            let others = entry.count == 1 ? "" : " and \(entry.count - 1) more of the profile \(profile.id)"
            problems.warning(
                at: devicePlace(device),
                "No rule listens to the device \(community.devices[device].id)\(others)",
                why: "What it says of the home is recorded, and nobody is called",
                fix: "Add a rule for one of its signals, or leave it so on purpose.")
        }
    }

    /// The compiled rules have bounded room.
    private mutating func checkConditionCount() {
        let count = (Rule.lifeSafety + rules.map(\.rule)).reduce(0) { $0 + $1.when.conditionCount }
        guard count > RuleBook.leafLimit else { return }
        problems.error(
            at: place(settings.mark),
            "All rules together have \(count) conditions, more than \(RuleBook.leafLimit)",
            fix: "Remove rules, or write one rule for several places.")
    }

    /// A kind that is nearly one of the vocabulary is probably a slip.
    private mutating func checkKindNames() {
        let known = AlarmKind.vocabulary.map(\.name)
        for index in rules.indices {
            let name = rules[index].rule.alarm.name
            guard !known.contains(name), let near = nearestWord(to: name, among: known) else { continue }
            problems.warning(
                at: rulePlaces[index],
                "The rule \(rules[index].rule.id) raises an alarm of its own kind `\(name)`",
                why: "Plans for `\(near)` do not cover it", fix: "Did you mean `\(near)`?")
        }
    }
}

extension AlarmKind {
    /// The kinds that need no rule of the site to be known.
    static let vocabulary: [AlarmKind] =
        RuleReader.lifeSafetyKinds + RuleReader.ownKinds + [
            .waterLeak, .inactivity, .batteryLow, .tamper, .deviceFault, .vitals, .wristbandOff, .doorOpen,
            .doorNotOpened, .wandering, .serviceCall, .deviceTest, .chatter, .sensorConflict,
        ]
}
