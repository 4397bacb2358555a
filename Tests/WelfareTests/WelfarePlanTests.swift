import SafetyModel
import Testing

@testable import Welfare

/// Pauses, coding and what a home keeps when its devices get other numbers.
struct WelfarePlanTests {
    private static func plan(_ days: [ClosedRange<Int32>]) -> WelfarePlan {
        WelfarePlan(pauses: days.map { WelfarePlan.Pause(days: $0) })
    }

    @Test(
        arguments: [
            ([10...12], 9, 10 as Int32?), ([10...12], 10, 13), ([10...12], 12, 13), ([10...12], 13, nil),
            ([10...12, 13...20], 11, 21), ([10...12, 11...15], 12, 16), ([20...21, 10...12], 5, 10),
            ([10...12, 20...21], 13, 20), ([], 0, nil),
        ] as [([ClosedRange<Int32>], Int32, Int32?)])
    func `a pause turns on its first day and on the day after its last`(
        _ days: [ClosedRange<Int32>], _ today: Int32, _ turn: Int32?
    ) {
        #expect(Self.plan(days).nextTurn(after: today) == turn)
    }

    @Test func `a plan is the same after it was bytes`() throws {
        let plan = WelfarePlan(
            inactivity: InactivityPlan(isLearned: false), checkInMinute: 540, visits: .quarterly,
            pauses: [WelfarePlan.Pause(days: 3...9, reason: "hospital")])
        var writer = ByteWriter()
        writer.write(plan)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.read(WelfarePlan.self) == plan)
        #expect(reader.isAtEnd)
    }

    @Test func `what a home taught follows its devices to their new numbers`() {
        var home = LivedHome()
        for day in 0..<10 { home.liveDay(day) }
        let context = home.welfare.silence.context
        let line = home.welfare.history.line(for: context)
        #expect(home.welfare.presence.occupied == 1 << UInt64(LivedHome.bed))
        var places = (0..<10).map { Optional($0 + 5) }
        places[LivedHome.hall] = nil
        home.welfare.renumber(places)
        #expect(home.welfare.presence.occupied == 1 << UInt64(LivedHome.bed + 5))
        #expect(home.welfare.lastDevice == LivedHome.bed + 5)
        #expect(home.welfare.history.line(for: home.welfare.silence.context) == line)
        #expect(home.welfare.silence.context != context)
    }

    @Test func `a home that never gave a sign of life is not silent`() {
        var home = LivedHome()
        home.wait(until: 3 * 1_440)
        #expect(home.findings.isEmpty)
        #expect(home.welfare.nextDeadline(plan: home.plan) == nil)
    }

    @Test func `a restart keeps what was learned and begins a new silence`() {
        var home = LivedHome()
        for day in 0..<10 { home.liveDay(day) }
        let history = home.welfare.history
        home.welfare.restart(at: LivedHome.moment(20 * 1_440))
        #expect(home.welfare.history == history)
        #expect(home.welfare.stage == .quiet)
        #expect(home.welfare.presence.occupied == 0)
    }
}
