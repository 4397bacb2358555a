import SafetySimulator
import SiteConfiguration
import Testing

/// What a technician may write in a scenario, and what he hears when he mistypes.
struct ScenarioReaderTests {
    static let head = "scenario: A story\nsite: site/anju.yaml\nstart: 2026-10-01 18:40\n"

    static func problems(_ line: String) -> [String] {
        ScenarioReader.read(head + line + "\n", file: "s.txt").diagnostics.map(\.text)
    }

    static func scenes(_ lines: String) throws -> [Scenario.Scene] {
        let (scenario, problems) = ScenarioReader.read(head + lines + "\n", file: "s.txt")
        return try #require(scenario, "\(problems.map(\.text))").scenes
    }

    @Test(arguments: [
        ("0:00", Duration.zero), ("1:30", .seconds(90)), ("90:00", .seconds(5_400)),
        ("26:00:00", .seconds(93_600)),
        ("0:00.250", .milliseconds(250)),
    ]) func `a time is read`(text: String, span: Duration) throws {
        #expect(try Self.scenes("\(text) link up").map(\.at) == [span])
    }

    @Test(arguments: [
        ("0:00 link dwn", "s.txt:4:11: error: `dwn` is not understood here. Did you mean `down`?"),
        ("0:00 h01/x say 1", "s.txt:4:12: error: `say` is not understood here. Did you mean `says`?"),
        (
            "0:00 zhao acknowleges h01",
            "s.txt:4:11: error: `acknowleges` is not understood here after `zhao`."
        ),
        ("0:00 zhao closes h01 as rael", "s.txt:4:25: error: `rael` is no way in which an incident ends."),
        ("0:00 zhao closes h01", "s.txt:4:21: error: The line ends too early."),
        (
            "0:00 mqtt to zhao failes",
            "s.txt:4:19: error: `failes` is not understood here. Did you mean `fails`?"
        ),
        ("0:00", "s.txt:4:5: error: Nothing happens at this time."),
        ("0:61 link up", "s.txt:4:1: error: A line begins with a time"),
        ("nothing util 3:00", "s.txt:4:9: error: `until` should stand here, not `util`."),
        ("nothing until 1000:00:00", "s.txt:4:15: error: `1000:00:00` is no time of a scenario."),
        ("from 0:00 to 1:00 every 0:00 link up", "s.txt:4:6: error: This happens never"),
        ("0:00 link up now", "s.txt:4:14: error: Nothing may follow here. Remove `now`."),
        ("2:00 link up\n1:00 link down", "s.txt:5:1: error: The line before is later than 1:00."),
        ("2:00 link up\nnothing until 1:00", "s.txt:5:9: error: Something happens later than that."),
        ("stat: 2026-10-01 18:40", "s.txt:4:1: error: There is no key `stat`. Did you mean `start`?"),
        ("start: 2026-10-01 18:40", "s.txt:4:1: error: `start:` stands here a second time."),
        ("expekt", "s.txt:4:1: error: A line begins with a time"),
        ("0:00 gateway trouble full begins", "s.txt:4:22: error: `full` is not understood here."),
    ]) func `a mistake is named with its place and a way out`(line: String, start: String) {
        let found = Self.problems(line)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix(start) == true, "\(found)")
    }

    @Test(arguments: [
        "2026-13-01 18:40", "2026-02-29 10:00", "2026-10-01 24:00", "2026-10-01", "1 Oct 18:40",
    ])
    func `a start that no calendar has is refused`(start: String) {
        let text = "scenario: A story\nstart: \(start)\n"
        let problems = ScenarioReader.read(text, file: "s.txt").diagnostics.map(\.text)
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("s.txt:2:8: error:") == true, "\(problems)")
    }

    @Test func `all problems are told at once`() {
        #expect(Self.problems("0:00 link dwn\n0:01 link dwn\nfoo").count == 3)
    }

    @Test func `title and start are required`() {
        #expect(ScenarioReader.read("0:00 link up\n", file: "s.txt").diagnostics.count == 2)
    }

    @Test func `a payload is taken as it stands, to the end of the line`() throws {
        let scenes = try Self.scenes(
            "0:00 h01/x says  {\"a\": 1,  \"b\": \"# no comment\"} \n0:01 h01/x says retained ON")
        let said = scenes.compactMap { scene -> String? in
            guard case .deviceSays(_, let payload, let isRetained) = scene.act else { return nil }
            return "\(isRetained) \(payload)"
        }
        #expect(said == ["false {\"a\": 1,  \"b\": \"# no comment\"}", "true ON"])
    }

    @Test func `what repeats stands between the other lines`() throws {
        let scenes = try Self.scenes("from 0:00 to 0:10 every 0:05 link up\n0:05 link down\n0:07 link up")
        #expect(scenes.map(\.at) == [.zero, .seconds(5), .seconds(5), .seconds(7), .seconds(10)])
        #expect(scenes[2].act == .link(isUp: false))
    }

    @Test func `more scenes than the limit are refused`() throws {
        let most = "from 0:00.000 to 0:99.998 every 0:00.001 link up"
        #expect(Self.problems(most).count == 1, "99 seconds are no time")
        let limit = "from 0:00 to 1:39.999 every 0:00.001 link up"
        #expect(try Self.scenes(limit).count == Scenario.sceneLimit)
        #expect(Self.problems(limit + "\n2:00 link up").count == 1)
    }

    @Test func `a file above the size limit is refused`() {
        let text = Self.head + String(repeating: "#", count: Scenario.sizeLimit)
        #expect(ScenarioReader.read(text, file: "s.txt").scenario == nil)
    }

    @Test func `a scenario longer than the limit is refused`() {
        #expect(Self.problems("744:00:00 link up") == [])
        #expect(Self.problems("744:00:01 link up").count == 1)
    }

    @Test(arguments: [
        ("0:00 h01/kitchen-smok says 1", "s.txt:4:10: error: The home h01 has no device `kitchen-smok`."),
        ("0:00 h1/kitchen-smoke says 1", "s.txt:4:6: error: The site has no home `h1`. Did you mean `h01`?"),
        (
            "0:00 zao acknowledges h01",
            "s.txt:4:6: error: The site has no responder `zao`. Did you mean `zhao`?"
        ),
        ("0:00 zhao acknowledges h01 fier", "s.txt:4:1: error: The site has no kind of alarm `fier`."),
        ("0:00 mqqt to zhao fails", "s.txt:4:6: error: The site has no channel `mqqt`. Did you mean `mqtt`?"),
        ("0:00 gateway starts", "s.txt:4:1: error: The gateway is running already."),
    ]) func `a name that the site does not have is named`(line: String, start: String) throws {
        let scenario = try #require(ScenarioReader.read(Self.head + line, file: "s.txt").scenario)
        let (stage, problems) = ScenarioStage.set(scenario, in: try RehearsalTests.site(scenario))
        #expect(stage == nil)
        #expect(problems.count == 1)
        #expect(problems.first?.text.hasPrefix(start) == true, "\(problems.map(\.text))")
    }
}
