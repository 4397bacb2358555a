/// A node of a YAML file with its position; scalars are text, whatever they look like.
///
/// `22:00`, `0012`, `no` and `1e3` stay what the technician wrote: what they mean is decided by whoever asks.
struct YAMLNode: Sendable {
    var content: Content
    var mark: Mark

    init(_ content: Content, at mark: Mark) {
        self.content = content
        self.mark = mark
    }

    /// What a node holds.
    enum Content: Sendable {
        /// Text as written; `isPlain` means without quotes.
        case text(String, isPlain: Bool)
        case list([YAMLNode])
        case table([Entry])
    }

    /// One key of a table with its value; keys are unique in their table.
    struct Entry: Sendable {
        var key: String
        var mark: Mark
        var value: YAMLNode
    }

    /// The text, if it is one.
    var text: String? {
        guard case .text(let text, _) = content else { return nil }
        return text
    }

    /// The elements, if it is a list.
    var list: [YAMLNode]? {
        guard case .list(let list) = content else { return nil }
        return list
    }

    /// The entries, if it is a table.
    var table: [Entry]? {
        guard case .table(let entries) = content else { return nil }
        return entries
    }

    /// Whether nothing was written: `key:` with an empty value, `~` or `null`.
    var isAbsent: Bool {
        guard case .text(let text, isPlain: true) = content else { return false }
        return text.isEmpty || text == "~" || text == "null"
    }

    /// What it is, in words for a message.
    var shape: String {
        switch content {
        case .text(let text, _): isAbsent ? "nothing" : "the text \"\(text.quoted)\""
        case .list: "a list"
        case .table: "a table"
        }
    }
}

extension String {
    /// The text for a message: at most 60 characters, control characters shown as `?`.
    var quoted: String {
        let shown = prefix(60).unicodeScalars.map {
            $0.properties.generalCategory == .control ? "?" : String($0)
        }
        return shown.joined() + (count > 60 ? "..." : "")
    }

    /// Whether it holds a control character, a line break included.
    var hasControlCharacter: Bool {
        for byte in utf8 where byte < 0x20 || byte == 0x7f || byte == 0xc2 || byte == 0xe2 {
            // 0xc2 and 0xe2 lead the C1 controls and the line separators; only then look closely.
            guard byte >= 0x80 else { return true }
            return unicodeScalars.contains {
                $0.properties.generalCategory == .control || $0.value == 0x2028 || $0.value == 0x2029
                    || (0x202a...0x202e).contains($0.value) || (0x2066...0x2069).contains($0.value)
            }
        }
        return false
    }
}
