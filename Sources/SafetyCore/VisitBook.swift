import SafetyModel
import Welfare

/// The homes that are visited, or were asked to be, ascending; homes without visits cost nothing here.
struct VisitBook: Hashable, Sendable {
    private(set) var entries: [Entry] = []

    /// The visits of one home.
    struct Entry: Hashable, Sendable {
        var home: Int32
        var visits = HomeVisits()
        /// When an overdue visit is told; nil when none will be, or it is told already.
        var raiseAt: Instant?
        /// Before it an overdue visit is not told again: its incident was closed without a visit.
        var quietUntil: Instant?
    }

    init() {}

    /// One with these entries, in any order.
    init(_ entries: [Entry]) { self.entries = entries.sorted { $0.home < $1.home } }

    /// When the next overdue visit is told.
    var nextDeadline: Instant? {
        var next: Instant?
        for entry in entries {
            if let time = entry.raiseAt { next = min(next ?? time, time) }
        }
        return next
    }

    /// Where a home stands; nil when nobody ever asked for a visit there.
    func place(of home: Int) -> Int? {
        let place = insertion(of: home)
        return place < entries.count && entries[place].home == home ? place : nil
    }

    subscript(place: Int) -> Entry {
        get { entries[place] }
        set { entries[place] = newValue }
    }

    /// Makes room for a home that is not there.
    mutating func add(_ home: Int) -> Int {
        let place = insertion(of: home)
        entries.insert(Entry(home: Int32(home)), at: place)
        return place
    }

    private func insertion(of home: Int) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].home < home { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension VisitBook: ByteCodable {
    /// Appends it to a snapshot.
    func encode(into writer: inout ByteWriter) {
        writer.writeEach(entries) { writer, entry in
            writer.write(entry.home)
            writer.write(entry.visits)
            writer.writeOptional(entry.raiseAt) { $0.write($1) }
            writer.writeOptional(entry.quietUntil) { $0.write($1) }
        }
    }

    /// Reads it from a snapshot.
    init(from reader: inout ByteReader) throws(ByteCodingError) {
        let entries = try reader.readEach { (reader) throws(ByteCodingError) -> Entry in
            var entry = Entry(home: try reader.read(), visits: try reader.read())
            entry.raiseAt = try reader.readOptional { (reader) throws(ByteCodingError) in
                try reader.readInstant()
            }
            entry.quietUntil = try reader.readOptional { (reader) throws(ByteCodingError) in
                try reader.readInstant()
            }
            return entry
        }
        guard zip(entries, entries.dropFirst()).allSatisfy({ $0.home < $1.home }) else {
            throw reader.failure("visits in the order of the homes")
        }
        self.entries = entries
    }
}
