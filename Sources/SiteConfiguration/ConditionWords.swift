import Correlation
import SafetyModel

/// The words of a condition: `smoke alarm`, `temperature > 57`, `call emergency`, `door opened`.
enum ConditionWords {
    enum Outcome {
        case condition(Condition)
        case fault(what: String, fix: String)
    }

    /// Words for a signal in a condition beside its name in the vocabulary.
    private static let phrases: [(words: String, signal: Signal)] = [
        ("water leak", .waterLeak), ("carbon monoxide", .carbonMonoxide), ("co", .carbonMonoxide),
        ("battery low", .batteryLow), ("door", .contact), ("window", .contact), ("gas level", .gasLevel),
        ("carbon monoxide level", .carbonMonoxideLevel), ("heart rate", .heartRate),
        ("oxygen saturation", .oxygenSaturation), ("body temperature", .bodyTemperature),
    ]
    private static let onWords = ["alarm", "detected", "on", "opened", "open", "present", "low"]
    private static let offWords = ["off", "closed", "absent"]

    /// Reads a condition, with the place behind `in`: `motion in bedroom`.
    static func parse(_ text: String) -> Outcome {
        let outcome = parseAsWritten(text)
        guard case .fault(let what, _) = outcome, let meant = ConditionSlips.meant(by: text) else {
            return outcome
        }
        return .fault(what: what, fix: "Did you mean `\(meant)`?")
    }

    /// The same, without a guess at what was meant.
    static func parseAsWritten(_ text: String) -> Outcome {
        placed(text) { parse(words: $0) }
    }

    /// Reads the name of a number, with its place: `temperature in kitchen`.
    static func parseNumber(_ text: String) -> Outcome {
        placed(text) { words in
            guard let signal = signal(words) else { return unknown(words) }
            guard signal.shape == .number else {
                return .fault(
                    what: "`\(signal.name)` has no number that could change",
                    fix: "Name a number: `temperature`, `heartRate`.")
            }
            return .condition(Condition(signal, .isOn))
        }
    }

    private static func placed(_ text: String, _ read: ([String]) -> Outcome) -> Outcome {
        var words = text.split(separator: " ").map(String.init)
        var place: String?
        if let index = words.firstIndex(of: "in"), index > 0 {
            place = words[(index + 1)...].joined(separator: " ")
            words.removeSubrange(index...)
        }
        guard !words.isEmpty else {
            return .fault(what: "The condition is empty", fix: "Write `smoke alarm`.")
        }
        guard place?.isEmpty != true else {
            return .fault(what: "No place stands behind `in`", fix: "Write `motion in bedroom`.")
        }
        let outcome = read(words)
        guard let place, case .condition(var condition) = outcome else { return outcome }
        condition.place = place
        return .condition(condition)
    }

    private static func parse(words: [String]) -> Outcome {
        if let index = words.firstIndex(where: { ["<", ">", "<=", ">="].contains($0) }) {
            return threshold(words, at: index)
        }
        if words[0] == Signal.call.name { return call(words) }
        return flag(words)
    }

    private static func signal(_ words: some Sequence<String>) -> Signal? {
        let name = words.joined(separator: " ")
        return Signal(name: name) ?? phrases.first { $0.words == name }?.signal
    }

    private static func unknown(_ words: some Sequence<String>) -> Outcome {
        let name = words.joined(separator: " ")
        let known = Signal.allCases.map(\.name) + phrases.map(\.words)
        return .fault(
            what: "No signal is called \"\(name.quoted)\"",
            fix: nearestWord(to: name, among: known).map { "Did you mean `\($0)`?" }
                ?? "The signals are \(Signal.allCases.map(\.name).joined(separator: ", ")).")
    }

    private static func flag(_ words: [String]) -> Outcome {
        if let signal = signal(words) { return flag(signal, .isOn) }
        guard words.count > 1, let last = words.last else { return unknown(words) }
        let comparison: Comparison
        if onWords.contains(last) {
            comparison = .isOn
        } else if offWords.contains(last) {
            comparison = .isOff
        } else {
            return unknown(words)
        }
        return signal(words.dropLast()).map { flag($0, comparison) } ?? unknown(words.dropLast())
    }

    private static func flag(_ signal: Signal, _ comparison: Comparison) -> Outcome {
        guard signal.shape == .flag else {
            return .fault(
                what: "`\(signal.name)` is not on or off",
                fix: signal.shape == .number
                    ? "Compare it with a number: `\(signal.name) > 50`."
                    : signal.shape == .key
                        ? "Name a key: `call emergency`." : "Conditions cannot test it yet.")
        }
        return .condition(Condition(signal, comparison))
    }

    private static func call(_ words: [String]) -> Outcome {
        let keys = CallKey.allCases.map(\.name)
        guard words.count == 2 else {
            return .fault(what: "`call` needs one key", fix: "The keys are \(keys.joined(separator: ", ")).")
        }
        guard let key = CallKey(name: words[1]) else {
            return .fault(
                what: "No key is called \"\(words[1].quoted)\"",
                fix: nearestWord(to: words[1], among: keys).map { "Did you mean `call \($0)`?" }
                    ?? "The keys are \(keys.joined(separator: ", ")).")
        }
        return .condition(Condition(.call, .isKey(key)))
    }

    private static func threshold(_ words: [String], at index: Int) -> Outcome {
        guard let signal = signal(words[..<index]) else { return unknown(words[..<index]) }
        guard signal.shape == .number else {
            return .fault(
                what: "`\(signal.name)` has no number", fix: "Write `\(signal.name)` without a comparison.")
        }
        let (unit, range) = signal.unitAndRange
        let rest = words[(index + 1)...].joined(separator: " ")
        guard let (value, written) = YAMLNode.splitNumber(rest) else {
            return .fault(
                what: "\"\(rest.quoted)\" is not a number",
                fix: "Write `\(signal.name) > 50\(unit.isEmpty ? "" : " " + unit)`.")
        }
        guard written.isEmpty || written == unit else {
            return .fault(
                what: "`\(signal.name)` is not measured in \"\(written.quoted)\"",
                fix: unit.isEmpty ? "It has no unit." : "Write it in \(unit).")
        }
        guard range.contains(value) else { return neverReached(signal, value, unit, range) }
        if unit.hasPrefix("%"), value > 0, value < 1 {
            return .fault(
                what: "`\(signal.name)` is compared with a fraction, and it is measured in \(unit)",
                fix: "Write `\(YAMLNode.show((value * 1_000).rounded() / 10)) \(unit)`, or a whole number.")
        }
        let comparison: Comparison =
            switch words[index] {
            case "<": .below(value)
            case ">": .above(value)
            case "<=": .atMost(value)
            default: .atLeast(value)
            }
        if unit.hasPrefix("%"), let fault = boundFault(signal, comparison, words, range) { return fault }
        return .condition(Condition(signal, comparison))
    }
}

extension ConditionWords {
    /// A share lies between its bounds: beyond them a comparison is never or always true.
    private static func boundFault(
        _ signal: Signal, _ comparison: Comparison, _ words: [String], _ range: ClosedRange<Double>
    ) -> Outcome? {
        let truth: String? =
            switch comparison {
            case .below(let limit) where limit <= range.lowerBound: "never"
            case .above(let limit) where limit >= range.upperBound: "never"
            case .atLeast(let limit) where limit <= range.lowerBound: "always"
            case .atMost(let limit) where limit >= range.upperBound: "always"
            default: nil
            }
        return truth.map {
            .fault(
                what: "`\(words.joined(separator: " ").quoted)` is \($0) true",
                fix: "Write a number between \(YAMLNode.show(range.lowerBound)) and "
                    + "\(YAMLNode.show(range.upperBound)) for `\(signal.name)`.")
        }
    }

    private static func neverReached(
        _ signal: Signal, _ value: Double, _ unit: String, _ range: ClosedRange<Double>
    ) -> Outcome {
        let limits = "\(YAMLNode.show(range.lowerBound)) to \(YAMLNode.show(range.upperBound))"
        let celsius = ((value - 32) / 1.8 * 10).rounded() / 10
        let isFahrenheit = unit == "degC" && range.contains(celsius)
        let hint = isFahrenheit ? " If it is Fahrenheit, write \(YAMLNode.show(celsius)) degC." : ""
        return .fault(
            what: "`\(signal.name)` never gets to \(YAMLNode.show(value))",
            fix: "Write a number from \(limits).\(hint)")
    }
}

extension Signal {
    /// The unit of its numbers and the range in which a threshold makes sense.
    var unitAndRange: (unit: String, range: ClosedRange<Double>) {
        switch self {
        case .gasLevel: ("%LEL", 0...100)
        case .carbonMonoxideLevel: ("ppm", 0...10_000)
        case .heartRate: ("bpm", 20...300)
        case .oxygenSaturation, .humidity, .battery: ("%", 0...100)
        case .bodyTemperature: ("degC", 25...45)
        case .temperature: ("degC", -60...200)
        case .linkQuality: ("", 0...255)
        default: ("", -1e9...1e9)
        }
    }
}
