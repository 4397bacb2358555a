import Alarming
import Escalation
import SafetyCore
import SafetyModel
import Testing

/// Rule 5: *seen* and *on scene* each escalate; a stale acknowledgement is taken back; everyone hears of it.
struct Rule05TwoDeadlinesTests {
    @Test func `everyone who was notified hears who has taken over, who is there and that it is closed`() {
        var story = Rehearsal()
        story.say("smoke", .smoke)
        _ = story.told()
        story.person("grid", .acknowledge)
        #expect(
            story.told() == [
                "centre takenOver", "station takenOver", "neighbour takenOver", "family takenOver",
            ])
        #expect(story.orders.last?.about == "grid")
        story.person("grid", .onScene)
        #expect(story.told() == ["centre onScene", "station onScene", "neighbour onScene", "family onScene"])
        story.person("grid", .close(.real))
        #expect(story.told() == ["centre closed", "station closed", "neighbour closed", "family closed"])
        #expect(story.machine.heldIncidents.isEmpty)
    }

    @Test func `only those who were called hear it`() {
        var story = Rehearsal()
        story.say("button", .press())
        _ = story.told()
        story.person("family", .acknowledge)
        #expect(story.told() == ["neighbour takenOver"])
    }

    @Test
    func `an acknowledgement without arriving is taken back, everyone hears it, the next step is called`() {
        var story = Rehearsal()
        story.say("button", .press())
        story.person("family", .acknowledge)
        _ = story.told()
        story.wait(.minutes(15) - .milliseconds(1))
        #expect(story.told() == [])
        story.wait(.milliseconds(1))
        #expect(story.told() == ["neighbour takenBack", "family takenBack", "grid takenBack"])
        #expect(story.orders.filter { $0.purpose == .takenBack }.allSatisfy { $0.about == "family" })
        #expect(story.incidents[0].phase == .calling)
        #expect(story.machine.home(HomeIndex(1)).register.alarms[0].isAcknowledged == false)
        story.wait(.seconds(60))
        #expect(story.told() == ["station alarm", "centre alarm"])
    }

    @Test func `a taken back acknowledgement can be given again`() {
        var story = Rehearsal()
        story.say("smoke", .smoke)
        story.person("grid", .acknowledge)
        story.wait(.minutes(16))
        #expect(story.person("grid", .acknowledge) == .accepted(phase: .acknowledged))
        #expect(story.machine.home(HomeIndex(1)).register.alarms[0].isAcknowledged)
    }

    @Test func `a second person cannot take over what somebody has, and can arrive first`() {
        var story = Rehearsal()
        story.say("smoke", .smoke)
        story.person("grid", .acknowledge)
        #expect(story.person("family", .acknowledge) == .refused(.takenByAnother))
        #expect(story.person("grid", .acknowledge) == .accepted(phase: .acknowledged))
        _ = story.told()
        #expect(story.person("family", .onScene) == .accepted(phase: .onScene))
        #expect(story.told() == ["centre onScene", "station onScene", "grid onScene", "neighbour onScene"])
    }

    @Test func `a stay that is not closed is asked for again and again`() {
        var story = Rehearsal()
        story.say("smoke", .smoke)
        story.person("grid", .onScene)
        _ = story.told()
        for _ in 0..<3 {
            story.wait(.hours(2))
            #expect(story.told() == ["grid reminder"])
        }
        #expect(story.timeline().filter { $0 == "closingOverdue" }.count == 3)
    }

    @Test func `when the one on scene is nobody of the plan, those who were told are asked`() {
        var story = Rehearsal()
        story.say("smoke", .smoke)
        story.person("stranger", .onScene)
        _ = story.told()
        story.wait(.hours(2))
        #expect(story.told().count == 5)
    }

    @Test func `a call for help reaches those who know and the next step`() {
        var story = Rehearsal()
        story.say("button", .press())
        story.person("family", .acknowledge)
        _ = story.told()
        story.person("family", .needHelp)
        #expect(story.told() == ["neighbour needHelp", "grid needHelp"])
        #expect(story.orders.last?.about == "family")
    }

    @Test(arguments: [Int64(1), 2, 100])
    func `a command about an incident that is closed or never was is refused`(number: Int64) {
        var story = Rehearsal()
        story.say("smoke", .smoke)
        story.person("grid", .close(.real))
        let refusal: CommandAnswer.Refusal = number == 1 ? .alreadyClosed : .unknownIncident
        #expect(story.person("grid", .acknowledge, on: number) == .refused(refusal))
    }

    @Test func `an incident is handed over to anybody of the site, and to nobody else`() {
        var story = Rehearsal()
        story.say("button", .press())
        #expect(story.person("family", .handOver(to: "technician")) == .refused(.notTakenOver))
        story.person("family", .acknowledge)
        _ = story.told()
        #expect(story.person("family", .handOver(to: "nobody")) == .refused(.unknownResponder))
        #expect(story.person("family", .handOver(to: "technician")) == .accepted(phase: .acknowledged))
        #expect(story.told() == ["technician handOver"])
        story.person("technician", .acknowledge)
        #expect(story.told() == ["neighbour takenOver", "family takenOver"])
        story.person("technician", .note("the door is open"))
        #expect(story.timeline().last == "noted")
        story.person("technician", .close(.real))
        #expect(story.told() == ["neighbour closed", "family closed"])
    }

    @Test func `an offer that nobody accepts in time calls the next step`() {
        var story = Rehearsal()
        story.say("button", .press())
        story.person("family", .acknowledge)
        story.person("family", .handOver(to: "technician"))
        _ = story.told()
        story.wait(.seconds(60))
        #expect(
            story.told() == ["neighbour reminder", "family reminder", "technician reminder", "grid alarm"])
    }

    @Test func `whoever accepts second hears who was first, also one whom nobody had called`() {
        var story = Rehearsal()
        story.say("button", .press())
        story.person("family", .acknowledge)
        _ = story.told()
        #expect(story.person("neighbour", .acknowledge) == .refused(.takenByAnother))
        #expect(story.told() == [], "he heard it when it was taken over")
        #expect(story.person("technician", .acknowledge) == .refused(.takenByAnother))
        #expect(story.told() == ["technician takenOver"])
        #expect(story.orders.last?.about == "family")
        #expect(story.person("stranger", .acknowledge) == .refused(.takenByAnother))
        #expect(story.told() == [])
    }
}
