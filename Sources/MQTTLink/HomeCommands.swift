public import DeviceProfiles
import Escalation
public import GatewayPorts
import SafetyModel
import Synchronization

/// Tells the home itself what happens: its siren, its lamp, and a voice that speaks to the resident.
///
/// The commands stand in the devices' profiles as `sirenOn`, `sirenOff`, `lampOn`, `lampOff` and `say`. A
/// siren sounds from a life-safety alarm until the home has no such incident any more; the lamp is on while
/// somebody is on his way or there; the voice says that help is called, who is coming, that it is over, and
/// asks "are you well?" before a person is called. After a start nothing is said again.
public final class HomeCommands: Sendable {
    private let state = Mutex(State())

    private struct State {
        var homes: [String: [Actuator]] = [:]
        /// Open incidents of homes with such devices, in the order of opening.
        var open: [IncidentStanding] = []
        var voice = HomeVoice(language: "zh-Hans")
        var sirenKinds: [String] = []
        var speaks = true
    }

    /// A device that takes commands.
    public struct Actuator: Hashable, Sendable {
        /// The home's id.
        public var home: String
        /// The base topic of its bridge.
        public var base: String
        /// Its name in topics.
        public var name: String
        /// What it can be told.
        public var commands: [DeviceCommand]

        /// Makes one from its parts.
        public init(home: String, base: String, name: String, commands: [DeviceCommand]) {
            self.home = home
            self.base = base
            self.name = name
            self.commands = commands
        }
    }

    /// The most open incidents that are followed; sirens and lamps of later ones are still switched on, and
    /// only the oldest is forgotten.
    static let openLimit = 10_000

    /// Knows no devices yet.
    public init() {}

    /// Takes a site into force; what is open stays known.
    ///
    /// - Parameter sirenKinds: the kinds of alarm at which sirens sound; empty means every life-safety alarm.
    public func adopt(_ actuators: [Actuator], language: String, sirenKinds: [String], speaks: Bool) {
        state.withLock { state in
            state.homes = Dictionary(grouping: actuators, by: \.home)
            state.voice = HomeVoice(language: language)
            state.sirenKinds = sirenKinds
            state.speaks = speaks
        }
    }

    /// What to publish after incidents changed; never blocks.
    ///
    /// - Parameter isRepetition: whether the homes were told before, as after a start.
    public func publications(for standings: [IncidentStanding], isRepetition: Bool) -> [Publication] {
        state.withLock { state in
            var publications: [Publication] = []
            for standing in standings where state.homes[standing.home] != nil {
                let known = state.open.firstIndex { $0.id == standing.id }
                let before = known.map { state.open[$0] }
                if let known { state.open.remove(at: known) }
                if standing.phase != .closed { state.open.append(standing) }
                if state.open.count > Self.openLimit { state.open.removeFirst() }
                guard !isRepetition else { continue }
                publications += Self.said(of: standing, before: before, in: state)
            }
            return publications
        }
    }

    private static func said(
        of standing: IncidentStanding, before: IncidentStanding?, in state: State
    ) -> [Publication] {
        let others = state.open.filter { $0.home == standing.home && $0.id != standing.id }
        var commands: [(name: String, text: String)] = []
        let sounds = isSounding(standing, state)
        let isNews = before.map { !isSounding($0, state) || $0.kind != standing.kind } ?? true
        if sounds, isNews { commands.append(("sirenOn", "")) }
        let didSound = before.map { isSounding($0, state) } ?? false
        if didSound, !sounds, !others.contains(where: { isSounding($0, state) }) {
            commands.append(("sirenOff", ""))
        }
        let isAnswered = isLit(standing)
        let wasAnswered = before.map(isLit) ?? false
        if isAnswered, !wasAnswered { commands.append(("lampOn", "")) }
        if wasAnswered, !isAnswered, !others.contains(where: isLit) { commands.append(("lampOff", "")) }
        if state.speaks, let text = state.voice.text(of: standing, before: before) {
            commands.append(("say", text))
        }
        let actuators = state.homes[standing.home] ?? []
        return commands.flatMap { command in
            actuators.flatMap { publications(of: command.name, saying: command.text, by: $0) }
        }
    }

    private static func publications(
        of name: String, saying text: String, by actuator: Actuator
    ) -> [Publication] {
        actuator.commands.filter { $0.name == name }.map { command in
            Publication(
                topic: command.topic.filled(base: actuator.base, name: actuator.name),
                payload: Array(command.payload(saying: text).utf8))
        }
    }

    private static func isSounding(_ standing: IncidentStanding, _ state: State) -> Bool {
        guard standing.phase != .closed, standing.urgency == .lifeSafety else { return false }
        return state.sirenKinds.isEmpty || state.sirenKinds.contains(standing.kind.name)
    }

    private static func isLit(_ standing: IncidentStanding) -> Bool {
        standing.phase == .acknowledged || standing.phase == .onScene
    }
}

/// What a voice in the home says to the resident.
struct HomeVoice: Sendable {
    private let isEnglish: Bool

    init(language: String) { isEnglish = language == "en" }

    /// The words for what is new of an incident; nil when the resident need not hear of it.
    func text(of standing: IncidentStanding, before: IncidentStanding?) -> String? {
        if standing.kind == .areYouWell {
            guard before == nil, standing.phase == .calling else { return nil }
            return isEnglish
                ? "Are you well? Please press the button or move about." : "您还好吗？请按一下报平安键，或走动一下。"
        }
        guard standing.urgency == .lifeSafety || standing.kind == .inactivity else { return nil }
        let name = standing.answeredBy
        switch standing.phase {
        case .calling:
            guard before == nil else { return nil }
            return isEnglish ? "Your alarm was received. Help is being called." : "已收到您的警报，正在联系人员前来。"
        case .acknowledged:
            guard before?.phase != .acknowledged || before?.answeredBy != name else { return nil }
            return isEnglish ? "Received. \(name) is coming." : "已收到，\(name)正在赶来。"
        case .onScene:
            guard before?.phase != .onScene else { return nil }
            return isEnglish ? "\(name) has arrived." : "\(name)已到达。"
        case .closed:
            guard before != nil else { return nil }
            return isEnglish ? "The alarm is over." : "警报已解除。"
        }
    }
}
