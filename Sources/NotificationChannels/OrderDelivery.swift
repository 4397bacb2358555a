import Escalation
import GatewayPorts
import NIOCore
import Synchronization

/// One try of one order on its way: it is reported once, whoever comes first (answer, time-out, shutdown).
final class OrderDelivery: Sendable {
    let message: OrderMessage
    /// When the try is over, waiting, name lookup and connecting included.
    let deadline: NIODeadline
    private let state: Mutex<State>

    private struct State {
        /// Nil once it was called.
        var report: (@Sendable (DeliveryReport) -> Void)?
        var expiry: Scheduled<Void>?
        var sending: Task<Void, Never>?
        var isGivenUp = false
    }

    init(
        _ message: OrderMessage, deadline: NIODeadline, report: @escaping @Sendable (DeliveryReport) -> Void
    ) {
        self.message = message
        self.deadline = deadline
        state = Mutex(State(report: report))
    }

    /// Reports, unless it was reported before.
    func finish(_ result: DeliveryReport.Result) {
        let report = state.withLock { state in
            let report = state.report
            state.report = nil
            return report
        }
        let order = message.order
        report?(DeliveryReport(order: order.id, attempt: order.attempt, result: result))
    }

    /// Reports as failed, unless it was reported before, and stops the sending.
    func giveUp(reason: String) {
        finish(.failed(reason: reason))
        let (expiry, sending) = state.withLock { state in
            state.isGivenUp = true
            return (state.expiry, state.sending)
        }
        expiry?.cancel()
        sending?.cancel()
    }

    /// Whether nobody waits for its result any more.
    var isOver: Bool { NIODeadline.now() >= deadline || state.withLock { $0.isGivenUp } }

    /// Remembers the clock that will give it up.
    func expires(by expiry: Scheduled<Void>) {
        let isTooLate = state.withLock { state in
            state.expiry = expiry
            return state.isGivenUp
        }
        if isTooLate { expiry.cancel() }
    }

    /// Remembers the task that sends it.
    func sends(in task: Task<Void, Never>) {
        let isTooLate = state.withLock { state in
            state.sending = task
            return state.isGivenUp
        }
        if isTooLate { task.cancel() }
    }
}
