import Correlation
import Escalation
import GatewayPorts
import SafetyCore
import SafetyModel
import SiteConfiguration
import Testing

@testable import GatewayEngine

@Suite struct JournalReplayTests {
    /// A night with a smoke alarm, a leak, an answer and a closing, and a snapshot in the middle.
    private func night() throws -> TestGate {
        let test = try TestGate()
        test.submit(InputBatch(.link(isUp: true), .caughtUp), after: 1)
        test.submit(.saying(TestSite.smoke(1), .smoke), after: 10)
        test.submit(InputBatch(.command(.by("nina", .acknowledge, on: 1))), after: 20)
        test.submit(.saying(TestSite.leak(2), .waterLeak), after: 30)
        try test.journal.save(try #require(test.gate.takeSnapshot(force: true)).encoded())
        test.submit(.saying(TestSite.smoke(1), .smoke, .flag(false)), after: 40)
        test.submit(InputBatch(.command(.by("nina", .close(.real), on: 1))), after: 50)
        test.submit(.saying(TestSite.smoke(1), .smoke), after: 60)
        try test.journal.save(try #require(test.gate.takeSnapshot(force: true)).encoded())
        test.submit(.saying(TestSite.leak(3), .waterLeak), after: 70)
        return test
    }

    /// The test's site with another rule for water.
    private func candidate(_ change: (inout Installation) -> Void) -> Installation {
        var installation = TestSite.installation(hash: 2)
        change(&installation)
        return installation
    }

    @Test func `a journal leads to the states that were recorded, byte by byte`() throws {
        let test = try night()
        let report = try JournalReplay.run(test.journal, current: TestSite.installation())
        #expect(report.checks.map(\.isSame) == [true, true])
        #expect(report.inputs == Int(test.gate.sequence))
        #expect(report.beginsFromKnownState)
        #expect(report.complaints.isEmpty)
        #expect(report.raised.map(\.home) == ["h1", "h2", "h1", "h3"])
        #expect(report.raised.map(\.kind) == [.fire, .waterLeak, .fire, .waterLeak])
        #expect(report.difference == nil)
    }

    @Test func `a state that is not the recorded one is told`() throws {
        let test = try night()
        test.journal.change(snapshots: { $0[1].state[$0[1].state.count / 2] ^= 1 })
        let report = try JournalReplay.run(test.journal, current: TestSite.installation())
        #expect(report.checks.map(\.isSame) == [true, false])
    }

    @Test func `a trimmed journal begins at the oldest snapshot`() throws {
        let test = try night()
        let first = try #require(test.journal.snapshots.first)
        test.journal.change(batches: { $0.removeAll { $0.sequence <= first.sequence } })
        let report = try JournalReplay.run(test.journal, current: TestSite.installation())
        #expect(report.beginsFromKnownState)
        #expect(report.checks.map(\.isSame) == [true])
        #expect(report.raised.map(\.home) == ["h1", "h3"])
    }

    @Test func `a span without a known state begins with nothing known, and says so`() throws {
        let test = try night()
        let plan = JournalReplay.Plan(since: TestSite.start + .seconds(25))
        let report = try JournalReplay.run(test.journal, current: TestSite.installation(), plan: plan)
        #expect(!report.beginsFromKnownState)
        #expect(report.checks.isEmpty)
        #expect(report.from == TestSite.start + .seconds(30))
        #expect(
            report.raised.map { "\($0.home) \($0.kind.name)" } == ["h2 waterLeak", "h1 fire", "h3 waterLeak"])
    }

    @Test func `messages under a site that is lost are nobody's, and that is told`() throws {
        let test = try TestGate()
        test.submit(InputBatch(.link(isUp: true), .caughtUp), after: 1)
        try test.gate.adopt(
            TestSite.installation(homes: ["h2", "h1"], hash: 7), at: TestSite.start + .seconds(2))
        // The first home's detector: h2's under the lost site, h1's under the other.
        test.submit(.saying(TestSite.smoke(1), .smoke), after: 10)
        test.journal.change(sites: { $0.removeAll { $0.hash == 7 } })
        let report = try JournalReplay.run(test.journal, current: TestSite.installation())
        #expect(report.raised.isEmpty)
        #expect(report.complaints.contains { $0.contains("site 7") })
    }

    @Test func `the same files change nothing`() throws {
        let test = try night()
        let plan = JournalReplay.Plan(candidate: candidate { _ in })
        let report = try JournalReplay.run(test.journal, current: TestSite.installation(), plan: plan)
        let difference = try #require(report.difference)
        #expect(difference.added.isEmpty)
        #expect(difference.missing.isEmpty)
        #expect(difference.sameCount == 4)
    }

    @Test func `a rule that is gone and one that is new show in the difference`() throws {
        let test = try night()
        let other = candidate {
            $0.site.rules = [
                Rule(
                    id: "smoke-ends", when: .condition(Condition(.smoke, .isOff)), alarm: AlarmKind("aired"),
                    urgency: .routine)
            ]
        }
        let report = try JournalReplay.run(
            test.journal, current: TestSite.installation(), plan: .init(candidate: other))
        let difference = try #require(report.difference)
        #expect(difference.missing.map(\.home) == ["h2", "h3"])
        #expect(difference.missing.map(\.kind) == [.waterLeak, .waterLeak])
        #expect(difference.added.map(\.kind) == [AlarmKind("aired")])
        #expect(difference.added.first?.at == TestSite.start + .seconds(40))
        #expect(difference.added.first?.device == "smoke")
        #expect(difference.sameCount == 2)
    }

    @Test func `homes and devices are found by their ids`() throws {
        let test = try night()
        // Another order of homes, and one is gone.
        let other = TestSite.installation(homes: ["h3", "h1"], hash: 2)
        let report = try JournalReplay.run(
            test.journal, current: TestSite.installation(), plan: .init(candidate: other))
        let difference = try #require(report.difference)
        #expect(difference.missing.map(\.home) == ["h2"])
        #expect(difference.added.isEmpty)
        #expect(difference.sameCount == 3)
    }

    @Test func `deadlines of the other files fall where they fall`() throws {
        let test = try TestGate()
        test.submit(InputBatch(.link(isUp: true), .caughtUp), after: 1)
        test.submit(.saying(TestSite.leak(1), .waterLeak), after: 10)
        test.submit(.saying(TestSite.motion(1), .motion), after: 600)
        let other = candidate {
            $0.site.rules = [
                Rule(
                    id: "long-leak", when: .held(Condition(.waterLeak, .isOn), for: .minutes(1)),
                    alarm: AlarmKind("flood"), urgency: .urgent)
            ]
        }
        let report = try JournalReplay.run(
            test.journal, current: TestSite.installation(), plan: .init(candidate: other))
        let difference = try #require(report.difference)
        #expect(difference.added.map(\.at) == [TestSite.start + .seconds(70)])
    }

    @Test func `alarms beyond the bound are counted`() {
        #expect(AlarmNotes.raisedLimit >= 100_000)
    }
}
