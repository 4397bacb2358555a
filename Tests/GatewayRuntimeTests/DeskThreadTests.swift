import Escalation
import Foundation
import GatewayPorts
import Persistence
import SafetyCore
import SafetyModel
import Testing

@testable import GatewayEngine
@testable import GatewayRuntime

@Suite struct DeskThreadTests {
    @Test func `a command is answered after its commit`() async throws {
        let folder = try TestFolder()
        let house = try TestHouse(in: folder.path)
        let desk = DeskThread(gate: house.gate, clock: house.clock)
        house.dispatcher.connect(
            wake: {}, report: { desk.post(.report($0)) }, resolve: { desk.resolve($0, $1) })
        desk.start()
        house.journal.hangNext()
        let isAnswered = Awaited(false)
        let task = Task {
            let answer = await desk.ask(.acknowledge(7))
            isAnswered.change { $0 = true }
            return answer
        }
        #expect(await house.journal.hung())
        #expect(!isAnswered.now)
        house.journal.go()
        #expect(await task.value == .refused(.unknownIncident))
        await apart { desk.stop(within: .seconds(5)) }
        house.store.close()
    }

    @Test func `what the desk does to a home is answered after its commit, and refused at the end`()
        async throws
    {
        let folder = try TestFolder()
        let house = try TestHouse(in: folder.path)
        let desk = DeskThread(gate: house.gate, clock: house.clock)
        house.dispatcher.connect(
            wake: {}, report: { _ in }, resolve: { desk.resolve($0, $1) },
            resolveDesk: { desk.resolve($0, $1) })
        desk.start()
        let command = DeskCommand(home: "nowhere", by: "chen", act: .endWalkTest, origin: "http")
        #expect(await desk.ask(command) == .refused(.unknownHome))
        await apart { desk.stop(within: .seconds(5)) }
        #expect(await desk.ask(command) == .refused(.unavailable))
        house.store.close()
    }

    @Test func `two askers with the same reference get each his own answer`() async throws {
        let folder = try TestFolder()
        let house = try TestHouse(in: folder.path)
        let desk = DeskThread(gate: house.gate, clock: house.clock)
        house.dispatcher.connect(
            wake: {}, report: { desk.post(.report($0)) }, resolve: { desk.resolve($0, $1) })
        var alarm = InputBatch.smoke()
        _ = house.gate.submit(&alarm, at: house.clock.now, by: .link)
        desk.start()
        async let known = desk.ask(.acknowledge(1))
        async let unknown = desk.ask(.acknowledge(7))
        #expect(await known == .accepted(phase: .acknowledged))
        #expect(await unknown == .refused(.unknownIncident))
        await apart { desk.stop(within: .seconds(5)) }
        house.store.close()
    }

    @Test func `ending takes in what waits, and refuses what comes later`() async throws {
        let folder = try TestFolder()
        let house = try TestHouse(in: folder.path)
        let desk = DeskThread(gate: house.gate, clock: house.clock)
        house.dispatcher.connect(wake: {}, report: { _ in }, resolve: { desk.resolve($0, $1) })
        desk.post(.wallOffset(.seconds(3)))
        desk.start()
        await apart { desk.stop(within: .seconds(5)) }
        // The site, and what waited.
        #expect(house.gate.sequence == 2)
        #expect(await desk.ask(.acknowledge(1)) == .refused(.unavailable))
        house.store.close()
    }

    @Test func `who tells of a visit hears what became of it, also when the gateway ends`() async throws {
        let folder = try TestFolder()
        let house = try TestHouse(in: folder.path)
        let desk = DeskThread(gate: house.gate, clock: house.clock)
        house.dispatcher.connect(
            wake: {}, report: { _ in }, resolve: { _, _ in }, resolveVisit: { desk.resolve($0, $1) })
        desk.start()
        let visit = VisitRecord(
            home: "h1", by: "nina", way: .door, result: .well, origin: "http", reference: "r")
        var strange = visit
        strange.home = "nowhere"
        async let known = desk.ask(visit)
        async let unknown = desk.ask(strange)
        #expect(await known == .recorded)
        #expect(await unknown == .refused(.unknownHome))
        house.journal.hangNext()
        let task = Task { await desk.ask(visit) }
        #expect(await house.journal.hung())
        await apart { desk.stop(within: .milliseconds(50)) }
        #expect(await task.value == .refused(.unavailable))
        #expect(await desk.ask(visit) == .refused(.unavailable))
        house.journal.go()
        while house.gate.committingTurn != nil { try await Task.sleep(for: .milliseconds(1)) }
        house.store.close()
    }

    @Test func `an asker whose commit never ends is refused when the gateway ends`() async throws {
        let folder = try TestFolder()
        let house = try TestHouse(in: folder.path)
        let desk = DeskThread(gate: house.gate, clock: house.clock)
        house.dispatcher.connect(wake: {}, report: { _ in }, resolve: { desk.resolve($0, $1) })
        desk.start()
        house.journal.hangNext()
        let task = Task { await desk.ask(.acknowledge(1)) }
        #expect(await house.journal.hung())
        await apart { desk.stop(within: .milliseconds(50)) }
        #expect(await task.value == .refused(.unavailable))
        house.journal.go()
        // It comes to its end by itself, and answers nobody twice.
        while house.gate.committingTurn != nil { try await Task.sleep(for: .milliseconds(1)) }
        house.store.close()
    }

    @Test func `deadlines fire on time, with a clock that runs a thousand times as fast`() async throws {
        let folder = try TestFolder()
        let house = try TestHouse(in: folder.path, scale: 1_000)
        let desk = DeskThread(gate: house.gate, clock: house.clock)
        house.dispatcher.connect(
            wake: {}, report: { desk.post(.report($0)) }, resolve: { desk.resolve($0, $1) })
        desk.start()
        var alarm = InputBatch.smoke()
        _ = house.gate.submit(&alarm, at: house.clock.now, by: .link)
        desk.nudge()
        #expect(await house.channel.sent.reached { $0.contains { $0.order.purpose == .reminder } })
        // The second step is due after 60 s of gateway time, and the desk's longest wait is 1,000 s of it.
        let orders = house.channel.sent.now.map(\.order)
        let reminder = try #require(orders.first { $0.purpose == .reminder })
        let waited = reminder.orderedAt - orders[0].orderedAt
        #expect(waited >= .seconds(60) && waited < .seconds(900))
        await apart { desk.stop(within: .seconds(5)) }
        house.store.close()
    }

    @Test func `what waits for the thread is bounded`() async throws {
        let folder = try TestFolder()
        let house = try TestHouse(in: folder.path)
        let desk = DeskThread(gate: house.gate, clock: house.clock)
        house.dispatcher.connect(wake: {}, report: { _ in }, resolve: { desk.resolve($0, $1) })
        for _ in 0..<(DeskThread.pendingLimit + 10) { desk.post(.caughtUp) }
        #expect(await desk.ask(.acknowledge(1)) == .refused(.unavailable))
        desk.start()
        await apart { desk.stop(within: .seconds(30)) }
        #expect(house.gate.sequence == Int64(DeskThread.pendingLimit) + 1)
        house.store.close()
    }
}
