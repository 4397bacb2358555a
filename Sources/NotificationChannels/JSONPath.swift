import Foundation

/// A value inside a JSON answer.
enum JSONPath {
    /// The value at a path of keys and array places with dots between, as text; nil when there is none.
    static func text(at path: String, in body: [UInt8]) -> String? {
        guard var value = try? JSONDecoder().decode(JSONValue.self, from: Data(body)) else { return nil }
        for step in path.split(separator: ".") {
            guard let next = value[String(step)] else { return nil }
            value = next
        }
        return value.text
    }
}

/// Any JSON value, for answers whose shape is somebody else's.
private enum JSONValue: Decodable {
    case null
    case flag(Bool)
    case whole(Int64)
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
        } else if let whole = try? container.decode(Int64.self) {
            self = .whole(whole)
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

    /// The member of a key, or the element at a place.
    subscript(step: String) -> JSONValue? {
        switch self {
        case .object(let object): object[step]
        case .list(let list): Int(step).flatMap { list.indices.contains($0) ? list[$0] : nil }
        default: nil
        }
    }

    /// A single value as text.
    var text: String? {
        switch self {
        case .flag(let flag): "\(flag)"
        case .whole(let whole): "\(whole)"
        case .number(let number): "\(number)"
        case .text(let text): text
        case .null, .list, .object: nil
        }
    }
}
