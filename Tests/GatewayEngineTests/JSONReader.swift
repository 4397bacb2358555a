import Foundation

/// A JSON document as tests read it.
struct JSONReader {
    private let value: Any?

    init(_ bytes: [UInt8]) throws { value = try JSONSerialization.jsonObject(with: Data(bytes)) }

    private init(value: Any?) { self.value = value }

    subscript(key: String) -> JSONReader { JSONReader(value: (value as? [String: Any])?[key]) }
    subscript(place: Int) -> JSONReader {
        guard let list = value as? [Any], list.indices.contains(place) else { return JSONReader(value: nil) }
        return JSONReader(value: list[place])
    }

    var text: String? { value as? String }
    var number: Double? { (value as? NSNumber)?.doubleValue }
    var flag: Bool? { value as? Bool }
    var list: [JSONReader] { (value as? [Any] ?? []).map { JSONReader(value: $0) } }
    var isNull: Bool { value is NSNull }
    var keys: [String] { (value as? [String: Any] ?? [:]).keys.sorted() }
}
