import SafetyModel

/// What is going to happen, soonest first; of two things at the same moment the one written down first.
struct Agenda<Entry: Hashable & Sendable>: Hashable, Sendable {
    /// Latest first, so that taking the soonest is cheap.
    private var entries: [Item] = []
    private var count: UInt64 = 0

    private struct Item: Hashable, Sendable {
        var at: Instant
        var sequence: UInt64
        var entry: Entry
    }

    /// When the next thing happens.
    var next: Instant? { entries.last?.at }

    /// Writes something down.
    mutating func add(_ entry: Entry, at moment: Instant) {
        count += 1
        let item = Item(at: moment, sequence: count, entry: entry)
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            let isLater = (entries[middle].at, entries[middle].sequence) > (item.at, item.sequence)
            if isLater { low = middle + 1 } else { high = middle }
        }
        entries.insert(item, at: low)
    }

    /// Takes the soonest thing that is due.
    mutating func takeDue(by now: Instant) -> (at: Instant, entry: Entry)? {
        guard let last = entries.last, last.at <= now else { return nil }
        entries.removeLast()
        return (last.at, last.entry)
    }
}
