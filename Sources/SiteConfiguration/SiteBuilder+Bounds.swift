import Correlation
import SafetyModel

/// Bounds of residents: whether a device says the vital sign, whose it is, and which rule watches it.
extension SiteBuilder {
    /// The resident who wears a device, by the place in the home's list; nil where no file says so.
    mutating func wearer(of draft: DeviceDraft, in home: HomeDraft, _ file: Int32) -> UInt8? {
        guard let name = draft.wearer else { return nil }
        let found = home.residents.indices.filter {
            home.residents[$0].id == name.value || home.residents[$0].name == name.value
        }
        if found.count == 1 { return UInt8(clamping: found[0]) }
        let known = home.residents.map(\.name) + home.residents.map(\.id)
        problems.error(
            at: files[Int(file)].place(name.mark),
            found.isEmpty
                ? "There is no resident `\(name.value.quoted)` in the home \(home.id)"
                : "Two residents of the home \(home.id) are called `\(name.value.quoted)`",
            why: "Nobody could know whose bounds hold for the device \(draft.id)",
            fix: found.isEmpty
                ? nearestWord(to: name.value, among: known).map { "Did you mean `\($0)`?" }
                    ?? "Write the name of a resident, or his id."
                : "Give each of them an id, `{resident: li, name: ...}`, and write that.")
        return nil
    }

    mutating func checkBounds() {
        let personal = rules.map(\.rule).filter(\.hasPersonalBounds)
        var told: Set<Int> = []
        for (draft, home, file) in boundsDrafts {
            let place = files[Int(file)].place(draft.bounds.mark)
            guard let worn = devices(of: draft, home, at: place, &told) else { continue }
            let conditions = personal.filter { rule in
                worn.contains { rule.applies(to: community.devices[$0], in: community.homes[home]) }
            }
            .flatMap(\.when.comparisons).filter { $0.signal == draft.bounds.value.signal }
            checkRules(for: draft.bounds.value, conditions, at: place)
        }
    }

    /// The devices whose readings the bounds are for; nil where there is none, which is reported.
    private mutating func devices(
        of draft: BoundsDraft, _ index: Int, at place: Place, _ told: inout Set<Int>
    ) -> [Int]? {
        let home = community.homes[index]
        let signal = draft.bounds.value.signal
        let able = home.devices.map { Int($0) }.filter { deviceSignals[$0] & signal.bit != 0 }
        let isAlone = home.residents.count == 1
        let worn = able.filter { isAlone || community.devices[$0].wearer == UInt8(clamping: draft.resident) }
        let open = isAlone ? [] : able.filter { community.devices[$0].wearer == nil }
        for device in open where told.insert(device).inserted {
            problems.error(
                at: devicePlace(device),
                "Nobody says who wears the device \(community.devices[device].id), and the home \(home.id) has "
                    + "\(home.residents.count) residents",
                why: "The bounds of one would hold for another, or for nobody",
                fix:
                    "Write `worn_by: ` and the resident's name at the device, or its `signals` if nobody does."
            )
        }
        guard worn.isEmpty, open.isEmpty else { return worn.isEmpty ? nil : worn }
        problems.error(
            at: place,
            able.isEmpty
                ? "No device of the home \(home.id) says `\(signal.name)`"
                : "No device that this resident of the home \(home.id) wears says `\(signal.name)`",
            why: "Nobody would notice that a reading is out of these bounds",
            fix: "Add the wristband to `devices`, or remove the bounds.")
        return nil
    }

    /// Whether some rule watches each side, and whether a reading could end its alarm.
    private mutating func checkRules(
        for bounds: VitalBounds, _ conditions: [Condition], at place: Place
    ) {
        let name = bounds.signal.name
        for (bound, isUpward) in [(bounds.lowest, false), (bounds.highest, true)] {
            guard let bound, !conditions.contains(where: { $0.raise.isUpward == isUpward }) else { continue }
            problems.error(
                at: place,
                "No rule with `personal_bounds` watches how \(isUpward ? "high" : "low") `\(name)` gets here",
                why: "This bound would do nothing",
                fix: "Remove \(YAMLNode.show(bound)), or write `personal_bounds: true` into a rule for it.")
        }
        let moved = conditions.map { $0.moved(to: [bounds]) ?? $0 }
        let ends = moved.map { (isUpward: $0.raise.isUpward, limit: ($0.clear ?? $0.raise).limit ?? 0) }
        // From above the one to below the other no alarm stands.
        let floor = ends.filter { !$0.isUpward }.map(\.limit).max() ?? -.infinity
        let ceiling = ends.filter(\.isUpward).map(\.limit).min() ?? .infinity
        let range = bounds.signal.unitAndRange.range
        guard max(floor, range.lowerBound) >= min(ceiling, range.upperBound) else { return }
        problems.error(
            at: place,
            "The bounds of `\(name)` leave no room in which an alarm could end",
            why: "By the rules an alarm ends above \(YAMLNode.show(max(floor, range.lowerBound))) and below "
                + YAMLNode.show(min(ceiling, range.upperBound)),
            fix: "Write bounds that lie further apart.")
    }
}

extension Pattern {
    /// The conditions in it that compare a reading with a number; the limit of a change means nothing.
    var comparisons: [Condition] {
        conditions.filter { $0.raise.limit.map { $0.magnitude < .greatestFiniteMagnitude } ?? false }
    }
}

extension RuleReader {
    /// A rule with personal bounds must have one number for each side of a vital sign.
    func checkPersonalBounds(of rule: Rule, _ table: Table) {
        guard rule.hasPersonalBounds else { return }
        let mark = table.mark(of: "personal_bounds")
        let vital = rule.when.comparisons.filter { BoundsReader.signals.contains($0.signal) }
        if vital.isEmpty {
            log.error(
                at: mark, "`personal_bounds` does nothing in this rule",
                why: "It compares no vital sign with a number", fix: "Remove it.")
        }
        if rule.scope != .home {
            log.error(
                at: mark, "`personal_bounds` and `scope` do not go together",
                why: "A person's bounds hold for what he wears at home", fix: "Remove one of them.")
        }
        for (index, condition) in vital.enumerated() {
            let isSecond = vital[..<index].contains {
                $0.signal == condition.signal && $0.raise.isUpward == condition.raise.isUpward
                    && $0.raise.limit != condition.raise.limit
            }
            guard isSecond else { continue }
            log.error(
                at: mark, "The rule compares `\(condition.signal.name)` with two numbers on one side",
                why: "A person's bound would stand in place of both",
                fix: "Split it into two rules, one of them with `personal_bounds`.")
            return
        }
    }
}
