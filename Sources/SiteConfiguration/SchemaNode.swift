/// A piece of a JSON Schema, and its text.
indirect enum SchemaNode {
    case text(String)
    case number(Int)
    case flag(Bool)
    case list([SchemaNode])
    /// Members in the order in which they are printed.
    case object([(String, SchemaNode)])

    /// Anything at all.
    static let anything = SchemaNode.object([])
    /// One value: what YAML takes for a number or a flag is a text to the readers.
    static let scalar = of(types: ["string", "number", "boolean"])
    /// `true` or `false`; the words for them count too.
    static let switched = anyOf([of(types: ["boolean"]), words(["true", "false", "yes", "no", "on", "off"])])
    /// `90 s`, `15 min`, `25 h`.
    static let duration = text(matching: "^[0-9.]+ *(ms|s|min|h|d)$")

    static func text(matching pattern: String) -> SchemaNode {
        .object([("type", .text("string")), ("pattern", .text(pattern))])
    }

    static func of(types: [String]) -> SchemaNode {
        .object([("type", types.count == 1 ? .text(types[0]) : .list(types.map(SchemaNode.text)))])
    }

    static func anyOf(_ choices: [SchemaNode]) -> SchemaNode { .object([("anyOf", .list(choices))]) }

    /// One of some words.
    static func words(_ words: [String]) -> SchemaNode {
        .object([("enum", .list(words.map(SchemaNode.text)))])
    }

    static func count(_ range: ClosedRange<Int>) -> SchemaNode {
        .object([
            ("type", .text("integer")), ("minimum", .number(range.lowerBound)),
            ("maximum", .number(range.upperBound)),
        ])
    }

    /// A list of something, and nothing else.
    static func items(_ element: SchemaNode) -> SchemaNode {
        .object([("type", .text("array")), ("items", element)])
    }

    /// One, or a list of them.
    static func oneOrMore(_ element: SchemaNode) -> SchemaNode { anyOf([element, items(element)]) }

    /// Another part of the same document.
    static func part(_ name: String) -> SchemaNode { .object([("$ref", .text("#/$defs/\(name)"))]) }

    /// Names to values.
    static func map(to value: SchemaNode) -> SchemaNode {
        .object([("type", .text("object")), ("additionalProperties", value)])
    }

    /// A table with these keys and no others.
    ///
    /// - Parameter known: what is known of the value of a key; the others may hold anything.
    static func table(
        _ keys: [String], required: [String] = [], _ known: [(String, SchemaNode)] = []
    ) -> SchemaNode {
        for name in required + known.map(\.0) {
            precondition(keys.contains(name), "A schema speaks only of keys that the reader takes.")
        }
        let properties = keys.map { key in (key, known.first { $0.0 == key }?.1 ?? .anything) }
        return .object(
            [("type", .text("object")), ("additionalProperties", .flag(false))]
                + (required.isEmpty ? [] : [("required", .list(required.map(SchemaNode.text)))])
                + [("properties", .object(properties))])
    }

    /// Keys that each hold one value.
    static func scalars(_ keys: String...) -> [(String, SchemaNode)] { keys.map { ($0, .scalar) } }

    /// The JSON text, two blanks a level.
    func json(indent: String = "") -> String {
        let inner = indent + "  "
        switch self {
        case .text(let text): return Self.quoted(text)
        case .number(let number): return "\(number)"
        case .flag(let flag): return flag ? "true" : "false"
        case .list(let nodes):
            return "[" + nodes.map { $0.json(indent: inner) }.joined(separator: ", ") + "]"
        case .object(let members):
            guard !members.isEmpty else { return "{}" }
            let lines = members.map { "\(inner)\(Self.quoted($0.0)): \($0.1.json(indent: inner))" }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
