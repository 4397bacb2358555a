import Correlation
import SafetyCore
import SafetyModel
import Testing

@testable import SiteConfiguration

struct RuleMessageTests {
    private static func evidence(_ reading: Reading?, place: String = "kitchen") -> Evidence {
        Evidence(
            device: "d1", place: place, signal: nil, reading: reading, quality: .live,
            at: Instant(milliseconds: 0))
    }

    /// The site with one rule that says this.
    private func text(_ en: String, _ evidence: Evidence?, language: String = "en") throws -> String? {
        var site = SampleSite()
        site.rules = """
            rules:
              - {rule: r, when: contact, alarm: x, messages: {zh: "{home}：{value}", en: "\(en)"}}
              - {rule: silent, when: motion, alarm: y}
            """
        let loaded = try #require(try site.load().installation).site
        #expect(said("silent", loaded, nil, "en") == nil)
        #expect(said("stranger", loaded, nil, "en") == nil)
        return said("r", loaded, evidence, language)
    }

    private func said(_ rule: String, _ site: Site, _ evidence: Evidence?, _ language: String) -> String? {
        RuleMessages.text(
            ofRule: rule, in: site, language: language, home: Home(id: "h1", name: "3-2-501"),
            evidence: evidence, keyWords: { "<\($0.name)>" })
    }

    @Test(arguments: [
        ("{home}, {place}, {device}: {value}", evidence(.number(57)), "3-2-501, kitchen, d1: 57"),
        ("{value} degC", evidence(.number(38.649)), "38.6 degC"),
        ("{value}", evidence(.number(-0.25)), "-0.3"),
        ("{value}", evidence(.key(.errand)), "<errand>"),
        ("{value}", evidence(.pair(120, 80)), "120/80"),
        ("open {value}!", evidence(.flag(true)), "open !"),
        ("in {place}", evidence(nil, place: ""), "in d1"),
        ("{home}{home}", evidence(nil), "3-2-5013-2-501"),
        ("no facts", evidence(nil), "no facts"),
    ])
    func `a message is filled with the facts of the alarm`(
        _ template: String, _ evidence: Evidence, _ said: String
    ) throws {
        #expect(try text(template, evidence) == said)
    }

    @Test func `the message follows the language of the site`() throws {
        #expect(try text("x", Self.evidence(.number(3)), language: "zh-Hans") == "3-2-501：3")
        #expect(try text("{place}{device}.", nil) == ".")
    }

    @Test func `a message with a value that nobody knows is left out rather than told with a gap`() throws {
        #expect(try text("{place}: {value} degC", nil) == nil)
        #expect(try text("{place}: {value} degC", Self.evidence(nil)) == nil)
    }

    @Test func `what nobody knows stays as it stands`() {
        #expect(RuleMessages.fill("a {b} c} {d", { _ in nil }) == "a {b} c} {d")
    }
}
