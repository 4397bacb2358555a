import SafetyCore
import SafetyModel
import Testing

/// Random inputs for a long time: nothing traps, no invariant breaks, and the walk is the same every time.
struct RandomWalkTests {
    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `no random input breaks an invariant`(seed: UInt64) {
        var story = RandomStory(seed: seed)
        for step in 0..<RandomWalkTests.stepCount {
            story.step()
            if let complaint = story.machine.checkInvariants() {
                Issue.record("seed \(seed), step \(step): \(complaint)")
                return
            }
        }
        #expect(story.orderCount > 500)
    }

    /// Batches of up to four inputs, for each of eight seeds.
    static let stepCount = 2_000

    @Test func `a snapshot read back lives the same future`() throws {
        var story = RandomStory(seed: 77)
        for _ in 0..<60 {
            for _ in 0..<20 { story.step() }
            let copy = try SafetyMachine(snapshot: story.machine.snapshot(), site: story.machine.compiled)
            #expect(copy.digest == story.machine.digest)
            #expect(copy.nextDeadline == story.machine.nextDeadline)
            var twin = story
            twin.machine = copy
            for _ in 0..<40 {
                story.step()
                twin.step()
            }
            #expect(twin.machine.digest == story.machine.digest)
            #expect(twin.orderCount == story.orderCount)
        }
    }
}
