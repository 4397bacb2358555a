import Escalation
import Foundation
import GatewayPorts
import Glibc
import SafetyCore
import SafetyModel
import Testing

@testable import MQTTLink

/// The link against a real mosquitto with the shipped configuration.
@Suite(.serialized, .timeLimit(.minutes(10)), .onItsOwnThread) struct BrokerLinkTests {
    @Test func `a message becomes an input of its device and the link says when it has caught up`() throws {
        let broker = try TestBroker()
        let driver = LinkDriver(broker)
        try driver.connect()
        let bridge = try broker.client("h1")
        try bridge.publish(topic: FakeDecoder.topic(home: 1, device: 3), payload: Array("smoke".utf8))
        #expect(driver.run { driver.devices == [103] })
        #expect(driver.inputs.first == .link(isUp: true))
        #expect(driver.observations.map(\.signal) == [.smoke])
        #expect(driver.keys.count == 1)
    }

    @Test func `what was received and not released comes again, and nothing that was released`() throws {
        let broker = try TestBroker()
        var driver: LinkDriver? = LinkDriver(broker)
        try driver?.connect()
        let bridge = try broker.client("h1")
        try bridge.publish(topic: FakeDecoder.topic(home: 1, device: 1), payload: [1])
        try #require(driver?.run { driver?.devices == [101] } == true)
        try bridge.publish(topic: FakeDecoder.topic(home: 1, device: 2), payload: [2])
        try #require(driver?.run(releasing: false) { driver?.devices == [101, 102] } == true)
        driver = nil
        let next = LinkDriver(broker)
        try next.connect()
        #expect(next.run { !next.devices.isEmpty })
        #expect(next.devices == [102])
    }

    @Test func `a message that was committed before a crash is dropped when it comes again`() throws {
        let broker = try TestBroker()
        var driver: LinkDriver? = LinkDriver(broker)
        try driver?.connect()
        let bridge = try broker.client("h1")
        for device in 1...5 {
            try bridge.publish(topic: FakeDecoder.topic(home: 1, device: device), payload: [9])
        }
        try #require(driver?.run(releasing: false) { driver?.devices.count == 5 } == true)
        // Committed are the first three; the crash comes before any PUBACK.
        let journalled = Array(driver?.keys.prefix(3) ?? [])
        driver = nil
        let next = LinkDriver(broker, recentKeys: journalled)
        try next.connect()
        #expect(next.run { next.devices.count >= 2 && next.link.counters.redelivered >= 3 })
        #expect(next.devices == [104, 105])
        #expect(next.link.counters.redelivered == 3)
        // The dropped ones were acknowledged too: nothing is left.
        next.link.close()
        let last = LinkDriver(broker)
        try last.connect()
        #expect(last.devices.isEmpty)
    }

    @Test func `two equal presses stay two, also right after a reconnect`() throws {
        let broker = try TestBroker()
        var driver: LinkDriver? = LinkDriver(broker)
        try driver?.connect()
        let bridge = try broker.client("h1")
        let press = Array("press".utf8)
        for _ in 1...2 { try bridge.publish(topic: FakeDecoder.topic(home: 1, device: 4), payload: press) }
        try #require(driver?.run { driver?.devices == [104, 104] } == true)
        let journalled = driver?.keys ?? []
        driver = nil
        for _ in 1...2 { try bridge.publish(topic: FakeDecoder.topic(home: 1, device: 4), payload: press) }
        #expect(bridge.waitForAcknowledgements(timeout: .patience))
        let next = LinkDriver(broker, recentKeys: journalled)
        try next.connect()
        #expect(next.run { next.devices.count >= 2 })
        #expect(next.devices == [104, 104])
        #expect(next.link.counters.redelivered == 0)
    }

    @Test func `a connection that breaks before the release makes no message twice`() throws {
        let broker = try TestBroker()
        let driver = LinkDriver(broker)
        try driver.connect()
        let bridge = try broker.client("h1")
        try bridge.publish(topic: FakeDecoder.topic(home: 1, device: 1), payload: [1])
        try #require(driver.run(releasing: false) { driver.devices == [101] })
        broker.stop()
        try broker.start()
        #expect(driver.run { driver.inputs.filter { $0 == .link(isUp: true) }.count == 2 })
        #expect(driver.run { driver.inputs.filter { $0 == .caughtUp }.count == 2 })
        #expect(driver.run { driver.link.counters.redelivered >= 1 })
        #expect(driver.devices == [101])
        #expect(driver.link.counters.redelivered == 1)
        #expect(driver.inputs.filter { $0 == .link(isUp: false) }.count == 1)
    }

    @Test func `messages wait for the gateway through a restart of the broker`() throws {
        let broker = try TestBroker()
        var driver: LinkDriver? = LinkDriver(broker)
        try driver?.connect()
        driver = nil
        let bridge = try broker.client("h1")
        for number in 0..<1_500 {
            try bridge.publish(
                topic: FakeDecoder.topic(home: 1, device: number % 20), payload: Array("\(number)".utf8))
        }
        #expect(bridge.waitForAcknowledgements(timeout: .patience))
        broker.stop()
        try broker.start()
        let next = LinkDriver(broker)
        try next.connect()
        #expect(next.run { next.devices.count >= 1_500 })
        #expect(next.devices == (0..<1_500).map { 100 + $0 % 20 })
    }

    @Test func `a refused password is told and does not stop later tries`() throws {
        let broker = try TestBroker()
        let wrong = broker.folder.appendingPathComponent("wrong")
        try "not it\n".write(to: wrong, atomically: true, encoding: .utf8)
        let driver = LinkDriver(broker) { $0.passwordFile = wrong.path }
        #expect(driver.run { driver.conditions.contains { $0.kind == .brokerUnfit && $0.isActive } })
        #expect(driver.inputs.contains(.link(isUp: false)))
        #expect(driver.link.standing.state == .refused)
        #expect(driver.link.standing.code == 5, "not authorised, in MQTT 3.1.1")
        #expect(driver.conditions.last?.detail.contains("not authorised") == true)
        try "secret\n".write(to: wrong, atomically: true, encoding: .utf8)
        #expect(driver.run { driver.link.isUp })
        #expect(driver.conditions.last?.isActive == false)
        #expect(driver.link.standing == LinkStanding(.up))
    }

    @Test func `a broker that is not there is no wrong setting, and one that went away is lost`() throws {
        let broker = try TestBroker()
        broker.stop()
        let driver = LinkDriver(broker)
        #expect(driver.link.standing.state == .notYetConnected)
        #expect(driver.run { driver.link.standing.reason.contains("refused") })
        #expect(driver.link.standing.state == .notYetConnected)
        #expect(driver.link.standing.code == nil)
        #expect(driver.inputs.contains(.link(isUp: false)))
        #expect(driver.conditions.isEmpty, "nobody is told to look at the configuration")
        try broker.start()
        #expect(driver.run { driver.link.isUp })
        broker.stop()
        #expect(driver.run { driver.link.standing.state == .lost })
        #expect(!driver.conditions.contains { $0.isActive })
    }

    @Test func `a reason is never longer than reasonLimit`() {
        let standing = LinkStanding(.lost, reason: String(repeating: "x", count: 500))
        #expect(standing.reason.utf8.count == LinkStanding.reasonLimit)
    }

    @Test func `birth and goodbye stand retained, and the will when the gateway vanishes`() throws {
        let broker = try TestBroker()
        let watcher = try broker.client("console")
        #expect(watcher.subscribeAndWait("anju/g1/status", timeout: .patience))
        var states: [String] = []
        func sees(_ count: Int, _ driver: LinkDriver) -> Bool {
            TestBroker.eventually {
                driver.turn(releasing: false)
                states += watcher.poll(timeout: .milliseconds(20)).map {
                    String(decoding: $0.payload, as: UTF8.self)
                }
                return states.count >= count
            }
        }
        let driver = LinkDriver(broker)
        #expect(sees(1, driver))
        driver.link.close()
        #expect(sees(2, driver))
        let vanishing = LinkDriver(broker)
        #expect(sees(3, vanishing))
        let bridge = try broker.client("h1")
        try bridge.publish(topic: FakeDecoder.topic(home: 1, device: 1), payload: [1])
        #expect(vanishing.run(releasing: false) { vanishing.devices == [101] })
        vanishing.link.close()
        #expect(sees(4, vanishing))
        #expect(states.map { $0.contains("\"online\"") } == [true, false, true, false])
        let late = try broker.client("console")
        late.subscribe("anju/g1/status")
        #expect(late.poll(timeout: .patience).first?.isRetained == true)
    }

    @Test func `the shipped rights keep homes apart and strangers out`() throws {
        let broker = try TestBroker()
        let driver = LinkDriver(broker)
        try driver.connect()
        let bridge = try broker.client("h2")
        try bridge.publish(topic: FakeDecoder.topic(home: 1, device: 1), payload: [1])
        try bridge.publish(topic: "anju/g1/commands/wang", payload: [1])
        try bridge.publish(topic: FakeDecoder.topic(home: 2, device: 2), payload: [2])
        #expect(driver.run { !driver.devices.isEmpty })
        #expect(driver.devices == [202])
        #expect(driver.link.counters.badCommands == 0)
        bridge.subscribe("homes/#")
        let other = try broker.client("h1")
        try other.publish(topic: FakeDecoder.topic(home: 1, device: 5), payload: [5])
        #expect(driver.run { driver.devices == [202, 105] })
        #expect(bridge.poll(timeout: .milliseconds(300)).isEmpty)
        #expect(throws: MQTTError.self) { try broker.client("h1", password: "guessed") }
        let stranger = MQTTClient(host: "127.0.0.1", port: broker.port, clientID: "stranger")
        #expect(throws: MQTTError.self) { try stranger.connect(timeout: .patience) }
    }

    @Test func `with certificates it connects, and not to a broker of another authority`() throws {
        let broker = try TestBroker(tls: true)
        let driver = LinkDriver(broker) {
            $0.authorityFile = broker.folder.appendingPathComponent("ca.pem").path
            $0.certificateFile = broker.folder.appendingPathComponent("client.pem").path
            $0.keyFile = broker.folder.appendingPathComponent("client.key").path
        }
        try driver.connect()
        let bridge = MQTTClient(
            host: "127.0.0.1", port: broker.port, clientID: "tls", user: "h1", password: "secret")
        try bridge.useTLS(
            authorityFile: broker.folder.appendingPathComponent("ca.pem").path,
            certificateFile: broker.folder.appendingPathComponent("client.pem").path,
            keyFile: broker.folder.appendingPathComponent("client.key").path)
        try bridge.connect(timeout: .patience)
        for number in 0..<400 {
            try bridge.publish(topic: FakeDecoder.topic(home: 1, device: 1), payload: Array("\(number)".utf8))
        }
        #expect(bridge.waitForAcknowledgements(timeout: .patience))
        #expect(driver.run { driver.devices.count == 400 })
        let foreign = broker.folder.appendingPathComponent("foreign")
        try FileManager.default.createDirectory(at: foreign, withIntermediateDirectories: true)
        try TestCertificates.make(in: foreign)
        let deceived = LinkDriver(broker, clientID: "deceived") {
            $0.authorityFile = foreign.appendingPathComponent("ca.pem").path
        }
        #expect(deceived.run { deceived.conditions.contains { $0.kind == .brokerUnfit && $0.isActive } })
        #expect(!deceived.link.isUp)
    }

    @Test func `orders are reported when the broker has them, or when it does not take them`() throws {
        let broker = try TestBroker()
        let driver = LinkDriver(broker)
        try driver.connect()
        let responder = try broker.client("wang")
        #expect(responder.subscribeAndWait("anju/g1/orders/wang", timeout: .patience))
        let id = OrderID(incident: IncidentID(12), number: 3)
        let order = Publication.OrderAttempt(id: id, attempt: 2)
        let topic = "anju/g1/orders/wang"
        driver.turn([
            Publication(topic: topic, payload: [1, 2], order: order),
            Publication(topic: "anju/g1/orders/#", payload: [3], order: .init(id: id, attempt: 3)),
        ])
        #expect(driver.run { driver.reports.count == 2 })
        #expect(driver.reports.contains(DeliveryReport(order: id, attempt: 2, result: .delivered)))
        #expect(
            driver.reports.contains { if case .rejected = $0.result { $0.attempt == 3 } else { false } })
        #expect(responder.poll(timeout: .patience).map(\.payload) == [[1, 2]])
    }

    @Test func `a command is checked, taken in and answered`() throws {
        let broker = try TestBroker()
        let driver = LinkDriver(broker)
        try driver.connect()
        let responder = try broker.client("wang")
        #expect(responder.subscribeAndWait("anju/g1/answers/wang", timeout: .patience))
        let written =
            #"{"token":"right","incident":12,"act":"close","disposition":"falseAlarm","reference":"r7"}"#
        try responder.publish(topic: "anju/g1/commands/wang", payload: Array(written.utf8))
        #expect(driver.run { driver.commands.count == 1 })
        let command = PersonCommand(
            incident: IncidentID(12), responder: "wang", act: .close(.falseAlarm), origin: "mqtt",
            reference: "r7")
        #expect(driver.commands == [command])
        driver.turn([driver.link.topics.answer(.accepted(phase: .closed), to: command)])
        #expect(
            driver.run {
                responder.poll(timeout: .milliseconds(20)).contains { $0.text.contains("\"accepted\"") }
            })
        try responder.publish(topic: "anju/g1/commands/wang", payload: Array(#"{"token":"stolen"}"#.utf8))
        #expect(
            driver.run { responder.poll(timeout: .milliseconds(20)).contains { $0.text.contains("token") } })
        // One that the broker keeps is not carried out, now or at the next connection.
        try responder.publish(topic: "anju/g1/commands/wang", payload: Array(written.utf8), retain: true)
        let next = LinkDriver(broker, clientID: "other")
        try next.connect()
        #expect(next.run { next.link.counters.badCommands == 1 })
        #expect(next.commands.isEmpty)
    }

    @Test func `bad payloads and foreign topics are told or counted and stop nothing`() throws {
        let broker = try TestBroker()
        let driver = LinkDriver(broker)
        try driver.connect()
        let bridge = try broker.client("h1")
        let topic = FakeDecoder.topic(home: 1, device: 1)
        try bridge.publish(topic: topic, payload: Array("bad".utf8))
        try bridge.publish(topic: topic, payload: [UInt8](repeating: 65, count: 10_000_000))
        try bridge.publish(topic: topic, payload: [0xff, 0xfe, 0, 0x80])
        try bridge.publish(topic: topic, payload: [])
        try bridge.publish(topic: "homes/h1/zigbee2mqtt/d1/", payload: [1])
        try bridge.publish(topic: "homes/h1//zigbee2mqtt/d1", payload: [1])
        try bridge.publish(topic: "homes/h1/zigbee2mqtt/D1", payload: [1])
        try bridge.publish(topic: "homes/h1/zigbee2mqtt/new", payload: [1])
        try bridge.publish(topic: "homes/h1/zigbee2mqtt/new", payload: [1])
        #expect(throws: MQTTError.self) { try bridge.publish(topic: "homes/h1/+/d1", payload: [1]) }
        for wild in [
            "homes/h1/zigbee2mqtt/#", "homes/+/zigbee2mqtt/d2", "homes/h1/zigbee2mqtt/d2\u{0}",
            "$SYS/homes/h1",
        ] {
            RawPublisher.publish(topic: Array(wild.utf8), payload: [1], as: "h1", to: broker.port)
        }
        RawPublisher.publish(
            topic: Array("homes/h1/zigbee2mqtt/".utf8) + [0xc3, 0x28], payload: [1], as: "h1", to: broker.port
        )
        try bridge.publish(topic: FakeDecoder.topic(home: 1, device: 9), payload: Array("smoke".utf8))
        #expect(bridge.waitForAcknowledgements(timeout: .patience))
        #expect(driver.run { driver.devices.last == 109 })
        #expect(driver.devices == [101, 101, 109])
        #expect(driver.undecoded == ["payload: not JSON", "payload: larger than 10000 bytes"])
        #expect(driver.link.unknownTopics.total == 5)
        #expect(
            driver.link.unknownTopics.loudest(1) == [.init(topic: "homes/h1/zigbee2mqtt/new", count: 2)])
    }

    @Test func `a flood on one topic is named and shed, and its hazards and other homes get through`() throws
    {
        let broker = try TestBroker()
        let driver = LinkDriver(broker) { $0.floodLimit = 20 }
        try driver.connect()
        let bridge = try broker.client("h1")
        let topic = FakeDecoder.topic(home: 1, device: 1)
        for number in 0..<3_000 { try bridge.publish(topic: topic, payload: Array("\(number)".utf8)) }
        try bridge.publish(topic: topic, payload: Array("smoke".utf8))
        let other = try broker.client("h2")
        try other.publish(topic: FakeDecoder.topic(home: 2, device: 1), payload: Array("smoke".utf8))
        #expect(bridge.waitForAcknowledgements(timeout: .patience))
        #expect(other.waitForAcknowledgements(timeout: .patience))
        #expect(driver.run { driver.devices.contains(201) && driver.link.counters.messages == 3_002 })
        #expect(driver.observations.count { $0.signal == .smoke } == 2)
        #expect(driver.link.counters.shed > 1_000)
        #expect(driver.conditions.contains(GatewayCondition(.topicFlood, isActive: true, detail: topic)))
        #expect(
            driver.run {
                driver.conditions.contains(GatewayCondition(.topicFlood, isActive: false, detail: topic))
            })
    }
}

extension ReceivedMessage {
    var text: String { String(decoding: payload, as: UTF8.self) }
}

/// Publishes what libraries refuse to send.
enum RawPublisher {
    static func publish(topic: [UInt8], payload: [UInt8], as user: String, to port: UInt16) {
        let socket = TestBroker.connectRaw(port)
        guard socket >= 0 else { return }
        defer { close(socket) }
        let id = Array("raw-\(UUID().uuidString)".utf8)
        let body =
            field(Array("MQTT".utf8)) + [4, 0xc2, 0, 30] + field(id) + field(Array(user.utf8))
            + field(Array("secret".utf8))
        send(socket, [0x10] + length(body.count) + body)
        var answer = [UInt8](repeating: 0, count: 4)
        read(socket, &answer, 4)
        let message = field(topic) + payload
        // The answer to the ping, or the end of the connection, tells that the broker is done with the
        // message.
        send(socket, [0x30] + length(message.count) + message + [0xc0, 0])
        var rest: UInt8 = 0
        read(socket, &rest, 1)
    }

    private static func field(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes
    }

    private static func length(_ count: Int) -> [UInt8] {
        count < 128 ? [UInt8(count)] : [UInt8(count & 127 | 128), UInt8(count >> 7)]
    }

    private static func send(_ socket: Int32, _ bytes: [UInt8]) {
        _ = Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}
