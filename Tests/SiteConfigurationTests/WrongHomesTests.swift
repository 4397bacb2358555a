import Testing

@testable import SiteConfiguration

struct WrongHomesTests {
    @Test(arguments: homes)
    func `a wrong home is reported where it is wrong`(_ wrong: Wrong) throws { try wrong.check() }

    /// A home with these devices, from line 5 on.
    private static func home(_ devices: String, _ more: String = "") -> String {
        """
        homes:
          - home: h1
            resident: Li
        \(more.isEmpty ? "    area: north" : "    " + more)
            devices:
              \(devices)
        """
    }

    private static let gas = "{device: t, profile: zigbee2mqtt/gas}"
    private static let smoke = "- {device: s, profile: zigbee2mqtt/smoke}"

    static let homes: [Wrong] = [
        Wrong(
            .homes, "homes:\n  - {resident: Li, devices: []}", at: "homes/homes.yaml:2:5", "`home` is missing"
        ),
        Wrong(.homes, home(smoke, "residnet: Li"), at: "homes/homes.yaml:4:5", "Did you mean `resident`?"),
        Wrong(
            .homes, home(smoke, "phone: 138"), at: "homes/homes.yaml:4:5",
            "Did you mean `residents: [{name: ..., telephone: ...}]`?"),
        Wrong(
            .homes, home(smoke, "colour: red"), at: "homes/homes.yaml:4:5", "Unknown key `colour` in a home"),
        Wrong(.homes, "homes: {a: b}", at: "homes/homes.yaml:1:8", "`homes` should be a list, not a table"),
        Wrong(
            .homes, "homes:\n  - h1", at: "homes/homes.yaml:2:5",
            "should stand a home as a table, not the text"),
        Wrong(
            .homes, "homes:\n  - home: a/b\n    resident: Li\n    devices: []", at: "homes/homes.yaml:2:11",
            "The id \"a/b\" holds `/`"),
        Wrong(
            .homes, "homes:\n  - home: a+\n    resident: Li\n    devices: []", at: "homes/homes.yaml:2:11",
            "holds `+`"),
        Wrong(
            .homes, "homes:\n  - home: \"\"\n    resident: Li\n    devices: []", at: "homes/homes.yaml:2:11",
            "is empty"),
        Wrong(
            .homes,
            "homes:\n  - home: \(String(repeating: "x", count: Limits.identifierLimit + 1))\n    resident: Li\n    devices: []",
            at: "homes/homes.yaml:2:11", "more than 64 bytes"),
        Wrong(
            .homes, "homes:\n  - home: [a]\n    resident: Li\n    devices: []", at: "homes/homes.yaml:2:11",
            "should be an id, not a list"),
        Wrong(
            .homes, "homes:\n  - home: gateway\n    resident: Li\n    devices: []",
            at: "homes/homes.yaml:2:11",
            "cannot have the id `gateway`"),
        Wrong(
            .homes, "homes:\n  - home: h1\n    resident: \"L\\u0007i\"\n    devices: []",
            at: "homes/homes.yaml:3:15",
            "holds a control character"),
        Wrong(
            .homes, "homes:\n  - home: h1\n    resident: \"L\\u202Ei\"\n    devices: []",
            at: "homes/homes.yaml:3:15",
            "holds a control character"),
        Wrong(.homes, "homes:\n  - home: h1\n    devices: []", at: "homes/homes.yaml:2:5", "has no resident"),
        Wrong(.homes, "homes:\n  - home: h1\n    resident: Li", at: "homes/homes.yaml:2:5", "has no devices"),
        Wrong(.homes, home(smoke, "home: h2"), at: "homes/homes.yaml:4:5", "stands here a second time"),
        Wrong(
            .homes, home(smoke, "state: on"), at: "homes/homes.yaml:4:12",
            "words are in_service, commissioning"),
        Wrong(
            .homes, home(smoke, "state: in_servise"), at: "homes/homes.yaml:4:12",
            "Did you mean `in_service`?"),
        Wrong(
            .homes, home(smoke, "contacts: {neigbour: station-1}"), at: "homes/homes.yaml:4:16",
            "Did you mean `neighbour`?"),
        Wrong(
            .homes, home(smoke, "key_holder: station-2"), at: "homes/homes.yaml:4:17",
            "There is no responder `station-2`, so `key_holder` is taken for words", .warning),
        Wrong(
            .homes, home(smoke, "key_holder: [a, b]"), at: "homes/homes.yaml:4:17",
            "`key_holder` should be"),
        Wrong(
            .homes, home(smoke, "hazards: [{kind: dog}]"), at: "homes/homes.yaml:4:15",
            "`hazards` should be"),
        Wrong(
            .homes, home(smoke, "contacts: {neighbour: sation-1}"), at: "homes/homes.yaml:4:27",
            "no responder `sation-1`. Nobody would be called as neighbour. Did you mean `station-1`?"),
        Wrong(
            .homes, home(smoke, "base_topic: homes/+/x"), at: "homes/homes.yaml:4:17", "holds a wildcard"),
        Wrong(.homes, home(smoke, "base_topic: a//b"), at: "homes/homes.yaml:4:17", "has an empty level"),
        Wrong(
            .homes, home("- {device: s}"), at: "homes/homes.yaml:6:9", "`profile` is missing in a device"),
        Wrong(
            .homes, home("- {device: s, profile: zigbee2mqtt/smok}"), at: "homes/homes.yaml:6:30",
            "Did you mean `zigbee2mqtt/smoke`?"),
        Wrong(
            .homes, home(smoke + "\n      " + smoke), at: "homes/homes.yaml:7:18", "two devices `s`"),
        Wrong(
            .homes, home(smoke + "\n      - {device: t, topic: s, profile: zigbee2mqtt/gas}"),
            at: "homes/homes.yaml:7:18", "already claimed by s of the home h1"),
        Wrong(
            .homes, home("- {device: s, profile: zigbee2mqtt/smoke, supervision: 25 h}"),
            at: "homes/homes.yaml:6:18",
            "missed within 24 h"),
        Wrong(
            .homes, home("- {device: s, profile: zigbee2mqtt/leak, supervision: 26 h}"),
            at: "homes/homes.yaml:6:18",
            "missed within 25 h"),
        Wrong(
            .homes, home("- {device: s, profile: zigbee2mqtt/smoke, supervision: none}"),
            at: "homes/homes.yaml:6:18",
            "guards life and is not supervised"),
        Wrong(
            .homes, home("- {device: s, profile: zigbee2mqtt/smoke, supervision: 12}"),
            at: "homes/homes.yaml:6:62",
            "should be a length of time"),
        Wrong(
            .homes, home("- {device: s, profile: zigbee2mqtt/smoke, supervision: 1 s}"),
            at: "homes/homes.yaml:6:62",
            "outside its range"),
        Wrong(
            .homes, home("- {device: s, profile: zigbee2mqtt/smoke, signals: [smok]}"),
            at: "homes/homes.yaml:6:59",
            "Did you mean `smoke`?"),
        Wrong(
            .homes, home("- {device: s, profile: zigbee2mqtt/bridge, signals: [smoke]}"),
            at: "homes/homes.yaml:6:18",
            "never gives `smoke`"),
        Wrong(
            .homes, home("- {device: m, profile: zigbee2mqtt/motion}", "inactivity: off"),
            at: "homes/homes.yaml:6:18",
            "No rule listens to the device m", .warning),
        Wrong(
            .homes,
            home(smoke) + "\n  - {home: h1, resident: Xu, devices: [{device: t, profile: zigbee2mqtt/gas}]}",
            at: "homes/homes.yaml:7:12", "already a home `h1`"),
        Wrong(
            .homes,
            home(smoke, "base_topic: z")
                + "\n  - {home: h2, resident: Xu, base_topic: z, devices: [\(gas)]}",
            at: "homes/homes.yaml:7:42", "shares the bridge `z` with the home h1", .warning),
        Wrong(
            .homes,
            home(smoke)
                + "\n  - {home: h2, resident: Xu, base_topic: homes/h1/b, devices: [\(gas)]}",
            at: "homes/homes.yaml:7:12", "belongs to the home h1"),
        Wrong(.homes, "", at: "anju.yaml:1:10", "No file describes a home"),
        Wrong(.homes, "house: []", at: "homes/homes.yaml:1:1", "Unknown key `house` in this file"),
    ]
}
