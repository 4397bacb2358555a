/// Who was at a home to see how the resident is, as the one who was there says it.
///
/// It stands in the journal and, as the newest of its home, in the machine's state.
public struct VisitRecord: Hashable, Sendable {
    /// The home's id.
    public var home: String
    /// When it was; nil means when the record comes in.
    public var at: WallTime?
    /// The id of the responder who was there.
    public var by: String
    /// How.
    public var way: VisitWay
    /// What came of it.
    public var result: VisitResult
    /// Over which way the record came: `mqtt`, `http`; empty where the gateway wrote it itself.
    public var origin: String
    /// The sender's own reference, at most `referenceLimit` bytes; it comes back in the answer.
    public var reference: String

    /// The most bytes of a reference.
    public static let referenceLimit = 128
    /// The oldest visit that may be told afterwards.
    public static let ageLimit = Duration.hours(7 * 24)

    /// Makes one from its parts.
    public init(
        home: String, at: WallTime? = nil, by: String, way: VisitWay, result: VisitResult,
        origin: String = "", reference: String = ""
    ) {
        self.home = home
        self.at = at
        self.by = by
        self.way = way
        self.result = result
        self.origin = origin
        self.reference = reference
    }
}

/// How somebody visits.
///
/// The raw value stands in journals and snapshots: never renumber, only append.
public enum VisitWay: UInt8, CaseIterable, Sendable {
    /// Somebody went to the door.
    case door = 0
    /// A responder was there because of an incident.
    case responder = 1
    /// By telephone.
    case phone = 2

    /// The word for it in HTTP and messages.
    public var name: String { Self.words[self] }

    private static let words = Words<VisitWay>()

    /// The case of a word; nil when the vocabulary does not have it.
    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}

/// What came of a visit.
///
/// The raw value stands in journals and snapshots: never renumber, only append.
public enum VisitResult: UInt8, CaseIterable, Sendable {
    /// The resident was met and is well.
    case well = 0
    /// The resident was met and needs help: people are called.
    case needsHelp = 1
    /// Nobody was met; the visit is still to be made.
    case notMet = 2
    /// Somebody was there because of an incident, which says the rest; only the gateway itself writes it.
    case atIncident = 3

    /// The word for it in HTTP and messages.
    public var name: String { Self.words[self] }
    /// Whether the visit was made.
    public var isMade: Bool { self != .notMet }

    /// What a person may report.
    public static let reported: [VisitResult] = [.well, .needsHelp, .notMet]

    private static let words = Words<VisitResult>()

    /// What a person may report, by its word; nil when the vocabulary does not have it.
    public init?(name: String) {
        guard let found = Self.reported.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}

/// What became of a visit's record.
public enum VisitAnswer: Hashable, Sendable {
    /// It is on record.
    case recorded
    /// It was not taken in.
    case refused(Refusal)

    /// Why it was not taken in; the raw value is the word in answers.
    public enum Refusal: String, Hashable, Sendable {
        case unknownHome
        case unknownResponder
        /// It lies in the future, or longer ago than `VisitRecord.ageLimit`.
        case wrongTime
        /// What it says is too long, or only the gateway itself may say it.
        case malformed
        /// The gateway cannot take it in now.
        case unavailable
    }
}

extension VisitRecord: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(home)
        writer.writeOptional(at) { $0.write($1.milliseconds) }
        writer.write(by)
        writer.write(way.rawValue)
        writer.write(result.rawValue)
        writer.write(origin)
        writer.write(reference)
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            home: try reader.readString(),
            at: try reader.readOptional { (reader) throws(ByteCodingError) in try reader.readWallTime() },
            by: try reader.readString(), way: try reader.readCase(), result: try reader.readCase(),
            origin: try reader.readString(), reference: try reader.readString())
    }
}
