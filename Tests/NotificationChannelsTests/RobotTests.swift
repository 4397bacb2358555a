import Escalation
import Foundation
import GatewayPorts
import SafetyModel
import Testing

@testable import NotificationChannels

@Suite(.serialized, .timeLimit(.minutes(10))) struct RobotTests {
    private struct Sent {
        var result: DeliveryReport.Result
        var path: String
        var json: [String: Any]
    }

    /// Sends one order to a server that answers so.
    private func send(
        _ maker: RobotSettings.Maker, answer: String, markdown: Bool = false, secret: String? = nil,
        mention: RobotSettings.Mention = .nobody, all: Bool = false, message: OrderMessage = Examples.rich()
    ) async throws -> Sent {
        let server = try ScriptedServer(.says(answer))
        defer { server.stop() }
        let urlFile = try Examples.file(server.url + "?access_token=k\n")
        defer { Examples.remove(urlFile.path) }
        var robot = RobotSettings(maker: maker, urlFile: urlFile.path, usesMarkdown: markdown)
        robot.mention = mention
        robot.mentionsAll = all
        if let secret { robot.secretFile = try Examples.file(secret).path }
        defer { Examples.remove(robot.secretFile) }
        let channel = try QueuedChannel(
            ChannelSettings(name: "group", audience: .group, timeout: Examples.patience, way: .robot(robot)),
            robot: robot, in: Examples.surroundings(), now: { 1_700_000_001_999 })
        let result = try await channel.result(of: message)
        await channel.shutdown()
        let request = try #require(server.requests.first)
        let json = try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
        return Sent(result: result, path: request.path, json: json ?? [:])
    }

    @Test func `WeCom gets its text, and an errcode in a 200 answer is no success`() async throws {
        let sent = try await send(.wecom, answer: #"{"errcode":0,"errmsg":"ok"}"#)
        #expect(sent.result == .delivered)
        #expect(sent.path == "/hook?access_token=k")
        #expect(sent.json["msgtype"] as? String == "text")
        let content = (sent.json["text"] as? [String: String])?["content"] ?? ""
        #expect(content.contains(#"火警 · 3-2-501 · 厨房 "灶台""#))
        #expect(content.contains("级别：生命安全　时间：06:13　编号：12"))
    }

    @Test func `a group reads no telephone, no conditions, no link and no code`() async throws {
        let sent = try await send(.wecom, answer: #"{"errcode":0}"#, markdown: true)
        #expect(sent.json["msgtype"] as? String == "markdown")
        let text = "\(sent.json)"
        let code = Examples.surroundings().keys?.replyCode(incident: 12, responder: "wang") ?? ""
        for secret in ["13900000009", "听力障碍", "王桂兰", "/a/", code] { #expect(!text.contains(secret)) }
    }

    @Test(arguments: answers)
    func `codes of the robots are told apart`(
        _ maker: RobotSettings.Maker, _ answer: String, _ result: DeliveryReport.Result
    ) {
        let robot = RobotMessage(maker: maker, usesMarkdown: false, secret: nil)
        #expect(robot.result(status: 200, body: Array(answer.utf8)) == result)
    }

    static let answers: [(RobotSettings.Maker, String, DeliveryReport.Result)] = [
        (
            .wecom, #"{"errcode":45009,"errmsg":"api freq out of limit"}"#,
            .failed(reason: "answered code 45009")
        ),
        (.wecom, #"{"errcode":93000}"#, .rejected(reason: "answered code 93000")),
        (.wecom, "<html>", .failed(reason: "answered 200 without a code")),
        (.dingtalk, #"{"errcode":0,"errmsg":"ok"}"#, .delivered),
        (
            .dingtalk, #"{"errcode":310000,"errmsg":"sign not match"}"#,
            .rejected(reason: "answered code 310000")
        ),
        (.dingtalk, #"{"errcode":130101}"#, .failed(reason: "answered code 130101")),
        (.feishu, #"{"code":0,"msg":"success"}"#, .delivered),
        (.feishu, #"{"StatusCode":0,"StatusMessage":"success"}"#, .delivered),
        (.feishu, #"{"code":19021,"msg":"sign match fail"}"#, .rejected(reason: "answered code 19021")),
        (.feishu, #"{"code":11232}"#, .failed(reason: "answered code 11232")),
        (.feishu, "{}", .failed(reason: "answered 200 without a code")),
    ]

    // Both signatures were computed with Python's hmac and base64 over the makers' published recipes.
    @Test func `DingTalk is signed in the query`() async throws {
        let sent = try await send(.dingtalk, answer: #"{"errcode":0}"#, markdown: true, secret: "SECtest")
        #expect(
            sent.path == "/hook?access_token=k&timestamp=1700000001999"
                + "&sign=NTclvjFX4L2R0YFdVHw0QbQxeuwOFFgT04eSEEvp9Pw%3D")
        let markdown = sent.json["markdown"] as? [String: String]
        #expect(markdown?["title"] == "安居：火警（报警）")
        #expect(markdown?["text"]?.hasPrefix("火警") == true)
    }

    @Test func `Feishu is signed in the document`() async throws {
        let sent = try await send(.feishu, answer: #"{"code":0}"#, secret: "test")
        #expect(sent.path == "/hook?access_token=k")
        #expect(sent.json["timestamp"] as? String == "1700000001")
        #expect(sent.json["sign"] as? String == "v5rnXsz9zZta7ncWw9csyxyD6KpNOmRJoejiCeigMMg=")
        #expect(sent.json["msg_type"] as? String == "text")
        #expect((sent.json["content"] as? [String: String])?["text"]?.hasPrefix("火警") == true)
    }

    @Test func `a robot that is told to mentions whom the order is for`() async throws {
        let sent = try await send(.wecom, answer: #"{"errcode":0}"#, mention: .phone)
        let text = sent.json["text"] as? [String: Any]
        #expect(text?["mentioned_mobile_list"] as? [String] == ["13800000001"])
        let all = try await send(
            .dingtalk, answer: #"{"errcode":0}"#, markdown: true, mention: .phone, all: true)
        #expect((all.json["at"] as? [String: Any])?["isAtAll"] as? Bool == true)
        #expect(!"\(all.json)".contains("13800000001"))
    }

    @Test func `a name cannot become a link, and no text is longer than textLimit`() throws {
        let robot = RobotMessage(maker: .wecom, usesMarkdown: true, secret: nil)
        let bytes = robot.bytes(
            title: "t", text: "[x](http://evil) <@all>" + String(repeating: "警", count: 3_000), at: 0)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        let content = try #require((json["markdown"] as? [String: String])?["content"])
        #expect(content.hasPrefix("［x］(http://evil) ＜＠all＞"))
        #expect(content.utf8.count <= RobotMessage.textLimit && content.utf8.count > 2_000)
        #expect(RobotMessage.perMinuteLimit == 20)
    }
}
