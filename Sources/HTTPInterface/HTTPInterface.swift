import GatewayPorts
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import SafetyModel
public import ServiceLifecycle

/// The gateway's HTTP interface: the API, its stream of events, the console and the answer pages.
///
/// `Endpoint.all` lists what it answers, `/api/v1/openapi.json` describes it. Whoever asks is a person with a
/// session (cookie, and a word against forged requests), a program with the bearer token of
/// `HTTPSettings.tokenFile`, or a responder with a token of his own, who acts for himself and reads nothing.
/// Errors are problem details (RFC 9457).
public struct HTTPInterface: Service {
    private let settings: HTTPSettings
    private let limits: HTTPLimits
    private let responder: InterfaceResponder
    private let certificate: Certificate?
    private let doors: HTTPDoors
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    private var events: EventHub { responder.events.hub }

    /// An interface that listens once it is run.
    ///
    /// - Parameter onListening: told the port each time the address is bound.
    /// - Throws: when the token file, the certificate or its key cannot be used.
    public init(
        settings: HTTPSettings, doors: HTTPDoors, logger: Logger, limits: HTTPLimits = HTTPLimits(),
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws(HTTPSetupError) {
        var token: [UInt8]?
        if let path = settings.tokenFile { token = try TokenFile.read(path) }
        if let file = settings.certificateFile, let key = settings.keyFile {
            certificate = try Certificate(certificateFile: file, keyFile: key)
        } else {
            certificate = nil
        }
        self.settings = settings
        self.limits = limits
        self.logger = logger
        self.onListening = onListening
        self.doors = doors
        responder = InterfaceResponder(
            settings: settings, doors: doors, token: token, limits: limits, logger: logger)
    }

    /// Takes in new files of the site: who may sign in, and a renewed certificate.
    public func reload(users: [DeskUser]) {
        responder.doorkeeper.sessions.use(users)
        guard let certificate else { return }
        do {
            try certificate.renew()
        } catch {
            logger.error("The certificate is not renewed.", metadata: [LogKeys.error: "\(error.text)"])
        }
    }

    /// Serves until graceful shutdown or cancellation.
    ///
    /// An address that cannot be bound (yet) is logged and tried again: a gateway without its HTTP interface
    /// still guards its homes.
    public func run() async throws {
        let changes = doors.board.subscribe { [events, doors] in events.publish($0, at: doors.now()) }
        defer { changes.cancel() }
        let missing = Task { [notes = responder.notes] in await notes.watchDuty() }
        defer { missing.cancel() }
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
        let patience = limits.shutdownPatience
        let events = events
        events.open()
        defer { events.close() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let runs = try application()
            group.addTask { try await runs() }
            group.addTask {
                try await gracefulShutdown()
                events.close()
                try await Task.sleep(for: patience)
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// The server, ready to run.
    private func application() throws -> @Sendable () async throws -> Void {
        let ledger = ConnectionLedger(connectionLimit: limits.connectionLimit)
        let patience = TimeAmount(limits.requestPatience)
        let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: limits.headerLimit, maxHeaderListSize: limits.headerLimit,
            maxHeaderFieldCount: 100)
        let plain = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionGuard(ledger: ledger, patience: patience)],
            idleTimeout: TimeAmount(limits.idlePatience), httpDecoderConfiguration: decoder)
        let certificate = certificate
        let server = HTTPServerBuilder { responder in
            let inside = HTTP1Channel(responder: responder, configuration: plain)
            guard let certificate else { return inside }
            return EncryptedChannel(inside: inside, certificate: certificate)
        }
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .error)
        let application = Application(
            responder: responder, server: server,
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: Int(settings.port))),
            onServerRunning: { [logger, onListening] channel in
                let port = channel.localAddress?.port ?? 0
                logger.info("The HTTP interface listens", metadata: [LogKeys.port: "\(port)"])
                onListening(port)
            },
            logger: quiet)
        return { try await application.run() }
    }
}

extension InterfaceResponder {
    /// The rooms behind the door, put together.
    init(
        settings: HTTPSettings, doors: HTTPDoors, token: [UInt8]?, limits: HTTPLimits, logger: Logger
    ) {
        let looker = Looker(board: doors.board, limits: limits, count: limits.lookLimit)
        let scraper = Looker(board: doors.board, limits: limits, count: limits.scrapeLimit)
        let incidents = IncidentReader(looker: looker, limits: limits)
        let audit = AuditWriter(record: doors.record, now: doors.now, logger: logger, limits: limits)
        let hub = EventHub(run: String(doors.now().milliseconds, radix: 36), limits: limits)
        let sessions = SessionRegister(users: doors.users, limits: limits)
        doorkeeper = Doorkeeper(
            gate: TokenGate(apiToken: token, desk: doors.desk, limits: limits), sessions: sessions,
            site: SiteNames(settings: settings))
        bodies = BodyReader(limits: limits)
        session = SessionCounter(
            doorkeeper: doorkeeper, passwords: PasswordCheck(limits: limits),
            lockOut: LockOut(limits: limits), audit: audit, bodies: bodies, limits: limits,
            gateway: doors.gateway, language: doors.language)
        commands = CommandCounter(
            desk: doors.desk, board: doors.board, incidents: incidents, audit: audit, limits: limits)
        desk = DeskCounter(desk: doors.desk, board: doors.board, audit: audit, limits: limits)
        notes = NoteCounter(
            record: doors.record, looker: looker, audit: audit, events: hub, now: doors.now, limits: limits)
        board = BoardReader(
            looker: looker, scraper: scraper, incidents: incidents, now: doors.now, limits: limits)
        events = EventStream(hub: hub, sessions: sessions, now: doors.now, limits: limits)
        answers = AnswerCounter(
            keys: doors.keys, looker: looker, incidents: incidents, commands: commands, audit: audit,
            bodies: bodies, language: doors.language, now: doors.now, limits: limits)
        replies = ReplyCounter(reply: doors.reply, audit: audit, limits: limits)
        console = settings.consoleFolder.map { ConsoleFiles(folder: $0) } ?? .embedded
    }
}
