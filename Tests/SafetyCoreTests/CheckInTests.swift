import SafetyCore
import SafetyModel
import Testing
import Welfare

/// The daily check-in: a sign of life between midnight and a time of the morning.
struct CheckInTests {
    /// A check-in by nine, and the story at midnight after its first morning.
    private static func story() -> Rehearsal {
        var story = Rehearsal(TinySite.watched(WelfarePlan(checkInMinute: 9 * 60)))
        story.wait(.hours(2))
        #expect(story.worries.isEmpty, "the first day is not a whole one")
        story.move()
        story.wait(.hours(14))
        return story
    }

    @Test func `without a sign of life by nine the station is told, once a day`() {
        var story = Self.story()
        _ = story.told()
        story.wait(.minutes(9 * 60 - 1))
        #expect(story.worries.isEmpty)
        story.wait(.minutes(1))
        #expect(story.worries == ["noCheckIn"])
        #expect(story.told() == ["station alarm"])
        story.wait(.hours(12))
        #expect(story.count(.noCheckIn) == 1)
        story.move()
        #expect(story.worries.isEmpty)
        story.wait(.hours(12))
        #expect(story.worries == ["noCheckIn"])
    }

    @Test(arguments: ["motion", "button"])
    func `a sign of life or the check-in key settles the day`(device: String) {
        var story = Self.story()
        story.wait(.hours(6))
        story.say(device, device == "motion" ? .motion : .press(.checkIn))
        story.wait(.hours(17))
        #expect(story.count(.noCheckIn) == 0)
    }

    @Test func `blind time puts the check-in off, and only that of the same day`() {
        var story = Self.story()
        story.wait(.hours(7))
        story.put(.link(isUp: false))
        story.wait(.hours(4))
        story.put(.link(isUp: true), .caughtUp)
        #expect(story.worries.isEmpty)
        story.wait(.minutes(119))
        #expect(story.worries.isEmpty)
        story.wait(.minutes(1))
        #expect(story.worries == ["noCheckIn"])
        story.move()
        story.wait(.hours(11))
        story.wait(.hours(9))
        #expect(story.worries == ["noCheckIn"])
    }

    @Test func `a gateway that was down over midnight waits as long as it could not hear`() throws {
        var story = Self.story()
        story.wait(.hours(20))
        story.move()
        story.machine = try SafetyMachine(snapshot: story.machine.snapshot(), site: story.machine.compiled)
        story.sleep(.hours(11))
        story.put(.restarted, .link(isUp: true), .caughtUp)
        story.wait(.minutes(8 * 60 + 59))
        #expect(story.count(.noCheckIn) == 1, "that of the day before")
        story.wait(.minutes(1))
        #expect(story.worries == ["noCheckIn"])
    }

    @Test func `no check-in is asked for during a pause`() {
        var story = Rehearsal(
            TinySite.watched(
                WelfarePlan(checkInMinute: 9 * 60, pauses: [WelfarePlan.Pause(days: 20_459...20_459)])))
        story.wait(.hours(30))
        #expect(story.worries.isEmpty)
        // The day after it is a whole one again.
        story.wait(.minutes(19 * 60 - 1))
        #expect(story.worries.isEmpty)
        story.wait(.minutes(1))
        #expect(story.worries == ["noCheckIn"])
    }
}
