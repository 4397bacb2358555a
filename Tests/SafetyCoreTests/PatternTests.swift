import Correlation
import Escalation
import SafetyCore
import SafetyModel
import Testing

/// The pattern language, seen from the outside: which observations raise which alarm.
struct PatternTests {
    private static let hot = Condition(.temperature, .above(57), clear: .below(50))

    private func story(
        _ when: Pattern, places: [String] = [], devices: [String] = [], residents: [Resident] = [],
        condition: String? = nil
    ) -> Rehearsal {
        var site = TinySite(supervision: .zero)
        site.residents = residents
        site.rules = [
            Rule(
                id: "r", when: when, alarm: AlarmKind("found"), urgency: .urgent, places: places,
                devices: devices, residentCondition: condition)
        ]
        return Rehearsal(site)
    }

    /// Whether the rule's alarm is active; nil when it was never raised.
    private func found(_ story: Rehearsal) -> Bool? {
        story.incidents.flatMap(\.alarms).last { $0.kind == AlarmKind("found") }?.isActive
    }

    @Test(
        arguments: [
            ([57.0], nil), ([58], true), ([58, 52], true), ([58, 50], true), ([58, 49.9], false),
            ([58, 49, 55], false), ([58, 49, 60], true), ([.nan], nil), ([58, .nan], true),
        ] as [([Double], Bool?)])
    func `a condition with hysteresis goes on between its two thresholds`(degrees: [Double], state: Bool?) {
        var story = story(.condition(Self.hot))
        for degree in degrees { story.say("thermo", .temperature(degree)) }
        #expect(found(story) == state)
        #expect(story.incidents.flatMap(\.alarms).count == (state == nil ? 0 : 1))
    }

    @Test func `a span counts from the edge and starts anew after a break`() {
        var story = story(.held(Condition(.contact, .isOn), for: .minutes(10)))
        story.say("door", .open)
        story.wait(.minutes(9))
        story.say("door", .shut)
        story.say("door", .open)
        story.wait(.minutes(10) - .milliseconds(1))
        #expect(found(story) == nil)
        story.wait(.milliseconds(1))
        #expect(found(story) == true)
        story.say("door", .shut)
        #expect(found(story) == false)
    }

    @Test(arguments: [false, true])
    func `what was held long enough is told with its reading, an exception beside it or not`(
        hasException: Bool
    ) {
        let held = Pattern.held(Condition(.temperature, .above(57)), for: .minutes(1))
        var story = story(hasException ? .unless(held, .condition(Condition(.gas, .isOn))) : held)
        story.say("thermo", .temperature(61.5))
        story.wait(.seconds(59))
        story.say("thermo", .temperature(62.5))
        story.wait(.seconds(1))
        let evidence = story.incidents.flatMap(\.alarms).first?.evidence.first
        #expect(evidence?.signal == .temperature)
        #expect(evidence?.reading == .number(62.5))
        #expect(evidence?.device == "thermo")
    }

    @Test(
        arguments: [
            (.held(Condition(.contact, .isOn), for: .minutes(10)), nil), (.condition(hot), true),
        ] as [(Pattern, Bool?)])
    func `a pulse has no span and no end`(pattern: Pattern, state: Bool?) {
        var story = story(pattern)
        story.say("door", Observation(.contact, .flag(true), form: .pulse))
        story.say("thermo", Observation(.temperature, .number(90), form: .pulse))
        story.wait(.hours(5))
        #expect(found(story) == state)
    }

    @Test(arguments: [(Int64(299), true), (300, true), (301, false)])
    func `all of them within a window, its last moment included`(gap: Int64, isFound: Bool) {
        var story = story(
            .allOf(
                [.condition(Condition(.contact, .isOn)), .condition(Condition(.temperature, .above(57)))],
                within: .minutes(5)))
        story.say("door", .open)
        story.say("door", .shut)
        story.wait(.seconds(gap))
        story.say("thermo", .temperature(60))
        #expect((found(story) == true) == isFound)
    }

    @Test func `a home-wide pattern is restored when its window has passed`() {
        var story = story(
            .allOf(
                [.condition(Condition(.contact, .isOn)), .condition(Condition(.temperature, .above(57)))],
                within: .minutes(5)))
        story.say("thermo", .temperature(60))
        story.say("door", .open)
        story.say("door", .shut)
        #expect(found(story) == true)
        story.wait(.minutes(5))
        #expect(found(story) == true)
        story.wait(.milliseconds(1))
        #expect(found(story) == false)
    }

    @Test(arguments: [(Int64(5), true), (6, false)])
    func `a press in a pattern is over when it happened, latched or not`(minutes: Int64, isFound: Bool) {
        for press in [Observation.press(), .latched()] {
            var story = story(
                .allOf(
                    [
                        .condition(Condition(.call, .isKey(.emergency))),
                        .condition(Condition(.contact, .isOn)),
                    ],
                    within: .minutes(5)))
            story.say("button", press)
            story.wait(.minutes(minutes))
            story.say("door", .open)
            #expect((found(story) == true) == isFound)
        }
    }

    @Test func `any of them raises for itself, nested ones too`() {
        var story = story(
            .anyOf([
                .condition(Condition(.temperature, .atLeast(57))),
                .anyOf([
                    .condition(Condition(.temperature, .atMost(3))), .condition(Condition(.contact, .isOff)),
                ]),
            ]))
        story.say("thermo", .temperature(57))
        #expect(found(story) == true)
        story.say("thermo", .temperature(20))
        #expect(found(story) == false)
        story.say("thermo", .temperature(3))
        #expect(found(story) == true)
    }

    @Test(
        arguments: [
            (["kitchen"], [], nil, true), (["bath"], [], nil, false), ([], ["thermo"], nil, true),
            ([], ["door"], nil, false), (["kitchen"], ["thermo"], "dementia", true), ([], [], "deaf", false),
        ] as [([String], [String], String?, Bool)])
    func `filters by place, device and resident`(
        places: [String], devices: [String], condition: String?, isFound: Bool
    ) {
        var story = story(
            .condition(Condition(.temperature, .above(57))), places: places, devices: devices,
            residents: [Resident(id: "p", name: "p", conditions: ["dementia"])], condition: condition)
        story.say("thermo", .temperature(60))
        #expect((found(story) == true) == isFound)
    }

    @Test func `a reading of another shape never meets a condition`() {
        let readings: [Reading] = [.flag(true), .number(1), .pair(1, 2), .key(.emergency)]
        let comparisons: [Comparison] = [
            .isOn, .isOff, .above(0), .below(9), .atLeast(0), .atMost(9), .isKey(.emergency),
        ]
        let met = comparisons.map { comparison in readings.filter { comparison.holds(for: $0) }.count }
        #expect(met == [1, 0, 1, 1, 1, 1, 1])
    }
}
