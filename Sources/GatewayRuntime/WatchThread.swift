import Foundation
import GatewayEngine
import SafetyCore
import SafetyModel
import Synchronization

/// Watches that nothing hangs: gives slow commits up, brings the disk back, feeds systemd's watchdog, and has
/// snapshots written and old records pruned by threads that may take their time.
final class WatchThread: @unchecked Sendable {
    // Unchecked: `isStopping` and the chores are behind mutexes; the rest belongs to the one thread.
    private let gate: CoreGate
    private let clock: GatewayClock
    private let link: LinkThread
    private let desk: DeskThread
    private let notifier: ServiceNotifier
    private let chores: StoreChores
    private let isStopping = Mutex(false)
    private var seen: (turn: UInt64, since: Int64)?
    private var fedAt: Int64 = 0
    private var offsetAt: Int64 = 0
    private var offset: Duration

    /// A commit that takes longer is given up.
    static let commitPatienceLimit = Duration.seconds(2)
    /// A loop that did not turn for this long is stuck.
    static let turnPatienceLimit = Duration.seconds(10)
    /// A step of the wall clock beyond it is reported and moves schedules.
    static let wallStepLimit = Duration.seconds(2)
    private static let interval = 0.1

    init(
        gate: CoreGate, clock: GatewayClock, link: LinkThread, desk: DeskThread, notifier: ServiceNotifier,
        chores: StoreChores
    ) {
        self.gate = gate
        self.clock = clock
        self.link = link
        self.desk = desk
        self.notifier = notifier
        self.chores = chores
        offset = clock.wallOffset
    }

    func start() {
        let thread = Thread { [self] in
            while !isStopping.withLock({ $0 }) {
                look()
                Thread.sleep(forTimeInterval: Self.interval)
            }
        }
        thread.name = "anju-watch"
        thread.start()
    }

    func stop() { isStopping.withLock { $0 = true } }

    private func look() {
        let now = GatewayClock.monotonicNanoseconds
        watchCommit(now)
        chores.look(isDegraded: gate.isDegraded, now: now)
        feedWatchdog(now)
        watchWallClock(now)
    }

    private func watchCommit(_ now: Int64) {
        guard let turn = gate.committingTurn else {
            seen = nil
            return
        }
        guard let seen, seen.turn == turn else {
            self.seen = (turn, now)
            return
        }
        guard now - seen.since > Self.commitPatienceLimit.wholeMilliseconds * 1_000_000 else { return }
        self.seen = nil
        switch gate.abandon(turn: turn) {
        case .link:
            link.start()
            desk.nudge()
        case .desk: desk.start()
        case nil: break
        }
    }

    /// systemd hears from us only while both loops turn and no deadline is overdue.
    private func feedWatchdog(_ now: Int64) {
        guard let interval = notifier.watchdogInterval else { return }
        guard now - fedAt > interval.wholeMilliseconds * 1_000_000 / 3 else { return }
        let patience = Self.turnPatienceLimit.wholeMilliseconds * 1_000_000
        let isOverdue = gate.nextDeadline.map { clock.now - $0 > Self.turnPatienceLimit } ?? false
        guard now - link.lastTurn < patience, now - desk.lastTurn < patience, !isOverdue else { return }
        fedAt = now
        notifier.alive()
    }

    private func watchWallClock(_ now: Int64) {
        guard clock.scale == 1, now - offsetAt > 1_000_000_000 else { return }
        offsetAt = now
        let current = clock.wallOffset
        let step = current - offset
        guard step > Self.wallStepLimit || step < .zero - Self.wallStepLimit else { return }
        offset = current
        desk.post(.wallOffset(current))
        let seconds = step.wholeMilliseconds / 1_000
        desk.post(
            .gateway(
                GatewayCondition(.wallClockJump, isActive: true, detail: "the clock moved by \(seconds) s")))
        desk.post(.gateway(GatewayCondition(.wallClockJump, isActive: false)))
    }
}
