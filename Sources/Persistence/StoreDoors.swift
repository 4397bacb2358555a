import Dispatch
import GRDB
import GatewayPorts
import Synchronization

/// The writing connection: one caller at a time, on the caller's own thread, in a transaction.
///
/// `@unchecked Sendable`: `lastSequence` is touched inside the lane only.
final class WriteDoor: @unchecked Sendable {
    private let database: DatabaseQueue
    private let lane = Lane()
    private let patience: Duration
    private var lastSequence: Int64

    init(_ database: DatabaseQueue, lastSequence: Int64, patience: Duration) {
        self.database = database
        self.lastSequence = lastSequence
        self.patience = patience
    }

    /// Appends a batch; it is on disk when this returns.
    ///
    /// A row alone is a transaction of its own, which spares two statements with each message.
    func append(_ batch: JournalBatch) throws {
        try inLane { db in
            if batch.incidents.isEmpty {
                try BatchRecords.insert(batch, after: lastSequence, db)
            } else {
                try db.inTransaction(.immediate) {
                    try BatchRecords.insert(batch, after: lastSequence, db)
                    for incident in batch.incidents { try IncidentRecords.store(incident, db) }
                    return .commit
                }
            }
            lastSequence = max(lastSequence, batch.sequence + Int64(batch.count) - 1)
        }
    }

    /// Runs a body in a transaction of its own.
    func transaction<T>(_ body: (Database) throws -> T) throws -> T {
        try inLane { db in
            var result: T?
            try db.inTransaction(.immediate) {
                result = try body(db)
                return .commit
            }
            guard let result else { throw JournalError.failed("the transaction gave no result") }
            return result
        }
    }

    /// Runs a body outside of any transaction.
    func inLane<T>(_ body: (Database) throws -> T) throws -> T {
        guard lane.enter(within: patience) else {
            lane.declareBlocked()
            throw JournalError.failed("the disk has not finished an earlier commit")
        }
        defer { lane.leave() }
        return try database.unsafeReentrantWrite(body)
    }

    func close() throws { try database.close() }
}

/// The reading connection: off the caller's thread, so that a disk that hangs costs the caller its patience
/// only.
final class ReadDoor: Sendable {
    private let database: DatabaseQueue
    private let lane = Lane()
    private let queue = DispatchQueue(label: "anju.journal.reader")

    init(_ database: DatabaseQueue) { self.database = database }

    /// - Throws: `failed` after the patience, or at once while an earlier reading hangs.
    func read<T: Sendable>(
        within patience: Duration, _ body: @escaping @Sendable (Database) throws -> T
    ) throws -> T {
        guard lane.enter(within: patience) else {
            throw JournalError.failed("the disk has not finished an earlier reading")
        }
        let answer = Answer<T>()
        queue.async { [database, lane] in
            let result = Result { try database.unsafeRead(body) }
            lane.leave()
            answer.give(result)
        }
        guard let result = answer.wait(within: patience) else {
            database.interrupt()
            lane.declareBlocked()
            throw JournalError.failed("the disk did not answer in \(patience)")
        }
        return try result.get()
    }

    func close() throws { try database.close() }

    /// One value that another thread will give.
    private final class Answer<T: Sendable>: Sendable {
        private let value = Mutex<Result<T, any Error>?>(nil)
        private let given = DispatchSemaphore(value: 0)

        func give(_ result: Result<T, any Error>) {
            value.withLock { $0 = result }
            given.signal()
        }

        func wait(within patience: Duration) -> Result<T, any Error>? {
            guard given.wait(timeout: .now() + patience.inSeconds) == .success else { return nil }
            return value.withLock { $0 }
        }
    }
}
