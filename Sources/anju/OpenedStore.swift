import ArgumentParser
import GatewayEngine
import GatewayPorts
import Logging
import Persistence
import SafetyModel

/// The store as it could be opened: a worn card that only reads must not leave the homes without a guard.
struct OpenedStore {
    /// Where the gateway writes.
    let journal: any Journal
    /// Where a stored site may be read.
    let reading: any Journal
    /// The store itself; nil when it cannot be written.
    let sqlite: SQLiteJournal?

    /// - Throws: exit code 74 when another gateway has the store, or for a reason that a restart may end.
    init(_ settings: StoreSettings, logger: Logger) throws {
        do {
            let opened = try SQLiteJournal(settings: settings)
            sqlite = opened
            journal = opened
            reading = opened
        } catch {
            logger.critical("The store cannot be opened.", metadata: ["error": "\(error.text)"])
            switch error {
            case .readOnly, .full:
                logger.critical("The homes are guarded, but nothing is recorded.")
                let unavailable = UnavailableJournal(error)
                sqlite = nil
                journal = unavailable
                reading = (try? SQLiteJournal(reading: settings)) ?? unavailable
            case .corrupt, .failed: throw ExitCode(74)
            }
        }
    }
}
