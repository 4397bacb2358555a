public import SafetyModel

/// What people did and wrote at the desk: the audit, shift notes and duty checks.
///
/// It lies beside the journal, never in it: no alarm waits for it, and it is never trimmed. All calls block
/// for a disk; not for the cooperative pool or an event loop.
public protocol DeskRecord: AnyObject, Sendable {
    /// Appends an entry to the audit; it is on disk when this returns.
    @discardableResult
    func append(_ act: AuditedAct) throws(JournalError) -> AuditEntry

    /// Entries of the audit, newest first, with a smaller number than `before` where it is given.
    ///
    /// - Parameter limit: 1 to `DeskLimits.pageLimit`.
    func audit(before: Int64?, limit: Int) throws(JournalError) -> [AuditEntry]

    /// Keeps a shift note.
    func write(note text: String, by user: String, at time: WallTime) throws(JournalError) -> ShiftNote

    /// The newest notes, newest first.
    func notes(limit: Int) throws(JournalError) -> [ShiftNote]

    /// Asks the desk whether somebody is there.
    func ask(by user: String, at time: WallTime, answerBy: WallTime) throws(JournalError) -> DutyCheck

    /// Answers a duty check.
    ///
    /// - Returns: the check as it stands now, also when it was answered before; nil when there is none.
    func answer(_ check: Int64, by user: String, at time: WallTime) throws(JournalError) -> DutyCheck?

    /// The newest duty checks, newest first.
    func dutyChecks(limit: Int) throws(JournalError) -> [DutyCheck]
}

/// Bounds of the desk's record.
public enum DeskLimits {
    /// The most entries, notes or checks that one reading returns.
    public static let pageLimit = 1_000
    /// The most bytes of a shift note.
    public static let noteLimit = 2_000
    /// The most bytes of each text of an audit entry; what is longer is cut.
    public static let auditTextLimit = 256
}

/// One act, as the audit takes it in.
public struct AuditedAct: Hashable, Sendable {
    /// When it was decided.
    public var at: WallTime
    /// Who: `user:zhang`, `responder:wang-er`, `link:wang-er`, `token:api`, or `-`.
    public var user: String
    /// From which address.
    public var address: String
    /// What: `session.open`, `incident.acknowledge`, ...
    public var act: String
    /// On what: `incident:12`, `home:3-2-501`, or empty.
    public var subject: String
    /// `done`, or the word of the refusal.
    public var outcome: String

    /// Makes one from its parts.
    public init(
        at: WallTime, user: String, address: String, act: String, subject: String, outcome: String
    ) {
        self.at = at
        self.user = user
        self.address = address
        self.act = act
        self.subject = subject
        self.outcome = outcome
    }
}

/// One entry of the audit: an act and its place in the chain.
public struct AuditEntry: Hashable, Sendable {
    /// From 1, without gaps.
    public var number: Int64
    /// What happened.
    public var act: AuditedAct
    /// SHA-256 over the hash before it and everything in this entry, in hexadecimal.
    public var hash: String

    /// Makes one from its parts.
    public init(number: Int64, act: AuditedAct, hash: String) {
        self.number = number
        self.act = act
        self.hash = hash
    }
}

/// What one shift leaves for the next.
public struct ShiftNote: Hashable, Sendable {
    /// From 1.
    public var number: Int64
    /// When it was written.
    public var at: WallTime
    /// The user who wrote it, by id.
    public var by: String
    /// What it says.
    public var text: String

    /// Makes one from its parts.
    public init(number: Int64, at: WallTime, by: String, text: String) {
        self.number = number
        self.at = at
        self.by = by
        self.text = text
    }
}

/// A question of the supervisor whether somebody sits at the desk.
public struct DutyCheck: Hashable, Sendable {
    /// From 1.
    public var number: Int64
    /// When it was asked.
    public var askedAt: WallTime
    /// The user who asked, by id.
    public var by: String
    /// Until when an answer counts.
    public var answerBy: WallTime
    /// When it was answered; nil before that.
    public var answeredAt: WallTime?
    /// The user who answered, by id.
    public var answeredBy: String?

    /// Makes one from its parts.
    public init(
        number: Int64, askedAt: WallTime, by: String, answerBy: WallTime, answeredAt: WallTime? = nil,
        answeredBy: String? = nil
    ) {
        self.number = number
        self.askedAt = askedAt
        self.by = by
        self.answerBy = answerBy
        self.answeredAt = answeredAt
        self.answeredBy = answeredBy
    }

    /// How it stands at a moment.
    public func state(at now: WallTime) -> State {
        if let answeredAt { return answeredAt <= answerBy ? .answered : .missed }
        return now <= answerBy ? .open : .missed
    }

    /// How a duty check stands.
    public enum State: String, Sendable {
        case open
        case answered
        /// Nobody answered in time; a late answer is kept, and the check stays missed.
        case missed
    }
}
