import DeviceProfiles
import Escalation
import Foundation
import GatewayPorts
import GatewayRuntime
import Logging
import MQTTLink
import NotificationChannels
import SafetyCore
import SafetyModel
import SiteConfiguration
import Synchronization

/// The channels in force: made for a site, made anew at a reload, the old ones left to finish.
final class ChannelShelf: Sendable {
    private let dispatcher: ReleaseDispatcher
    private let board: any StatusBoard
    private let keys: any AnswerKeys
    private let homes = HomeCommands()
    private let logger: Logger
    private let state = Mutex(State())

    private let figures = ChannelFigures()

    private struct State {
        var closing: [any Closable] = []
        /// Channels of sites before, until what they had is sent.
        var ending: [any Closable] = []
        var inboxes: [ModemInbox] = []
        var replies: SMSReplies?
        var desk: (any CommandDesk)?
    }

    init(dispatcher: ReleaseDispatcher, board: any StatusBoard, keys: any AnswerKeys, logger: Logger) {
        self.dispatcher = dispatcher
        self.board = board
        self.keys = keys
        self.logger = logger
        dispatcher.tellHomes { [homes] in homes.publications(for: $0, isRepetition: $1) }
    }

    /// Commands of people who answer by text message go here.
    func connect(_ desk: any CommandDesk) { state.withLock { $0.desk = desk } }

    /// Makes the channels of a site and uses them from now on; those before finish what they have.
    func adopt(_ installation: Installation, publicURL: String?) {
        let settings = installation.settings
        let people = installation.site.community.responders
        let surroundings = ChannelSurroundings(
            language: settings.language, calendar: installation.site.calendar,
            names: Dictionary(people.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first }),
            templates: settings.templates, keys: keys, publicURL: publicURL)
        var channels: [any NotificationChannel] = settings.webhooks.compactMap { webhook in
            making(webhook.name) { () throws(ChannelSetupError) in try WebhookChannel(webhook) }
        }
        channels += settings.channels.compactMap { channel in
            making(channel.name) { () throws(ChannelSetupError) in try self.channel(channel, surroundings) }
        }
        // What goes over the broker is counted by the link.
        dispatcher.use(channels.map { $0 is TopicChannel ? $0 : CountedChannel($0, figures: figures) })
        let inboxes = settings.channels.compactMap { channel in
            if case .modem(let modem) = channel.way { ModemInbox(modem) } else { nil }
        }
        let before = state.withLock { state in
            let before = (state.closing, state.inboxes)
            state.closing = channels.compactMap { $0 as? any Closable }
            state.ending += before.0
            figures.keep((state.closing + state.ending).map(\.name))
            state.inboxes = inboxes
            state.replies = SMSReplies(
                people: Self.telephones(of: people, in: settings), keys: keys, language: settings.language,
                incidents: { [board] in board.openIncidents() })
            return before
        }
        for inbox in before.1 { inbox.stop() }
        for inbox in inboxes { inbox.start { [weak self] in self?.take($0, from: inbox) } }
        homes.adopt(
            Self.actuators(of: installation), language: settings.language, sirenKinds: settings.sirenKinds,
            speaks: settings.speaksInHomes)
        Task {
            for channel in before.0 {
                await channel.drain()
                await channel.shutdown()
                state.withLock { $0.ending.removeAll { $0 === channel } }
            }
        }
    }

    /// What became of the orders of each channel.
    var metrics: [Metric] {
        let channels = state.withLock { $0.closing + $0.ending }
        return figures.metrics(waiting: channels.map { ($0.name, $0.backlog) })
    }

    /// Ends all channels: what is under way fails, and the next start sends it again.
    func close() async {
        let (channels, inboxes) = state.withLock { ($0.closing + $0.ending, $0.inboxes) }
        for inbox in inboxes { inbox.stop() }
        for channel in channels { await channel.shutdown() }
    }

    private func making(
        _ name: String, _ make: () throws(ChannelSetupError) -> any NotificationChannel
    ) -> (any NotificationChannel)? {
        do {
            return try make()
        } catch {
            logger.error(
                "A channel cannot be used.", metadata: ["channel": "\(name)", "error": "\(error.text)"])
            return nil
        }
    }

    private func channel(
        _ settings: ChannelSettings, _ surroundings: ChannelSurroundings
    ) throws(ChannelSetupError) -> any NotificationChannel {
        switch settings.way {
        case .robot(let robot): return try QueuedChannel(settings, robot: robot, in: surroundings)
        case .modem(let modem): return QueuedChannel(settings, modem: modem, in: surroundings)
        case .provider(let provider):
            return try QueuedChannel(settings, provider: provider, in: surroundings)
        case .mail(let mail): return try QueuedChannel(settings, mail: mail, in: surroundings)
        case .command(let command): return QueuedChannel(settings, command: command, in: surroundings)
        case .topic(let topic):
            return TopicChannel(
                settings, topic: topic, publish: { [dispatcher] in dispatcher.publish([$0]) },
                openIncidents: { [board] in board.openIncidents() })
        }
    }

    /// What goes back to a number that sent a text message, after its act is on disk; nil when nothing does.
    func reply(from sender: String, text: String) async -> String? {
        let (replies, desk) = state.withLock { ($0.replies, $0.desk) }
        guard let replies, let desk else { return nil }
        switch replies.reading(from: sender, text: text) {
        case .nothing:
            logger.info("A text message of a stranger was left alone.")
            return nil
        case .answer(let words): return words
        case .command(let command): return replies.answer(await desk.submit(command), to: command)
        }
    }

    /// A text that came in over a modem; the answer goes back the same way.
    private func take(_ message: ModemInbox.Message, from inbox: ModemInbox) {
        Task { [weak self] in
            guard let words = await self?.reply(from: message.sender, text: message.text) else { return }
            Thread.detachNewThread { inbox.answer(words, to: message.sender) }
        }
    }

    private static func telephones(
        of people: [Responder], in settings: GatewaySettings
    ) -> [SMSReplies.Person] {
        let names = settings.channels.filter(\.way.isTextMessage).map(\.name)
        return people.flatMap { person in
            person.channels.filter { names.contains($0.channel) }
                .map { SMSReplies.Person(responder: person.id, number: $0.address) }
        }
    }

    private static func actuators(of installation: Installation) -> [HomeCommands.Actuator] {
        let community = installation.site.community
        return installation.bindings.compactMap { binding in
            let commands = installation.profiles[Int(binding.profile)].commands
            guard !commands.isEmpty else { return nil }
            let home = community.homes[community.devices[binding.device.int].home.int].id
            return HomeCommands.Actuator(
                home: home, base: binding.base, name: binding.name, commands: commands)
        }
    }
}

/// A channel that has connections or a queue.
protocol Closable: AnyObject, Sendable {
    var name: String { get }
    var backlog: ChannelBacklog { get }
    func drain() async
    func shutdown() async
}

extension WebhookChannel: Closable {}
extension QueuedChannel: Closable {}
