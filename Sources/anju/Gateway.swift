import ArgumentParser
import Foundation
import GatewayEngine
import GatewayPorts
import GatewayRuntime
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
        if recovered.isPartial {
            logger.error(
                "The state was made anew from what the journal still holds; what was learned before is lost.",
                metadata: ["count": "\(recovered.replayed)"])
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
        let keys = answerKeys(settings)
        let shelf = ChannelShelf(dispatcher: dispatcher, board: board, keys: keys, logger: logger)
        shelf.adopt(recovered.installation, publicURL: settings.http?.publicURL)
        board.addMetrics { shelf.metrics }
        let gate = try CoreGate.open(recovered, journal: journal, board: board, taker: dispatcher)
        let ruleFigures = RuleFigureShelf()
        board.addMetrics { [weak gate] in gate.map { ruleFigures.metrics(of: $0) } ?? [] }
        let host = GatewayHost(
            gate: gate, recovered: recovered, journal: journal, dispatcher: dispatcher, clock: clock,
            tokens: tokens(settings), notifier: notifier, logger: logger, makeLink: links.making,
            adopted: { shelf.adopt($0, publicURL: settings.http?.publicURL) })
        shelf.connect(host)
        reportOpening(to: host)
        let desk = DeskRoom(
            recovered.installation, desk: host, board: board, keys: keys,
            reply: { [shelf] in await shelf.reply(from: $0, text: $1) }, clock: clock, logger: logger)
        var services: [any Service] = [
            host, ReloadService(host: host, config: config, afterReload: desk.reload),
        ]
        services += desk.services
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
            await shelf.close()
            throw error
        }
        await shelf.close()
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

    /// Links and codes of earlier orders go on working as long as the file beside the store is the same.
    private func answerKeys(_ settings: GatewaySettings) -> any AnswerKeys {
        do {
            return try SecretAnswerKeys(file: settings.store.path + ".answer-key")
        } catch {
            logger.error(
                "Answer codes hold until the next start only: their secret cannot be kept.",
                metadata: ["error": "\(error.reason)"])
            return SecretAnswerKeys()
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
    /// Told the installation in force after each reload.
    let afterReload: @Sendable (Installation) -> Void

    func run() async throws {
        let queue = DispatchQueue(label: "anju.reload")
        signal(SIGHUP, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: queue)
        source.setEventHandler { [host, config, afterReload] in
            if let installation = host.reload(from: config) { afterReload(installation) }
        }
        source.activate()
        queue.async { [host, config, afterReload] in
            if let installation = host.reloadIfChanged(config) { afterReload(installation) }
        }
        try? await gracefulShutdown()
        source.cancel()
    }
}
