import Correlation
import DeviceProfiles
import Escalation
import Foundation
import SafetyCore
import SafetyModel
import Testing

@testable import SiteConfiguration

struct GoodSiteTests {
    @Test func `who has the key and what may hurt are kept with the home, in the stored form too`() throws {
        var site = SampleSite()
        site.homes = site.homes.replacing(
            "    area: north", with: "    key_holder: 门卫室\n    hazards: [oxygen cylinder, dog]")
        let installation = try #require(try site.load().installation)
        var writer = ByteWriter()
        writer.write(installation)
        var reader = ByteReader(writer.bytes)
        let stored = try Installation(from: &reader)
        for home in [installation.site.community.homes[1], stored.site.community.homes[1]] {
            #expect(home.keyHolder == "门卫室")
            #expect(home.hazards == ["oxygen cylinder", "dog"])
        }
    }

    @Test func `a small good site loads without a word`() throws {
        let result = try SampleSite().load()
        #expect(result.diagnostics.map(\.text) == [])
        let installation = try #require(result.installation)
        let community = installation.site.community
        #expect(community.homes.map(\.id) == ["gateway", "h1"])
        #expect(community.devices.map(\.id) == ["bridge", "smoke-1", "sos-1"])
        #expect(community.homes[1].devices == 0..<3)
        #expect(community.devices[0].kind == .bridge)
        #expect(installation.bindings.map(\.name) == ["bridge", "smoke-1", "sos-1"])
        #expect(Set(installation.bindings.map(\.base)) == ["homes/h1/zigbee2mqtt"])
        #expect(installation.settings.broker.subscriptions == ["homes/#"])
        #expect(installation.settings.broker.clientID == "anju-g1")
        #expect(result.summary.homes == 1)
        #expect(result.summary.rules == 1)
    }

    @Test func `scalars are text whatever they look like`() throws {
        var site = SampleSite()
        site.homes = """
            homes:
              - home: 0012
                name: no
                resident: {name: 1e3, telephone: 010, conditions: [22:00]}
                devices: [{device: 007, profile: zigbee2mqtt/smoke}]
            """
        let home = try #require(try site.load().installation).site.community.homes[1]
        #expect(home.id == "0012")
        #expect(home.name == "no")
        #expect(home.residents[0].name == "1e3")
        #expect(home.residents[0].telephone == "010")
        #expect(home.residents[0].conditions == ["22:00"])
    }

    @Test func `an installation is the same after it was bytes`() throws {
        var site = SampleSite()
        site.anju += "\nwebhooks: [{webhook: desk, url: \"https://desk.example.org/x\"}]"
        site.anju += "\nheartbeat: {url: \"https://desk.example.org/beat\", every: 60 s}"
        site.responders +=
            "\n  - {responder: d1, role: family, channels: [{channel: desk, address: a}, mqtt]}"
        site.rules = """
            rules:
              - rule: mix
                when: {all_of: [smoke, {any_of: [gas, temperature > 57 degC]}], within: 5 min}
                alarm: fire
              - rule: stove
                when: {held: temperature > 57, for: 60 s, clear: temperature < 45}
                alarm: stove
              - rule: key
                when: call errand
                alarm: serviceCall
                urgency: routine
                for_residents: {condition: deaf}
              - rule: every-operator
                when:
                  sequence:
                    - {absent: [motion, door opened], for: 5 min}
                    - {any_of: [{count: 2, of: smoke in kitchen, distinct: device, within: 5 min}, heat]}
                    - {change: temperature, by: 8 degC, within: 1 min, unless: {held: vibration, for: 5 s}}
                    - {raise: presence, clear: {absent: presence, for: 9 min}}
                    - {absent: call cancel, for: 60 s}
                  within: 2 h
                during: {times: 22:00-05:00, weekdays: mon-fri, holidays: included}
                scope: community
                restart: on_repeat
                alarm: everything
                urgency: urgent
                messages: {zh: "{home}", en: "{place} {device} {value}"}
            """
        site.anju += "\nholidays: [2026-10-01..2026-10-07]"
        let result = try site.load()
        let installation = try #require(result.installation, "\(result.diagnostics.map(\.text))")
        var writer = ByteWriter()
        writer.write(installation)
        var reader = ByteReader(writer.bytes)
        let copy = try Installation(from: &reader)
        #expect(reader.isAtEnd)
        var again = ByteWriter()
        again.write(copy)
        #expect(again.bytes == writer.bytes)
        #expect(copy.site.rules == installation.site.rules)
        #expect(copy.site.plans == installation.site.plans)
        #expect(copy.settings == installation.settings)
        #expect(copy.bindings == installation.bindings)
        #expect(copy.profiles == installation.profiles)
    }

    @Test func `damaged bytes are an error and never a crash`() throws {
        var writer = ByteWriter()
        writer.write(try #require(try SampleSite().load().installation))
        let bytes = writer.bytes
        for length in stride(from: 0, to: bytes.count - 1, by: 1_999) {
            var reader = ByteReader(Array(bytes[..<length]))
            #expect(throws: ByteCodingError.self) { try Installation(from: &reader) }
        }
        for place in stride(from: 0, to: bytes.count, by: 499) {
            var damaged = bytes
            damaged[place] ^= 0xff
            var reader = ByteReader(damaged)
            _ = try? Installation(from: &reader)
        }
    }

    @Test func `the hash follows every file`() throws {
        let first = try #require(try SampleSite().load().installation).fileHash
        #expect(try #require(try SampleSite().load().installation).fileHash == first)
        var site = SampleSite()
        site.rules += "\n# a remark"
        #expect(try #require(try site.load().installation).fileHash != first)
    }

    @Test func `a profile of the site extends a shipped one`() throws {
        var site = SampleSite()
        site.others["profiles/own.yaml"] = """
            profiles:
              - {profile: own/smoke, extends: zigbee2mqtt/smoke, supervision: 10 h}
            """
        site.homes = site.homes.replacing("profile: zigbee2mqtt/smoke", with: "profile: own/smoke")
        let installation = try #require(try site.load().installation)
        let device = try #require(installation.site.community.devices.first { $0.id == "smoke-1" })
        #expect(device.supervision == .hours(10))
        #expect(device.signals.contains(.smoke))
    }

    @Test func `a calendar knows the offsets of its time zone`() throws {
        let zurich = try #require(CivilCalendar(timeZone: "Europe/Zurich", around: SampleSite.now))
        #expect(zurich.offsets.count >= 11)
        let shanghai = try #require(CivilCalendar(timeZone: "Asia/Shanghai", around: SampleSite.now))
        #expect(shanghai.offsets.map(\.secondsFromUTC) == [28_800])
        // 2026-09-21T14:13:20Z
        #expect(shanghai.millisecondOfDay(at: SampleSite.now) == ((22 * 60 + 13) * 60 + 20) * 1_000)
        #expect(zurich.secondsFromUTC(at: SampleSite.now) == 7_200)
    }

    @Test func `conditions and operators mean what they say`() throws {
        let cases: [(String, Pattern?)] = [
            ("smoke alarm", .condition(Condition(.smoke, .isOn))),
            ("waterLeak", .condition(Condition(.waterLeak, .isOn))),
            ("water leak detected", .condition(Condition(.waterLeak, .isOn))),
            ("door opened", .condition(Condition(.contact, .isOn))),
            ("door closed", .condition(Condition(.contact, .isOff))),
            ("fall detected", .condition(Condition(.fall, .isOn))),
            ("call emergency", .condition(Condition(.call, .isKey(.emergency)))),
            ("battery < 15 %", .condition(Condition(.battery, .below(15)))),
            ("temperature >= -5.5 degC", .condition(Condition(.temperature, .atLeast(-5.5)))),
            ("fall held for 60 s", .held(Condition(.fall, .isOn), for: .seconds(60))),
            (
                "{raise: temperature > 57, clear: temperature < 50}",
                .condition(Condition(.temperature, .above(57), clear: .below(50)))
            ),
        ]
        for (text, pattern) in cases {
            let log = ProblemLog(file: "f")
            let node = try #require(YAMLReader.read(Array(text.utf8), log: log))
            var reader = PatternReader(log: log)
            #expect(reader.read(node) == pattern, "\(text)")
            #expect(log.diagnostics.isEmpty, "\(text): \(log.diagnostics.map(\.text))")
        }
    }

    @Test(arguments: [
        ("60 s", 60_000), ("15 min", 900_000), ("2 h", 7_200_000), ("25 h", 90_000_000), ("10 ms", 10),
        ("1.5 h", 5_400_000), ("30 d", 2_592_000_000), ("5min", 300_000),
    ])
    func `a length of time is a number and a unit`(_ text: String, _ milliseconds: Int64) {
        #expect(YAMLNode.duration(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        "60", "s", "1 hour", "-5 s", "nan s", "inf s", "0x10 s", "1e300 h", "5 s s", "", "1,5 s",
    ])
    func `what is no length of time is refused`(_ text: String) {
        #expect(YAMLNode.duration(text) == nil)
    }
}
