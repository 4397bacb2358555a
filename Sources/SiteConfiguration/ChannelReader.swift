import Foundation
import SafetyModel

/// Reads `channels` of `anju.yaml`: ways to tell people beside the broker.
struct ChannelReader {
    let log: ProblemLog
    /// The folder of the file; relative paths start there.
    let folder: String
    private(set) var drafts: [ChannelDraft] = []
    private(set) var webhooks: [Marked<WebhookSettings>] = []
    private(set) var files: [FileReference] = []

    /// The words of `kind`.
    static let kinds = [
        "webhook", "wecom", "dingtalk", "feishu", "sms-modem", "sms-http", "voice-http", "email", "mqtt",
        "command",
    ]
    /// The words of `class`.
    static let classes = ["private", "group", "public"]
    static let shared = ["channel", "kind", "class", "timeout"]
    /// What each kind takes beside those.
    static let own: [String: [String]] = [
        "webhook": ["url", "secret_file"],
        "wecom": ["url_file", "format", "mention", "mention_all"],
        "dingtalk": ["url_file", "secret_file", "format", "mention", "mention_all"],
        "feishu": ["url_file", "secret_file", "format", "mention", "mention_all"],
        "sms-modem": ["outbox", "sent", "errors", "inbox"],
        "sms-http": ["url", "method", "headers", "secret_file", "json", "form", "success", "replies"],
        "voice-http": ["url", "method", "headers", "secret_file", "json", "form", "success"],
        "email": ["host", "port", "security", "from", "user", "password_file", "ca_file"],
        "mqtt": ["topic", "on", "off", "retain"],
        "command": ["run"],
    ]
    /// What people write instead of a key.
    private static let slips = [
        "name": "channel", "type": "kind", "audience": "class", "server": "host", "command": "run",
        "webhook": "channel",
    ]

    init(log: ProblemLog, folder: String) {
        self.log = log
        self.folder = folder
    }

    mutating func read(_ node: YAMLNode) {
        for node in log.elements(of: node, "channels", limit: Limits.channelLimit) { readChannel(node) }
    }

    private mutating func readChannel(_ node: YAMLNode) {
        guard let any = Table(node, "a channel", keys: nil, log: log) else { return }
        guard
            any.require(
                "kind", why: "It decides how orders travel",
                fix: "Write `kind:` and one of \(Self.kinds.joined(separator: ", "))."),
            let kind = any.word("kind", of: Self.kinds, { Self.kinds.contains($0) ? $0 : nil }),
            let keys = Self.own[kind],
            let table = Table(
                node, "a channel of kind \(kind)", keys: Self.shared + keys, slips: Self.slips, log: log)
        else { return }
        table.require("channel", why: "Responders refer to it", fix: "Write `channel: duty-group`.")
        let name = table.identifier("channel")
        if name == ResponderReader.mqttChannel {
            log.error(
                at: table.mark(of: "channel"), "A channel cannot be called `mqtt`",
                why: "That channel is built in", fix: "Choose another name.")
        }
        let timeout = table.duration("timeout", in: .seconds(1)...(.seconds(60)))
        if kind == "webhook" {
            readWebhook(table, name: name, timeout: timeout)
            return
        }
        guard let way = readWay(kind, table), let name else { return }
        var channel = ChannelSettings(name: name, audience: audience(table, kind), way: way)
        channel.timeout = timeout ?? channel.timeout
        drafts.append(
            ChannelDraft(
                channel: channel, mark: table.mark(of: "channel"), kind: kind,
                repliesMark: table.entry("replies")?.value.mark))
    }

    private mutating func readWay(_ kind: String, _ table: Table) -> ChannelWay? {
        switch kind {
        case "wecom": readRobot(.wecom, table)
        case "dingtalk": readRobot(.dingtalk, table)
        case "feishu": readRobot(.feishu, table)
        case "sms-modem": readModem(table)
        case "sms-http": readProvider(.textMessage, table)
        case "voice-http": readProvider(.voiceCall, table)
        case "email": readMail(table)
        case "mqtt": readTopic(table)
        default: readCommand(table)
        }
    }

    /// The class as written, or the usual one of the kind; a group's robot is never private.
    private func audience(_ table: Table, _ kind: String) -> ChannelAudience {
        let isRobot = ["wecom", "dingtalk", "feishu"].contains(kind)
        let usual: ChannelAudience = isRobot ? .group : kind == "mqtt" ? .public : .private
        guard let audience = table.word("class", of: Self.classes, ChannelAudience.init(name:)) else {
            return usual
        }
        guard isRobot, audience == .private else { return audience }
        log.error(
            at: table.mark(of: "class"), "A robot of a chat group cannot be `private`",
            why: "Telephone numbers, conditions and personal answer links would be read by the whole group",
            fix: "Write `class: group`, or remove the line.")
        return .group
    }

    private mutating func readWebhook(_ table: Table, name: String?, timeout: Duration?) {
        table.require("url", fix: "Write `url: https://...`.")
        if table["class"] != nil {
            log.error(
                at: table.mark(of: "class"), "`class` says nothing about a webhook",
                why: "Its events always hold the whole incident", fix: "Remove the line.")
        }
        guard let name, let url = SettingsReader.url(table, log: log) else { return }
        var webhook = WebhookSettings(name: name, url: url)
        webhook.secretFile = file(table, "secret_file", isSecret: true)
        webhook.timeout = timeout ?? webhook.timeout
        webhooks.append(Marked(value: webhook, mark: table.mark(of: "channel")))
    }

    /// A path of a key, absolute; the file must be there when the gateway starts.
    mutating func file(_ table: Table, _ key: String, isSecret: Bool = false) -> String? {
        guard let text = table.text(key, limit: 1_024) else { return nil }
        let path = Paths.absolute(text, in: folder)
        files.append(FileReference(path: path, mark: table.mark(of: key), isSecret: isSecret))
        return path
    }
}

/// A channel as the file says it.
struct ChannelDraft: Sendable {
    var channel: ChannelSettings
    var mark: Mark
    /// The word of its kind.
    var kind: String
    /// Where `replies` stands; nil without it.
    var repliesMark: Mark?
}
