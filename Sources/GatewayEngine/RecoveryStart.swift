import GatewayPorts
import SafetyCore
import SafetyModel
import SiteConfiguration

/// Where a recovery begins: the newest snapshot that this program can read, or nothing at all.
struct RecoveryStart {
    var machine: SafetyMachine
    /// The last input that the machine holds.
    var sequence: Int64 = 0
    /// The site that the next input speaks of.
    var siteInForce: UInt64
    /// Whether inputs between the machine and the journal's first are missing.
    var isPartial = false
    /// Until which sequence `siteInForce` is only what a later snapshot says; nil when it is known.
    var assumedSite: Int64?
    var complaints = Complaints()

    init(
        _ current: Installation, journal: any Journal, sites: StoredSites, at now: Instant
    ) throws(JournalError) {
        siteInForce = current.fileHash
        let newest = try journal.newestSnapshot()
        var restored: SafetyMachine?
        if let newest { restored = Self.restore(newest, sites: sites, complaints: &complaints) }
        if restored != nil, let newest {
            (sequence, siteInForce) = (newest.sequence, newest.siteHash)
        } else if let newest, let (spare, state) = try Self.spare(journal, before: newest, sites: sites) {
            restored = state
            (sequence, siteInForce) = (spare.sequence, spare.siteHash)
        }
        let first = try Self.firstBatch(journal, after: sequence)
        // A journal without batches has had those up to its newest snapshot.
        let last = try journal.lastSequence()
        let next = first?.sequence ?? last + 1
        if next > sequence + 1 {
            isPartial = true
            complaints.add("inputs \(sequence + 1) to \(next - 1) are missing")
        }
        if let restored {
            machine = restored
            return
        }
        if let hash = first?.site {
            siteInForce = hash
        } else if isPartial, let newest {
            assumedSite = newest.sequence
            siteInForce = newest.siteHash
        }
        machine = SafetyMachine(
            site: sites.compiled(siteInForce) ?? CompiledSite(current.site, hash: current.fileHash),
            at: first?.at ?? now)
    }

    /// The snapshot before the newest, where that one cannot be used and this one can.
    private static func spare(
        _ journal: any Journal, before newest: JournalSnapshot, sites: StoredSites
    ) throws(JournalError) -> (JournalSnapshot, SafetyMachine)? {
        var ignored = Complaints()
        for snapshot in try journal.readableSnapshots().reversed() where snapshot.sequence < newest.sequence {
            if let state = restore(snapshot, sites: sites, complaints: &ignored) { return (snapshot, state) }
        }
        return nil
    }

    private static func restore(
        _ snapshot: JournalSnapshot, sites: StoredSites, complaints: inout Complaints
    ) -> SafetyMachine? {
        guard let site = sites.compiled(snapshot.siteHash) else {
            complaints.add("the site of snapshot \(snapshot.sequence) is missing or cannot be read")
            return nil
        }
        do {
            return try SafetyMachine(snapshot: snapshot.state, site: site)
        } catch {
            var reader = ByteReader(snapshot.state)
            let version = try? reader.read(UInt16.self)
            let isForeign = version != nil && version != SafetyMachine.snapshotVersion
            complaints.add(
                isForeign
                    ? "snapshot \(snapshot.sequence) is of another version of the program"
                    : "snapshot \(snapshot.sequence) cannot be read: \(error)")
            return nil
        }
    }

    /// The first batch after a sequence, and the site that it brings into force, if it does.
    private static func firstBatch(
        _ journal: any Journal, after sequence: Int64
    ) throws(JournalError) -> (sequence: Int64, at: Instant, site: UInt64?)? {
        guard let record = try journal.batches(after: sequence, limit: 1).first else { return nil }
        var batch = InputBatch()
        guard (try? InputCoding.decode(record.inputs, into: &batch)) != nil,
            case .site(let hash) = batch.inputs.first
        else { return (record.sequence, record.at, nil) }
        return (record.sequence, record.at, hash)
    }
}
