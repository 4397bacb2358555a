import ArgumentParser
import Correlation
import DeviceProfiles
import Foundation
import MQTTLink
import SafetyCore
import SafetyModel
import SafetySimulator
import SiteConfiguration

/// `anju households`: virtual homes that speak to any broker in Zigbee2MQTT's shapes.
struct HouseholdsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "households",
        abstract: "Let virtual homes live a day against any MQTT broker, much faster than real time.",
        discussion: """
            Every home has a resident with habits and a bridge with devices that speak as Zigbee2MQTT does: \
            each message repeats all cached attributes, motion ends by a timer, battery devices report \
            rarely. The same seed gives the same day.

            Load a broker with 500 generated homes for an hour of real time:
              anju households --broker 127.0.0.1:1883 --homes 500 --scale 24

            Live in the homes of a site, watch its gateway, answer as its responders, and judge what came:
              anju households --broker 127.0.0.1:1883 --credentials broker.login --config anju.yaml \
            --responders tokens --stories all

            Stories: gas, silent (a mains device loses its power), false-alarm, fire, sos, fall.

            Exit codes: 0 the day went as it should; 1 an expected incident did not come, another one did, \
            or the day was interrupted; 64 wrong usage; 69 the broker or the gateway is not there.
            """)

    @Option(help: ArgumentHelp("The broker.", valueName: "host:port"))
    var broker = "127.0.0.1:1883"

    @Option(
        help: ArgumentHelp(
            "The broker's user and password, on the first two lines of a file.", valueName: "file"))
    var credentials: String?

    @Option(
        help: ArgumentHelp("Live in the homes of this site and watch its gateway.", valueName: "anju.yaml"))
    var config: String?

    @Option(
        help: ArgumentHelp("Without a site: how many homes to generate (1 to 20,000).", valueName: "count"))
    var homes = 36

    @Option(
        help: ArgumentHelp(
            "Answer as the site's responders, with the tokens of this file.", valueName: "file"))
    var responders: String?

    @Option(
        help: ArgumentHelp(
            "How much faster than the clock (1 to 3,600); with a site as fast as its gateway.", valueName: "n"
        ))
    var scale = 600.0

    @Option(
        help: ArgumentHelp(
            "Where virtual time starts, in milliseconds since 1970, as in `anju run`; otherwise now.",
            valueName: "milliseconds"))
    var clockStart: Int64?

    @Option(help: ArgumentHelp("How long to live in virtual time: 90m, 24h, 7d.", valueName: "time"))
    var duration = "24h"

    @Option(help: ArgumentHelp("Another seed is another day.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Stories that happen: all, none, or a list with commas.", valueName: "list"))
    var stories = "none"

    @Flag(help: "Live on after the day, until ctrl-C.")
    var keep = false

    static let homesRange = 1...20_000
    static let scaleRange = 1.0...3_600.0

    func validate() throws {
        guard Self.homesRange.contains(homes) else { throw ValidationError("--homes must be 1 to 20000.") }
        guard Self.scaleRange.contains(scale) else { throw ValidationError("--scale must be 1 to 3600.") }
        guard responders == nil || config != nil else {
            throw ValidationError("--responders needs --config: the site says who they are.")
        }
        _ = try (endpoint(), span(), chosenStories())
    }

    func run() throws {
        DemoInterruption.watch()
        let screen = DemoScreen()
        let plan = try makePlan()
        let terminal = DayTerminal(
            screen.text, homes: plan.homes, people: plan.people, calendar: plan.calendar)
        do {
            let day = try connect(plan, screen, terminal)
            let faults = try day.live()
            day.sayGoodbye()
            if !faults.isEmpty { throw ExitCode.failure }
        } catch let failure as DemoFailure {
            screen.clearProgress()
            FileHandle.standardError.write(Data("anju households: \(failure)\n".utf8))
            throw ExitCode(DemoInterruption.isRequested ? 1 : 69)
        }
    }
}

// MARK: - Reading the options

extension HouseholdsCommand {
    private func makePlan() throws -> DemoPlan {
        let now = WallTime(milliseconds: Self.wallMilliseconds())
        var plan = DemoPlan(
            homes: [], people: [], tokens: [:], gateway: nil,
            calendar: DemoCommunity.localCalendar(around: now),
            stories: try chosenStories(), scale: scale, duration: try span(), seed: seed, keepsOn: keep)
        guard let config else {
            plan.homes = (1...homes).map { HomeBlueprint.generated(number: $0, seed: seed) }
            return plan
        }
        let loaded = Installation.load(from: config)
        guard let installation = loaded.installation else {
            let problems = loaded.diagnostics.prefix(10).map(\.text).joined(separator: "\n")
            throw ValidationError("the site cannot be used:\n\(problems)")
        }
        plan.homes = HomeBlueprint.homes(of: installation.site.community, bindings: installation.bindings)
        plan.directory = TopicDirectory(profiles: installation.profiles, bindings: installation.bindings)
        plan.forget(rulesExcept: installation.site.rules.map(\.id))
        plan.people = DemoCommunity.people(of: installation)
        plan.gateway = installation.site.gateway
        plan.calendar = installation.site.calendar
        if let responders { plan.tokens = try DemoCommunity.tokens(in: responders) }
        return plan
    }

    private func endpoint() throws -> (host: String, port: UInt16) {
        let parts = broker.split(separator: ":")
        guard let host = parts.first, parts.count <= 2, let port = parts.count == 2 ? UInt16(parts[1]) : 1883
        else {
            throw ValidationError("--broker should look like 127.0.0.1:1883.")
        }
        return (String(host), port)
    }

    private func span() throws -> Duration {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let unit = duration.last.flatMap({ units[$0] }), let count = Int64(duration.dropLast()),
            count > 0,
            count <= 366 * 86_400
        else { throw ValidationError("--duration should look like 90m, 24h or 7d.") }
        return .seconds(count * unit)
    }

    private func chosenStories() throws -> [Story] {
        switch stories {
        case "all": return Story.all
        case "none", "": return []
        default:
            return try stories.split(separator: ",").map { word in
                guard let story = Story.named(String(word)) else {
                    let known = Story.all.map(\.id).joined(separator: ", ")
                    throw ValidationError("there is no story \"\(word)\"; there are \(known).")
                }
                return story
            }
        }
    }

    private static func wallMilliseconds() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }
}

// MARK: - Connecting

extension HouseholdsCommand {
    private func connect(
        _ plan: DemoPlan, _ screen: DemoScreen, _ terminal: DayTerminal
    ) throws -> DemoDay {
        let place = try endpoint()
        let login = try login()
        let own = "\(getpid())"
        let speaker = MQTTClient(
            host: place.host, port: place.port, clientID: "households-\(own)", user: login?.user,
            password: login?.password)
        let listener = MQTTClient(
            host: place.host, port: place.port, clientID: "households-ear-\(own)", user: login?.user,
            password: login?.password)
        do {
            try speaker.connect(timeout: .seconds(10))
            try listener.connect(timeout: .seconds(10))
        } catch {
            throw DemoFailure.refused("\(error)")
        }
        greet(plan, screen, terminal)
        let heard = try plan.gateway.map { gateway in try awaitGateway(gateway, listener) } ?? []
        let begin = Instant(milliseconds: clockStart ?? Self.wallMilliseconds())
        return DemoDay(
            plan, screen: screen, terminal: terminal, speaker: speaker, listener: listener, heard: heard,
            beginsAt: begin)
    }

    private func greet(_ plan: DemoPlan, _ screen: DemoScreen, _ terminal: DayTerminal) {
        let devices = plan.homes.reduce(0) { $0 + $1.devices.count }
        let whose = plan.gateway.map { "\($0): " } ?? ""
        let people = plan.people.isEmpty ? "" : ", \(plan.people.count) responders"
        screen.write(terminal.title("\(whose)\(plan.homes.count) virtual homes, \(devices) devices\(people)"))
        let seconds = DemoClock.seconds(plan.duration) / plan.scale
        let real = TerminalText.spoken(.seconds(Int64(seconds.rounded())))
        let virtual = TerminalText.spoken(plan.duration)
        screen.write(
            " \(virtual) at \(Int(plan.scale)) times the speed of the clock take \(real). Seed \(plan.seed).")
        screen.write("")
    }

    /// Waits until the gateway says that it is there: its clock has just started, so does ours.
    ///
    /// - Returns: what was heard besides, for instance incidents of before.
    private func awaitGateway(
        _ gateway: String, _ listener: MQTTClient
    ) throws(DemoFailure) -> [ReceivedMessage] {
        for filter in ["status", "incidents/+", "orders/+", "answers/+"] {
            guard listener.subscribeAndWait("anju/\(gateway)/\(filter)", timeout: .seconds(5)) else {
                throw .refused("anju/\(gateway)/\(filter) may not be read")
            }
        }
        var heard: [ReceivedMessage] = []
        for _ in 0..<600 {
            heard += listener.poll(timeout: .milliseconds(100))
            let isThere = heard.contains { $0.topic.hasSuffix("/status") && DemoPlan.saysOnline($0.payload) }
            if isThere { return heard.filter { !$0.topic.hasSuffix("/status") } }
            if DemoInterruption.isRequested { break }
        }
        throw .gatewayNeverCame
    }

    private func login() throws -> (user: String, password: String)? {
        guard let credentials else { return nil }
        let lines = try String(contentsOfFile: credentials, encoding: .utf8).split(
            whereSeparator: \.isNewline)
        guard lines.count >= 2 else {
            throw ValidationError("\(credentials) needs a user and a password line.")
        }
        return (String(lines[0]), String(lines[1]))
    }
}
