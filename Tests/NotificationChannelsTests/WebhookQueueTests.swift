import Escalation
import Foundation
import GatewayPorts
import SafetyModel
import Testing

@testable import NotificationChannels

@Suite(.serialized, .timeLimit(.minutes(10))) struct WebhookQueueTests {
    private func limits(inFlight: Int, waiting: Int) -> ChannelLimits {
        var limits = ChannelLimits()
        limits.inFlightLimit = inFlight
        limits.waitingLimit = waiting
        return limits
    }

    @Test func `above inFlightLimit and waitingLimit an order fails as busy`() async throws {
        let server = try ScriptedServer(.hangs)
        defer { server.stop() }
        let channel = try Examples.channel(
            to: server.url, limits: limits(inFlight: 2, waiting: 1))
        let reports = Reports()
        for number: Int32 in 1...4 { channel.send(Examples.message(number: number)) { reports.add($0) } }
        let first = try await reports.first(1)
        #expect(first.map(\.order.number) == [4])
        #expect(first.map(\.result) == [.failed(reason: "busy")])
        try await server.received(2)
        await channel.shutdown()
        #expect(reports.all.count == 4)
        #expect(server.requests.count == 2)
    }

    @Test func `life safety takes the place of what is less pressing and goes first`() async throws {
        let server = try ScriptedServer(.answersWhenReleased(200))
        defer { server.stop() }
        let channel = try Examples.channel(
            to: server.url, limits: limits(inFlight: 1, waiting: 2))
        let reports = Reports()
        let urgencies: [Urgency] = [.routine, .technical, .routine, .lifeSafety]
        for (place, urgency) in urgencies.enumerated() {
            channel.send(Examples.message(number: Int32(place + 1), urgency: urgency)) { reports.add($0) }
        }
        _ = try await reports.first(1)
        server.release()
        let all = try await reports.first(4)
        await channel.shutdown()
        let busy = all.filter { $0.result == .failed(reason: "busy") }.map(\.order.number)
        #expect(busy == [2])
        #expect(all.filter { $0.result == .delivered }.map(\.order.number) == [1, 4, 3])
    }

    @Test func `what waits longer than the time-out fails without being sent`() async throws {
        let server = try ScriptedServer(.hangs)
        defer { server.stop() }
        let channel = try Examples.channel(
            to: server.url, timeout: .milliseconds(200), limits: limits(inFlight: 1, waiting: 10))
        let reports = Reports()
        for number: Int32 in 1...5 { channel.send(Examples.message(number: number)) { reports.add($0) } }
        let all = try await reports.first(5)
        #expect(all.allSatisfy { $0.result == .failed(reason: "timed out") })
        await channel.shutdown()
        #expect(reports.all.count == 5)
    }

    @Test func `shutdown ends what hangs, reports it once and refuses what comes later`() async throws {
        let server = try ScriptedServer(.hangs)
        defer { server.stop() }
        let channel = try Examples.channel(
            to: server.url, limits: limits(inFlight: 3, waiting: 10))
        let reports = Reports()
        for number: Int32 in 1...6 { channel.send(Examples.message(number: number)) { reports.add($0) } }
        try await server.received(3)
        await channel.shutdown()
        channel.send(Examples.message(number: 7)) { reports.add($0) }
        let all = try await reports.first(7)
        #expect(all.allSatisfy { $0.result == .failed(reason: "shutting down") })
        #expect(Set(all.map(\.order.number)) == Set(1...7))
        #expect(reports.all.count == 7)
    }

    @Test func `two hundred orders to a server that fails are each reported once`() async throws {
        let server = try ScriptedServer(.answers(503))
        defer { server.stop() }
        let channel = try Examples.channel(
            to: server.url, limits: limits(inFlight: 8, waiting: 1_000))
        let reports = Reports()
        for number: Int32 in 1...200 { channel.send(Examples.message(number: number)) { reports.add($0) } }
        let all = try await reports.first(200)
        await channel.shutdown()
        #expect(all.allSatisfy { $0.result == .failed(reason: "answered 503") })
        #expect(Set(all.map(\.order.number)).count == 200)
        #expect(reports.all.count == 200)
    }

    private final class Item {
        let name: String
        init(_ name: String) { self.name = name }
    }

    @Test func `a full queue keeps the pressing and the old`() {
        var queue = SendingQueue<Item>(waitingLimit: 2)
        #expect(queue.add(Item("routine"), urgency: .routine) == nil)
        #expect(queue.add(Item("technical"), urgency: .technical) == nil)
        #expect(queue.add(Item("late technical"), urgency: .technical)?.name == "late technical")
        #expect(queue.add(Item("urgent"), urgency: .urgent)?.name == "technical")
        #expect(queue.add(Item("life"), urgency: .lifeSafety)?.name == "routine")
        #expect(queue.add(Item("life 2"), urgency: .lifeSafety)?.name == "urgent")
        #expect(queue.add(Item("life 3"), urgency: .lifeSafety)?.name == "life 3")
        #expect(queue.count == 2)
        #expect((1...3).map { _ in queue.takeFirst()?.name } == ["life", "life 2", nil])
        #expect(queue.count == 0)
    }

    @Test(arguments: [
        "ftp://example.org/", "example.org/hook", "https:///hook", "https://user:pw@example.org/",
        "https://example.org/#part", "https://{address}/hook", "https://{address}.example.org/",
        "https://example.org:{address}/", "{address}", "https://exa mple.org/", "",
    ])
    func `a URL that is not one, or that the address could bend, is refused`(url: String) {
        #expect(throws: ChannelSetupError.self) { _ = try WebhookTarget(url) }
    }

    @Test func `an address above addressLimit is refused`() throws {
        let target = try WebhookTarget("https://example.org/{address}")
        let longest = String(repeating: "a", count: WebhookTarget.addressLimit)
        #expect(target.url(for: longest) == "https://example.org/\(longest)")
        #expect(target.url(for: longest + "a") == nil)
        #expect(try WebhookTarget("https://example.org/x").url(for: longest + "a") == "https://example.org/x")
    }

    @Test func `the signature is the one that openssl computes`() {
        // printf '1700000000.{}' | openssl dgst -sha256 -hmac swordfish
        let signature = WebhookSignature(secret: Array("swordfish".utf8))
        let expected = "5a64dfe949eac45d01aee3b0b6d5328a7bcd1554ae39b55693172fc02dd57c75"
        #expect(signature.value(timestamp: "1700000000", body: Array("{}".utf8)) == "sha256=\(expected)")
    }

    @Test func `texts with quotes and control characters stay JSON`() throws {
        let event = CloudEvent(
            id: "a\"b\\c\u{1}\n", gateway: "gw 1/ö", type: "t", time: WallTime(milliseconds: -1).rfc3339,
            document: [])
        let json = try #require(
            JSONSerialization.jsonObject(with: Data(event.bytes())) as? [String: Any])
        #expect(json["id"] as? String == "a\"b\\c\u{1}\n")
        #expect(json["source"] as? String == "/anju/gw%201%2F%C3%B6")
        #expect(json["data"] is NSNull)
        #expect(json["time"] as? String == "1969-12-31T23:59:59.999Z")
    }

    @Test(arguments: [
        (#"{"a":1}"#, #"{"b":2}"#, #"{"a":1,"incidentDocument":{"b":2}}"#),
        (#"{"incidentDocument":{"b":2}}"#, #"{"b":2}"#, #"{"incidentDocument":{"b":2}}"#),
        (#"{"a":"\"incidentDocument\":"}"#, "{}", #"{"a":"\"incidentDocument\":","incidentDocument":{}}"#),
        (#"{"a":1}"#, "", #"{"a":1}"#), ("", "{}", ""), ("{}", "{}", "{}"),
    ])
    func `the incident is joined to an order that does not hold it`(
        order: String, incident: String, joined: String
    ) {
        var message = Examples.message()
        message.document = Array(order.utf8)
        message.incident = Array(incident.utf8)
        #expect(String(decoding: OrderEvent.document(of: message), as: UTF8.self) == joined)
    }

    @Test func `an order without a home has the incident as its subject and its own time`() {
        var message = Examples.message()
        message.document = Array("{}".utf8)
        let event = OrderEvent.event(for: message)
        #expect(event.subject == "12")
        #expect(event.time == "2023-11-14T22:13:20.123Z")
    }
}
