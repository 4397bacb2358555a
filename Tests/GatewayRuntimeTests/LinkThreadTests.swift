import Escalation
import Foundation
import GatewayPorts
import Persistence
import SafetyCore
import SafetyModel
import SiteConfiguration
import Testing

@testable import GatewayEngine
@testable import GatewayRuntime

@Suite struct LinkThreadTests {
    private func link(_ house: TestHouse, keys: [UInt64] = []) -> LinkThread {
        LinkThread(
            gate: house.gate, clock: house.clock, dispatcher: house.dispatcher,
            installation: SmallSite.installation(), recentKeys: keys, make: house.broker.making,
            afterBatch: {}, report: { _ in })
    }

    @Test func `what was received is released after its commit, and ending closes`() throws {
        let folder = try TestFolder()
        let house = try TestHouse(in: folder.path)
        let link = link(house, keys: [1, 2])
        house.dispatcher.connect(wake: { link.wake() }, report: { _ in }, resolve: { _, _ in })
        link.start()
        house.journal.hangNext()
        house.broker.deliver(.smoke())
        house.journal.hangs.wait()
        #expect(house.broker.state.now.published.isEmpty)
        house.journal.go()
        #expect(house.broker.state.wait { $0.published.count == 1 })
        link.stop()
        #expect(house.broker.state.wait { $0.calls.last == "close" })
        while link.isRunning { Thread.sleep(forTimeInterval: 0.001) }
        #expect(house.broker.state.now.calls == ["open 2 keys [1, 2]", "release 1", "close"])
        house.store.close()
    }

    @Test func `a fresh link takes over with the keys of all that was taken in`()
        throws
    {
        let folder = try TestFolder()
        let house = try TestHouse(in: folder.path)
        let link = link(house)
        link.start()
        house.broker.deliver(.press(key: 5))
        while house.gate.sequence < 2 { Thread.sleep(forTimeInterval: 0.001) }
        house.journal.hangNext()
        house.broker.deliver(.smoke(key: 6))
        house.journal.hangs.wait()
        #expect(house.gate.abandon(turn: try #require(house.gate.committingTurn)) == .link)
        link.start()
        #expect(house.broker.state.wait { $0.calls.contains("open 2 keys [5, 6]") })
        house.journal.go()
        link.stop()
        #expect(house.broker.state.wait { $0.calls.contains("close") })
        while link.isRunning { Thread.sleep(forTimeInterval: 0.001) }
        #expect(house.broker.count("close") == 1)
        house.store.close()
    }

    @Test func `what the link knows of the broker reaches the board`() throws {
        let folder = try TestFolder()
        let house = try TestHouse(in: folder.path)
        let refused = LinkStanding(.refused, reason: "Connection Refused: not authorised.", code: 5)
        house.broker.state.change { $0.standing = refused }
        let told = Awaited([LinkStanding]())
        let link = LinkThread(
            gate: house.gate, clock: house.clock, dispatcher: house.dispatcher,
            installation: SmallSite.installation(), recentKeys: [], make: house.broker.making,
            afterBatch: {}, report: { _ in }, stands: { standing in told.change { $0.append(standing) } })
        link.start()
        while house.board.health().link != refused { Thread.sleep(forTimeInterval: 0.001) }
        house.broker.state.change { $0.standing = LinkStanding(.lost, reason: "away") }
        link.wake()
        while house.board.health().link.state != .lost { Thread.sleep(forTimeInterval: 0.001) }
        link.wake()
        link.stop()
        while link.isRunning { Thread.sleep(forTimeInterval: 0.001) }
        #expect(told.now == [refused, LinkStanding(.lost, reason: "away")], "each is told once")
        house.store.close()
    }

    @Test func `what was wrong with one broker is over when another is named`() throws {
        let folder = try TestFolder()
        let house = try TestHouse(in: folder.path)
        let told = Awaited([GatewayCondition]())
        let link = LinkThread(
            gate: house.gate, clock: house.clock, dispatcher: house.dispatcher,
            installation: SmallSite.installation(), recentKeys: [], make: house.broker.making,
            afterBatch: {}, report: { condition in told.change { $0.append(condition) } })
        link.start()
        link.adopt(SmallSite.installation(hash: 7), siteVersion: 3)
        #expect(told.now.isEmpty)
        var elsewhere = SmallSite.installation(hash: 8)
        elsewhere.settings.broker.port = 8_883
        link.adopt(elsewhere, siteVersion: 4)
        #expect(told.now == [GatewayCondition(.brokerUnfit, isActive: false)])
        link.stop()
        while link.isRunning { Thread.sleep(forTimeInterval: 0.001) }
        house.store.close()
    }

    @Test func `another broker gets a fresh link, the same one a new site between two turns`() throws {
        let folder = try TestFolder()
        let house = try TestHouse(in: folder.path)
        let link = link(house)
        link.start()
        #expect(house.broker.state.wait { !$0.calls.isEmpty })
        link.adopt(SmallSite.installation(hash: 7), siteVersion: 3)
        #expect(house.broker.state.wait { $0.calls.contains("adopt 3 7") })
        var elsewhere = SmallSite.installation(hash: 8)
        elsewhere.settings.broker.port = 8_883
        link.adopt(elsewhere, siteVersion: 4)
        #expect(house.broker.state.wait { $0.calls.contains("open 4 keys []") && $0.calls.contains("close") })
        #expect(house.broker.count("adopt 4 8") == 0)
        link.stop()
        while link.isRunning { Thread.sleep(forTimeInterval: 0.001) }
        #expect(house.broker.count("close") == 2)
        house.store.close()
    }

    @Test func `the keys that are remembered are bounded`() throws {
        let folder = try TestFolder()
        let house = try TestHouse(in: folder.path)
        let link = link(house)
        link.start()
        var large = InputBatch.smoke()
        large.deliveryKeys = (1...UInt64(LinkThread.keyLimit * 2)).map { $0 }
        house.broker.deliver(large)
        house.broker.deliver(.press(key: 77_777))
        while house.gate.sequence < 3 { Thread.sleep(forTimeInterval: 0.001) }
        link.start()
        #expect(
            house.broker.state.wait { state in
                state.calls.contains {
                    $0.hasSuffix(" 77777]") && $0.split(separator: ",").count == LinkThread.keyLimit
                }
            })
        link.stop()
        while link.isRunning { Thread.sleep(forTimeInterval: 0.001) }
        house.store.close()
    }

    @Test func `the limits of the watch are those of the plan`() {
        #expect(WatchThread.commitPatienceLimit == .seconds(2))
        #expect(WatchThread.turnPatienceLimit == .seconds(10))
        #expect(WatchThread.wallStepLimit == .seconds(2))
        // A stop ends within five seconds.
        #expect(GatewayHost.stopPatienceLimit + GatewayHost.finishPatienceLimit < .seconds(5))
    }
}
