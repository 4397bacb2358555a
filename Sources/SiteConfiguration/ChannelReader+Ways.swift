import Foundation
import SafetyModel

/// What each kind of channel needs.
extension ChannelReader {
    /// The words of a robot's `format`.
    static let formats = ["markdown", "text"]
    /// The words of `mention`: what a responder's address on the channel is.
    static let mentions = ["user", "phone"]
    /// The words of `mention_all`: when everybody in the group is mentioned.
    static let occasions = [Urgency.lifeSafety.name]
    /// The words of `security` of mail, in the order of its cases.
    static let securities = ["starttls", "tls", "none"]

    mutating func readRobot(_ maker: RobotSettings.Maker, _ table: Table) -> ChannelWay? {
        table.require(
            "url_file", why: "The robot's address holds its key, and secrets never stand in YAML",
            fix: "Put the address into a file and write `url_file: secrets/\(maker.name)-url`.")
        let usesMarkdown = table.word("format", of: Self.formats) { word -> Bool? in
            word == "markdown" ? true : word == "text" ? false : nil
        }
        let secretFile = maker == .wecom ? nil : file(table, "secret_file", isSecret: true)
        guard let urlFile = file(table, "url_file", isSecret: true) else { return nil }
        checkAddress(in: urlFile, at: table.mark(of: "url_file"))
        var robot = RobotSettings(
            maker: maker, urlFile: urlFile, secretFile: secretFile, usesMarkdown: usesMarkdown ?? true)
        robot.mention = readMention(maker, table)
        robot.mentionsAll =
            table.word("mention_all", of: Self.occasions) { Self.occasions.contains($0) ? true : nil }
            ?? false
        return .robot(robot)
    }

    /// Who is mentioned, which each maker's robots allow in another way.
    private func readMention(_ maker: RobotSettings.Maker, _ table: Table) -> RobotSettings.Mention {
        let mention = table.word("mention", of: Self.mentions) { word in
            RobotSettings.Mention.allCases.first { $0 != .nobody && $0.name == word }
        }
        if maker == .feishu, mention == .phone {
            log.error(
                at: table.mark(of: "mention"), "Feishu's robots cannot mention by telephone number",
                why: "Nobody would be rung",
                fix: "Write `mention: user`, and as responders' addresses their `ou_...` ids.")
        }
        return mention ?? .nobody
    }

    /// The file's first line must be an address; it is never shown.
    private func checkAddress(in path: String, at mark: Mark) {
        guard case .success(let bytes) = FileBytes.read(path, limit: 16_384) else { return }
        let line = String(decoding: bytes.prefix { $0 != 10 && $0 != 13 }, as: UTF8.self)
        guard let host = Paths.host(ofURL: line) else {
            log.error(
                at: mark, "The first line of \(path.quoted) is not a web address",
                why: "No order would reach the group", fix: "Write the robot's `https://...` into it.")
            return
        }
        guard line.hasPrefix("http://"), !Paths.isLoopback(host) else { return }
        log.warning(
            at: mark, "Alarms would travel to \(host.quoted) without encryption",
            why: "They hold names and addresses", fix: "Write `https://` in the file.")
    }

    mutating func readModem(_ table: Table) -> ChannelWay? {
        for key in ["outbox", "sent", "errors"] {
            table.require(
                key, why: "Without it nobody knows what became of a message",
                fix: "Write the folder of gammu-smsd's `\(Self.modemKeys[key] ?? key)`.")
        }
        let paths = ["outbox", "sent", "errors", "inbox"].map { folder(table, $0) }
        guard let outbox = paths[0], let sent = paths[1], let errors = paths[2] else { return nil }
        let known = paths.compactMap(\.self)
        if Set(known).count != known.count {
            log.error(
                at: table.mark, "Two of the modem's folders are the same",
                why: "What was sent could not be told from what waits", fix: "Give each its own folder.")
        }
        return .modem(ModemSettings(outbox: outbox, sent: sent, errors: errors, inbox: paths[3]))
    }

    private static let modemKeys = [
        "outbox": "OutboxPath", "sent": "SentSMSPath", "errors": "ErrorSMSPath", "inbox": "InboxPath",
    ]

    /// A folder that is there, without a slash at its end.
    private func folder(_ table: Table, _ key: String) -> String? {
        guard let text = table.text(key, limit: 1_024) else { return nil }
        var path = Paths.absolute(text, in: folder)
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        var isFolder: ObjCBool = false
        if !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) || !isFolder.boolValue {
            log.error(
                at: table.mark(of: key), "There is no folder \(path.quoted)",
                why: "gammu-smsd and the gateway exchange messages there",
                fix: "Create it, and give both the right to write there.")
        }
        return path
    }

    mutating func readMail(_ table: Table) -> ChannelWay? {
        table.require("host", fix: "Write `host: mail.example.org`.")
        table.require(
            "from", why: "Servers refuse mail without a sender", fix: "Write `from: anju@example.org`.")
        let words = Self.securities
        let security = table.word("security", of: words) { word in
            words.firstIndex(of: word).flatMap { MailSettings.Security(rawValue: UInt8($0)) }
        }
        guard let host = table.text("host"), let sender = table.text("from") else { return nil }
        checkSender(sender, at: table.mark(of: "from"))
        var mail = MailSettings(host: host, sender: sender)
        mail.security = security ?? .startTLS
        mail.port = mail.security == .tls ? 465 : mail.port
        mail.port = table.count("port", in: 1...65_535).map { UInt16($0) } ?? mail.port
        mail.user = table.text("user")
        mail.passwordFile = file(table, "password_file", isSecret: true)
        mail.authorityFile = file(table, "ca_file")
        if (mail.user == nil) != (mail.passwordFile == nil) {
            log.error(
                at: table.mark, "`user` and `password_file` belong together",
                why: "With one of them nobody can log in", fix: "Write both, or neither.")
        }
        if mail.security == .none, !Paths.isLoopback(host) {
            log.error(
                at: table.mark(of: "security"), "Mail would travel to \(host.quoted) without encryption",
                why: "It holds names, addresses and the password",
                fix: "Write `security: starttls`; `none` is for a server on this machine.")
        }
        return .mail(mail)
    }

    private func checkSender(_ sender: String, at mark: Mark) {
        let parts = sender.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = sender.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x3c && $0 != 0x3e }
        guard parts.count != 2 || parts.contains(where: \.isEmpty) || !isPlain else { return }
        log.error(
            at: mark, "\"\(sender.quoted)\" is no mail address", why: "Servers would refuse every mail",
            fix: "Write `from: anju@example.org`, without a name.")
    }

    mutating func readTopic(_ table: Table) -> ChannelWay? {
        table.require("topic", fix: "Write `topic: sirens/{number}/set`.")
        table.require("on", why: "It is what an alarm publishes", fix: "Write `on: ON`.")
        guard let topic = table.text("topic", limit: Limits.topicLimit),
            let onPayload = table.text("on", limit: Limits.payloadLimit)
        else { return nil }
        let offPayload = table.text("off", limit: Limits.payloadLimit)
        var fault: String?
        if topic.contains("+") || topic.contains("#") { fault = "holds a wildcard" }
        if topic.isEmpty || topic.hasPrefix("$") { fault = "is none that can be published to" }
        if topic.hasPrefix("anju/") { fault = "lies among the gateway's own" }
        if let fault {
            log.error(
                at: table.mark(of: "topic"), "The topic \"\(topic.quoted)\" \(fault)",
                why: "The device would never hear it", fix: "Write for example `sirens/{number}/set`.")
        }
        let audience = table["class"]?.text.flatMap(ChannelAudience.init(name:)) ?? .public
        for (key, text) in [("topic", topic), ("on", onPayload), ("off", offPayload ?? "")] {
            checkPlaceholders(text, beside: ["number"], for: audience, at: table.mark(of: key))
        }
        var settings = TopicSettings(topic: topic, onPayload: onPayload, offPayload: offPayload)
        settings.isRetained = table.flag("retain") ?? false
        if settings.isRetained, offPayload == nil {
            log.warning(
                at: table.mark(of: "retain"), "What is retained is never taken back",
                why: "A siren that restarts would sound again after the alarm", fix: "Write `off: ...` too.")
        }
        return .topic(settings)
    }

    mutating func readCommand(_ table: Table) -> ChannelWay? {
        table.require("run", fix: "Write `run: [/usr/local/bin/beep, --loud]`.")
        let arguments = table.texts("run", limit: Limits.payloadLimit)
        let mark = table.mark(of: "run")
        log.check(arguments.count, Limits.argumentLimit, "arguments of one command", at: mark)
        guard let path = arguments.first else { return nil }
        if !path.hasPrefix("/") {
            log.error(
                at: mark, "`run` must begin with an absolute path, not \"\(path.quoted)\"",
                why: "No shell and no search path is asked", fix: "Write for example `run: [/usr/bin/beep]`.")
        } else if !FileManager.default.isExecutableFile(atPath: path) {
            log.error(
                at: mark, "There is no program \(path.quoted) that may be run",
                why: "Every order to it would fail", fix: "Install it, or correct the path.")
        }
        return .command(CommandSettings(arguments: arguments))
    }
}
