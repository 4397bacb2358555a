import SafetyModel

/// Reads `bounds` of a resident: between which figures his vital signs are as usual.
///
/// ```yaml
/// bounds: {heartRate: 45..110, oxygenSaturation: 85.., bodyTemperature: ..38}
/// ```
struct BoundsReader {
    let log: ProblemLog

    /// The vital signs that rules can compare with a number.
    static let signals: [Signal] = [.heartRate, .oxygenSaturation, .bodyTemperature]
    /// What the text of a bound looks like.
    static let form = "^[0-9. a-zA-Z%]*\\.\\.[0-9. a-zA-Z%]*$"

    /// What people write instead of a vital sign.
    static let slips = [
        "heart_rate": "heartRate", "heart rate": "heartRate", "pulse": "heartRate", "hr": "heartRate",
        "心率": "heartRate", "spo2": "oxygenSaturation", "oxygen": "oxygenSaturation",
        "oxygen_saturation": "oxygenSaturation", "oxygen saturation": "oxygenSaturation",
        "血氧": "oxygenSaturation", "temperature": "bodyTemperature", "body_temperature": "bodyTemperature",
        "body temperature": "bodyTemperature", "体温": "bodyTemperature",
    ]

    /// In what range a person's bound can lie; beyond it the bound would only switch the rule off.
    static func range(of signal: Signal) -> ClosedRange<Double> {
        switch signal {
        case .heartRate: 30...200
        case .oxygenSaturation: 70...98
        default: 34...41
        }
    }

    func read(_ table: Table) -> [Marked<VitalBounds>] {
        guard let node = table["bounds"] else { return [] }
        guard let table = Table(node, "`bounds`", keys: nil, log: log) else { return [] }
        return table.entries.compactMap { entry in
            guard let signal = signal(entry) else { return nil }
            return bounds(of: signal, entry.value).map { Marked(value: $0, mark: entry.value.mark) }
        }
    }

    private func signal(_ entry: YAMLNode.Entry) -> Signal? {
        let known = Self.signals.map(\.name)
        let signal = Signal(name: entry.key)
        if let signal, Self.signals.contains(signal) { return signal }
        let near = Self.slips[entry.key.lowercased()] ?? nearestWord(to: entry.key, among: known)
        let choice =
            near.map { "Did you mean `\($0)`?" }
            ?? "Bounds can be written for \(known.joined(separator: ", "))."
        if signal == .bloodPressure {
            log.error(
                at: entry.mark, "No rule can compare `bloodPressure` yet",
                why: "Nobody would watch these bounds",
                fix: "Remove it. " + choice)
        } else if signal != nil {
            log.error(
                at: entry.mark, "`\(entry.key)` is no vital sign of a person",
                why: "It would be watched by rules of the site only", fix: choice)
        } else {
            log.error(
                at: entry.mark, "No vital sign is called `\(entry.key.quoted)`",
                why: "A bound that nobody reads protects nobody", fix: choice)
        }
        return nil
    }

    private func bounds(of signal: Signal, _ node: YAMLNode) -> VitalBounds? {
        let range = Self.range(of: signal)
        let example = "\(YAMLNode.show(range.lowerBound))..\(YAMLNode.show(range.upperBound))"
        let unit = signal.unitAndRange.unit
        var text = node.text?.replacing(" ", with: "") ?? ""
        if text.hasSuffix(unit) { text.removeLast(unit.count) }
        let sides = text.split(separator: "..", omittingEmptySubsequences: false)
        guard sides.count == 2, sides.contains(where: { !$0.isEmpty }) else {
            log.error(
                at: node.mark, "`\(signal.name)` should be a lowest and a highest number, not \(node.shape)",
                why: "Nobody could know which readings are as usual",
                fix: "Write `lowest..highest` within \(example), or one of them: `lowest..`, `..highest`.")
            return nil
        }
        var bounds = VitalBounds(signal)
        for (side, text) in sides.enumerated() where !text.isEmpty {
            guard let number = number(of: signal, String(text), node) else { return nil }
            if side == 0 { bounds.lowest = number } else { bounds.highest = number }
        }
        if let lowest = bounds.lowest, let highest = bounds.highest, lowest >= highest {
            log.error(
                at: node.mark,
                "The bounds of `\(signal.name)` leave nothing between \(YAMLNode.show(lowest)) and "
                    + YAMLNode.show(highest),
                why: "Every reading would be out of bounds",
                fix: lowest == highest
                    ? "Write the lowest number first, then `..` and a higher one."
                    : "Write `\(YAMLNode.show(highest))..\(YAMLNode.show(lowest))`.")
            return nil
        }
        return bounds
    }

    /// One side; what no person can have was meant in another unit or is a slip.
    private func number(of signal: Signal, _ text: String, _ node: YAMLNode) -> Double? {
        let unit = signal.unitAndRange.unit
        let range = Self.range(of: signal)
        guard let (value, written) = YAMLNode.splitNumber(text) else {
            log.error(
                at: node.mark, "\"\(text.quoted)\" is not a number",
                why: "Nobody could know which readings are as usual",
                fix: "Write a number in \(unit), such as \(YAMLNode.show(range.lowerBound)).")
            return nil
        }
        guard written.isEmpty || written == unit else {
            log.error(
                at: node.mark, "`\(signal.name)` is not measured in \"\(written.quoted)\"",
                why: "The bound would mean something else", fix: "Write it in \(unit).")
            return nil
        }
        guard !range.contains(value) else { return value }
        let limits = "\(YAMLNode.show(range.lowerBound)) to \(YAMLNode.show(range.upperBound))"
        let celsius = ((value - 32) / 1.8 * 10).rounded() / 10
        let percent = (value * 1_000).rounded() / 10
        let hint =
            if unit == "degC", range.contains(celsius) {
                " If it is Fahrenheit, write \(YAMLNode.show(celsius))."
            } else if unit == "%", range.contains(percent) {
                " If it is a fraction, write \(YAMLNode.show(percent))."
            } else {
                ""
            }
        log.error(
            at: node.mark, "\(YAMLNode.show(value)) \(unit) is no bound of `\(signal.name)`",
            why: "A person with such a reading needs help, or it would raise an alarm for ever",
            fix: "Write a number from \(limits).\(hint)")
        return nil
    }
}

/// The bounds of one vital sign of a resident, and where they stand.
struct BoundsDraft: Sendable {
    /// The resident, by the place in the home's list.
    var resident: Int
    var bounds: Marked<VitalBounds>
}
