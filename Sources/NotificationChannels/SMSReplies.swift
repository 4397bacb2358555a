public import Escalation
import Foundation
public import GatewayPorts
import SafetyModel
import Synchronization

/// Understands what responders answer by text message: `1 1234` takes the alarm of code 1234 over.
///
/// The sender's number must be a responder's address on a channel of text messages, and the code that of an
/// open incident which this responder was told of. 1 takes over, 2 is on scene, 3 asks for help; the code may
/// stand before or behind, with or without a space. Numbers of nobody get no answer at all; after
/// `wrongCodeLimit` wrong codes a number is not heard for `pause`.
public final class SMSReplies: Sendable {
    /// A responder's number on some channel of text messages.
    public struct Person: Hashable, Sendable {
        /// The responder's id.
        public var responder: String
        /// The number as configured.
        public var number: String

        /// Makes one from its parts.
        public init(responder: String, number: String) {
            self.responder = responder
            self.number = number
        }
    }

    /// What a message means.
    public enum Reading: Hashable, Sendable {
        /// Somebody does something.
        case command(PersonCommand)
        /// It means nothing; the sender should be told so in these words.
        case answer(String)
        /// Nobody we know, or too many wrong codes: no word.
        case nothing
    }

    /// The way that stands in the record.
    public static let origin = "sms"
    /// Wrong codes of one number after which it is not heard for a while.
    static let wrongCodeLimit = 5
    /// How long a number is not heard, and how long a wrong code counts.
    static let pause = Duration.minutes(15)
    /// Numbers whose wrong codes are remembered; only responders' numbers ever are.
    static let rememberedLimit = 20_000
    /// The most characters of a reply that are read.
    static let replyLimit = 160

    private let responders: [String: [String]]
    private let keys: any AnswerKeys
    private let isEnglish: Bool
    private let incidents: @Sendable () -> [[UInt8]]
    private let now: @Sendable () -> Int64
    /// By national number: when its wrong codes came, in milliseconds.
    private let wrong = Mutex<[String: [Int64]]>([:])

    /// - Parameters:
    ///   - people: responders with their numbers.
    ///   - incidents: the documents of the open incidents.
    ///   - now: milliseconds of a clock that does not go back.
    public init(
        people: [Person], keys: any AnswerKeys, language: String,
        incidents: @escaping @Sendable () -> [[UInt8]],
        now: @escaping @Sendable () -> Int64 = WallClock.uptime
    ) {
        var responders: [String: [String]] = [:]
        for person in people {
            guard let number = TelephoneNumber(person.number)?.national else { continue }
            responders[number, default: []].append(person.responder)
        }
        self.responders = responders
        self.keys = keys
        isEnglish = language == "en"
        self.incidents = incidents
        self.now = now
    }

    /// What a message means, and what to say to one that means nothing.
    public func reading(from sender: String, text: String) -> Reading {
        guard let number = TelephoneNumber(sender)?.national, let people = responders[number] else {
            return .nothing
        }
        guard !isPaused(number) else { return .nothing }
        guard let reply = Reply(text) else {
            return .answer(
                isEnglish
                    ? "anju: not understood. Reply 1=coming 2=there 3=help and the four digits of the alarm."
                    : "【安居】未能识别。请回复 1=接单 2=到场 3=求助，并加上短信中的四位码。")
        }
        var found: [(incident: Int64, responder: String)] = []
        for heading in incidents().compactMap(Heading.init) {
            for responder in people where heading.notified.contains(responder) {
                let code = keys.replyCode(incident: heading.id, responder: responder)
                if code == reply.code { found.append((heading.id, responder)) }
            }
        }
        guard let first = found.first else { return wrongCode(of: number) }
        guard found.count == 1 else {
            return .answer(
                isEnglish
                    ? "anju: this code stands for several alarms. Please telephone."
                    : "【安居】该码对应多个警情，请电话联系值班人员。")
        }
        return .command(
            PersonCommand(
                incident: IncidentID(first.incident), responder: first.responder, act: reply.act,
                origin: Self.origin))
    }

    /// What a responder is told about his command.
    public func answer(_ answer: CommandAnswer, to command: PersonCommand) -> String {
        let number = command.incident.number
        let mark = isEnglish ? "anju: alarm \(number): " : "【安居】警情\(number)："
        return switch answer {
        case .accepted:
            switch command.act {
            case .acknowledge: mark + (isEnglish ? "you have taken it over." : "已由您接单。")
            case .onScene: mark + (isEnglish ? "you are on scene." : "已记录您到场。")
            case .needHelp: mark + (isEnglish ? "help is called." : "已为您请求支援。")
            case .close: mark + (isEnglish ? "closed." : "已关闭。")
            case .handOver: mark + (isEnglish ? "offered to somebody else." : "已请他人接手。")
            case .note: mark + (isEnglish ? "written down." : "已记录。")
            }
        case .refused(.takenByAnother):
            mark + (isEnglish ? "somebody else has taken it over." : "已由他人接单。")
        case .refused(.alreadyClosed), .refused(.unknownIncident):
            mark + (isEnglish ? "it is closed already." : "已处理完毕。")
        case .refused(.notTakenOver), .refused(.unknownResponder):
            mark + (isEnglish ? "it cannot be handed over." : "无法转交。")
        case .refused(.unavailable):
            mark + (isEnglish ? "not recorded, please send it again." : "未能记录，请重新发送。")
        }
    }

    private func isPaused(_ number: String) -> Bool {
        let since = now() - Self.pause.wholeMilliseconds
        return wrong.withLock { wrong in
            wrong[number]?.removeAll { $0 <= since }
            return (wrong[number]?.count ?? 0) >= Self.wrongCodeLimit
        }
    }

    private func wrongCode(of number: String) -> Reading {
        let moment = now()
        let count = wrong.withLock { wrong in
            if wrong.count >= Self.rememberedLimit, wrong[number] == nil { wrong.removeAll() }
            wrong[number, default: []].append(moment)
            return wrong[number]?.count ?? 0
        }
        if count >= Self.wrongCodeLimit {
            return .answer(
                isEnglish
                    ? "anju: too many wrong codes; replies are not read for 15 minutes."
                    : "【安居】错误码过多，15 分钟内不再接受短信回复。")
        }
        return .answer(
            isEnglish
                ? "anju: no open alarm of yours has this code." : "【安居】没有与该码对应的未结警情。")
    }

    /// What is needed of an incident's document.
    private struct Heading: Decodable {
        var id: Int64
        var notified: [String]

        init?(_ document: [UInt8]) {
            guard let heading = try? JSONDecoder().decode(Heading.self, from: Data(document)) else {
                return nil
            }
            self = heading
        }
    }
}

/// A reply: one digit for the act and four for the alarm.
struct Reply: Hashable {
    var act: PersonCommand.Act
    var code: String

    /// Reads one, or nothing where there is none; wide digits count, and signs may stand between.
    init?(_ text: String) {
        guard text.count <= SMSReplies.replyLimit else { return nil }
        var groups: [String] = [""]
        for scalar in text.unicodeScalars {
            // Full-width digits stand at U+FF10.
            let value =
                scalar.value >= 0xff10 && scalar.value <= 0xff19 ? scalar.value - 0xfee0 : scalar.value
            if let digit = Unicode.Scalar(value), ("0"..."9").contains(digit) {
                groups[groups.count - 1].unicodeScalars.append(digit)
            } else if groups.last?.isEmpty == false {
                groups.append("")
            }
        }
        groups.removeAll(where: \.isEmpty)
        if groups.count == 1, groups[0].count == 5 {
            groups = [String(groups[0].prefix(1)), String(groups[0].dropFirst())]
        }
        guard groups.count == 2 else { return nil }
        if groups[0].count == 4 { groups.reverse() }
        guard groups[0].count == 1, groups[1].count == 4 else { return nil }
        switch groups[0] {
        case "1": act = .acknowledge
        case "2": act = .onScene
        case "3": act = .needHelp
        default: return nil
        }
        code = groups[1]
    }
}
