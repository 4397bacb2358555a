public import SafetyModel

/// The ordered log of inputs and what is projected from it.
///
/// SQLite is the embedded default; a replicated log must be able to satisfy the same port: append a batch and
/// get its sequence, read from a sequence on. All calls block; they are made from the gateway's own threads,
/// one writer at a time.
public protocol Journal: AnyObject, Sendable {
    /// Makes a batch and its effects durable in one transaction.
    ///
    /// - Throws: `JournalError`; then nothing of the batch is stored.
    func append(_ batch: JournalBatch) throws(JournalError)

    /// Batches whose first sequence is above `sequence`, in order, at most `limit` of them.
    func batches(after sequence: Int64, limit: Int) throws(JournalError) -> [JournalBatch]

    /// The last sequence that is stored; 0 when there is none.
    func lastSequence() throws(JournalError) -> Int64

    /// The newest snapshot that can be read.
    func newestSnapshot() throws(JournalError) -> JournalSnapshot?

    /// All snapshots that can be read, oldest first.
    func readableSnapshots() throws(JournalError) -> [JournalSnapshot]

    /// Stores a snapshot beside the journal and drops older ones, keeping one spare. Slow; not under the
    /// gate.
    func save(_ snapshot: JournalSnapshot) throws(JournalError)

    /// The site stored last, or the one with this hash.
    func storedSite(hash: UInt64?) throws(JournalError) -> StoredSite?

    /// Keeps a validated site, so that a start needs no files.
    func save(_ site: StoredSite) throws(JournalError)

    /// Sets an input aside that crashed the gateway.
    func quarantine(_ input: QuarantinedInput) throws(JournalError)

    /// The inputs set aside, newest first, at most `limit`.
    func quarantined(limit: Int) throws(JournalError) -> [QuarantinedInput]

    /// Incident records, newest first.
    func incidents(matching query: IncidentQuery) throws(JournalError) -> [IncidentRecord]

    /// Drops what is older than the retention allows or over the size bound, never what the newest snapshot
    /// needs.
    ///
    /// - Returns: how many batches were dropped.
    func prune(now: Instant) throws(JournalError) -> Int
}

extension Journal {
    /// Just the newest one, for journals that keep no spare.
    public func readableSnapshots() throws(JournalError) -> [JournalSnapshot] {
        try newestSnapshot().map { [$0] } ?? []
    }
}

/// One commit: the inputs as they came, and their effects.
public struct JournalBatch: Hashable, Sendable {
    /// The sequence of its first input, from 1; the next batch starts at `sequence + count`.
    public var sequence: Int64
    /// How many inputs it holds.
    public var count: Int32
    /// The gateway time at which all of them were taken in.
    public var at: Instant
    /// `InputCoding`'s bytes.
    public var inputs: [UInt8]
    /// Incidents that the batch changed, with their newest state.
    public var incidents: [IncidentRecord]

    /// Makes one from its parts.
    public init(
        sequence: Int64, count: Int32, at: Instant, inputs: [UInt8], incidents: [IncidentRecord] = []
    ) {
        self.sequence = sequence
        self.count = count
        self.at = at
        self.inputs = inputs
        self.incidents = incidents
    }
}

/// An incident as the record keeps it.
public struct IncidentRecord: Hashable, Sendable {
    /// Counted by the gateway, from 1.
    public var number: Int64
    /// The home's id.
    public var home: String
    /// What it is about.
    public var kind: String
    /// How pressing it is.
    public var urgency: String
    /// How far it has come.
    public var phase: String
    /// When it was opened.
    public var openedAt: Instant
    /// When a person closed it; nil while it is open.
    public var closedAt: Instant?
    /// The incident's JSON document, UTF-8; empty where only facts were asked for.
    public var document: [UInt8]
    /// What reports count; empty where documents were asked for.
    public var facts: IncidentFacts

    /// Makes one from its parts.
    public init(
        number: Int64, home: String, kind: String, urgency: String, phase: String, openedAt: Instant,
        closedAt: Instant?, document: [UInt8], facts: IncidentFacts = IncidentFacts()
    ) {
        self.number = number
        self.home = home
        self.kind = kind
        self.urgency = urgency
        self.phase = phase
        self.openedAt = openedAt
        self.closedAt = closedAt
        self.document = document
        self.facts = facts
    }
}

/// What reports count of an incident; a store keeps it apart from the document, so that counting ten
/// thousand reads no document.
public struct IncidentFacts: Hashable, Sendable {
    /// When the first person answered in any way; nil while nobody has.
    public var answeredAt: Instant?
    /// When the first person arrived; nil while nobody has.
    public var onSceneAt: Instant?
    /// How it ended, in the words of the vocabulary; nil while it is open.
    public var disposition: String?
    /// Its alarms, oldest first.
    public var causes: [Cause] = []

    /// Starts empty.
    public init() {}

    /// Why there was an alarm.
    public struct Cause: Hashable, Sendable {
        /// When the alarm was raised first.
        public var at: Instant
        /// The rule that found it.
        public var rule: String
        /// The device that said it first, by id; empty where none did.
        public var device: String

        /// Makes one from its parts.
        public init(at: Instant, rule: String, device: String) {
            self.at = at
            self.rule = rule
            self.device = device
        }
    }
}

/// Which incident records are wanted.
public struct IncidentQuery: Hashable, Sendable {
    /// Only the incident of this number.
    public var number: Int64?
    /// Only incidents of the home with this id.
    public var home: String?
    /// Only incidents that are not closed.
    public var openOnly = false
    /// Only incidents that are closed.
    public var closedOnly = false
    /// Only incidents of this alarm kind.
    public var kind: String?
    /// Only incidents of this urgency.
    public var urgency: String?
    /// Only incidents opened at this moment or later, as their documents say `openedAt`.
    ///
    /// A journal compares it with gateway time; the board shifts it by the wall clock's offset before.
    public var from: WallTime?
    /// Only incidents opened before this moment, as `from`.
    public var to: WallTime?
    /// Only incidents with a smaller number, for paging.
    public var before: Int64?
    /// Only what reports count: the records come without documents, and the limit may be
    /// `IncidentQuery.factsLimit`.
    public var factsOnly = false
    /// 1 to 1,000.
    public var limit = 100
    /// The most records of one query that asks for facts only.
    public static let factsLimit = 200_000
    /// Starts empty, or with the defaults.
    public init() {}
}

/// The state of the machine after all inputs up to a sequence.
public struct JournalSnapshot: Hashable, Sendable {
    /// The last input it holds.
    public var sequence: Int64
    /// When it happened, in gateway time.
    public var at: Instant
    /// The hash of the site whose indices it uses.
    public var siteHash: UInt64
    /// The machine's bytes.
    public var state: [UInt8]

    /// Makes one from its parts.
    public init(sequence: Int64, at: Instant, siteHash: UInt64, state: [UInt8]) {
        self.sequence = sequence
        self.at = at
        self.siteHash = siteHash
        self.state = state
    }
}

/// A validated installation as bytes, keyed by the hash of the files that it came from.
public struct StoredSite: Hashable, Sendable {
    /// Identifies the contents.
    public var hash: UInt64
    /// When it happened, in gateway time.
    public var at: Instant
    /// As they stand in the journal.
    public var bytes: [UInt8]
    /// Makes one from its parts.
    public init(hash: UInt64, at: Instant, bytes: [UInt8]) {
        self.hash = hash
        self.at = at
        self.bytes = bytes
    }
}

/// An input that was set aside because advancing the machine with it crashed.
public struct QuarantinedInput: Hashable, Sendable {
    /// Identifies the input.
    public var digest: UInt64
    /// When it happened, in gateway time.
    public var at: Instant
    /// Its bytes as `InputCoding` writes one batch.
    public var input: [UInt8]
    /// Makes one from its parts.
    public init(digest: UInt64, at: Instant, input: [UInt8]) {
        self.digest = digest
        self.at = at
        self.input = input
    }
}

/// Why the journal could not do it.
public enum JournalError: Error, Hashable, Sendable {
    /// The disk or the size bound is full.
    case full(String)
    case readOnly(String)
    /// The file is damaged.
    case corrupt(String)
    /// Any other failure, in SQLite's or the system's words.
    case failed(String)

    /// What went wrong, in one line.
    public var text: String {
        switch self {
        case .full(let text): "full: \(text)"
        case .readOnly(let text): "read-only: \(text)"
        case .corrupt(let text): "corrupt: \(text)"
        case .failed(let text): text
        }
    }
}
