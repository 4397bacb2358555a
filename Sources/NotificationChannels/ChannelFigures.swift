public import Escalation
public import GatewayPorts
import SafetyModel
import Synchronization

/// What became of the orders of one way, since the start of the process.
public struct ChannelFigure: Hashable, Sendable {
    /// Tries that were handed to it.
    public var orders = 0
    /// Tries that arrived.
    public var delivered = 0
    /// Tries that did not, by what kept them.
    public var failed: [FailureClass: Int] = [:]
    /// When one arrived last, in milliseconds since 1970; nil when none has.
    public var lastSuccess: Int64?
    /// What waits for its turn now.
    public var backlog = ChannelBacklog()

    /// Starts at nothing.
    public init() {}

    /// Why a try did not arrive.
    public enum FailureClass: String, CaseIterable, Sendable {
        /// It will never work over this way: an unknown address, a refused request.
        case rejected
        /// Nobody answered within the channel's time limit.
        case timedOut
        /// There was no place for it.
        case busy
        /// The channel was ended under it.
        case ended
        /// Anything else that may work later: no connection, an error of the server.
        case failed

        init?(_ result: DeliveryReport.Result) {
            switch result {
            case .delivered: return nil
            case .rejected: self = .rejected
            case .failed(QueuedChannel.timedOutReason): self = .timedOut
            case .failed(QueuedChannel.busyReason): self = .busy
            case .failed(QueuedChannel.shuttingDownReason): self = .ended
            case .failed: self = .failed
            }
        }
    }

    /// The figures for Prometheus.
    public func metrics(of channel: String) -> [Metric] {
        let label = "channel=\"\(channel.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
        var metrics = [
            Metric(
                "anju_channel_orders_total", .counter, Double(orders), label: label,
                help: "Tries of orders handed to the channel."),
            Metric(
                "anju_channel_delivered_total", .counter, Double(delivered), label: label,
                help: "Tries that the channel delivered."),
        ]
        metrics += FailureClass.allCases.map { failure in
            Metric(
                "anju_channel_failed_total", .counter, Double(failed[failure] ?? 0),
                label: "\(label),class=\"\(failure.rawValue)\"", help: "Tries that were not delivered.")
        }
        metrics += [
            Metric(
                "anju_channel_waiting", .gauge, Double(backlog.count), label: label,
                help: "Orders that wait for their turn now."),
            Metric(
                "anju_channel_oldest_waiting_seconds", .gauge, backlog.oldestSeconds, label: label,
                help: "For how long the oldest of them has waited."),
        ]
        if let lastSuccess {
            metrics.append(
                Metric(
                    "anju_channel_last_success_timestamp_seconds", .gauge, Double(lastSuccess) / 1_000,
                    label: label, help: "When the channel delivered last, in seconds since 1970."))
        }
        return metrics
    }
}

/// What waits in a channel for its turn.
public struct ChannelBacklog: Hashable, Sendable {
    /// How many orders.
    public var count: Int
    /// For how long the oldest has waited; 0 when none does.
    public var oldestSeconds: Double

    /// Makes one from its parts.
    public init(count: Int = 0, oldestSeconds: Double = 0) {
        self.count = count
        self.oldestSeconds = oldestSeconds
    }
}

/// Counts what channels do, over reloads.
public final class ChannelFigures: Sendable {
    private let state = Mutex<[String: ChannelFigure]>([:])
    private let now: @Sendable () -> Int64

    /// - Parameter now: the wall clock in milliseconds since 1970.
    public init(now: @escaping @Sendable () -> Int64 = WallClock.milliseconds) { self.now = now }

    /// Forgets channels that are in no site any more and shows those that are there from the beginning.
    public func keep(_ names: [String]) {
        state.withLock { state in
            state = state.filter { names.contains($0.key) }
            for name in names where state[name] == nil { state[name] = ChannelFigure() }
        }
    }

    /// The figures, by name, with what waits in the channels now; a channel that ends counts with the one
    /// that took its name.
    public func metrics(waiting backlogs: [(name: String, backlog: ChannelBacklog)]) -> [Metric] {
        var all = state.withLock { $0 }
        for (name, backlog) in backlogs {
            let before = all[name]?.backlog ?? ChannelBacklog()
            all[name, default: ChannelFigure()].backlog = ChannelBacklog(
                count: before.count + backlog.count,
                oldestSeconds: max(before.oldestSeconds, backlog.oldestSeconds))
        }
        return all.sorted { $0.key < $1.key }.flatMap { $0.value.metrics(of: $0.key) }
    }

    fileprivate func countOrder(_ channel: String) {
        state.withLock { $0[channel, default: ChannelFigure()].orders += 1 }
    }

    fileprivate func count(_ result: DeliveryReport.Result, _ channel: String) {
        let moment = now()
        state.withLock { state in
            if let failure = ChannelFigure.FailureClass(result) {
                state[channel, default: ChannelFigure()].failed[failure, default: 0] += 1
            } else {
                state[channel, default: ChannelFigure()].delivered += 1
                state[channel]?.lastSuccess = moment
            }
        }
    }
}

/// A channel whose orders and reports are counted on their way.
public final class CountedChannel: NotificationChannel {
    /// The name by which responders' channels refer to it.
    public var name: String { channel.name }
    private let channel: any NotificationChannel
    private let figures: ChannelFigures

    /// Makes one around the channel that sends.
    public init(_ channel: any NotificationChannel, figures: ChannelFigures) {
        self.channel = channel
        self.figures = figures
    }

    /// Sends one order over the channel.
    public func send(_ message: OrderMessage, report: @escaping @Sendable (DeliveryReport) -> Void) {
        figures.countOrder(name)
        channel.send(message) { [figures, name] in
            figures.count($0.result, name)
            report($0)
        }
    }
}
