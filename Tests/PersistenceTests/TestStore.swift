import Foundation
import GatewayPorts
import SafetyModel

@testable import Persistence

/// A directory of its own that goes away with the test.
final class TestFolder: Sendable {
    let path: String
    var database: String { path + "/anju.db" }

    init() throws {
        path = NSTemporaryDirectory() + "anju-store-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var settings: StoreSettings { Self.settings(at: database) }

    static func settings(at path: String) -> StoreSettings {
        var settings = StoreSettings()
        settings.path = path
        return settings
    }

    /// Opens the store; who just closed it may seem to hold it for another moment.
    ///
    /// A process that some other test starts shares every lock of this one between its fork and its exec.
    func open() throws -> SQLiteJournal {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do { return try openAtOnce() } catch {
                guard error.text.contains(Self.refusal), ContinuousClock.now < deadline else { throw error }
                usleep(1_000)
            }
        }
    }

    /// What is said when another gateway holds the store.
    static let refusal = "another gateway process uses this store"

    func openAtOnce() throws(JournalError) -> SQLiteJournal {
        try SQLiteJournal(settings: settings, patience: .long)
    }

    func names(with prefix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasPrefix(prefix) }.sorted()
    }

    func size(of file: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        return (attributes[.size] as? NSNumber)?.intValue ?? -1
    }

    /// Overwrites bytes of a file in place.
    func overwrite(_ file: String, at offset: UInt64, with bytes: [UInt8]) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        try handle.seek(toOffset: offset)
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
    }
}

extension StorePatience {
    /// Times that no busy machine exceeds.
    static let long = StorePatience(
        write: .seconds(600), read: .seconds(600), replay: .seconds(600), close: .seconds(600))
}

/// A batch of `count` inputs whose bytes depend on its sequence.
func batch(
    _ sequence: Int64, count: Int32 = 1, at: Int64? = nil, size: Int? = nil,
    incidents: [IncidentRecord] = []
) -> JournalBatch {
    JournalBatch(
        sequence: sequence, count: count, at: Instant(milliseconds: at ?? sequence * 1_000),
        inputs: (0..<(size ?? Int(count) * 60)).map {
            UInt8(truncatingIfNeeded: Int64($0) &* 31 &+ sequence)
        },
        incidents: incidents)
}

func incident(
    _ number: Int64, home: String = "h1", phase: String = "open", closedAt: Int64? = nil
) -> IncidentRecord {
    IncidentRecord(
        number: number, home: home, kind: "fire", urgency: "lifeSafety", phase: phase,
        openedAt: Instant(milliseconds: number), closedAt: closedAt.map(Instant.init(milliseconds:)),
        document: Array("{\"incident\":\(number),\"phase\":\"\(phase)\"}".utf8))
}

func snapshot(_ sequence: Int64, site: UInt64 = 7, size: Int = 10_000) -> JournalSnapshot {
    JournalSnapshot(
        sequence: sequence, at: Instant(milliseconds: sequence * 1_000), siteHash: site,
        state: (0..<size).map { UInt8(truncatingIfNeeded: Int64($0) &* 7 &+ sequence) })
}

/// What a call throws, or nil.
func failure(_ body: () throws -> Void) -> JournalError? {
    do {
        try body()
        return nil
    } catch {
        return error as? JournalError ?? .failed("not a JournalError: \(error)")
    }
}

extension JournalError {
    var isFull: Bool { if case .full = self { true } else { false } }
    var isReadOnly: Bool { if case .readOnly = self { true } else { false } }
    var isDamage: Bool { if case .corrupt = self { true } else { false } }
}
