public import SafetyModel

/// What people have suspended in a home for a while: shelved kinds and the walk test.
///
/// Both end by themselves. Neither hides life safety: what may be suspended is decided where the rules are
/// known.
public struct Suspensions: Hashable, Sendable {
    /// Kinds that are shelved now, in the order of shelving.
    public private(set) var shelves: [Shelf] = []
    /// The walk test that runs, or the last one with what was tested in it.
    public var walkTest: WalkTest?

    /// The most kinds that are shelved in one home at a time.
    public static let shelfLimit = 16

    /// Starts with nothing suspended.
    public init() {}

    /// Whether nothing is suspended now; for the path of every finding.
    public var isIdle: Bool { shelves.isEmpty && !isTesting }

    /// Whether a walk test runs.
    public var isTesting: Bool { walkTest?.isRunning ?? false }

    /// When something of it ends by itself.
    public var nextDeadline: Instant? {
        var next = walkTest?.nextDeadline
        for shelf in shelves { next = min(next ?? shelf.until, shelf.until) }
        return next
    }

    /// The shelf of a kind, if it is shelved.
    public func shelf(of kind: AlarmKind) -> Shelf? { shelves.first { $0.kind == kind } }

    /// Shelves a kind; a shelf that it has already is replaced, and its count goes on.
    ///
    /// - Returns: false when the home has no room for one more.
    public mutating func shelve(_ shelf: Shelf) -> Bool {
        if let place = shelves.firstIndex(where: { $0.kind == shelf.kind }) {
            let withheld = shelves[place].withheld
            shelves[place] = shelf
            shelves[place].withheld = withheld
            return true
        }
        guard shelves.count < Self.shelfLimit else { return false }
        shelves.append(shelf)
        return true
    }

    /// Ends the shelving of a kind.
    public mutating func unshelve(_ kind: AlarmKind) -> Shelf? {
        guard let place = shelves.firstIndex(where: { $0.kind == kind }) else { return nil }
        return shelves.remove(at: place)
    }

    /// Counts an alarm that was kept from people.
    public mutating func withhold(_ kind: AlarmKind) {
        guard let place = shelves.firstIndex(where: { $0.kind == kind }) else { return }
        shelves[place].withheld = shelves[place].withheld == .max ? .max : shelves[place].withheld + 1
    }

    /// Removes the shelves whose time is over.
    ///
    /// - Returns: whether there were some.
    public mutating func endShelves(at now: Instant) -> Bool {
        let count = shelves.count
        shelves.removeAll { $0.until <= now }
        return shelves.count != count
    }
}

/// A kind of alarm that a person has taken away from people, with a reason and an end (ISA-18.2).
public struct Shelf: Hashable, Sendable {
    /// What is shelved.
    public var kind: AlarmKind
    /// When it was shelved.
    public var since: Instant
    /// When it ends by itself.
    public var until: Instant
    /// Why, in the words of the person.
    public var reason: String
    /// Who shelved it.
    public var by: String
    /// Alarms that it has kept from people so far.
    public var withheld: Int32 = 0

    /// Makes one from its parts.
    public init(kind: AlarmKind, since: Instant, until: Instant, reason: String, by: String) {
        self.kind = kind
        self.since = since
        self.until = until
        self.reason = reason
        self.by = by
    }
}

extension Suspensions: ByteCodable {
    /// Appends it to a snapshot.
    public func encode(into writer: inout ByteWriter) {
        writer.writeEach(shelves) { writer, shelf in
            writer.write(shelf.kind.name)
            writer.write(shelf.since)
            writer.write(shelf.until)
            writer.write(shelf.reason)
            writer.write(shelf.by)
            writer.write(shelf.withheld)
        }
        writer.writeOptional(walkTest) { $0.write($1) }
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        shelves = try reader.readEach { (reader) throws(ByteCodingError) in
            var shelf = Shelf(
                kind: AlarmKind(try reader.readString()), since: try reader.readInstant(),
                until: try reader.readInstant(), reason: try reader.readString(), by: try reader.readString())
            shelf.withheld = try reader.read()
            return shelf
        }
        walkTest = try reader.readOptional { (reader) throws(ByteCodingError) in try reader.read() }
    }
}
