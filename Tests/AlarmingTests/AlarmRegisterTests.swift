import Alarming
import SafetyModel
import Testing

/// The axes of an alarm, kept apart.
struct AlarmRegisterTests {
    private let now = Instant(milliseconds: 1_000)

    private func report(
        _ change: AlarmReport.Change, rule: String = "r", device: Int? = 0
    ) -> AlarmReport {
        AlarmReport(
            home: HomeIndex(1), kind: .fire, urgency: .lifeSafety, rule: rule, device: device, change: change)
    }

    private func changes(_ reports: [AlarmReport.Change]) -> [AlarmChange.Change?] {
        var register = AlarmRegister()
        var next: Int64 = 1
        return reports.map { register.apply(report($0), at: now, nextID: &next)?.change }
    }

    @Test(
        arguments: [
            ([.active], [.raised]), ([.active, .active], [.raised, nil]), ([.restored], [nil]),
            ([.active, .restored], [.raised, .restored]),
            ([.active, .restored, .restored], [.raised, .restored, nil]),
            ([.pressed(history: nil), .pressed(history: nil)], [.raised, .raisedAgain]),
            ([.pressed(history: nil), .restored], [.raised, nil]),
            ([.active, .pressed(history: nil)], [.raised, .raisedAgain]),
            ([.pressed(history: nil), .active], [.raised, .raisedAgain]),
            (
                [.pressed(history: WallTime(milliseconds: 5)), .pressed(history: WallTime(milliseconds: 5))],
                [.raised, nil]
            ),
            (
                [.pressed(history: WallTime(milliseconds: 5)), .pressed(history: WallTime(milliseconds: 4))],
                [.raised, .raisedAgain]
            ),
        ] as [([AlarmReport.Change], [AlarmChange.Change?])])
    func `reports change an alarm`(reports: [AlarmReport.Change], expected: [AlarmChange.Change?]) {
        #expect(changes(reports) == expected)
    }

    @Test func `an alarm handled by an incident stays until it is reset, restored or not`() {
        var register = AlarmRegister()
        var next: Int64 = 1
        _ = register.apply(report(.active), at: now, nextID: &next)
        register.assign(AlarmID(1), to: IncidentID(9))
        _ = register.apply(report(.restored), at: now, nextID: &next)
        #expect(register.alarms.count == 1)
        register.acknowledge(IncidentID(9), true)
        #expect(!register.alarms[0].isActive && register.alarms[0].isAcknowledged)
        #expect(register.reset(IncidentID(9), raiseAgainAt: now) == [])
        #expect(register.alarms.isEmpty)
    }

    @Test func `a reset names latched devices and plans active ones to raise again`() {
        var register = AlarmRegister()
        var next: Int64 = 1
        _ = register.apply(report(.pressed(history: nil), rule: "sos", device: 3), at: now, nextID: &next)
        _ = register.apply(report(.active), at: now, nextID: &next)
        for alarm in register.alarms { register.assign(alarm.id, to: IncidentID(9)) }
        let later = now + .minutes(5)
        #expect(register.reset(IncidentID(9), raiseAgainAt: later) == [3])
        #expect(register.alarms.map(\.rule) == ["r"])
        #expect(register.nextDeadline == later)
        #expect(register.takeDueToRaiseAgain(at: now) == [])
        #expect(register.takeDueToRaiseAgain(at: later).map(\.id) == [AlarmID(2)])
        #expect(register.nextDeadline == nil)
    }

    @Test func `old events are remembered up to their limit, then the oldest is forgotten`() {
        var register = AlarmRegister()
        var next: Int64 = 1
        func press(_ time: Int64) -> Bool {
            let report = report(.pressed(history: WallTime(milliseconds: time)))
            return register.apply(report, at: now, nextID: &next) != nil
        }
        for time in 0..<Int64(AlarmRegister.toldLimit) { #expect(press(time)) }
        for time in 0..<Int64(AlarmRegister.toldLimit) { #expect(!press(time)) }
        #expect(press(1_000))
        #expect(press(0))
        #expect(register.told.count == AlarmRegister.toldLimit)
    }

    @Test func `it comes back from its bytes`() throws {
        var register = AlarmRegister()
        var next: Int64 = 1
        _ = register.apply(report(.pressed(history: WallTime(milliseconds: 7))), at: now, nextID: &next)
        _ = register.apply(report(.active, device: nil), at: now, nextID: &next)
        register.assign(AlarmID(2), to: IncidentID(3))
        var writer = ByteWriter()
        writer.write(register)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.read(AlarmRegister.self) == register)
        #expect(reader.isAtEnd)
    }
}
