/// Real times between two moments, and what may be said about them together.
public struct Latencies: Hashable, Sendable {
    private var samples: [Duration] = []

    /// No samples yet.
    public init() {}

    /// How many samples there are.
    public var count: Int { samples.count }

    /// Adds one.
    public mutating func add(_ sample: Duration) { samples.append(sample) }

    /// The value that this percentage of the samples does not exceed (nearest rank), or nil without samples.
    public func percentile(_ percent: Double) -> Duration? {
        guard !samples.isEmpty else { return nil }
        let sorted = samples.sorted()
        let rank = (percent / 100 * Double(sorted.count)).rounded(.up)
        return sorted[min(sorted.count - 1, max(0, Int(rank) - 1))]
    }

    /// The largest, or nil without samples.
    public var largest: Duration? { samples.max() }
}
