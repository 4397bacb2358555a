import SafetyModel
import Testing

@testable import Correlation

/// `sequence`: one after the other, over the fixed event set.
struct SequenceTests {
    static let table: [(Pattern, [String])] = [
        (
            .sequence([.opened, .moved], within: .seconds(10)),
            ["15 pressed", "65 pressed", "110 pressed", "165 pressed"]
        ),
        (.sequence([.opened, .moved], within: .seconds(9)), ["15 pressed", "65 pressed", "165 pressed"]),
        (.sequence([.pressed, .pressed], within: .seconds(10)), ["45 pressed"]),
        (
            .sequence([.opened(in: "bedroom"), .moved], within: .minutes(1)),
            ["110 pressed", "140 pressed", "165 pressed"]
        ),
        (
            .sequence([.moved(in: "hall"), .absent([motion], for: .seconds(20))], within: nil),
            ["85 active", "110 restored", "130 active", "140 restored", "170 active"]
        ),
        (
            .sequence([.opened, .absent([motion], for: .seconds(10))], within: nil),
            ["102 active", "110 restored", "131 active", "140 restored", "160 active", "165 restored"]
        ),
        (
            .sequence(
                [.leaking, .held(Condition(.contact, .isOn), for: .seconds(15)), .moved], within: .seconds(60)
            ),
            ["110 pressed", "140 pressed", "165 pressed"]
        ),
        (
            .sequence(
                [.absent([motion], for: .seconds(20)), .opened(in: "hall"), .moved], within: .seconds(10)),
            ["65 pressed", "110 pressed"]
        ),
    ]
    private static let motion = Condition(.motion, .isOn)

    /// The example of the configuration: nobody got up after a fall.
    private static let fallWithoutRecovery = Pattern.sequence(
        [
            .condition(Condition(.fall, .isOn)),
            .absent([motion, Condition(.contact, .isOn)], for: .seconds(60)),
        ],
        within: nil)

    private func home(_ signals: Signal...) -> Community {
        Community(
            homes: [Home(id: "h", name: "h", devices: 0..<Int32(signals.count))],
            devices: signals.map {
                Device(
                    id: $0.name, home: HomeIndex(0), place: $0 == .motion ? "hall" : "", profile: "p",
                    signals: [$0])
            }, responders: [])
    }

    private func fall(_ second: Int64) -> PlayedEvent {
        PlayedEvent(at: second * 1_000, device: 0, signal: .fall, reading: .flag(true), isPulse: true)
    }

    @Test func `a silence at the end stands where somebody could break it, and is told once elsewhere`() {
        var watched = PatternPlay(Self.fallWithoutRecovery, community: home(.fall, .motion))
        watched.play([fall(10), EventSet.motion(200, 1)], until: 900_000)
        #expect(watched.words() == ["70 active", "200 restored"])
        var blind = PatternPlay(Self.fallWithoutRecovery, community: home(.fall, .smoke))
        blind.play([fall(10), fall(30), fall(500)], until: 900_000)
        #expect(blind.words() == ["70 pressed", "90 pressed", "560 pressed"])
        #expect(blind.table.states.isEmpty)
        #expect(blind.tally.completed == 3)
    }

    @Test(arguments: [("hall", ["70 active"]), ("bedroom", ["70 pressed"])])
    func `a device that stands elsewhere could not have broken it`(place: String, found: [String]) {
        let wait = Pattern.sequence(
            [
                .condition(Condition(.fall, .isOn)),
                .absent([Condition(.motion, .isOn, place: place)], for: .seconds(60)),
            ], within: nil)
        var play = PatternPlay(wait, community: home(.fall, .motion))
        play.play([fall(10)], until: 900_000)
        #expect(play.words() == found)
    }

    @Test(arguments: table.indices)
    func `sequences complete where the set says`(row: Int) {
        #expect(EventSet.found(Self.table[row].0) == Self.table[row].1)
    }

    private func pulse(_ at: Int64, lateness: Int64? = nil) -> PlayedEvent {
        EventSet.motion(at, EventSet.hall, lateness: lateness)
    }

    private func open(_ at: Int64, lateness: Int64? = nil) -> PlayedEvent {
        PlayedEvent(
            at: at * 1_000, lateness: lateness.map { $0 * 1_000 }, device: EventSet.door, signal: .contact,
            reading: .flag(true), isPulse: true)
    }

    @Test(arguments: [(40, ["100 pressed"]), (41, [])] as [(Int64, [String])])
    func `a late first element finds the second that came before it, up to the lateness limit`(
        lateness: Int64, found: [String]
    ) {
        var play = PatternPlay(.sequence([.opened, .moved], within: .minutes(1)))
        play.play([pulse(70), open(100, lateness: lateness)], until: 200_000)
        #expect(play.words() == found)
        #expect(MatchState.latenessLimit == 40_000)
    }

    @Test(arguments: [(-20, ["30 pressed"]), (-21, ["20 pressed", "30 pressed"])] as [(Int64, [String])])
    func `a device's clock ahead is believed up to the earliness limit`(lateness: Int64, found: [String]) {
        // The door says that it opened later than the motion that arrives after it.
        var play = PatternPlay(.sequence([.opened, .moved], within: .minutes(1)))
        play.play([open(10, lateness: lateness), pulse(20), pulse(30)], until: 100_000)
        #expect(play.words() == found)
        #expect(MatchTime.earlinessLimit == 20_000)
    }

    @Test(arguments: [(false, ["70 active"]), (true, ["110 active"])])
    func `a new first event restarts the wait only where the rule says so`(
        restarts: Bool, found: [String]
    ) {
        var play = PatternPlay(
            .sequence([.opened, .absent([Self.motion], for: .seconds(60))], within: nil), restarts: restarts)
        play.play([open(10), open(50)], until: 300_000)
        #expect(play.words() == found)
    }

    @Test func `at the partial match limit the newest start is forgotten, and that is counted`() {
        let limit = MatchState.partialMatchLimit
        let wait = Pattern.sequence([.opened, .absent([Self.motion], for: .seconds(60))], within: nil)
        for more in [0, 1] {
            var play = PatternPlay(wait)
            play.play((0..<(limit + more)).map { open(Int64($0)) }, until: 30_000)
            #expect(play.tally.forgotten == Int64(more))
            #expect(play.waiting.count == limit)
            // A late event breaks all that began before it; only what was forgotten would be left.
            play.play([pulse(31, lateness: 31 - Int64(limit) + 1)], until: 200_000)
            #expect(play.words() == [])
        }
    }

    @Test func `partial matches that wait for an event are replaced by newer starts and never forgotten`() {
        var play = PatternPlay(.sequence([.opened, .moved], within: .minutes(10)))
        play.play((0..<500).map { open(Int64($0)) }, until: 500_000)
        #expect(play.tally.forgotten == 0)
        #expect(play.waiting.count <= MatchState.partialMatchLimit)
        play.play([pulse(1_098)], until: 1_200_000)
        #expect(play.words() == ["1098 pressed"])
    }

    @Test func `partial matches whose window passes are counted, those that went on are not`() {
        var play = PatternPlay(.sequence([.opened, .moved], within: .seconds(5)))
        play.play([open(10), open(100), pulse(102)], until: 300_000)
        #expect(play.tally == tally(completed: 1, timedOut: 1))
        #expect(play.waiting.isEmpty)
    }

    private func tally(completed: Int64, timedOut: Int64) -> MatchTally {
        var tally = MatchTally()
        tally.completed = completed
        tally.timedOut = timedOut
        return tally
    }

    @Test func `the remembered limit bounds what a late event can find`() {
        var play = PatternPlay(.sequence([.opened, .moved], within: .minutes(1)))
        let limit = MatchState.rememberedLimit
        play.play((0..<(2 * limit)).map { pulse(60 + Int64($0)) }, until: 80_000)
        #expect(play.table.states[0].marks.count == limit)
        play.play([open(85, lateness: 30)], until: 90_000)
        #expect(play.words() == ["85 pressed"])
    }
}
