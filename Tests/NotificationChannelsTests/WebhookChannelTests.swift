import Crypto
import Escalation
import Foundation
import GatewayPorts
import NotificationChannels
import SafetyModel
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct WebhookChannelTests {
    @Test(arguments: [
        (200, DeliveryReport.Result.delivered), (202, .delivered), (204, .delivered),
        (304, .rejected(reason: "answered 304; redirects are not followed")),
        (400, .rejected(reason: "answered 400")), (401, .rejected(reason: "answered 401")),
        (404, .rejected(reason: "answered 404")), (410, .rejected(reason: "answered 410")),
        (408, .failed(reason: "answered 408")), (425, .failed(reason: "answered 425")),
        (429, .failed(reason: "answered 429")), (500, .failed(reason: "answered 500")),
        (503, .failed(reason: "answered 503")), (599, .failed(reason: "answered 599")),
    ])
    func `the status of the answer decides the report`(
        status: Int, result: DeliveryReport.Result
    ) async throws {
        let server = try ScriptedServer(.answers(status))
        defer { server.stop() }
        let channel = try Examples.channel(to: server.url)
        #expect(try await channel.result(of: Examples.message()) == result)
        await channel.shutdown()
    }

    @Test func `an order travels as a signed CloudEvent with its incident in it`() async throws {
        let server = try ScriptedServer(.answers(204))
        defer { server.stop() }
        let channel = try Examples.channel(
            to: server.url, secret: "swordfish\nnot this\n")
        let message = Examples.message()
        #expect(try await channel.result(of: message) == .delivered)
        await channel.shutdown()

        let request = try #require(server.requests.first)
        #expect(request.headers["content-type"] == "application/cloudevents+json")
        #expect(request.headers["x-anju-timestamp"] == "1700000001")
        let signed = Array("1700000001.".utf8) + request.body
        #expect(request.headers["x-anju-signature"] == "sha256=" + handmadeHMAC(signed, key: "swordfish"))
        let event = try #require(JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any])
        let texts = event.compactMapValues { $0 as? String }
        #expect(
            texts == [
                "specversion": "1.0", "id": "gw-1/12-3", "source": "/anju/gw-1",
                "type": "anju.notification.v1.alarm", "subject": "h-501/12",
                "time": "2023-11-14T22:13:20.123Z", "datacontenttype": "application/json",
                "responder": "wang", "address": "wang", "attempt": "1", "urgency": "lifeSafety",
                "recorded": "true",
            ])
        let expected =
            #""data":{"order":"12-3","home":{"id":"h-501"},"orderedAt":"2023-11-14T22:13:20.123Z","#
            + #""incidentDocument":{"id":12,"text":"厨房 \"smoke\""}}}"#
        #expect(String(decoding: request.body, as: UTF8.self).hasSuffix(expected))
    }

    @Test func `an order is sent again under the same id`() async throws {
        let server = try ScriptedServer(.answers(500))
        defer { server.stop() }
        let channel = try Examples.channel(to: server.url)
        for attempt: Int32 in 1...2 { _ = try await channel.result(of: Examples.message(attempt: attempt)) }
        await channel.shutdown()
        let events = try server.requests.map {
            try #require(JSONSerialization.jsonObject(with: Data($0.body)) as? [String: Any])
        }
        #expect(events.map { $0["id"] as? String } == ["gw-1/12-3", "gw-1/12-3"])
        #expect(events.map { $0["attempt"] as? String } == ["1", "2"])
    }

    @Test(arguments: [ScriptedServer.Behaviour.hangs, .dripsHead])
    func `a server that does not answer costs the time-out`(
        behaviour: ScriptedServer.Behaviour
    ) async throws {
        let server = try ScriptedServer(behaviour)
        defer { server.stop() }
        let channel = try Examples.channel(to: server.url, timeout: .milliseconds(200))
        #expect(try await channel.result(of: Examples.message()) == .failed(reason: "timed out"))
        await channel.shutdown()
    }

    @Test(arguments: [ScriptedServer.Behaviour.closes, .babbles])
    func `a server that breaks off or does not speak HTTP is a failure at once`(
        behaviour: ScriptedServer.Behaviour
    ) async throws {
        let server = try ScriptedServer(behaviour)
        defer { server.stop() }
        let channel = try Examples.channel(to: server.url)
        let result = try await channel.result(of: Examples.message())
        guard case .failed(let reason) = result else {
            Issue.record("\(result)")
            return
        }
        #expect(reason != "timed out")
        await channel.shutdown()
    }

    @Test func `a refused connection is a failure at once`() async throws {
        let (socket, port) = try Sockets.bind()
        defer { close(socket) }
        let channel = try Examples.channel(to: "http://127.0.0.1:\(port)/hook")
        #expect(try await channel.result(of: Examples.message()) == .failed(reason: "connection refused"))
        await channel.shutdown()
    }

    @Test func `a name that does not exist is a failure`() async throws {
        let channel = try Examples.channel(to: "http://nowhere.invalid/", timeout: .seconds(2))
        let result = try await channel.result(of: Examples.message())
        #expect([.failed(reason: "name lookup failed"), .failed(reason: "timed out")].contains(result))
        await channel.shutdown()
    }

    @Test func `a redirect is not followed`() async throws {
        let other = try ScriptedServer(.answers(200))
        let server = try ScriptedServer(.redirects(to: other.url))
        defer {
            server.stop()
            other.stop()
        }
        let channel = try Examples.channel(to: server.url)
        let expected = DeliveryReport.Result.rejected(reason: "answered 302; redirects are not followed")
        #expect(try await channel.result(of: Examples.message()) == expected)
        await channel.shutdown()
        #expect(other.requests.isEmpty)
    }

    @Test func `of an answer of 10 MB only responseBodyLimit is read`() async throws {
        let server = try ScriptedServer(.answersWith(byteCount: 10_000_000))
        defer { server.stop() }
        let channel = try Examples.channel(to: server.url)
        #expect(try await channel.result(of: Examples.message()) == .delivered)
        await channel.shutdown()
        #expect(server.sentByteCount < 10_000_000)
    }

    @Test func `an answer counts when its status is there, however slowly its body comes`() async throws {
        let server = try ScriptedServer(.dripsBody)
        defer { server.stop() }
        let channel = try Examples.channel(to: server.url)
        let reports = Reports()
        channel.send(Examples.message()) { reports.add($0) }
        #expect(try await reports.first(1).map(\.result) == [.delivered])
        await channel.shutdown()
        #expect(reports.all.count == 1)
    }

    @Test func `the address fills the placeholder of the URL and never leaves its place`() async throws {
        let server = try ScriptedServer(.answers(200))
        defer { server.stop() }
        let url = "http://127.0.0.1:\(server.port)/to/{address}?who={address}"
        let channel = try Examples.channel(to: url)
        #expect(try await channel.result(of: Examples.message(address: "a/b ?#@王")) == .delivered)
        let rejected = DeliveryReport.Result.rejected(reason: "the address cannot stand in the URL")
        #expect(try await channel.result(of: Examples.message(address: "..")) == rejected)
        #expect(try await channel.result(of: Examples.message(address: "")) == rejected)
        await channel.shutdown()
        let encoded = "a%2Fb%20%3F%23%40%E7%8E%8B"
        #expect(server.requests.map(\.path) == ["/to/\(encoded)?who=\(encoded)"])
    }

    @Test func `a secret that cannot be read refuses the channel`() throws {
        var settings = WebhookSettings(name: "hook", url: "https://example.org/")
        settings.secretFile = "/nonexistent/secret"
        #expect(throws: ChannelSetupError.unreadableSecret(path: "/nonexistent/secret")) {
            _ = try WebhookChannel(settings)
        }
        let limit = ChannelSetupError.secretLimit
        for text in ["", "\nsecond line", String(repeating: "s", count: limit + 1)] {
            let path = try Examples.file(text).path
            defer { Examples.remove(path) }
            settings.secretFile = path
            #expect(throws: ChannelSetupError.unfitSecret(path: path)) { _ = try WebhookChannel(settings) }
        }
    }

    @Test func `a secret of secretLimit bytes is taken`() async throws {
        let longest = String(repeating: "s", count: ChannelSetupError.secretLimit)
        let channel = try Examples.channel(to: "https://example.org/", secret: longest)
        await channel.shutdown()
    }

    /// HMAC as RFC 2104 writes it down, for keys that are shorter than a block.
    private func handmadeHMAC(_ text: [UInt8], key: String) -> String {
        let padded = Array(key.utf8) + [UInt8](repeating: 0, count: 64 - key.utf8.count)
        let inner = SHA256.hash(data: padded.map { $0 ^ 0x36 } + text)
        let outer = SHA256.hash(data: padded.map { $0 ^ 0x5C } + Array(inner))
        return outer.map { String(format: "%02x", $0) }.joined()
    }
}
