import Escalation
import Foundation
import GatewayPorts
import SafetyModel
import Testing

@testable import NotificationChannels

@Suite(.serialized, .timeLimit(.minutes(10))) struct ProviderTests {
    private func send(
        _ service: ProviderSettings.Service, answer: String, address: String = "+86 138-0000-0001",
        _ change: (inout ProviderSettings) -> Void
    ) async throws -> (result: DeliveryReport.Result, request: ScriptedServer.Request?) {
        let server = try ScriptedServer(.says(answer))
        defer { server.stop() }
        let secret = try Examples.file("s3cret/&\n")
        defer { Examples.remove(secret.path) }
        var provider = ProviderSettings(service: service, url: server.url)
        provider.secretFile = secret.path
        change(&provider)
        let channel = try QueuedChannel(
            ChannelSettings(
                name: "sms", audience: .private, timeout: Examples.patience, way: .provider(provider)),
            provider: provider, in: Examples.surroundings())
        let result = try await channel.result(of: Examples.rich(address: address))
        await channel.shutdown()
        return (result, server.requests.first)
    }

    @Test func `a JSON request carries number, message and secret, quoted where it must be`() async throws {
        let (result, request) = try await send(.textMessage, answer: #"{"result":{"code":"OK"}}"#) {
            $0.headers = [NamedText(name: "Authorization", text: "Bearer {secret}")]
            $0.body = .json(#"{"to":["{number}"],"text":"{message}","home":"{home}"}"#)
            $0.successPath = "result.code"
            $0.successValues = ["OK"]
            $0.takesReplies = true
        }
        #expect(result == .delivered)
        #expect(request?.headers["authorization"] == "Bearer s3cret/&")
        let body = try JSONSerialization.jsonObject(with: Data(request?.body ?? [])) as? [String: Any]
        #expect(body?["to"] as? [String] == ["+8613800000001"])
        #expect(body?["home"] as? String == "3-2-501")
        let code = Examples.surroundings().keys?.replyCode(incident: 12, responder: "wang") ?? ""
        #expect(
            body?["text"] as? String
                == "【安居】火警 · 3-2-501 · 厨房 \"灶台\" 回复 1=接单 2=到场 3=求助，后加 \(code)")
    }

    @Test func `a form and a URL are percent-encoded`() async throws {
        let (result, request) = try await send(.voiceCall, answer: "ok") {
            $0.url += "?key={secret}&id={incident}"
            $0.body = .form([
                NamedText(name: "called", text: "{number}"), NamedText(name: "say", text: "{message}"),
            ])
        }
        #expect(result == .delivered)
        #expect(request?.path == "/hook?key=s3cret%2F%26&id=12")
        let form = String(decoding: request?.body ?? [], as: UTF8.self)
        #expect(form.hasPrefix("called=%2B8613800000001&say=%E5%AE%89%E5%B1%85"))
        let said = form.components(separatedBy: "say=").last?.removingPercentEncoding ?? ""
        #expect(said.hasPrefix("安居报警。火警") && said.contains("重复一遍"))
    }

    @Test(arguments: [
        (#"{"code":0}"#, "code", DeliveryReport.Result.delivered),
        (#"{"code":12}"#, "code", .failed(reason: "answered 12")),
        (#"{"list":[{"ok":true}]}"#, "list.0.ok", .failed(reason: "answered true")),
        (#"{"code":0}"#, "status.code", .failed(reason: "the answer has no status.code")),
        ("not JSON", "code", .failed(reason: "the answer has no code")),
    ])
    func `the success path decides where there is one`(
        _ answer: String, _ path: String, _ expected: DeliveryReport.Result
    ) async throws {
        let (result, _) = try await send(.textMessage, answer: answer) {
            $0.successPath = path
            $0.successValues = ["0"]
        }
        #expect(result == expected)
    }

    @Test func `an address that is no number is rejected unsent`() async throws {
        let (result, request) = try await send(.textMessage, answer: "ok", address: "wang") { _ in }
        #expect(result == .rejected(reason: "the address is no telephone number"))
        #expect(request == nil)
    }

    @Test func `an answer of more than answerLimit bytes is no success`() async throws {
        let server = try ScriptedServer(.answersWith(byteCount: HTTPCourier.answerLimit * 2))
        defer { server.stop() }
        let provider = ProviderSettings(service: .textMessage, url: server.url)
        let channel = try QueuedChannel(
            ChannelSettings(
                name: "sms", audience: .private, timeout: Examples.patience, way: .provider(provider)),
            provider: provider, in: Examples.surroundings())
        #expect(
            try await channel.result(of: Examples.rich())
                == .failed(reason: "answered more than 65536 bytes"))
        await channel.shutdown()
    }
}
