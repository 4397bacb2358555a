/// A topic with `{base}` and `{device}` in it: `{base}/{device}/availability`.
///
/// A last level `{key}` takes any one level, which is then the reading's path; a last level `#` takes
/// everything below. Both only at the end.
public struct TopicTemplate: Hashable, Sendable {
    /// As the profile writes it.
    public var text: String

    /// A template of any text; `check` refuses those that are no topic.
    public init(_ text: String) { self.text = text }

    /// Whether it names one topic for a device.
    public var isExact: Bool { ending == .exact }

    /// What its last level takes.
    public var ending: Ending {
        if text.hasSuffix("/{key}") { return .anyKey }
        return text.hasSuffix("/#") ? .everythingBelow : .exact
    }

    /// The template without its `{key}` or `#`.
    public var stem: String {
        switch ending {
        case .exact: text
        case .anyKey: String(text.dropLast("/{key}".count))
        case .everythingBelow: String(text.dropLast("/#".count))
        }
    }

    /// The topic, or its stem, for one device.
    public func filled(base: String, name: String) -> String {
        var bytes: [UInt8] = []
        TemplateParts(self).fill(base: base, name: name, into: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The last level.
    public enum Ending: Sendable { case exact, anyKey, everythingBelow }
}

/// A template cut at its places, for filling in many devices.
struct TemplateParts {
    private var parts: [Part] = []

    private enum Part {
        case literal([UInt8])
        case base
        case device
    }

    init(_ template: TopicTemplate) {
        var rest = template.stem.utf8[...]
        var literal: [UInt8] = []
        while let byte = rest.first {
            let place: (Part, Int)? =
                rest.starts(with: "{base}".utf8)
                ? (.base, "{base}".utf8.count)
                : rest.starts(with: "{device}".utf8) ? (.device, "{device}".utf8.count) : nil
            guard let (part, length) = place else {
                literal.append(byte)
                rest = rest.dropFirst()
                continue
            }
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal.removeAll()
            parts.append(part)
            rest = rest.dropFirst(length)
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
    }

    /// Writes the topic of one device over what stands in `bytes`.
    func fill(base: String, name: String, into bytes: inout [UInt8]) {
        bytes.removeAll(keepingCapacity: true)
        for part in parts {
            switch part {
            case .literal(let literal): bytes.append(contentsOf: literal)
            case .base: bytes.append(contentsOf: base.utf8)
            case .device: bytes.append(contentsOf: name.utf8)
            }
        }
    }
}

extension String {
    func range(ofPlaceholder placeholder: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(placeholder) {
                return start..<index(start, offsetBy: placeholder.count)
            }
            formIndex(after: &start)
        }
        return nil
    }

    /// The text as it stands between the quotes of a JSON string.
    var escapedForJSON: String {
        var escaped = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": escaped += "\\\""
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\t": escaped += "\\t"
            default:
                if scalar.value < 0x20 {
                    let digits = String(scalar.value, radix: 16)
                    escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    escaped.unicodeScalars.append(scalar)
                }
            }
        }
        return escaped
    }
}
