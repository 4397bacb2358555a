import ArgumentParser
import GatewayPorts
import Persistence
import SafetyModel
import SiteConfiguration

/// Where the store is, for commands that look at it while the gateway runs.
struct StoreOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The main file of the configuration; it says where the store is.")
    var config = "/etc/anju/anju.yaml"

    @Option(help: "The database, instead of the one that the configuration names.")
    var store: String?

    /// Opens it for looking only.
    func open() throws(JournalError) -> SQLiteJournal {
        var settings = Installation.storeSettings(from: config)
        if let store {
            settings = settings ?? StoreSettings()
            settings?.path = store
        }
        guard let settings else {
            throw .failed("\(config) cannot be read; name the database with --store")
        }
        return try SQLiteJournal(reading: settings)
    }
}
