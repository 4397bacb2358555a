import Escalation
import SafetyCore
import SafetyModel
import Testing

/// The same inputs give the same state, orders and digests, in every process.
struct DeterminismTests {
    /// A story that touches every part.
    static func story() -> Rehearsal {
        var site = TinySite(homeCount: 3, supervision: .minutes(30))
        site.rules = RandomStory.rules
        var story = Rehearsal(site)
        story.answer = { $0.attempt % 2 == 0 ? .delivered : .failed(reason: "busy") }
        story.say(
            "smoke", .smoke, Observation(.battery, .number(55.5)), at: story.clock(),
            payload: "{\"smoke\":true}")
        story.say("button", .press())
        story.say("h2/smoke", .smoke.from(.history, at: story.clock(-60)))
        story.wait(.minutes(3))
        story.person("grid", .acknowledge, on: 1)
        story.sayNonsense("gas", reason: "payload.gas: not a word", payload: "{\"gas\":}")
        story.say("door", .open)
        story.wait(.minutes(12))
        story.put(.link(isUp: false), .wallOffset(.seconds(3)))
        story.wait(.minutes(2))
        story.put(.restarted, .link(isUp: true), .caughtUp)
        story.put(.gateway(GatewayCondition(.storeUnavailable, isActive: true, detail: "disk")))
        story.person("grid", .close(.real), on: 1)
        story.wait(.hours(2))
        return story
    }

    @Test func `another process comes to the same digest`() async {
        let digest = Self.story().machine.digest
        await #expect(processExitsWith: .success) { [digest = digest as UInt64] in
            precondition(DeterminismTests.story().machine.digest == digest)
        }
        await #expect(processExitsWith: .failure, "the child can tell the difference") {
            [digest = digest as UInt64] in
            precondition(DeterminismTests.story().machine.digest == digest &+ 1)
        }
    }

    @Test func `a replay of the journal gives the same orders under the same ids, and the same state`() throws
    {
        let story = Self.story()
        var machine = SafetyMachine(site: story.machine.compiled, at: Rehearsal.morning)
        var orders: [NotificationOrder] = []
        var batch = InputBatch()
        for record in story.journal {
            try InputCoding.decode(record.bytes, into: &batch)
            var outcome = StepOutcome()
            for place in batch.inputs.indices {
                machine.advance(with: batch, at: place, time: record.at, into: &outcome)
            }
            orders += outcome.orders
        }
        #expect(orders == story.orders)
        #expect(orders.count > 50)
        #expect(machine.digest == story.machine.digest)
    }

    @Test func `a snapshot gives back incidents, deadlines and unreported orders`() throws {
        var story = Self.story()
        story.answer = { _ in nil }
        story.say("smoke2", .smoke)
        let copy = try SafetyMachine(snapshot: story.machine.snapshot(), site: story.machine.compiled)
        #expect(copy.heldIncidents == story.machine.heldIncidents)
        #expect(copy.unreportedOrders == story.machine.unreportedOrders)
        #expect(!copy.unreportedOrders.isEmpty)
        #expect(copy.nextDeadline == story.machine.nextDeadline)
        #expect(copy.snapshot() == story.machine.snapshot())
    }

    @Test func `time that runs backward counts as the last time`() {
        var story = Rehearsal()
        story.say("smoke", .smoke)
        let before = story.now
        story.now = Instant(milliseconds: before.milliseconds - 86_400_000)
        story.say("gas", .gas)
        #expect(story.machine.now == before)
        #expect(story.orders.last?.orderedAt == before)
    }

    @Test func `a snapshot of another site, another version or with a torn end is refused`() {
        let story = Self.story()
        let bytes = story.machine.snapshot()
        #expect(throws: ByteCodingError.self) {
            try SafetyMachine(snapshot: bytes, site: TinySite(homeCount: 2).compiled)
        }
        for length in stride(from: 0, to: bytes.count, by: 97) {
            #expect(throws: ByteCodingError.self) {
                try SafetyMachine(snapshot: Array(bytes.prefix(length)), site: story.machine.compiled)
            }
        }
        let next = UInt8(truncatingIfNeeded: SafetyMachine.snapshotVersion + 1)
        #expect(throws: ByteCodingError.self) {
            try SafetyMachine(snapshot: [next] + bytes.dropFirst(), site: story.machine.compiled)
        }
    }
}
