import CMosquitto
import Glibc

/// Ends a wait of the link from any thread: an eventfd, because `poll` cannot wait for a lock.
public final class WakeSignal: Sendable {
    /// To poll for; -1 when the system has no descriptors left, then waits end only by time.
    let descriptor: Int32

    /// Starts empty, or with the defaults.
    public init() {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
    }

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    /// Ends the wait that runs, or the next one.
    public func wake() {
        guard descriptor >= 0 else { return }
        var one: UInt64 = 1
        _ = Glibc.write(descriptor, &one, 8)
    }

    /// Takes the signal back.
    func clear() {
        guard descriptor >= 0 else { return }
        var count: UInt64 = 0
        _ = Glibc.read(descriptor, &count, 8)
    }
}
