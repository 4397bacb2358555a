import Escalation
import Foundation
import GatewayPorts
import SafetyCore
import SafetyModel
import Testing

@testable import MQTTLink

/// Plays the gateway's MQTT thread: receive, "commit", release.
final class LinkDriver {
    let link: BrokerLink
    private(set) var inputs: [CoreInput] = []
    private(set) var observations: [Observation] = []
    private(set) var keys: [UInt64] = []

    init(
        _ broker: TestBroker, clientID: String = "gateway", recentKeys: [UInt64] = [],
        _ change: (inout BrokerSettings) -> Void = { _ in }
    ) {
        var settings = BrokerSettings()
        settings.port = broker.port
        settings.clientID = clientID
        settings.subscriptions = ["homes/#"]
        settings.user = "anju"
        settings.passwordFile = broker.folder.appendingPathComponent("password").path
        settings.payloadLimit = 10_000
        change(&settings)
        let limit = settings.payloadLimit
        link = BrokerLink(
            settings: settings, gateway: "g1", version: "test", siteVersion: 7,
            reading: { FakeDecoder.read($0, $1, $2, &$3, limit: limit) }, recentKeys: recentKeys,
            isAllowed: { $0 == "wang" && $1 == "right" }, jitter: { 0 })
    }

    deinit { link.close() }

    /// One turn; without a release the received messages stay unacknowledged.
    func turn(
        _ publications: [Publication] = [], releasing: Bool = true, patience: Duration = .milliseconds(50)
    ) {
        var batch = InputBatch()
        link.receive(into: &batch, waitingAtMost: patience)
        #expect(batch.siteVersion == 7)
        inputs += batch.inputs
        observations += batch.observations
        keys += batch.deliveryKeys
        if releasing { link.release(publications) }
    }

    func run(releasing: Bool = true, until isDone: () -> Bool) -> Bool {
        let deadline = ContinuousClock.now + .patience
        while !isDone() {
            if ContinuousClock.now > deadline { return false }
            turn(releasing: releasing)
        }
        return true
    }

    func connect() throws {
        try #require(run { self.link.isUp && self.inputs.contains(.caughtUp) }, "never connected")
    }

    /// Devices of the messages, in order.
    var devices: [Int] {
        inputs.compactMap { if case .message(let message) = $0 { message.device.int } else { nil } }
    }

    var undecoded: [String] {
        inputs.compactMap { if case .undecoded(let message) = $0 { message.reason } else { nil } }
    }

    var commands: [PersonCommand] {
        inputs.compactMap { if case .command(let command) = $0 { command } else { nil } }
    }

    var reports: [DeliveryReport] {
        inputs.compactMap { if case .report(let report) = $0 { report } else { nil } }
    }

    var conditions: [GatewayCondition] {
        inputs.compactMap { if case .gateway(let condition) = $0 { condition } else { nil } }
    }
}

/// Knows `homes/h<home>/zigbee2mqtt/d<device>` exactly; the payload `bad` cannot be read, `smoke` is a
/// hazard.
enum FakeDecoder {
    static func index(home: Int, device: Int) -> Int { home * 100 + device }

    static func topic(home: Int, device: Int) -> String { "homes/h\(home)/zigbee2mqtt/d\(device)" }

    private static let directory: [[UInt8]: Int] = Dictionary(
        uniqueKeysWithValues: (1...2).flatMap { home in
            (0..<20).map { (Array(topic(home: home, device: $0).utf8), index(home: home, device: $0)) }
        })

    static func read(
        _ topic: UnsafeRawBufferPointer, _ payload: UnsafeRawBufferPointer, _ isRetained: Bool,
        _ observations: inout [Observation], limit: Int
    ) -> MessageVerdict {
        guard let device = directory[Array(topic)] else { return .unknownTopic }
        if payload.count > limit {
            return .undecoded(DeviceIndex(device), reason: "payload: larger than \(limit) bytes")
        }
        let text = String(decoding: payload, as: UTF8.self)
        if text == "bad" { return .undecoded(DeviceIndex(device), reason: "payload: not JSON") }
        observations.append(
            Observation(
                text == "smoke" ? .smoke : .motion, .flag(true), quality: isRetained ? .retained : .live))
        return .device(DeviceIndex(device), deviceTime: nil)
    }
}
