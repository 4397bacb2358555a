import Alarming
import Correlation
import Escalation
import SafetyCore
import SafetyModel
import Testing

/// Rule 10: troubles are a technician's digest by day; only an unprotected home and the gateway call people.
struct Rule10TroubleTests {
    @Test func `troubles of a night go out together at the hour of the digest`() {
        var story = Rehearsal()
        story.sayNonsense("gas", reason: "payload.gas: not a word", payload: "{\"gas\":\"maybe\"}")
        story.wait(.minutes(30))
        story.sayNonsense("co", reason: "broken", payload: "{")
        story.wait(.minutes(30) - .milliseconds(1))
        #expect(story.told() == [])
        story.wait(.milliseconds(1))
        #expect(story.told() == ["technician alarm"])
        #expect(story.incidents.count == 1)
        #expect(story.incidents[0].alarms.count == 2)
    }

    @Test(arguments: [(0, 60), (8 * 3_600, 17 * 60), (-3_600, 120)] as [(Int32, Int64)])
    func `the hour of the digest is local time`(east: Int32, minutes: Int64) {
        var site = TinySite()
        site.calendar = CivilCalendar(offsets: [
            CivilCalendar.Offset(from: WallTime(milliseconds: 0), secondsFromUTC: east)
        ])
        var story = Rehearsal(site)
        story.sayNonsense("gas", reason: "broken", payload: "{")
        #expect(story.incidents[0].deadline == story.now + .minutes(minutes))
    }

    @Test func `the wall clock's offset moves the digest that is planned next`() {
        var story = Rehearsal()
        story.put(.wallOffset(.minutes(20)))
        story.sayNonsense("gas", reason: "broken", payload: "{")
        #expect(story.incidents[0].deadline == story.now + .minutes(40))
    }

    @Test func `a trouble that comes after the digest waits for the next one`() {
        var story = Rehearsal(TinySite(supervision: .zero))
        story.sayNonsense("gas", reason: "broken", payload: "{")
        story.wait(.hours(1))
        story.person("technician", .acknowledge)
        _ = story.told()
        story.wait(.hours(2))
        story.say("smoke", .clear, at: story.clock())
        story.say("smoke", .clear, at: story.clock(-3_600))
        #expect(story.told().filter { $0.contains("technician alarm") } == [])
        #expect(story.incidents.count == 2)
        #expect(story.incidents[1].step == -1)
        story.wait(.hours(22))
        #expect(story.told().contains("technician alarm"))
    }

    @Test func `one broken payload is one trouble until it is closed, and it is over then`() {
        var story = Rehearsal(TinySite(supervision: .zero))
        for _ in 0..<50 { story.sayNonsense("gas", reason: "broken", payload: "{") }
        #expect(story.incidents[0].alarms[0].raiseCount == 1)
        #expect(story.incidents[0].alarms[0].evidence[0].payload == Array("broken\n{".utf8))
        story.person("technician", .close(.technical))
        story.wait(.hours(2))
        #expect(story.open == [])
        story.sayNonsense("gas", reason: "broken", payload: "{")
        #expect(story.open == ["undecoded technical"])
    }

    @Test func `a life-safety alarm never waits in a digest, whatever a plan says`() {
        var site = TinySite()
        site.plans = [
            TinySite.plan(
                "night", urgencies: Urgency.allCases, [[.role(.centre)]], delivery: .digest(minuteOfDay: 540))
        ]
        var story = Rehearsal(site)
        story.sayNonsense("gas", reason: "broken", payload: "{")
        #expect(story.told() == [])
        story.say("smoke", .smoke)
        #expect(story.told() == ["centre alarm"])
        var other = Rehearsal(site)
        other.say("smoke", .smoke)
        #expect(other.told() == ["centre alarm"])
    }

    @Test(arguments: GatewayCondition.Kind.allCases)
    func `a gateway in trouble calls people at once, lesser troubles wait`(kind: GatewayCondition.Kind) {
        var story = Rehearsal(TinySite(supervision: .zero))
        story.put(.gateway(GatewayCondition(kind, isActive: true, detail: "why")))
        let grave: [GatewayCondition.Kind] = [
            .storeUnavailable, .siteStale, .inputQuarantined, .storeDamaged, .brokerUnfit, .stateRebuilt,
        ]
        #expect(story.told() == (grave.contains(kind) ? ["grid alarm"] : []))
        #expect(story.incidents[0].alarms[0].evidence[0].payload == Array("why".utf8))
        story.put(.gateway(GatewayCondition(kind, isActive: false)))
        story.person("grid", .close(.technical))
        story.wait(.hours(3))
        #expect(story.open == [], "what is over does not raise again")
    }

    @Test(arguments: [(GatewayCondition.Kind.storeUnavailable, true), (.inputQuarantined, false)])
    func `a gateway trouble that goes on raises again, one that happened does not`(
        kind: GatewayCondition.Kind, raises: Bool
    ) {
        var story = Rehearsal()
        story.put(.gateway(GatewayCondition(kind, isActive: true)))
        story.person("grid", .close(.technical))
        _ = story.told()
        story.wait(.minutes(6))
        #expect(story.told().contains("grid alarm") == raises)
    }

    @Test func `a bridge that is lost is one trouble, not a storm, and makes its home unprotected`() {
        var story = Rule07BlindWindowTests.heard(.minutes(10))
        story.say("bridge", .bridgeDown)
        story.wait(.minutes(2) - .milliseconds(1))
        #expect(story.incidents.isEmpty)
        story.wait(.milliseconds(1))
        #expect(story.open.sorted() == ["bridgeLost technical", "homeUnprotected urgent"])
        #expect(story.told() == ["grid alarm"])
        story.wait(.hours(1))
        #expect(story.incidents.flatMap(\.alarms).count == 2, "no device of it is called lost")
        story.say("bridge", .bridgeUp)
        #expect(story.incidents.flatMap(\.alarms).allSatisfy { !$0.isActive })
    }
}
