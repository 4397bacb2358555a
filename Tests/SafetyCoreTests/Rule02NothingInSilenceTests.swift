import Alarming
import Correlation
import Escalation
import SafetyCore
import SafetyModel
import Testing

/// Rule 2: an open incident absorbs nothing in silence.
struct Rule02NothingInSilenceTests {
    @Test(arguments: [PersonCommand.Act.acknowledge, .onScene])
    func `a second hazard in an answered incident calls again until somebody answers`(act: PersonCommand.Act)
    {
        var story = Rehearsal()
        story.say("smoke", .smoke)
        story.person("grid", act)
        _ = story.told()
        story.say("gas", .gas)
        #expect(story.open == ["fire everyone"])
        #expect(
            story.told() == [
                "centre alarmAgain", "station alarmAgain", "grid alarmAgain", "neighbour alarmAgain",
                "family alarmAgain",
            ])
        #expect(story.incidents[0].phase == .calling)
        #expect(story.incidents[0].answeredBy == nil)
        #expect(story.machine.home(HomeIndex(1)).register.alarms.allSatisfy { !$0.isAcknowledged })
        story.wait(.seconds(61))
        #expect(story.told().count == 5, "nobody answered the second hazard")
    }

    @Test func `a second kind is told to those of later steps who know of the incident`() {
        var story = Rehearsal()
        story.say("button", .press())
        story.wait(.seconds(61))
        story.person("grid", .onScene)
        _ = story.told()
        story.say("band", .fall)
        #expect(story.told().sorted() == ["family alarmAgain", "grid alarmAgain", "neighbour alarmAgain"])
    }

    @Test(arguments: [false, true])
    func `each press again notifies at once, answered or not`(isAnswered: Bool) {
        var story = Rehearsal()
        story.say("button", .press())
        if isAnswered { story.person("family", .acknowledge) }
        _ = story.told()
        for press in 2...4 {
            story.wait(.seconds(3))
            story.say("button", .press())
            #expect(story.told() == ["neighbour alarmAgain", "family alarmAgain"])
            #expect(story.incidents[0].alarms[0].raiseCount == Int32(press))
        }
    }

    @Test func `a second smoke alarm in another room notifies at once`() {
        var story = Rehearsal()
        story.say("smoke", .smoke)
        story.person("centre", .acknowledge)
        _ = story.told()
        story.say("smoke2", .smoke)
        #expect(story.told().count == 5)
        #expect(story.incidents[0].alarms.count == 2)
    }

    @Test func `a hazard of another plan opens its own incident`() {
        var story = Rehearsal()
        story.say("button", .press())
        story.person("family", .acknowledge)
        _ = story.told()
        story.say("smoke", .smoke)
        #expect(story.told() == Rule01FirstNotificationTests.everyone)
        #expect(story.open == ["sos steps", "fire everyone"])
    }

    @Test(arguments: [Int64(1), 5, 60])
    func `what is still active after closing raises again`(minutes: Int64) {
        var site = TinySite()
        site.settings.raiseAgainAfter = .minutes(minutes)
        var story = Rehearsal(site)
        story.say("gas", .gas)
        story.person("centre", .close(.falseAlarm))
        _ = story.told()
        story.wait(.minutes(minutes) - .milliseconds(1))
        #expect(story.told() == [])
        story.wait(.milliseconds(1))
        #expect(story.told() == Rule01FirstNotificationTests.everyone)
        #expect(story.incidents.count == 2)
        #expect(story.incidents[1].alarms[0].id == story.incidents[0].alarms[0].id)
    }

    @Test func `what ended before does not raise again`() {
        var story = Rehearsal()
        story.say("gas", .gas)
        story.person("centre", .close(.real))
        story.wait(.minutes(4))
        story.say("gas", .gasClear)
        _ = story.told()
        story.wait(.hours(1))
        #expect(story.told() == [])
        #expect(story.machine.home(HomeIndex(1)).register.alarms.isEmpty)
    }

    @Test func `a hazard that comes back before it raises again is told at once`() {
        var story = Rehearsal()
        story.say("gas", .gas)
        story.person("centre", .close(.real))
        _ = story.told()
        story.say("gas", .gasClear)
        story.say("gas", .gas)
        #expect(story.told() == Rule01FirstNotificationTests.everyone)
    }

    @Test func `presses beyond the outstanding limit are recorded, a new hazard is told nevertheless`() {
        var site = TinySite()
        site.plans = [TinySite.plan("all", urgencies: [.lifeSafety], [[.role(.neighbour), .role(.family)]])]
        var story = Rehearsal(site)
        story.answer = { _ in nil }
        for _ in 0..<200 {
            story.say("button", .press())
            story.wait(.milliseconds(1))
        }
        let waiting = story.incidents[0].outstanding.count
        #expect(waiting >= EscalationDesk.outstandingLimit)
        #expect(waiting <= EscalationDesk.outstandingLimit + 2)
        #expect(story.incidents[0].alarms[0].raiseCount == 200)
        _ = story.told()
        story.say("smoke", .smoke)
        #expect(story.told() == ["neighbour alarmAgain", "family alarmAgain"])
    }

    @Test func `calls for help beyond the outstanding limit are recorded only`() {
        var story = Rehearsal()
        story.answer = { _ in nil }
        story.say("smoke", .smoke)
        story.person("grid", .onScene)
        for _ in 0..<100 {
            #expect(story.person("grid", .needHelp) == .accepted(phase: .onScene))
            story.wait(.milliseconds(1))
        }
        #expect(story.incidents[0].outstanding.count <= EscalationDesk.outstandingLimit + 5)
    }
}

/// Two hazards of one moment: one order names both, or each has its own.
struct HazardsOfOneMomentTests {
    private static let both = [Observation.smoke, .gas]

    @Test func `two hazards of one batch are one order to each, and both stand in its incident`() {
        var story = Rehearsal()
        var batch = InputBatch()
        batch.observations = Self.both
        let none = batch.append(payload: [])
        batch.append(
            from: story.index("smoke"), deviceTime: nil, isRetained: false, firstObservation: 0, payload: none
        )
        let outcome = story.take(batch)
        #expect(story.told() == Rule01FirstNotificationTests.everyone)
        #expect(outcome.incidents.map { $0.alarms.map(\.kind) } == [[.fire, .gas]])
    }

    @Test func `a hazard of the same moment in the next batch is told by orders of its own`() {
        var story = Rehearsal()
        story.answer = { _ in nil }
        story.say("smoke", .smoke)
        #expect(story.told() == Rule01FirstNotificationTests.everyone)
        story.say("gas", .gas)
        #expect(story.told().sorted() == Rule01FirstNotificationTests.everyone.map { $0 + "Again" }.sorted())
        story.say("smoke2", .smoke)
        #expect(story.told().count == Rule01FirstNotificationTests.everyone.count)
    }
}
