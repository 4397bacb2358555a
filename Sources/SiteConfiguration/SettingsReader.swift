import SafetyCore
import SafetyModel

/// Reads `anju.yaml`: gateway, broker, store, channels, limits.
struct SettingsReader {
    let log: ProblemLog
    /// The folder of the file; relative paths start there.
    let folder: String
    var draft = SettingsDraft()

    static let keys =
        [
            "gateway", "time_zone", "language", "demonstration", "mqtt", "store", "http", "webhooks",
            "channels", "home_commands", "heartbeat", "commands", "retention", "limits", "patience",
            "inactivity", "check_in", "visits", "extra_visits", "holidays", "includes",
        ] + FileDraft.sections

    static let brokerKeys = [
        "host", "port", "client_id", "user", "password_file", "ca_file", "certificate_file", "key_file",
        "keep_alive", "broker_config",
    ]
    static let storeKeys = ["path"]
    static let retentionKeys = ["inputs", "incidents", "size"]
    static let webhookKeys = ["webhook", "url", "secret_file", "timeout"]
    static let heartbeatKeys = ["url", "secret_file", "every", "timeout"]
    static let commandKeys = ["tokens_file"]
    static let homeCommandKeys = ["sirens", "voice"]
    static let limitKeys = ["payload", "batch", "flood"]
    static let patienceKeys = [
        "raise_again_after", "silence_ceiling", "delivery", "tries_per_channel", "bridge", "link",
    ]
    static let languages = ["zh-Hans", "en"]

    init(log: ProblemLog, folder: String) {
        self.log = log
        self.folder = folder
    }

    mutating func read(_ node: YAMLNode) -> SettingsDraft {
        guard let table = Table(node, "anju.yaml", keys: Self.keys, log: log) else { return draft }
        table.require("gateway", why: "It stands in topics and orders", fix: "Write `gateway: some-id`.")
        draft.gateway = table.identifier("gateway") ?? ""
        draft.mark = table.mark(of: "gateway")
        if let zone = table.text("time_zone") {
            draft.timeZone = Marked(value: zone, mark: table.mark(of: "time_zone"))
        }
        draft.settings.language =
            table.word("language", of: Self.languages) { Self.languages.contains($0) ? $0 : nil }
            ?? "zh-Hans"
        draft.settings.isDemonstration = table.flag("demonstration") ?? false
        draft.settings.broker.clientID = "anju-\(draft.gateway)"
        if let node = table["mqtt"] { readBroker(node) }
        readStore(table)
        if let node = table["http"] { readHTTP(node) }
        readWebhooks(table)
        readChannels(table)
        if let node = table["home_commands"] { readHomeCommands(node) }
        if let node = table["heartbeat"] { readHeartbeat(node) }
        if let node = table["commands"],
            let commands = Table(node, "`commands`", keys: Self.commandKeys, log: log)
        {
            draft.settings.responderTokensFile = file(commands, "tokens_file", isSecret: true)
        }
        if let node = table["limits"] { readLimits(node) }
        if let node = table["patience"] { readPatience(node) }
        if let node = table["holidays"] { draft.holidays = HolidayReader(log: log).read(node) }
        draft.welfare = WelfareReader(log: log).read(table)
        draft.visitCalendar = VisitReader(log: log).readCalendar(table)
        readIncludes(table)
        return draft
    }

    /// A path of a key, absolute; the file must be there when the gateway starts.
    mutating func file(_ table: Table, _ key: String, isSecret: Bool = false) -> String? {
        guard let text = table.text(key, limit: 1_024) else { return nil }
        let path = Paths.absolute(text, in: folder)
        draft.files.append(FileReference(path: path, mark: table.mark(of: key), isSecret: isSecret))
        return path
    }

    private mutating func readBroker(_ node: YAMLNode) {
        guard let table = Table(node, "`mqtt`", keys: Self.brokerKeys, log: log) else { return }
        var broker = draft.settings.broker
        draft.brokerMark = table.mark
        broker.host = table.text("host") ?? broker.host
        broker.port = table.count("port", in: 1...65_535).map { UInt16($0) } ?? broker.port
        broker.clientID = table.identifier("client_id") ?? broker.clientID
        broker.user = table.text("user")
        broker.passwordFile = file(table, "password_file", isSecret: true)
        broker.authorityFile = file(table, "ca_file")
        broker.certificateFile = file(table, "certificate_file")
        broker.keyFile = file(table, "key_file", isSecret: true)
        broker.keepAlive = table.duration("keep_alive", in: .seconds(5)...(.minutes(20))) ?? broker.keepAlive
        if let path = table.text("broker_config", limit: 1_024) {
            let place = Paths.absolute(path, in: folder)
            draft.brokerFile = Marked(value: place, mark: table.mark(of: "broker_config"))
        }
        if broker.passwordFile != nil, broker.user == nil {
            table.require("user", why: "A password without a user is not sent", fix: "Write `user: anju`.")
        }
        if (broker.certificateFile == nil) != (broker.keyFile == nil) {
            log.error(
                at: table.mark, "`certificate_file` and `key_file` belong together",
                fix: "Write both or neither.")
        }
        draft.settings.broker = broker
    }

    private mutating func readStore(_ table: Table) {
        if let node = table["store"], let store = Table(node, "`store`", keys: Self.storeKeys, log: log),
            let path = store.text("path", limit: 1_024)
        {
            draft.settings.store.path = Paths.absolute(path, in: folder)
        }
        guard let node = table["retention"],
            let retention = Table(node, "`retention`", keys: Self.retentionKeys, log: log)
        else { return }
        var store = draft.settings.store
        store.journalRetention =
            retention.duration("inputs", in: .hours(1)...(.hours(366 * 24))) ?? store.journalRetention
        store.incidentRetention =
            retention.duration("incidents", in: .hours(24)...(.hours(10 * 366 * 24)))
            ?? store.incidentRetention
        store.sizeLimit =
            retention.size("size", in: 50_000_000...1_000_000_000_000).map(Int64.init) ?? store.sizeLimit
        draft.settings.store = store
    }

    private mutating func readWebhooks(_ table: Table) {
        guard let node = table["webhooks"] else { return }
        for node in log.elements(of: node, "webhooks", limit: Limits.webhookLimit) {
            guard let table = Table(node, "a webhook", keys: Self.webhookKeys, log: log) else { continue }
            table.require("webhook", fix: "Write `webhook: duty-desk`.")
            table.require("url", fix: "Write `url: https://...`.")
            guard let name = table.identifier("webhook"), let url = Self.url(table, log: log) else {
                continue
            }
            var webhook = WebhookSettings(name: name, url: url)
            webhook.secretFile = file(table, "secret_file", isSecret: true)
            webhook.timeout = table.duration("timeout", in: .seconds(1)...(.seconds(60))) ?? webhook.timeout
            if name == ResponderReader.mqttChannel {
                log.error(
                    at: table.mark(of: "webhook"), "A webhook cannot be called `mqtt`",
                    why: "That channel is built in",
                    fix: "Choose another name.")
            }
            draft.settings.webhooks.append(webhook)
            draft.webhookMarks.append(table.mark(of: "webhook"))
        }
    }

    private mutating func readChannels(_ table: Table) {
        guard let node = table["channels"] else { return }
        var reader = ChannelReader(log: log, folder: folder)
        reader.read(node)
        draft.channels = reader.drafts
        draft.settings.channels = reader.drafts.map(\.channel)
        draft.settings.webhooks += reader.webhooks.map(\.value)
        draft.webhookMarks += reader.webhooks.map(\.mark)
        draft.files += reader.files
    }

    /// What sirens and voices in the homes do.
    private mutating func readHomeCommands(_ node: YAMLNode) {
        guard let table = Table(node, "`home_commands`", keys: Self.homeCommandKeys, log: log) else {
            return
        }
        draft.sirenKinds = table.list("sirens").compactMap { node in
            node.readIdentifier("sirens", log: log).map { Marked(value: $0, mark: node.mark) }
        }
        draft.settings.sirenKinds = draft.sirenKinds.map(\.value)
        draft.settings.speaksInHomes = table.flag("voice") ?? true
    }

    private mutating func readHeartbeat(_ node: YAMLNode) {
        guard let table = Table(node, "`heartbeat`", keys: Self.heartbeatKeys, log: log) else { return }
        table.require("url", fix: "Write `url: https://...`.")
        guard let url = Self.url(table, log: log) else { return }
        var heartbeat = HeartbeatSettings(url: url)
        heartbeat.secretFile = file(table, "secret_file", isSecret: true)
        heartbeat.interval = table.duration("every", in: .seconds(1)...(.hours(25))) ?? heartbeat.interval
        heartbeat.timeout = table.duration("timeout", in: .seconds(1)...(.seconds(60))) ?? heartbeat.timeout
        draft.settings.heartbeat = heartbeat
    }

    /// An address of a webhook: http or https; without encryption only on loopback without a warning.
    static func url(_ table: Table, log: ProblemLog) -> String? {
        guard let url = table.text("url", limit: 2_048) else { return nil }
        let mark = table.mark(of: "url")
        guard let host = Paths.host(ofURL: url) else {
            log.error(
                at: mark, "\"\(url.quoted)\" is not a web address", fix: "Write `https://host/path`.")
            return nil
        }
        if url.hasPrefix("http://"), !Paths.isLoopback(host) {
            log.warning(
                at: mark, "Alarms would travel to \(host.quoted) without encryption",
                why: "They hold names and addresses", fix: "Write `https://`.")
        }
        return url
    }

    private mutating func readLimits(_ node: YAMLNode) {
        guard let table = Table(node, "`limits`", keys: Self.limitKeys, log: log) else {
            return
        }
        var broker = draft.settings.broker
        broker.payloadLimit = table.size("payload", in: 1_000...16_000_000) ?? broker.payloadLimit
        broker.batchLimit = table.count("batch", in: 1...10_000) ?? broker.batchLimit
        broker.floodLimit = table.count("flood", in: 10...1_000_000) ?? broker.floodLimit
        draft.settings.broker = broker
    }

    private mutating func readPatience(_ node: YAMLNode) {
        guard let table = Table(node, "`patience`", keys: Self.patienceKeys, log: log) else { return }
        var core = draft.core
        core.raiseAgainAfter =
            table.duration("raise_again_after", in: .minutes(1)...(.minutes(60))) ?? core.raiseAgainAfter
        core.silenceCeiling =
            table.duration("silence_ceiling", in: .hours(1)...(.hours(72))) ?? core.silenceCeiling
        core.deliveryPatience =
            table.duration("delivery", in: .seconds(1)...(.seconds(60))) ?? core.deliveryPatience
        core.triesPerChannel = table.count("tries_per_channel", in: 1...10) ?? core.triesPerChannel
        core.bridgePatience = table.duration("bridge", in: .seconds(10)...(.hours(1))) ?? core.bridgePatience
        core.linkPatience = table.duration("link", in: .seconds(1)...(.hours(1))) ?? core.linkPatience
        draft.core = core
    }

    private mutating func readIncludes(_ table: Table) {
        guard table["includes"] != nil else { return }
        draft.includes = table.list("includes").compactMap { node in
            node.readText("includes", limit: 1_024, log: log).map { Marked(value: $0, mark: node.mark) }
        }
    }
}

extension Table {
    /// A number of bytes: "256 kB", "4 GB".
    func size(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = self[key] else { return nil }
        let units = ["B": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9]
        guard let (value, unit) = node.text.flatMap(YAMLNode.splitNumber), let factor = units[unit],
            let bytes = Int(exactly: (value * factor).rounded())
        else {
            log.error(
                at: node.mark, "`\(key)` should be a size, not \(node.shape)",
                fix: "Write for example `256 kB`.")
            return nil
        }
        guard range.contains(bytes) else {
            log.error(
                at: node.mark, "`\(key)` is \(node.text ?? ""), outside its range",
                fix: "Write a size from \(range.lowerBound) B to \(range.upperBound) B.")
            return nil
        }
        return bytes
    }
}
