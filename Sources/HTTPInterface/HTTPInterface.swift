public import GatewayPorts
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import SafetyModel
public import ServiceLifecycle

/// The gateway's HTTP interface: health, figures, incidents, and what people do about them.
///
/// | request | answer |
/// |---|---|
/// | `GET /healthz` | 200 when healthy, else 503; JSON of `GatewayHealth`; no token |
/// | `GET /metrics` | figures for Prometheus; no token, nothing personal |
/// | `GET /api/v1/incidents` | `{"incidents": [...], "next": ...}`; `state`, `home`, `limit`, `before` |
/// | `GET /api/v1/incidents/{id}` | one incident's document |
/// | `POST /api/v1/incidents/{id}/acknowledge` | after the commit; also `/on-scene`, `/need-help`, `/close` |
///
/// Two kinds of bearer token: the one of `HTTPSettings.tokenFile` reads everything and acts for the responder
/// that the body names; a responder's own token acts for himself and reads nothing. Errors are problem
/// details (RFC 9457).
public struct HTTPInterface: Service {
    private let settings: HTTPSettings
    private let limits: HTTPLimits
    private let responder: APIResponder
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    /// An interface that listens once it is run.
    ///
    /// - Parameter onListening: told the port each time the address is bound.
    /// - Throws: when the token file cannot be used.
    public init(
        settings: HTTPSettings, desk: any CommandDesk, board: any StatusBoard, logger: Logger,
        limits: HTTPLimits = HTTPLimits(), onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws(HTTPSetupError) {
        var token: [UInt8]?
        if let path = settings.tokenFile { token = try TokenFile.read(path) }
        self.settings = settings
        self.limits = limits
        self.logger = logger
        self.onListening = onListening
        let gate = TokenGate(apiToken: token, desk: desk, limits: limits)
        responder = APIResponder(
            gate: gate, commands: CommandCounter(desk: desk, limits: limits),
            incidents: IncidentReader(board: board, limits: limits), board: board, limits: limits)
    }

    /// Serves until graceful shutdown or cancellation.
    ///
    /// An address that cannot be bound (yet) is logged and tried again: a gateway without its HTTP interface
    /// still guards its homes.
    public func run() async throws {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do {
                try await serve()
            } catch {
                let metadata: Logger.Metadata = [LogKeys.error: "\(error)"]
                if !Task.isCancelled { logger.error("The HTTP interface does not run", metadata: metadata) }
            }
            guard !Task.isCancelled, !Task.isShuttingDownGracefully else { return }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: limits.bindRetryInterval) }
        }
    }

    /// Requests under way have `shutdownPatience` to end, then they are cut off.
    private func serve() async throws {
        let application = application()
        let patience = limits.shutdownPatience
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            group.addTask {
                try await gracefulShutdown()
                try await Task.sleep(for: patience)
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func application() -> some ApplicationProtocol {
        let ledger = ConnectionLedger(connectionLimit: limits.connectionLimit)
        let patience = TimeAmount(limits.requestPatience)
        let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: limits.headerLimit, maxHeaderListSize: limits.headerLimit,
            maxHeaderFieldCount: 100)
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .error)
        return Application(
            responder: responder,
            server: .http1(
                configuration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: [ConnectionGuard(ledger: ledger, patience: patience)],
                    idleTimeout: TimeAmount(limits.idlePatience), httpDecoderConfiguration: decoder)),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: Int(settings.port))),
            onServerRunning: { [logger, onListening] channel in
                let port = channel.localAddress?.port ?? 0
                logger.info("The HTTP interface listens", metadata: [LogKeys.port: "\(port)"])
                onListening(port)
            },
            logger: quiet)
    }
}
