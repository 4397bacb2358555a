/// Reads one YAML table key by key; whatever is wrong goes to the log and reading goes on.
///
/// All accessors return nil both when the key is absent and when its value is wrong, which is then reported.
///
/// ```swift
/// guard let table = Table(node, "a responder", keys: ["responder", "role"], log: log) else { return }
/// let id = table.identifier("responder")      // required("responder") complains when it is missing
/// ```
struct Table {
    let entries: [YAMLNode.Entry]
    let mark: Mark
    /// What the table describes, for messages: "a home".
    let subject: String
    let log: ProblemLog

    /// Opens a table and reports every key that is not one of `keys`.
    ///
    /// - Parameters:
    ///   - keys: the keys that it may have; nil allows any (a map from names to values).
    ///   - slips: what people write instead of a key, in small letters.
    ///   - example: what to write instead of something that is no table.
    /// - Returns: nil when the node is not a table; that is reported.
    init?(
        _ node: YAMLNode, _ subject: String, keys: [String]?, slips: [String: String] = [:],
        example: String? = nil, log: ProblemLog
    ) {
        guard let entries = node.table else {
            log.error(
                at: node.mark, "Here should stand \(subject) as a table, not \(node.shape)",
                fix: example.map { "Write `\($0)`." }
                    ?? keys.map { "Write `key: value` lines; the keys are \($0.joined(separator: ", "))." }
                    ?? "")
            return nil
        }
        self.entries = entries
        self.mark = node.mark
        self.subject = subject
        self.log = log
        guard let keys else { return }
        for entry in entries where !keys.contains(entry.key) { reportUnknown(entry, keys, slips) }
    }

    /// Opens a table whose keys somebody else has checked; nil without a word when it is none.
    init?(silent node: YAMLNode, log: ProblemLog) {
        guard let entries = node.table else { return nil }
        (self.entries, mark, subject, self.log) = (entries, node.mark, "this file", log)
    }

    private func reportUnknown(_ entry: YAMLNode.Entry, _ keys: [String], _ slips: [String: String]) {
        let near = slips[entry.key.lowercased()] ?? nearestWord(to: entry.key, among: keys)
        log.error(
            at: entry.mark, "Unknown key `\(entry.key.quoted)` in \(subject)",
            why: "A key that nobody reads protects nobody",
            fix: near.map { "Did you mean `\($0)`?" } ?? "The keys are \(keys.joined(separator: ", ")).")
    }

    /// The entry of a key; one without a value counts as absent.
    func entry(_ key: String) -> YAMLNode.Entry? {
        guard let entry = entries.first(where: { $0.key == key }), !entry.value.isAbsent else { return nil }
        return entry
    }

    /// The value of a key.
    subscript(_ key: String) -> YAMLNode? { entry(key)?.value }

    /// Where a key's value stands; the table's own place without it.
    func mark(of key: String) -> Mark { entry(key)?.value.mark ?? mark }

    /// Reports a key that is missing.
    ///
    /// - Returns: whether it is there.
    @discardableResult
    func require(_ key: String, why: String = "", fix: String) -> Bool {
        guard entry(key) == nil else { return true }
        log.error(at: mark, "`\(key)` is missing in \(subject)", why: why, fix: fix)
        return false
    }

    /// A text of a key, without control characters, at most `limit` bytes.
    func text(_ key: String, limit: Int = Limits.textLimit) -> String? {
        self[key].flatMap { $0.readText(key, limit: limit, log: log) }
    }

    /// An id of a key: what may stand in topics.
    func identifier(_ key: String) -> String? {
        self[key].flatMap { $0.readIdentifier(key, log: log) }
    }

    /// `true` or `false`, `yes` or `no`, `on` or `off`.
    func flag(_ key: String) -> Bool? {
        guard let node = self[key] else { return nil }
        switch node.text?.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default:
            log.error(
                at: node.mark, "`\(key)` should be true or false, not \(node.shape)",
                fix: "Write `\(key): true`.")
            return nil
        }
    }

    /// A whole number within bounds.
    func count(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = self[key] else { return nil }
        guard let text = node.text, let value = Int(text), range.contains(value) else {
            log.error(
                at: node.mark,
                "`\(key)` should be a whole number from \(range.lowerBound) to \(range.upperBound), "
                    + "not \(node.shape)",
                fix: node.text.flatMap { YAMLNode.splitNumber($0) }.flatMap { Int(exactly: $0.value) }
                    .flatMap { range.contains($0) ? "Did you mean `\($0)`?" : nil }
                    ?? "Write a number in this range.")
            return nil
        }
        return value
    }

    /// A number with an optional unit behind it ("57 degC"); another unit than the expected one is refused.
    func number(_ key: String, in range: ClosedRange<Double>, unit: String = "") -> Double? {
        self[key].flatMap { $0.readNumber(key, in: range, unit: unit, log: log) }
    }

    /// A length of time within bounds: "60 s", "15 min", "25 h".
    func duration(_ key: String, in range: ClosedRange<Duration>) -> Duration? {
        self[key].flatMap { $0.readDuration(key, in: range, log: log) }
    }

    /// A word of a vocabulary.
    ///
    /// - Parameter read: the value of a word, nil when the vocabulary does not have it.
    func word<T>(_ key: String, of words: [String], _ read: (String) -> T?) -> T? {
        self[key].flatMap { $0.readWord(key, of: words, log: log, read) }
    }

    /// The elements of a list; a single value counts as a list of one.
    func list(_ key: String) -> [YAMLNode] {
        guard let node = self[key] else { return [] }
        return node.list ?? [node]
    }

    /// A list of texts; a single text counts as a list of one.
    func texts(_ key: String, limit: Int = Limits.textLimit) -> [String] {
        list(key).compactMap { $0.readText(key, limit: limit, log: log) }
    }

    /// A list of words of a vocabulary.
    func words<T>(_ key: String, of words: [String], _ read: (String) -> T?) -> [T] {
        list(key).compactMap { $0.readWord(key, of: words, log: log, read) }
    }
}
