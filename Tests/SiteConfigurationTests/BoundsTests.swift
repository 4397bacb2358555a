import SafetyCore
import SafetyModel
import Testing

@testable import SiteConfiguration

/// Bounds of one resident, as files say them, and how to get them wrong.
struct BoundsTests {
    static let rules = """
        rules:
          - rule: pulse
            when:
              any_of:
                - {held: heartRate > 130, for: 5 min, clear: heartRate < 120}
                - {held: heartRate < 45, for: 5 min, clear: heartRate > 50}
            alarm: vitals
            personal_bounds: true
          - rule: oxygen
            when: {held: oxygenSaturation < 88, for: 3 min, clear: oxygenSaturation > 90}
            alarm: vitals
            personal_bounds: true
          - {rule: warm, when: {held: bodyTemperature > 38.5, for: 9 min}, alarm: vitals, personal_bounds: true}
        """

    /// One resident in line 3, his bounds from column 34 on.
    private static func home(_ bounds: String, devices: String = band) -> String {
        people("resident: {name: Li, bounds: \(bounds)}", devices)
    }

    private static let band = "{device: band, profile: generic/wristband}"

    private static func people(_ residents: String, _ devices: String) -> String {
        "homes:\n  - home: h1\n    \(residents)\n    devices: [\(devices)]"
    }

    /// A couple of whom Li has a bound, and what the band says of its wearer; the device begins at 4:15.
    private static func couple(_ words: String, other: String = "Xu") -> String {
        people(
            "residents: [{name: Li, bounds: {heartRate: ..110}}, \(other)]",
            "{device: band, profile: generic/wristband\(words)}")
    }

    private static var site: SampleSite {
        var site = SampleSite()
        site.rules = rules
        return site
    }

    private static func loaded(_ homes: String) throws -> Community {
        var site = Self.site
        site.homes = homes
        let result = try site.load()
        #expect(result.diagnostics.map(\.text) == [])
        var writer = ByteWriter()
        writer.write(try #require(result.installation))
        var reader = ByteReader(writer.bytes)
        return try reader.read(Installation.self).site.community
    }

    private static func bounds(of device: String, in community: Community) throws -> [VitalBounds] {
        let device = try #require(community.devices.first { $0.id == device })
        return community.homes[device.home.int].bounds(of: device)
    }

    static let readable: [(String, VitalBounds)] = [
        ("{heartRate: 50..110}", VitalBounds(.heartRate, lowest: 50, highest: 110)),
        ("{heartRate: 50 .. 110 bpm}", VitalBounds(.heartRate, lowest: 50, highest: 110)),
        ("{heartRate: \"50..\"}", VitalBounds(.heartRate, lowest: 50)),
        ("{heartRate: 30..200}", VitalBounds(.heartRate, lowest: 30, highest: 200)),
        ("{oxygenSaturation: 85..}", VitalBounds(.oxygenSaturation, lowest: 85)),
        ("{oxygenSaturation: 97.. %}", VitalBounds(.oxygenSaturation, lowest: 97)),
        ("{bodyTemperature: ..38.2}", VitalBounds(.bodyTemperature, highest: 38.2)),
        ("{bodyTemperature: ..37.8 degC}", VitalBounds(.bodyTemperature, highest: 37.8)),
    ]

    @Test(arguments: readable) func `bounds are read, also when they were stored`(
        _ words: String, _ wanted: VitalBounds
    ) throws {
        let community = try Self.loaded(Self.home(words))
        #expect(try Self.bounds(of: "band", in: community) == [wanted])
    }

    @Test(
        arguments: [
            (", worn_by: Li", [VitalBounds(.heartRate, highest: 110)]),
            (", worn_by: resident-1", [.init(.heartRate, highest: 110)]),
            (", worn_by: Xu}, {device: his, profile: generic/wristband, worn_by: Li", []),
            (", signals: [worn, call]}, {device: his, profile: generic/wristband, worn_by: Li", []),
        ] as [(String, [VitalBounds])])
    func `of several residents the band says whose it is`(_ words: String, _ wanted: [VitalBounds]) throws {
        let community = try Self.loaded(Self.couple(words))
        #expect(try Self.bounds(of: "band", in: community) == wanted)
    }

    @Test func `who has no bounds needs no word about his band`() throws {
        let community = try Self.loaded(Self.people("residents: [Li, Xu]", Self.band))
        #expect(try Self.bounds(of: "band", in: community) == [])
    }

    @Test(arguments: wrong) func `wrong bounds are reported where they are`(_ wrong: Wrong) throws {
        try wrong.check(in: Self.site)
    }

    private static func wrong(_ bounds: String, _ column: Int, _ says: String) -> Wrong {
        Wrong(.homes, home(bounds), at: "homes/homes.yaml:3:\(column)", says)
    }

    static let wrong: [Wrong] = [
        wrong("50..110", 34, "should stand `bounds` as a table"),
        wrong("{heart_rate: 50..110}", 35, "No vital sign is called `heart_rate`. A bound that nobody reads"),
        wrong("{heart_rate: 50..110}", 35, "Did you mean `heartRate`?"),
        wrong("{SpO2: 90..}", 35, "Did you mean `oxygenSaturation`?"),
        wrong(
            "{weight: 50..}", 35, "Bounds can be written for heartRate, oxygenSaturation, bodyTemperature."),
        wrong("{temperature: ..38}", 35, "`temperature` is no vital sign of a person"),
        wrong("{temperature: ..38}", 35, "Did you mean `bodyTemperature`?"),
        wrong("{smoke: 1..2}", 35, "`smoke` is no vital sign of a person"),
        wrong("{bloodPressure: 90..140}", 35, "No rule can compare `bloodPressure` yet"),
        wrong("{heartRate: 110..50}", 46, "leave nothing between 110 and 50"),
        wrong("{heartRate: 110..50}", 46, "Write `50..110`."),
        wrong("{heartRate: 80..80}", 46, "leave nothing between 80 and 80"),
        wrong("{heartRate: 110}", 46, "`heartRate` should be a lowest and a highest number, not"),
        wrong("{heartRate: ..}", 46, "or one of them: `lowest..`, `..highest`"),
        wrong("{heartRate: 45-110}", 46, "Write `lowest..highest` within 30..200"),
        wrong("{heartRate: 45..110..120}", 46, "should be a lowest and a highest number"),
        wrong("{heartRate: [45, 110]}", 46, "should be a lowest and a highest number, not a list"),
        wrong("{heartRate: 50..fast}", 46, "\"fast\" is not a number"),
        wrong("{heartRate: 50..110 mmHg}", 46, "`heartRate` is not measured in \"mmHg\""),
        wrong("{heartRate: 20..}", 46, "20 bpm is no bound of `heartRate`"),
        wrong("{heartRate: ..250}", 46, "Write a number from 30 to 200."),
        wrong("{oxygenSaturation: 0.95..}", 53, "If it is a fraction, write 95."),
        wrong("{oxygenSaturation: 60..}", 53, "60 % is no bound of `oxygenSaturation`"),
        wrong("{bodyTemperature: ..100.4}", 52, "If it is Fahrenheit, write 38."),
        wrong("{bodyTemperature: ..45}", 52, "Write a number from 34 to 41."),
        Wrong(
            .homes, people("resident: Li\n    bounds: {heartRate: 50..110}", band),
            at: "homes/homes.yaml:4:5",
            "Did you mean `resident: {name: ..., bounds: {...}}`?"),
        // What the rules would make of them.
        wrong("{oxygenSaturation: 80..95}", 53, "watches how high `oxygenSaturation` gets here. This bound"),
        wrong("{oxygenSaturation: 80..95}", 53, "Remove 95, or write `personal_bounds: true` into a rule"),
        wrong("{bodyTemperature: 35..}", 52, "watches how low `bodyTemperature` gets here"),
        wrong("{heartRate: 96..110}", 46, "leave no room in which an alarm could end. By the rules"),
        wrong("{heartRate: 116..}", 46, "ends above 121 and below 120"),
        wrong("{oxygenSaturation: 98..}", 53, "ends above 100 and below 100"),
        Wrong(
            .homes, home("{heartRate: ..110}", devices: "{device: s, profile: zigbee2mqtt/smoke}"),
            at: "homes/homes.yaml:3:46", "No device of the home h1 says `heartRate`. Nobody would notice"),
        Wrong(
            .homes, couple(""), at: "homes/homes.yaml:4:24",
            "Nobody says who wears the device band, and the home h1 has 2 residents"),
        Wrong(
            .homes, couple(", worn_by: Xu"), at: "homes/homes.yaml:3:48",
            "No device that this resident of the home h1 wears says `heartRate`"),
        Wrong(
            .homes, couple(", worn_by: Lee"), at: "homes/homes.yaml:4:67",
            "There is no resident `Lee` in the home h1. Nobody could know"),
        Wrong(.homes, couple(", worn_by: Lii"), at: "homes/homes.yaml:4:67", "Did you mean `Li`?"),
        Wrong(
            .homes, couple(", worn_by: Li", other: "Li"), at: "homes/homes.yaml:4:67",
            "Two residents of the home h1 are called `Li`"),
    ]

    @Test func `bounds that no rule asks for are reported`() throws {
        var site = Self.site
        site.homes = Self.home("{heartRate: 50..110}")
        site.rules = Self.rules.replacing("    personal_bounds: true\n", with: "")
        try site.load().expect("watches how low `heartRate` gets here") { $0 == "homes/homes.yaml:3:46" }
        try site.load().expect("watches how high `heartRate` gets here") { $0 == "homes/homes.yaml:3:46" }
    }

    @Test func `a rule for everybody is not in the shadow of one with other numbers for some`() throws {
        var site = Self.site
        site.rules += "\n  - {rule: fast, when: {held: heartRate > 140, for: 5 min}, alarm: vitals}"
        let shadow = "The rule fast is in the shadow of the rule pulse"
        for (bounds, isShadowed) in [("{oxygenSaturation: 85..}", false), ("{}", true)] {
            site.homes = Self.home(bounds)
            #expect(try site.load().diagnostics.contains { $0.text.contains(shadow) } == isShadowed)
        }
    }
}
