import Correlation
import Escalation
import SafetyModel
import Testing
import Welfare

@testable import SafetyCore

/// Visits in the machine: told by day, ended by a record, asked for after what happened.
struct VisitTests {
    /// A story on Monday at eight; the first whole day is Tuesday.
    private static func story(
        _ cycle: VisitCycle? = .daily, calendar: VisitCalendar = VisitCalendar(),
        pauses: [WelfarePlan.Pause] = [], zone: CivilCalendar = .utc
    ) -> Rehearsal {
        var site = TinySite.watched(WelfarePlan(checkInMinute: nil, visits: cycle, pauses: pauses))
        site.visitCalendar = calendar
        site.calendar = zone
        return Rehearsal(site)
    }

    private static let monday: Int32 = 20_458
    private static let home = HomeIndex(1)

    private static func visit(
        _ result: VisitResult = .well, home: String = "h1", by: String = "grid", at: WallTime? = nil
    ) -> CoreInput {
        .visit(VisitRecord(home: home, at: at, by: by, way: .phone, result: result))
    }

    @Test func `a missed visit is told the next morning at eight, and a record ends it`() {
        var story = Self.story()
        #expect(story.standing == .done)
        story.wait(.hours(16))
        #expect(story.standing == .due)
        story.wait(.hours(24))
        #expect(story.standing == .overdue && story.open.isEmpty)
        _ = story.told()
        story.wait(.hours(8) - .milliseconds(1))
        #expect(story.open.isEmpty)
        story.wait(.milliseconds(1))
        #expect(story.open == ["visitOverdue routine"])
        #expect(story.told() == ["station alarm"])
        story.put(Self.visit())
        #expect(story.incidents[0].alarms.map(\.isActive) == [false])
        #expect(story.standing == .done)
        story.wait(.hours(39))
        #expect(story.count(.visitOverdue) == 1)
        story.wait(.hours(1))
        #expect(story.standing == .overdue)
    }

    @Test func `a visit each day keeps everything quiet, and a try on which nobody was met does not`() {
        var story = Self.story()
        for _ in 0..<10 {
            story.wait(.hours(24))
            story.put(Self.visit())
        }
        #expect(story.count(.visitOverdue) == 0)
        story.wait(.hours(24))
        story.put(Self.visit(.notMet))
        #expect(story.machine.visitState(of: Self.home).lastRecord?.result == .notMet)
        story.wait(.hours(24))
        #expect(story.count(.visitOverdue) == 1)
    }

    @Test func `closing the incident is no visit: it is told again the next morning`() {
        var story = Self.story()
        story.wait(.hours(48))
        #expect(story.open == ["visitOverdue routine"])
        story.wait(.hours(13))
        story.person("station", .close(.real))
        story.wait(.hours(11) - .milliseconds(1))
        #expect(story.open.isEmpty)
        story.wait(.milliseconds(1))
        #expect(story.count(.visitOverdue) == 2)
        #expect(story.incidents[1].timeline.map(\.event).first == .opened)
    }

    @Test func `a pause sends nobody and takes back what stood`() {
        let days = (Self.monday + 2)...(Self.monday + 3)
        var story = Self.story(pauses: [WelfarePlan.Pause(days: days)])
        story.wait(.hours(16 + 24))
        #expect(story.machine.visitState(of: Self.home).isPaused && story.standing == .none)
        story.wait(.hours(48))
        #expect(story.count(.visitOverdue) == 0 && story.standing == .due)
        story.wait(.hours(32))
        #expect(story.count(.visitOverdue) == 1)
    }

    @Test func `who is on scene at an incident has visited`() {
        var story = Self.story()
        story.wait(.hours(17))
        story.say("smoke", .smoke)
        story.person("neighbour", .onScene)
        let record = story.machine.visitState(of: Self.home).lastRecord
        #expect(record?.by == "neighbour" && record?.way == .responder && record?.result == .atIncident)
        #expect(record?.reference == "incident 1")
        #expect(story.standing == .done)
    }

    @Test(arguments: [.daily, nil] as [VisitCycle?])
    func `an incident in which nobody was met asks for a visit within a day`(cycle: VisitCycle?) throws {
        var story = Self.story(cycle)
        story.say("smoke", .smoke)
        story.say("smoke", .clear)
        story.person("station", .close(.noContact))
        let state = story.machine.visitState(of: Self.home)
        #expect(state.reason == .noContact && state.standing == .due)
        #expect(try #require(state.dueUntil) - story.now == HomeVisits.extraPatience)
        #expect(story.machine.homesToVisit == [Self.home])
        #expect(state.visitors == ["grid", "neighbour"])
        story.wait(.hours(24))
        #expect(story.open == ["visitOverdue routine"])
        let words = String(decoding: story.incidents[1].alarms[0].evidence[0].payload, as: UTF8.self)
        #expect(words == "a visit after an incident in which nobody was met was due until 2026-01-06 08:00")
        story.put(Self.visit())
        #expect(story.incidents[1].alarms[0].isActive == false)
        #expect(story.machine.homesToVisit.isEmpty)
    }

    @Test func `other endings of an incident ask for nothing`() {
        var story = Self.story(nil)
        for disposition in Disposition.allCases where disposition != .noContact {
            story.say("smoke", .smoke)
            story.say("smoke", .clear)
            story.person("station", .close(disposition))
            #expect(story.machine.homesToVisit.isEmpty)
        }
        #expect(story.machine.visitState(of: Self.home) == VisitState(visitors: ["grid", "neighbour"]))
    }

    @Test func `a visitor who finds need calls people at once`() {
        var story = Self.story(nil)
        story.put(Self.visit(.needsHelp, by: "neighbour"))
        #expect(story.open == ["helpNeeded urgent"])
        #expect(story.told() == ["grid alarm"])
        story.put(Self.visit(.needsHelp))
        #expect(story.open.count == 1 && story.incidents[0].alarms[0].raiseCount == 2)
    }

    @Test func `in a heat wave and at a festival a monthly home is visited that day`() {
        let calendar = VisitCalendar(
            heatWaves: [.init(days: (Self.monday + 2)...(Self.monday + 2), cycles: [.monthly])],
            festivals: [Self.monday + 4])
        var story = Self.story(.monthly, calendar: calendar)
        #expect(story.machine.visitState(of: Self.home).reason == .heatWave)
        story.wait(.hours(72))
        #expect(story.count(.visitOverdue) == 1)
        story.put(Self.visit())
        #expect(story.machine.visitState(of: Self.home).reason == .festival)
        story.wait(.hours(48))
        #expect(story.incidents[0].alarms.map(\.raiseCount) == [2])
    }

    @Test func `days end when the clock on the wall says so, also when it is put back`() throws {
        // Two hours before UTC from the start; on Tuesday at noon an hour more: that day has 25 hours.
        let noon = WallTime(milliseconds: Rehearsal.morning.milliseconds + 28 * 3_600_000)
        let zone = CivilCalendar(offsets: [
            .init(from: WallTime(milliseconds: 0), secondsFromUTC: 7_200),
            .init(from: noon, secondsFromUTC: 3_600),
        ])
        let story = Self.story(zone: zone)
        let state = story.machine.visitState(of: Self.home)
        let (from, until) = (try #require(state.dueFrom), try #require(state.dueUntil))
        #expect(from - story.now == .hours(14))
        #expect(until - from == .hours(25))
    }

    @Test(
        arguments: [
            (visit(home: "h9"), .unknownHome), (visit(home: "gateway"), .unknownHome),
            (visit(by: "nobody"), .unknownResponder), (visit(.atIncident), .malformed),
            (visit(at: after(SafetyMachine.visitClockLimit + .milliseconds(1))), .wrongTime),
            (visit(at: after(.zero - VisitRecord.ageLimit - .milliseconds(1))), .wrongTime),
            (visit(at: after(SafetyMachine.visitClockLimit)), nil),
            (visit(at: after(.zero - VisitRecord.ageLimit)), nil), (visit(), nil),
            (long(SafetyMachine.visitReferenceLimit), nil),
            (long(SafetyMachine.visitReferenceLimit + 1), .malformed),
            (long(VisitRecord.referenceLimit), nil),
        ] as [(CoreInput, VisitAnswer.Refusal?)])
    func `a record that cannot be is refused and changes nothing`(
        input: CoreInput, refusal: VisitAnswer.Refusal?
    ) {
        var story = Self.story()
        var batch = InputBatch()
        batch.inputs = [.tick, input]
        let outcome = story.take(batch)
        #expect(outcome.visitAnswers.map(\.input) == [1])
        #expect(outcome.visitAnswers.map(\.answer) == [refusal.map { .refused($0) } ?? .recorded])
        #expect((story.machine.visitState(of: Self.home).lastRecord == nil) == (refusal != nil))
    }

    private static func after(_ span: Duration) -> WallTime {
        WallTime(milliseconds: (Rehearsal.morning + span).milliseconds)
    }

    private static func long(_ count: Int) -> CoreInput {
        .visit(
            VisitRecord(
                home: "h1", by: "grid", way: .door, result: .well,
                reference: String(repeating: "r", count: count)))
    }

    @Test(
        arguments: [
            ("conditions", true, .change), ("conditions", false, .cycle), ("resident", true, .change),
            ("colour", true, .change), ("telephone", true, .cycle), ("nothing", true, .cycle),
        ] as [(String, Bool, VisitReason)])
    func `a change of condition or colour asks for a visit within a day`(
        change: String, follows: Bool, reason: VisitReason
    ) {
        var site = TinySite.watched(WelfarePlan(visits: .monthly))
        site.visitCalendar.followsChanges = follows
        site.residents = [Resident(id: "li", name: "Li", conditions: ["deaf", "dementia"])]
        var story = Rehearsal(site)
        switch change {
        case "conditions": site.residents[0].conditions = ["dementia"]
        case "resident": site.residents.append(Resident(id: "xu", name: "Xu"))
        case "colour": site.welfare?.visits = .quarterly
        case "telephone":
            site.residents[0].telephone = "1"
            site.residents[0].conditions = ["dementia", "deaf"]
        default: break
        }
        story.machine.adopt(site.compiled, at: story.now)
        #expect(story.machine.visitState(of: Self.home).reason == reason)
        story.wait(.hours(24))
        #expect(story.count(.visitOverdue) == (reason == .change ? 1 : 0))
    }

    @Test func `a first colour is no change, and a colour taken away ends what stood`() {
        var site = TinySite.watched(WelfarePlan(checkInMinute: 600))
        var story = Rehearsal(site)
        site.welfare?.visits = .daily
        story.machine.adopt(site.compiled, at: story.now)
        #expect(story.machine.visitState(of: Self.home).reason == .cycle && story.standing == .done)
        story.wait(.hours(48))
        #expect(story.count(.visitOverdue) == 1)
        site.welfare?.visits = nil
        story.machine.adopt(site.compiled, at: story.now)
        let overdue = story.machine.heldIncidents.flatMap(\.alarms).filter { $0.kind == .visitOverdue }
        #expect(overdue.map(\.isActive) == [false])
        #expect(story.standing == .none)
    }

    @Test func `visits survive a snapshot, with the moment at which the next is told`() throws {
        var story = Self.story()
        story.say("smoke", .smoke)
        story.person("station", .close(.noContact))
        story.put(Self.visit(.notMet))
        let copy = try SafetyMachine(snapshot: story.machine.snapshot(), site: story.machine.compiled)
        #expect(copy.digest == story.machine.digest)
        #expect(copy.nextDeadline == story.machine.nextDeadline)
        #expect(copy.visitState(of: Self.home) == story.machine.visitState(of: Self.home))
        story.machine = copy
        story.wait(.hours(24))
        #expect(story.count(.visitOverdue) == 1)
    }

    @Test func `a gateway that was down in the morning tells by day, not when it starts at night`() throws {
        var story = Self.story()
        story.machine = try SafetyMachine(snapshot: story.machine.snapshot(), site: story.machine.compiled)
        story.sleep(.hours(48 + 13))
        story.put(.restarted, .link(isUp: true), .caughtUp)
        #expect(story.count(.visitOverdue) == 0 && story.standing == .overdue)
        story.wait(.hours(11))
        #expect(story.count(.visitOverdue) == 1)
    }
}

extension Rehearsal {
    /// How it stands with the visits of h1.
    fileprivate var standing: VisitState.Standing { machine.visitState(of: HomeIndex(1)).standing }
}
