import Foundation
import Testing

@testable import SiteConfiguration

/// The JSON Schemas: what the readers take fits them, and what the readers refuse by its shape does not.
@Suite struct ConfigurationSchemaTests {
    private func node(_ text: String) throws -> YAMLNode {
        let log = ProblemLog(file: "f.yaml")
        let node = try #require(YAMLReader.read(Data(text.utf8), log: log))
        try #require(log.diagnostics.isEmpty)
        return node
    }

    private static func shippedFiles() throws -> [URL] {
        let found = try #require(
            FileManager.default.enumerator(
                at: StandardRulesTests.config, includingPropertiesForKeys: nil))
        return found.compactMap { $0 as? URL }.filter {
            $0.pathExtension == "yaml" && !$0.path.contains("/config/zigbee2mqtt/")
        }
    }

    @Test func `every shipped file fits its schema`() throws {
        let files = try Self.shippedFiles()
        #expect(files.count > 10)
        for file in files {
            let root = try node(try String(contentsOf: file, encoding: .utf8))
            let isMain = root.table?.contains { $0.key == "gateway" } ?? false
            let schema: ConfigurationSchema = isMain ? .main : .rules
            #expect(SchemaJudge(schema).faults(in: root) == [], "\(file.lastPathComponent)")
        }
    }

    @Test(arguments: [
        ("main", "gateway: g\nmqqt: {}", "mqqt"), ("main", "language: en", "gateway"),
        ("main", "gateway: g\nlanguage: english", "language"),
        ("main", "gateway: g\nlimits: {batch: many}", "batch"),
        ("main", "gateway: g\nmqtt: {keep_alive: 20}", "keep_alive"),
        ("main", "gateway: g\ninactivity: {by_day: eight hours}", "inactivity"),
        ("homes", "gateway: g", "gateway"), ("homes", "homes: {home: h1}", "homes"),
        ("homes", "homes: [{home: h1, devices: [{device: d}]}]", "profile"),
        ("homes", "homes: [{home: h1, floor: ground, devices: []}]", "floor"),
        ("homes", "homes: [{home: h1, devices: [], contacts: {friend: a}}]", "friend"),
        ("homes", "homes: [{home: h1, devices: [], resident: {name: a, bounds: {pulse: 45..}}}]", "resident"),
        (
            "homes", "homes: [{home: h1, devices: [], resident: {name: a, bounds: {heartRate: 45}}}]",
            "resident"
        ),
        ("rules", "rules: [{rule: r, when: smoke, alarm: fire, personal_bounds: own}]", "personal_bounds"),
        ("responders", "responders: [{responder: a, role: uncle}]", "role"),
        ("plans", "plans: [{plan: p, for: {alarms: fire}, steps: [{seen_within: 5 s}]}]", "notify"),
        ("rules", "rules: [{rule: r, when: {all_of: [smoke], for: 5 s}, alarm: fire}]", "when"),
        ("rules", "rules: [{rule: r, when: smoke, alarm: fire, urgency: high}]", "urgency"),
        ("profiles", "profiles: [{profile: a/b, topics: [{topic: t, readings: {x: smok}}]}]", "/profiles"),
        (
            "plans", "plans: [{plan: p, for: {alarms: fire}, steps: [{notify: {person: a, group: b}}]}]",
            "notify"
        ),
        ("plans", "plans: [{plan: p, for: {alarms: fire}, verify: {within: 9 s}, steps: []}]", "by"),
        ("rules", "groups: [{group: g, member: [a]}]", "member"),
        ("rules", "rosters: [{roster: r, shifts: [{shift: s, people: [a], hours: 8 h}]}]", "hours"),
        ("rules", "users: [{user: a, role: boss, password: x}]", "role"),
        ("rules", "messages: [{purpose: alarms, short: x}]", "purpose"),
        ("main", "gateway: g\nchannels: [{channel: c, kind: wecom, url_fil: x}]", "/channels"),
        ("main", "gateway: g\nhttp: {hots: 127.0.0.1}", "hots"),
        ("main", "gateway: g\nhome_commands: {siren: [s]}", "siren"),
        ("main", "gateway: g\nextra_visits: {heat_wave: {from: 2026-07-10}}", "heat_wave"),
    ])
    func `what the reader refuses does not fit either`(_ name: String, _ text: String, _ place: String) throws
    {
        let schema = try #require(ConfigurationSchema(rawValue: name))
        let faults = SchemaJudge(schema).faults(in: try node(text))
        #expect(faults.contains { $0.hasSuffix(place) }, "\(faults)")
        let draft = try read(text, isMain: name == "main")
        #expect(draft.diagnostics.contains { $0.severity == .error })
    }

    private func read(_ text: String, isMain: Bool) throws -> FileDraft {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).yaml")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return FileReader(name: "f.yaml", path: file.path, isMain: isMain).read()
    }

    @Test(arguments: [("main", Self.main), ("rules", Self.part)])
    func `what the reader takes fits, whatever its section`(_ name: String, _ text: String) throws {
        let draft = try read(text, isMain: name == "main")
        #expect(draft.diagnostics.filter { $0.severity == .error }.map(\.text) == [])
        let schema = try #require(ConfigurationSchema(rawValue: name))
        #expect(SchemaJudge(schema).faults(in: try node(text)) == [])
    }

    private static let main = """
        gateway: g
        mqtt: {host: h, client_id: c, user: u, password_file: p, ca_file: c, keep_alive: 20 s}
        http: {host: 127.0.0.1, port: 8080, token_file: t, public_url: "https://a.example.org",
               allow_plain_http: false, console_folder: c}
        channels:
          - {channel: a, kind: webhook, url: "https://a/", secret_file: s, timeout: 5 s}
          - {channel: b, kind: dingtalk, url_file: u, secret_file: s, format: text, class: group, mention: user,
             mention_all: lifeSafety}
          - {channel: c, kind: sms-http, url: "https://a/", method: POST, headers: {A: b}, replies: true,
             form: {to: "{number}", text: "{message}"}, success: {path: code, is: ["0"]}}
          - {channel: d, kind: email, host: 127.0.0.1, port: 25, security: none, from: a@example.org}
          - {channel: e, kind: mqtt, topic: "sirens/{number}/set", on: ON, off: OFF, retain: true}
          - {channel: f, kind: command, run: [/bin/true, x]}
        home_commands: {sirens: [fire], voice: false}
        visits: yellow
        extra_visits:
          after_change: true
          heat_wave: {from: 2026-07-10, until: 2026-07-21, for: [red, orange]}
          festivals: [2026-02-15..2026-02-18, 2026-10-01]
        """

    private static let part = """
        homes:
          - home: h1
            resident: {name: Li, conditions: [dementia], bounds: {heartRate: 45..110, oxygenSaturation: 88..,
                                                                  bodyTemperature: ..38 degC}}
            key_holder: wang-er
            hazards: [oxygen cylinder, dog]
            visits: off
            devices: [{device: s, profile: a/b, supervision: none, worn_by: Li}]
        responders: [{responder: a, role: family, quiet: 22:00-07:00, channels: {channel: mqtt}}]
        groups: [{group: g, members: [a]}]
        rosters:
          - roster: r
            shifts: [{shift: day, during: 07:00-19:00, people: [a]}]
            hand_over: 15 min
            overrides: [{dates: 2026-10-01..2026-10-07, shift: day, people: b}]
            otherwise: [a]
        plans:
          - plan: p
            for: {urgency: urgent}
            verify: {by: {roster: r}, within: 30 s, before: sos}
            steps:
              - {notify: [family, {person: a}, {group: g}, {roster: r}], seen_within: 60 s}
              - {notify: {one_of: [family, {person: a}, {group: g}]}, in_turn: true, each: 45 s}
        messages: [{purpose: any, short: "{home}", title: "{kind}"}]
        rules:
          - {rule: x, when: {count: 3, of: motion, within: 5 min}, alarm: many,
             for_residents: {condition: dementia}}
          - {rule: y, when: heartRate > 130, alarm: vitals, personal_bounds: true}
        """

    @Test(arguments: ConfigurationSchema.allCases)
    func `a key that a reader takes is described in the schema`(_ schema: ConfigurationSchema) {
        #expect(schema.document.openKeys() == [])
    }

    @Test func `a forgotten key or section is found`() {
        let section = SchemaNode.table(["a", "b"], [("b", .scalar)])
        #expect(SchemaNode.table(FileDraft.sections).openKeys() == FileDraft.sections)
        #expect(
            SchemaNode.object([("$defs", .object([("x", .oneOrMore(section))]))]).openKeys() == ["a", "a"])
    }

    @Test func `a target is described whatever it names, and a channel whatever its kind`() {
        #expect(Set(ConfigurationSchema.target.allKeys()) == Set(PlanReader.targetKeys))
        let keys = Set(ConfigurationSchema.channel.allKeys())
        for kind in ChannelReader.kinds {
            let own = ChannelReader.own[kind] ?? []
            #expect(!own.isEmpty && keys.isSuperset(of: own), "\(kind)")
        }
    }

    @Test(arguments: ConfigurationSchema.allCases)
    func `a schema is JSON of draft 2020-12, and each part that it names is there`(
        _ schema: ConfigurationSchema
    ) throws {
        let parsed = try JSONSerialization.jsonObject(with: Data(schema.text.utf8))
        let document = try #require(parsed as? [String: Any])
        #expect(document["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
        let parts = try #require(document["$defs"] as? [String: Any])
        let named = schema.text.split(separator: "\"#/$defs/").dropFirst().map { $0.prefix { $0 != "\"" } }
        #expect(!named.isEmpty)
        for name in named { #expect(parts[String(name)] != nil, "\(name)") }
    }
}

extension SchemaNode {
    /// The keys of all tables in it of which nothing is said.
    fileprivate func openKeys() -> [String] {
        keys { value in
            if case .object(let members) = value { members.isEmpty } else { false }
        }
    }

    /// The keys of all tables in it.
    fileprivate func allKeys() -> [String] { keys { _ in true } }

    private func keys(where isWanted: (SchemaNode) -> Bool) -> [String] {
        switch self {
        case .text, .number, .flag: return []
        case .list(let nodes): return nodes.flatMap { $0.keys(where: isWanted) }
        case .object(let members):
            var found: [String] = []
            for (name, node) in members {
                if name == "properties", case .object(let properties) = node {
                    found += properties.filter { isWanted($0.1) }.map(\.0)
                }
                found += node.keys(where: isWanted)
            }
            return found
        }
    }
}

/// Holds YAML against a schema, as far as our schemas go; scalars are what they look like.
private struct SchemaJudge {
    private let root: SchemaNode

    init(_ schema: ConfigurationSchema) { root = schema.document }

    func faults(in node: YAMLNode) -> [String] { faults(node, root, "") }

    private func member(_ key: String, of schema: SchemaNode) -> SchemaNode? {
        guard case .object(let members) = schema else { return nil }
        return members.first { $0.0 == key }?.1
    }

    private func texts(_ schema: SchemaNode?) -> [String] {
        switch schema {
        case .text(let text)?: [text]
        case .list(let list)?: list.flatMap { texts($0) }
        default: []
        }
    }

    private func faults(_ node: YAMLNode, _ schema: SchemaNode, _ path: String) -> [String] {
        if let reference = texts(member("$ref", of: schema)).first {
            let name = String(reference.dropFirst("#/$defs/".count))
            guard let part = member("$defs", of: root).flatMap({ member(name, of: $0) }) else {
                return ["no part \(name)"]
            }
            return faults(node, part, path)
        }
        if case .list(let choices)? = member("anyOf", of: schema) {
            return choices.contains { faults(node, $0, path).isEmpty } ? [] : [path]
        }
        if let words = member("enum", of: schema) {
            return node.text.map(texts(words).contains) ?? false ? [] : [path]
        }
        let types = texts(member("type", of: schema))
        guard types.isEmpty || types.contains(where: { isOf($0, node) }) else { return [path] }
        if let pattern = texts(member("pattern", of: schema)).first {
            let fits = node.text?.range(of: pattern, options: .regularExpression) != nil
            return fits ? [] : [path]
        }
        if let list = node.list, let items = member("items", of: schema) {
            return list.flatMap { faults($0, items, path) }
        }
        return node.table.map { tableFaults($0, schema, path) } ?? []
    }

    private func tableFaults(_ entries: [YAMLNode.Entry], _ schema: SchemaNode, _ path: String) -> [String] {
        let missing = texts(member("required", of: schema)).filter { name in
            !entries.contains { $0.key == name }
        }
        let known = member("properties", of: schema)
        let others = member("additionalProperties", of: schema)
        return missing.map { "\(path)/\($0)" }
            + entries.flatMap { entry -> [String] in
                let place = "\(path)/\(entry.key)"
                if let value = known.flatMap({ member(entry.key, of: $0) }) {
                    return entry.value.isAbsent ? [] : faults(entry.value, value, place)
                }
                guard let others else { return [] }
                if case .flag(false) = others { return [place] }
                return faults(entry.value, others, place)
            }
    }

    private func isOf(_ type: String, _ node: YAMLNode) -> Bool {
        switch type {
        case "object": node.table != nil
        case "array": node.list != nil
        case "integer": node.text.flatMap { Int($0) } != nil
        case "boolean": ["true", "false"].contains(node.text)
        default: node.text != nil
        }
    }
}
