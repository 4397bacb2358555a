import SafetyCore
import SafetyModel

/// Channels, who is reached over them, and what they say.
extension SiteBuilder {
    mutating func checkChannels() {
        let known = channelPlaces()
        var used: Set<String> = []
        for file in files {
            for draft in file.responders {
                for (channel, mark) in zip(draft.responder.channels, draft.channelMarks) {
                    used.insert(channel.channel)
                    if known[channel.channel] == nil {
                        reportUnknown(channel.channel, of: draft.responder.id, at: file.place(mark), known)
                    } else {
                        checkAddress(channel, of: draft.responder.id, at: file.place(mark))
                    }
                }
            }
        }
        checkCommands()
        for (kind, name, mark) in configuredChannels where !used.contains(name) {
            problems.warning(
                at: place(mark), "No responder uses the \(kind) `\(name)`", why: "Nothing is ever sent there",
                fix: "Name it in a responder's `channels`, or remove it.")
        }
        checkReplies()
        checkPatience()
        checkSirens()
        checkTemplates()
    }

    /// Webhooks and other channels with their places.
    private var configuredChannels: [(kind: String, name: String, mark: Mark)] {
        zip(settings.settings.webhooks, settings.webhookMarks).map { ("webhook", $0.name, $1) }
            + settings.channels.map { ("channel", $0.channel.name, $0.mark) }
    }

    private mutating func channelPlaces() -> [String: Mark] {
        var places: [String: Mark] = [ResponderReader.mqttChannel: settings.mark]
        for (kind, name, mark) in configuredChannels {
            if let first = places[name], name != ResponderReader.mqttChannel {
                reportTwice(kind, name, at: place(mark), first: place(first))
            }
            places[name] = mark
        }
        return places
    }

    private mutating func reportUnknown(
        _ channel: String, of responder: String, at place: Place, _ known: [String: Mark]
    ) {
        problems.error(
            at: place, "Nobody configured the channel `\(channel.quoted)`",
            why: "Orders to \(responder) would go nowhere",
            fix: nearestWord(to: channel, among: known.keys.sorted()).map { "Did you mean `\($0)`?" }
                ?? "Use `mqtt`, or add it to `channels` in anju.yaml.")
    }

    /// An address must be what its channel can reach.
    private mutating func checkAddress(_ channel: ChannelAddress, of responder: String, at place: Place) {
        guard let settings = settings.settings.channels.first(where: { $0.name == channel.channel }) else {
            return
        }
        switch settings.way {
        case .modem, .provider:
            guard !Self.isTelephoneNumber(channel.address) else { return }
            problems.error(
                at: place, "\"\(channel.address.quoted)\" is no telephone number",
                why: "\(responder) would not be reached over `\(channel.channel)`",
                fix: "Write `{channel: \(channel.channel), address: \"+8613800000000\"}`.")
        case .mail:
            let parts = channel.address.split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count != 2 || parts.contains(where: \.isEmpty) else { return }
            problems.error(
                at: place, "\"\(channel.address.quoted)\" is no mail address",
                why: "\(responder) would not be reached over `\(channel.channel)`",
                fix: "Write `{channel: \(channel.channel), address: \"name@example.org\"}`.")
        case .robot(let robot): checkMention(robot, channel, of: responder, at: place)
        case .topic, .command: return
        }
    }

    /// Whom a robot mentions, the chat system must find; a mention that it does not understand rings nobody.
    private mutating func checkMention(
        _ robot: RobotSettings, _ channel: ChannelAddress, of responder: String, at place: Place
    ) {
        let why = "\(responder) would not be mentioned in `\(channel.channel)`"
        switch robot.mention {
        case .nobody: return
        case .phone where !Self.isTelephoneNumber(channel.address):
            problems.error(
                at: place, "\"\(channel.address.quoted)\" is no telephone number", why: why,
                fix: "Write `{channel: \(channel.channel), address: \"13800000000\"}`.")
        case .user where !RobotSettings.isUserID(channel.address):
            problems.error(
                at: place, "\"\(channel.address.quoted)\" is no user's id of a chat system", why: why,
                fix: "Write `{channel: \(channel.channel), address: zhangsan}` with the id that the chat "
                    + "system shows.")
        case .phone, .user: return
        }
    }

    /// Digits with the usual signs between them.
    static func isTelephoneNumber(_ text: String) -> Bool {
        let digits = text.filter { $0.isASCII && $0.isNumber }
        let others = text.drop { $0 == "+" }.filter { !($0.isASCII && $0.isNumber) }
        return (3...17).contains(digits.count) && others.allSatisfy { " -.()".contains($0) }
    }

    /// A provider brings replies by HTTP, as a program with the gateway's token.
    private mutating func checkReplies() {
        guard settings.settings.http?.tokenFile == nil else { return }
        for draft in settings.channels where draft.isAnsweredByHTTP {
            problems.warning(
                at: place(draft.repliesMark ?? draft.mark),
                "Nobody can bring the replies of `\(draft.channel.name)` to the gateway",
                why:
                    "They come to `POST /api/v1/replies` with the token of `http: {token_file}`, and there is none",
                fix: "Write `http: {token_file: secrets/http-token}`, or remove `replies`.")
        }
    }

    /// A try that takes longer than the core waits is sent twice.
    private mutating func checkPatience() {
        let patience = settings.core.deliveryPatience
        for draft in settings.channels where draft.channel.timeout > patience {
            let timeout = YAMLNode.show(draft.channel.timeout)
            problems.warning(
                at: place(draft.mark),
                "`\(draft.channel.name)` may take \(timeout), longer than the gateway waits for it",
                why: "After \(YAMLNode.show(patience)) an order counts as failed and is sent again",
                fix: "Write `patience: {delivery: \(timeout)}`, or a shorter `timeout`.")
        }
    }

    private mutating func checkSirens() {
        let known = RuleCoverage(rules: rules.map(\.rule)).kinds + AlarmKind.vocabulary
        let names = known.map(\.name)
        for kind in settings.sirenKinds where !names.contains(kind.value) {
            problems.error(
                at: place(kind.mark), "No rule raises an alarm `\(kind.value.quoted)`",
                why: "No siren would ever sound for it",
                fix: nearestWord(to: kind.value, among: names.sorted()).map { "Did you mean `\($0)`?" }
                    ?? "Name a kind of alarm, such as `fire`.")
        }
    }

    /// Each purpose has one text of a form, and groups read nothing personal.
    private mutating func checkTemplates() {
        var places: [String: Place] = [:]
        let group = settings.channels.first { $0.channel.audience == .group }?.channel.name
        for file in files {
            for draft in file.templates {
                let template = draft.template
                let purpose = template.purpose.isEmpty ? TemplateReader.everyPurpose : template.purpose
                let key = "\(purpose) (\(template.form.name))"
                if let first = places[key] {
                    reportTwice("message", key, at: file.place(draft.mark), first: first)
                }
                places[key] = file.place(draft.mark)
                let hidden = template.text.placeholderNames.first { name in
                    MessagePlaceholder(name: name).map { !$0.isAllowed(to: .group) } ?? false
                }
                guard let group, let hidden, [.long, .title].contains(template.form) else { continue }
                problems.warning(
                    at: file.place(draft.mark), "`{\(hidden)}` stays empty in the group of `\(group)`",
                    why: "A whole group would read it", fix: "Write the text so that it is good without it.")
            }
        }
        settings.settings.templates = files.flatMap { $0.templates.map(\.template) }
    }
}

extension ChannelDraft {
    /// Whether its replies come over the HTTP interface; a modem's come from its folder.
    var isAnsweredByHTTP: Bool {
        if case .provider(let provider) = channel.way { provider.takesReplies } else { false }
    }
}
