import Foundation

/// Runs what blocks on a thread of its own, off Swift's pool.
enum OwnThread {
    /// Runs a body to its end, however long it takes; the caller bounds how many run at once.
    static func run<Value: Sendable>(
        _ name: String, _ body: @escaping @Sendable () -> Value
    ) async -> Value {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: body()) }
            thread.name = name
            thread.start()
        }
    }
}
