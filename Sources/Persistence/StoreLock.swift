import Foundation
import GatewayPorts
import Synchronization

/// The gateway's claim on its store: a locked file beside the database, freed by the system when the process
/// ends.
///
/// A file of its own, because closing any descriptor of the database file would drop SQLite's locks on it.
final class StoreLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// - Throws: `failed` when another gateway holds it, `readOnly` or `full` when the file cannot be made.
    init(path: String) throws(JournalError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw JournalError(errno: errno, path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let cause = errno
            close(descriptor)
            guard cause == EWOULDBLOCK else { throw JournalError(errno: cause, path) }
            throw .failed("\(path): another gateway process uses this store")
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    /// Lets another gateway have the store.
    func release() {
        descriptor.withLock { held in
            guard let open = held else { return }
            // A child between fork and exec may share the descriptor: closing it alone would leave the claim.
            flock(open, LOCK_UN)
            close(open)
            held = nil
        }
    }
}
