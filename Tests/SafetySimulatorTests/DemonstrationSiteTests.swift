import Correlation
import DeviceProfiles
import Foundation
import SafetyCore
import SafetyModel
import SafetySimulator
import SiteConfiguration
import Testing

/// The site of `config/demo`: it is valid, and its profiles understand what its virtual homes say.
struct DemonstrationSiteTests {
    /// A copy of the site with the files that `config/demo/run` makes.
    static func load() throws -> LoadResult {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let files = FileManager.default
        let copy = files.temporaryDirectory.appending(path: "anju-demo-\(UUID().uuidString)")
        defer { try? files.removeItem(at: copy) }
        let site = copy.appending(path: "config/demo/community")
        try files.createDirectory(at: copy.appending(path: "config/demo"), withIntermediateDirectories: true)
        for folder in ["config/profiles", "config/rules", "config/demo/community"] {
            try files.copyItem(at: root.appending(path: folder), to: copy.appending(path: folder))
        }
        try files.createDirectory(at: site.appending(path: "secrets"), withIntermediateDirectories: true)
        for secret in ["gateway-password", "responder-tokens"] {
            let path = site.appending(path: "secrets/\(secret)").path
            let line = Data("station 0123456789abcdef\n".utf8)
            _ = files.createFile(atPath: path, contents: line, attributes: [.posixPermissions: 0o600])
        }
        try files.copyItem(
            at: root.appending(path: "config/mosquitto/anju.conf"), to: site.appending(path: "broker.conf"))
        return Installation.load(from: site.appending(path: "anju.yaml").path)
    }

    @Test func `the site is valid and has at least thirty homes`() throws {
        let result = try Self.load()
        #expect(result.diagnostics.filter { $0.severity == .error }.map(\.text) == [])
        let installation = try #require(result.installation)
        #expect(installation.site.community.homes.count { !$0.devices.isEmpty } >= 30)
        #expect(installation.settings.isDemonstration)
    }

    @Test func `every story finds a home there`() throws {
        let installation = try #require(try Self.load().installation)
        let homes = HomeBlueprint.homes(of: installation.site.community, bindings: installation.bindings)
        let result = CastStory.cast(
            Story.all, among: homes, beginsAt: VirtualHomeTests.begin, calendar: installation.site.calendar)
        #expect(result.unplaced.isEmpty)
        let rules = Story.all.compactMap(\.expectation.confirmedBy)
        for rule in rules { #expect(installation.site.rules.contains { $0.id == rule }) }
    }

    @Test func `its profiles read every message, and hazards only where stories are`() throws {
        let installation = try #require(try Self.load().installation)
        let homes = HomeBlueprint.homes(of: installation.site.community, bindings: installation.bindings)
        let cast = CastStory.cast(
            Story.all, among: homes, beginsAt: VirtualHomeTests.begin, calendar: installation.site.calendar
        ).cast
        var community = VirtualCommunity(
            homes, stories: cast, seed: 1, calendar: installation.site.calendar,
            beginsAt: VirtualHomeTests.begin)
        var messages: [SimulatedMessage] = []
        community.advance(to: VirtualHomeTests.begin + .hours(24), into: &messages)
        let directory = TopicDirectory(profiles: installation.profiles, bindings: installation.bindings)
        let decoder = MessageDecoder(directory: directory, payloadLimit: 65_536)
        for message in messages {
            var observations: [Observation] = []
            let decoded = Self.decode(message, decoder, &observations)
            #expect(decoded.failure == nil, "\(message.topic) \(message.payload)")
            #expect(decoded.outcome == .taken || decoded.outcome == .ignored, "\(message.topic)")
            let isHazard = observations.contains { Self.isHazard($0) }
            if message.beginsHazard { #expect(isHazard, "\(message.payload)") }
            if isHazard { #expect(cast.contains { $0.home == message.home }, "\(message)") }
        }
    }

    private static func isHazard(_ observation: Observation) -> Bool {
        switch observation.reading {
        case .key(let key): key.isLifeSafety
        case .flag(let flag): flag && observation.signal.isLifeSafety
        default: false
        }
    }

    private static func decode(
        _ message: SimulatedMessage, _ decoder: MessageDecoder, _ observations: inout [Observation]
    ) -> DecodedMessage {
        Array(message.topic.utf8).withUnsafeBytes { topic in
            Array(message.payload.utf8).withUnsafeBytes { payload in
                decoder.decode(
                    topic: topic, payload: payload, isRetained: message.isRetained, into: &observations)
            }
        }
    }
}
