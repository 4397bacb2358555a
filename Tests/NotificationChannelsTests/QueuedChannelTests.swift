import Escalation
import Foundation
import GatewayPorts
import NIOCore
import SafetyModel
import Synchronization
import Testing

@testable import NotificationChannels

@Suite(.timeLimit(.minutes(10))) struct QueuedChannelTests {
    /// Carries nothing before it is opened, and remembers in which order it was asked.
    final class Gate: OrderCarrier {
        private let state = Mutex(
            (order: [Urgency](), isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

        var order: [Urgency] { state.withLock { $0.order } }

        func open() {
            let waiting = state.withLock { state in
                state.isOpen = true
                defer { state.waiting = [] }
                return state.waiting
            }
            for one in waiting { one.resume() }
        }

        func carry(_ delivery: OrderDelivery) async -> DeliveryReport.Result {
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    state.order.append(delivery.message.order.urgency)
                    if !state.isOpen { state.waiting.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() }
            }
            return .delivered
        }

        func shutdown() async { open() }
    }

    private func channel(_ gate: Gate, _ limits: ChannelLimits, timeout: Duration = Examples.patience)
        -> QueuedChannel
    {
        QueuedChannel(name: "storm", timeout: timeout, limits: limits, carrier: gate)
    }

    @Test func `a storm of 5,000 orders is sent in the order of urgency, life safety first`() async throws {
        let gate = Gate()
        let channel = channel(gate, ChannelLimits(inFlightLimit: 4))
        let reports = Reports()
        for number: Int32 in 0..<5_000 {
            let urgency = Urgency.allCases[3 - Int(number % 4)]
            channel.send(Examples.message(number: number, urgency: urgency)) { reports.add($0) }
        }
        try await eventually { gate.order.count >= 4 }
        // What was free when the storm began was taken by whoever came first; one place was kept.
        let before = gate.order.count
        gate.open()
        let all = try await reports.first(5_000)
        #expect(all.allSatisfy { $0.result == .delivered })
        #expect(Set(all.map(\.order.number)).count == 5_000)
        let order = Array(gate.order.dropFirst(before))
        // Four run side by side, so neighbours may change places; a whole urgency never does.
        let places = order.enumerated().filter { $0.element == .lifeSafety }.map(\.offset)
        #expect((places.last ?? 0) < places.count + 4)
        #expect(order.suffix(1_000).allSatisfy { $0 == .technical })
        await channel.shutdown()
    }

    @Test func `above waitingLimit the least pressing order fails as busy, and life safety still gets in`()
        async throws
    {
        let gate = Gate()
        var limits = ChannelLimits(inFlightLimit: 1)
        limits.waitingLimit = 2
        let channel = channel(gate, limits)
        let reports = Reports()
        for (number, urgency) in [Urgency.routine, .routine, .technical, .routine, .lifeSafety].enumerated() {
            channel.send(Examples.message(number: Int32(number), urgency: urgency)) { reports.add($0) }
        }
        let refused = try await reports.first(2)
        #expect(refused.map(\.order.number) == [2, 3])
        #expect(refused.allSatisfy { $0.result == .failed(reason: "busy") })
        gate.open()
        _ = try await reports.first(5)
        #expect(gate.order == [.routine, .lifeSafety, .routine])
        await channel.shutdown()
    }

    @Test func `a quarter of inFlightLimit is kept for life safety`() async throws {
        let gate = Gate()
        let channel = channel(gate, ChannelLimits(inFlightLimit: 4))
        let reports = Reports()
        for number: Int32 in 0..<10 {
            channel.send(Examples.message(number: number, urgency: .routine)) { reports.add($0) }
        }
        try await eventually { gate.order.count == 3 }
        channel.send(Examples.message(number: 10, urgency: .lifeSafety)) { reports.add($0) }
        try await eventually { gate.order.count == 4 }
        #expect(gate.order.last == .lifeSafety)
        await channel.shutdown()
    }

    @Test func `a channel whose carrier hangs reports in time and holds no other channel up`() async throws {
        let stuck = Gate()
        let free = Gate()
        free.open()
        let first = channel(stuck, ChannelLimits(inFlightLimit: 2), timeout: .milliseconds(200))
        let second = channel(free, ChannelLimits(inFlightLimit: 2))
        let (failed, delivered) = (Reports(), Reports())
        for number: Int32 in 0..<100 {
            first.send(Examples.message(number: number)) { failed.add($0) }
            second.send(Examples.message(number: number)) { delivered.add($0) }
        }
        #expect(try await delivered.first(100).allSatisfy { $0.result == .delivered })
        #expect(try await failed.first(100).allSatisfy { $0.result == .failed(reason: "timed out") })
        await first.shutdown()
        await second.shutdown()
        #expect(failed.all.count == 100)
    }

    @Test func `a rate holds what is routine back and keeps a share for life safety`() throws {
        var rate = SendingRate(4, per: .seconds(60))
        let second: UInt64 = 1_000_000_000
        #expect(rate.countLimit == 4)
        for moment: UInt64 in 1...3 {
            #expect(rate.pause(before: .routine, at: moment * second) == 0)
            rate.count(at: moment * second)
        }
        // The first of the three leaves the minute at 61 s.
        #expect(rate.pause(before: .routine, at: 4 * second) == 57 * second)
        #expect(rate.pause(before: .lifeSafety, at: 4 * second) == 0)
        rate.count(at: 4 * second)
        #expect(rate.pause(before: .lifeSafety, at: 5 * second) == 56 * second)
        #expect(rate.pause(before: .lifeSafety, at: 61 * second) == 0)
    }

    @Test func `what a rate holds back goes out when its turn comes, the most pressing first`() async throws {
        let gate = Gate()
        gate.open()
        let limits = ChannelLimits(inFlightLimit: 8, rate: SendingRate(2, per: .milliseconds(400)))
        let channel = channel(gate, limits)
        let reports = Reports()
        for (number, urgency) in [Urgency.routine, .routine, .technical, .routine, .lifeSafety].enumerated() {
            channel.send(Examples.message(number: Int32(number), urgency: urgency)) { reports.add($0) }
        }
        _ = try await reports.first(5)
        #expect(gate.order == [.routine, .routine, .lifeSafety, .routine, .technical])
        await channel.shutdown()
    }
}
