import SafetyModel
import Testing

@testable import Correlation

/// `absent`: silence for so long, over the fixed event set.
struct AbsenceTests {
    static let table: [([Condition], Int64, [String])] = [
        ([motion], 40, ["105 active", "110 restored", "190 active"]),
        (
            [motion, door], 25,
            [
                "56 active", "60 restored", "90 active", "92 restored", "165 active", "165 restored",
                "175 active",
            ]
        ),
        ([Condition(.smoke, .isOn)], 25, []),
        ([Condition(.motion, .isOn, place: "kitchen")], 25, []),
        ([Condition(.motion, .isOn, place: "bedroom")], 100, ["131 active", "140 restored", "240 active"]),
    ]
    private static let motion = Condition(.motion, .isOn)
    private static let door = Condition(.contact, .isOn)

    @Test(arguments: table.indices)
    func `absences begin and end where the set says; what nobody could break is none`(row: Int) {
        let (conditions, seconds, found) = Self.table[row]
        #expect(EventSet.found(.absent(conditions, for: .seconds(seconds))) == found)
    }

    private var silence: PatternPlay { PatternPlay(.absent([Self.motion], for: .seconds(60))) }

    @Test(arguments: [Quality.retained, .replayed, .test])
    func `only what is said live breaks a silence`(quality: Quality) {
        var play = silence
        var event = EventSet.motion(30, EventSet.hall)
        event.quality = quality
        play.play([event], until: 100_000)
        #expect(play.words() == ["60 active"])
    }

    @Test func `blind time is no silence`() {
        var play = silence
        play.take(EventSet.motion(10, EventSet.hall))
        play.wait(until: 40_000)
        play.isHearing = false
        play.wait(until: 90_000)
        #expect(play.words() == [])
        play.blind = 50_000
        play.isHearing = true
        play.wait(until: 200_000)
        #expect(play.words() == ["120 active"])
    }

    @Test func `an absence that ends a sequence is moved on by blind time, its window too`() {
        var play = PatternPlay(
            .sequence([.opened, .absent([Self.motion], for: .seconds(60)), .pressed], within: .seconds(90)))
        play.take(EventSet.contact(10, EventSet.door, true))
        play.wait(until: 20_000)
        play.blind = 100_000
        play.wait(until: 170_000)
        #expect(play.waiting.map(\.matched) == [2])
        play.take(EventSet.press(190, .emergency))
        #expect(play.words() == ["190 pressed"])
    }
}
