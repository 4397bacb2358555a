import Foundation
import GatewayEngine
import GatewayPorts
import Persistence
import SafetyModel
import SiteConfiguration

/// What a start of this very program would do with a store: the same recovery, and nothing is written.
struct StoreCheck {
    /// What to print.
    var lines: [String]
    /// Whether a start would have to do without something.
    var isLossy: Bool

    /// How many incidents are named.
    private static let namedIncidents = 20

    /// - Parameter files: the site of the files, for a store whose own cannot be read.
    init(config: String, files: Installation?) {
        isLossy = false
        guard let settings = Installation.storeSettings(from: config) else {
            lines = ["Store: \(config) does not say where it is."]
            return
        }
        do {
            let journal = try SQLiteJournal(reading: settings)
            defer { journal.close() }
            var opening = ["Store \(settings.path):"]
            let stored: Installation?
            do {
                stored = try Recovery.storedInstallation(journal)
            } catch {
                stored = nil
                opening.append("  The stored site is of another version: a start uses the files.")
            }
            guard let installation = stored ?? files else {
                lines = opening + ["  There is nothing to start from: no site that can be read."]
                isLossy = true
                return
            }
            let recovered = try Recovery.recover(
                installation, journal: journal, breadcrumb: nil,
                at: Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)))
            lines = opening
            tell(recovered)
        } catch {
            lines = ["Store \(settings.path): it cannot be read: \(error)"]
        }
    }

    private mutating func tell(_ recovered: Recovered) {
        lines += recovered.complaints.map { "  Note: \($0)." }
        lines.append("  A start takes in \(recovered.replayed) inputs, up to input \(recovered.sequence).")
        isLossy = recovered.isPartial || !recovered.lost.isEmpty
        guard isLossy else {
            lines.append("  It goes on where the state stands; nothing is lost.")
            return
        }
        if recovered.isPartial {
            lines.append("  What only older inputs told is lost: see Upgrading in Operations.")
        }
        let named = recovered.lost.prefix(Self.namedIncidents).map { record in
            record.number > 0
                ? "\(record.number) (\(record.kind), \(record.home))" : "\(record.kind), \(record.home)"
        }
        guard !named.isEmpty else { return }
        let more = recovered.lost.count - named.count
        lines.append(
            "  Open incidents for which people are called again: " + named.joined(separator: ", ")
                + (more > 0 ? " and \(more) more." : "."))
    }
}
