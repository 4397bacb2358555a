import SafetyModel
import Testing

@testable import Correlation

/// Every short story against the definition: the automata find what the naive matcher finds, at the same
/// moments.
struct ExhaustiveTests {
    /// What one letter of a word says.
    private static func event(_ letter: Character, at time: Int64, lateness: Int64?) -> PlayedEvent {
        func pulse(_ device: Int, _ signal: Signal, _ reading: Reading = .flag(true)) -> PlayedEvent {
            PlayedEvent(
                at: time, lateness: lateness, device: device, signal: signal, reading: reading, isPulse: true)
        }
        func level(_ device: Int, _ signal: Signal, _ isOn: Bool) -> PlayedEvent {
            PlayedEvent(
                at: time, lateness: lateness, device: device, signal: signal, reading: .flag(isOn),
                isPulse: false)
        }
        switch letter {
        case "a": return pulse(EventSet.door, .contact)
        case "b": return pulse(EventSet.hall, .motion)
        case "B": return pulse(EventSet.bedroom, .motion)
        case "c": return pulse(EventSet.key, .call, .key(.emergency))
        case "g": return level(EventSet.gas, .gas, true)
        case "G": return level(EventSet.gas, .gas, false)
        case "p": return level(EventSet.window, .presence, true)
        case "P": return level(EventSet.window, .presence, false)
        case "q": return level(EventSet.stove, .presence, true)
        default: return level(EventSet.stove, .presence, false)
        }
    }

    static let a = Pattern.condition(Condition(.contact, .isOn))
    static let b = Pattern.condition(Condition(.motion, .isOn))
    static let c = Pattern.condition(Condition(.call, .isKey(.emergency)))
    static let g = Pattern.condition(Condition(.gas, .isOn))
    static let p = Pattern.condition(Condition(.presence, .isOn))
    static let heldG = Pattern.held(Condition(.gas, .isOn), for: .milliseconds(4))
    static let heldP = Pattern.held(Condition(.presence, .isOn), for: .milliseconds(4))

    static func absent(_ conditions: Condition..., for span: Int64) -> Pattern {
        .absent(conditions, for: .milliseconds(span))
    }

    static func sequence(_ parts: Pattern..., within: Int64?) -> Pattern {
        .sequence(parts, within: within.map { .milliseconds($0) })
    }

    static func all(_ parts: Pattern..., within: Int64) -> Pattern {
        .allOf(parts, within: .milliseconds(within))
    }

    static let motion = Condition(.motion, .isOn)
    static let gas = Condition(.gas, .isOn)
    static let door = Condition(.contact, .isOn)
    /// Nobody in the set could say it.
    static let smoke = Condition(.smoke, .isOn)

    /// Patterns, and the letters that mean something to them.
    static let inOrder: [(Pattern, String)] = [
        (g, "gGp"), (heldG, "gGp"), (.anyOf([all(a, b, within: 3), sequence(b, c, within: 2)]), "abc"),
        (all(a, b, within: 3), "abc"), (all(g, b, within: 3), "gGb"), (all(g, p, within: 3), "gGpP"),
        (all(heldG, b, within: 3), "gGb"), (all(.anyOf([a, g]), b, within: 4), "agGb"),
        (all(a, all(b, c, within: 2), within: 4), "abc"), (all(a, absent(motion, for: 4), within: 2), "ab"),
        (sequence(a, b, within: 3), "abc"), (sequence(a, a, within: 3), "ab"),
        (sequence(a, b, c, within: 5), "abc"), (sequence(a, .anyOf([b, c]), within: 3), "abc"),
        (sequence(a, b, a, within: 6), "ab"), (sequence(g, heldP, within: 6), "gGpP"),
        (sequence(a, absent(motion, for: 4), within: nil), "abB"),
        (sequence(a, absent(motion, gas, for: 4), within: nil), "abgG"),
        (sequence(a, b, absent(door, for: 3), within: nil), "abc"),
        (sequence(a, absent(motion, for: 3), c, within: 8), "abc"),
        (sequence(a, absent(motion, for: 3), b, within: 6), "ab"),
        (sequence(absent(motion, for: 4), a, within: 10), "ab"),
        (sequence(absent(motion, for: 4), a, absent(motion, for: 3), within: nil), "ab"),
        (sequence(absent(motion, for: 3), absent(gas, for: 2), a, b, within: 4), "abgG"),
        (sequence(a, absent(motion, for: 2), absent(door, for: 3), within: nil), "ab"),
        (sequence(a, absent(smoke, for: 3), within: nil), "abc"),
        (sequence(a, b, absent(smoke, for: 2), within: 8), "abc"),
        (sequence(a, absent(motion, for: 2), absent(smoke, for: 2), within: nil), "ab"),
        (sequence(a, absent(smoke, for: 2), absent(motion, for: 2), within: nil), "ab"),
        (sequence(a, absent(smoke, for: 3), c, within: 8), "abc"),
        (all(g, sequence(a, absent(smoke, for: 2), within: nil), within: 3), "agG"),
        (.unless(sequence(a, absent(smoke, for: 3), within: nil), g), "agG"),
        (absent(motion, for: 4), "abB"), (absent(gas, for: 4), "gGa"), (absent(motion, door, for: 3), "abc"),
        (.count(2, of: motion, distinct: nil, within: .milliseconds(4)), "abB"),
        (.count(3, of: motion, distinct: nil, within: .milliseconds(6)), "bB"),
        (.count(2, of: motion, distinct: .device, within: .milliseconds(4)), "abB"),
        (.count(2, of: Condition(.presence, .isOn), distinct: .place, within: .milliseconds(5)), "pPqQ"),
        (.unless(a, p), "apP"), (.unless(g, p), "gGpP"), (.unless(g, b), "gGb"),
        (.unless(sequence(a, b, within: 4), p), "abpP"), (.unless(absent(motion, for: 3), g), "bgG"),
        (.unless(all(a, b, within: 3), .anyOf([g, p])), "abgG"),
        (.unless(sequence(a, absent(motion, for: 3), within: nil), g), "abgG"),
        (all(.count(2, of: motion, distinct: nil, within: .milliseconds(4)), g, within: 3), "bgG"),
        (all(sequence(a, b, within: 3), g, within: 3), "abgG"),
        (.count(2, of: motion, distinct: .home, within: .milliseconds(4)), "bB"),
    ]

    private static func words(_ letters: String, length: Int) -> [String] {
        (0..<length).reduce(into: [""]) { words, _ in
            words = words.flatMap { word in letters.map { word + String($0) } }
        }
    }

    /// All ways to give each of so many places one of the values.
    private static func choices(_ values: [Int64], length: Int) -> [[Int64]] {
        (0..<length).reduce(into: [[]]) { found, _ in
            found = found.flatMap { one in values.map { one + [$0] } }
        }
    }

    /// Compares one story; gives the story when the two do not agree.
    private static func complaint(_ pattern: Pattern, _ events: [PlayedEvent], _ end: Int64) -> String? {
        var play = PatternPlay(pattern)
        play.play(events, until: end)
        let found = play.words(per: 1)
        let wanted = NaiveMatcher(events, until: end).found(pattern)
        if found == wanted { return nil }
        let story = events.map { "\($0.at)(\($0.time)) \($0.signal) \($0.reading)" }
        return "\(pattern): \(story): found \(found), by definition \(wanted)"
    }

    @Test(arguments: inOrder.indices)
    func `every word of up to four letters means what the definition says`(index: Int) {
        let (pattern, letters) = Self.inOrder[index]
        var complaints: [String] = []
        var cases = 0
        for length in 1...4 {
            let isWide = letters.count > 3
            let spans: [Int64] =
                length < 3
                ? [0, 1, 4]
                : length < 4
                    ? (isWide ? [0, 3] : [0, 1, 4])
                    : isWide ? [2] : [1, 3]
            let gaps = Self.choices(spans, length: length)
            for word in Self.words(letters, length: length) {
                for gap in gaps {
                    var time: Int64 = 0
                    let events = zip(word, gap).map { letter, gap in
                        time += gap
                        return Self.event(letter, at: time, lateness: nil)
                    }
                    cases += 1
                    if let complaint = Self.complaint(pattern, events, time + 9) {
                        complaints.append(complaint)
                    }
                }
            }
        }
        #expect(complaints.isEmpty, "\(complaints.count) of \(cases): \(complaints.prefix(3))")
        #expect(cases > 300)
    }

    /// Patterns that need more room to go wrong: repeated starts, repeated breaks.
    static let long: [(Pattern, String)] = [
        (sequence(a, b, within: 5), "ab"), (sequence(a, absent(motion, for: 4), within: nil), "ab"),
        (sequence(a, absent(motion, for: 2), a, within: 9), "ab"),
        (.count(3, of: motion, distinct: nil, within: .milliseconds(7)), "ab"),
        (all(a, absent(motion, for: 3), within: 2), "ab"),
    ]

    @Test(arguments: long.indices)
    func `every word of five letters means what the definition says`(index: Int) {
        let (pattern, letters) = Self.long[index]
        let complaints = Self.words(letters, length: 5).flatMap { word in
            Self.choices([1, 3], length: 5).compactMap { gap in
                var time: Int64 = 0
                let events = zip(word, gap).map { letter, gap in
                    time += gap
                    return Self.event(letter, at: time, lateness: nil)
                }
                return Self.complaint(pattern, events, time + 9)
            }
        }
        #expect(complaints.isEmpty, "\(complaints.count): \(complaints.prefix(3))")
    }

    /// Sequences and counts that late events can reach.
    static let outOfOrder: [(Pattern, String)] = [
        (sequence(a, absent(smoke, for: 3), within: nil), "abc"),
        (sequence(a, b, within: 3), "abc"), (sequence(a, b, c, within: 5), "abc"),
        (sequence(a, a, within: 4), "ab"), (sequence(a, absent(motion, for: 4), within: nil), "ab"),
        (sequence(a, b, absent(door, for: 3), within: nil), "abc"),
        (sequence(a, absent(motion, for: 3), c, within: 8), "abc"),
        (sequence(absent(motion, for: 3), a, within: 6), "ab"),
        (sequence(a, .anyOf([b, c]), a, within: 6), "abc"),
    ]

    @Test(arguments: outOfOrder.indices)
    func `events that arrive late take their place by their own time`(index: Int) {
        let (pattern, letters) = Self.outOfOrder[index]
        var complaints: [String] = []
        for length in 2...4 {
            let gaps: [Int64] = length == 4 ? [1, 2] : [0, 1, 2]
            let late = Self.choices(length == 4 ? [0, 2] : [0, 1, 3], length: length)
            for word in Self.words(letters, length: length) {
                for gap in gaps {
                    for lateness in late {
                        var time: Int64 = 3
                        let events = zip(word, lateness).map { letter, lateness in
                            time += gap
                            return Self.event(letter, at: time, lateness: lateness)
                        }
                        if let complaint = Self.complaint(pattern, events, time + 9) {
                            complaints.append(complaint)
                        }
                    }
                }
            }
        }
        #expect(complaints.isEmpty, "\(complaints.count): \(complaints.prefix(3))")
    }

    @Test func `the naive matcher can disagree`() {
        let events = [Self.event("a", at: 1, lateness: nil), Self.event("b", at: 4, lateness: nil)]
        let found = NaiveMatcher(events, until: 20).found(Self.sequence(Self.a, Self.b, within: 3))
        #expect(found == ["4 pressed"])
        #expect(NaiveMatcher(events, until: 20).found(Self.sequence(Self.a, Self.b, within: 2)) == [])
    }
}
