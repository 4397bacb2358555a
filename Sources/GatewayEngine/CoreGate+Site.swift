import Foundation
public import GatewayPorts
import SafetyCore
public import SafetyModel
public import SiteConfiguration

/// Why a new site is not taken into force; the running one stays untouched.
public enum SiteRefusal: Error, Hashable, Sendable {
    /// Homes with open incidents are missing in it: close the incidents first, or leave the homes in.
    case dropsOpenIncidents(homes: [String])
    case journal(JournalError)

    /// What is wrong and what to do.
    public var text: String {
        switch self {
        case .dropsOpenIncidents(let homes):
            "the new files leave out homes with open incidents (\(homes.joined(separator: ", "))): "
                + "close those incidents first, or keep the homes"
        case .journal(let error): "the new site cannot be stored: \(error.text)"
        }
    }
}

extension CoreGate {
    /// Makes a gate of a recovered machine.
    ///
    /// The recovered site comes into force as a journalled input when it is new to the journal.
    ///
    /// - Throws: `SiteRefusal` when nothing is stored yet and the site cannot be.
    public static func open(
        _ recovered: Recovered, journal: any Journal, board: EngineBoard, taker: any ReleaseTaker
    ) throws(SiteRefusal) -> CoreGate {
        let gate = CoreGate(recovered: recovered, journal: journal, board: board, taker: taker)
        if recovered.sequence == 0 {
            try gate.adopt(recovered.installation, at: recovered.lastInstant)
        } else if recovered.isSiteNew {
            // It guards already; where the store refuses it, the next start is as this one.
            try? gate.adopt(recovered.installation, at: recovered.lastInstant)
        } else if !isStored(recovered.installation, in: journal) {
            // It came from the files, because another version of the program stored it.
            try? gate.save(recovered.installation, at: recovered.lastInstant)
        }
        return gate
    }

    /// Brings a new site into force: everything that can fail first, the swap last.
    ///
    /// The store is asked outside the turn, so that a disk that hangs costs the caller only.
    ///
    /// - Throws: `SiteRefusal`; then the site in force stays.
    public func adopt(_ installation: Installation, at time: Instant) throws(SiteRefusal) {
        let site = CompiledSite(installation.site, hash: installation.fileHash)
        try checkArrival(of: site, at: time)
        do {
            try save(installation, at: time)
        } catch {
            throw .journal(error)
        }
        let turn = enter()
        if let refusal = refusal(of: site, at: time) {
            leave()
            throw refusal
        }
        let translation = runner.machine.deviceTranslation(to: site)
        adopted(site, translation: translation, language: installation.settings.language)
        runner.arriving = site
        var batch = InputBatch()
        batch.inputs = [.site(hash: site.hash)]
        take(&batch, at: time, turn: turn, by: .desk)
    }

    private func save(_ installation: Installation, at time: Instant) throws(JournalError) {
        var stored = ByteWriter()
        installation.encode(into: &stored)
        try journal.save(StoredSite(hash: installation.fileHash, at: time, bytes: stored.bytes))
    }

    /// Whether a start can read this installation from the journal; looks at the head only.
    private static func isStored(_ installation: Installation, in journal: any Journal) -> Bool {
        guard let stored = try? journal.storedSite(hash: installation.fileHash) else { return false }
        var reader = ByteReader(stored.bytes)
        return (try? reader.read(UInt32.self)) == Installation.codingVersion
    }

    private func checkArrival(of site: CompiledSite, at time: Instant) throws(SiteRefusal) {
        enter()
        defer { leave() }
        if let refusal = refusal(of: site, at: time) { throw refusal }
    }

    /// Why a site cannot come into force at a moment; the caller holds the turn.
    private func refusal(of site: CompiledSite, at time: Instant) -> SiteRefusal? {
        // What is due by then fires before the site comes, and may open an incident.
        let inTheWay = runner.machine.advanced(to: time).homesInTheWay(of: site)
        guard inTheWay.isEmpty else { return .dropsOpenIncidents(homes: inTheWay) }
        // A site that is not on disk could not be replayed.
        let isDegraded = condition.withLock { degraded != nil }
        return isDegraded ? .journal(.failed("the store is away")) : nil
    }

    /// A batch decoded with the site before is moved over to the devices of the site in force.
    func translate(_ batch: inout InputBatch) {
        guard batch.siteVersion != 0, batch.siteVersion != progress.siteVersion else { return }
        let isKnown = batch.siteVersion + 1 == progress.siteVersion
        batch.renumber { device in
            isKnown && device.int < translation.count ? translation[device.int] : nil
        }
    }
}
