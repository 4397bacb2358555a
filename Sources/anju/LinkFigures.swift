import GatewayPorts
import GatewayRuntime
import MQTTLink
import NotificationChannels
import SafetyCore
import Synchronization

/// Figures of the link, copied once a second for those who look from other threads.
final class LinkFigures: Sendable {
    private let state = Mutex(State())

    private struct State {
        var counters = LinkCounters()
        var unknown = UnknownTopics()
        var takenAt: Int64 = 0
        /// When an order had its receipt last, in milliseconds since 1970.
        var lastDelivery: Int64?
    }

    /// How many unknown topics a trouble names.
    private static let namedTopics = 3

    /// Takes a copy when it is time; called on the link's thread.
    ///
    /// - Returns: the trouble of topics that no file knows, when there are new ones.
    func take(from link: BrokerLink) -> [GatewayCondition] {
        let now = GatewayClock.monotonicNanoseconds
        return state.withLock { state in
            guard now - state.takenAt > 1_000_000_000 else { return [] }
            state.takenAt = now
            let counters = link.counters
            if counters.orders.delivered > state.counters.orders.delivered {
                state.lastDelivery = WallClock.milliseconds()
            }
            state.counters = counters
            let had = state.unknown.total
            state.unknown = link.unknownTopics
            guard had == 0, state.unknown.total > 0 else { return [] }
            let names = state.unknown.loudest(Self.namedTopics).map(\.topic).joined(separator: ", ")
            return [GatewayCondition(.unknownTopics, isActive: true, detail: String(names.prefix(200)))]
        }
    }

    /// The figures for Prometheus.
    var metrics: [Metric] {
        let (counters, unknown, lastDelivery) = state.withLock { ($0.counters, $0.unknown, $0.lastDelivery) }
        let listed = unknown.loudest(20).map { entry in
            Metric(
                "anju_unknown_topic_messages", .gauge, Double(entry.count),
                label: "topic=\"\(Self.escaped(entry.topic))\"",
                help: "Messages on a topic that no file knows.")
        }
        return [
            Metric(
                "anju_messages_total", .counter, Double(counters.messages),
                help: "Messages from the broker."),
            Metric(
                "anju_redelivered_total", .counter, Double(counters.redelivered),
                help: "Messages that the broker delivered again and that were known."),
            Metric(
                "anju_shed_total", .counter, Double(counters.shed),
                help: "Messages of flooding topics that were dropped."),
            Metric(
                "anju_undecoded_total", .counter, Double(counters.undecoded),
                help: "Messages of known devices that could not be read."),
            Metric(
                "anju_bad_commands_total", .counter, Double(counters.badCommands), help: "Commands refused."),
            Metric(
                "anju_unknown_messages_total", .counter, Double(unknown.total),
                help: "Messages on topics that no file knows."),
        ] + listed + Self.orders(counters.orders, lastDelivery).metrics(of: SafetyMachine.brokerChannel)
    }

    /// The broker as a channel: `mqtt` itself, and channels that switch devices through it.
    private static func orders(_ counters: OrderCounters, _ lastDelivery: Int64?) -> ChannelFigure {
        var figure = ChannelFigure()
        figure.orders = counters.added
        figure.delivered = counters.delivered
        figure.failed = [.rejected: counters.rejected, .failed: counters.failed]
        figure.lastSuccess = lastDelivery
        figure.backlog = ChannelBacklog(
            count: counters.waiting, oldestSeconds: Double(counters.oldestWaiting) / 1_000)
        return figure
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
}
