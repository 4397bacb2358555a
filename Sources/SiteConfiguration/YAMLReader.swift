import CYaml

/// Reads YAML text into nodes with positions, through the event parser that Yams brings along.
///
/// The events, not the composed nodes of Yams: so nesting is bounded without recursion, aliases are refused
/// before they can be expanded, every duplicate key is reported instead of the first, and it is much faster.
struct YAMLReader {
    /// The most bytes of one file.
    static let fileSizeLimit = 64_000_000
    /// The deepest nesting of lists and tables.
    static let nestingLimit = 32
    /// The most bytes of one scalar.
    static let scalarLimit = 8_192
    /// The most keys of one table.
    static let keyLimit = 2_000
    /// The most texts, lists and tables of one file.
    static let nodeLimit = 8_000_000

    let log: ProblemLog
    private var open: [Level] = []
    private(set) var root: YAMLNode?
    private var shared: [String: String] = [:]
    private var nodeCount = 0
    private let nodeLimit: Int

    /// Reads one file's bytes; what is wrong goes to the log.
    ///
    /// - Returns: the root node, or nil when the text is empty or is not YAML; then the log says why.
    static func read(
        _ bytes: some Collection<UInt8>, log: ProblemLog, nodeLimit: Int = nodeLimit
    ) -> YAMLNode? {
        guard bytes.count <= fileSizeLimit else {
            log.error(
                at: Mark(line: 1, column: 1), "The file has more than \(fileSizeLimit / 1_000_000) MB",
                fix: "Split it into several files.")
            return nil
        }
        var reader = YAMLReader(log: log, nodeLimit: nodeLimit)
        let contiguous = bytes.withContiguousStorageIfAvailable { reader.parse($0) }
        return contiguous ?? Array(bytes).withUnsafeBufferPointer { reader.parse($0) }
    }

    private init(log: ProblemLog, nodeLimit: Int) {
        self.log = log
        self.nodeLimit = nodeLimit
    }

    /// A list or table whose end has not come yet.
    private struct Level {
        var mark: Mark
        var isTable: Bool
        var elements: [YAMLNode] = []
        var entries: [YAMLNode.Entry] = []
        var key: (text: String, mark: Mark)?
    }

    /// The C parser is made, used and deleted here; the bytes outlive it.
    private mutating func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> YAMLNode? {
        var parser = yaml_parser_t()
        guard yaml_parser_initialize(&parser) == 1 else { return nil }
        defer { yaml_parser_delete(&parser) }
        yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(&parser, &event) == 1 else {
                report(parser, bytes)
                return nil
            }
            defer { yaml_event_delete(&event) }
            if event.type == YAML_STREAM_END_EVENT { return root }
            guard take(event) else { return nil }
        }
    }

    /// Takes one event.
    ///
    /// - Returns: false when reading cannot go on.
    private mutating func take(_ event: yaml_event_t) -> Bool {
        let mark = Mark(event.start_mark)
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: return checkSingle(at: mark)
        case YAML_ALIAS_EVENT: return refuseAnchor(at: mark)
        case YAML_SCALAR_EVENT: return takeScalar(event, at: mark)
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return begin(isTable: false, at: mark, hasAnchor: start.anchor != nil, hasTag: start.tag != nil)
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return begin(isTable: true, at: mark, hasAnchor: start.anchor != nil, hasTag: start.tag != nil)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return end()
        default: return true
        }
    }

    private mutating func takeScalar(_ event: yaml_event_t, at mark: Mark) -> Bool {
        let scalar = event.data.scalar
        if scalar.anchor != nil { return refuseAnchor(at: mark) }
        if scalar.tag != nil { return refuseTag(at: mark) }
        guard scalar.length <= Self.scalarLimit else {
            log.error(
                at: mark, "This text has more than \(Self.scalarLimit) bytes", fix: "Write a shorter text.")
            return place(YAMLNode(.text("", isPlain: false), at: mark))
        }
        let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
        let text = share(String(decoding: bytes, as: UTF8.self))
        return place(YAMLNode(.text(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE), at: mark))
    }

    /// Texts of more than 15 bytes live on the heap: equal ones of a file are kept once.
    private mutating func share(_ text: String) -> String {
        guard text.utf8.count > 15 else { return text }
        if let known = shared[text] { return known }
        if shared.count < 4_096 { shared[text] = text }
        return text
    }

    private mutating func begin(isTable: Bool, at mark: Mark, hasAnchor: Bool, hasTag: Bool) -> Bool {
        if hasAnchor { return refuseAnchor(at: mark) }
        if hasTag { return refuseTag(at: mark) }
        if let level = open.last, level.isTable, level.key == nil {
            log.error(at: mark, "A key must be a single word", fix: "Write `key: value`.")
            return false
        }
        guard open.count < Self.nestingLimit else {
            log.error(
                at: mark, "Lists and tables are nested deeper than \(Self.nestingLimit) levels",
                fix: "Check the brackets and the indentation.")
            return false
        }
        open.append(Level(mark: mark, isTable: isTable))
        return true
    }

    private mutating func end() -> Bool {
        guard let level = open.popLast() else { return false }
        let content: YAMLNode.Content = level.isTable ? .table(level.entries) : .list(level.elements)
        return place(YAMLNode(content, at: level.mark))
    }

    /// Puts a finished node where it belongs.
    private mutating func place(_ node: YAMLNode) -> Bool {
        nodeCount += 1
        guard nodeCount <= nodeLimit else {
            log.error(
                at: node.mark, "The file has more than \(nodeLimit) values",
                fix: "Split it into several files.")
            return false
        }
        guard let index = open.indices.last else {
            root = node
            return true
        }
        guard open[index].isTable else {
            open[index].elements.append(node)
            return true
        }
        if let key = open[index].key {
            open[index].key = nil
            return add(key, node, to: index)
        } else {
            open[index].key = (node.text ?? "", node.mark)
        }
        return true
    }

    private mutating func add(_ key: (text: String, mark: Mark), _ value: YAMLNode, to index: Int) -> Bool {
        if let first = open[index].entries.first(where: { $0.key == key.text }) {
            log.error(
                at: key.mark, "The key `\(key.text.quoted)` stands here a second time",
                why: "It is already in line \(first.mark.line), and only one of them could count",
                fix: "Remove one of the two.")
            return true
        }
        guard open[index].entries.count < Self.keyLimit else {
            log.error(
                at: key.mark, "The table has more than \(Self.keyLimit) keys",
                fix: "Homes, devices and the like are lists: begin each with `- `.")
            return false
        }
        open[index].entries.append(YAMLNode.Entry(key: key.text, mark: key.mark, value: value))
        return true
    }
}
