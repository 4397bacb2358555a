import Testing

/// Every check finds what it is there for, and leaves good code alone.
@Suite struct LawsCanFailTests {
    typealias Check = @Sendable (SwiftSource) -> [Finding]

    /// One check with code that breaks it and code that keeps it.
    struct Example: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let check: Check
        let bad: String
        let good: String
        let path: String

        init(
            _ what: String, _ check: @escaping Check, bad: String, good: String,
            path: String = "Sources/SafetyModel/Thing.swift"
        ) {
            testDescription = what
            self.check = check
            self.bad = bad
            self.good = good
            self.path = path
        }
    }

    static let examples = [
        Example(
            "long file", LengthRules.longFile, bad: String(repeating: "\n", count: 401),
            good: String(repeating: "\n", count: 400)),
        Example(
            "long line", LengthRules.longLines, bad: String(repeating: "安", count: 111),
            good: String(repeating: "安", count: 110)),
        Example(
            "long text", LengthRules.longLines, bad: "\"" + String(repeating: "a", count: 130) + "\"",
            good: "\"" + String(repeating: "a", count: 128) + "\""),
        Example(
            "long function", LengthRules.longFunctions, bad: function(lines: 61), good: function(lines: 60)),
        Example("Foundation", PurityRules.worldInPureCode, bad: "import Foundation", good: "// Foundation"),
        Example("clock", PurityRules.worldInPureCode, bad: "let now = Date()", good: "let newDate = date()"),
        Example("task", PurityRules.worldInPureCode, bad: "Task { work() }", good: "let task = \"Task {\""),
        Example(
            "thread where decisions are", PurityRules.clockInThreadlessCode, bad: "let t = Thread { }",
            good: "let threads = 2", path: "Sources/GatewayEngine/Gate.swift"),
        Example("printing", PurityRules.printing, bad: "print(x)", good: "x.print(y)"),
        Example(
            "empty word", WordRules.emptyNames, bad: "struct AlarmManager {}", good: "struct Database {}"),
        Example(
            "open summary", CommentRules.openSummaries, bad: "/// a thing",
            good: "/// A thing.\n///\n/// more"),
        Example(
            "sleeping code", CommentRules.sleepingCode, bad: "// let a = 1",
            good: "// Let it be: the one we need."),
        Example(
            "unproven promise", CommentRules.unprovenPromises, bad: "final class A: @unchecked Sendable {}",
            good: "// Safe: written once, before the thread starts.\nfinal class A: @unchecked Sendable {}"),
        Example(
            "unproven pointer", CommentRules.unprovenPromises, bad: "let p: UnsafeRawPointer",
            good: "// C keeps it alive until the callback returns.\nlet p: UnsafeRawPointer"),
        Example("forced value", CommentRules.force, bad: "let a = b!", good: "if !a, b != c { }"),
        Example("forced try", CommentRules.force, bad: "try! go()", good: "try go()"),
        Example(
            "sleeping test", TestRules.sleeping, bad: "try await Task.sleep(for: .seconds(1))",
            good: "while !broker.isReady() {\n    usleep(1_000)\n}", path: "Tests/SafetyCoreTests/A.swift"),
        Example(
            "muted test", TestRules.mutedTests, bad: "@Test(.disabled(\"later\")) func a() {}",
            good: "@Test func a() {}", path: "Tests/SafetyCoreTests/A.swift"),
        Example(
            "hash order", { PurityRules.hashOrder(in: [$0]) },
            bad: "var homes: [Int: Home]\nfor home in homes.values {",
            good: "var homes: [Home]\nfor home in homes {"),
        Example(
            "forbidden import", { PlanRules.forbiddenImports(in: $0, plan: PlanTests.small) },
            bad: "public import Attic", good: "import Cellar", path: "Sources/Kitchen/Stove.swift"),
    ]

    @Test(arguments: examples) func `a check finds what breaks it`(example: Example) {
        let found = example.check(SwiftSource(path: example.path, text: example.bad))
        #expect(found.count > 0)
    }

    @Test(arguments: examples) func `a check leaves good code alone`(example: Example) {
        let found = example.check(SwiftSource(path: example.path, text: example.good))
        #expect(found == [])
    }

    private static func function(lines: Int) -> String {
        "func f(\n    a: Int\n) -> Int {\n" + String(repeating: "    _ = \"}\"\n", count: lines - 4) + "}\n"
    }

    @Test(arguments: [
        ("HomeDataStore", "data"), ("MQTTHandler", "handler"), ("NewHome", "new"), ("utils", "utils"),
        ("DeviceInfo", "info"), ("BaseChannel", "base"),
    ]) func `a word that says nothing is found inside a name`(name: String, word: String) {
        #expect(WordRules.emptyWord(in: name) == word)
    }

    @Test(arguments: ["Database", "Metadata", "Newest", "Extent", "Implication", "Commonwealth", "MQTTLink"])
    func `a longer word that begins alike is left alone`(name: String) {
        #expect(WordRules.emptyWord(in: name) == nil)
    }

    @Test func `marks, machine paths and registries are found in any file`() {
        #expect(WordRules.leftoverMarks(path: "a.md", text: "TO" + "DO: finish").count == 1)
        #expect(WordRules.leftoverMarks(path: "a.md", text: "mastodon").isEmpty)
        #expect(WordRules.machinePaths(path: "run", text: "ok\ncd /wo" + "rk/main").first?.line == 2)
        #expect(WordRules.registries(path: "run", text: "https://pypi.o" + "rg/simple").count == 1)
    }

    @Test func `a limit without a test is found`() {
        let file = SwiftSource(
            path: "Sources/A/B.swift", text: "public static let queueLimit = 5\nlet limit = 3")
        #expect(TestRules.untestedLimits(sources: [file], tests: ["nothing"]).map(\.line) == [1])
        #expect(TestRules.untestedLimits(sources: [file], tests: ["A.queueLimit"]).isEmpty)
    }

    @Test func `scripts need the run bit and the strict mode`() {
        let script = [(path: "config/run", text: "#!/usr/bin/env bash\necho")]
        #expect(FileRules.scriptsThatCannotRun(script, isExecutable: { _ in false }).count == 1)
        #expect(FileRules.scriptsThatCannotRun(script, isExecutable: { _ in true }).isEmpty)
        #expect(FileRules.looseScripts(script).count == 1)
    }

    @Test func `documents that name what is not there are found`() {
        let page = "Run `config/demo/run`, read `Tests/none` and type:\n    anju fly\n"
        #expect(FileRules.deadPaths(path: "a.md", text: page, paths: ["config/demo/run"]).count == 1)
        let links = "[a](B/c.md) [d](B/) [e](f.md)"
        #expect(FileRules.deadLinks(path: "A/x.md", text: links, paths: ["A/B/c.md"]).count == 1)
        #expect(
            FileRules.deadCommands(path: "a.md", text: page, executable: "commandName: \"run\"").count == 1)
    }

    @Test func `decisions out of order, without a part or unlisted are found`() {
        let whole = "## Context\n## Decision\n## Consequences"
        let good = [(path: "D/Decisions/0001-house.md", text: whole)]
        #expect(FileRules.untidyDecisions(good, landing: "- <doc:0001-house>").isEmpty)
        #expect(FileRules.untidyDecisions(good, landing: "").count == 1)
        let bad = [(path: "D/Decisions/0002-house.md", text: "## Context")]
        #expect(FileRules.untidyDecisions(bad, landing: "<doc:0002-house>").count == 3)
    }

    @Test func `words that the program does not have are found`() {
        let page = "| `home` | its id |\n| `houses`, `home` | `hut` |"
        let program = "keys = [\"home\"]"
        let found = FileRules.unknownWords(path: "a.md", text: page, program: program)
        #expect(found.map(\.line) == [2, 2])
        let first = FileRules.unknownWords(path: "a.md", text: page, program: program, firstColumnOnly: true)
        #expect(first.count == 1)
    }

    @Test func `figures and troubles that no page explains are found`() {
        let program = "Metric(\n    \"anju_batches_total\", .counter, 1)"
        let conditions = "case storeUnavailable = 0\ncase siteStale = 1"
        let found = FileRules.unexplainedWords(
            path: "a.md", text: "| `siteStale` |", program: program, conditions: conditions)
        #expect(found.count == 2)
    }

    @Test func `strangers at the top are found`() {
        let paths = ["Package.swift", ".ci/run", "Sources/A/B.swift", "docs/a.md", "notes.txt"]
        #expect(PlanRules.strangers(atTop: paths).map(\.path) == ["docs", "notes.txt"])
    }
}
