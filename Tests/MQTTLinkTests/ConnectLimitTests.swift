import Foundation
import GatewayPorts
import Glibc
import SafetyCore
import SafetyModel
import Testing

@testable import MQTTLink

@Suite(.serialized, .timeLimit(.minutes(10))) struct ConnectLimitTests {
    @Test func `above abandonedLimit hanging connects no further one starts`() {
        #expect(BrokerLink.mayConnect(hanging: BrokerLink.abandonedLimit - 1))
        #expect(!BrokerLink.mayConnect(hanging: BrokerLink.abandonedLimit))
    }

    @Test(.onItsOwnThread)
    func `a broker that never answers is told after connectPatienceLimit, and no wait is longer than asked`()
        throws
    {
        let (listener, port) = try muteListener()
        defer { close(listener) }
        var settings = BrokerSettings()
        settings.port = port
        let link = BrokerLink(
            settings: settings, gateway: "g1", version: "test", siteVersion: 1,
            reading: { _, _, _, _ in .ignored }, isAllowed: { _, _ in false }, jitter: { 0 })
        defer { link.close() }
        let start = ContinuousClock.now
        var batch = InputBatch()
        var isTold = false
        while !isTold, ContinuousClock.now - start < .seconds(120) {
            link.receive(into: &batch, waitingAtMost: .milliseconds(100))
            link.release([])
            isTold = link.standing.reason == "The broker does not answer."
            #expect(!batch.inputs.contains { if case .gateway = $0 { true } else { false } })
            batch.removeAll()
        }
        #expect(isTold)
        #expect(link.standing.state == .notYetConnected)
        #expect(ContinuousClock.now - start >= .milliseconds(BrokerLink.connectPatienceLimit - 500))
        #expect(!link.isUp)
    }

    @Test(.onItsOwnThread)
    func `a poll collects at most pollLimit messages and leaves the rest for the next`() throws {
        let broker = try TestBroker()
        let sender = try broker.client("h1")
        let receiver = try broker.client()
        #expect(receiver.subscribeAndWait("homes/#", qos: 0, timeout: .seconds(60)))
        let count = MQTTClient.pollLimit + 500
        for number in 0..<count {
            try sender.publish(topic: "homes/h1/x", payload: Array("\(number)".utf8), qos: 1, retain: false)
            if number % 500 == 0 { _ = sender.poll(timeout: .zero) }
        }
        #expect(sender.waitForAcknowledgements(timeout: .seconds(60)))
        var received = 0
        let start = ContinuousClock.now
        while received < count, ContinuousClock.now - start < .seconds(60) {
            let messages = receiver.poll(timeout: .milliseconds(200))
            #expect(messages.count <= MQTTClient.pollLimit)
            received += messages.count
        }
        #expect(received == count)
    }

    /// A socket that takes connections and never says a word.
    private func muteListener() throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(UInt32(0x7F00_0001).bigEndian)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // The pointers do not outlive the calls.
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
                bind(descriptor, name, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, name, &length) == 0
            }
        }
        try #require(isBound)
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}
