import Dispatch
public import Escalation
import Foundation
public import GatewayEngine
public import GatewayPorts
public import Logging
public import SafetyCore
public import SafetyModel
public import ServiceLifecycle
public import SiteConfiguration

/// Owns the threads of a gateway: starts them, reloads the site, ends them with nothing lost.
public final class GatewayHost: Service, CommandDesk, Sendable {
    private let gate: CoreGate
    private let clock: GatewayClock
    private let journal: any Journal
    private let dispatcher: ReleaseDispatcher
    private let desk: DeskThread
    let link: LinkThread
    private let watch: WatchThread
    private let chores: StoreChores
    private let notifier: ServiceNotifier
    private let logger: Logger
    private let tokens: ResponderTokens
    private let adopted: @Sendable (Installation) -> Void

    /// How long after a commit those who watch are told: far below what an eye notices, and long enough for
    /// the alarm's own way to be over on a small machine.
    private static let watcherDelay = DispatchTimeInterval.milliseconds(20)

    /// How long the threads may take to end before the gateway goes on without them.
    static let stopPatienceLimit = Duration.seconds(3)
    /// How long the last snapshot may take.
    static let finishPatienceLimit = Duration.seconds(1)

    /// - Parameters:
    ///   - recovered: what the gate was opened with.
    ///   - makeLink: makes the way to the broker.
    ///   - adopted: brings channels in line with a site after a reload, whose secrets may be others; may
    ///     block.
    public init(
        gate: CoreGate, recovered: Recovered, journal: any Journal, dispatcher: ReleaseDispatcher,
        clock: GatewayClock, tokens: ResponderTokens, notifier: ServiceNotifier, logger: Logger,
        makeLink: @escaping LinkMaking, adopted: @escaping @Sendable (Installation) -> Void = { _ in }
    ) {
        self.gate = gate
        self.clock = clock
        self.journal = journal
        self.dispatcher = dispatcher
        self.notifier = notifier
        self.logger = logger
        self.tokens = tokens
        self.adopted = adopted
        let desk = DeskThread(gate: gate, clock: clock)
        self.desk = desk
        link = LinkThread(
            gate: gate, clock: clock, dispatcher: dispatcher, installation: recovered.installation,
            recentKeys: recovered.deliveryKeys, make: makeLink, afterBatch: { desk.nudge() },
            report: { desk.post(.gateway($0)) },
            stands: { standing in
                logger.info(
                    "The link to the broker stands anew.",
                    metadata: [
                        LogKeys.link: "\(standing.state.rawValue)", LogKeys.reason: "\(standing.reason)",
                    ])
            })
        chores = StoreChores(gate: gate, journal: journal, clock: clock, logger: logger)
        watch = WatchThread(
            gate: gate, clock: clock, link: link, desk: desk, notifier: notifier, chores: chores)
        let link = link
        dispatcher.connect(
            wake: { link.wake() }, report: { desk.post(.report($0)) }, resolve: { desk.resolve($0, $1) },
            resolveVisit: { desk.resolve($0, $1) }, resolveDesk: { desk.resolve($0, $1) })
        // A slow watcher must not keep the others waiting, and all of them come after the broker and the
        // channels have the order.
        let watchers = DispatchQueue(label: "anju.watchers", attributes: .concurrent)
        gate.board.handOff { work in
            watchers.asyncAfter(deadline: .now() + Self.watcherDelay, execute: work)
        }
    }

    /// Runs until graceful shutdown.
    public func run() async throws {
        await Self.onOwnThread("anju-start") { [self] in start() }
        try? await gracefulShutdown()
        await Self.onOwnThread("anju-stop") { [self] in stop() }
    }

    /// Runs what blocks on a thread of its own, off Swift's pool.
    private static func onOwnThread(_ name: String, _ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            let thread = Thread {
                body()
                continuation.resume()
            }
            thread.name = name
            thread.start()
        }
    }

    /// Hands a command in and waits until it is on disk.
    public func submit(_ command: PersonCommand) async -> CommandAnswer { await desk.ask(command) }

    /// Hands the record of a visit in and waits until it is on disk.
    public func submit(_ visit: VisitRecord) async -> VisitAnswer { await desk.ask(visit) }

    /// Hands in what a person at a desk does to a home, and waits until it is on disk.
    public func submit(_ command: DeskCommand) async -> DeskAnswer { await desk.ask(command) }

    /// The responder whose token this is, or nil.
    public func responder(withToken token: String) -> String? { tokens.responder(withToken: token) }

    /// Reports a trouble of the gateway itself.
    public func report(_ condition: GatewayCondition) { desk.post(.gateway(condition)) }

    /// Brings the files into force when they are not those of the site in force.
    ///
    /// - Returns: what came into force; nil when nothing did.
    @discardableResult
    public func reloadIfChanged(_ path: String) -> Installation? {
        Installation.isCurrent(gate.siteHash, at: path) ? nil : reload(from: path)
    }

    /// Brings new files into force: what can fail first, the swap last.
    ///
    /// Blocks; not for the cooperative pool.
    ///
    /// - Returns: what is in force now by these files; nil when they were refused.
    @discardableResult
    public func reload(from path: String) -> Installation? {
        notifier.reloading()
        defer { notifier.ready("armed") }
        let result = Installation.load(from: path)
        for problem in result.diagnostics where problem.severity == .error {
            logger.error("The configuration has an error.", metadata: [LogKeys.error: "\(problem)"])
        }
        guard let installation = result.installation else {
            refuseSite("\(result.errorCount) errors, see anju check")
            return nil
        }
        guard installation.fileHash != gate.siteHash else {
            adopted(installation)
            acceptSite()
            return installation
        }
        do {
            try gate.adopt(installation, at: clock.now)
        } catch {
            logger.error("The new site is refused.", metadata: [LogKeys.reason: "\(error.text)"])
            refuseSite(error.text)
            return nil
        }
        adopted(installation)
        link.adopt(installation, siteVersion: gate.siteVersion)
        desk.nudge()
        acceptSite()
        logger.info("A new site is in force.", metadata: [LogKeys.site: "\(installation.fileHash)"])
        return installation
    }

    private func refuseSite(_ reason: String) {
        gate.board.setSiteCurrent(false)
        desk.post(.gateway(GatewayCondition(.siteStale, isActive: true, detail: reason)))
    }

    private func acceptSite() {
        gate.board.setSiteCurrent(true)
        desk.post(.gateway(GatewayCondition(.siteStale, isActive: false)))
    }

    private func start() {
        // Also the first commit may hang, so somebody must watch it.
        watch.start()
        takeInRestart()
        gate.sayAgain()
        openLostAgain()
        desk.start()
        link.start()
        notifier.ready("armed")
        logger.notice(
            "The homes are guarded.", metadata: [LogKeys.sequence: "\(gate.sequence)"])
    }

    /// Says to the machine that what came before was heard, and that what passed since then was not.
    private func takeInRestart() {
        submitApart { [gate, clock] in
            var batch = InputBatch()
            batch.inputs = [.restarted, .wallOffset(clock.wallOffset)]
            // Troubles of the run before; those that go on are found again.
            let troubles: [GatewayCondition.Kind] = [
                .storeUnavailable, .recordsShed, .storeDamaged, .inputQuarantined, .brokerUnfit,
            ]
            batch.inputs += troubles.map { .gateway(GatewayCondition($0, isActive: false)) }
            _ = gate.submit(&batch, at: clock.now, by: .desk)
        }
    }

    /// Calls people again for incidents that were open and that the recovered state does not know.
    private func openLostAgain() {
        submitApart { [gate, clock, logger] in
            let reopening = gate.openLostAgain(at: clock.now)
            if reopening.isNothing { return }
            logger.error(
                "The state was lost; what was open on record is opened again.",
                metadata: [LogKeys.count: "\(reopening.opened)"])
            for number in reopening.left {
                logger.error(
                    "An incident that was open cannot be opened again.",
                    metadata: [LogKeys.incident: "\(number)"])
            }
        }
    }

    /// Submits on a thread of its own while `watch` looks, and waits unless the disk hangs.
    private func submitApart(_ body: @escaping @Sendable () -> Void) {
        let isTakenIn = DispatchSemaphore(value: 0)
        let thread = Thread {
            body()
            isTakenIn.signal()
        }
        thread.name = "anju-restart"
        thread.start()
        while isTakenIn.wait(timeout: .now() + .milliseconds(50)) == .timedOut, !gate.isDegraded {}
    }

    /// Ends the threads while somebody still watches the commits.
    private func stop() {
        notifier.stopping()
        let limit = GatewayClock.monotonicNanoseconds + Self.stopPatienceLimit.wholeMilliseconds * 1_000_000
        link.stop()
        while link.isRunning && GatewayClock.monotonicNanoseconds < limit {
            Thread.sleep(forTimeInterval: 0.01)
        }
        desk.stop(within: .nanoseconds(max(200_000_000, limit - GatewayClock.monotonicNanoseconds)))
        chores.finish(within: Self.finishPatienceLimit)
        watch.stop()
        logger.notice("The gateway ends.", metadata: [LogKeys.sequence: "\(gate.sequence)"])
    }
}
