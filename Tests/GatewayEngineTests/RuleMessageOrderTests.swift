import Correlation
import Escalation
import SafetyCore
import SafetyModel
import SiteConfiguration
import Testing

@testable import GatewayEngine

/// What responders read: the rule's own message where it has one, and always the address.
struct RuleMessageOrderTests {
    private static let start = TestSite.start
    private static let leak = (zh: "{home}：{place}漏水", en: "{home}: water leak in {place}")

    /// The small community with an address, a message of the leak rule and a rule over several homes.
    private static func site(
        _ messages: (zh: String, en: String)? = leak, address: String = "Willow Court 1, flat 101"
    ) -> Site {
        var site = TestSite.installation().site
        site.community.homes[1].address = address
        for place in site.community.devices.indices { site.community.devices[place].supervision = .zero }
        if let messages {
            site.rules[0].messages = [
                Rule.Message(language: "zh", text: messages.zh),
                Rule.Message(language: "en", text: messages.en),
            ]
        }
        var wide = Rule(
            id: "building-fire",
            when: .count(2, of: Condition(.smoke, .isOn), distinct: .home, within: .minutes(10)),
            alarm: .buildingFire, urgency: .lifeSafety)
        wide.scope = .community
        wide.messages = [Rule.Message(language: "en", text: "Smoke in several homes, the latest is {home}")]
        site.rules.append(wide)
        return site
    }

    /// A machine that hears, and what it told.
    private struct Story {
        var machine: SafetyMachine
        let compiled: CompiledSite
        var outcome = StepOutcome()
        var now = RuleMessageOrderTests.start

        init(_ site: Site) {
            compiled = CompiledSite(site)
            machine = SafetyMachine(site: compiled, at: now)
            take(InputBatch(.link(isUp: true), .caughtUp))
        }

        /// Takes one batch in; only its own outcome is kept.
        mutating func take(_ batch: InputBatch, after seconds: Int64 = 0) {
            now = now + .seconds(seconds)
            outcome.removeAll()
            for place in batch.inputs.indices {
                machine.advance(with: batch, at: place, time: now, into: &outcome)
            }
            machine.collect(into: &outcome)
        }

        /// What the orders of the last batch say, each once.
        func texts(_ language: String = "en") -> [String] {
            let writer = IncidentDocument(site: compiled, language: language, wallOffsetMilliseconds: 0)
            var texts: [String] = []
            for order in outcome.orders {
                guard let incident = outcome.incidents.first(where: { $0.id == order.id.incident }) else {
                    continue
                }
                let text = writer.text(for: order, of: incident)
                if !texts.contains(text) { texts.append(text) }
            }
            return texts
        }
    }

    @Test(
        arguments: [
            ("zh", leak, "Home h1：bathroom漏水 · Willow Court 1, flat 101"),
            ("en", leak, "Home h1: water leak in bathroom · Willow Court 1, flat 101"),
            (
                "en", (zh: "水", en: "Water on the floor"),
                "Water on the floor · Home h1 · Willow Court 1, flat 101"
            ),
            (
                "en", (zh: "", en: "Go to Willow Court 1, flat 101"),
                "Go to Willow Court 1, flat 101 · Home h1"
            ),
            ("en", nil, "Water leak · Home h1 · Willow Court 1, flat 101 · bathroom"),
            ("zh", nil, "漏水 · Home h1 · Willow Court 1, flat 101 · bathroom"),
        ] as [(String, (zh: String, en: String)?, String)])
    func `an order says what the rule says, and always where`(
        language: String, messages: (zh: String, en: String)?, text: String
    ) {
        var story = Story(Self.site(messages))
        story.take(.saying(TestSite.leak(1), .waterLeak))
        #expect(story.texts(language) == [text])
    }

    @Test func `the purpose stands behind the message`() {
        var story = Story(Self.site())
        story.take(.saying(TestSite.leak(1), .waterLeak))
        let subject = "Home h1: water leak in bathroom · Willow Court 1, flat 101"
        story.take(InputBatch(.tick), after: 3_601)
        #expect(story.texts() == [subject + " — still waiting for an answer"])
        #expect(story.texts("zh") == ["Home h1：bathroom漏水 · Willow Court 1, flat 101（仍待处理）"])
        story.take(InputBatch(.command(.by("nina", .acknowledge, on: 1))), after: 1)
        #expect(story.texts() == [subject + " — taken over by Nina"])
    }

    @Test func `the reading that raised the alarm is told, not the one that ended it`() {
        var site = Self.site()
        site.rules[0].when = .condition(Condition(.temperature, .above(57)))
        site.rules[0].messages = [Rule.Message(language: "en", text: "{home}: {value} degC")]
        var story = Story(site)
        story.take(.saying(TestSite.leak(1), .temperature, .number(60)))
        story.take(.saying(TestSite.leak(1), .temperature, .number(40)), after: 60)
        story.take(InputBatch(.command(.by("nina", .close(.real), on: 1))), after: 60)
        #expect(story.texts().last == "Home h1: 60 degC · Willow Court 1, flat 101 — closed by Nina")
    }

    @Test func `two hazards that open in one batch are both named in one order`() {
        var story = Story(Self.site())
        story.take(.saying(TestSite.smoke(2), .smoke))
        story.take(.saying(TestSite.smoke(1), .smoke), after: 240)
        #expect(story.outcome.orders.map(\.responder).filter { $0 == "nina" }.count == 2)
        let news = story.outcome.orders.filter { $0.id.incident == IncidentID(2) }
        #expect(news.map(\.responder) == ["nina"])
        #expect(
            story.texts().last
                == "Fire · Smoke in several homes, the latest is Home h1 · Willow Court 1, flat 101 · kitchen"
        )
    }

    @Test func `a hazard of the same moment whose order has left is told by an order of its own`() {
        var story = Story(Self.site())
        story.take(.saying(TestSite.smoke(1), .smoke))
        #expect(story.texts() == ["Fire · Home h1 · Willow Court 1, flat 101 · kitchen"])
        story.take(.saying(TestSite.button(1), .call, .key(.emergency)))
        #expect(
            story.texts() == [
                "Fire · SOS call · Home h1 · Willow Court 1, flat 101 · kitchen · bedroom — again"
            ])
    }

    @Test func `of more kinds than the named kind limit the number is told`() {
        var site = Self.site()
        let signals: [Signal] = [.waterLeak, .tamper, .fault, .smoke]
        #expect(signals.count == IncidentDocument.namedKindLimit + 1)
        site.rules = signals.map {
            Rule(
                id: $0.name, when: .condition(Condition($0, .isOn)), alarm: AlarmKind("kind-\($0.name)"),
                urgency: .routine)
        }
        var story = Story(site)
        var batch = InputBatch()
        for signal in signals { batch.say(TestSite.leak(1), signal) }
        story.take(batch)
        let texts = story.texts("zh").filter { $0.contains("kind-waterLeak") }
        #expect(
            texts == [
                "kind-waterLeak · kind-tamper · kind-fault · 等4项 · Home h1"
                    + " · Willow Court 1, flat 101 · bathroom"
            ])
    }

    @Test func `a digest of several devices does not hide all but one`() {
        var site = Self.site()
        site.rules = [
            Rule(
                id: "low", when: .condition(Condition(.battery, .below(10))), alarm: .batteryLow,
                urgency: .technical,
                messages: [Rule.Message(language: "en", text: "{home}: the battery of {device} is low")])
        ]
        var story = Story(site)
        story.take(.saying(TestSite.leak(1), .battery, .number(5)))
        #expect(story.texts() == ["Home h1: the battery of leak is low · Willow Court 1, flat 101"])
        story.take(.saying(TestSite.smoke(1), .battery, .number(5)), after: 5)
        story.take(InputBatch(.tick), after: 7_200)
        #expect(
            story.texts()
                == [
                    "Battery low · Home h1 · Willow Court 1, flat 101 · bathroom · kitchen"
                        + " — still waiting for an answer"
                ])
    }
}
