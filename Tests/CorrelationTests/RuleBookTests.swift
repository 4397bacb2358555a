import SafetyModel
import Testing

@testable import Correlation

/// Dispatch, and what bounds a step.
struct RuleBookTests {
    @Test func `every signal lies under the signal limit`() {
        let highest = Signal.allCases.map { Int($0.rawValue) }.max() ?? 0
        #expect(highest < RuleBook.signalLimit)
    }

    @Test func `an event touches only the conditions of its signal and scope`() {
        var wide = Rule(
            id: "wide",
            when: .count(2, of: Condition(.smoke, .isOn), distinct: .home, within: .minutes(1)),
            alarm: .fire, urgency: .urgent)
        wide.scope = .building
        let near = Rule(
            id: "near", when: .sequence([.opened, .moved], within: .minutes(1)), alarm: .tamper,
            urgency: .urgent)
        let book = RuleBook(rules: [wide, near])
        let first = UInt16(Rule.lifeSafety.count)
        #expect(book.leaves(for: .smoke) == [0])
        #expect(book.leaves(for: .smoke, scope: .building) == [first])
        #expect(book.leaves(for: .contact) == [first + 1])
        #expect(book.leaves(for: .motion) == [first + 2])
        #expect(book.wideScopes == [.building])
        #expect(!book.listens(to: .battery))
        let remembering = book.leaves.prefix(Int(first)).filter { !$0.isStateless }
        #expect(remembering.isEmpty)
    }

    @Test func `what fell due while nothing fired is caught up in far fewer steps than the step limit`() {
        let limit = MatchState.countLimit
        var play = PatternPlay(
            .count(2, of: Condition(.motion, .isOn), distinct: nil, within: .hours(1)))
        for second in 0..<Int64(limit) { play.take(EventSet.motion(second, EventSet.hall)) }
        var table = play.table
        var findings: [Finding] = []
        var tallies = [MatchTally](repeating: MatchTally(), count: play.book.rules.count)
        let late = MatchTime(
            now: Instant(milliseconds: 1_000_000_000), blind: 0, isHearing: true, wallOffset: 0)
        Matcher.fireDue(
            play.community.devices.indices,
            MatchGround(book: play.book, community: play.community, time: late), in: &table,
            findings: &findings, tallies: &tallies)
        #expect(findings.map(\.change) == [.restored])
        #expect(findings.map(\.lateBy) == [.milliseconds(1_000_000_000 - 3_662_000)])
        #expect(table.nextDeadline(late) == nil)
        #expect(limit * 10 < Matcher.stepLimit)
    }

    @Test func `a state that remembers nothing any more is dropped`() {
        var play = PatternPlay(.held(Condition(.contact, .isOn), for: .minutes(1)))
        play.play(
            [EventSet.contact(1, EventSet.door, true), EventSet.contact(2, EventSet.door, false)],
            until: 10_000)
        #expect(play.table.states.isEmpty)
    }
}
