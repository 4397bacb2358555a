/// A person who signs in at the console.
///
/// Not a responder: a dispatcher may act for somebody who answers alarms, and many responders never see the
/// console.
public struct DeskUser: Hashable, Sendable {
    /// Unique in the site; what the person types in.
    public var id: String
    /// What people call the person.
    public var name: String
    /// What the person may do.
    public var role: DeskRole
    /// The responder as whom the person acts on incidents; nil means as the user itself.
    public var responder: String?
    /// What the password is checked against.
    public var password: ScryptHash

    /// Makes one from its parts.
    public init(id: String, name: String, role: DeskRole, responder: String? = nil, password: ScryptHash) {
        self.id = id
        self.name = name
        self.role = role
        self.responder = responder
        self.password = password
    }
}

/// What a person at the console may do.
///
/// The raw value stands in stored sites: never renumber, only append.
public enum DeskRole: UInt8, CaseIterable, Sendable {
    /// Looks, and changes nothing.
    case viewer = 0
    /// Acts on incidents and visits, opens by hand, writes notes, answers duty checks.
    case dispatcher = 1
    /// Walk tests and shelving.
    case technician = 2
    /// Everything, the audit and duty checks included.
    case administrator = 3

    /// The word for it in YAML and HTTP.
    public var name: String { Self.words[self] }

    private static let words = Words<DeskRole>()

    /// The case of a word; nil when the vocabulary does not have it.
    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}

/// A password as it is kept: scrypt (RFC 7914) with its own salt.
public struct ScryptHash: Hashable, Sendable {
    /// The binary logarithm of the cost N.
    public var costLog: UInt8
    /// The block size r.
    public var blockSize: UInt8
    /// The parallelism p.
    public var parallelism: UInt8
    /// Random bytes of this password alone.
    public var salt: [UInt8]
    /// What scrypt makes of password and salt.
    public var key: [UInt8]

    /// Makes one from its parts.
    public init(costLog: UInt8, blockSize: UInt8, parallelism: UInt8, salt: [UInt8], key: [UInt8]) {
        self.costLog = costLog
        self.blockSize = blockSize
        self.parallelism = parallelism
        self.salt = salt
        self.key = key
    }

    /// The parameters of new passwords: as hard to guess as N = 2^17, r = 8, p = 1 in a quarter of the
    /// memory, because a small box checks them beside its alarms (OWASP, Password Storage).
    public static let usualCostLog: UInt8 = 15
    /// See `usualCostLog`.
    public static let usualBlockSize: UInt8 = 8
    /// See `usualCostLog`.
    public static let usualParallelism: UInt8 = 3
    /// The bytes of a salt that is made here, and the fewest that are taken.
    public static let saltMinimum = 16
    /// The bytes of a key.
    public static let keyLength = 32
    /// The most bytes of memory that one check may take.
    public static let memoryLimit = 67_108_864
    /// The most work of one check, as N times r times p: four times the usual.
    public static let workLimit = 3_145_728
    /// The least work of one check, as N times r times p.
    static let workMinimum = 655_360

    /// Why nobody should be let in by it, or nil.
    public var weakness: Weakness? {
        guard (10...20).contains(costLog), (8...16).contains(blockSize), (1...16).contains(parallelism) else {
            return costLog < 10 || blockSize < 8 || parallelism < 1 ? .tooCheap : .tooDear
        }
        let memory = 128 * Int(blockSize) << Int(costLog)
        let work = Int(blockSize) * Int(parallelism) << Int(costLog)
        if memory > Self.memoryLimit || work > Self.workLimit { return .tooDear }
        if work < Self.workMinimum { return .tooCheap }
        if !(Self.saltMinimum...64).contains(salt.count) { return .unfitSalt }
        return key.count == Self.keyLength ? nil : .unfitKey
    }

    /// What is wrong with a hash.
    public enum Weakness: Hashable, Sendable {
        /// Whoever has the file can guess the password.
        case tooCheap
        /// Checking it would take memory and time from the alarms.
        case tooDear
        case unfitSalt
        case unfitKey
    }
}
