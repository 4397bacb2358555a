import Correlation
import Escalation
import SafetyCore
import SafetyModel
import Testing

/// Random inputs against rules of every operator: nothing traps, no deadline stays due, and a restart at any
/// moment changes nothing.
struct MatchingWalkTests {
    private static let motion = Condition(.motion, .isOn)
    private static let door = Condition(.contact, .isOn)
    private static let smoke = Condition(.smoke, .isOn)
    private static let call = Condition(.call, .isKey(.emergency))
    private static let hot = Condition(.temperature, .above(40), clear: .below(30))
    private static let night = Schedule(
        spans: [Schedule.Span(from: 22 * 60, until: 9 * 60)], weekdays: 0b101_1101, holidays: .excluded,
        holidayDays: [20_459])

    private static func rule(
        _ id: String, _ when: Pattern, scope: Rule.Scope = .home, during: Schedule? = nil,
        restarts: Bool = false
    ) -> Rule {
        Rule(
            id: id, when: when, alarm: AlarmKind(id), urgency: .urgent, during: during, scope: scope,
            restarts: restarts)
    }

    static let rules = [
        rule(
            "left-open",
            .sequence([.condition(door), .absent([call, motion], for: .minutes(3))], within: nil)),
        rule(
            "aba", .sequence([.condition(door), .condition(motion), .condition(door)], within: .minutes(9))),
        rule(
            "silent-first", .sequence([.absent([motion], for: .minutes(2)), .condition(call)], within: nil),
            during: night),
        rule(
            "restarts",
            .sequence(
                [.condition(motion), .absent([door], for: .seconds(40)), .condition(call)],
                within: .minutes(10)),
            restarts: true),
        rule("silent", .absent([motion, door], for: .minutes(20)), during: night),
        rule("many", .count(3, of: call, distinct: nil, within: .hours(2))),
        rule("building", .count(2, of: smoke, distinct: .home, within: .minutes(5)), scope: .building),
        rule("quiet-building", .absent([smoke], for: .minutes(30)), scope: .community, during: night),
        rule("rise", .change(Condition(.temperature, .above(0)), by: 20, within: .minutes(5))),
        rule("unless", .unless(.held(hot, for: .seconds(20)), .condition(door)), during: night),
        rule("fades", .condition(Condition(.motion, .isOn, quietAfter: .minutes(2)))),
        rule(
            "mixed",
            .allOf(
                [
                    .condition(hot), .anyOf([.condition(door), .absent([motion], for: .minutes(1))]),
                    .count(2, of: call, distinct: .device, within: .minutes(3)),
                ], within: .minutes(4))),
    ]

    static let sites: [CompiledSite] = [rules, Array(rules.reversed().dropLast(3))].enumerated().map {
        place, rules in
        var site = TinySite(homeCount: 4, supervision: .minutes(10))
        site.rules = rules
        site.without = place == 0 ? [] : ["smoke2"]
        var made = site.site
        for home in 1...4 { made.community.homes[home].building = home < 4 ? "1" : "" }
        return CompiledSite(made)
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `a restart at any moment changes nothing`(seed: UInt64) throws {
        var story = RandomStory(seed: seed, sites: Self.sites)
        var twin = story
        for step in 0..<1_500 {
            story.step()
            twin.step()
            if step % 17 == 0 {
                let bytes = twin.machine.snapshot()
                let due = twin.machine.nextDeadline
                twin.machine = try SafetyMachine(snapshot: bytes, site: twin.machine.compiled)
                #expect(twin.machine.nextDeadline == due)
                let isSame = twin.machine.snapshot() == bytes
                try #require(isSame)
            }
            if step % 100 == 0 { #expect(story.machine.checkInvariants() == nil) }
        }
        #expect(story.machine.digest == twin.machine.digest)
    }

    @Test func `the walks reach every operator`() {
        var completed = Self.rules.map { _ in Int64(0) }
        for seed in 1...2 as ClosedRange<UInt64> {
            var story = RandomStory(seed: seed, sites: [Self.sites[0]])
            for _ in 0..<2_000 { story.step() }
            for (place, rule) in Self.rules.enumerated() {
                completed[place] += story.machine.matchTally(ofRule: rule.id)?.completed ?? 0
            }
        }
        let silent = zip(Self.rules, completed).filter { $1 == 0 }.map(\.0.id)
        #expect(silent.isEmpty, "never completed: \(silent)")
    }

    @Test func `a reload that changes nothing keeps every match, and one that changes all traps nowhere`() {
        var story = RandomStory(seed: 99, sites: Self.sites)
        for step in 0..<1_000 {
            story.step()
            guard step % 50 == 0 else { continue }
            let machine = story.machine
            let site = machine.compiled
            if machine.homesInTheWay(of: site).isEmpty {
                story.machine.adopt(site, at: machine.now)
                for home in (1...4).map({ HomeIndex($0) }) {
                    let isSame =
                        story.machine.home(home).perception.matches == machine.home(home).perception.matches
                    #expect(isSame, "step \(step), home \(home)")
                }
            }
            let other = Self.sites[step / 50 % 2]
            if story.machine.homesInTheWay(of: other).isEmpty {
                story.machine.adopt(other, at: story.machine.now)
            }
        }
        #expect(story.machine.checkInvariants() == nil)
    }
}
