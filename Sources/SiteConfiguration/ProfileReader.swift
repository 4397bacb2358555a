import DeviceProfiles
import SafetyModel

/// Reads the section `profiles` of a file.
struct ProfileReader {
    let log: ProblemLog

    static let keys = [
        "profile", "summary", "extends", "kind", "signals", "proves_life", "supervision", "topics",
        "commands",
    ]
    static let topicKeys = ["topic", "format", "time", "old", "roots", "readings", "ignores"]
    static let commandKeys = ["command", "topic", "payload"]
    static let rootKeys = ["path", "history", "time"]
    static let timeKeys = ["path", "format"]
    static let kinds = ["sensor", "bridge", "actuator"]
    static let formats = ["json", "any", "text", "ignored"]
    /// The longest supervision interval: a week.
    static let supervisionLimit = Duration.hours(7 * 24)
    /// The most topics, roots or commands of a profile.
    static let partLimit = 64
    /// The most readings of a topic.
    static let readingLimit = 1_000

    /// Reads the section; a profile may extend those of the same file and `known` ones.
    func read(_ node: YAMLNode, extending known: [DeviceProfile] = []) -> [ProfileDraft] {
        let layers = readLayers(node)
        var resolver = ProfileResolver(known: known)
        resolver.add(layers)
        for diagnostic in resolver.diagnostics { log.add(diagnostic) }
        return layers.compactMap { layer in
            resolver.profiles.first { $0.id == layer.profile.id }.map {
                ProfileDraft(profile: $0, mark: layer.mark)
            }
        }
    }

    /// Reads the section without looking at what the profiles extend.
    func readLayers(_ node: YAMLNode) -> [ProfileLayer] {
        (node.list ?? [node]).compactMap(readProfile)
    }

    private func readProfile(_ node: YAMLNode) -> ProfileLayer? {
        guard let table = Table(node, "a profile", keys: Self.keys, log: log) else { return nil }
        table.require("profile", why: "Devices refer to it", fix: "Write `profile: ecosystem/kind`.")
        guard let id = table.text("profile", limit: Limits.identifierLimit) else { return nil }
        var profile = DeviceProfile(id: id, summary: table.text("summary") ?? "", topics: [])
        profile.kind = table.word("kind", of: Self.kinds, Self.kind) ?? .sensor
        profile.signals = signals("signals", table)
        profile.provesLife = signals("proves_life", table)
        profile.supervision = table.duration("supervision", in: .zero...Self.supervisionLimit) ?? .zero
        profile.topics = bounded("topics", table).compactMap(readTopic)
        profile.commands = bounded("commands", table).compactMap(readCommand)
        var draft = ProfileLayer(
            profile: profile, place: Place(file: log.file, at: node.mark), mark: node.mark)
        draft.parents = table.list("extends").compactMap { parent in
            parent.readText("extends", log: log).map { Marked(value: $0, mark: parent.mark) }
        }
        draft.saysKind = table["kind"] != nil
        draft.saysSignals = table["signals"] != nil
        draft.saysLife = table["proves_life"] != nil
        draft.saysSupervision = table["supervision"] != nil
        return draft
    }

    private static func kind(_ word: String) -> Device.Kind? {
        kinds.firstIndex(of: word).flatMap { Device.Kind(rawValue: UInt8($0)) }
    }

    private func signals(_ key: String, _ table: Table) -> [Signal] {
        table.words(key, of: Signal.allCases.map(\.name), Signal.init(name:))
    }

    private func bounded(_ key: String, _ table: Table) -> [YAMLNode] {
        let list = table.list(key)
        guard list.count > Self.partLimit else { return list }
        log.error(
            at: table.mark(of: key), "`\(key)` has more than \(Self.partLimit) entries",
            fix: "Divide the profile.")
        return Array(list.prefix(Self.partLimit))
    }

    private func readTopic(_ node: YAMLNode) -> TopicRule? {
        guard let table = Table(node, "a topic of a profile", keys: Self.topicKeys, log: log) else {
            return nil
        }
        table.require("topic", fix: "Write `topic: \"{base}/{device}\"`.")
        guard let text = table.text("topic", limit: Limits.topicLimit),
            checkTemplate(text, at: table.mark(of: "topic"))
        else { return nil }
        let format = table.word("format", of: Self.formats) { word in
            Self.formats.firstIndex(of: word).flatMap { TopicRule.Format(rawValue: UInt8($0)) }
        }
        let reader = ReadingReader(log: log)
        return TopicRule(
            text, format: format ?? .json, roots: bounded("roots", table).compactMap(readRoot),
            time: table["time"].flatMap(readTime), oldMarker: table.text("old") ?? "",
            readings: table["readings"].map(reader.read) ?? [], ignoredKeys: table.texts("ignores"))
    }

    /// MQTT's wildcards are no part of a template, `#` at the end apart.
    private func checkTemplate(_ text: String, at mark: Mark) -> Bool {
        let stem = TopicTemplate(text).stem
        let hasWildcard = stem.contains("+") || stem.contains("#")
        let hasUnknownPlace = TopicTemplate(text).filled(base: "", name: "").contains("{")
        guard hasWildcard || hasUnknownPlace || text.isEmpty || text.hasPrefix("$") else { return true }
        log.error(
            at: mark, "\"\(text.quoted)\" is no topic of a device",
            why: "Only `{base}`, `{device}` and a last level `{key}` or `#` are filled in",
            fix: "Write for example \"{base}/{device}\".")
        return false
    }

    private func readRoot(_ node: YAMLNode) -> PayloadRoot? {
        if let path = node.text { return PayloadRoot(path) }
        guard let table = Table(node, "a root", keys: Self.rootKeys, log: log) else {
            return nil
        }
        table.require("path", fix: "Write `path: history.*`.")
        return table.text("path").map {
            PayloadRoot($0, isHistory: table.flag("history") ?? false, time: table["time"].flatMap(readTime))
        }
    }

    private func readTime(_ node: YAMLNode) -> TimeField? {
        if let path = node.text { return TimeField(path) }
        guard let table = Table(node, "a time", keys: Self.timeKeys, log: log) else { return nil }
        table.require("path", fix: "Write `path: last_seen`.")
        let formats = TimeField.Format.allCases
        let format = table.word("format", of: formats.map { "\($0)" }) { word in
            formats.first { "\($0)" == word }
        }
        return table.text("path").map { TimeField($0, format: format ?? .automatic) }
    }

    private func readCommand(_ node: YAMLNode) -> DeviceCommand? {
        guard let table = Table(node, "a command", keys: Self.commandKeys, log: log) else { return nil }
        for key in Self.commandKeys { table.require(key, fix: "Write `\(key): ...`.") }
        guard let name = table.text("command"), let topic = table.text("topic", limit: Limits.topicLimit),
            let payload = table.text("payload", limit: 1_024)
        else { return nil }
        return DeviceCommand(name: name, topic: topic, payload: payload)
    }
}
