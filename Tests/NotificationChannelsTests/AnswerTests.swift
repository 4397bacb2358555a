import Escalation
import Foundation
import GatewayPorts
import SafetyModel
import Synchronization
import Testing

@testable import NotificationChannels

struct AnswerTests {
    private static let keys = SecretAnswerKeys(secret: Array("a secret of the tests".utf8))
    private static let document = Array(#"{"id":12,"notified":["wang","li"]}"#.utf8)

    private func replies(
        _ documents: [[UInt8]] = [document], now: @escaping @Sendable () -> Int64 = { 0 }
    ) -> SMSReplies {
        SMSReplies(
            people: [
                .init(responder: "wang", number: "+86 138 0000 0001"),
                .init(responder: "li", number: "13800000002"),
                .init(responder: "zhao", number: "13800000003"),
            ], keys: Self.keys, language: "zh-Hans", incidents: { documents }, now: now)
    }

    private static func code(_ responder: String, incident: Int64 = 12) -> String {
        keys.replyCode(incident: incident, responder: responder)
    }

    @Test(arguments: [
        "1 @", "1@", "@ 1", "1，@", "1:@\n", "１ @", "回复1 码@", "@1",
    ])
    func `a reply is understood as people write it`(_ text: String) {
        let text = text.replacing("@", with: Self.code("wang"))
        // Five digits in a row are act and code, in this order.
        guard text != Self.code("wang") + "1" else { return }
        for sender in ["13800000001", "+8613800000001", "008613800000001", "86 138-0000-0001"] {
            let command = replies().command(from: sender, text: text)
            #expect(command?.incident.number == 12)
            #expect(command?.responder == "wang")
            #expect(command?.act == .acknowledge)
            #expect(command?.origin == "sms")
        }
    }

    @Test func `2 is on scene and 3 asks for help`() {
        let code = Self.code("li")
        #expect(replies().command(from: "13800000002", text: "2 \(code)")?.act == .onScene)
        #expect(replies().command(from: "13800000002", text: "3 \(code)")?.act == .needHelp)
    }

    @Test func `number and code must be those of one responder who was told`() {
        let replies = replies()
        // A stranger gets no word, whatever he knows.
        #expect(replies.reading(from: "13900000000", text: "1 \(Self.code("wang"))") == .nothing)
        #expect(replies.command(from: "13800000002", text: "1 \(Self.code("wang"))") == nil)
        // Zhao was not told of incident 12.
        #expect(replies.command(from: "13800000003", text: "1 \(Self.code("zhao"))") == nil)
        #expect(replies.command(from: "13800000001", text: "1 \(Self.code("wang", incident: 13))") == nil)
    }

    @Test(arguments: [
        "", "好的", "1", "4 1234", "1 123", "1 12345", "1 2 1234", String(repeating: "1", count: 200),
    ])
    func `what is no reply is answered plainly`(_ text: String) {
        guard case .answer(let answer) = replies().reading(from: "13800000001", text: text) else {
            Issue.record("no answer")
            return
        }
        #expect(answer.contains("1=接单"))
        #expect(text.count <= SMSReplies.replyLimit || Reply(text) == nil)
    }

    @Test func `after wrongCodeLimit wrong codes a number is not heard for a while`() throws {
        let now = Mutex(Int64(1_000))
        let clock = { @Sendable in now.withLock { $0 } }
        let replies = replies(now: clock)
        let right = Self.code("wang")
        let wrong = right == "0000" ? "0001" : "0000"
        for count in 1...SMSReplies.wrongCodeLimit {
            guard case .answer(let answer) = replies.reading(from: "13800000001", text: "1 \(wrong)") else {
                Issue.record("no answer at try \(count)")
                return
            }
            #expect(answer.contains("错误码过多") == (count == SMSReplies.wrongCodeLimit))
        }
        #expect(replies.reading(from: "13800000001", text: "1 \(right)") == .nothing)
        #expect(replies.command(from: "13800000002", text: "1 \(Self.code("li"))") != nil)
        now.withLock { $0 += SMSReplies.pause.wholeMilliseconds }
        #expect(replies.command(from: "13800000001", text: "1 \(right)") != nil)
        #expect(SMSReplies.rememberedLimit >= 1_000)
    }

    @Test func `a code of two open incidents is not guessed`() throws {
        var seen: [String: Int64] = [:]
        var pair: (Int64, Int64)?
        for incident: Int64 in 1...20_000 where pair == nil {
            let code = Self.code("wang", incident: incident)
            if let first = seen[code] { pair = (first, incident) }
            seen[code] = incident
        }
        let (first, second) = try #require(pair)
        let documents = [first, second].map { Array("{\"id\":\($0),\"notified\":[\"wang\"]}".utf8) }
        let code = Self.code("wang", incident: first)
        guard case .answer(let answer) = replies(documents).reading(from: "13800000001", text: "1 \(code)")
        else {
            Issue.record("a command was guessed")
            return
        }
        #expect(answer.contains("多个警情"))
    }

    @Test func `a link means what it was made for, and a changed one nothing`() throws {
        let token = Self.keys.linkToken(incident: 12, order: "12-3", responder: "王二")
        #expect(
            Self.keys.meaning(ofLinkToken: token)
                == AnswerKey(incident: 12, order: "12-3", responder: "王二"))
        let characters = Array(token)
        for place in characters.indices {
            var changed = characters
            changed[place] = changed[place] == "A" ? "B" : "A"
            let meaning = Self.keys.meaning(ofLinkToken: String(changed))
            // The last character has bits that stand for nothing.
            #expect(meaning == nil || place == characters.count - 1)
        }
        for wrong in [
            "", "A", "=", token + "A", String(token.dropLast(2)), "中文", String(repeating: "A", count: 513),
        ] {
            #expect(Self.keys.meaning(ofLinkToken: wrong) == nil)
        }
        #expect(SecretAnswerKeys().meaning(ofLinkToken: token) == nil)
        #expect(token.utf8.allSatisfy { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "+") })
        #expect(token.count < SecretAnswerKeys.tokenLimit)
    }

    @Test func `codes are four digits, differ between people, and all digits occur`() {
        let codes = (1...2_000).map { Self.code("wang", incident: $0) }
        #expect(codes.allSatisfy { $0.count == 4 && $0.allSatisfy(\.isNumber) })
        #expect(Set(codes).count > 1_500)
        #expect(Set(codes.map(\.first)).count == 10)
        #expect(Self.code("wang") != Self.code("li"))
    }

    @Test func `the secret is made once, for its owner's eyes only`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { Examples.remove(path) }
        let first = try SecretAnswerKeys(file: path)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        let token = first.linkToken(incident: 1, order: "1-1", responder: "a")
        #expect(try SecretAnswerKeys(file: path).meaning(ofLinkToken: token) != nil)
        try Data([1, 2]).write(to: URL(fileURLWithPath: path))
        #expect(throws: SecretAnswerKeys.FileError(reason: "it holds 2 bytes instead of 32")) {
            try SecretAnswerKeys(file: path)
        }
        #expect(throws: SecretAnswerKeys.FileError.self) { try SecretAnswerKeys(file: path + "/x") }
    }
}

extension SMSReplies {
    /// The command of a message, or nil when it is none.
    fileprivate func command(from sender: String, text: String) -> PersonCommand? {
        guard case .command(let command) = reading(from: sender, text: text) else { return nil }
        return command
    }
}
