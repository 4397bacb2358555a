import Correlation
import Escalation
import SafetyCore
import SafetyModel
import Testing

/// Patterns in the whole machine: scopes, blind windows, the wall clock, restarts and reloads.
struct MatchingTests {
    static let smoke = Condition(.smoke, .isOn)
    static let door = Condition(.contact, .isOn)
    static let motionless = Rule(
        id: "left-open",
        when: .sequence(
            [.condition(door), .absent([Condition(.contact, .isOff)], for: .minutes(10))], within: nil),
        alarm: AlarmKind("found"), urgency: .urgent)

    private func site(_ rules: [Rule], homes: Int = 1) -> TinySite {
        var site = TinySite(homeCount: homes, supervision: .zero)
        site.rules = rules
        return site
    }

    private func rule(
        _ when: Pattern, scope: Rule.Scope = .home, during: Schedule? = nil, id: String = "r"
    ) -> Rule {
        Rule(
            id: id, when: when, alarm: AlarmKind("found"), urgency: .urgent, during: during, scope: scope)
    }

    private func found(_ story: Rehearsal) -> [String] {
        story.incidents.filter { $0.kind == AlarmKind("found") }.map { incident in
            "h\(incident.home.value) \(incident.alarms.contains(where: \.isActive) ? "active" : "over")"
        }
    }

    /// Homes 1 and 2 are in building 1, unit 1; home 3 in building 1, unit 2; home 4 in building 2; home 5
    /// says nothing.
    private func community(_ rule: Rule) -> Rehearsal {
        var plain = site([rule], homes: 5).site
        let places = [("", ""), ("1", "1"), ("1", "1"), ("1", "2"), ("2", "1"), ("", "")]
        for (home, place) in places.enumerated() {
            plain.community.homes[home].building = place.0
            plain.community.homes[home].unit = place.1
        }
        var story = Rehearsal()
        story.machine = SafetyMachine(site: CompiledSite(plain), at: story.now)
        story.put(.link(isUp: true), .caughtUp)
        return story
    }

    @Test(
        arguments: [
            (.unit, 2, ["h2 active"]), (.unit, 3, []), (.building, 3, ["h3 active"]), (.building, 4, []),
            (.building, 5, []), (.community, 5, ["h5 active"]), (.home, 2, []),
        ] as [(Rule.Scope, Int, [String])])
    func `two homes of a scope make a match, in the home that completed it`(
        scope: Rule.Scope, second: Int, wanted: [String]
    ) {
        var story = community(
            rule(.count(2, of: Self.smoke, distinct: .home, within: .minutes(10)), scope: scope))
        story.say("h1/smoke", .smoke)
        story.say("h1/smoke2", .smoke)
        story.wait(.minutes(1))
        #expect(found(story) == [])
        story.say("h\(second)/smoke", .smoke)
        #expect(found(story) == wanted)
        story.wait(.minutes(10))
        #expect(found(story) == wanted.map { $0.replacing("active", with: "over") })
    }

    @Test func `a match over homes survives a restart and a reload`() throws {
        let rule = rule(.count(2, of: Self.smoke, distinct: .home, within: .minutes(10)), scope: .building)
        var story = community(rule)
        story.say("h1/smoke", .smoke)
        let bytes = story.machine.snapshot()
        story.machine = try SafetyMachine(snapshot: bytes, site: story.machine.compiled)
        #expect(story.machine.snapshot() == bytes)
        var next = story.machine.compiled.site
        next.rules.insert(self.rule(.condition(Condition(.fault, .isOn)), id: "other"), at: 0)
        next.community.homes.swapAt(4, 5)
        story.machine.adopt(CompiledSite(next), at: story.now)
        story.say("h3/smoke", .smoke)
        #expect(found(story) == ["h3 active"])
        story.wait(.minutes(10))
        #expect(found(story) == ["h3 over"])
    }

    @Test func `the bridge's and the broker's blind time moves an absence, and is no silence`() {
        var story = Rehearsal(site([Self.motionless]))
        story.say("door", .open)
        story.wait(.minutes(5))
        story.say("bridge", .bridgeDown)
        story.wait(.minutes(7))
        story.say("bridge", .bridgeUp)
        story.put(.link(isUp: false))
        story.wait(.minutes(7))
        story.put(.link(isUp: true), .caughtUp)
        story.wait(.minutes(5) - .milliseconds(1))
        #expect(found(story) == [])
        story.wait(.milliseconds(1))
        #expect(found(story) == ["h1 active"])
        story.say("door", .open)
        story.say("door", .shut)
        #expect(found(story) == ["h1 over"], "the first word after the bridge came back proves nothing")
    }

    @Test(arguments: [true, false])
    func `a partial match goes on through a reload where its rule is unchanged`(isSame: Bool) {
        var site = site([Self.motionless])
        var story = Rehearsal(site)
        story.say("door", .open)
        story.wait(.minutes(5))
        if !isSame { site.rules[0].alarm = AlarmKind("other") }
        site.rules.insert(rule(.condition(Condition(.fault, .isOn)), id: "fault"), at: 0)
        site.without = ["smoke"]
        story.machine.adopt(site.compiled, at: story.now)
        #expect(story.machine.waitingMatches(in: HomeIndex(1)).map(\.rule) == (isSame ? ["left-open"] : []))
        story.wait(.minutes(5))
        #expect(story.incidents.count == (isSame ? 1 : 0))
        story.machine.adopt(site.compiled, at: story.now)
        #expect(found(story) == (isSame ? ["h1 active"] : []))
        story.say("door", .shut)
        #expect(found(story) == (isSame ? ["h1 over"] : []))
    }

    @Test func `a schedule that opens completes a state that is true, and the wall clock moves it`() {
        let night = Schedule(spans: [Schedule.Span(from: 22 * 60, until: 5 * 60)])
        var story = Rehearsal(
            site([rule(.held(Self.door, for: .minutes(10)), during: night)]))
        story.say("door", .open)
        story.put(.wallOffset(.hours(1)))
        story.wait(.hours(13) - .milliseconds(1))
        #expect(found(story) == [])
        story.wait(.milliseconds(1))
        #expect(found(story) == ["h1 active"], "08:00 and 13 hours, by a clock that is an hour ahead")
        story.wait(.hours(10))
        #expect(found(story) == ["h1 active"], "closing ends nothing")
        story.say("door", .shut)
        #expect(found(story) == ["h1 over"])
    }

    @Test func `a wall clock that jumps into a schedule opens it at once`() {
        let night = Schedule(spans: [Schedule.Span(from: 22 * 60, until: 5 * 60)])
        var story = Rehearsal(site([rule(.held(Self.door, for: .minutes(10)), during: night)]))
        story.say("door", .open)
        story.wait(.minutes(20))
        story.put(.wallOffset(.hours(15)))
        #expect(found(story) == ["h1 active"])
    }

    @Test func `forgotten partial matches are told to a technician once a day, and counted`() {
        var story = Rehearsal(site([Self.motionless]))
        let press = Observation(.contact, .flag(true), form: .pulse)
        for _ in 0..<12 {
            story.say("door", press)
            story.wait(.seconds(1))
        }
        let tally = story.machine.matchTally(ofRule: "left-open")
        #expect(tally?.forgotten == 4)
        #expect(story.incidents.map(\.kind) == [.matchesForgotten])
        story.wait(.hours(25))
        for _ in 0..<12 { story.say("door", press.from(.live)) }
        #expect(story.machine.matchTally(ofRule: "left-open")?.forgotten ?? 0 > 4)
        let told = story.incidents.flatMap(\.alarms).filter { $0.kind == .matchesForgotten }
        #expect(told.map(\.raiseCount) == [2])
        #expect(story.machine.matchTally(ofRule: "nobody") == nil)
    }

    @Test func `an absence at home counts from the moment at which the home is in service`() {
        let quiet = rule(.absent([Self.door], for: .hours(1)))
        var site = site([quiet])
        site.commissioned = ["h1"]
        var story = Rehearsal(site)
        story.wait(.hours(5))
        site.commissioned = []
        story.machine.adopt(site.compiled, at: story.now)
        story.wait(.hours(1) - .milliseconds(1))
        #expect(found(story) == [])
        story.wait(.milliseconds(1))
        #expect(found(story) == ["h1 active"])
    }

    @Test func `history moves no pattern, a life-safety condition of a rule alone it does`() {
        let hot = Condition(.temperature, .above(57), clear: .below(50))
        var fire = rule(.condition(hot), id: "hot")
        fire.urgency = .lifeSafety
        var both = rule(.sequence([.condition(hot), .condition(Self.door)], within: .minutes(9)), id: "both")
        both.urgency = .lifeSafety
        var story = Rehearsal(site([fire, both]))
        story.say("thermo", .temperature(80).from(.history, at: story.clock(-60)))
        story.say("door", .open)
        #expect(story.incidents.flatMap(\.alarms).map(\.rule) == ["hot"])
    }

    @Test func `no operator withholds the compiled-in alarm`() {
        let rules = [
            rule(.unless(.condition(Self.smoke), .condition(Self.door)), id: "a"),
            rule(.condition(Self.smoke), during: Schedule(weekdays: 0), id: "b"),
            rule(.condition(Condition(.smoke, .isOn, quietAfter: .seconds(1))), id: "c"),
        ]
        var story = Rehearsal(site(rules))
        story.say("door", .open)
        story.say("smoke", .smoke)
        #expect(story.incidents.flatMap(\.alarms).map(\.rule).contains("life-safety/smoke"))
        #expect(!story.incidents.flatMap(\.alarms).map(\.rule).contains("a"))
    }
}
