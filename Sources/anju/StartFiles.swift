import ArgumentParser
import Foundation
import GatewayEngine
import GatewayPorts
import Logging
import SafetyModel
import SiteConfiguration

/// What a start needs of the files: where the store is, and a site when the store has none.
struct StartFiles {
    let config: String
    let logger: Logger

    /// Where the store is: the main file alone says it.
    ///
    /// A main file that cannot be read leaves the default place, so that a broken file never disarms.
    func storeSettings() throws -> StoreSettings {
        if let settings = Installation.storeSettings(from: config) { return settings }
        logger.error("The main file cannot be read; the store is looked for in its default place.")
        return StoreSettings()
    }

    /// The stored installation, or the one of the files where nothing is stored yet.
    func installation(_ journal: any Journal) throws -> Installation {
        do {
            if let stored = try Recovery.storedInstallation(journal) { return stored }
        } catch {
            logger.error("The stored site cannot be used.", metadata: ["error": "\(error)"])
        }
        let result = Installation.load(from: config)
        for problem in result.diagnostics {
            let text: Logger.Metadata = ["error": "\(problem.text)"]
            if problem.severity == .error {
                logger.error("The configuration has an error.", metadata: text)
            } else {
                logger.warning("The configuration has a weakness.", metadata: text)
            }
        }
        guard let installation = result.installation else {
            logger.critical("There is nothing to start from: no stored site, and the files have errors.")
            throw ExitCode(69)
        }
        return installation
    }
}
