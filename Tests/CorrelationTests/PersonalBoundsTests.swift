import SafetyModel
import Testing

@testable import Correlation

/// A resident's own bounds: on what he wears a rule finds what it would find with his numbers written in.
struct PersonalBoundsTests {
    private static let fast = Condition(.heartRate, .above(130), clear: .below(120))
    private static let slow = Condition(.heartRate, .below(45), clear: .above(50))

    static let patterns: [Pattern] = [
        .unless(
            .anyOf([.held(fast, for: .minutes(5)), .held(slow, for: .minutes(5))]),
            .condition(Condition(.worn, .isOff))),
        .condition(Condition(.heartRate, .above(130))), .condition(fast),
        .condition(Condition(.heartRate, .atMost(45))),
        .anyOf([.condition(Condition(.heartRate, .atLeast(130))), .condition(slow)]),
        .allOf([.condition(fast), .condition(Condition(.worn, .isOn))], within: .minutes(3)),
        .count(2, of: Condition(.heartRate, .above(130)), distinct: nil, within: .minutes(10)),
        .sequence([.condition(fast), .absent([slow], for: .minutes(4))], within: nil),
        .change(Condition(.heartRate, .above(0)), by: 60, within: .minutes(5)),
    ]

    static let bounds: [[VitalBounds]] = [
        [], [VitalBounds(.heartRate, lowest: 60, highest: 100)], [VitalBounds(.heartRate, highest: 150)],
        [VitalBounds(.heartRate, lowest: 38.5)], [VitalBounds(.oxygenSaturation, lowest: 60)],
    ]

    /// A home with two bands; the second resident wears the second one and has bounds.
    private static func community(_ bounds: [VitalBounds]) -> Community {
        Community(
            homes: [
                Home(
                    id: "h", name: "h",
                    residents: [
                        Resident(
                            id: "a", name: "a", bounds: [VitalBounds(.heartRate, lowest: 1, highest: 2)]),
                        Resident(id: "b", name: "b", bounds: bounds), Resident(id: "c", name: "c"),
                    ], devices: 0..<3)
            ],
            devices: [UInt8?.none, 1, 2].map { wearer in
                Device(
                    id: "d\(wearer ?? 9)", home: HomeIndex(0), profile: "p", signals: [.heartRate, .worn],
                    wearer: wearer)
            }, responders: [])
    }

    private static func rule(_ when: Pattern, isPersonal: Bool = true) -> Rule {
        Rule(
            id: "r", when: when, alarm: .vitals, urgency: .urgent, hasPersonalBounds: isPersonal)
    }

    /// Readings all over the range, some of them exactly on a bound, of one device.
    private static func readings(of device: Int, seed: UInt64) -> [PlayedEvent] {
        var state = seed
        var value = 75.0
        return (1...120).map { step in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let values = [38.0, 38.5, 45, 50, 60, 65, 75, 90, 100, 105, 120, 130, 140, 150, 160]
            // Some readings stay for a while, so that what must be held is held.
            if Int(state >> 20) % 3 == 0 { value = values[Int(state >> 33) % values.count] }
            let isWorn = Int(state >> 50) % 9 != 0
            let signal: Signal = step % 7 == 0 ? .worn : .heartRate
            return PlayedEvent(
                at: Int64(step) * 47_000, lateness: nil, device: device, signal: signal,
                reading: signal == .worn ? .flag(isWorn) : .number(value), isPulse: false)
        }
    }

    private static func found(_ rule: Rule, _ community: Community, _ events: [PlayedEvent]) -> [String] {
        var play = PatternPlay(rule: rule, community: community)
        play.play(events, until: 120 * 60_000)
        return play.words()
    }

    @Test(arguments: patterns.indices, bounds.indices)
    func `a rule finds what it finds with the person's numbers written in`(_ row: Int, _ column: Int) {
        let (when, bounds) = (Self.patterns[row], Self.bounds[column])
        let plain = Self.community([])
        var differs = false
        for seed in 1...20 as ClosedRange<UInt64> {
            let events = Self.readings(of: 1, seed: seed)
            let own = Self.found(Self.rule(when), Self.community(bounds), events)
            let written = Self.found(Self.rule(when.moved(to: bounds), isPersonal: false), plain, events)
            #expect(own == written)
            differs = differs || own != Self.found(Self.rule(when, isPersonal: false), plain, events)
        }
        let isMoved = when.moved(to: bounds) != when
        #expect(differs == isMoved, "the play must tell the numbers apart")
    }

    @Test(arguments: patterns.indices, [0, 2])
    func `who has no bounds, and whose band nobody knows, has the rule's numbers`(_ row: Int, device: Int) {
        let (when, bounds) = (Self.patterns[row], Self.bounds[1])
        for seed in 1...20 as ClosedRange<UInt64> {
            let events = Self.readings(of: device, seed: seed)
            let own = Self.found(Self.rule(when), Self.community(bounds), events)
            #expect(own == Self.found(Self.rule(when, isPersonal: false), Self.community([]), events))
        }
    }

    @Test(arguments: patterns.indices) func `a rule that does not ask for bounds has its own numbers`(
        _ row: Int
    ) {
        let events = Self.readings(of: 1, seed: 7)
        let rule = Self.rule(Self.patterns[row], isPersonal: false)
        #expect(
            Self.found(rule, Self.community(Self.bounds[1]), events)
                == Self.found(rule, Self.community([]), events))
        #expect(RuleBook(rules: [rule], community: Self.community(Self.bounds[1])).boundsOfDevice.isEmpty)
    }

    @Test(
        arguments: [
            (Condition(.bodyTemperature, .above(38.5), clear: .below(38)), .above(38.2), .below(37.7)),
            (
                Condition(.bodyTemperature, .atLeast(38.5), clear: .atMost(38.4)), .atLeast(38.2),
                .atMost(38.1)
            ),
            (Condition(.bodyTemperature, .below(35), clear: .above(35.5)), .below(35.6), .above(36.1)),
            (Condition(.bodyTemperature, .atMost(35)), .atMost(35.6), nil),
        ] as [(Condition, Comparison, Comparison?)])
    func `the end of a condition keeps its distance, to the last digit`(
        condition: Condition, raise: Comparison, clear: Comparison?
    ) throws {
        let bounds = [VitalBounds(.bodyTemperature, lowest: 35.6, highest: 38.2)]
        let moved = try #require(condition.moved(to: bounds))
        #expect(moved.raise == raise && moved.clear == clear)
    }

    @Test func `what is no comparison of that signal is not moved`() {
        let bounds = [VitalBounds(.heartRate, highest: 100)]
        for condition in [
            Condition(.worn, .isOn), Condition(.call, .isKey(.medical)), Self.slow,
            Condition(.oxygenSaturation, .above(90)),
        ] {
            #expect(condition.moved(to: bounds) == nil)
        }
    }
}
