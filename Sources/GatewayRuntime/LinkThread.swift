import Foundation
import GatewayEngine
public import GatewayPorts
public import SafetyCore
import SafetyModel
public import SiteConfiguration
import Synchronization

/// A link with the one thing the host must be able to tell it.
public struct HostedLink {
    /// The way to and from the broker.
    public var link: any MessageLink
    /// Uses another site's topics from the next `receive` on.
    public var adopt: (_ installation: Installation, _ siteVersion: UInt32) -> Void
    /// Called after each turn: keeps figures, and says what became known of the broker's topics.
    public var turned: () -> [GatewayCondition]

    /// Makes a hosted link of a link and what the host may tell it.
    public init(
        link: any MessageLink, adopt: @escaping (_ installation: Installation, _ siteVersion: UInt32) -> Void,
        turned: @escaping () -> [GatewayCondition] = { [] }
    ) {
        self.link = link
        self.adopt = adopt
        self.turned = turned
    }
}

/// Makes a link: once at the start, and again when a thread was lost to a hanging disk.
public typealias LinkMaking =
    @Sendable (_ installation: Installation, _ siteVersion: UInt32, _ recentKeys: [UInt64]) -> HostedLink

/// The MQTT thread's host: receive, submit, release, in turn.
final class LinkThread: @unchecked Sendable {
    // Unchecked: everything mutable is inside `state`; a link is used by its loop only, but for `wake`.
    private let gate: CoreGate
    private let clock: GatewayClock
    private let dispatcher: ReleaseDispatcher
    private let make: LinkMaking
    private let afterBatch: @Sendable () -> Void
    private let report: @Sendable (GatewayCondition) -> Void
    private let stands: @Sendable (LinkStanding) -> Void
    private let state: Mutex<State>

    private struct State {
        var installation: Installation
        var siteVersion: UInt32
        var adoption: (Installation, UInt32)?
        var recentKeys: [UInt64]
        var generation = 0
        var isStopping = false
        var isRunning = false
        var turnedAt = GatewayClock.monotonicNanoseconds
        var waker: Waker?
    }

    /// A link as seen from other threads: `wake` is the one thing they may call.
    private struct Waker: @unchecked Sendable { let link: any MessageLink }

    /// Delivery keys remembered for a link that takes over.
    static let keyLimit = 4_096
    /// The longest wait for traffic, so that the thread can be seen to live.
    private static let longestWait = Duration.milliseconds(500)

    init(
        gate: CoreGate, clock: GatewayClock, dispatcher: ReleaseDispatcher, installation: Installation,
        recentKeys: [UInt64], make: @escaping LinkMaking, afterBatch: @escaping @Sendable () -> Void,
        report: @escaping @Sendable (GatewayCondition) -> Void,
        stands: @escaping @Sendable (LinkStanding) -> Void = { _ in }
    ) {
        self.gate = gate
        self.clock = clock
        self.dispatcher = dispatcher
        self.make = make
        self.afterBatch = afterBatch
        self.report = report
        self.stands = stands
        state = Mutex(
            State(installation: installation, siteVersion: gate.siteVersion, recentKeys: recentKeys))
    }

    /// When the loop turned last, in monotonic nanoseconds.
    var lastTurn: Int64 { state.withLock { $0.turnedAt } }

    /// Whether a loop is still running.
    var isRunning: Bool { state.withLock { $0.isRunning } }

    /// Starts a loop with a fresh link; one that ran before ends at its next turn.
    func start() {
        let generation = state.withLock {
            $0.generation += 1
            $0.isRunning = true
            return $0.generation
        }
        let thread = Thread { [self] in
            RealTimeScheduling.askForThisThread()
            run(generation)
        }
        thread.name = "anju-mqtt"
        thread.stackSize = 4 << 20
        thread.start()
    }

    func stop() {
        state.withLock {
            $0.isStopping = true
            $0.waker?.link.wake()
        }
    }

    /// Ends a waiting `receive`, because something is to be published.
    func wake() { state.withLock { $0.waker?.link.wake() } }

    /// Uses another site from the next turn on.
    func adopt(_ installation: Installation, siteVersion: UInt32) {
        let isSameBroker = state.withLock { state in
            let isSame = state.installation.settings.broker == installation.settings.broker
            state.installation = installation
            state.siteVersion = siteVersion
            if isSame { state.adoption = (installation, siteVersion) }
            state.waker?.link.wake()
            return isSame
        }
        guard !isSameBroker else { return }
        // Another broker, another credential: a fresh link, and what was wrong with the old one is over.
        report(GatewayCondition(.brokerUnfit, isActive: false))
        start()
    }

    private func run(_ generation: Int) {
        let (installation, version, keys) = state.withLock {
            ($0.installation, $0.siteVersion, $0.recentKeys)
        }
        let hosted = make(installation, version, keys)
        let waker = Waker(link: hosted.link)
        state.withLock { $0.waker = waker }
        var batch = InputBatch()
        var known: LinkStanding?
        while turn(generation, hosted) {
            hosted.link.receive(into: &batch, waitingAtMost: Self.longestWait)
            let hasNews = !batch.isEmpty
            if hasNews {
                remember(batch.deliveryKeys)
                if gate.submit(&batch, at: clock.now, by: .link) == .abandoned { return }
            }
            hosted.link.release(dispatcher.takeOutbound())
            // Waking the desk costs what the alarm should not wait for.
            if hasNews { afterBatch() }
            for condition in hosted.turned() { report(condition) }
            let standing = hosted.link.standing
            guard standing != known else { continue }
            known = standing
            gate.board.setStanding(standing)
            stands(standing)
        }
        hosted.link.release(dispatcher.takeOutbound())
        hosted.link.close()
        state.withLock { if $0.generation == generation { $0.isRunning = false } }
    }

    private func turn(_ generation: Int, _ hosted: HostedLink) -> Bool {
        let (goesOn, adoption) = state.withLock { state in
            state.turnedAt = GatewayClock.monotonicNanoseconds
            defer { if state.generation == generation { state.adoption = nil } }
            return (!state.isStopping && state.generation == generation, state.adoption)
        }
        if goesOn, let adoption { hosted.adopt(adoption.0, adoption.1) }
        return goesOn
    }

    private func remember(_ keys: [UInt64]) {
        guard !keys.isEmpty else { return }
        state.withLock { state in
            state.recentKeys.append(contentsOf: keys)
            if state.recentKeys.count > Self.keyLimit * 2 {
                state.recentKeys.removeFirst(state.recentKeys.count - Self.keyLimit)
            }
        }
    }
}
