import Foundation
import SafetyModel

/// A `mosquitto.conf` with what this job needs of it.
struct BrokerFile {
    private let name: String
    /// The last value of each key and its line.
    private var settings: [String: (value: String, line: Int)] = [:]

    /// The fewest QoS 1 messages that the broker should keep for us while we are away.
    static let queuedMessagesNeeded = 100_000
    /// The most messages that should be under way at once: packet ids must not collide.
    static let inflightMessagesLimit = 10_000
    /// The longest time that saved state may be old.
    static let autosaveIntervalLimit = 60

    init(_ bytes: Data, name: String) {
        self.name = name
        for (index, line) in String(decoding: bytes, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false
        ).enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard let key = words.first, !key.hasPrefix("#") else { continue }
            settings[String(key)] = (words.dropFirst().joined(separator: " "), index + 1)
        }
    }

    /// What the file gets wrong for a gateway that must not lose an acknowledged message.
    func check() -> [Diagnostic] {
        var found: [Diagnostic] = []
        func warn(_ key: String, _ what: String, _ why: String, _ fix: String) {
            let place = Place(
                file: name, line: settings[key]?.line ?? 0, column: settings[key] == nil ? 0 : 1)
            found.append(Diagnostic(.warning, at: place, what: what, why: why, fix: fix))
        }
        if settings["persistence"]?.value != "true" {
            warn(
                "persistence", "The broker keeps nothing over its restart",
                "Messages that it acknowledged to devices are lost", "Write `persistence true`.")
        }
        let queued = number("max_queued_messages") ?? 1_000
        if queued != 0, queued < Self.queuedMessagesNeeded {
            warn(
                "max_queued_messages", "The broker keeps only \(queued) messages while the gateway is down",
                "A short stall of the disk already drops alarms",
                "Write `max_queued_messages 0` (no limit) or 1000000.")
        }
        if let inflight = number("max_inflight_messages"),
            inflight == 0 || inflight > Self.inflightMessagesLimit
        {
            warn(
                "max_inflight_messages", "The broker sends too many messages at once",
                "Packet ids can collide", "Write `max_inflight_messages 1000`.")
        } else if (number("max_inflight_messages") ?? 20) < 100 {
            warn(
                "max_inflight_messages", "The broker sends only a few messages at once",
                "Every commit then carries few messages", "Write `max_inflight_messages 1000`.")
        }
        if settings["set_tcp_nodelay"]?.value != "true" {
            warn(
                "set_tcp_nodelay", "The broker holds small packets back",
                "Alarms arrive some milliseconds later",
                "Write `set_tcp_nodelay true`.")
        }
        let savesOnChanges = settings["autosave_on_changes"]?.value == "true"
        let interval = number("autosave_interval") ?? 1_800
        if interval == 0 || (!savesOnChanges && interval > Self.autosaveIntervalLimit) {
            warn(
                "autosave_interval",
                "A broker that is killed forgets up to \(interval == 0 ? "everything" : "\(interval) s")",
                "Messages that it acknowledged to devices are lost", "Write `autosave_interval 60` or less.")
        }
        return found
    }

    private func number(_ key: String) -> Int? { settings[key].flatMap { Int($0.value) } }
}
