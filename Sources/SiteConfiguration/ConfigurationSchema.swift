import Correlation
import DeviceProfiles
import SafetyModel
import Welfare

/// JSON Schemas (draft 2020-12) of the configuration files, for editors that complete and mark while typing.
///
/// Keys, words and bounds come from the tables that the readers use. A schema sees one file and its shape;
/// whether devices, people and places exist is for `anju check`, which has the last word.
public enum ConfigurationSchema: String, CaseIterable, Sendable {
    /// `anju.yaml`.
    case main
    /// A file with homes.
    case homes
    /// A file with responders.
    case responders
    /// A file with plans.
    case plans
    /// A file with rules.
    case rules
    /// A file with profiles.
    case profiles

    /// The schema as JSON; files other than `anju.yaml` may hold all sections, so they share one.
    public var text: String { document.json() + "\n" }

    var document: SchemaNode {
        let isMain = self == .main
        let root =
            isMain
            ? SchemaNode.table(
                SettingsReader.keys, required: ["gateway"],
                Self.settings + Self.connections + Self.welfare + Self.visits + Self.sections)
            : SchemaNode.table(FileDraft.sections, Self.sections)
        guard case .object(let members) = root else { return root }
        return .object(
            [
                ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
                ("title", .text(isMain ? "anju.yaml" : "A part of the configuration of anju")),
            ] + members + [("$defs", .object(Self.definitions))])
    }

    /// What any file may hold.
    private static var sections: [(String, SchemaNode)] {
        [
            ("homes", .items(.part("home"))), ("responders", .items(.part("responder"))),
            ("groups", .items(.part("group"))), ("rosters", .items(.part("roster"))),
            ("plans", .items(.part("plan"))), ("rules", .items(.part("rule"))),
            ("profiles", .oneOrMore(.part("profile"))), ("messages", .items(.part("message"))),
            ("users", .items(.part("user"))),
        ]
    }

    private static var definitions: [(String, SchemaNode)] {
        [
            ("home", home), ("device", device), ("resident", resident), ("responder", responder),
            ("group", group), ("roster", roster), ("plan", plan), ("target", target), ("rule", rule),
            ("pattern", pattern), ("schedule", schedule), ("profile", profile), ("topic", topic),
            ("reading", reading), ("time", time), ("message", message), ("user", user),
            ("channel", channel),
        ]
    }

    // MARK: - anju.yaml

    private static var settings: [(String, SchemaNode)] {
        typealias Reader = SettingsReader
        return [
            ("gateway", .scalar), ("time_zone", .scalar), ("language", .words(Reader.languages)),
            ("demonstration", .switched),
            ("commands", .table(Reader.commandKeys, [("tokens_file", .scalar)])),
            (
                "retention",
                .table(
                    Reader.retentionKeys,
                    [("inputs", .duration), ("incidents", .duration), ("size", .scalar)])
            ),
            (
                "limits",
                .table(
                    Reader.limitKeys,
                    [
                        ("payload", .scalar), ("batch", .count(1...10_000)),
                        ("flood", .count(10...1_000_000)),
                    ])
            ),
            (
                "patience",
                .table(
                    Reader.patienceKeys,
                    Reader.patienceKeys.map {
                        ($0, $0 == "tries_per_channel" ? .count(1...10) : .duration)
                    })
            ),
            ("holidays", .anyOf([.map(to: .oneOrMore(.scalar)), .oneOrMore(.scalar)])),
            ("includes", .oneOrMore(.scalar)),
        ]
    }

    /// What the gateway is connected to.
    private static var connections: [(String, SchemaNode)] {
        typealias Reader = SettingsReader
        let port = SchemaNode.count(1...65_535)
        return [
            (
                "mqtt",
                .table(
                    Reader.brokerKeys,
                    [("port", port), ("keep_alive", .duration)]
                        + SchemaNode.scalars(
                            "host", "client_id", "user", "password_file", "ca_file", "certificate_file",
                            "key_file", "broker_config"))
            ),
            ("store", .table(Reader.storeKeys, SchemaNode.scalars("path"))),
            (
                "http",
                .table(
                    Reader.httpKeys,
                    [("port", port), ("allow_plain_http", .switched)]
                        + SchemaNode.scalars(
                            "host", "token_file", "public_url", "certificate_file", "key_file",
                            "console_folder"))
            ),
            ("channels", .items(.part("channel"))),
            (
                "home_commands",
                .table(
                    Reader.homeCommandKeys, [("sirens", .oneOrMore(.scalar)), ("voice", .switched)])
            ),
            (
                "webhooks",
                .items(
                    .table(
                        Reader.webhookKeys, required: ["webhook", "url"],
                        [("timeout", .duration)] + SchemaNode.scalars("webhook", "url", "secret_file")))
            ),
            (
                "heartbeat",
                .table(
                    Reader.heartbeatKeys, required: ["url"],
                    [("every", .duration), ("timeout", .duration)]
                        + SchemaNode.scalars("url", "secret_file"))
            ),
        ]
    }

    /// When all homes are visited beside their cycles.
    private static var visits: [(String, SchemaNode)] {
        let wave = SchemaNode.table(
            VisitReader.heatWaveKeys, required: ["from", "until"],
            [("for", .oneOrMore(.words(VisitCycle.words)))] + SchemaNode.scalars("from", "until"))
        return [
            (
                "extra_visits",
                .table(
                    VisitReader.extraKeys,
                    [
                        ("after_change", .switched), ("heat_wave", .oneOrMore(wave)),
                        ("festivals", .oneOrMore(.scalar)),
                    ])
            )
        ]
    }

    /// What anju.yaml and homes say alike.
    private static var welfare: [(String, SchemaNode)] {
        let spans = WelfareReader.inactivityKeys.map { key in
            (key, key == "learned" ? SchemaNode.switched : .duration)
        }
        return [
            ("inactivity", .anyOf([.switched, .table(WelfareReader.inactivityKeys, spans)])),
            (
                "check_in",
                .anyOf([
                    .words(["off"]), .of(types: ["boolean"]),
                    .table(WelfareReader.checkInKeys, required: ["before"], [("before", .scalar)]),
                ])
            ),
            ("visits", .anyOf([.words(VisitCycle.words + ["off"]), .of(types: ["boolean"])])),
        ]
    }

    // MARK: - Homes

    private static var pause: (String, SchemaNode) {
        (
            "pause",
            .oneOrMore(
                .table(
                    WelfareReader.pauseKeys, required: ["from", "until"],
                    WelfareReader.pauseKeys.map { ($0, .scalar) }))
        )
    }

    private static var home: SchemaNode {
        let texts = ["home", "name", "address", "area", "building", "unit", "base_topic", "key_holder"]
        let contacts = Role.allCases.map { ($0.name, SchemaNode.oneOrMore(.scalar)) }
        return .table(
            HomeReader.keys, required: ["home", "devices"],
            texts.map { ($0, .scalar) } + [
                ("resident", .oneOrMore(.part("resident"))), ("residents", .items(.part("resident"))),
                ("floor", .count(-9...200)), ("state", .words(["in_service", "commissioning"])),
                ("contacts", .table(contacts.map(\.0), contacts)), ("devices", .items(.part("device"))),
                ("hazards", .oneOrMore(.scalar)), pause,
            ] + welfare)
    }

    private static var resident: SchemaNode {
        .anyOf([
            .scalar,
            .table(
                HomeReader.residentKeys, required: ["name"],
                [
                    ("resident", .scalar), ("name", .scalar), ("telephone", .scalar),
                    ("conditions", .oneOrMore(.scalar)), pause,
                    (
                        "bounds",
                        .table(
                            BoundsReader.signals.map(\.name),
                            BoundsReader.signals.map { ($0.name, .text(matching: BoundsReader.form)) })
                    ),
                ]),
        ])
    }

    private static var device: SchemaNode {
        .table(
            HomeReader.deviceKeys, required: ["profile"],
            [
                ("device", .scalar), ("profile", .scalar), ("topic", .scalar), ("base_topic", .scalar),
                ("place", .scalar), ("signals", .oneOrMore(.words(ReadingReader.signalNames))),
                ("supervision", .anyOf([.words(["none"]), .duration])), ("outside_door", .switched),
                ("worn_by", .scalar),
            ])
    }
}
