import Dispatch
import Testing

/// Runs the tests of a suite on a thread of their own, one after the other.
///
/// They wait for sockets and processes without suspending; on Swift's few cooperative threads they would hold
/// up every other test of the process.
struct OwnThread: SuiteTrait, TestTrait, TestScoping {
    /// Around each test, not around the suite: the time limit's clock stays outside.
    let isRecursive = true
    private let executor = Executor()

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(executor) { try await function() }
    }

    private final class Executor: TaskExecutor {
        private let queue = DispatchQueue(label: "anju.tests.own-thread")

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }
}

extension Trait where Self == OwnThread {
    static var onItsOwnThread: Self { Self() }
}
