import Foundation
import GatewayPorts
import SafetyModel
import Testing

@testable import HTTPInterface

@Suite(.serialized, .timeLimit(.minutes(10))) struct EventTests {
    /// A client that listens, on a connection of its own.
    struct Listening: Sendable {
        let connection: Connection

        init(_ browser: Browser, lastID: String? = nil, receiveBuffer: Int32? = nil) {
            connection = Connection(port: browser.client.port, receiveBuffer: receiveBuffer)
            let last = lastID.map { "Last-Event-ID: \($0)\r\n" } ?? ""
            connection.send(
                "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nCookie: \(browser.cookie)\r\n\(last)\r\n")
        }

        /// Reads until `count` events of some names came; nil when the server closes before.
        func events(_ count: Int, named names: [String]) -> [Event]? {
            var bytes: [UInt8] = []
            while true {
                let found = Event.all(in: bytes).filter { names.contains($0.name) }
                if found.count >= count { return Array(found.prefix(count)) }
                guard let part = connection.read(patience: Connection.patience), !part.isEmpty else {
                    return nil
                }
                bytes += part
            }
        }
    }

    struct Event: Hashable, Sendable {
        var id: String
        var name: String
        var document: String

        static func all(in bytes: [UInt8]) -> [Event] {
            let text = String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
            return text.components(separatedBy: "\n\n").compactMap { block in
                var event = Event(id: "", name: "", document: "")
                for line in block.split(separator: "\n") {
                    if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
                    if line.hasPrefix("event: ") { event.name = String(line.dropFirst(7)) }
                    if line.hasPrefix("data: ") { event.document = String(line.dropFirst(6)) }
                }
                return event.document.isEmpty ? nil : event
            }
        }
    }

    @Test func `a change reaches everybody who listens, once and in order`() async throws {
        let gateway = FakeGateway()
        try await RunningInterface.with(gateway) { client in
            let zhang = try #require(await Browser.signIn("zhang", client))
            let heard = await client.onThread {
                let clients = (0..<3).map { _ in Listening(zhang) }
                defer { for client in clients { client.connection.close() } }
                for client in clients { _ = client.events(1, named: ["beat"]) }
                gateway.change(#"{"id":1}"#)
                gateway.change(BoardChange(homes: ["h1"], visits: ["h2"]))
                return clients.map { $0.events(3, named: ["incident", "home", "visit"]) ?? [] }
            }
            #expect(Set(heard).count == 1)
            #expect(heard[0].map(\.name) == ["incident", "home", "visit"])
            #expect(heard[0].map(\.document) == [#"{"id":1}"#, #"{"id":"h1"}"#, #"{"home":"h2"}"#])
        }
    }

    @Test func `a client that comes back by its last id misses nothing`() async throws {
        let gateway = FakeGateway()
        try await RunningInterface.with(gateway) { client in
            let zhang = try #require(await Browser.signIn("zhang", client))
            let (first, second) = await client.onThread {
                let first = Listening(zhang)
                _ = first.events(1, named: ["beat"])
                gateway.change(#"{"id":1}"#)
                let known = first.events(1, named: ["incident"]) ?? []
                first.connection.close()
                for number in 2...4 { gateway.change("{\"id\":\(number)}") }
                let second = Listening(zhang, lastID: known.first?.id)
                defer { second.connection.close() }
                return (known, second.events(3, named: ["incident"]) ?? [])
            }
            #expect(first.map(\.document) == [#"{"id":1}"#])
            #expect(second.map(\.document) == [#"{"id":2}"#, #"{"id":3}"#, #"{"id":4}"#])
        }
    }

    @Test(arguments: ["other-1", "x", "", "-", "1-2-3", "run-99"])
    func `an id that means nothing any more is answered by reset`(id: String) {
        let hub = EventHub(run: "run", limits: HTTPLimits())
        hub.publish("incident", Array("{}".utf8))
        let listener = hub.listen(since: id, key: "k") {}
        let frames = listener?.waiting ?? []
        #expect(frames == (id.isEmpty ? [] : ["id: run-1\nevent: reset\ndata: {}\n\n"]))
    }

    @Test func `above eventRingLimit and eventRingByteLimit what is older is read anew`() {
        var limits = HTTPLimits()
        limits.eventRingLimit = 3
        for byteLimit in [1_000_000, 90] {
            limits.eventRingByteLimit = byteLimit
            let hub = EventHub(run: "r", limits: limits)
            for number in 1...20 { hub.publish("incident", Array("\(number)".utf8)) }
            let kept = byteLimit == 90 ? 2 : 3
            for known in 0...20 {
                let frames = hub.listen(since: "r-\(known)", key: "\(known)") {}?.waiting ?? []
                let isReset = frames.first?.contains("reset") == true
                #expect(isReset == (20 - known > kept), "\(known) of \(kept)")
                if !isReset { #expect(frames.count == 20 - known) }
            }
        }
    }

    @Test func `lost changes make everybody read anew`() {
        let hub = EventHub(run: "r", limits: HTTPLimits())
        let listener = hub.listen(since: nil, key: "k") {}
        hub.publish(BoardChange(homes: ["h1"], isAfterGap: true), at: WallTime(milliseconds: 0))
        let names = listener?.waiting.joined() ?? ""
        #expect(names.contains("event: reset\ndata: {}\n\nid: r-2\nevent: home"))
    }

    @Test func `above listenerQueueLimit a client is cut off, and nobody else notices`() {
        var limits = HTTPLimits()
        limits.listenerQueueLimit = 3
        let hub = EventHub(run: "r", limits: limits)
        let isClosed = Flag()
        let slow = hub.listen(since: nil, key: "slow") { isClosed.set() }
        for number in 1...3 { hub.publish("incident", Array("\(number)".utf8)) }
        #expect(!isClosed.isSet)
        let quick = hub.listen(since: nil, key: "quick") { Issue.record("the quick one is cut off") }
        hub.publish("incident", Array("4".utf8))
        #expect(isClosed.isSet)
        #expect(slow?.waiting.isEmpty == true)
        #expect(quick?.waiting.count == 1)
        #expect(hub.listenerCount == 1)
    }

    @Test func `above listenersPerSessionLimit the oldest ends, above listenerLimit nobody more is let in`() {
        var limits = HTTPLimits()
        limits.listenersPerSessionLimit = 2
        limits.listenerLimit = 3
        let hub = EventHub(run: "r", limits: limits)
        let isClosed = Flag()
        let first = hub.listen(since: nil, key: "a") { isClosed.set() }
        let second = hub.listen(since: nil, key: "a") {}
        #expect(!isClosed.isSet)
        let third = hub.listen(since: nil, key: "a") {}
        #expect(isClosed.isSet)
        #expect(hub.hasPlace(for: "b"))
        #expect(hub.listen(since: nil, key: "b") {} != nil)
        #expect(!hub.hasPlace(for: "c") && hub.hasPlace(for: "a"))
        #expect(hub.listen(since: nil, key: "c") {} == nil)
        #expect([first, second, third].allSatisfy { $0 != nil })
    }

    @Test func `a slow reader is cut off by the server while others hear everything`() async throws {
        let gateway = FakeGateway()
        let filling = String(repeating: "x", count: 200_000)
        let limits = RunningInterface.limits { $0.listenerQueueLimit = 8 }
        try await RunningInterface.with(gateway, limits: limits) { client in
            let zhang = try #require(await Browser.signIn("zhang", client))
            let (isClosed, heard) = await client.onThread {
                let slow = Listening(zhang, receiveBuffer: 4_096)
                defer { slow.connection.close() }
                _ = slow.connection.isReadable()
                let quick = Listening(zhang)
                defer { quick.connection.close() }
                _ = quick.events(1, named: ["beat"])
                var heard = 0
                // Long before 200 documents of 200 kB the queue of a client that reads nothing is full.
                for number in 1...200 {
                    gateway.change("{\"id\":\(number),\"x\":\"\(filling)\"}")
                    heard += quick.events(1, named: ["incident"])?.count ?? 0
                }
                return (slow.connection.isClosed(), heard)
            }
            #expect(isClosed)
            #expect(heard == 200)
        }
    }

    @Test func `fifty clients hear a change at once`() async throws {
        let gateway = FakeGateway()
        let limits = RunningInterface.limits { $0.listenersPerSessionLimit = 60 }
        try await RunningInterface.with(gateway, limits: limits) { client in
            let zhang = try #require(await Browser.signIn("zhang", client))
            let spans = await client.onThread {
                let clients = (0..<50).map { _ in Listening(zhang) }
                defer { for client in clients { client.connection.close() } }
                for client in clients { _ = client.events(1, named: ["beat"]) }
                return (0..<20).map { number in
                    let start = ContinuousClock.now
                    gateway.change("{\"id\":\(number)}")
                    for client in clients { _ = client.events(1, named: ["incident"]) }
                    return ContinuousClock.now - start
                }
            }
            let median = spans.sorted()[10]
            print("events: 50 clients heard a change after a median of \(median)")
            #expect(median < .seconds(1))
        }
    }

    @Test func `a stream ends with its session and with the gateway`() async throws {
        let gateway = FakeGateway()
        let limits = RunningInterface.limits { $0.beatInterval = .milliseconds(20) }
        try await RunningInterface.with(gateway, limits: limits) { client in
            let zhang = try #require(await Browser.signIn("zhang", client))
            let stream = Listening(zhang)
            let beats = await client.onThread { stream.events(3, named: ["beat"]) }
            #expect(beats?.count == 3)
            #expect(await zhang.request("DELETE", "/api/v1/session").status == 204)
            #expect(await client.onThread { stream.connection.isClosed() })
            stream.connection.close()
        }
    }

    @Test func `asking for the head alone keeps no place`() async throws {
        let limits = RunningInterface.limits { $0.listenerLimit = 1 }
        try await RunningInterface.with(FakeGateway(), limits: limits) { client in
            let zhang = try #require(await Browser.signIn("zhang", client))
            for _ in 0..<3 { #expect(await zhang.request("HEAD", "/api/v1/events").status == 200) }
            let stream = Listening(zhang)
            #expect(await client.onThread { stream.events(1, named: ["beat"])?.count } == 1)
            let boss = try #require(await Browser.signIn("boss", client))
            #expect(await boss.request("GET", "/api/v1/events").status == 503)
            stream.connection.close()
        }
    }

    @Test func `whoever may not read hears nothing`() async throws {
        try await RunningInterface.with(FakeGateway()) { client in
            #expect(await client.request("GET", "/api/v1/events").status == 401)
            #expect(await client.request("GET", "/api/v1/events", token: "wang-token").status == 403)
            #expect(await client.request("POST", "/api/v1/events", token: "wang-token").status == 405)
        }
    }
}
