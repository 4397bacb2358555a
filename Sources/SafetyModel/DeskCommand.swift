/// What a person at a desk does to a home: the acts that concern no incident that is already open.
public struct DeskCommand: Hashable, Sendable {
    /// The home's id.
    public var home: String
    /// Who does it, as the record shall name him: a console user or a responder, by id.
    ///
    /// Whoever took the command in has checked the credential.
    public var by: String
    /// What the person does.
    public var act: Act
    /// The way it came ("http"), for the record.
    public var origin: String
    /// The sender's own reference, at most 128 bytes; it comes back with the answer.
    public var reference: String

    /// Makes one from its parts.
    public init(home: String, by: String, act: Act, origin: String, reference: String = "") {
        self.home = home
        self.by = by
        self.act = act
        self.origin = origin
        self.reference = reference
    }

    /// What a person at a desk can do to a home.
    public enum Act: Hashable, Sendable {
        /// Opens an incident by hand, as after a telephone call: an alarm of the kind is raised, by the plan
        /// like any other. `note` becomes its evidence, cut at `noteLimit` bytes.
        case openIncident(kind: AlarmKind, note: String)
        /// Takes alarms of a kind away from people for a while, with a reason; they are still recorded.
        ///
        /// Never life safety, never "home unprotected". A second order for the same kind replaces the first.
        case shelve(kind: AlarmKind, duration: Duration, reason: String)
        /// Ends the shelving of a kind before its time.
        case unshelve(kind: AlarmKind)
        /// Starts a walk test, during which tests of devices are noted and call nobody.
        case startWalkTest(duration: Duration)
        /// Ends the walk test before its time.
        case endWalkTest

        /// The word for it in the record.
        public var name: String {
            switch self {
            case .openIncident: "openIncident"
            case .shelve: "shelve"
            case .unshelve: "unshelve"
            case .startWalkTest: "startWalkTest"
            case .endWalkTest: "endWalkTest"
            }
        }
    }

    /// The longest walk test.
    public static let walkTestLimit = Duration.minutes(30)
    /// The longest that a kind stays shelved by one order (ISA-18.2 asks for a bound; a shift's worth).
    public static let shelvingLimit = Duration.hours(12)
    /// The most bytes of a note or a reason that are kept.
    public static let noteLimit = 512
}

/// What became of a desk command.
public enum DeskAnswer: Hashable, Sendable {
    /// An incident of this number was opened, or the open one of the same group took the alarm in.
    case opened(incident: Int64)
    /// It is in force and ends by itself at this wall time.
    case inForce(until: WallTime)
    /// What was in force has ended.
    case ended
    /// It changes nothing.
    case refused(Refusal)

    /// Why a desk command changes nothing.
    public enum Refusal: String, CaseIterable, Sendable {
        case unknownHome
        /// No rule of the site and no word of the vocabulary has this kind.
        case unknownKind
        /// Life safety and "home unprotected" cannot be shelved.
        case neverShelved
        /// A duration that is not above zero, or above the limit.
        case durationOutOfBounds
        /// Shelving and opening by hand want a reason or a note.
        case noReason
        /// Nothing of the kind is in force.
        case notInForce
        /// A home that is not in service calls nobody.
        case notInService
        /// The gateway keeps no more of them for this home.
        case tooMany
        /// The gateway could not take it in; try again.
        case unavailable
    }
}
