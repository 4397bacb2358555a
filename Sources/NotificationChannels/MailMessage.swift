import Foundation
import GatewayPorts
import SafetyModel

/// A mail as RFC 5322 and RFC 2047 want it: ASCII lines, whatever language it is in.
struct MailMessage: Sendable {
    var sender: String
    var recipient: String
    var subject: String
    var text: String
    /// The same for every try of an order, so that a mailbox shows it once.
    var id: String
    /// When it is sent, in milliseconds since 1970.
    var sentAt: Int64
    var isPressing: Bool

    /// The most bytes of an address (RFC 5321, 4.5.3.1.3, without its brackets).
    static let addressLimit = 254
    /// The most characters of a line (RFC 5322, 2.1.1: it should not be longer).
    static let lineLimit = 78

    /// The message with its headers, lines ended by CR LF.
    var bytes: [UInt8] {
        var lines = [
            "From: <\(sender)>", "To: <\(recipient)>", "Subject: \(Self.encodedWords(subject.onOneLine))",
            "Date: \(Self.date(sentAt))", "Message-ID: <\(id)>", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64",
            "Auto-Submitted: auto-generated",
        ]
        if isPressing { lines += ["Importance: high", "X-Priority: 1"] }
        lines.append("")
        let body = Array(Data(text.utf8).base64EncodedString())
        lines += stride(from: 0, to: body.count, by: 76).map { String(body[$0..<min($0 + 76, body.count)]) }
        return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
    }

    /// Whether a text is an address that can stand in an envelope: one `@`, printable ASCII without brackets.
    static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), text.utf8.count <= addressLimit else {
            return false
        }
        return text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"<>()[],;:\\\"".utf8.contains($0) }
    }

    /// A header's text: as it is where it is short ASCII, else in words of at most 75 characters (RFC 2047,
    /// 2), each of whole characters, folded.
    static func encodedWords(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20..<0x7f).contains($0) } && !text.contains("=?")
        if isPlain, text.count <= lineLimit - "Subject: ".count { return text }
        var words: [String] = []
        var word = ""
        for character in text {
            // 39 bytes become 52 characters; with `=?UTF-8?B?`, `?=` and the header's name that is 73.
            if word.utf8.count + character.utf8.count > 39 {
                words.append(word)
                word = ""
            }
            word.append(character)
        }
        words.append(word)
        return words.map { "=?UTF-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    /// `Tue, 14 Nov 2023 22:13:20 +0000`.
    static func date(_ milliseconds: Int64) -> String {
        // `2023-11-14T22:13:20.123Z`, whose parts stand in fixed places.
        let time = Array(WallTime(milliseconds: milliseconds).rfc3339)
        let days = (milliseconds >= 0 ? milliseconds : milliseconds - 86_399_999) / 86_400_000
        // 1970-01-01 was a Thursday.
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][Int((days % 7 + 7) % 7)]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let month = months[(Int(String(time[5..<7])) ?? 1) - 1]
        return "\(weekday), \(String(time[8..<10])) \(month) \(String(time[0..<4])) "
            + "\(String(time[11..<19])) +0000"
    }
}
