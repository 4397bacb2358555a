import Alarming
import SafetyModel
import Testing

/// Shelves and walk tests end by themselves, and hold no more and no longer than they may.
struct SuspensionsTests {
    static let start = Instant(milliseconds: 1_000_000)

    static func shelf(_ kind: AlarmKind, minutes: Int64) -> Shelf {
        Shelf(kind: kind, since: start, until: start + .minutes(minutes), reason: "repair", by: "chen")
    }

    static func held(_ device: Int, after seconds: Int64 = 0) -> HeldAlarm {
        HeldAlarm(
            kind: .fire, urgency: .lifeSafety, rule: "smoke", device: device,
            since: start + .seconds(seconds),
            evidence: Evidence(
                device: "d", place: "kitchen", signal: .smoke, reading: .flag(true), quality: .live,
                at: start))
    }

    static var test: WalkTest { WalkTest(by: "chen", startedAt: start, until: start + .minutes(10)) }

    @Test func `a shelf ends at its moment and not before`() {
        var suspensions = Suspensions()
        #expect(suspensions.shelve(Self.shelf(.tamper, minutes: 10)) == true)
        #expect(suspensions.shelve(Self.shelf(.doorOpen, minutes: 5)) == true)
        #expect(suspensions.nextDeadline == Self.start + .minutes(5))
        let early = suspensions.endShelves(at: Self.start + .milliseconds(299_999))
        #expect(!early)
        let inTime = suspensions.endShelves(at: Self.start + .minutes(5))
        #expect(inTime)
        #expect(suspensions.shelves.map(\.kind) == [.tamper])
    }

    @Test func `shelving again moves the end and keeps the count`() {
        var suspensions = Suspensions()
        #expect(suspensions.shelve(Self.shelf(.tamper, minutes: 10)) == true)
        suspensions.withhold(.tamper)
        #expect(suspensions.shelve(Self.shelf(.tamper, minutes: 20)) == true)
        #expect(suspensions.shelves.count == 1)
        #expect(suspensions.shelf(of: .tamper)?.withheld == 1)
        #expect(suspensions.nextDeadline == Self.start + .minutes(20))
    }

    @Test func `a home has room for shelfLimit kinds`() {
        var suspensions = Suspensions()
        for number in 0..<Suspensions.shelfLimit {
            #expect(suspensions.shelve(Self.shelf(AlarmKind("k\(number)"), minutes: 1)) == true)
        }
        #expect(suspensions.shelve(Self.shelf(.tamper, minutes: 1)) == false)
        #expect(suspensions.shelve(Self.shelf(AlarmKind("k0"), minutes: 2)) == true)
    }

    @Test func `an alarm is held for patienceLimit, counted over the whole walk test`() {
        var test = Self.test
        #expect(test.hold(Self.held(1)) == true)
        #expect(test.nextDeadline == Self.start + WalkTest.patienceLimit)
        #expect(test.restore(rule: "smoke", device: 1, at: Self.start + .seconds(40)) == true)
        #expect(test.hold(Self.held(1, after: 100)) == true)
        #expect(test.nextDeadline == Self.start + .seconds(120), "20 seconds are left")
        #expect(test.takeDue(at: Self.start + .seconds(119)) == [])
        #expect(test.takeDue(at: Self.start + .seconds(120)).map(\.device) == [1])
        #expect(test.hold(Self.held(1, after: 130)) == false, "its minute is used up")
        #expect(test.hold(Self.held(2, after: 130)) == true, "another device has its own")
    }

    @Test func `the end of a walk test gives everything back that is held`() {
        var test = Self.test
        #expect(test.hold(Self.held(1, after: 590)) == true)
        #expect(test.nextDeadline == Self.start + .minutes(10), "not beyond the end")
        #expect(test.takeDue(at: Self.start + .minutes(10)).map(\.device) == [1])
        #expect(!test.isRunning)
        #expect(test.nextDeadline == nil)
        #expect(test.tested.map(\.heldMilliseconds) == [WalkTest.patienceLimit.wholeMilliseconds])
    }

    @Test func `a device for which no room is left is not held, testedLimit`() {
        var test = Self.test
        for device in 0..<WalkTest.testedLimit {
            test.note(.fire, rule: "smoke", device: device, at: Self.start)
        }
        #expect(test.hold(Self.held(WalkTest.testedLimit)) == false)
        #expect(test.hold(Self.held(3)) == true)
    }

    @Test func `what is held calls at once after a reload`() {
        var test = Self.test
        #expect(test.hold(Self.held(0)) == true)
        #expect(test.hold(Self.held(1)) == true)
        test.move([nil, 0], at: Self.start + .seconds(5))
        let due = test.takeDue(at: Self.start + .seconds(5))
        #expect(due.map(\.device) == [nil, 0])
        #expect(due.map(\.isOrphan) == [true, true])
    }

    @Test func `everything comes back from its bytes`() throws {
        var suspensions = Suspensions()
        _ = suspensions.shelve(Self.shelf(.tamper, minutes: 10))
        suspensions.withhold(.tamper)
        var test = Self.test
        _ = test.hold(Self.held(1))
        _ = test.hold(Self.held(2))
        _ = test.restore(rule: "smoke", device: 1, at: Self.start + .seconds(9))
        suspensions.walkTest = test
        var writer = ByteWriter()
        writer.write(suspensions)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.read(Suspensions.self) == suspensions)
        #expect(reader.isAtEnd)
    }
}
