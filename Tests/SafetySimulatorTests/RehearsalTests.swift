import Foundation
import SafetyModel
import SafetySimulator
import SiteConfiguration
import Testing

/// The shipped scenarios and what a rehearsal makes of small stories.
struct RehearsalTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "config/scenarios")

    /// The names of the shipped scenarios, sorted.
    static var shipped: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".txt") }.sorted()
    }

    /// The site of a shipped scenario.
    static func site(_ scenario: Scenario) throws -> Installation {
        let path = folder.appending(path: scenario.site ?? "site/anju.yaml").path
        let loaded = Installation.load(from: path, at: scenario.start.asWallTime)
        let errors = loaded.diagnostics.filter { $0.severity == .error }.map(\.text)
        return try #require(loaded.installation, "\(errors)")
    }

    /// Plays a text in the shipped site.
    static func play(_ text: String) throws -> [String] {
        let (read, problems) = ScenarioReader.read(text, file: "story.txt")
        let scenario = try #require(read, "\(problems.map(\.text))")
        let (stage, unknown) = ScenarioStage.set(scenario, in: try site(scenario))
        return Rehearsal.play(try #require(stage, "\(unknown.map(\.text))"))
    }

    static let head = "scenario: A story\nsite: site/anju.yaml\nstart: 2026-10-01 18:40\n"

    @Test func `scenarios are shipped`() { #expect(Self.shipped.count >= 20) }

    @Test(arguments: shipped) func `a shipped scenario goes as it expects`(name: String) throws {
        let file = Self.folder.appending(path: name)
        let text = try String(contentsOf: file, encoding: .utf8)
        let (read, problems) = ScenarioReader.read(text, file: name)
        let scenario = try #require(read, "\(problems.map(\.text))")
        let (stage, unknown) = ScenarioStage.set(scenario, in: try Self.site(scenario))
        let trace = Rehearsal.play(try #require(stage, "\(unknown.map(\.text))"))
        #expect(!trace.contains { $0.contains("broken:") })
        if ProcessInfo.processInfo.environment["REWRITE_GOLDEN"] == "1" {
            try scenario.rewriting(text, expecting: trace).write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let expected = try #require(scenario.expected, "the scenario expects nothing")
        let difference = RehearsalDifference.between(expected: expected.map(\.text), happened: trace)
        #expect(difference == nil, "\n\(difference?.text.joined(separator: "\n") ?? "")")
    }

    @Test func `the same story gives the same trace`() throws {
        let text = try String(contentsOf: Self.folder.appending(path: "gateway-restart.txt"), encoding: .utf8)
        #expect(try Self.play(text) == Self.play(text))
    }

    @Test func `a story in which nothing happens says so`() throws {
        let trace = try Self.play(Self.head + "nothing until 10:00\n")
        #expect(trace == ["10:00  end  no incident is open"])
    }

    @Test func `what is said while the link is down arrives when it is up again`() throws {
        let trace = try Self.play(
            Self.head + " 0:00 link down\n 0:05 h01/kitchen-smoke says {\"smoke\": true}\n 0:10 link up\n")
        #expect(trace.first?.hasPrefix(" 0:10  h01 #1 fire  opened:") == true)
    }

    @Test func `a trace of more lines than lineLimit says how many were left out`() throws {
        let text = Self.head + "from 0:00 to 6:00:00 every 0:01 topic a/b says 1\n"
        let trace = try Self.play(text)
        #expect(trace.count == Rehearsal.lineLimit + 1)
        #expect(trace.last?.hasSuffix("lines more") == true)
    }

    @Test func `a topic that nobody knows is named`() throws {
        let trace = try Self.play(Self.head + " 0:00 topic a/b says 1\n")
        #expect(trace.first == " 0:00  broker  nobody knows the topic a/b")
    }

    @Test func `a refused act says why`() throws {
        let trace = try Self.play(
            Self.head + """
                 0:00 h01/kitchen-smoke says {"smoke": true}
                 0:10 zhao acknowledges h01 fire
                 0:20 station acknowledges h01
                """)
        #expect(trace.contains { $0.hasSuffix("station may not acknowledge: takenByAnother") })
    }

    @Test func `a device's other topics and its bridge are found`() throws {
        let trace = try Self.play(
            Self.head + """
                 0:00 h01/kitchen-smoke/availability says offline
                 0:01 h01/bridge/state says {"state": "online"}
                 0:02 h01/bridge says online
                 0:03 h01/bridge/logging says {"level": "info"}
                """)
        #expect(trace == [" 0:03  end  no incident is open"])
    }

    @Test func `the start is the site's local time`() throws {
        let beijing = CivilCalendar(offsets: [
            CivilCalendar.Offset(from: WallTime(milliseconds: 0), secondsFromUTC: 28_800)
        ])
        let (scenario, _) = ScenarioReader.read(Self.head, file: "story.txt")
        // 2026-10-01T10:40:00Z
        #expect(scenario?.start.instant(in: beijing) == Instant(milliseconds: 1_790_851_200_000))
    }
}
