import Foundation
import Testing

/// The law of the house, held against the repository as it stands.
@Suite struct HouseTests {
    static let plan = Plan(markdown: Repository.text(of: "Sources/anju/Anju.docc/ModuleMap.md"))
    static let package = PackageText(Repository.text(of: "Package.swift"))

    /// A check of one Swift file and the sentence that it proves.
    struct Law: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let check: @Sendable (SwiftSource) -> [Finding]

        init(_ sentence: String, _ check: @escaping @Sendable (SwiftSource) -> [Finding]) {
            testDescription = sentence
            self.check = check
        }
    }

    static let laws = [
        Law("no file is longer than 400 lines", LengthRules.longFile),
        Law("no line is wider than 110 columns", LengthRules.longLines),
        Law("no function is longer than 60 lines", LengthRules.longFunctions),
        Law("pure targets know nothing of the world", PurityRules.worldInPureCode),
        Law("what decides has no thread and no clock", PurityRules.clockInThreadlessCode),
        Law("only the executable prints", PurityRules.printing),
        Law("names say what a thing is", WordRules.emptyNames),
        Law("summaries are sentences", CommentRules.openSummaries),
        Law("no code sleeps in comments", CommentRules.sleepingCode),
        Law("unchecked promises carry their proof", CommentRules.unprovenPromises),
        Law("nothing is forced", CommentRules.force),
        Law("no test sleeps", TestRules.sleeping),
        Law("no test is switched off", TestRules.mutedTests),
    ]

    @Test(arguments: laws) func `every Swift file keeps the law`(law: Law) {
        expectNone(Repository.swiftFiles.flatMap(law.check))
    }

    @Test func `targets import only what the plan allows`() {
        expectNone(Repository.sources.flatMap { PlanRules.forbiddenImports(in: $0, plan: Self.plan) })
    }

    @Test func `the module map and the package agree`() {
        #expect(Self.plan.rooms.count > 10)
        expectNone(PlanRules.differences(package: Self.package, plan: Self.plan))
    }

    @Test func `every test target has files and every folder of tests is built`() {
        expectNone(PlanRules.missingTestTargets(package: Self.package, paths: Repository.paths))
    }

    @Test(arguments: PlanRules.pureTargets) func `pure targets do not walk over hashes`(target: String) {
        expectNone(PurityRules.hashOrder(in: Repository.sources.filter { $0.target == target }))
    }

    @Test func `the top level holds what the plan names`() {
        expectNone(PlanRules.strangers(atTop: Repository.paths))
    }

    @Test func `every limit has a test`() {
        let tests = Repository.texts.filter { $0.path.hasPrefix("Tests/") && !$0.path.contains("TidyTests") }
        expectNone(TestRules.untestedLimits(sources: Repository.sources, tests: tests.map(\.text)))
    }

    @Test func `no file holds marks of unfinished work`() {
        expectNone(Repository.texts.flatMap(WordRules.leftoverMarks))
    }

    @Test func `no file names a path of one machine or a package registry`() {
        expectNone(Repository.texts.flatMap(WordRules.machinePaths))
        expectNone(Repository.texts.flatMap(WordRules.registries))
    }

    @Test func `scripts can run and stop at the first failure`() {
        expectNone(
            FileRules.scriptsThatCannotRun(Repository.texts, isExecutable: Repository.isExecutable))
        expectNone(FileRules.looseScripts(Repository.texts))
    }

    @Test func `documents name only what exists`() {
        let pages = Repository.texts.filter { $0.path.hasSuffix(".md") }
        let executable = Repository.sources.filter { $0.target == "anju" }
            .map { $0.lines.joined(separator: "\n") }.joined(separator: "\n")
        for page in pages {
            expectNone(FileRules.deadLinks(path: page.path, text: page.text, paths: Repository.paths))
            expectNone(FileRules.deadPaths(path: page.path, text: page.text, paths: Repository.paths))
            expectNone(
                FileRules.deadCommands(path: page.path, text: page.text, executable: executable))
        }
    }

    @Test func `the page on configuration names only words that are read`() {
        let page = "Sources/anju/Anju.docc/Configuration.md"
        let reader = program(of: ["SiteConfiguration", "SafetyModel", "Welfare"])
        expectNone(
            FileRules.unknownWords(path: page, text: Repository.text(of: page), program: reader))
    }

    @Test func `the page on operations explains every trouble and figure, and no other`() {
        let page = "Sources/anju/Anju.docc/Operations.md"
        let text = Repository.text(of: page)
        let all = program(of: Self.plan.rooms.map(\.name))
        expectNone(FileRules.unknownWords(path: page, text: text, program: all, firstColumnOnly: true))
        let inputs = Repository.text(of: "Sources/SafetyCore/CoreInput.swift")
        let conditions = inputs.components(separatedBy: "struct GatewayCondition")
        #expect(conditions.count == 2)
        expectNone(
            FileRules.unexplainedWords(
                path: page, text: text, program: all, conditions: conditions.last ?? ""))
    }

    private func program(of targets: [String]) -> String {
        Repository.sources.filter { targets.contains($0.target) }.map { $0.lines.joined(separator: "\n") }
            .joined(separator: "\n")
    }

    @Test func `decisions are numbered, whole and listed`() {
        let landing = Repository.text(of: "Sources/anju/Anju.docc/Anju.md")
        expectNone(FileRules.untidyDecisions(Repository.texts, landing: landing))
    }

    @Test func `functions are short in the middle`() {
        let lengths = Repository.swiftFiles.flatMap(LengthRules.functions).map(\.lines)
        let files = Repository.swiftFiles.map(\.lines.count)
        let functionMedian = LengthRules.median(lengths)
        let report =
            "\(files.count) files, median \(LengthRules.median(files)) lines; "
            + "\(lengths.count) functions, median \(functionMedian) lines"
        print("tidy: \(report)")
        #expect(functionMedian <= 15)
    }

    /// One failure that lists the places, so that the list can be worked off.
    private func expectNone(_ findings: [Finding]) {
        guard !findings.isEmpty else { return }
        let list = findings.map(\.description).joined(separator: "\n")
        Issue.record("\(findings.count) places break this law:\n\(list)")
    }
}
