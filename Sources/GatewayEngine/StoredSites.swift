import GatewayPorts
import SafetyCore
import SafetyModel
import SiteConfiguration

/// The sites that a journal speaks of, read once each.
final class StoredSites {
    private let journal: any Journal
    private var installations: [UInt64: Installation]

    init(_ current: Installation, journal: any Journal) {
        self.journal = journal
        installations = [current.fileHash: current]
    }

    /// The installation of a hash; nil when it is missing or cannot be read.
    func find(_ hash: UInt64) -> Installation? {
        if let known = installations[hash] { return known }
        guard let stored = try? journal.storedSite(hash: hash) else { return nil }
        var reader = ByteReader(stored.bytes)
        guard let found = try? Installation(from: &reader) else { return nil }
        installations[hash] = found
        return found
    }

    func compiled(_ hash: UInt64) -> CompiledSite? {
        find(hash).map { CompiledSite($0.site, hash: hash) }
    }
}
