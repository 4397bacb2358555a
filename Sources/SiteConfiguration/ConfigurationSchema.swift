import Correlation
import DeviceProfiles
import SafetyModel

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
        let sections: [(String, SchemaNode)] = [
            ("homes", .items(.part("home"))), ("responders", .items(.part("responder"))),
            ("plans", .items(.part("plan"))), ("rules", .items(.part("rule"))),
            ("profiles", .oneOrMore(.part("profile"))),
        ]
        let root =
            isMain
            ? SchemaNode.table(
                SettingsReader.keys, required: ["gateway"], Self.settings + Self.welfare + sections)
            : SchemaNode.table(FileDraft.sections, sections)
        guard case .object(let members) = root else { return root }
        return .object(
            [
                ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
                ("title", .text(isMain ? "anju.yaml" : "A part of the configuration of anju")),
            ] + members + [("$defs", .object(Self.definitions))])
    }

    private static var definitions: [(String, SchemaNode)] {
        [
            ("home", home), ("device", device), ("resident", resident), ("responder", responder),
            ("plan", plan), ("rule", rule), ("pattern", pattern), ("schedule", schedule),
            ("profile", profile), ("topic", topic), ("reading", reading),
        ]
    }

    // MARK: - anju.yaml

    private static var settings: [(String, SchemaNode)] {
        typealias Reader = SettingsReader
        let port = SchemaNode.count(1...65_535)
        return [
            ("gateway", .scalar), ("time_zone", .scalar), ("language", .words(Reader.languages)),
            ("demonstration", .switched),
            (
                "mqtt",
                .table(Reader.brokerKeys, [("host", .scalar), ("port", port), ("keep_alive", .duration)])
            ),
            ("store", .table(Reader.storeKeys, [("path", .scalar)])),
            ("http", .table(Reader.httpKeys, [("host", .scalar), ("port", port), ("token_file", .scalar)])),
            (
                "webhooks",
                .items(
                    .table(
                        Reader.webhookKeys, required: ["webhook", "url"],
                        [("webhook", .scalar), ("url", .scalar), ("timeout", .duration)]))
            ),
            (
                "heartbeat",
                .table(
                    Reader.heartbeatKeys, required: ["url"],
                    [("url", .scalar), ("every", .duration), ("timeout", .duration)])
            ),
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
        ]
    }

    // MARK: - Homes and people

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
        let texts = ["home", "name", "address", "area", "building", "unit", "base_topic"]
        let contacts = Role.allCases.map { ($0.name, SchemaNode.oneOrMore(.scalar)) }
        return .table(
            HomeReader.keys, required: ["home", "devices"],
            texts.map { ($0, .scalar) } + [
                ("resident", .oneOrMore(.part("resident"))), ("residents", .items(.part("resident"))),
                ("floor", .count(-9...200)), ("state", .words(["in_service", "commissioning"])),
                ("contacts", .table(contacts.map(\.0), contacts)), ("devices", .items(.part("device"))),
                pause,
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
                ]),
        ])
    }

    private static var device: SchemaNode {
        .table(
            HomeReader.deviceKeys, required: ["profile"],
            [
                ("device", .scalar), ("profile", .scalar), ("topic", .scalar), ("base_topic", .scalar),
                ("place", .scalar), ("signals", .oneOrMore(.words(ReadingReader.signalNames))),
                ("outside_door", .switched),
            ])
    }

    private static var responder: SchemaNode {
        let channel = SchemaNode.table(
            ResponderReader.channelKeys, required: ["channel"], [("channel", .scalar), ("address", .scalar)])
        return .table(
            ResponderReader.keys, required: ["responder", "role"],
            [
                ("responder", .scalar), ("name", .scalar), ("role", .words(Role.allCases.map(\.name))),
                ("areas", .oneOrMore(.scalar)), ("channels", .oneOrMore(.anyOf([.scalar, channel]))),
            ])
    }

    private static var plan: SchemaNode {
        let target = SchemaNode.anyOf([
            .words(Role.allCases.map(\.name)),
            .table(["person"], required: ["person"], [("person", .scalar)]),
        ])
        return .table(
            PlanReader.keys, required: ["plan", "for", "steps"],
            [
                ("plan", .scalar),
                (
                    "for",
                    .table(
                        PlanReader.forKeys,
                        [
                            ("alarms", .oneOrMore(.scalar)),
                            ("urgency", .oneOrMore(.words(Urgency.allCases.map(\.name)))),
                            ("homes", .oneOrMore(.scalar)), ("areas", .oneOrMore(.scalar)),
                        ])
                ),
                (
                    "steps",
                    .items(
                        .table(
                            PlanReader.stepKeys, required: ["notify"],
                            [("notify", .oneOrMore(target)), ("seen_within", .duration)]))
                ),
                ("repeat_last_every", .duration), ("on_scene_within", .duration),
                ("close_within", .duration), ("deliver", .scalar),
            ])
    }
}
