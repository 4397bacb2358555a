import Testing

@testable import Welfare

@Suite struct VisitCycleTests {
    private func date(_ text: String) -> CivilDate {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        return CivilDate(year: parts[0], month: parts[1], day: parts[2])
    }

    @Test func `every day of a century goes to a number and back`() {
        var previous = CivilDate(dayNumber: -1)
        #expect(previous == CivilDate(year: 1_969, month: 12, day: 31))
        for number in 0..<50_000 {
            let found = CivilDate(dayNumber: number)
            let isNextDay = found.day == previous.day + 1 || found.day == 1
            guard found.dayNumber == number, isNextDay else {
                Issue.record("day \(number) became \(found)")
                return
            }
            previous = found
        }
        #expect(date("2000-02-29").dayNumber == 11_016)
        #expect(date("2024-12-31").dayNumber == 20_088)
    }

    @Test(arguments: [
        (VisitCycle.daily, "2024-02-28", "2024-02-28", "2024-02-29"),
        (.weekly, "2024-02-26", "2024-02-29", "2024-03-04"),
        (.monthly, "2024-01-31", "2024-01-31", "2024-02-29"),
        (.monthly, "2023-01-31", "2023-01-31", "2023-02-28"),
        (.monthly, "2024-01-31", "2024-02-29", "2024-03-31"),
        (.monthly, "2024-01-31", "2024-03-05", "2024-03-31"),
        (.quarterly, "2023-11-30", "2024-01-05", "2024-02-29"),
        (.halfYearly, "2023-08-31", "2023-09-01", "2024-02-29"),
        (.halfYearly, "2023-08-31", "2030-01-01", "2030-02-28"),
        (.weekly, "2024-03-01", "2024-01-01", "2024-03-01"),
    ])
    func `the next visit keeps its day through month ends and leap years`(
        cycle: VisitCycle, anchor: String, visit: String, due: String
    ) {
        let found = cycle.nextDueDay(after: date(visit).dayNumber, anchor: date(anchor).dayNumber)
        #expect(CivilDate(dayNumber: found) == date(due))
    }
}
