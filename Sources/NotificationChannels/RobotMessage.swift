import Crypto
import Escalation
import Foundation
import GatewayPorts
import SafetyModel

/// What the robots of three chat systems want to read, and what their answers mean.
///
/// All take a JSON document by POST and answer 200 with a code in a JSON document, also when they refuse.
/// WeCom has its key in the URL only. DingTalk signs `<milliseconds>\\n<secret>` with the secret and takes
/// both in the query. Feishu signs nothing with the key `<seconds>\\n<secret>` and takes both in the
/// document.
struct RobotMessage: Sendable {
    let maker: RobotSettings.Maker
    let usesMarkdown: Bool
    let secret: String?

    /// The most tries of one robot in a minute that all three allow.
    static let perMinuteLimit = 20
    /// The most UTF-8 bytes of a text of WeCom, which allows the least.
    static let textLimit = 2_048

    /// The JSON document; of a text that is too long the end is cut off, and never the mention.
    ///
    /// - Parameter now: milliseconds since 1970 by the wall clock.
    func bytes(
        title: String, text: String, mentioning mention: RobotMention = .nobody, at now: Int64
    ) -> [UInt8] {
        let isMarkdown = isMarkdown(mentioning: mention)
        let mark = mention.mark(for: maker, isMarkdown: isMarkdown)
        // Feishu reads its marks in plain text too.
        let isRead = isMarkdown || maker == .feishu
        let text =
            (isRead ? Self.harmless(text) : text).cut(toBytes: Self.textLimit - mark.utf8.count) + mark
        var json = JSONText(capacity: 512)
        json.object { json in
            switch maker {
            case .wecom: writeWeCom(text, isMarkdown, mention, into: &json)
            case .dingtalk: writeDingTalk(title, text, mention, into: &json)
            case .feishu: writeFeishu(title, text, at: now, into: &json)
            }
        }
        return json.bytes
    }

    /// WeCom's Markdown mentions users only: for everybody, and by telephone number, it must be plain text.
    private func isMarkdown(mentioning mention: RobotMention) -> Bool {
        guard maker == .wecom, usesMarkdown else { return usesMarkdown }
        switch mention {
        case .nobody, .user: return true
        case .everybody, .phone: return false
        }
    }

    /// The robot's URL, signed where the signature stands there.
    func url(_ url: String, at now: Int64) -> String {
        guard maker == .dingtalk, let secret else { return url }
        let signed = Self.code(Array("\(now)\n\(secret)".utf8), key: Array(secret.utf8))
        let mark = url.contains("?") ? "&" : "?"
        return "\(url)\(mark)timestamp=\(now)&sign=\(PercentEncoding.encode(signed))"
    }

    /// What an answer means; one that cannot be read is no success.
    func result(status: Int, body: [UInt8]) -> DeliveryReport.Result {
        let overHTTP = WebhookSender.result(ofStatus: status)
        guard overHTTP == .delivered else { return overHTTP }
        let code = JSONPath.text(at: maker == .feishu ? "code" : "errcode", in: body)
        // Feishu's first interface answered with another key.
        let older = maker == .feishu ? JSONPath.text(at: "StatusCode", in: body) : nil
        guard let code = code ?? older, let number = Int(code) else {
            return .failed(reason: "answered 200 without a code")
        }
        if number == 0 { return .delivered }
        return Self.passing.contains(number)
            ? .failed(reason: "answered code \(number)") : .rejected(reason: "answered code \(number)")
    }

    /// Codes that pass: busy (-1), too often (45009, 45033 WeCom; 130101, 130102, 410100 DingTalk; 9499,
    /// 11232 Feishu).
    private static let passing = [-1, 45_009, 45_033, 130_101, 130_102, 410_100, 9_499, 11_232]

    private func writeWeCom(
        _ text: String, _ isMarkdown: Bool, _ mention: RobotMention, into json: inout JSONText
    ) {
        json.key("msgtype")
        json.value(isMarkdown ? "markdown" : "text")
        if isMarkdown { json.key("markdown") } else { json.key("text") }
        json.object { json in
            json.key("content")
            json.value(text)
            switch mention {
            case .nobody: return
            case .everybody: json.write("mentioned_list", ["@all"])
            case .user(let id): if !isMarkdown { json.write("mentioned_list", [id]) }
            case .phone(let number): json.write("mentioned_mobile_list", [number])
            }
        }
    }

    private func writeDingTalk(
        _ title: String, _ text: String, _ mention: RobotMention, into json: inout JSONText
    ) {
        json.key("msgtype")
        json.value(usesMarkdown ? "markdown" : "text")
        if usesMarkdown { json.key("markdown") } else { json.key("text") }
        json.object { json in
            if usesMarkdown {
                json.key("title")
                json.value(title)
                json.key("text")
                json.value(text)
            } else {
                json.key("content")
                json.value(text)
            }
        }
        guard mention != .nobody else { return }
        json.key("at")
        json.object { json in
            switch mention {
            case .nobody: return
            case .everybody:
                json.key("isAtAll")
                json.value(true)
            case .user(let id): json.write("atUserIds", [id])
            case .phone(let number): json.write("atMobiles", [number])
            }
        }
    }

    private func writeFeishu(_ title: String, _ text: String, at now: Int64, into json: inout JSONText) {
        if let secret {
            let seconds = String(now / 1_000)
            json.key("timestamp")
            json.value(seconds)
            json.key("sign")
            json.value(Self.code([], key: Array("\(seconds)\n\(secret)".utf8)))
        }
        json.key("msg_type")
        json.value(usesMarkdown ? "interactive" : "text")
        guard usesMarkdown else {
            json.key("content")
            json.object { json in
                json.key("text")
                json.value(text)
            }
            return
        }
        json.key("card")
        json.object { json in
            json.key("header")
            json.object { json in
                json.key("title")
                json.object { json in
                    json.key("tag")
                    json.value("plain_text")
                    json.key("content")
                    json.value(title)
                }
            }
            json.key("elements")
            json.array { json in
                json.object { json in
                    json.key("tag")
                    json.value("markdown")
                    json.key("content")
                    json.value(text)
                }
            }
        }
    }

    /// Facts must not become links, mentions or colours: their signs are written wide.
    private static func harmless(_ text: String) -> String {
        String(text.map { wide[$0] ?? $0 })
    }

    private static let wide: [Character: Character] = [
        "<": "＜", ">": "＞", "[": "［", "]": "］", "*": "＊", "`": "'", "@": "＠",
    ]

    private static func code(_ text: [UInt8], key: [UInt8]) -> String {
        Data(HMAC<SHA256>.authenticationCode(for: text, using: SymmetricKey(data: key))).base64EncodedString()
    }
}

extension JSONText {
    fileprivate mutating func write(_ name: StaticString, _ texts: [String]) {
        key(name)
        array { json in for text in texts { json.value(text) } }
    }
}
