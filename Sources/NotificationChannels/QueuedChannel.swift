import AsyncHTTPClient
public import Escalation
public import GatewayPorts
import NIOCore
import SafetyModel
import Synchronization

/// Carries one order over one way; the queue in front of it keeps order, limits and time.
protocol OrderCarrier: Sendable {
    /// Tries once, at the latest until the delivery's deadline; what blocks runs on a thread of its own.
    func carry(_ delivery: OrderDelivery) async -> DeliveryReport.Result

    /// Ends what is under way and closes connections.
    func shutdown() async
}

/// A channel that sends what is most pressing first, within limits, and reports each try exactly once.
///
/// At most `inFlightLimit` tries run at once and `waitingLimit` wait. A share of the places and of the rate
/// is kept for life safety, so that what is routine never stands in its way; where no place is left the least
/// pressing try fails as "busy". A try is over at its deadline whatever its carrier does.
public final class QueuedChannel: NotificationChannel {
    /// The name by which responders' channels refer to it.
    public let name: String
    private let carrier: any OrderCarrier
    private let timeout: Duration
    private let limits: ChannelLimits
    private let state: Mutex<State>

    private struct State {
        var waiting: SendingQueue<OrderDelivery>
        var sending: [ObjectIdentifier: OrderDelivery] = [:]
        var rate: SendingRate?
        /// Waits for the rate to allow the next try.
        var turn: Scheduled<Void>?
        var isShutDown = false
    }

    init(name: String, timeout: Duration, limits: ChannelLimits, carrier: any OrderCarrier) {
        self.name = name
        self.timeout = timeout
        self.limits = limits
        self.carrier = carrier
        state = Mutex(State(waiting: SendingQueue(waitingLimit: limits.waitingLimit), rate: limits.rate))
    }

    /// Sends one order; the report comes within the channel's time limit, waiting for a place included.
    public func send(_ message: OrderMessage, report: @escaping @Sendable (DeliveryReport) -> Void) {
        let delivery = OrderDelivery(message, deadline: .now() + TimeAmount(timeout), report: report)
        let expiry = Self.loop.scheduleTask(deadline: delivery.deadline) { [weak self] in
            delivery.giveUp(reason: Self.timedOutReason)
            self?.state.withLock { $0.waiting.remove(delivery) }
        }
        delivery.expires(by: expiry)
        let refusal: (delivery: OrderDelivery, reason: String)? = state.withLock { state in
            if state.isShutDown { return (delivery, Self.shuttingDownReason) }
            let urgency = message.order.urgency
            let isNext = state.waiting.first.map { urgency < $0.message.order.urgency } ?? true
            if isNext, mayStart(urgency, in: &state) == 0 {
                begin(delivery, in: &state)
                return nil
            }
            let displaced = state.waiting.add(delivery, urgency: urgency)
            startWhatMay(in: &state)
            return displaced.map { ($0, Self.busyReason) }
        }
        refusal?.delivery.giveUp(reason: refusal?.reason ?? "")
    }

    /// Fails what waits and what is on its way, and closes the carrier; later orders fail at once.
    public func shutdown() async {
        let abandoned = state.withLock { state in
            state.isShutDown = true
            state.turn?.cancel()
            return state.waiting.removeAll() + state.sending.values
        }
        for delivery in abandoned { delivery.giveUp(reason: Self.shuttingDownReason) }
        await carrier.shutdown()
    }

    /// Ends when nothing waits and nothing is on its way any more, at the latest with the last deadline.
    public func drain() async {
        while state.withLock({ !$0.isShutDown && ($0.waiting.count > 0 || !$0.sending.isEmpty) }) {
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    /// What waits for its turn, without what is on its way.
    public var backlog: ChannelBacklog {
        let (count, oldest) = state.withLock { ($0.waiting.count, $0.waiting.heads.map(\.deadline).min()) }
        guard let oldest else { return ChannelBacklog() }
        // All of them have the same time limit, so the oldest is the one whose time is over first.
        let waited = Double(timeout.wholeMilliseconds) / 1_000 - Double((oldest - .now()).nanoseconds) / 1e9
        return ChannelBacklog(count: count, oldestSeconds: max(0, waited))
    }

    /// Why a try failed where the channel itself says it.
    static let timedOutReason = "timed out"
    static let busyReason = "busy"
    static let shuttingDownReason = "shutting down"

    private static var loop: any EventLoop { HTTPClient.defaultEventLoopGroup.any() }

    /// Starts the most pressing tries as long as places and rate allow it.
    private func startWhatMay(in state: inout State) {
        guard !state.isShutDown else { return }
        while let next = state.waiting.first {
            guard let pause = mayStart(next.message.order.urgency, in: &state) else { return }
            guard pause == 0 else { return scheduleTurn(after: pause, in: &state) }
            _ = state.waiting.takeFirst()
            begin(next, in: &state)
        }
    }

    /// Whether a try may begin: 0 now, a number of nanoseconds later, nil once a place is free.
    private func mayStart(_ urgency: Urgency, in state: inout State) -> UInt64? {
        guard state.sending.count < limits.places(for: urgency) else { return nil }
        return state.rate?.pause(before: urgency, at: NIODeadline.now().uptimeNanoseconds) ?? 0
    }

    private func scheduleTurn(after pause: UInt64, in state: inout State) {
        state.turn?.cancel()
        state.turn = Self.loop.scheduleTask(in: .nanoseconds(Int64(pause))) { [weak self] in
            self?.state.withLock { self?.startWhatMay(in: &$0) }
        }
    }

    private func begin(_ delivery: OrderDelivery, in state: inout State) {
        state.rate?.count(at: NIODeadline.now().uptimeNanoseconds)
        state.sending[ObjectIdentifier(delivery)] = delivery
        let task = Task {
            if !Task.isCancelled { delivery.finish(await self.carrier.carry(delivery)) }
            self.leave(delivery)
        }
        delivery.sends(in: task)
    }

    private func leave(_ delivery: OrderDelivery) {
        delivery.giveUp(reason: "ended without an answer")
        state.withLock { state in
            state.sending[ObjectIdentifier(delivery)] = nil
            startWhatMay(in: &state)
        }
    }
}

/// How much a channel does at once.
public struct ChannelLimits: Hashable, Sendable {
    /// Tries under way at the same time (1 to 1,000).
    public var inFlightLimit = 64
    /// Tries that wait for a place (0 to 100,000).
    public var waitingLimit = 10_000
    /// How many tries may begin in a stretch of time; nil means any number.
    var rate: SendingRate?

    /// The usual figures.
    public init() {}

    init(inFlightLimit: Int, rate: SendingRate? = nil) {
        self.inFlightLimit = inFlightLimit
        self.rate = rate
    }

    /// The share of the places that only life safety may take, as a divisor.
    static let reservedShare = 4

    /// How many places an order of this urgency may find taken before it waits.
    func places(for urgency: Urgency) -> Int {
        urgency == .lifeSafety ? inFlightLimit : inFlightLimit - inFlightLimit / Self.reservedShare
    }
}
