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

    @Test func `messages of one batch do what each does in a batch of its own`() {
        let site = Rehearsal(TinySite(homeCount: 3, supervision: .minutes(30))).machine.compiled
        var together = SafetyMachine(site: site, at: Rehearsal.morning)
        var apart = together
        var all = InputBatch()
        var outcome = StepOutcome()
        for step in 0..<200 {
            let device = DeviceIndex(step * 7 % site.homeOfDevice.count)
            let said: Observation =
                step % 3 == 0 ? .temperature(Double(20 + step % 9)) : step % 2 == 0 ? .motion : .still
            var own = InputBatch()
            Self.append(said, from: device, to: &own)
            Self.append(said, from: device, to: &all)
            apart.advance(with: own, at: 0, time: Rehearsal.morning, into: &outcome)
        }
        for place in all.inputs.indices {
            together.advance(with: all, at: place, time: Rehearsal.morning, into: &outcome)
        }
        #expect(together.digest == apart.digest)
    }

    private static func append(
        _ observation: Observation, from device: DeviceIndex, to batch: inout InputBatch
    ) {
        let first = batch.observations.count
        batch.observations.append(observation)
        batch.append(
            from: device, deviceTime: nil, isRetained: false, firstObservation: first, payload: 0..<0)
    }
}
