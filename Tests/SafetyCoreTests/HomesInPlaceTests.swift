import SafetyModel
import Testing

@testable import SafetyCore

/// A message changes its home where it lies.
///
/// A copy of the page, or of the table of pages, keeps every answer right and costs ten times the message: no
/// other test would see it.
struct HomesInPlaceTests {
    struct Saying: Sendable, CustomTestStringConvertible {
        var device: String
        var observation: Observation
        var testDescription: String { "\(device) \(observation)" }
    }

    @Test(arguments: [
        Saying(device: "motion", observation: .motion),
        Saying(device: "motion", observation: .still),
        Saying(device: "door", observation: .open),
        Saying(device: "thermo", observation: .temperature(21)),
        Saying(device: "button", observation: .press(.checkIn)),
    ])
    func `a message copies no page of homes`(_ saying: Saying) {
        var story = Rehearsal(TinySite.watched())
        story.move()
        let page = story.machine.homes.address(ofPageWith: 1)
        story.say(saying.device, saying.observation)
        #expect(story.machine.homes.address(ofPageWith: 1) == page)
    }

    @Test func `a deadline copies no page of homes`() {
        var story = Rehearsal(TinySite.watched())
        story.move()
        let page = story.machine.homes.address(ofPageWith: 1)
        story.wait(.hours(9))
        #expect(story.count(.inactivity) == 1)
        #expect(story.machine.homes.address(ofPageWith: 1) == page)
    }

    @Test func `after a snapshot's copy the first message copies its page, once`() {
        var story = Rehearsal(TinySite.watched())
        story.move()
        let kept = story.machine
        let page = kept.homes.address(ofPageWith: 1)
        story.move()
        let copied = story.machine.homes.address(ofPageWith: 1)
        #expect(copied != page)
        story.move()
        #expect(story.machine.homes.address(ofPageWith: 1) == copied)
        #expect(kept.homes.address(ofPageWith: 1) == page)
    }
}
