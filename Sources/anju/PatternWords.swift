import Correlation
import GatewayEngine
import SafetyModel

/// What a rule waits for, in plain words.
struct PatternWords {
    let isChinese: Bool

    init(language: String) { isChinese = language != "en" }

    /// The rule as one clause: its pattern, where, when and for whom.
    ///
    /// - Parameter bounds: those of the person concerned, where the rule lets them stand in place of its
    ///   numbers.
    func text(of rule: Rule, bounds: [VitalBounds] = []) -> String {
        let when = rule.hasPersonalBounds ? rule.when.moved(to: bounds) : rule.when
        var text = text(of: when)
        if when != rule.when { text += isChinese ? "（按老人本人的界限）" : ", by the resident's own bounds" }
        if !rule.places.isEmpty {
            let places = rule.places.joined(separator: isChinese ? "、" : " or ")
            text += isChinese ? "（仅限\(places)）" : ", in \(places) only"
        }
        if !rule.devices.isEmpty {
            let devices = rule.devices.joined(separator: isChinese ? "、" : " or ")
            text += isChinese ? "（仅限设备 \(devices)）" : ", of \(devices) only"
        }
        if let condition = rule.residentCondition {
            text += isChinese ? "（仅限有此情况的老人：\(condition)）" : ", for residents with \(condition)"
        }
        if rule.during != nil { text += isChinese ? "（仅在规定时段）" : ", at its hours only" }
        switch rule.scope {
        case .home: break
        case .unit: text += isChinese ? "（同一单元）" : ", within one unit"
        case .building: text += isChinese ? "（同一楼栋）" : ", within one building"
        case .community: text += isChinese ? "（全社区）" : ", in the whole community"
        }
        return text
    }

    /// One pattern as a clause.
    func text(of pattern: Pattern) -> String {
        switch pattern {
        case .condition(let condition): return text(of: condition)
        case .held(let condition, let span):
            return isChinese
                ? "\(text(of: condition))持续\(text(of: span))" : "\(text(of: condition)) for \(text(of: span))"
        case .anyOf(let parts): return list(parts, isChinese ? "或" : " or ")
        case .allOf(let parts, let span):
            let all = list(parts, isChinese ? "并且" : " and ")
            if span <= .seconds(1) { return isChinese ? "同时满足：\(all)" : "\(all) at the same time" }
            return isChinese ? "\(text(of: span))内\(all)" : "\(all) within \(text(of: span))"
        case .sequence(let parts, let span):
            let all = list(parts, isChinese ? "，然后" : ", then ")
            guard let span else { return all }
            return isChinese ? "\(text(of: span))内\(all)" : "\(all), all within \(text(of: span))"
        case .absent(let conditions, let span):
            let none = conditions.map(text(of:))
            guard isChinese else { return "no \(none.joined(separator: " or ")) for \(text(of: span))" }
            let rest = none.dropLast().joined(separator: "、")
            return "连续\(text(of: span))未检测到" + (rest.isEmpty ? "" : rest + "或") + (none.last ?? "")
        case .count, .change, .unless: return figureText(of: pattern)
        }
    }

    private func figureText(of pattern: Pattern) -> String {
        switch pattern {
        case .count(let count, let condition, let distinct, let span):
            let what = text(of: condition)
            if isChinese {
                guard let distinct else { return "\(text(of: span))内\(what)达到\(count)次" }
                return "\(text(of: span))内\(count)\(distinct.chinese)出现\(what)"
            }
            guard let distinct else { return "\(what) \(count) times within \(text(of: span))" }
            return "\(what) of \(count) different \(distinct.name)s within \(text(of: span))"
        case .change(let condition, let difference, let span):
            let rises = if case .above = condition.raise { true } else { false }
            let what = SignalWords.text(of: condition.signal, isChinese: isChinese)
            let by = number(difference, of: condition.signal)
            return isChinese
                ? "\(what)在\(text(of: span))内\(rises ? "上升" : "下降")\(by)"
                : "\(what) \(rises ? "rising" : "falling") by \(by) within \(text(of: span))"
        case .unless(let pattern, let exception):
            return isChinese
                ? "\(text(of: pattern))，除非\(text(of: exception))"
                : "\(text(of: pattern)), unless \(text(of: exception))"
        default: return text(of: pattern)
        }
    }

    /// One condition as a noun.
    func text(of condition: Condition) -> String {
        var text = comparison(condition.raise, of: condition.signal)
        if let place = condition.place { text = isChinese ? "\(place)的\(text)" : "\(text) in \(place)" }
        return text
    }

    private func comparison(_ comparison: Comparison, of signal: Signal) -> String {
        let name = SignalWords.text(of: signal, isChinese: isChinese)
        func limit(_ zh: String, _ en: String, _ value: Double) -> String {
            isChinese ? name + zh + number(value, of: signal) : "\(name) \(en) \(number(value, of: signal))"
        }
        switch comparison {
        case .isOn: return isChinese ? SignalWords.chineseOn(signal) : SignalWords.englishOn(signal)
        case .isOff: return isChinese ? SignalWords.chineseOff(signal) : SignalWords.englishOff(signal)
        case .above(let value): return limit("高于", "above", value)
        case .below(let value): return limit("低于", "below", value)
        case .atLeast(let value): return limit("不低于", "of at least", value)
        case .atMost(let value): return limit("不高于", "of at most", value)
        case .isKey(let key):
            return isChinese
                ? "按下\(AlarmWords.title(of: key, language: "zh"))键" : "a press of the key \(key.name)"
        }
    }

    private func number(_ value: Double, of signal: Signal) -> String {
        ReadingWords.text(of: value) + SignalWords.unit(of: signal, isChinese: isChinese)
    }

    /// `90 s`, `5 min`, `12 h`.
    func text(of span: Duration) -> String {
        let seconds = Double(span.wholeMilliseconds) / 1_000
        let (number, zh, en): (Double, String, String) =
            if seconds >= 7_200, seconds.truncatingRemainder(dividingBy: 3_600) == 0 {
                (seconds / 3_600, "小时", "h")
            } else if seconds >= 120, seconds.truncatingRemainder(dividingBy: 60) == 0 {
                (seconds / 60, "分钟", "min")
            } else {
                (seconds, "秒", "s")
            }
        return ReadingWords.text(of: number) + (isChinese ? zh : " \(en)")
    }

    private func list(_ parts: [Pattern], _ word: String) -> String {
        parts.map { part in
            switch part {
            case .anyOf, .allOf, .sequence, .unless: isChinese ? "（\(text(of: part))）" : "(\(text(of: part)))"
            default: text(of: part)
            }
        }.joined(separator: word)
    }
}

extension Pattern.Distinct {
    fileprivate var chinese: String {
        switch self {
        case .device: "个不同设备"
        case .place: "个不同位置"
        case .home: "户"
        }
    }
}
