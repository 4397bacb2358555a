import Correlation
import Escalation
import SafetyCore
import SafetyModel
import Testing

/// What an incident keeps, and what is dropped when it is too much.
struct IncidentLimitTests {
    @Test(arguments: [IncidentAlarm.evidenceLimit, IncidentAlarm.evidenceLimit + 1, 50])
    func `of an alarm's observations the first and the newest are kept`(presses: Int) {
        var story = Rehearsal()
        for _ in 0..<presses {
            story.say("button", .press(), payload: "\(story.journal.count)")
        }
        let evidence = story.incidents[0].alarms[0].evidence
        #expect(evidence.count == IncidentAlarm.evidenceLimit)
        #expect(evidence[0].payload == Array("2".utf8))
        #expect(evidence.map(\.at) == evidence.map(\.at).sorted { $0 < $1 })
        #expect(story.incidents[0].alarms[0].raiseCount == Int32(presses))
    }

    @Test func `of a timeline beyond its limit the middle is dropped and counted`() {
        var story = Rehearsal(TinySite(supervision: .zero))
        story.say("button", .press())
        for _ in 0..<Incident.timelineLimit { story.say("button", .press(.cancel)) }
        #expect(story.incidents[0].timeline.count == Incident.timelineLimit)
        #expect(story.incidents[0].timeline[0].event == .opened)
        #expect(story.incidents[0].droppedEntries > 0)
    }

    @Test func `revisions count every change and never go back`() {
        var story = Rehearsal()
        var revisions: [Int32] = []
        story.say("smoke", .smoke)
        for act in [PersonCommand.Act.acknowledge, .onScene, .needHelp, .close(.real)] {
            revisions.append(story.incidents[0].revision)
            story.person("grid", act)
        }
        #expect(revisions == revisions.sorted())
        #expect(Set(revisions).count == revisions.count)
    }

    @Test func `a refused command changes nothing`() {
        var story = Rehearsal()
        story.say("smoke", .smoke)
        story.person("grid", .acknowledge)
        let digest = story.machine.digest
        #expect(story.person("family", .acknowledge) == .refused(.takenByAnother))
        #expect(story.machine.digest == digest)
    }

    @Test func `a late or repeated report of a try that is over changes nothing`() {
        var story = Rehearsal()
        story.say("smoke", .smoke)
        let digest = story.machine.digest
        for order in story.orders.prefix(3) {
            story.report(order, .failed(reason: "late"))
            story.report(order, .delivered)
        }
        #expect(story.machine.digest == digest)
    }

    @Test func `a site may have conditions up to the leaf limit`() async {
        let rules = (0..<(RuleBook.leafLimit - Rule.lifeSafety.count)).map {
            Rule(
                id: "r\($0)", when: .condition(Condition(.humidity, .above(99))), alarm: .tamper,
                urgency: .technical)
        }
        #expect(RuleBook(rules: rules).leaves.count == RuleBook.leafLimit)
        await #expect(processExitsWith: .failure) {
            let rule = Rule(
                id: "r", when: .condition(Condition(.humidity, .above(99))), alarm: .tamper,
                urgency: .technical)
            _ = RuleBook(rules: Array(repeating: rule, count: RuleBook.leafLimit))
        }
    }
}
