import CSimdjson

typealias JSONToken = anju_json_token

extension anju_json_token {
    /// What it is, as the C header numbers it.
    var type: JSONType { JSONType(rawValue: Int32(kind)) ?? .null }

    /// The unescaped text of a text token.
    var textBytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: text, count: text == nil ? 0 : Int(text_length))
    }

    var keyBytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: key, count: key == nil ? 0 : Int(key_length))
    }
}

/// The types of JSON values.
enum JSONType: Int32 {
    case null = 0
    case boolean = 1
    case number = 2
    case text = 3
    case object = 4
    case array = 5
}

/// Reads payloads into flat tokens with simdjson; one thread.
final class JSONParser {
    private let parser: OpaquePointer

    init(payloadLimit: Int) {
        guard let parser = anju_json_create(payloadLimit) else {
            preconditionFailure("A JSON parser needs a few kilobytes of memory.")
        }
        self.parser = parser
    }

    deinit { anju_json_destroy(parser) }

    /// The deepest nesting of objects and arrays that is read.
    static var depthLimit: Int { Int(ANJU_JSON_DEPTH_LIMIT) }

    /// Parses a payload; `tokens` hold the result.
    ///
    /// - Returns: why it failed, or nil.
    func parse(_ payload: UnsafeRawBufferPointer) -> JSONFailure? {
        let code = anju_json_parse(parser, payload.baseAddress, payload.count)
        guard code != 0 else { return nil }
        return JSONFailure(code: code, offset: anju_json_failure_offset(parser))
    }

    /// The tokens of the last successful parse, valid until the next.
    var tokens: UnsafeBufferPointer<JSONToken> {
        UnsafeBufferPointer(start: anju_json_tokens(parser), count: anju_json_token_count(parser))
    }
}

/// Why a payload is not JSON.
struct JSONFailure: Hashable {
    var code: Int32
    /// In bytes from the start of the payload.
    var offset: Int

    /// Place and remedy.
    var text: String {
        switch code {
        case 1: "payload is empty, expected JSON; look whether somebody cleared the topic"
        case 2:
            "payload is longer than the payload limit; let the device send less or raise broker.payloadLimit"
        case 3:
            "payload is nested deeper than \(JSONParser.depthLimit) levels; no device needs that, look at the sender"
        case 4:
            "payload ends at byte \(offset) inside the JSON: it was cut off; look at the sender's message size limit"
        case 5: "payload byte \(offset) is not UTF-8; look at the sender's encoding"
        case 6: "payload byte \(offset) is a control character inside a text; the sender must escape it"
        case 7:
            "payload goes on at byte \(offset) after the end of the JSON; the sender must send one value a message"
        case 9: "payload could not be read for lack of memory"
        default: "payload byte \(offset) is not JSON there; look at what the sender writes"
        }
    }
}

/// A hash of a key or word that does not see ASCII case, `_`, `-` and blanks; never 0.
func foldedHash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    anju_json_hash(bytes.baseAddress, bytes.count)
}

func foldedHash(_ text: some StringProtocol) -> UInt64 {
    var copy = String(text)
    return copy.withUTF8 { foldedHash(UnsafeRawBufferPointer($0)) }
}
