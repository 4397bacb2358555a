import Foundation
import SafetyModel

/// A provider of text messages or telephone calls that is asked by HTTP.
extension ChannelReader {
    /// What may stand in a request beside the facts of an order.
    private static let requestPlaceholders = ["message", "number", "secret"]

    static let successKeys = ["path", "is"]
    static let methods = ["POST", "PUT", "GET"]

    mutating func readProvider(_ service: ProviderSettings.Service, _ table: Table) -> ChannelWay? {
        table.require("url", fix: "Write `url: https://...`.")
        guard let url = SettingsReader.url(table, log: log) else { return nil }
        var provider = ProviderSettings(service: service, url: url)
        provider.method =
            table.word("method", of: Self.methods) { Self.methods.contains($0) ? $0 : nil } ?? "POST"
        provider.headers = readTexts(table, "headers")
        provider.secretFile = file(table, "secret_file", isSecret: true)
        readBody(table, into: &provider)
        readSuccess(table, into: &provider)
        provider.takesReplies = table.flag("replies") ?? false
        checkRequest(provider, table)
        return .provider(provider)
    }

    private func readTexts(_ table: Table, _ key: String) -> [NamedText] {
        guard let node = table[key], let texts = Table(node, "`\(key)`", keys: nil, log: log) else {
            return []
        }
        log.check(texts.entries.count, Limits.argumentLimit, key, at: node.mark)
        return texts.entries.compactMap { entry in
            entry.value.readText(entry.key, limit: Limits.payloadLimit, log: log).map {
                NamedText(name: entry.key, text: $0)
            }
        }
    }

    private func readBody(_ table: Table, into provider: inout ProviderSettings) {
        if table["json"] != nil, table["form"] != nil {
            log.error(
                at: table.mark(of: "form"), "A request carries either `json` or `form`",
                why: "Nobody could know which", fix: "Remove one of them.")
        }
        if let json = table.text("json", limit: Limits.payloadLimit) {
            provider.body = .json(json)
            let example = json.filled { _ in "1" }
            if (try? JSONSerialization.jsonObject(with: Data(example.utf8), options: .fragmentsAllowed))
                == nil
            {
                log.error(
                    at: table.mark(of: "json"), "`json` is no JSON document",
                    why: "The provider would refuse every request",
                    fix: "Write for example `json: '{\"to\": \"{number}\", \"text\": \"{message}\"}'`.")
            }
        } else if table["form"] != nil {
            provider.body = .form(readTexts(table, "form"))
        }
    }

    private func readSuccess(_ table: Table, into provider: inout ProviderSettings) {
        guard let node = table["success"],
            let success = Table(node, "`success`", keys: Self.successKeys, log: log)
        else { return }
        success.require("path", why: "It says where the outcome stands", fix: "Write `path: code`.")
        success.require("is", why: "It says which outcome is a success", fix: "Write `is: [\"0\"]`.")
        provider.successPath = success.text("path")
        provider.successValues = success.texts("is")
    }

    private func checkRequest(_ provider: ProviderSettings, _ table: Table) {
        var texts = [("url", provider.url)]
        texts += provider.headers.map { ("headers", $0.text) }
        switch provider.body {
        case .none: break
        case .json(let json): texts.append(("json", json))
        case .form(let fields): texts += fields.map { ("form", $0.text) }
        }
        let audience = table["class"]?.text.flatMap(ChannelAudience.init(name:)) ?? .private
        for (key, text) in texts {
            checkPlaceholders(text, beside: Self.requestPlaceholders, for: audience, at: table.mark(of: key))
        }
        let names = texts.flatMap(\.1.placeholderNames)
        if !names.contains("number") {
            log.error(
                at: table.mark, "The request does not say whom to reach", why: "It has no `{number}`",
                fix: "Put `{number}` into `url`, `json` or `form`.")
        }
        if provider.service == .textMessage,
            !names.contains(where: { !Self.requestPlaceholders.contains($0) }),
            !names.contains("message")
        {
            log.error(
                at: table.mark, "The request says nothing of the alarm", why: "It has no `{message}`",
                fix: "Put `{message}` into `url`, `json` or `form`.")
        }
        if names.contains("secret"), provider.secretFile == nil {
            log.error(
                at: table.mark, "`{secret}` has nothing to stand for", why: "There is no `secret_file`",
                fix: "Write `secret_file: secrets/...`.")
        }
        if provider.takesReplies, provider.service == .voiceCall {
            log.error(at: table.mark, "Nobody replies to a call", fix: "Remove `replies`.")
        }
    }

    /// Placeholders that nobody fills, and such as this class of channel leaves empty.
    func checkPlaceholders(
        _ text: String, beside others: [String], for audience: ChannelAudience, at mark: Mark
    ) {
        for name in text.placeholderNames where !others.contains(name) {
            guard let placeholder = MessagePlaceholder(name: name) else {
                let known = others + MessagePlaceholder.allCases.map(\.name)
                log.error(
                    at: mark, "There is no placeholder `{\(name.quoted)}`",
                    why: "Responders would read it as it stands",
                    fix: nearestWord(to: name, among: known).map { "Did you mean `{\($0)}`?" }
                        ?? "The placeholders are \(known.map { "{\($0)}" }.joined(separator: ", ")).")
                continue
            }
            guard !placeholder.isAllowed(to: audience) else { continue }
            log.error(
                at: mark, "`{\(name)}` stays empty on a channel of class `\(audience.name)`",
                why: "It would tell more of a person than whoever reads it may know",
                fix: "Remove it, or give the channel another `class`.")
        }
    }
}
