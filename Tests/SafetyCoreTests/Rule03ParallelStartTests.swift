import Escalation
import SafetyCore
import SafetyModel
import Testing

/// Rule 3: fire, gas and CO start with everyone in parallel, the centre included; SOS and fall step by step.
struct Rule03ParallelStartTests {
    @Test func `the whole first step of a fire leaves in one moment, the centre with it`() {
        var story = Rehearsal()
        story.say("smoke", .smoke)
        #expect(Set(story.orders.map(\.orderedAt)) == [story.now])
        #expect(story.orders.map(\.responder) == ["centre", "station", "grid", "neighbour", "family"])
        #expect(story.incidents[0].plan.steps.count == 1)
    }

    @Test func `an SOS goes from step to step and repeats the last`() {
        var story = Rehearsal()
        story.say("button", .press())
        #expect(story.told() == ["neighbour alarm", "family alarm"])
        story.wait(.milliseconds(59_999))
        #expect(story.told() == [])
        story.wait(.milliseconds(1))
        #expect(story.told() == ["grid alarm"])
        story.wait(.seconds(60))
        #expect(story.told() == ["station alarm", "centre alarm"])
        story.wait(.seconds(60))
        #expect(story.told() == ["station reminder", "centre reminder"])
        story.wait(.seconds(120))
        #expect(story.told() == ["station reminder", "centre reminder"])
    }

    @Test func `a fire during an SOS calls everyone without waiting for the SOS`() {
        var story = Rehearsal()
        story.say("button", .press())
        story.wait(.seconds(1))
        _ = story.told()
        story.say("smoke", .smoke)
        #expect(story.told() == Rule01FirstNotificationTests.everyone)
    }

    @Test func `a step that holds nobody is passed at once`() {
        var site = TinySite()
        site.plans = [
            TinySite.plan(
                "steps", urgencies: [.lifeSafety], [[.role(.supervisor)], [], [.role(.centre)]])
        ]
        var story = Rehearsal(site)
        story.say("smoke", .smoke)
        #expect(story.told() == ["centre alarm"])
        #expect(story.timeline().filter { $0 == "stepFailed" }.count == 2)
    }

    @Test(arguments: [
        (Role.neighbour, [Home.Contact(role: .neighbour, responder: "family")], ["family alarm"]),
        (.neighbour, [], []), (.family, [], []), (.gridWorker, [], ["grid alarm"]),
        (.gridWorker, [Home.Contact(role: .gridWorker, responder: "station")], ["station alarm"]),
    ])
    func `a role means the home's own contact, then those of the area, never another home's family`(
        role: Role, contacts: [Home.Contact], told: [String]
    ) {
        var tiny = TinySite()
        tiny.plans = [TinySite.plan("p", urgencies: [.lifeSafety], [[.role(role)]])]
        var site = tiny.site
        site.community.homes[1].contacts = contacts
        let plan = PlanBook.freeze(
            site.plans[0], home: site.community.homes[1], among: ResponderDirectory(site.community.responders)
        )
        #expect(plan.steps[0].responders.map { "\($0.id) alarm" } == told)
    }
}
