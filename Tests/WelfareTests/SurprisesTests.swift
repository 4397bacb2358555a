import Testing

@testable import Welfare

@Suite struct SurprisesTests {
    /// A home that is surprised once a day by so many minutes beyond a line of an hour.
    private func surprises(days: Range<Int>, minutes: (Int) -> Int) -> Surprises {
        var surprises = Surprises()
        for day in days { surprises.note(minutes: minutes(day), line: 60, on: day, daysKnown: day) }
        return surprises
    }

    @Test func `limit bounds what is kept and the smallest leaves`() {
        var surprises = Surprises()
        for index in 0..<100 { surprises.note(minutes: 60 + index, line: 60, on: 40, daysKnown: 40) }
        #expect(surprises.largest.count == Surprises.limit)
        #expect(surprises.largest.map(\.distance) == surprises.largest.map(\.distance).sorted(by: >))
        #expect(surprises.largest.first.map { $0.distance > 480 } == true, "159 minutes beyond 60")
        surprises.note(minutes: 20, line: 60, on: 40, daysKnown: 40)
        #expect(surprises.largest.allSatisfy { $0.distance > 0 })
    }

    @Test func `a home without a surprise has the blank margin`() {
        #expect(Surprises().margin(on: 10, daysKnown: 10) == Surprises.blankMargin)
    }

    @Test func `a wilder tail asks for a wider margin and a calm one for none below the line`() {
        let calm = surprises(days: 2..<80) { _ in 20 }.margin(on: 80, daysKnown: 80)
        let mild = surprises(days: 2..<80) { 50 + $0 % 11 * 2 }.margin(on: 80, daysKnown: 80)
        let wild = surprises(days: 2..<80) { 50 + $0 % 11 * 12 }.margin(on: 80, daysKnown: 80)
        #expect(calm >= 0)
        #expect(calm < mild)
        #expect(mild < wild)
    }

    @Test func `how far below its line a silence ended says nothing`() {
        let near = surprises(days: 2..<40) { _ in 20 }
        let far = surprises(days: 2..<40) { _ in 15 }
        #expect(near.margin(on: 40, daysKnown: 40) == far.margin(on: 40, daysKnown: 40))
        #expect(far.largest.allSatisfy { Double($0.distance) / 100 >= Surprises.leastDistance })
    }

    @Test func `the same surprises in a shorter time ask for a wider margin`() {
        var short = Surprises()
        var long = Surprises()
        for index in 0..<15 {
            short.note(minutes: 60 + index * 7, line: 60, on: 19, daysKnown: 20)
            long.note(minutes: 60 + index * 7, line: 60, on: 79, daysKnown: 80)
        }
        #expect(short.margin(on: 20, daysKnown: 20) > long.margin(on: 80, daysKnown: 80))
    }

    @Test func `what surprised a home that was hardly known is forgotten`() {
        var early = surprises(days: 2..<6) { _ in 600 }
        #expect(early.margin(on: 7, daysKnown: 7) > 15)
        for day in 6..<30 { early.note(minutes: 50, line: 60, on: day, daysKnown: day) }
        #expect(early.margin(on: 30, daysKnown: 30) < 5)
    }

    @Test func `after keptDays the largest is forgotten`() {
        var surprises = Surprises()
        surprises.note(minutes: 600, line: 60, on: 300, daysKnown: 300)
        for day in 301...310 { surprises.note(minutes: 50, line: 60, on: day, daysKnown: day) }
        let before = surprises.margin(on: 310, daysKnown: 310)
        let day = 300 + Surprises.keptDays + 1
        surprises.note(minutes: 50, line: 60, on: day, daysKnown: day)
        #expect(surprises.margin(on: day, daysKnown: day) < before)
    }

    @Test func `the largest of a day is taken back`() {
        var surprises = Surprises()
        surprises.note(minutes: 300, line: 60, on: 100, daysKnown: 100)
        surprises.note(minutes: 70, line: 60, on: 100, daysKnown: 100)
        surprises.note(minutes: 200, line: 60, on: 101, daysKnown: 101)
        surprises.forgetLargest(onDayBits: 100 & 63)
        #expect(surprises.largest.map(\.day) == [101, 100])
    }

    @Test(arguments: [(1.0, 0.0), (2.718_281_828_459_045, 1.0), (0.1, -2.302_585_093), (84, 4.430_816_799)])
    func `the logarithm is right`(number: Double, logarithm: Double) {
        #expect(abs(Surprises.naturalLogarithm(number) - logarithm) < 1e-8)
    }

    @Test func `a line and a distance give minutes and stay within what a record holds`() {
        #expect(Surprises.minutes(100, beyondBy: 0) == 100)
        #expect(Surprises.minutes(100, beyondBy: 2) == 144)
        #expect(Surprises.minutes(2_000, beyondBy: 50) == SilenceRecord.minutesLimit)
    }
}
