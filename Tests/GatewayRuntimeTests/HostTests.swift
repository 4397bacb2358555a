import Escalation
import Foundation
import GatewayPorts
import Logging
import Persistence
import SafetyCore
import SafetyModel
import ServiceLifecycle
import Testing

@testable import GatewayEngine
@testable import GatewayRuntime

@Suite struct HostTests {
    /// Runs a gateway until the body is done, then ends it as SIGTERM does.
    ///
    /// - Returns: how long ending took.
    private func running(_ house: TestHouse, _ body: @Sendable () async throws -> Void) async throws
        -> Duration
    {
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: house.host, successTerminationBehavior: .ignore)],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        let task = Task { try await group.run() }
        try await body()
        let start = ContinuousClock.now
        await group.triggerGracefulShutdown()
        try await task.value
        return ContinuousClock.now - start
    }

    @Test func `an alarm before a stop is known after it, and nothing has a new id`() async throws {
        let folder = try TestFolder()
        let first = try TestHouse(in: folder.path)
        let took = try await running(first) {
            first.broker.deliver(InputBatch.link(true))
            first.broker.deliver(.smoke())
            #expect(await first.channel.sent.reached { !$0.isEmpty })
            let answer = await first.host.submit(.acknowledge(1))
            #expect(answer == .accepted(phase: .acknowledged))
        }
        #expect(took < .seconds(5))
        #expect(first.broker.count("close") == 1)
        // Ending wrote a snapshot.
        #expect(try first.store.newestSnapshot()?.sequence == first.gate.sequence)
        #expect(
            first.broker.state.now.published.contains { $0.isRetained && $0.topic == "anju/g1/incidents/h1" })
        first.store.close()

        let second = try TestHouse(in: folder.path)
        #expect(second.gate.sequence == first.gate.sequence)
        _ = try await running(second) {
            #expect(await second.broker.state.reached { $0.calls.first == "open 1 keys [1]" })
            let again = await second.host.submit(.acknowledge(1))
            #expect(again == .accepted(phase: .acknowledged))
            let closed = await second.host.submit(
                PersonCommand(incident: IncidentID(1), responder: "nina", act: .close(.real), origin: "http"))
            #expect(closed == .accepted(phase: .closed))
        }
        let firstIDs = Set(first.channel.sent.now.map(\.order.id.text))
        let alarms = second.channel.sent.now.filter { $0.order.purpose == .alarm }
        #expect(Set(alarms.map(\.order.id.text)).isSubset(of: firstIDs))
        #expect(try second.journal.incidents(matching: IncidentQuery()).map(\.phase) == ["closed"])
        #expect(Array(second.store.quarantinedOrNone()).isEmpty)
        second.store.close()
    }

    @Test func `a commit that hangs is given up after two seconds, and a fresh link takes over`() async throws
    {
        let folder = try TestFolder()
        let house = try TestHouse(in: folder.path)
        _ = try await running(house) {
            house.broker.deliver(.press(key: 41))
            #expect(await house.channel.sent.reached { $0.count == 1 })
            house.journal.hangNext()
            let start = ContinuousClock.now
            house.broker.deliver(.smoke(key: 42))
            #expect(await house.channel.sent.reached { $0.contains { !$0.isRecorded } })
            let patience = ContinuousClock.now - start
            #expect(patience > WatchThread.commitPatienceLimit && patience < .seconds(4))
            // The keys of the batch that was given up are known to the link that takes over.
            #expect(await house.broker.state.reached { $0.calls.contains("open 2 keys [41, 42]") })
            house.broker.deliver(.press(key: 43))
            #expect(house.board.health().isStoreAvailable == false)
            house.journal.go()
            // The store is back within a second or two; the trouble is on record with all the rest.
            while house.gate.isDegraded { try await Task.sleep(for: .milliseconds(20)) }
        }
        #expect(house.broker.count("close") == 1)
        #expect(try house.store.lastSequence() == house.gate.sequence)
        let replayed = try Recovery.recover(
            SmallSite.installation(), journal: house.store, breadcrumb: nil, at: .start)
        #expect(replayed.digest == house.gate.digest)
        house.store.close()
    }

    @Test func `what was wrong with the broker in the run before is found again, or over`() async throws {
        let folder = try TestFolder()
        let first = try TestHouse(in: folder.path)
        _ = try await running(first) {
            first.broker.deliver(
                InputBatch.telling(GatewayCondition(.brokerUnfit, isActive: true, detail: "refused")))
            let board = first.board
            #expect(await first.channel.sent.reached { _ in board.health().troubles.contains(Self.unfit) })
        }
        first.store.close()
        let second = try TestHouse(in: folder.path)
        _ = try await running(second) {
            second.broker.deliver(InputBatch.link(true))
            let board = second.board
            #expect(await second.broker.state.reached { _ in board.health().isLinkUp })
            #expect(board.health().troubles.isEmpty)
        }
        second.store.close()
    }

    private static let unfit = "gateway/brokerUnfit"

    @Test func `also the very first commit may hang`() async throws {
        let folder = try TestFolder()
        let house = try TestHouse(in: folder.path)
        house.journal.hangNext()
        let took = try await running(house) {
            house.broker.deliver(.smoke())
            #expect(await house.channel.sent.reached { !$0.isEmpty })
            #expect(house.channel.sent.now.first?.isRecorded == false)
        }
        // The disk still hangs, and yet it ends in time.
        #expect(took < .seconds(5))
        house.journal.go()
        house.store.close()
    }

    @Test func `a full disk at the end keeps nobody, and what waited is written`() async throws {
        let folder = try TestFolder()
        let house = try TestHouse(in: folder.path)
        let took = try await running(house) {
            house.broker.deliver(InputBatch.link(true))
            #expect(await house.broker.state.reached { $0.waiting.isEmpty })
            house.journal.fail(true)
            house.broker.deliver(.smoke())
            #expect(await house.channel.sent.reached { !$0.isEmpty })
            house.journal.fail(false)
        }
        #expect(took < .seconds(5))
        #expect(try house.store.lastSequence() == house.gate.sequence)
        house.store.close()
    }

    @Test func `a new site reaches the link between two turns`() async throws {
        let folder = try TestFolder()
        let house = try TestHouse(in: folder.path)
        _ = try await running(house) {
            let site = SmallSite.installation(hash: 9)
            try house.gate.adopt(site, at: house.clock.now)
            house.host.link.adopt(site, siteVersion: house.gate.siteVersion)
            #expect(
                await house.broker.state.reached { $0.calls.contains("adopt \(house.gate.siteVersion) 9") })
            house.broker.deliver(.smoke())
            #expect(await house.channel.sent.reached { !$0.isEmpty })
        }
        house.store.close()
    }

    @Test func `a broken configuration leaves the running site, and says so`() async throws {
        let folder = try TestFolder()
        let house = try TestHouse(in: folder.path)
        _ = try await running(house) {
            house.host.reload(from: folder.path + "/missing.yaml")
            #expect(house.gate.siteHash == 1)
            #expect(!house.board.health().isSiteCurrent)
            #expect(await house.channel.sent.reached { $0.contains { $0.order.urgency == .urgent } })
        }
        house.store.close()
    }
}

extension InputBatch {
    static func telling(_ condition: GatewayCondition) -> InputBatch {
        var batch = InputBatch()
        batch.inputs = [.gateway(condition)]
        return batch
    }

    static func link(_ isUp: Bool) -> InputBatch {
        var batch = InputBatch()
        batch.inputs = [.link(isUp: isUp), .caughtUp]
        return batch
    }
}

extension Journal {
    func quarantinedOrNone() -> [QuarantinedInput] { (try? quarantined(limit: 10)) ?? [] }
}
