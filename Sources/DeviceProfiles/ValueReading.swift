import CSimdjson
import SafetyModel

/// What a value in a payload says for one reading rule.
enum Interpretation {
    case reading(Reading, isTest: Bool)
    /// No value: null, `unknown`, an empty text.
    case nothing
    /// The rule is not for this type of value.
    case notMeant
    /// The profile does not know it.
    case unknown
}

extension CompiledTopic {
    /// Reads one value, whose bytes are valid during the call; allocates nothing for the usual ones.
    func interpret(_ token: JSONToken, as rule: CompiledReading) -> Interpretation {
        switch token.type {
        case .null: .nothing
        case .object: rule.accepts == .any ? .unknown : .notMeant
        case .array: rule.shape == .pair ? .nothing : rule.accepts == .any ? .unknown : .notMeant
        case .boolean:
            rule.accepts == .any || rule.accepts == .boolean
                ? meant(token.boolean != 0 ? rule.whenTrue : rule.whenFalse, rule) : .notMeant
        case .number: number(token.number, rule)
        case .text: text(NumberReading.trimmed(token.textBytes), rule)
        }
    }

    private func meant(_ meaning: ValueMeaning.Meaning?, _ rule: CompiledReading) -> Interpretation {
        switch meaning {
        case .nothing: .nothing
        case .test: .reading(.flag(true), isTest: true)
        case .reading(.number(let number)): .reading(.number(number * rule.scale), isTest: false)
        case .reading(let reading): .reading(reading, isTest: false)
        case nil:
            switch rule.otherwise {
            case .failure: .unknown
            case .nothing: .nothing
            case .on: .reading(rule.shape == .key ? .key(.emergency) : .flag(true), isTest: false)
            }
        }
    }

    private func number(_ value: Double, _ rule: CompiledReading) -> Interpretation {
        guard rule.accepts == .any || rule.accepts == .number else { return .notMeant }
        for index in rule.words where words[Int(index)].number == value {
            return meant(words[Int(index)].meaning, rule)
        }
        if rule.shape == .number {
            let plain = rule.transform == .fahrenheit ? (value - 32) / 1.8 : value
            let scaled = plain * rule.scale
            return scaled.isFinite ? .reading(.number(scaled), isTest: false) : .nothing
        }
        if rule.transform == .positive {
            return .reading(.flag((value > 0) != rule.isInverted), isTest: false)
        }
        return meant(nil, rule)
    }

    private func text(_ text: UnsafeRawBufferPointer, _ rule: CompiledReading) -> Interpretation {
        if rule.accepts != .text, rule.shape != .pair, let value = NumberReading.number(in: text) {
            return number(value, rule)
        }
        let hash = foldedHash(text)
        if let known = rule.words.first(where: { words[Int($0)].hash == hash }) {
            guard accepts(text: text, rule) else { return .notMeant }
            return meant(words[Int(known)].meaning, rule)
        }
        if rule.shape == .pair { return pair(in: text) }
        guard rule.accepts == .any || rule.accepts == .text else { return .notMeant }
        return meant(nil, rule)
    }

    private func accepts(text: UnsafeRawBufferPointer, _ rule: CompiledReading) -> Bool {
        switch rule.accepts {
        case .any, .text: true
        case .number: NumberReading.number(in: text) != nil || text.isEmpty
        case .boolean:
            text.count >= 4 && (text[0] | 0x20 == UInt8(ascii: "t") || text[0] | 0x20 == UInt8(ascii: "f"))
        }
    }

    /// `122/83`, `30.66,104.06`.
    private func pair(in text: UnsafeRawBufferPointer) -> Interpretation {
        let separators = [UInt8(ascii: "/"), UInt8(ascii: ","), UInt8(ascii: ";")]
        guard let middle = text.firstIndex(where: { separators.contains($0) }),
            let first = NumberReading.number(in: UnsafeRawBufferPointer(rebasing: text[..<middle])),
            let second = NumberReading.number(in: UnsafeRawBufferPointer(rebasing: text[(middle + 1)...]))
        else { return .unknown }
        return .reading(.pair(Float(first), Float(second)), isTest: false)
    }

    /// A number where a pair's half stands.
    static func half(_ token: JSONToken) -> Double? {
        switch token.type {
        case .number: token.number
        case .text: NumberReading.number(in: token.textBytes)
        default: nil
        }
    }
}
