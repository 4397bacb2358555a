import CYaml

extension YAMLReader {
    func checkSingle(at mark: Mark) -> Bool {
        guard root != nil else { return true }
        log.error(
            at: mark, "A second document begins here (`---`)", why: "Only the first would be read",
            fix: "Move it to a file of its own.")
        return false
    }

    func refuseAnchor(at mark: Mark) -> Bool {
        log.error(
            at: mark, "Anchors and aliases (`&name`, `*name`) are not allowed",
            why: "A text that starts with & or * means something else in YAML",
            fix: "Write the value out, or put the text in quotes.")
        return false
    }

    func refuseTag(at mark: Mark) -> Bool {
        log.error(
            at: mark, "Tags (`!name`) are not allowed", why: "All values are read as text",
            fix: "Remove the tag, or put the text in quotes.")
        return false
    }

    /// Reports where and why the C parser stopped.
    ///
    /// Its texts are constant C strings; the file's bytes are valid for as long as this call lasts.
    func report(_ parser: yaml_parser_t, _ bytes: UnsafeBufferPointer<UInt8>) {
        let problem = parser.problem.map { String(cString: $0) } ?? "it ends too early"
        guard parser.error != YAML_READER_ERROR else {
            let mark = Mark(of: parser.problem_offset, in: bytes)
            log.error(
                at: mark, "The file is not valid UTF-8 text: \(problem)",
                fix: "Save it as UTF-8; look for an odd character in this line.")
            return
        }
        // A text that ends too early is wrong where it ends, not in the line after it.
        let isAtEnd = parser.problem_mark.index >= bytes.count
        let end = bytes.lastIndex { $0 > 0x20 } ?? 0
        let context = parser.context.map { String(cString: $0) + ": " } ?? ""
        log.error(
            at: isAtEnd ? Mark(of: end, in: bytes) : Mark(parser.problem_mark),
            "This is not YAML: \(context)\(problem)",
            why: "Nothing after this place could be read",
            fix:
                "Check indentation (spaces, no tabs), colons, quotes and brackets here and in the line above."
        )
    }
}

extension Mark {
    init(_ mark: yaml_mark_t) {
        self.init(line: Int32(clamping: mark.line + 1), column: Int32(clamping: mark.column + 1))
    }

    /// The position of a byte.
    init(of offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
        var line: Int32 = 1
        var column: Int32 = 1
        for byte in bytes.prefix(offset) {
            if byte == 0x0a {
                line += 1
                column = 1
            } else if byte & 0xc0 != 0x80 {
                column += 1
            }
        }
        self.init(line: line, column: column)
    }
}
