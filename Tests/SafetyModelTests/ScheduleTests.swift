import SafetyModel
import Testing

/// Schedules in local civil time: days, midnight, holidays, and the two days a year on which clocks change.
struct ScheduleTests {
    /// 2026-01-05, a Monday, 00:00 UTC, and the day's number.
    private static let monday = WallTime(milliseconds: 1_767_571_200_000)
    private static let mondayDay: Int32 = 20_458

    /// Central European time in 2026: clocks change on 29 March at 01:00 UTC and on 25 October at 01:00 UTC.
    private static let european = CivilCalendar(offsets: [
        CivilCalendar.Offset(from: WallTime(milliseconds: 0), secondsFromUTC: 3_600),
        CivilCalendar.Offset(from: WallTime(milliseconds: 1_774_746_000_000), secondsFromUTC: 7_200),
        CivilCalendar.Offset(from: WallTime(milliseconds: 1_792_890_000_000), secondsFromUTC: 3_600),
    ])

    private static func time(_ hours: Double, from start: WallTime = monday) -> WallTime {
        WallTime(milliseconds: start.milliseconds + Int64(hours * 3_600_000))
    }

    private static func span(_ from: Int, _ until: Int) -> [Schedule.Span] {
        [Schedule.Span(from: from * 60, until: until * 60)]
    }

    @Test(
        arguments: [
            (Schedule(), 0.0, true), (Schedule(spans: span(8, 12)), 7.99, false),
            (Schedule(spans: span(8, 12)), 8, true), (Schedule(spans: span(8, 12)), 12, false),
            (Schedule(spans: span(22, 5)), 3, true), (Schedule(spans: span(22, 5)), 5, false),
            (Schedule(spans: span(22, 5), weekdays: 1), 4, false),
            (Schedule(spans: span(22, 5), weekdays: 1), 23, true),
            (Schedule(spans: span(22, 5), weekdays: 1), 28, true),
            (Schedule(spans: span(22, 5), weekdays: 1), 47, false),
            (Schedule(weekdays: 0b11_1110), 12, false), (Schedule(weekdays: 0b100_0000), -1, true),
            (Schedule(spans: span(0, 24)), 23.99, true), (Schedule(spans: span(6, 6), weekdays: 1), 29, true),
        ])
    func `a span belongs to the day on which it begins`(schedule: Schedule, hours: Double, isOpen: Bool) {
        #expect(schedule.isOpen(at: Self.time(hours), in: .utc) == isOpen)
    }

    @Test(
        arguments: [
            (.ignored, true, true), (.excluded, false, true), (.only, true, false), (.included, true, true),
        ] as [(Schedule.Holidays, Bool, Bool)])
    func `holidays count as the schedule says`(holidays: Schedule.Holidays, onIt: Bool, after: Bool) {
        let schedule = Schedule(holidays: holidays, holidayDays: [Self.mondayDay])
        #expect(schedule.isOpen(at: Self.time(12), in: .utc) == onIt)
        #expect(schedule.isOpen(at: Self.time(36), in: .utc) == after)
        let weekend = Schedule(weekdays: 0b110_0000, holidays: holidays, holidayDays: [Self.mondayDay])
        #expect(weekend.isOpen(at: Self.time(12), in: .utc) == (holidays == .only || holidays == .included))
    }

    @Test(
        arguments: [
            (Schedule(spans: span(8, 12)), 0.0, 8.0), (Schedule(spans: span(8, 12)), 8, 32),
            (Schedule(spans: span(22, 5)), 3, 22), (Schedule(weekdays: 0b10), 0, 24),
            (Schedule(spans: span(8, 12) + span(12, 15)), 9, 32), (Schedule(weekdays: 0), 0, nil),
            (Schedule(), 0, nil), (Schedule(holidays: .only, holidayDays: [mondayDay + 399]), 0, 399.0 * 24),
            (Schedule(holidays: .only, holidayDays: [mondayDay + 401]), 0, nil),
        ] as [(Schedule, Double, Double?)])
    func `the next opening, up to the opening search limit`(
        schedule: Schedule, hours: Double, opening: Double?
    ) {
        #expect(
            schedule.nextOpening(after: Self.time(hours), in: .utc) == opening.map { Self.time($0) })
        #expect(Schedule.openingSearchLimit == 400)
    }

    @Test(arguments: [1_774_566_000_000, 1_792_706_400_000] as [Int64])
    func `openings are where closed turns into open, minute by minute, also when clocks change`(
        start: Int64
    ) {
        let schedules = [
            Schedule(spans: Self.span(2, 3)), Schedule(spans: [Schedule.Span(from: 150, until: 200)]),
            Schedule(spans: Self.span(22, 5)), Schedule(spans: Self.span(3, 4), weekdays: 0b100_0000),
            Schedule(spans: [Schedule.Span(from: 130, until: 170), Schedule.Span(from: 90, until: 125)]),
        ]
        for schedule in schedules {
            var next = schedule.nextOpening(after: WallTime(milliseconds: start), in: Self.european)
            var was = schedule.isOpen(at: WallTime(milliseconds: start), in: Self.european)
            for minute in 1...(5 * 1_440) {
                let time = WallTime(milliseconds: start + Int64(minute) * 60_000)
                let isOpen = schedule.isOpen(at: time, in: Self.european)
                #expect((next == time) == (isOpen && !was), "\(schedule) at minute \(minute)")
                if next == time { next = schedule.nextOpening(after: time, in: Self.european) }
                was = isOpen
            }
        }
    }

    @Test func `a local time comes twice or not at all when clocks change`() {
        // 29 March 2026 is day 20,541; 25 October 2026 is day 20,751.
        #expect(Self.european.moments(day: 20_541, minuteOfDay: 150).isEmpty)
        #expect(
            Self.european.moments(day: 20_751, minuteOfDay: 150).map(\.milliseconds) == [
                1_792_888_200_000, 1_792_891_800_000,
            ])
    }

    @Test func `a schedule comes back from its bytes, and damaged ones are refused`() throws {
        let schedule = Schedule(
            spans: Self.span(22, 5), weekdays: 31, holidays: .excluded, holidayDays: [1, 2])
        var writer = ByteWriter()
        writer.write(schedule)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.read(Schedule.self) == schedule)
        for length in 0..<writer.bytes.count {
            var torn = ByteReader(Array(writer.bytes.prefix(length)))
            #expect(throws: ByteCodingError.self) { try torn.read(Schedule.self) }
        }
    }
}
