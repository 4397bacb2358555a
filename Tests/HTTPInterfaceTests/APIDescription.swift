import Foundation

/// A JSON value that tells a number from a flag.
indirect enum JSONValue: Decodable, Equatable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([JSONValue].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    var texts: [String] {
        switch self {
        case .text(let text): [text]
        case .list(let list): list.flatMap(\.texts)
        default: []
        }
    }

    var members: [String: JSONValue] { if case .object(let members) = self { members } else { [:] } }
    var elements: [JSONValue] { if case .list(let list) = self { list } else { [] } }
}

/// The API's own description as a judge of what is really sent, stricter than its words: a property that is
/// sent and not described is a fault too.
struct APIDescription {
    let root: JSONValue

    /// What is wrong with a value, and which described properties it has.
    struct Verdict {
        var faults: [String] = []
        var seen: Set<String> = []

        mutating func add(_ other: Verdict) {
            faults += other.faults
            seen.formUnion(other.seen)
        }
    }

    /// Judges the answer to a request on a path of the description.
    func verdict(on answer: RawClient.Answer, to method: String, _ path: String) -> Verdict {
        let responses = root["paths"]?[path]?[method.lowercased()]?["responses"]
        guard let response = responses?["\(answer.status)"] ?? responses?["default"] else {
            return Verdict(faults: ["\(method) \(path): \(answer.status) is not described"])
        }
        let type = String((answer.headers["content-type"] ?? "").prefix { $0 != ";" })
        guard let content = response["content"] else {
            return Verdict(faults: answer.body.isEmpty ? [] : ["\(method) \(path): a body is not described"])
        }
        guard let schema = content[type]?["schema"] else {
            return Verdict(faults: ["\(method) \(path): \(answer.status) as \(type) is not described"])
        }
        guard type.hasSuffix("json") else { return Verdict() }
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(answer.body.utf8)) else {
            return Verdict(faults: ["\(method) \(path): the body is not JSON"])
        }
        return verdict(on: value, schema, "\(method) \(path) \(answer.status)")
    }

    /// Judges a value by a schema of a name.
    func verdict(on value: JSONValue, schemaNamed name: String) -> Verdict {
        guard let schema = root["components"]?["schemas"]?[name] else {
            return Verdict(faults: ["there is no schema \(name)"])
        }
        return verdict(on: value, schema, name)
    }

    private func verdict(on value: JSONValue, _ schema: JSONValue, _ place: String) -> Verdict {
        if let name = schema["$ref"]?.texts.first?.split(separator: "/").last {
            return verdict(on: value, schemaNamed: String(name))
        }
        if let all = schema["allOf"] {
            return all.elements.reduce(into: Verdict()) { $0.add(verdict(on: value, $1, place)) }
        }
        if let any = schema["anyOf"] {
            let verdicts = any.elements.map { verdict(on: value, $0, place) }
            return verdicts.min { $0.faults.count < $1.faults.count } ?? Verdict()
        }
        var found = Verdict()
        if let types = schema["type"]?.texts, !types.contains(where: { Self.isA($0, value) }) {
            found.faults.append("\(place) is no \(types.joined(separator: " or ")): \(value)")
        }
        if let words = schema["enum"]?.texts, case .text(let text) = value, !words.contains(text) {
            found.faults.append("\(place): \(text) is none of its words")
        }
        if case .number(let number) = value {
            if case .number(let least)? = schema["minimum"], number < least {
                found.faults.append("\(place): \(number) is too small")
            }
            if case .number(let most)? = schema["maximum"], number > most {
                found.faults.append("\(place): \(number) is too large")
            }
        }
        for element in value.elements {
            if let items = schema["items"] { found.add(verdict(on: element, items, place + "[]")) }
        }
        if case .object(let members) = value { found.add(verdict(on: members, schema, place)) }
        return found
    }

    private func verdict(
        on members: [String: JSONValue], _ schema: JSONValue, _ place: String
    ) -> Verdict {
        var found = Verdict()
        let described = schema["properties"]?.members ?? [:]
        for name in schema["required"]?.texts ?? [] where members[name] == nil {
            found.faults.append("\(place).\(name) is required and not sent")
        }
        for (name, member) in members {
            if let schema = described[name] {
                found.seen.insert("\(place).\(name)")
                found.add(verdict(on: member, schema, "\(place).\(name)"))
            } else if schema["additionalProperties"] == .flag(true) {
                continue
            } else if let schema = schema["additionalProperties"] {
                found.add(verdict(on: member, schema, "\(place).\(name)"))
            } else {
                found.faults.append("\(place).\(name) is sent and not described")
            }
        }
        return found
    }

    private static func isA(_ type: String, _ value: JSONValue) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .flag), ("number", .number), ("string", .text), ("array", .list),
            ("object", .object):
            true
        case ("integer", .number(let number)): number.rounded() == number
        default: false
        }
    }

    /// The properties of the named schemas, as `verdict` names them.
    var properties: Set<String> {
        var all: Set<String> = []
        for (name, schema) in root["components"]?["schemas"]?.members ?? [:] {
            collect(schema, name, into: &all)
        }
        return all
    }

    private func collect(_ schema: JSONValue, _ place: String, into all: inout Set<String>) {
        for (name, member) in schema["properties"]?.members ?? [:] {
            all.insert("\(place).\(name)")
            collect(member, "\(place).\(name)", into: &all)
        }
        if let items = schema["items"] { collect(items, place + "[]", into: &all) }
        for other in schema["anyOf"]?.elements ?? [] { collect(other, place, into: &all) }
    }
}
