import Correlation
import Foundation
import GatewayPorts
import SafetyCore
import SafetyModel
import SiteConfiguration
import Testing

@testable import GatewayEngine

/// Partial matches as those see them who only look: figures of the running gate, and a journal's story.
@Suite struct WaitingMatchTests {
    /// Motion, and then a call within ten minutes.
    private static let sequence = Rule(
        id: "motion-then-call",
        when: .sequence(
            [.condition(Condition(.motion, .isOn)), .condition(Condition(.call, .isKey(.medicine)))],
            within: .minutes(10)),
        alarm: AlarmKind("oddNight"), urgency: .routine)

    private func installation(homes: Int = 3) -> Installation {
        var installation = TestSite.installation(homes: (1...homes).map { "h\($0)" })
        installation.site.rules.append(Self.sequence)
        return installation
    }

    /// Motion in homes 1 and 2; home 1 is given up, and home 3 begins at the end.
    private func evening() throws -> TestGate {
        let test = try TestGate(installation: installation())
        test.submit(InputBatch(.link(isUp: true), .caughtUp), after: 1)
        test.submit(.saying(TestSite.motion(1), .motion), after: 10)
        test.submit(.saying(TestSite.leak(2), .waterLeak), after: 20)
        test.submit(.saying(TestSite.leak(1), .waterLeak), after: 800)
        test.submit(.saying(TestSite.motion(3), .motion), after: 900)
        return test
    }

    private func metrics(_ test: TestGate) -> [String: Double] {
        let metrics = (test.gate.ruleMetrics(before: Date(timeIntervalSinceNow: 0.25)) ?? []).filter {
            $0.label == "rule=\"motion-then-call\""
        }
        return Dictionary(metrics.map { ($0.name, $0.value) }, uniquingKeysWith: +)
    }

    @Test func `figures tell for each rule what matched, ran out of time and waits`() throws {
        let found = metrics(try evening())
        #expect(
            found == [
                "anju_rule_matched_total": 0, "anju_rule_timed_out_total": 1,
                "anju_rule_forgotten_total": 0, "anju_rule_waiting": 1,
            ])
    }

    @Test func `homes are counted in pieces, and all of them`() throws {
        let count = RuleFigures.homesPerTurnLimit * 2 + 3
        let test = try TestGate(installation: installation(homes: count))
        test.submit(InputBatch(.link(isUp: true), .caughtUp), after: 1)
        for home in 1...count { test.submit(.saying(TestSite.motion(home), .motion), after: 10) }
        #expect(metrics(test)["anju_rule_waiting"] == Double(count))
    }

    @Test func `a gate whose commit hangs is not waited for longer than was said`() throws {
        let test = try evening()
        test.journal.onAppend(.hangs(thenFails: false))
        let stuck = test.submitApart(.saying(TestSite.leak(2), .waterLeak), after: 901)
        try #require(test.journal.waitForHang())
        let begun = ContinuousClock.now
        #expect(metrics(test).isEmpty)
        #expect(ContinuousClock.now - begun < .seconds(5))
        test.journal.go()
        #expect(stuck.wait() == .done)
        #expect(metrics(test)["anju_rule_waiting"] == 1)
    }

    @Test func `rules beyond ruleLimit stand together in one row`() {
        let rows = (0..<(RuleFigures.ruleLimit + 7)).map {
            RuleFigures(rule: "r\($0)", matched: 1, timedOut: 2, forgotten: 3, waiting: 4)
        }
        let bounded = RuleFigures.bounded(rows)
        #expect(bounded.count == RuleFigures.ruleLimit)
        #expect(
            bounded.last
                == RuleFigures(
                    rule: RuleFigures.furtherRules, matched: 8, timedOut: 16, forgotten: 24, waiting: 32))
        #expect(RuleFigures.bounded(Array(rows.prefix(3))) == Array(rows.prefix(3)))
    }

    private func report(
        _ test: TestGate, _ question: MatchQuestion, since: Double? = nil
    ) throws -> WaitingReport {
        let plan = JournalReplay.Plan(
            since: since.map { TestSite.start + .milliseconds(Int64($0 * 1_000)) }, question: question)
        return try #require(
            try JournalReplay.run(test.journal, current: installation(), plan: plan).waiting)
    }

    @Test(arguments: [
        (MatchQuestion(), ["h3"], ["h1"]), (MatchQuestion(home: "h1"), [], ["h1"]),
        (MatchQuestion(home: "h3"), ["h3"], []), (MatchQuestion(rule: "motion-then-call"), ["h3"], ["h1"]),
        (MatchQuestion(rule: "leak"), [], []),
    ])
    func `a journal tells what waits at its end and what was given up`(
        _ question: MatchQuestion, _ waiting: [String], _ lapsed: [String]
    ) throws {
        let report = try report(try evening(), question)
        #expect(report.isKnown)
        #expect(report.waiting.map(\.home) == waiting)
        #expect(report.lapses.map(\.home) == lapsed)
        #expect(report.lapseCount == lapsed.count)
    }

    @Test func `a match that waits says how far it is and until when it waits`() throws {
        let found = try #require(try report(try evening(), MatchQuestion()).waiting.first?.match)
        #expect(found.rule == "motion-then-call")
        #expect((found.matched, found.elements) == (1, 2))
        let start = TestSite.start + .seconds(900)
        #expect(found.since == start)
        // Late events are waited for, up to the forty seconds that a device's clock may be behind.
        #expect(found.awaited == .event(givenUpAt: start + .seconds(640) + .milliseconds(1)))
    }

    @Test func `what completed was not given up, and what was before the span is not told`() throws {
        let test = try evening()
        test.submit(.saying(TestSite.button(3), .call, .key(.medicine)), after: 930)
        test.submit(.saying(TestSite.leak(3), .waterLeak), after: 2_000)
        let report = try report(test, MatchQuestion())
        #expect(report.waiting.isEmpty)
        #expect(report.lapses.map(\.home) == ["h1"])
        let tally = report.tallies.first { $0.rule == "motion-then-call" }?.tally
        #expect(tally?.completed == 1)
        #expect(tally?.timedOut == 1)
        #expect(try self.report(test, MatchQuestion(), since: 890).lapses.isEmpty)
    }

    @Test func `of very many that were given up the newest lapseLimit are named`() throws {
        let test = try TestGate(installation: installation())
        test.submit(InputBatch(.link(isUp: true), .caughtUp), after: 1)
        let count = MatchLookout.lapseLimit + 5
        for round in 0..<count {
            test.submit(.saying(TestSite.motion(1), .motion), after: Double(round) * 1_000 + 10)
            test.submit(
                .saying(TestSite.motion(1), .motion, .flag(false)), after: Double(round) * 1_000 + 20)
            test.submit(.saying(TestSite.leak(1), .waterLeak), after: Double(round) * 1_000 + 900)
        }
        let report = try report(test, MatchQuestion(home: "h1"))
        #expect(report.lapseCount == count)
        #expect(report.lapses.count == MatchLookout.lapseLimit)
    }

    @Test(arguments: [MatchQuestion(home: "h9"), MatchQuestion(rule: "nobody")])
    func `a home or a rule that the site does not have is told`(_ question: MatchQuestion) throws {
        #expect(try !report(try evening(), question).isKnown)
    }
}
