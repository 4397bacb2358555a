import SafetyModel

/// Reads the `responders` section of a file.
struct ResponderReader {
    let log: ProblemLog

    static let keys = ["responder", "name", "role", "areas", "channels", "quiet"]
    static let channelKeys = ["channel", "address"]
    /// The channel that is always there: `anju/<gateway>/orders/<responder>`.
    static let mqttChannel = "mqtt"

    func read(_ node: YAMLNode) -> [ResponderDraft] {
        log.elements(of: node, "responders", limit: Limits.responderLimit).compactMap(readResponder)
    }

    private func readResponder(_ node: YAMLNode) -> ResponderDraft? {
        guard let table = Table(node, "a responder", keys: Self.keys, log: log) else { return nil }
        table.require("responder", fix: "Write `responder: wang-er`.")
        table.require(
            "role", why: "Plans call people by role",
            fix:
                "Write one of \(Role.allCases.map(\.name).joined(separator: ", "))."
        )
        let role = table.word("role", of: Role.allCases.map(\.name), Role.init(name:))
        guard let id = table.identifier("responder"), let role else { return nil }
        let channels = readChannels(table, responder: id)
        return ResponderDraft(
            responder: Responder(
                id: id, name: table.text("name") ?? id, role: role, areas: table.texts("areas"),
                channels: channels.map(\.value),
                quiet: table["quiet"].flatMap { ScheduleReader(log: log).span($0) }),
            mark: table.mark(of: "responder"), channelMarks: channels.map(\.mark))
    }

    /// Channels, best first; without any the responder listens to the MQTT topic of its id.
    private func readChannels(_ table: Table, responder: String) -> [Marked<ChannelAddress>] {
        let nodes = table.list("channels")
        log.check(
            nodes.count, Limits.channelsPerResponderLimit, "channels of one responder",
            at: table.mark(of: "channels"))
        if nodes.isEmpty {
            return [
                Marked(
                    value: ChannelAddress(channel: Self.mqttChannel, address: responder),
                    mark: table.mark(of: "responder"))
            ]
        }
        return nodes.compactMap { readChannel($0, responder: responder) }
    }

    private func readChannel(_ node: YAMLNode, responder: String) -> Marked<ChannelAddress>? {
        if node.table == nil {
            guard let name = node.readIdentifier("channels", log: log) else { return nil }
            return Marked(value: ChannelAddress(channel: name, address: responder), mark: node.mark)
        }
        guard let table = Table(node, "a channel", keys: Self.channelKeys, log: log) else { return nil }
        table.require("channel", fix: "Write `channel: mqtt`, or the name of a webhook of anju.yaml.")
        guard let name = table.identifier("channel") else { return nil }
        let address = table.text("address") ?? responder
        return Marked(value: ChannelAddress(channel: name, address: address), mark: table.mark(of: "channel"))
    }
}
