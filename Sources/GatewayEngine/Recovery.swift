public import GatewayPorts
import SafetyCore
public import SafetyModel
public import SiteConfiguration

/// Brings a gateway back: the newest snapshot, and the inputs after it through the same machine.
public struct Recovered {
    var runner: MachineRunner
    /// The sequence of the last input.
    public var sequence: Int64
    /// The site and settings to start with.
    public var installation: Installation
    /// How many inputs were replayed.
    public var replayed: Int
    /// Keys of the newest deliveries, oldest first, so that what the broker sends again is known.
    public var deliveryKeys: [UInt64]
    /// Snapshots, sites or batches that could not be used, in words; at most `Recovery.complaintLimit`.
    public var complaints: [String]
    /// Incidents that are open on record and that the machine does not know, by number: `openLostAgain` takes
    /// them to the people again.
    public var lost: [IncidentRecord]
    /// Whether inputs are missing that no snapshot holds: what only they told is not known any more.
    public var isPartial: Bool
    /// Whether the journal does not know the site in force yet.
    var isSiteNew: Bool

    /// The moment of the last input.
    public var lastInstant: Instant { runner.machine.now }

    /// The digest of the recovered state.
    public var digest: UInt64 { runner.machine.digest }
}

/// Why a gateway cannot be brought back.
public enum RecoveryError: Error, Sendable {
    case journal(JournalError)
    /// A stored site cannot be read, in words.
    case damagedSite(String)
}

/// How a gateway comes back.
public enum Recovery {
    /// Batches read from the journal at a time.
    static let readLimit = 256
    /// Delivery keys that a start hands to the link.
    static let keyLimit = 4_096
    /// How far back delivery keys are looked for at first, in inputs: more than the largest batch.
    static let deliveryWindow: Int64 = 16_384
    /// How far back they are looked for at most.
    static let deliveryWindowLimit: Int64 = 262_144
    /// The most complaints of one recovery; the last counts the rest.
    public static let complaintLimit = 16

    /// The installation to start with: the stored one, which needs no files.
    public static func storedInstallation(_ journal: any Journal) throws(RecoveryError) -> Installation? {
        do {
            guard let stored = try journal.storedSite(hash: nil) else { return nil }
            return try installation(from: stored)
        } catch let error as RecoveryError {
            throw error
        } catch let error as JournalError {
            throw .journal(error)
        } catch {
            throw .damagedSite("\(error)")
        }
    }

    /// Starts with an installation that is stored already.
    public static func recover(
        _ installation: Installation, journal: any Journal, breadcrumb: (any Breadcrumb)?, at now: Instant
    ) throws(RecoveryError) -> Recovered {
        do {
            return try replay(installation, journal: journal, breadcrumb: breadcrumb, at: now)
        } catch let error as RecoveryError {
            throw error
        } catch let error as JournalError {
            throw .journal(error)
        } catch {
            throw .damagedSite("\(error)")
        }
    }

    private static func installation(from stored: StoredSite) throws -> Installation {
        var reader = ByteReader(stored.bytes)
        return try Installation(from: &reader)
    }

    private static func replay(
        _ current: Installation, journal: any Journal, breadcrumb: (any Breadcrumb)?, at now: Instant
    ) throws -> Recovered {
        let sites = StoredSites(current, journal: journal)
        let start = try RecoveryStart(current, journal: journal, sites: sites, at: now)
        var replay = Replay(
            runner: MachineRunner(
                machine: start.machine, breadcrumb: breadcrumb, site: sites.compiled),
            sequence: start.sequence, siteInForce: start.siteInForce, complaints: start.complaints)
        replay.assumedSite = start.assumedSite
        var lost = LostIncidents(journal)
        if start.isPartial {
            try replay.run(journal) { lost.note(&$0) }
        } else {
            try replay.run(journal)
        }
        let sequence = max(replay.sequence, try journal.lastSequence())
        lost.settle(
            &replay.runner.machine, isPartial: start.isPartial, after: sequence,
            complaints: &replay.complaints)
        let installation = sites.find(replay.runner.machine.compiled.hash) ?? current
        return Recovered(
            runner: replay.runner, sequence: sequence, installation: installation, replayed: replay.count,
            deliveryKeys: try deliveryKeys(journal), complaints: replay.complaints.texts,
            lost: lost.records, isPartial: start.isPartial,
            isSiteNew: installation.fileHash != replay.siteInForce)
    }

    /// The newest delivery keys: as many as the link may need, however few of the inputs have one.
    private static func deliveryKeys(_ journal: any Journal) throws -> [UInt64] {
        let last = try journal.lastSequence()
        var window = deliveryWindow
        while true {
            let keys = try deliveryKeys(journal, after: max(0, last - window))
            guard keys.count < keyLimit, window < last, window < deliveryWindowLimit else {
                return Array(keys.suffix(keyLimit))
            }
            window *= 4
        }
    }

    private static func deliveryKeys(_ journal: any Journal, after start: Int64) throws -> [UInt64] {
        var keys: [UInt64] = []
        var batch = InputBatch()
        var after = start
        while true {
            let records = try journal.batches(after: after, limit: readLimit)
            guard let last = records.last else { return keys }
            for record in records where (try? InputCoding.decode(record.inputs, into: &batch)) != nil {
                keys += batch.deliveryKeys
            }
            after = last.sequence + Int64(last.count) - 1
        }
    }
}

/// What recovery had to step around, in words and bounded.
struct Complaints {
    private(set) var texts: [String] = []
    private var more = 0

    mutating func add(_ text: String) {
        guard texts.count >= Recovery.complaintLimit else {
            texts.append(text)
            return
        }
        more += 1
        texts[Recovery.complaintLimit - 1] = "\(more + 1) more"
    }
}
