import Correlation
import SafetyModel

/// What a rule waits for, in plain words.
struct PatternWords {
    let isChinese: Bool

    init(language: String) { isChinese = language != "en" }

    /// The rule as one clause: its pattern, where, when and for whom.
    func text(of rule: Rule) -> String {
        var text = text(of: rule.when)
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
            return isChinese ? "\(text(of: span))内\(all)" : "\(all) within \(text(of: span))"
        case .sequence(let parts, let span):
            let all = list(parts, isChinese ? "，然后" : ", then ")
            guard let span else { return all }
            return isChinese ? "\(text(of: span))内\(all)" : "\(all), all within \(text(of: span))"
        case .absent(let conditions, let span):
            let none = conditions.map(text(of:)).joined(separator: isChinese ? "、" : " or ")
            return isChinese ? "\(text(of: span))内没有\(none)" : "no \(none) for \(text(of: span))"
        case .count, .change, .unless: return figureText(of: pattern)
        }
    }

    private func figureText(of pattern: Pattern) -> String {
        switch pattern {
        case .count(let count, let condition, let distinct, let span):
            let what = text(of: condition)
            if isChinese {
                let of = distinct.map { "不同\($0.chinese)的" } ?? ""
                return "\(text(of: span))内\(of)\(what)达到\(count)次"
            }
            let of = distinct.map { " of different \($0.name)s" } ?? ""
            return "\(count) times \(what)\(of) within \(text(of: span))"
        case .change(let condition, let difference, let span):
            let rises = if case .above = condition.raise { true } else { false }
            let what = SignalWords.text(of: condition.signal, isChinese: isChinese)
            let by = ReadingWords.text(of: difference)
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
        let signal = SignalWords.text(of: condition.signal, isChinese: isChinese)
        var text = signal + comparison(condition.raise, of: condition.signal)
        if let place = condition.place { text = isChinese ? "\(place)的\(text)" : "\(text) in \(place)" }
        return text
    }

    private func comparison(_ comparison: Comparison, of signal: Signal) -> String {
        let number = ReadingWords.text(of:)
        switch comparison {
        case .isOn:
            if signal == .contact { return isChinese ? "打开" : " opened" }
            return isChinese ? "" : (signal.isLifeSafety ? " alarm" : "")
        case .isOff:
            if signal == .contact { return isChinese ? "关闭" : " closed" }
            return isChinese ? "解除" : " off"
        case .above(let limit): return isChinese ? "高于\(number(limit))" : " above \(number(limit))"
        case .below(let limit): return isChinese ? "低于\(number(limit))" : " below \(number(limit))"
        case .atLeast(let limit): return isChinese ? "不低于\(number(limit))" : " of at least \(number(limit))"
        case .atMost(let limit): return isChinese ? "不高于\(number(limit))" : " of at most \(number(limit))"
        case .isKey(let key): return isChinese ? "（\(ReadingWords.chinese(key))键）" : " of the key \(key.name)"
        }
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
        case .device: "设备"
        case .place: "位置"
        case .home: "住户"
        }
    }
}

/// What signals are called.
enum SignalWords {
    static func text(of signal: Signal, isChinese: Bool) -> String {
        isChinese ? chinese[signal.name] ?? signal.name : english[signal.name] ?? signal.name
    }

    /// The words for a signal's name as documents have it.
    static func text(ofName name: String, isChinese: Bool) -> String {
        Signal(name: name).map { text(of: $0, isChinese: isChinese) } ?? name
    }

    private static let chinese: [String: String] = [
        "smoke": "烟雾", "heat": "高温", "gas": "燃气", "gasLevel": "燃气浓度", "carbonMonoxide": "一氧化碳",
        "carbonMonoxideLevel": "一氧化碳浓度", "waterLeak": "漏水", "contact": "门窗", "motion": "活动",
        "presence": "有人", "bed": "床上有人", "seat": "座位有人", "call": "呼叫", "fall": "跌倒", "worn": "佩戴",
        "heartRate": "心率", "oxygenSaturation": "血氧", "bodyTemperature": "体温", "bloodPressure": "血压",
        "temperature": "室温", "humidity": "湿度", "battery": "电量", "batteryLow": "电量低", "mains": "市电",
        "tamper": "拆动", "fault": "故障", "test": "自检", "online": "在线", "linkQuality": "信号质量",
        "location": "位置", "vibration": "震动", "bridge": "网桥",
    ]

    private static let english: [String: String] = [
        "gasLevel": "gas level", "carbonMonoxide": "carbon monoxide",
        "carbonMonoxideLevel": "carbon monoxide level", "waterLeak": "water leak", "contact": "door",
        "bed": "somebody in bed", "seat": "somebody in the seat", "worn": "wristband worn",
        "heartRate": "heart rate", "oxygenSaturation": "oxygen saturation",
        "bodyTemperature": "body temperature", "bloodPressure": "blood pressure", "batteryLow": "low battery",
        "linkQuality": "link quality",
    ]
}

/// Values and keys in words.
enum ReadingWords {
    static func text(of number: Double) -> String {
        Int64(exactly: number).map { "\($0)" } ?? "\(number)"
    }

    static func chinese(_ key: CallKey) -> String {
        switch key {
        case .emergency: "紧急"
        case .medical: "医疗"
        case .cancel: "取消"
        case .medicine: "送药"
        case .registration: "挂号"
        case .familyDoctor: "家庭医生"
        case .errand: "代办"
        case .service: "服务"
        case .checkIn: "报平安"
        }
    }
}
