import Dispatch
import Foundation

/// What an open store holds, closed once and in order: reader, writer, lock.
///
/// Closing may hang like any access to a disk, so it runs on a thread of its own and is waited for within a
/// limit.
final class StoreConnections: Sendable {
    let writer: WriteDoor?
    let reader: ReadDoor
    private let lock: StoreLock?

    init(writer: WriteDoor?, reader: ReadDoor, lock: StoreLock?) {
        self.writer = writer
        self.reader = reader
        self.lock = lock
    }

    /// Closes; after the patience the rest happens when the disk answers again.
    func close(within patience: Duration) {
        let closed = DispatchSemaphore(value: 0)
        Thread.detachNewThread { [writer, reader, lock] in
            try? reader.close()
            try? writer?.close()
            lock?.release()
            closed.signal()
        }
        _ = closed.wait(timeout: .now() + patience.inSeconds)
    }
}
