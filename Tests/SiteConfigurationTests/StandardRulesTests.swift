import Correlation
import Foundation
import SafetyCore
import SafetyModel
import Testing

@testable import SiteConfiguration

/// The rules that every site starts with.
struct StandardRulesTests {
    static let config = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "config")

    /// The site in which there is a device for every rule.
    static func load() throws -> LoadResult {
        let path = config.appending(path: "scenarios/site/every-rule.yaml").path
        return Installation.load(from: path, at: SampleSite.now)
    }

    @Test func `the rules load without a word about them`() throws {
        let found = try Self.load().diagnostics.filter { !$0.place.file.hasSuffix("every-rule.yaml") }
        #expect(found.map(\.text) == [])
    }

    @Test func `the files to start from have no errors`() throws {
        let path = Self.config.appending(path: "anju.yaml").path
        let result = Installation.load(from: path, at: SampleSite.now)
        #expect(result.installation != nil)
        #expect(result.diagnostics.filter { $0.severity == .error }.map(\.text) == [])
    }

    @Test func `each rule speaks both languages`() throws {
        let rules = try #require(try Self.load().installation).site.rules
        for rule in rules { #expect(rule.messages.map(\.language) == ["zh", "en"], "\(rule.id)") }
    }

    @Test func `each kind of alarm is a word of the vocabulary`() throws {
        let rules = try #require(try Self.load().installation).site.rules
        for rule in rules { #expect(AlarmKind.vocabulary.contains(rule.alarm), "\(rule.id)") }
    }

    @Test func `each rule has a scenario in which it raises its alarm`() throws {
        let folder = Self.config.appending(path: "scenarios")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let texts = try names.filter { $0.hasSuffix(".txt") }.map {
            try String(contentsOf: folder.appending(path: $0), encoding: .utf8)
        }
        let rules = try #require(try Self.load().installation).site.rules
        #expect(rules.count >= 25)
        for rule in rules {
            #expect(
                texts.contains { $0.contains(" by \(rule.id), ") || $0.contains(" by \(rule.id)\n") },
                "\(rule.id)")
        }
    }

    @Test func `no rule of a window fits badly: every one could fire in the flat with everything`() throws {
        let site = try #require(try Self.load().installation).site
        let home = try #require(site.community.homes.first { $0.id == "w401" })
        let devices = site.community.devices[Int(home.devices.lowerBound)..<Int(home.devices.upperBound)]
        let signals = devices.flatMap(\.signals).bits | SiteBuilder.upkeepSignals.bits
        for rule in site.rules { #expect(rule.when.canFire(from: signals), "\(rule.id)") }
    }
}
