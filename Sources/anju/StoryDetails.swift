import GatewayEngine
import SafetyModel

/// The details of an incident's timeline in plain words; one that has another form stands as it is.
struct StoryDetails {
    let words: StoryWords
    let language: String

    /// The detail of one entry.
    func text(_ detail: String, of event: String) -> String {
        var parts = detail.split(separator: ", ").map(String.init)
        guard !parts.isEmpty else { return "" }
        let late = parts.last.flatMap { lateness($0) }
        if late != nil { parts.removeLast() }
        let rest = parts.joined(separator: ", ")
        let told: String
        switch event {
        case "opened", "alarmRaised", "alarmRaisedAgain", "alarmRestored": told = alarm(parts)
        case "stepStarted", "stepRepeated", "stepFailed": told = step(rest)
        case "ordered", "delivered": told = order(rest)
        case "acknowledgementStale", "closingOverdue": told = phrase(rest)
        case "verificationStarted": told = phrase(rest)
        case "orderWaits":
            told = words.choose(Self.purposes[rest]?.zh ?? rest, Self.purposes[rest]?.en ?? rest)
        case "handOverAsked":
            told = words.choose("交给 \(rest.dropFirst("to ".count))", rest)
        case "closed": told = words.choose("结论：", "as ") + words.word(rest)
        default: return detail
        }
        return told + (late ?? "")
    }

    /// `fire by life-safety/smoke, kitchen-smoke`.
    private func alarm(_ parts: [String]) -> String {
        guard let first = parts.first, let by = first.firstRange(of: " by ") else {
            return parts.joined(separator: ", ")
        }
        let kind = AlarmWords.title(of: AlarmKind(String(first[..<by.lowerBound])), language: language)
        let rule = first[by.upperBound...]
        let device = parts.dropFirst().joined(separator: ", ")
        if device.isEmpty { return words.choose("\(kind)（规则 \(rule)）", "\(kind) (rule \(rule))") }
        return words.choose(
            "\(kind)（设备 \(device)，规则 \(rule)）", "\(kind) (device \(device), rule \(rule))")
    }

    /// `step 2 of 3`, `step 2: no order was delivered`.
    private func step(_ detail: String) -> String {
        let parts = detail.split(separator: " ")
        if parts.count == 4, parts[0] == "step", parts[2] == "of" {
            return words.choose("第 \(parts[1]) 步（共 \(parts[3]) 步）", detail)
        }
        guard let colon = detail.firstRange(of: ": "), parts.first == "step" else { return phrase(detail) }
        let number = detail[..<colon.lowerBound].dropFirst("step ".count)
        return words.choose("第 \(number) 步，\(phrase(String(detail[colon.upperBound...])))", detail)
    }

    /// `alarmAgain over mqtt`.
    private func order(_ detail: String) -> String {
        guard let over = detail.firstRange(of: " over ") else { return detail }
        let purpose = String(detail[..<over.lowerBound])
        let channel = detail[over.upperBound...]
        guard let told = Self.purposes[purpose] else { return detail }
        return words.choose("\(told.zh)（经 \(channel)）", "\(told.en) (over \(channel))")
    }

    private func lateness(_ part: String) -> String? {
        guard part.hasPrefix("late by "), part.hasSuffix(" s") else { return nil }
        let seconds = part.dropFirst("late by ".count).dropLast(2)
        return words.choose("，迟了 \(seconds) 秒", ", late by \(seconds) s")
    }

    private func phrase(_ detail: String) -> String {
        guard words.isChinese else { return detail }
        return Self.phrases[detail] ?? detail
    }

    private static let phrases = [
        "no order was delivered": "通知均未送达", "nobody to call": "没有可呼叫的人", "help": "请求的支援还没有到",
        "before step 1": "先核实，再呼叫第 1 步", "beside the calls": "与呼叫同时进行",
        "nobody can ring the resident": "无人可电话核实", "not closed": "超过时限未关闭", "not on scene in time": "未按时到场",
    ]

    private static let purposes: [String: (zh: String, en: String)] = [
        "alarm": ("有报警，请接手", "an alarm, please answer"),
        "alarmAgain": ("再次报警，请接手", "a further alarm, please answer"),
        "reminder": ("提醒：还没有人处理", "a reminder that it still waits"),
        "takenOver": ("已有人接手", "somebody has taken over"),
        "takenBack": ("接手的人未到场，请接手", "who took over has not arrived, please answer"),
        "onScene": ("已有人到场", "somebody is on scene"), "needHelp": ("请求支援", "help is asked for"),
        "verify": ("请给老人打电话核实", "please ring the resident"),
        "handOver": ("请接手移交的事件", "an incident handed over, please accept"),
        "closed": ("事件已关闭", "the incident is closed"),
    ]
}
