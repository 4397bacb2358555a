import SafetyModel
import Testing

@testable import Welfare

@Suite struct HomeWelfareTests {
    @Test(arguments: [(9 * 60, 8 * 60), (21 * 60, 12 * 60), (3 * 60, 12 * 60)])
    func `an unknown home has the fixed limit of the time of day`(start: Int, limit: Int) {
        var home = LivedHome()
        for minute in stride(from: 60, through: start, by: 60) {
            home.note(.motion, LivedHome.kitchen, at: minute)
        }
        home.wait(until: start + limit - 1)
        #expect(home.alerts.isEmpty)
        home.wait(until: start + limit)
        let at = LivedHome.moment(start + limit).now
        #expect(
            home.alerts == [
                .inactive(
                    since: LivedHome.moment(start).now, limit: .minutes(Int64(limit)), basis: .fixed, at: at)
            ])
    }

    @Test func `the resident is asked before a person is called and a motion answers`() {
        var home = LivedHome()
        home.note(.motion, LivedHome.kitchen, at: 600)
        home.wait(until: 600 + 470)
        #expect(home.welfare.stage == .asked)
        #expect(
            home.findings.last
                == .askResident(
                    since: LivedHome.moment(600).now, alertAfter: .minutes(10),
                    at: LivedHome.moment(1_070).now))
        home.note(.motion, LivedHome.kitchen, at: 1_075)
        #expect(home.findings.last == .heardAgain(wasAlerted: false, at: LivedHome.moment(1_075).now))
        #expect(home.welfare.stage == .quiet)
        home.wait(until: 1_200)
        #expect(home.alerts.isEmpty)
    }

    @Test func `a sign after the alert is reported and one silence alerts once`() {
        var home = LivedHome()
        home.note(.motion, LivedHome.kitchen, at: 600)
        home.wait(until: 3_000)
        #expect(home.alerts.count == 1)
        home.note(.act, LivedHome.kitchen, at: 3_000)
        #expect(home.findings.last == .heardAgain(wasAlerted: true, at: LivedHome.moment(3_000).now))
    }

    @Test func `blind time is taken off the silence`() {
        var home = LivedHome()
        home.note(.motion, LivedHome.kitchen, at: 600)
        home.blindMinutes = 100
        home.wait(until: 600 + 8 * 60 + 99)
        #expect(home.alerts.isEmpty)
        home.wait(until: 600 + 8 * 60 + 100)
        #expect(home.alerts.count == 1)
    }

    @Test func `a home that is known alerts far sooner in the kitchen than in bed`() throws {
        var home = LivedHome()
        for day in 0..<21 { home.liveDay(day) }
        #expect(home.alerts.isEmpty)
        let bed = home.welfare.limit(plan: home.plan)
        #expect(bed.limit > .hours(9))
        home.note(.occupancy, LivedHome.bed, isOn: false, at: 21 * 1_440 + 420)
        home.note(.motion, LivedHome.kitchen, at: 21 * 1_440 + 600)
        let kitchen = home.welfare.limit(plan: home.plan)
        #expect(kitchen.basis == .learned)
        #expect(kitchen.limit < .hours(3))
        #expect(kitchen.limit >= .minutes(110), "never below a share of the home's own long silences")
    }

    @Test func `the learned line is never looser than the ceiling`() {
        var home = LivedHome(plan: InactivityPlan(ceiling: .hours(9)))
        for day in 0..<10 { home.liveDay(day) }
        let found = home.welfare.limit(plan: home.plan)
        #expect(found.limit == .hours(9))
        #expect(found.basis == .ceiling)
    }

    @Test func `without learning the fixed limits hold for good`() {
        var home = LivedHome(plan: InactivityPlan(isLearned: false))
        for day in 0..<10 { home.liveDay(day) }
        #expect(home.welfare.limit(plan: home.plan).basis == .fixed)
    }

    @Test func `a snapshot brings back the same home`() throws {
        var home = LivedHome()
        for day in 0..<9 { home.liveDay(day, nap: 90) }
        home.useDoor(at: 9 * 1_440 + 600)
        home.note(.motion, LivedHome.hall, at: 9 * 1_440 + 700)
        var writer = ByteWriter()
        writer.write(home.welfare)
        var reader = ByteReader(writer.bytes)
        let back = try reader.read(HomeWelfare.self)
        #expect(back == home.welfare)
        #expect(reader.isAtEnd)
    }

    @Test func `a damaged snapshot is refused`() {
        var home = LivedHome()
        home.liveDay(0)
        var writer = ByteWriter()
        writer.write(home.welfare)
        for count in 0..<min(60, writer.bytes.count) {
            var reader = ByteReader(Array(writer.bytes.prefix(count)))
            #expect(throws: ByteCodingError.self) { try reader.read(HomeWelfare.self) }
        }
    }
}
