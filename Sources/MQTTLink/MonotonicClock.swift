import Glibc

/// The clock for waiting: never set, never going back.
enum MonotonicClock {
    /// Milliseconds since some moment before the process started.
    static func milliseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}

extension Duration {
    /// For C: whole milliseconds, at least 0.
    var inMilliseconds: Int64 {
        max(0, components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000)
    }
}
