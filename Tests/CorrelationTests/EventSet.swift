import SafetyModel

@testable import Correlation

/// The one fixed set of events that every operator's tests read; seconds from the start.
///
/// | seconds | device | says |
/// |---|---|---|
/// | 10, 60, 62, 100 | door (hall) | opened; closed at 20, 61, 63, 130 |
/// | 15, 65, 110 | motion (hall) | pulse |
/// | 30, 31, 140 | motion (bedroom) | pulse |
/// | 40, 45, 50 | key (bedroom) | emergency, emergency, medicine |
/// | 70, 71, 72, 75, 80 | temperature (kitchen) | 20, 24, 29, 31, 22 |
/// | 90, 95, 97 | gas (kitchen) | on, off, on |
/// | 92, 120, 121 | window (bedroom) | opened, closed, opened |
/// | 150 | door | opened, as the broker kept it |
/// | 160 | door | closed |
/// | 165 | motion (hall) | pulse, its own time 150 |
enum EventSet {
    static let door = 0
    static let hall = 1
    static let bedroom = 2
    static let key = 3
    static let stove = 4
    static let gas = 5
    static let window = 6

    /// A home with the devices of the set.
    static let community = Community(
        homes: [Home(id: "h", name: "h", devices: 0..<7)],
        devices: [
            device("door", "hall", .contact), device("hall", "hall", .motion),
            device("bedroom", "bedroom", .motion), device("key", "bedroom", .call),
            device("stove", "kitchen", .temperature), device("gas", "kitchen", .gas),
            device("window", "bedroom", .contact),
        ], responders: [])

    private static func device(_ id: String, _ place: String, _ signal: Signal) -> Device {
        Device(id: id, home: HomeIndex(0), place: place, profile: "p", signals: [signal])
    }

    /// When the last event has had time to mean something.
    static let end: Int64 = 400_000

    static let events: [PlayedEvent] = [
        contact(10, door, true), motion(15, hall), contact(20, door, false), motion(30, bedroom),
        motion(31, bedroom), press(40, .emergency), press(45, .emergency), press(50, .medicine),
        contact(60, door, true), contact(61, door, false), contact(62, door, true), contact(63, door, false),
        motion(65, hall), heat(70, 20), heat(71, 24), heat(72, 29), heat(75, 31), heat(80, 22),
        leak(90, true), contact(92, window, true), leak(95, false), leak(97, true), contact(100, door, true),
        motion(110, hall), contact(120, window, false), contact(121, window, true), contact(130, door, false),
        motion(140, bedroom), contact(150, door, true, .retained), contact(160, door, false),
        motion(165, hall, lateness: 15),
    ]

    static func contact(_ second: Int64, _ device: Int, _ isOpen: Bool, _ quality: Quality = .live)
        -> PlayedEvent
    {
        PlayedEvent(
            at: second * 1_000, device: device, signal: .contact, reading: .flag(isOpen), isPulse: false,
            quality: quality)
    }

    static func motion(_ second: Int64, _ device: Int, lateness: Int64? = nil) -> PlayedEvent {
        PlayedEvent(
            at: second * 1_000, lateness: lateness.map { $0 * 1_000 }, device: device, signal: .motion,
            reading: .flag(true), isPulse: true)
    }

    static func press(_ second: Int64, _ key: CallKey) -> PlayedEvent {
        PlayedEvent(
            at: second * 1_000, device: Self.key, signal: .call, reading: .key(key), isPulse: true)
    }

    static func heat(_ second: Int64, _ degrees: Double) -> PlayedEvent {
        PlayedEvent(
            at: second * 1_000, device: stove, signal: .temperature, reading: .number(degrees), isPulse: false
        )
    }

    static func leak(_ second: Int64, _ isOn: Bool) -> PlayedEvent {
        PlayedEvent(
            at: second * 1_000, device: gas, signal: .gas, reading: .flag(isOn), isPulse: false)
    }

    /// What a rule finds in the set: "12 active".
    static func found(
        _ when: Pattern, restarts: Bool = false, during: Schedule? = nil
    ) -> [String] {
        var play = PatternPlay(when, restarts: restarts, during: during)
        play.play(events, until: end)
        return play.words()
    }
}

extension Pattern {
    static let opened = Pattern.condition(Condition(.contact, .isOn))
    static let moved = Pattern.condition(Condition(.motion, .isOn))
    static let pressed = Pattern.condition(Condition(.call, .isKey(.emergency)))
    static let leaking = Pattern.condition(Condition(.gas, .isOn))
    static func moved(in place: String) -> Pattern {
        .condition(Condition(.motion, .isOn, place: place))
    }
    static func opened(in place: String) -> Pattern {
        .condition(Condition(.contact, .isOn, place: place))
    }
}
