import Escalation
import Foundation
public import GatewayPorts
public import Logging
import NIOCore
public import SafetyModel
import Synchronization

/// Tells a URL at an interval that the gateway lives, so that somebody notices when it does not.
///
/// Each beat is a CloudEvent `anju.heartbeat.v1`, signed like an order's, with a sequence number from 1 since
/// the start, the interval after which the next may be expected, and the gateway's health. A beat that fails
/// is counted and logged once per outage; it stops nothing and is not repeated: the next one is on its way.
public final class HeartbeatWebhook: Sendable {
    private let gateway: String
    private let url: String
    private let interval: Duration
    private let timeout: Duration
    private let sender: WebhookSender
    private let board: any StatusBoard
    private let logger: Logger
    private let sleep: @Sendable (Duration) async throws -> Void
    private let now: @Sendable () -> Int64
    private let startedAt: Int64
    private let state = Mutex(State())

    private struct State {
        var figures = HeartbeatFigures()
        var running: Task<Void, Never>?
        var isShutDown = false
    }

    /// A webhook that beats once it is run; it must be shut down in the end.
    ///
    /// - Parameters:
    ///   - sleep: waits; `Task.sleep` unless a test brings its own time.
    ///   - now: the wall clock in milliseconds since 1970.
    /// - Throws: when the URL cannot be used or the secret cannot be read.
    public init(
        _ settings: HeartbeatSettings, gateway: String, board: any StatusBoard, logger: Logger,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        now: @escaping @Sendable () -> Int64 = WallClock.milliseconds
    ) throws(ChannelSetupError) {
        _ = try WebhookTarget(settings.url)
        var signature: WebhookSignature?
        if let path = settings.secretFile { signature = try WebhookSignature(secretFile: path) }
        self.gateway = gateway
        url = settings.url
        interval = settings.interval
        timeout = min(settings.timeout, settings.interval)
        sender = WebhookSender(
            signature: signature, connectionLimit: 1, connectPatience: timeout, now: now)
        self.board = board
        self.logger = logger
        self.sleep = sleep
        self.now = now
        startedAt = now()
    }

    /// How the beats fared since the start.
    public var figures: HeartbeatFigures { state.withLock { $0.figures } }

    /// Beats at once and then at every interval, until it is cancelled or shut down.
    ///
    /// A beat does not delay the next: the interval is counted from start to start.
    public func run() async {
        let beating = Task {
            await withDiscardingTaskGroup { group in
                for sequence in 1... {
                    group.addTask { await self.beat(Int64(sequence)) }
                    do { try await self.sleep(self.interval) } catch { break }
                    if Task.isCancelled { break }
                }
                group.cancelAll()
            }
        }
        let isTooLate = state.withLock { state in
            state.running = beating
            return state.isShutDown
        }
        if isTooLate { beating.cancel() }
        await withTaskCancellationHandler {
            await beating.value
        } onCancel: {
            beating.cancel()
        }
    }

    /// Ends `run` and closes the connection.
    public func shutdown() async {
        let running = state.withLock { state in
            state.isShutDown = true
            return state.running
        }
        running?.cancel()
        await running?.value
        await sender.shutdown()
    }

    private func beat(_ sequence: Int64) async {
        let body = event(sequence).bytes()
        let deadline = NIODeadline.now() + TimeAmount(timeout)
        let expiring = Task { await self.sender.post(body, to: url, deadline: deadline) { self.count($0) } }
        let expiry = Task {
            try? await Task.sleep(for: timeout)
            expiring.cancel()
        }
        await withTaskCancellationHandler {
            await expiring.value
        } onCancel: {
            expiring.cancel()
        }
        expiry.cancel()
    }

    private func count(_ result: DeliveryReport.Result) {
        switch result {
        case .delivered:
            let wasFailing = state.withLock { $0.figures.countDelivered() }
            if wasFailing { logger.info("Heartbeats are delivered again") }
        case .failed(let reason), .rejected(let reason):
            let isFirst = state.withLock { $0.figures.countFailed(reason) }
            guard isFirst else { return }
            logger.warning(
                "A heartbeat was not delivered", metadata: [LogKeys.deliveryReason: .string(reason)])
        }
    }

    private func event(_ sequence: Int64) -> CloudEvent {
        let health = board.health()
        var json = JSONText()
        json.object { json in
            json.key("sequence")
            json.value(sequence)
            json.key("intervalSeconds")
            json.value(interval.components.seconds)
            json.key("isHealthy")
            json.value(health.isHealthy)
            json.key("isLinkUp")
            json.value(health.isLinkUp)
            json.key("isStoreAvailable")
            json.value(health.isStoreAvailable)
            json.key("isSiteCurrent")
            json.value(health.isSiteCurrent)
            json.key("openIncidents")
            json.value(health.openIncidents)
            json.key("version")
            json.value(health.version)
        }
        return CloudEvent(
            id: "\(gateway)/heartbeat/\(startedAt)-\(sequence)", gateway: gateway, type: "anju.heartbeat.v1",
            subject: nil, time: WallTime(milliseconds: now()).rfc3339, document: json.bytes)
    }
}

/// How heartbeats fared.
public struct HeartbeatFigures: Hashable, Sendable {
    /// Beats that were answered with 2xx.
    public var delivered = 0
    /// Beats that were not.
    public var failed = 0
    /// Failures since the last one that was delivered.
    public var failedInARow = 0
    /// Why the newest failure failed.
    public var lastReason: String?

    /// None so far.
    public init() {}

    /// - Returns: whether the one before failed.
    mutating func countDelivered() -> Bool {
        delivered += 1
        defer { failedInARow = 0 }
        return failedInARow > 0
    }

    /// - Returns: whether it is the first after one that was delivered.
    mutating func countFailed(_ reason: String) -> Bool {
        failed += 1
        failedInARow += 1
        lastReason = reason
        return failedInARow == 1
    }
}
