import Escalation
import Foundation
import GatewayPorts
import SafetyModel
import Testing

@testable import NotificationChannels

/// Whom robots mention, in the formats that their makers publish.
struct RobotMentionTests {
    private static let phone = "+86 138-0000-0001"

    private func document(
        _ maker: RobotSettings.Maker, _ mention: RobotMention, markdown: Bool = false, text: String = "fire"
    ) throws -> NSDictionary {
        let robot = RobotMessage(maker: maker, usesMarkdown: markdown, secret: nil)
        let bytes = robot.bytes(title: "t", text: text, mentioning: mention, at: 0)
        return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? NSDictionary)
    }

    private static let expected: [(RobotSettings.Maker, Bool, RobotMention, String)] = [
        (.wecom, false, .nobody, #"{"msgtype":"text","text":{"content":"fire"}}"#),
        (
            .wecom, false, .user("zhangsan"),
            #"{"msgtype":"text","text":{"content":"fire","mentioned_list":["zhangsan"]}}"#
        ),
        (
            .wecom, false, .phone("13800000001"),
            #"{"msgtype":"text","text":{"content":"fire","mentioned_mobile_list":["13800000001"]}}"#
        ),
        (
            .wecom, false, .everybody,
            #"{"msgtype":"text","text":{"content":"fire","mentioned_list":["@all"]}}"#
        ),
        (
            .wecom, true, .user("zhangsan"),
            #"{"msgtype":"markdown","markdown":{"content":"fire\n<@zhangsan>"}}"#
        ),
        // Its Markdown knows neither everybody nor telephone numbers.
        (
            .wecom, true, .everybody,
            #"{"msgtype":"text","text":{"content":"fire","mentioned_list":["@all"]}}"#
        ),
        (
            .wecom, true, .phone("1"),
            #"{"msgtype":"text","text":{"content":"fire","mentioned_mobile_list":["1"]}}"#
        ),
        (
            .dingtalk, false, .user("u1"),
            #"{"msgtype":"text","text":{"content":"fire\n@u1"},"at":{"atUserIds":["u1"]}}"#
        ),
        (
            .dingtalk, true, .phone("13800000001"),
            #"{"msgtype":"markdown","markdown":{"title":"t","text":"fire\n@13800000001"},"#
                + #""at":{"atMobiles":["13800000001"]}}"#
        ),
        (
            .dingtalk, true, .everybody,
            #"{"msgtype":"markdown","markdown":{"title":"t","text":"fire"},"at":{"isAtAll":true}}"#
        ),
        (.dingtalk, false, .nobody, #"{"msgtype":"text","text":{"content":"fire"}}"#),
        (
            .feishu, false, .user("ou_1"),
            #"{"msg_type":"text","content":{"text":"fire\n<at user_id=\"ou_1\"></at>"}}"#
        ),
        (
            .feishu, false, .everybody,
            #"{"msg_type":"text","content":{"text":"fire\n<at user_id=\"all\"></at>"}}"#
        ),
        (
            .feishu, true, .user("ou_1"),
            #"{"msg_type":"interactive","card":{"header":{"title":{"tag":"plain_text","content":"t"}},"#
                + #""elements":[{"tag":"markdown","content":"fire\n<at id=ou_1></at>"}]}}"#
        ),
        (.feishu, false, .phone("1"), #"{"msg_type":"text","content":{"text":"fire"}}"#),
    ]

    @Test func `each maker is told in its own way`() throws {
        for (maker, markdown, mention, json) in Self.expected {
            let wanted = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? NSDictionary
            let sent = try document(maker, mention, markdown: markdown)
            #expect(sent == wanted, "\(maker.name) \(mention): \(sent)")
        }
    }

    private func mention(
        _ message: OrderMessage, _ mention: RobotSettings.Mention, all: Bool = false
    ) -> RobotMention {
        var robot = RobotSettings(maker: .dingtalk, urlFile: "")
        robot.mention = mention
        robot.mentionsAll = all
        return RobotMention(of: message.order, by: robot)
    }

    @Test func `nobody is mentioned and no number travels unless the channel says so`() throws {
        let order = Examples.rich(address: Self.phone)
        #expect(mention(order, .nobody) == .nobody)
        #expect(mention(order, .phone) == .phone("13800000001"))
        for maker in RobotSettings.Maker.allCases {
            for markdown in [true, false] {
                let sent = "\(try document(maker, mention(order, .nobody), markdown: markdown))"
                #expect(!sent.contains("13800000001") && !sent.contains("mention"))
            }
        }
    }

    @Test func `everybody is mentioned where life is at stake and somebody must come`() {
        func all(_ urgency: Urgency, _ purpose: NotificationOrder.Purpose) -> RobotMention {
            mention(Examples.rich(purpose: purpose, urgency: urgency), .phone, all: true)
        }
        #expect(all(.lifeSafety, .alarm) == .everybody)
        #expect(all(.lifeSafety, .needHelp) == .everybody)
        #expect(all(.urgent, .alarm) == .phone("13800000001"))
        for purpose in [NotificationOrder.Purpose.takenOver, .onScene, .closed] {
            #expect(all(.lifeSafety, purpose) == .nobody)
        }
        #expect(mention(Examples.rich(), .nobody) == .nobody, "not without being told to")
    }

    @Test(arguments: [
        ("zhangsan", true), ("ou_84aad35d084aa403a838cf73ee18467", true), ("a.b-c@d", true), ("", false),
        ("all", false), ("ALL", false), ("@all", false), ("a b", false), ("<x>", false), ("张三", false),
        (String(repeating: "x", count: RobotSettings.userIDLimit), true),
        (String(repeating: "x", count: RobotSettings.userIDLimit + 1), false),
    ])
    func `an address that is no user's id mentions nobody, and the order goes out`(
        address: String, isID: Bool
    ) {
        #expect(RobotSettings.isUserID(address) == isID)
        let found = mention(Examples.rich(address: address), .user)
        #expect(found == (isID ? .user(address) : .nobody))
        #expect(mention(Examples.rich(address: "nobody"), .phone) == .nobody)
    }

    @Test func `a long text loses its end and never its mention, and no name mentions anybody`() throws {
        let long = "<at user_id=\"all\"></at> @all" + String(repeating: "警", count: 3_000)
        for maker in RobotSettings.Maker.allCases {
            for markdown in [true, false] {
                let robot = RobotMessage(maker: maker, usesMarkdown: markdown, secret: nil)
                let bytes = robot.bytes(title: "t", text: long, mentioning: .user("ou_1"), at: 0)
                let sent = try document(maker, .user("ou_1"), markdown: markdown, text: long)
                #expect("\(sent)".contains("ou_1"))
                #expect(bytes.count < RobotMessage.textLimit + 300)
                let text = String(decoding: bytes, as: UTF8.self)
                #expect(maker != .feishu || !text.contains("<at user_id=\\\"all"))
            }
        }
    }
}
