import Escalation
import SafetyModel
import Testing

/// Who is on duty when, gaps and overlaps, also where the clocks change.
struct RosterTests {
    private static func shift(
        _ name: String, _ from: Int, _ until: Int, _ people: [String], days: UInt8 = 127
    ) -> Roster.Shift {
        Roster.Shift(
            name: name,
            hours: Schedule(spans: [Schedule.Span(from: from * 60, until: until * 60)], weekdays: days),
            people: people)
    }

    /// Monday 5 January 2026 is day 20,458.
    private static let monday: Int32 = 20_458

    private static let watch = Roster(
        id: "watch", shifts: [shift("day", 7, 22, ["ann"]), shift("night", 22, 7, ["bob"])],
        overrides: [
            Roster.Override(days: monday...monday, shift: "night", people: ["cid"]),
            Roster.Override(days: (monday + 3)...(monday + 4), people: ["dee"]),
        ], handOver: .minutes(15))

    private static func time(_ day: Int32, _ hour: Int, _ minute: Int = 0) -> WallTime {
        WallTime(
            milliseconds: Int64(monday + day) * 86_400_000 + Int64(hour) * 3_600_000 + Int64(minute) * 60_000)
    }

    @Test(arguments: [
        (Int32(0), 12, 0, ["ann"]), (0, 21, 59, ["ann"]), (0, 22, 0, ["cid", "ann"]),
        (0, 22, 14, ["cid", "ann"]), (0, 22, 15, ["cid"]), (1, 6, 59, ["cid"]), (1, 7, 0, ["ann", "cid"]),
        (1, 23, 0, ["bob"]), (3, 12, 0, ["dee"]), (3, 23, 0, ["dee"]), (5, 6, 0, ["dee"]),
        (5, 7, 20, ["ann"]),
    ])
    func `a night belongs to the day on which it begins, and those who go are called for a while`(
        day: Int32, hour: Int, minute: Int, people: [String]
    ) {
        let duty = Self.watch.duty(at: Self.time(day, hour, minute), in: .utc)
        #expect(duty.people == people)
        #expect(!duty.isGap)
    }

    @Test(arguments: [
        ([], ["ann", "bob", "cid", "dee"]), (["eve"], ["eve"]),
    ])
    func `a gap calls whoever is named for it, or everybody, never nobody`(
        otherwise: [String], people: [String]
    ) {
        var roster = Self.watch
        roster.handOver = .zero
        roster.otherwise = otherwise
        roster.shifts[1] = Self.shift("night", 22, 6, ["bob"])
        let duty = roster.duty(at: Self.time(1, 6, 30), in: .utc)
        #expect(duty.isGap)
        #expect(duty.people == people)
        #expect(roster.duty(at: Self.time(1, 5, 59), in: .utc).isGap == false)
    }

    @Test func `a year without a gap has none, an hour that is missing is found 364 times`() {
        #expect(Roster.surveyLimit == 364)
        #expect(Self.watch.survey(from: Self.time(0, 12), in: .utc) == Roster.Survey())
        var roster = Self.watch
        roster.shifts[1] = Self.shift("night", 22, 6, ["bob"])
        let survey = roster.survey(from: Self.time(0, 12), in: .utc)
        #expect(survey.gaps.count == 364)
        #expect(survey.gaps[0] == Roster.Stretch(from: Self.time(1, 6), until: Self.time(1, 7)))
    }

    @Test func `a week without its Sunday has one gap a week, and shifts that overlap are named`() {
        var roster = Roster(id: "r", shifts: [Self.shift("day", 0, 24, ["ann"], days: 0b0111111)])
        roster.shifts[0].hours.spans = []
        let gaps = roster.survey(from: Self.time(0, 0), in: .utc).gaps
        #expect(gaps.count == 52)
        #expect(gaps[0] == Roster.Stretch(from: Self.time(6, 0), until: Self.time(7, 0)))
        roster.shifts.append(Self.shift("late", 23, 1, ["bob"]))
        let survey = roster.survey(from: Self.time(0, 0), in: .utc)
        #expect(survey.overlapping == ["day", "late"])
        #expect(survey.overlaps[0].until == Self.time(0, 1))
    }

    /// Clocks go from 2:00 to 3:00 on the Monday and back from 3:00 to 2:00 on the Wednesday.
    private static let changing = CivilCalendar(offsets: [
        CivilCalendar.Offset(from: WallTime(milliseconds: 0), secondsFromUTC: 0),
        CivilCalendar.Offset(from: time(0, 2), secondsFromUTC: 3_600),
        CivilCalendar.Offset(from: time(2, 2), secondsFromUTC: 0),
    ])

    @Test func `where the clocks change a roster has neither a gap nor a double hour`() {
        let roster = Roster(
            id: "r",
            shifts: [
                Roster.Shift(
                    name: "a", hours: Schedule(spans: [Schedule.Span(from: 150, until: 600)]), people: ["ann"]
                ),
                Roster.Shift(
                    name: "b", hours: Schedule(spans: [Schedule.Span(from: 600, until: 150)]), people: ["bob"]
                ),
            ])
        #expect(roster.survey(from: Self.time(-1, 0), in: Self.changing) == Roster.Survey())
        // 2:30 does not exist on the Monday: the shift begins when the clocks jump over it.
        #expect(roster.duty(at: Self.time(0, 1, 59), in: Self.changing).people == ["bob"])
        #expect(roster.duty(at: Self.time(0, 2), in: Self.changing).people == ["ann"])
        // On the Wednesday 2:30 comes twice: an hour of it is told twice, and somebody is there each time.
        #expect(roster.duty(at: Self.time(2, 1, 30), in: Self.changing).people == ["ann"])
        #expect(roster.duty(at: Self.time(2, 2, 15), in: Self.changing).people == ["bob"])
        #expect(roster.duty(at: Self.time(2, 2, 30), in: Self.changing).people == ["ann"])
    }

    @Test func `a roster that a missing hour would leave empty is found to the minute`() {
        let roster = Roster(
            id: "r",
            shifts: [
                Roster.Shift(
                    name: "a",
                    hours: Schedule(spans: [
                        Schedule.Span(from: 0, until: 120), Schedule.Span(from: 180, until: 1_440),
                    ]), people: ["ann"])
            ])
        let gaps = roster.survey(from: Self.time(0, 0), in: Self.changing).gaps
        #expect(gaps[0] == Roster.Stretch(from: Self.time(1, 1), until: Self.time(1, 2)), "not on the Monday")
        #expect(
            gaps[1] == Roster.Stretch(from: Self.time(2, 1), until: Self.time(2, 3)), "twice on the Wednesday"
        )
    }

    @Test func `groups and rosters come back from their bytes, and torn ones are refused`() throws {
        let group = ResponderGroup(id: "g", members: ["ann", "张三"])
        var writer = ByteWriter()
        writer.write(group)
        writer.write(Self.watch)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.read(ResponderGroup.self) == group)
        #expect(try reader.read(Roster.self) == Self.watch)
        for length in 0..<writer.bytes.count {
            var torn = ByteReader(Array(writer.bytes.prefix(length)))
            #expect(throws: ByteCodingError.self) {
                _ = try torn.read(ResponderGroup.self)
                _ = try torn.read(Roster.self)
            }
        }
    }
}
