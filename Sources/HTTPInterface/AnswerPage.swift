import Crypto
import Foundation
import SafetyModel

/// The answer page as HTML: small, for a telephone in the hand of somebody who runs.
struct AnswerPage: Sendable {
    var view: AnswerView
    var responder: String
    var residents: [AnswerHome.Resident]
    var names: [String: String]
    var words: AnswerWords
    var now: WallTime
    var nonce: String
    var notice: String?

    /// Colours hold 4.5 to 1 against their ground; buttons are 56 points high.
    private static let style = """
        body{font:18px/1.5 system-ui,sans-serif;margin:0 auto;max-width:34em;padding:1em;color:#111;background:#fff}
        h1{font-size:1.5em;margin:.2em 0}.urgent{color:#a30000}p{margin:.4em 0}
        .notice{background:#fff3cd;border:2px solid #7a5b00;padding:.6em;border-radius:6px}
        button,.call{display:block;width:100%;box-sizing:border-box;min-height:56px;margin:.6em 0;font:inherit;
        font-weight:600;border:2px solid #111;border-radius:8px;background:#fff;color:#111;text-align:center;
        text-decoration:none;padding:.8em}
        .first{background:#0b5d1e;color:#fff;border-color:#0b5d1e}
        button:focus,.call:focus,a:focus{outline:4px solid #1a5fb4;outline-offset:2px}
        dl{margin:.6em 0}dt{font-size:.85em;color:#555}dd{margin:0 0 .4em}ul{padding-left:1.2em}.foot{font-size:.85em}
        """

    /// Nothing but this page's own style may be loaded.
    static let policy: String = {
        let hash = Data(SHA256.hash(data: Data(style.utf8))).base64EncodedString()
        return "default-src 'none'; style-src 'sha256-\(hash)'; form-action 'self'; frame-ancestors 'none'; "
            + "base-uri 'none'"
    }()

    var html: String {
        let isUrgent = view.urgency == "lifeSafety" || view.urgency == "urgent"
        var body = "<h1\(isUrgent ? " class=\"urgent\"" : "")>\(Self.escaped(view.title))</h1>"
        if let notice { body += "<p class=\"notice\" role=\"alert\">\(Self.escaped(notice))</p>" }
        for message in view.alarms.compactMap(\.message).prefix(3) {
            body += "<p>\(Self.escaped(message))</p>"
        }
        body += "<p>\(words.ago(view.openedAt, now))</p>"
        body += "<p><strong>\(Self.escaped(words.state(view, name(view.answeredBy))))</strong></p>"
        return Self.document(body + buttons + facts + deeds + foot, title: view.title, words)
    }

    /// A page that says one thing and nothing else.
    static func notice(_ text: String, _ words: AnswerWords) -> String {
        document("<p>\(escaped(text))</p>", title: "anju", words)
    }

    private static func document(_ body: String, title: String, _ words: AnswerWords) -> String {
        """
        <!doctype html><html lang="\(words.language)"><head><meta charset="utf-8">\
        <meta name="viewport" content="width=device-width, initial-scale=1">\
        <meta name="robots" content="noindex"><title>\(escaped(title))</title><style>\(style)</style></head>\
        <body><main>\(body)</main></body></html>
        """
    }

    private func name(_ id: String?) -> String? {
        id.map { $0 == responder ? words.mine : names[$0] ?? $0 }
    }

    private var buttons: String {
        let isMine = view.answeredBy == responder
        let isAsked = view.handingOverTo == responder || view.wantsHelp(of: responder)
        switch view.phase {
        case "calling": return form("acknowledge", isFirst: true) + form("on-scene")
        case "acknowledged" where isMine: return form("on-scene", isFirst: true) + form("need-help")
        case "onScene" where isMine:
            return form("need-help")
                + ["real", "falseAlarm", "noContact"].map { form("close", disposition: $0) }.joined()
        // Whom it is offered to, and whoever comes to help, answers here too.
        case "acknowledged" where isAsked, "onScene" where isAsked:
            return form("acknowledge", isFirst: true) + form("on-scene")
        default: return ""
        }
    }

    private func form(_ act: String, disposition: String? = nil, isFirst: Bool = false) -> String {
        let more = disposition.map { "<input type=\"hidden\" name=\"disposition\" value=\"\($0)\">" } ?? ""
        return """
            <form method="post" action="?lang=\(words.language)">\
            <input type="hidden" name="nonce" value="\(nonce)">\
            <input type="hidden" name="act" value="\(act)">\(more)\
            <button\(isFirst ? " class=\"first\"" : "")>\(Self.escaped(words.button(disposition ?? act)))</button>\
            </form>
            """
    }

    private var facts: String {
        var text = "<dl><dt>\(words.address)</dt><dd>\(Self.escaped(view.home.name))"
        if !view.home.address.isEmpty { text += "<br>\(Self.escaped(view.home.address))" }
        text += "</dd>"
        for resident in residents.prefix(8) {
            let conditions = (resident.conditions ?? []).map(words.condition).joined(separator: words.comma)
            text += "<dt>\(words.resident)</dt><dd>\(Self.escaped(resident.name))"
            if !conditions.isEmpty { text += " (\(Self.escaped(conditions)))" }
            text += "</dd>"
        }
        return text + "</dl>" + residents.prefix(8).compactMap(call).joined()
    }

    private func call(_ resident: AnswerHome.Resident) -> String? {
        let number = (resident.telephone ?? "").filter { $0.isASCII && ($0.isNumber || $0 == "+") }
        guard number.count >= 3 else { return nil }
        return "<a class=\"call\" href=\"tel:\(number)\">\(words.call) \(Self.escaped(resident.name))</a>"
    }

    private var deeds: String {
        let told = view.timeline.compactMap { entry -> String? in
            guard let who = entry.responder, who != responder else { return nil }
            return words.deed(entry.event, by: names[who] ?? who).map {
                "<li>\(Self.escaped($0)), \(words.ago(entry.at, now))</li>"
            }
        }
        guard !told.isEmpty else { return "" }
        return "<h2>\(words.whatOthersDid)</h2><ul>\(told.suffix(10).joined())</ul>"
    }

    private var foot: String {
        "<p class=\"foot\"><a href=\"?lang=\(words.otherLanguage)\">\(words.other)</a></p>"
    }

    /// Text that cannot become markup.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
