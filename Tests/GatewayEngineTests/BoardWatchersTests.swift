import Escalation
import Foundation
import GatewayPorts
import SafetyCore
import SafetyModel
import Synchronization
import Testing

@testable import GatewayEngine

/// Those who watch hear of every commit, in order, and keep nobody waiting.
struct BoardWatchersTests {
    /// Changes that came, and work that waits until a test lets it run.
    final class Watch: Sendable {
        private let state = Mutex<(changes: [BoardChange], work: [@Sendable () -> Void])>(([], []))

        func take(_ change: BoardChange) { state.withLock { $0.changes.append(change) } }
        func later(_ work: @escaping @Sendable () -> Void) { state.withLock { $0.work.append(work) } }
        func run() {
            let work = state.withLock { state in
                defer { state.work = [] }
                return state.work
            }
            for one in work { one() }
        }
        var changes: [BoardChange] { state.withLock { $0.changes } }
        var waiting: Int { state.withLock { $0.work.count } }
    }

    @Test func `a commit that changes an incident is told with its document`() throws {
        let gate = try TestGate()
        let watch = Watch()
        gate.board.handOff { $0() }
        let subscription = gate.board.subscribe(watch.take)
        gate.submit(.saying(TestSite.smoke(1), .smoke))
        #expect(watch.changes.count == 1)
        let told = try #require(watch.changes.first)
        #expect(told.incidents.map(\.number) == [1])
        #expect(told.incidents.map(\.home) == ["h1"])
        #expect(told.incidents.map(\.document) == gate.board.openIncidents())
        #expect(told.health?.openIncidents == 1)
        gate.submit(InputBatch(.command(.by("nina", .acknowledge, on: 1))), after: 1)
        #expect(watch.changes.last?.incidents.first?.document == gate.board.openIncidents().first)
        #expect(watch.changes.last?.health == nil, "nothing of it changed")
        subscription.cancel()
        gate.submit(.saying(TestSite.smoke(2), .smoke), after: 2)
        #expect(watch.changes.count == 2)
    }

    @Test func `what says nothing new is not told`() throws {
        let gate = try TestGate()
        let watch = Watch()
        gate.board.handOff { $0() }
        let subscription = gate.board.subscribe(watch.take)
        gate.submit(InputBatch(.tick))
        let before = watch.changes.count
        gate.submit(.saying(TestSite.motion(1), .motion), after: 1)
        #expect(watch.changes.count == before)
        subscription.cancel()
    }

    @Test func `a home is named when the desk or supervision changes it, and a reload starts anew`() throws {
        let gate = try TestGate()
        let watch = Watch()
        gate.board.handOff { $0() }
        let subscription = gate.board.subscribe(watch.take)
        gate.submit(InputBatch(.desk(.at("h2", .startWalkTest(duration: .minutes(1))))))
        #expect(watch.changes.last?.homes == ["h2"])
        gate.submit(InputBatch(.link(isUp: true), .caughtUp), after: 1)
        gate.submit(InputBatch(.tick), after: 3_700)
        #expect(watch.changes.last?.homes == ["h1", "h2", "h3"], "their motion sensors are lost")
        try gate.gate.adopt(TestSite.installation(hash: 2), at: TestSite.start + .seconds(3_800))
        #expect(watch.changes.last?.isAfterGap == true)
        subscription.cancel()
    }

    @Test func `one who is too slow is told that he missed something, waitingLimit`() throws {
        let watchers = BoardWatchers()
        let watch = Watch()
        watchers.handOff(watch.later)
        let subscription = watchers.add(watch.take)
        for number in 0..<(BoardWatchers.waitingLimit + 5) {
            watchers.tell(BoardChange(homes: ["h\(number)"]))
        }
        #expect(watch.waiting == 1, "one piece of work, whatever waits")
        watch.run()
        let told = watch.changes
        #expect(told.count == BoardWatchers.waitingLimit + 1)
        #expect(told.dropLast().map(\.homes) == (0..<BoardWatchers.waitingLimit).map { ["h\($0)"] })
        #expect(told.map(\.isAfterGap).filter { $0 }.count == 1)
        #expect(told.last?.isAfterGap == true)
        watchers.tell(BoardChange(homes: ["later"]))
        watch.run()
        #expect(watch.changes.last?.homes == ["later"])
        #expect(watch.changes.last?.isAfterGap == false)
        subscription.cancel()
    }

    @Test func `a subscription that nobody keeps ends`() {
        let watchers = BoardWatchers()
        let watch = Watch()
        watchers.handOff { $0() }
        _ = watchers.add(watch.take)
        watchers.tell(BoardChange(homes: ["h1"]))
        #expect(watch.changes.isEmpty)
    }

    @Test func `without a place to run nothing is lost in silence`() {
        let watchers = BoardWatchers()
        let watch = Watch()
        let subscription = watchers.add(watch.take)
        watchers.tell(BoardChange(homes: ["h1"]))
        watchers.handOff { $0() }
        watchers.tell(BoardChange(homes: ["h2"]))
        #expect(watch.changes.map(\.homes) == [["h2"]])
        #expect(watch.changes.map(\.isAfterGap) == [true])
        subscription.cancel()
    }

    @Test func `watchers hear in degraded mode too`() throws {
        let gate = try TestGate()
        let watch = Watch()
        gate.board.handOff { $0() }
        let subscription = gate.board.subscribe(watch.take)
        gate.journal.onAppend(.fails)
        gate.submit(.saying(TestSite.smoke(1), .smoke))
        #expect(watch.changes.last?.incidents.map(\.number) == [1])
        #expect(watch.changes.last?.health?.isStoreAvailable == false)
        subscription.cancel()
    }
}

/// Commands of the desk through the gate.
struct DeskCommandGateTests {
    @Test func `a desk command is answered after its commit`() throws {
        let gate = try TestGate()
        gate.submit(InputBatch(.desk(.at("h1", .openIncident(kind: .fire, note: "a call")))))
        let replies = gate.notes.releases.flatMap(\.deskAnswers)
        #expect(replies.map(\.answer) == [.opened(incident: 1)])
        #expect(replies.map(\.command.reference) == ["r"])
        #expect(gate.notes.orders.map(\.order.responder) == ["nina"])
        #expect(try gate.replayedDigest() == gate.gate.digest)
    }

    @Test func `a desk command that crashed the gateway is refused and set aside`() throws {
        let input = InputBatch(.desk(.at("h1", .openIncident(kind: .fire, note: "a call"))))
        let trace = SuspectTrace([InputDigest.digest(of: input, at: 0)])
        let gate = try TestGate(breadcrumb: trace)
        gate.submit(input)
        #expect(gate.notes.releases.flatMap(\.deskAnswers).map(\.answer) == [.refused(.unavailable)])
    }

    final class SuspectTrace: Breadcrumb {
        let suspects: [UInt64]
        init(_ suspects: [UInt64]) { self.suspects = suspects }
        func enter(_ digest: UInt64) {}
        func leave() {}
    }
}
