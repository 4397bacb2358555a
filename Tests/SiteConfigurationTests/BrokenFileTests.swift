import Foundation
import Testing

@testable import SiteConfiguration

struct BrokenFileTests {
    @Test(arguments: texts)
    func `what is not good YAML is reported where it stops being so`(_ wrong: Wrong) throws {
        try wrong.check()
    }

    static let texts: [Wrong] = [
        Wrong(.homes, "homes: [", at: "homes/homes.yaml:1:8", "This is not YAML"),
        Wrong(.homes, "homes:\n\t- home: h1", at: "homes/homes.yaml:2:1", "This is not YAML"),
        Wrong(.homes, "homes: \"x", at: "homes/homes.yaml:1:9", "This is not YAML"),
        Wrong(.homes, "homes: &a [x]\nother: *a", at: "homes/homes.yaml:1:8", "Anchors and aliases"),
        Wrong(.homes, "homes: *a", at: "homes/homes.yaml:1:8", "Anchors and aliases"),
        Wrong(.homes, "homes: !!int 5", at: "homes/homes.yaml:1:8", "Tags"),
        Wrong(.homes, "homes: []\n---\nhomes: []", at: "homes/homes.yaml:2:1", "A second document"),
        Wrong(.homes, "homes: []\nhomes: []", at: "homes/homes.yaml:2:1", "already in line 1"),
        Wrong(.homes, "[a, b]: x", at: "homes/homes.yaml:1:1", "A key must be a single word"),
        Wrong(
            .homes, String(repeating: "[", count: YAMLReader.nestingLimit + 8), at: "homes/homes.yaml:1:33",
            "nested deeper than 32 levels"),
        Wrong(
            .homes, "homes: " + String(repeating: "x", count: YAMLReader.scalarLimit + 1),
            at: "homes/homes.yaml:1:8",
            "more than 8192 bytes"),
        Wrong(
            .homes, (0...YAMLReader.keyLimit).map { "k\($0): 1\n" }.joined(), at: "homes/homes.yaml:2001:1",
            "more than 2000 keys"),
        Wrong(.anju, "", at: "anju.yaml:1:1", "The file is empty"),
        Wrong(.anju, "- gateway", at: "anju.yaml:1:1", "should stand anju.yaml as a table"),
    ]

    @Test func `one syntax error a file and all other problems at once`() throws {
        var site = SampleSite()
        site.homes = "homes: ["
        site.plans = "plans: {"
        site.rules = "rules:\n  - {rule: a, when: smok, alarm: x}\n  - {rule: b, when: ga, alarm: x}"
        let files = try site.load().diagnostics.filter { $0.severity == .error }.map {
            "\($0.place.file):\($0.place.line)"
        }
        #expect(files.filter { $0.hasPrefix("homes/") } == ["homes/homes.yaml:1"])
        #expect(files.filter { $0.hasPrefix("plans/") } == ["plans/plans.yaml:1"])
        #expect(files.filter { $0.hasPrefix("rules/") } == ["rules/rules.yaml:2", "rules/rules.yaml:3"])
    }

    @Test func `invalid UTF-8 is a diagnostic with its place`() throws {
        var site = SampleSite()
        site.binaries["homes/homes.yaml"] = Array("homes:\n  - home: ".utf8) + [0xff, 0xfe, 0x0a]
        let result = try site.load()
        #expect(
            result.diagnostics.contains {
                $0.place.text == "homes/homes.yaml:2:11" && $0.text.contains("not valid UTF-8")
            })
    }

    @Test func `no bytes make the reader crash`() {
        var state: UInt64 = 7
        let pieces = [
            "homes", ":", " ", "\n", "- ", "[", "]", "{", "}", "\"", "'", "&a", "*a", "|", ">", "#", "\u{0}",
            "?", "%", "é",
        ]
        for _ in 0..<3_000 {
            var text: [UInt8] = []
            for _ in 0..<20 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text += Array(pieces[Int(state >> 33) % pieces.count].utf8)
                if state >> 60 == 0 { text.append(UInt8(truncatingIfNeeded: state >> 20)) }
            }
            let log = ProblemLog(file: "f")
            let root = YAMLReader.read(text, log: log)
            #expect(
                root != nil || !log.diagnostics.isEmpty || text.allSatisfy { $0 <= 0x20 }
                    || text.contains(0x23) || text.contains(0x25))
        }
    }

    @Test func `a missing main file is unreadable`() {
        let result = Installation.load(from: "/nonexistent/anju.yaml")
        #expect(result.isUnreadable)
        #expect(result.diagnostics.map(\.text).joined().contains("there is no such file"))
    }

    @Test func `a folder or a device is no file and is not waited for`() {
        #expect(Installation.load(from: "/tmp").isUnreadable)
        #expect(Installation.load(from: "/dev/zero").isUnreadable)
    }

    @Test func `a spreadsheet of homes is not silently left out`() throws {
        var site = SampleSite()
        site.others["homes/list.csv"] = "home;resident\n"
        let result = try site.load()
        #expect(result.diagnostics.map(\.place.file) == ["homes/list.csv"])
        #expect(result.installation == nil)
    }

    @Test func `a file keeps at most so many problems`() {
        let log = ProblemLog(file: "f")
        for line in 0..<(Int32(ProblemLog.problemLimit) + 5) {
            log.error(at: Mark(line: line, column: 1), "x")
        }
        #expect(log.diagnostics.count == ProblemLog.problemLimit)
        #expect(log.dropped == 5)
    }

    @Test func `problems between files are bounded and the rest is counted`() {
        var problems = SiteProblems()
        for line in 0..<(SiteProblems.problemLimit + 3) {
            problems.error(at: Place(file: "f", line: line), "x")
        }
        let all = problems.sorted(mainFile: "anju.yaml")
        #expect(all.count == SiteProblems.problemLimit + 1)
        #expect(all.last?.what == "3 more problems are not shown")
    }

    @Test func `a file that is too large is refused`() {
        let log = ProblemLog(file: "f")
        #expect(YAMLReader.read(Repeated(count: YAMLReader.fileSizeLimit + 1), log: log) == nil)
        #expect(log.diagnostics.first?.what == "The file has more than 64 MB")
    }

    @Test func `lists have limits`() throws {
        let log = ProblemLog(file: "f")
        let node = YAMLNode(
            .list(Array(repeating: YAMLNode(.list([]), at: Mark(line: 1, column: 1)), count: 9)),
            at: Mark(line: 1, column: 1))
        #expect(log.elements(of: node, "homes", limit: 8).count == 8)
        #expect(log.diagnostics.first?.what == "There are 9 homes, more than 8")
        var site = SampleSite()
        let devices = (0...Limits.devicesPerHomeLimit).map { "{device: d\($0), profile: zigbee2mqtt/gas}" }
        site.homes = "homes:\n  - {home: h1, resident: Li, devices: [\(devices.joined(separator: ", "))]}"
        #expect(try site.load().diagnostics.map(\.text).joined().contains("257 devices, more than 256"))
    }

    @Test(arguments: [
        ("residnet", "resident"), ("neighbor", "neighbour"), ("profiel", "profile"), ("onn", "on"),
    ])
    func `a near miss is recognised`(_ word: String, _ meant: String) {
        #expect(nearestWord(to: word, among: ["home", "resident", "neighbour", "profile", "on"]) == meant)
    }

    @Test(arguments: ["x", "zigbee2mqtt/sos-button", "wholly-other", ""])
    func `what is far away is not guessed`(_ word: String) {
        #expect(nearestWord(to: word, among: ["home", "zigbee2mqtt/button", "resident"]) == nil)
    }
}

/// So many bytes of nothing, without holding them.
private struct Repeated: RandomAccessCollection {
    var count: Int
    var startIndex: Int { 0 }
    var endIndex: Int { count }
    subscript(position: Int) -> UInt8 { 0x20 }
}
