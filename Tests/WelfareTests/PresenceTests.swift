import SafetyModel
import Testing

@testable import Welfare

@Suite struct PresenceTests {
    @Test func `silence after the closing door means perhaps away and then away`() {
        var home = LivedHome()
        home.useDoor(at: 600)
        #expect(home.welfare.presence.state == .atHome)
        home.wait(until: 609)
        #expect(home.welfare.presence.state == .atHome)
        home.wait(until: 610)
        #expect(home.welfare.presence.state == .perhapsAway)
        #expect(home.welfare.presence.reason == .silenceAfterDoor)
        home.wait(until: 600 + 120)
        #expect(home.welfare.presence.state == .away)
        #expect(home.welfare.presence.reason == .longSilenceAfterDoor)
    }

    @Test func `motion after the closing door means still inside`() {
        var home = LivedHome()
        home.useDoor(at: 600)
        home.note(.motion, LivedHome.kitchen, at: 601)
        home.wait(until: 800)
        #expect(home.welfare.presence.state == .atHome)
        #expect(home.welfare.presence.reason == .motionInside)
    }

    @Test func `an open door is no leaving`() {
        var home = LivedHome()
        home.note(.outsideDoor, LivedHome.door, isOn: true, at: 600)
        home.wait(until: 1_000)
        #expect(home.welfare.presence.state == .atHome)
        #expect(home.welfare.presence.reason == .doorStandsOpen)
        home.wait(until: 600 + 8 * 60)
        #expect(home.alerts.count == 1)
    }

    @Test func `a visitor who leaves does not take the sleeper along`() {
        var home = LivedHome()
        home.note(.occupancy, LivedHome.bed, isOn: true, at: 600)
        home.useDoor(at: 620)
        home.wait(until: 900)
        #expect(home.welfare.presence.state == .atHome)
        #expect(home.welfare.presence.reason == .bedOrSeatTaken)
    }

    @Test func `one lone motion does not bring a person back and a second one does`() {
        var home = LivedHome()
        home.useDoor(at: 600)
        home.note(.motion, LivedHome.hall, at: 800)
        #expect(home.welfare.presence.state == .away)
        home.note(.motion, LivedHome.hall, at: 830)
        #expect(home.welfare.presence.state == .away)
        home.note(.motion, LivedHome.kitchen, at: 835)
        #expect(home.welfare.presence.state == .atHome)
        #expect(home.welfare.presence.reason == .repeatedMotion)
    }

    @Test(arguments: [(800, 805, false), (800, 805, true), (640, 645, false)])
    func `one sensor that blinks twice brings nobody back after hours and a third time does`(
        first: Int, second: Int, isThird: Bool
    ) {
        var home = LivedHome()
        home.useDoor(at: 600)
        home.note(.motion, LivedHome.hall, at: first)
        home.note(.motion, LivedHome.hall, at: second)
        if isThird { home.note(.motion, LivedHome.hall, at: second + 10) }
        let isHome = isThird || first < 600 + 120
        #expect(home.welfare.presence.state == (isHome ? .atHome : .away))
    }

    @Test func `a blink that came too long ago is forgotten`() {
        var home = LivedHome()
        home.useDoor(at: 600)
        for minute in [800, 805, 816, 830] { home.note(.motion, LivedHome.hall, at: minute) }
        #expect(home.welfare.presence.state == .away)
    }

    @Test(arguments: [SignOfLife.Kind.act, .occupancy, .outsideDoor])
    func `an act, a bed or the door brings a person back at once`(kind: SignOfLife.Kind) {
        var home = LivedHome()
        home.useDoor(at: 600)
        home.note(kind, 5, at: 800)
        #expect(home.welfare.presence.state == .atHome)
    }

    @Test func `an empty home is not inactive but has its own ceiling`() {
        var home = LivedHome()
        home.note(.motion, LivedHome.hall, at: 590)
        home.useDoor(at: 600)
        home.note(.motion, LivedHome.hall, at: 1_500)
        home.wait(until: 590 + 36 * 60 - 1)
        #expect(home.alerts.isEmpty)
        #expect(home.findings.allSatisfy { if case .awayTooLong = $0 { false } else { true } })
        home.wait(until: 590 + 36 * 60)
        #expect(home.findings.contains { if case .awayTooLong = $0 { true } else { false } })
        let count = home.findings.count
        home.wait(until: 590 + 90 * 60)
        #expect(home.findings.count == count, "a person is called once")
    }

    @Test func `every reason has a sentence`() {
        for reason in Presence.Reason.allCases { #expect(reason.sentence.hasSuffix(".")) }
    }
}

@Suite struct SignOfLifeTests {
    /// What a device said and whether it proves life.
    struct Case: Sendable {
        var signal: Signal
        var reading: Reading
        var quality = Quality.live
        var isEdge = true
        var kind: SignOfLife.Kind?
    }

    @Test(arguments: [
        Case(signal: .motion, reading: .flag(true), kind: .motion),
        Case(signal: .motion, reading: .flag(false), kind: nil),
        Case(signal: .motion, reading: .flag(true), isEdge: false, kind: nil),
        Case(signal: .motion, reading: .flag(true), quality: .retained, kind: nil),
        Case(signal: .motion, reading: .flag(true), quality: .replayed, kind: nil),
        Case(signal: .motion, reading: .flag(true), quality: .history, kind: nil),
        Case(signal: .call, reading: .key(.checkIn), kind: .act),
        Case(signal: .call, reading: .key(.emergency), quality: .test, kind: nil),
        Case(signal: .contact, reading: .flag(false), kind: .act),
        Case(signal: .bed, reading: .flag(false), kind: .occupancy),
        Case(signal: .heartRate, reading: .number(70), kind: nil),
        Case(signal: .temperature, reading: .number(21), kind: nil),
        Case(signal: .smoke, reading: .flag(true), kind: nil),
    ])
    func `only live edges of what a person does are signs of life`(_ given: Case) {
        let sign = SignOfLife(
            signal: given.signal, reading: given.reading, quality: given.quality, isEdge: given.isEdge,
            device: 3, isOutsideDoor: false)
        #expect(sign?.kind == given.kind)
    }

    @Test func `the outside door is a sign of its own`() {
        let sign = SignOfLife(
            signal: .contact, reading: .flag(true), quality: .live, isEdge: true, device: 3,
            isOutsideDoor: true)
        #expect(sign == SignOfLife(.outsideDoor, device: 3, isOn: true))
    }
}
