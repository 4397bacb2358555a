/// Repeatable random numbers (SplitMix64): the same seed gives the same day on every machine.
public struct SplitMix: RandomNumberGenerator, Hashable, Sendable {
    private var state: UInt64

    /// A generator that begins at a seed.
    public init(seed: UInt64) { state = seed }

    /// A generator of its own for a named thing, so that one more home does not change the others' days.
    public init(seed: UInt64, name: String) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        state = seed ^ hash
        _ = next()
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A whole number of the range.
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// A length of time between two numbers of seconds, to the millisecond.
    mutating func span(seconds range: ClosedRange<Int>) -> Duration {
        .milliseconds(
            Int64.random(in: Int64(range.lowerBound) * 1_000...Int64(range.upperBound) * 1_000, using: &self))
    }

    /// Whether something happens that does so this often in a hundred times.
    mutating func happens(percent: Int) -> Bool { number(0...99) < percent }

    /// One of several, none of them empty, each as often as its weight says.
    mutating func pick<Choice>(_ choices: [(choice: Choice, weight: Int)]) -> Choice {
        precondition(!choices.isEmpty, "There is nothing to pick from.")
        var left = number(0...max(0, choices.reduce(0) { $0 + $1.weight } - 1))
        for entry in choices {
            left -= entry.weight
            if left < 0 { return entry.choice }
        }
        return choices[choices.count - 1].choice
    }
}
