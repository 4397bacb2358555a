import DeviceProfiles
import SafetyModel

/// Reads the table `readings` of a profile's topic: path -> signal.
struct ReadingReader {
    let log: ProblemLog

    static let keys = [
        "signal", "form", "accepts", "values", "only_values", "otherwise", "inverted", "scale", "transform",
        "second",
    ]
    static let signalNames = Signal.allCases.map(\.name)

    func read(_ node: YAMLNode) -> [ReadingRule] {
        guard let table = Table(node, "readings", keys: nil, log: log) else { return [] }
        if table.entries.count > ProfileReader.readingLimit {
            log.error(
                at: node.mark, "A topic has more than \(ProfileReader.readingLimit) readings",
                fix: "Divide the profile.")
        }
        return table.entries.prefix(ProfileReader.readingLimit).flatMap { entry in
            (entry.value.list ?? [entry.value]).compactMap { read(entry.key, $0) }
        }
    }

    /// `smoke: smoke` or `contact: {signal: contact, inverted: true}`.
    private func read(_ path: String, _ node: YAMLNode) -> ReadingRule? {
        if node.text != nil {
            return node.readWord(path, of: Self.signalNames, log: log, Signal.init(name:)).map {
                ReadingRule(path, $0)
            }
        }
        guard let table = Table(node, "a reading", keys: Self.keys, log: log) else { return nil }
        table.require("signal", fix: "Write `signal: smoke`.")
        guard let signal = table.word("signal", of: Self.signalNames, Signal.init(name:)) else { return nil }
        var rule = ReadingRule(path, signal)
        rule.form =
            table.word("form", of: ["level", "pulse"]) {
                $0 == "pulse" ? .pulse : $0 == "level" ? .level : nil
            } ?? .level
        rule.accepts = word("accepts", table) ?? .any
        rule.knowsOnlyValues = table.flag("only_values") ?? false
        rule.otherwise = word("otherwise", table) ?? (rule.knowsOnlyValues ? .nothing : .failure)
        rule.isInverted = table.flag("inverted") ?? false
        rule.scale = table.number("scale", in: -1e9...1e9) ?? 1
        rule.transform = word("transform", table) ?? .none
        rule.second = table.text("second") ?? ""
        if let values = table["values"] { rule.values = readValues(values, signal) }
        return rule
    }

    private func word<T: CaseIterable>(_ key: String, _ table: Table) -> T? {
        let cases = Array(T.allCases)
        return table.word(key, of: cases.map { "\($0)" }) { word in cases.first { "\($0)" == word } }
    }

    private func readValues(_ node: YAMLNode, _ signal: Signal) -> [ValueMeaning] {
        guard let table = Table(node, "values", keys: nil, log: log) else { return [] }
        return table.entries.compactMap { entry in
            entry.value.readWord(entry.key, of: Self.meanings(of: signal), log: log) { word in
                Self.meaning(word, signal)
            }.map { ValueMeaning(entry.key, $0) }
        }
    }

    private static func meanings(of signal: Signal) -> [String] {
        switch signal.shape {
        case .key: CallKey.allCases.map(\.name) + ["off", "nothing"]
        case .flag: ["on", "off", "test", "nothing"]
        case .number, .pair: ["a number", "nothing"]
        }
    }

    private static func meaning(_ word: String, _ signal: Signal) -> ValueMeaning.Meaning? {
        if word == "nothing" { return .nothing }
        switch signal.shape {
        case .key:
            return word == "off" ? .reading(.flag(false)) : CallKey(name: word).map { .reading(.key($0)) }
        case .flag:
            if word == "test" { return .test }
            return word == "on" ? .reading(.flag(true)) : word == "off" ? .reading(.flag(false)) : nil
        case .number:
            return YAMLNode.splitNumber(word).flatMap { $0.rest.isEmpty ? .reading(.number($0.value)) : nil }
        case .pair: return nil
        }
    }
}
