import ArgumentParser
import Foundation
import GatewayEngine
import GatewayPorts
import GatewayRuntime
import HTTPInterface
import Logging
import NotificationChannels
import Persistence
import SafetyCore
import SafetyModel
import ServiceLifecycle
import SiteConfiguration
import UnixSignals

/// The wiring of the house, in one straight line.
struct Gateway {
    private let config: String
    private let logger = Logger(label: "anju")
    private let store: OpenedStore
    private var journal: any Journal { store.journal }
    private let recovered: Recovered
    private let clock: GatewayClock
    private let notifier = ServiceNotifier()

    /// Opens the store and brings the machine back; nothing talks to the world yet.
    init(config: String, clockScale: Double, clockStart: WallTime?) throws {
        self.config = config
        let files = StartFiles(config: config, logger: logger)
        let settings = try files.storeSettings()
        store = try OpenedStore(settings, logger: logger)
        let installation = try files.installation(store.reading)
        if clockScale != 1 || clockStart != nil, !installation.settings.isDemonstration {
            logger.critical("The clock may be scaled only for a site that says demonstration: true.")
            throw ExitCode(64)
        }
        let breadcrumb = MappedBreadcrumb(path: settings.path + ".breadcrumb")
        let start = GatewayClock(notBefore: .start, scale: clockScale, start: clockStart).now
        recovered = try Recovery.recover(
            installation, journal: store.journal, breadcrumb: breadcrumb, at: start)
        clock = GatewayClock(notBefore: recovered.lastInstant, scale: clockScale, start: clockStart)
        for complaint in recovered.complaints {
            logger.warning("Recovery had to step around damage.", metadata: ["error": "\(complaint)"])
        }
    }

    /// Runs until SIGTERM or SIGINT.
    func run() async throws {
        let settings = recovered.installation.settings
        let board = EngineBoard(journal: journal, version: AnjuVersion.text)
        let figures = LinkFigures()
        board.addMetrics { figures.metrics }
        let links = LinkFactory(version: AnjuVersion.text, tokens: tokens(settings), figures: figures)
        let dispatcher = ReleaseDispatcher(
            gateway: recovered.installation.site.gateway, answer: links.answering(recovered.installation),
            visitAnswer: links.answeringVisits(recovered.installation))
        let webhooks = settings.webhooks.compactMap(channel)
        dispatcher.use(webhooks)
        let gate = try CoreGate.open(recovered, journal: journal, board: board, taker: dispatcher)
        let shelf = RuleFigureShelf()
        board.addMetrics { [weak gate] in gate.map { shelf.metrics(of: $0) } ?? [] }
        let host = GatewayHost(
            gate: gate, recovered: recovered, journal: journal, dispatcher: dispatcher, clock: clock,
            tokens: tokens(settings), notifier: notifier, logger: logger, makeLink: links.making)
        reportOpening(to: host)
        var services: [any Service] = [host, ReloadService(host: host, config: config)]
        if let http = settings.http { services += interface(http, desk: host, board: board) }
        if let heartbeat = settings.heartbeat { services += beat(heartbeat, board: board) }
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0, successTerminationBehavior: .ignore) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // The host stops last; a slow client must not use up the five seconds that ending may take.
        configuration.maximumGracefulShutdownDuration = .seconds(1)
        let group = ServiceGroup(configuration: configuration)
        do {
            try await group.run()
        } catch {
            for webhook in webhooks { await webhook.shutdown() }
            throw error
        }
        for webhook in webhooks { await webhook.shutdown() }
        store.sqlite?.close()
    }

    private func tokens(_ settings: GatewaySettings) -> ResponderTokens {
        guard let file = settings.responderTokensFile else { return .none }
        do {
            return try ResponderTokens(file: file)
        } catch {
            logger.error("Nobody can act: the tokens cannot be read.", metadata: ["error": "\(error.text)"])
            return .none
        }
    }

    private func channel(_ settings: WebhookSettings) -> WebhookChannel? {
        do {
            return try WebhookChannel(settings)
        } catch {
            logger.error("A webhook cannot be used.", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func interface(
        _ settings: HTTPSettings, desk: any CommandDesk, board: EngineBoard
    ) -> [any Service] {
        do {
            return [try HTTPInterface(settings: settings, desk: desk, board: board, logger: logger)]
        } catch {
            logger.error("The HTTP interface cannot be used.", metadata: ["error": "\(error)"])
            return []
        }
    }

    private func beat(_ settings: HeartbeatSettings, board: EngineBoard) -> [any Service] {
        do {
            let webhook = try HeartbeatWebhook(
                settings, gateway: recovered.installation.site.gateway, board: board, logger: logger)
            return [HeartbeatService(webhook: webhook)]
        } catch {
            logger.error("The heartbeat cannot be used.", metadata: ["error": "\(error)"])
            return []
        }
    }

    private func reportOpening(to host: GatewayHost) {
        guard let report = store.sqlite?.openingReport else { return }
        guard let damaged = report.damagedFile else { return }
        logger.error("The database was damaged and set aside.", metadata: ["file": "\(damaged)"])
        host.report(GatewayCondition(.storeDamaged, isActive: true, detail: report.damage ?? "damaged"))
    }
}

/// Beats until shutdown.
struct HeartbeatService: Service {
    let webhook: HeartbeatWebhook

    func run() async throws {
        await withGracefulShutdownHandler {
            await webhook.run()
        } onGracefulShutdown: {
            Task { await webhook.shutdown() }
        }
    }
}

/// Reloads the files at SIGHUP, and once after the start when they changed meanwhile.
struct ReloadService: Service {
    let host: GatewayHost
    let config: String

    func run() async throws {
        let queue = DispatchQueue(label: "anju.reload")
        signal(SIGHUP, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: queue)
        source.setEventHandler { [host, config] in host.reload(from: config) }
        source.activate()
        queue.async { [host, config] in host.reloadIfChanged(config) }
        try? await gracefulShutdown()
        source.cancel()
    }
}
