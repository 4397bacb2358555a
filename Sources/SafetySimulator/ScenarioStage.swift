import Correlation
import DeviceProfiles
import Escalation
import SafetyCore
import SafetyModel
public import SiteConfiguration

/// A scenario whose names were found in a site: what a rehearsal plays.
public struct ScenarioStage: Sendable {
    let installation: Installation
    let start: Instant
    let cues: [Cue]
    let end: Duration

    /// One thing that happens, with the places of its names in the site.
    struct Cue: Sendable {
        var at: Duration
        var act: Act
    }

    /// What happens.
    enum Act: Sendable {
        case message(topic: String, payload: String, isRetained: Bool)
        case command(person: String, act: PersonCommand.Act, home: HomeIndex, kind: AlarmKind?)
        case visit(VisitRecord)
        case desk(DeskCommand)
        case channel(String, responder: String?, manner: DeliveryManner)
        case link(isUp: Bool)
        case stop
        case start
        case trouble(GatewayCondition.Kind, isActive: Bool)
    }

    /// Finds the names of a scenario in a site.
    ///
    /// - Returns: the stage, or nil when a name is unknown; a diagnostic for each.
    public static func set(
        _ scenario: Scenario, in installation: Installation
    ) -> (stage: ScenarioStage?, diagnostics: [Diagnostic]) {
        var finder = ScenarioNames(installation)
        var isRunning = true
        var cues: [Cue] = []
        for scene in scenario.scenes {
            for act in finder.acts(of: scene, isRunning: &isRunning) {
                cues.append(Cue(at: scene.at, act: act))
            }
        }
        guard finder.diagnostics.isEmpty else { return (nil, finder.diagnostics) }
        let stage = ScenarioStage(
            installation: installation, start: scenario.start.instant(in: installation.site.calendar),
            cues: cues,
            end: scenario.end)
        return (stage, [])
    }
}

/// Finds homes, devices, responders, channels and kinds of alarms in a site.
private struct ScenarioNames {
    private let installation: Installation
    private let homeIDs: [String]
    private let people: [String]
    private let channels: [String]
    private let kinds: [String]
    private(set) var diagnostics: [Diagnostic] = []
    /// Names that were reported, so that a scene that repeats is reported once.
    private var reported: [ScenarioWord] = []

    private static let troubles: [AlarmKind] = [
        .deviceLost, .deviceNeverSeen, .bridgeLost, .deviceClock, .undecoded, .homeUnprotected,
        .gatewayTrouble, .inactivity, .areYouWell, .noCheckIn, .visitOverdue, .helpNeeded,
    ]

    init(_ installation: Installation) {
        self.installation = installation
        homeIDs = installation.site.community.homes.map(\.id)
        people = installation.site.community.responders.map(\.id)
        channels = ["mqtt"] + installation.settings.webhooks.map(\.name)
        let ruled = (Rule.lifeSafety + installation.site.rules).map(\.alarm)
        kinds = (ruled + Self.troubles).map(\.name)
    }

    mutating func acts(of scene: Scenario.Scene, isRunning: inout Bool) -> [ScenarioStage.Act] {
        switch scene.act {
        case .deviceSays(let path, let payload, let isRetained):
            guard let topic = topic(of: path) else { return [] }
            return [.message(topic: topic, payload: payload, isRetained: isRetained)]
        case .topicSays(let topic, let payload, let isRetained):
            return [.message(topic: topic, payload: payload, isRetained: isRetained)]
        case .personActs(let person, let act, let home, let kind):
            let found = index(of: home, in: homeIDs, owner: "The site", what: "home")
            guard index(of: person, in: people, owner: "The site", what: "responder") != nil, let found else {
                return []
            }
            if case .handOver(let other) = act {
                _ = index(
                    of: ScenarioWord(other, place: scene.place), in: people, owner: "The site",
                    what: "responder")
            }
            if let kind, !kinds.contains(kind) {
                report(
                    ScenarioWord(kind, place: scene.place), owner: "The site", what: "kind of alarm",
                    among: kinds)
            }
            return [
                .command(
                    person: person.text, act: act, home: HomeIndex(found), kind: kind.map { AlarmKind($0) })
            ]
        case .personVisits(let person, let home, let way, let result):
            let found = index(of: home, in: homeIDs, owner: "The site", what: "home")
            guard index(of: person, in: people, owner: "The site", what: "responder") != nil, found != nil
            else { return [] }
            return [.visit(VisitRecord(home: home.text, by: person.text, way: way, result: result))]
        case .deskActs(let act, let home):
            guard index(of: home, in: homeIDs, owner: "The site", what: "home") != nil else { return [] }
            return [.desk(DeskCommand(home: home.text, by: "desk", act: act, origin: "scenario"))]
        case .channelTurns(let channel, let responder, let manner):
            guard index(of: channel, in: channels, owner: "The site", what: "channel") != nil else {
                return []
            }
            if let responder, index(of: responder, in: people, owner: "The site", what: "responder") == nil {
                return []
            }
            return [.channel(channel.text, responder: responder?.text, manner: manner)]
        case .link(let isUp): return [.link(isUp: isUp)]
        case .gatewayTrouble(let kind, let isActive): return [.trouble(kind, isActive: isActive)]
        case .gatewayRestarts:
            return turn(&isRunning, to: false, scene) + turn(&isRunning, to: true, scene)
        case .gatewayStops: return turn(&isRunning, to: false, scene)
        case .gatewayStarts: return turn(&isRunning, to: true, scene)
        }
    }

    private mutating func turn(
        _ isRunning: inout Bool, to isUp: Bool, _ scene: Scenario.Scene
    ) -> [ScenarioStage.Act] {
        if isRunning == isUp {
            diagnostics.append(
                Diagnostic(
                    .error, at: scene.place,
                    what: "The gateway \(isUp ? "is running" : "has stopped") already",
                    fix: "Remove this line, or write `gateway restarts`."))
        }
        isRunning = isUp
        return [isUp ? .start : .stop]
    }

    /// The topic of `home/device` or of a level below it.
    private mutating func topic(of path: ScenarioWord) -> String? {
        let levels = path.text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let home = ScenarioWord(levels[0], place: path.place)
        guard levels.count > 1, let place = index(of: home, in: homeIDs, owner: "The site", what: "home")
        else { return nil }
        let range = installation.site.community.homes[place].devices
        let devices = Range(uncheckedBounds: (Int(range.lowerBound), Int(range.upperBound)))
        let ids = installation.site.community.devices[devices].map(\.id)
        var column = path.place
        column.column += levels[0].count + 1
        guard
            let local = index(
                of: ScenarioWord(levels[1], place: column), in: ids, owner: "The home \(levels[0])",
                what: "device")
        else { return nil }
        let device = devices.lowerBound + local
        let binding = installation.bindings[device]
        let below = levels.dropFirst(2)
        if !below.isEmpty, installation.site.community.devices[device].kind == .bridge {
            return ([binding.base, binding.name] + below).joined(separator: "/")
        }
        let template = installation.profiles[Int(binding.profile)].topics.first?.template
        let own =
            template?.filled(base: binding.base, name: binding.name) ?? "\(binding.base)/\(binding.name)"
        return ([own] + below).joined(separator: "/")
    }

    private mutating func index(
        of word: ScenarioWord, in words: [String], owner: String, what: String
    ) -> Int? {
        if let found = words.firstIndex(of: word.text) { return found }
        report(word, owner: owner, what: what, among: words)
        return nil
    }

    private mutating func report(_ word: ScenarioWord, owner: String, what: String, among words: [String]) {
        guard !reported.contains(word) else { return }
        reported.append(word)
        let choice =
            words.count <= 8 ? "It has \(words.joined(separator: ", "))." : "Look into the site's files."
        diagnostics.append(
            Diagnostic(
                .error, at: word.place, what: "\(owner) has no \(what) `\(word.text)`",
                fix: ScenarioSpelling.suggestion(for: word.text, among: words) ?? choice))
    }
}
