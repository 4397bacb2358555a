import SafetyModel
import Testing

@testable import Welfare

/// What the calendar asks for, what a visit settles, and what a pause excuses.
struct HomeVisitsTests {
    /// Days are counted from a day on which the files first name a cycle; the first whole day is 101.
    private static func home(_ cycle: VisitCycle?) -> HomeVisits {
        var home = HomeVisits()
        home.follow(cycle, isPaused: false, today: 100)
        return home
    }

    private static func visit(_ result: VisitResult = .well) -> VisitRecord {
        VisitRecord(home: "h", at: WallTime(milliseconds: 9), by: "grid", way: .door, result: result)
    }

    private static let none = VisitCalendar()

    @Test(
        arguments: [
            (.daily, nil, 101, 101), (.daily, 101, 102, 102), (.daily, 100, 101, 101),
            (.weekly, nil, 101, 107), (.weekly, 101, 108, 114), (.weekly, 107, 108, 114),
            (.weekly, 108, 115, 121), (.monthly, nil, 101, 130), (.monthly, 140, 162, 191),
        ] as [(VisitCycle, Int32?, Int32, Int32)])
    func `a visit is due in each period of the cycle, counted from the first whole day`(
        cycle: VisitCycle, made: Int32?, first: Int32, last: Int32
    ) {
        var home = Self.home(cycle)
        if let made { home.note(Self.visit(), at: .start, on: made) }
        let demand = home.demand(Self.none)
        #expect(demand == HomeVisits.Demand(reason: .cycle, firstDay: first, lastDay: last))
    }

    @Test func `a month is as long as it is, also in a leap year`() {
        var home = HomeVisits()
        let end = Int32(CivilDate(year: 2024, month: 1, day: 31).dayNumber)
        home.follow(.monthly, isPaused: false, today: end - 1)
        home.note(Self.visit(), at: .start, on: end)
        let leapDay = Int32(CivilDate(year: 2024, month: 2, day: 29).dayNumber)
        #expect(home.demand(Self.none)?.firstDay == leapDay)
        home.note(Self.visit(), at: .start, on: leapDay)
        let march = Int32(CivilDate(year: 2024, month: 3, day: 31).dayNumber)
        #expect(home.demand(Self.none)?.firstDay == march)
        #expect(home.demand(Self.none)?.lastDay == march + 29)
    }

    @Test func `without a cycle and in a pause the calendar asks for nothing`() {
        #expect(Self.home(nil).demand(VisitCalendar(festivals: [200])) == nil)
        var home = Self.home(.daily)
        home.ask(for: .noContact, at: .start)
        home.follow(.daily, isPaused: true, today: 101)
        #expect(home.demand(Self.none) == nil && home.extras.isEmpty)
        home.ask(for: .change, at: .start)
        #expect(home.extras.isEmpty)
        home.follow(.daily, isPaused: false, today: 105)
        #expect(home.demand(Self.none)?.firstDay == 105)
    }

    @Test func `after a pause what is left of the period is due`() {
        var home = Self.home(.weekly)
        home.follow(.weekly, isPaused: true, today: 103)
        home.follow(.weekly, isPaused: false, today: 110)
        #expect(
            home.demand(Self.none) == HomeVisits.Demand(reason: .cycle, firstDay: 110, lastDay: 114))
    }

    @Test(
        arguments: [
            (nil, .heatWave, 101, 101), (101, .heatWave, 102, 102), (103, .festival, 106, 106),
            (106, .festival, 110, 110), (110, .cycle, 131, 160),
        ] as [(Int32?, VisitReason, Int32, Int32)])
    func `heat waves and festivals go before a longer cycle`(
        made: Int32?, reason: VisitReason, first: Int32, last: Int32
    ) {
        let calendar = VisitCalendar(
            heatWaves: [
                .init(days: 90...103, cycles: [.monthly, .weekly]), .init(days: 90...200, cycles: [.daily]),
            ],
            festivals: [99, 106, 110])
        var home = HomeVisits()
        home.follow(.monthly, isPaused: false, today: 100)
        if let made { home.note(Self.visit(), at: .start, on: made) }
        let expected = HomeVisits.Demand(reason: reason, firstDay: first, lastDay: last)
        if reason == .cycle {
            #expect(home.demand(calendar)?.reason == .cycle)
        } else {
            #expect(home.demand(calendar) == expected)
        }
    }

    @Test func `days that came into the calendar when they were over do not count`() {
        var home = Self.home(.monthly)
        let calendar = VisitCalendar(festivals: [103, 108])
        #expect(home.demand(calendar)?.firstDay == 103)
        home.followCalendar(today: 105)
        #expect(home.demand(calendar)?.firstDay == 108)
    }

    @Test func `only a visit that was made settles anything, and never what was asked for later`() {
        var home = Self.home(.daily)
        home.ask(for: .noContact, at: Instant(milliseconds: 50))
        home.ask(for: .noContact, at: Instant(milliseconds: 70))
        #expect(home.extras.map(\.since) == [Instant(milliseconds: 50)])
        home.note(Self.visit(.notMet), at: Instant(milliseconds: 60), on: 101)
        #expect(home.demand(Self.none)?.firstDay == 101 && home.extras.count == 1)
        #expect(home.lastRecord?.result == .notMet)
        home.note(Self.visit(), at: Instant(milliseconds: 40), on: 101)
        #expect(home.demand(Self.none)?.firstDay == 102 && home.extras.count == 1)
        home.note(Self.visit(.needsHelp), at: Instant(milliseconds: 50), on: 101)
        #expect(home.extras.isEmpty)
    }

    @Test func `what is told late does not hide a newer record`() {
        var home = Self.home(.daily)
        home.note(Self.visit(), at: .start, on: 103)
        var old = Self.visit(.notMet)
        old.at = WallTime(milliseconds: 8)
        home.note(old, at: .start, on: 102)
        #expect(home.lastRecord?.result == .well && home.lastMadeDay == 103)
    }

    @Test func `visits and their calendar are the same after they were bytes`() throws {
        var home = Self.home(.halfYearly)
        home.ask(for: .change, at: Instant(milliseconds: 5))
        home.note(Self.visit(.notMet), at: .start, on: 102)
        home.followCalendar(today: 120)
        let calendar = VisitCalendar(
            followsChanges: false, heatWaves: [.init(days: 1...2, cycles: [.daily])], festivals: [7])
        var writer = ByteWriter()
        writer.write(home)
        writer.write(calendar)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.read(HomeVisits.self) == home)
        #expect(try reader.read(VisitCalendar.self) == calendar)
        #expect(reader.isAtEnd)
        for length in 0..<writer.bytes.count {
            var cut = ByteReader(Array(writer.bytes.prefix(length)))
            #expect(throws: ByteCodingError.self) {
                _ = try cut.read(HomeVisits.self)
                _ = try cut.read(VisitCalendar.self)
            }
        }
    }

    @Test func `colours and words mean the same`() {
        for cycle in VisitCycle.allCases {
            #expect(VisitCycle(word: cycle.colour) == cycle && VisitCycle(word: cycle.name) == cycle)
        }
        #expect(VisitCycle(word: "purple") == nil && VisitCycle.words.count == 10)
    }
}
