import SafetyModel
import Testing

@testable import Correlation

/// Which observations are news.
struct EventDeriverTests {
    private static let live = EventDeriver.MessageNature(
        isRetained: false, isSnapshot: false, clockRanBackward: false, provesLife: true)
    private static let cached = EventDeriver.MessageNature(
        isRetained: false, isSnapshot: true, clockRanBackward: false, provesLife: false)
    private static let retained = EventDeriver.MessageNature(
        isRetained: true, isSnapshot: true, clockRanBackward: false, provesLife: false)

    private static let smoke = Observation(.smoke, .flag(true))
    private static let clear = Observation(.smoke, .flag(false))
    private static let press = Observation(.call, .key(.emergency), form: .pulse)
    private static let latched = Observation(.call, .key(.emergency))
    private static let open = Observation(.contact, .flag(true))

    /// What came before, what comes now, and whether it is an edge; nil when it is no event at all.
    @Test(
        arguments: [
            ([], smoke, live, true), ([clear], smoke, live, true), ([smoke], smoke, live, false),
            ([clear], smoke, cached, true), ([clear], smoke, retained, true), ([smoke], clear, live, true),
            ([clear], clear, live, nil), ([open], open, live, nil), ([press], press, live, true),
            ([press], press, cached, true), ([press], press, retained, nil), ([], press, retained, true),
            ([latched], latched, live, nil), ([latched], latched, retained, nil), ([], latched, live, true),
        ] as [([Observation], Observation, EventDeriver.MessageNature, Bool?)])
    func `an edge is a change or a press`(
        before: [Observation], now: Observation, nature: EventDeriver.MessageNature, isEdge: Bool?
    ) {
        var home = HomePerception(deviceCount: 1, at: .start)
        for observation in before {
            _ = EventDeriver.event(for: observation, nature: Self.live, device: 0, in: &home)
        }
        let event = EventDeriver.event(for: now, nature: nature, device: 0, in: &home)
        #expect(event?.isEdge == isEdge)
    }

    @Test func `edges are per device and per signal`() {
        var home = HomePerception(deviceCount: 2, at: .start)
        _ = EventDeriver.event(for: Self.smoke, nature: Self.live, device: 0, in: &home)
        let other = EventDeriver.event(for: Self.smoke, nature: Self.live, device: 1, in: &home)
        #expect(other?.isEdge == true)
        #expect(home.readings.count == 2)
    }

    @Test func `a history entry does not overwrite what stands, a test hazard neither`() {
        var home = HomePerception(deviceCount: 1, at: .start)
        for quality in [Quality.history, .test] {
            var old = Self.smoke
            old.quality = quality
            _ = EventDeriver.event(for: old, nature: Self.live, device: 0, in: &home)
        }
        #expect(home.reading(of: .smoke, device: 0) == nil)
    }

    @Test func `a re-armed press counts when it is live, once`() {
        var home = HomePerception(deviceCount: 1, at: .start)
        _ = EventDeriver.event(for: Self.latched, nature: Self.live, device: 0, in: &home)
        home.rearm(device: 0)
        #expect(EventDeriver.event(for: Self.latched, nature: Self.retained, device: 0, in: &home) == nil)
        #expect(
            EventDeriver.event(for: Self.latched, nature: Self.live, device: 0, in: &home)?.isEdge == true)
        #expect(EventDeriver.event(for: Self.latched, nature: Self.live, device: 0, in: &home) == nil)
    }

    @Test func `blind windows add up and a running one counts`() {
        var hearing = Hearing(blindSince: .start)
        hearing.hear(at: Instant(milliseconds: 100))
        hearing.goBlind(at: Instant(milliseconds: 150))
        hearing.goBlind(at: Instant(milliseconds: 170))
        #expect(hearing.blind(at: Instant(milliseconds: 180)) == 130)
        hearing.hear(at: Instant(milliseconds: 200))
        #expect(hearing.blind(at: Instant(milliseconds: 999)) == 150)
        #expect(!hearing.isListening, "not before it has caught up")
    }
}
