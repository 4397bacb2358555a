import SafetyModel

/// The words of the answer page in one language.
struct AnswerWords: Sendable {
    let language: String
    private var isEnglish: Bool { language == "en" }

    private func choose(_ chinese: String, _ english: String) -> String { isEnglish ? english : chinese }

    var over: String {
        choose("此链接无效或已过期。", "This link is not valid, or it is over.")
    }
    var tooMany: String { choose("请求过多，请稍后再试。", "Too many requests; wait a minute.") }
    var again: String { choose("请再按一次：上一次没有生效。", "Please press again: nothing was taken in yet.") }
    var notTaken: String {
        choose("没有记录成功，请再按一次，或打电话。", "It was not taken in. Press again, or call by telephone.")
    }
    var refused: String { choose("没有生效，请看下面的最新情况。", "Nothing was changed; see below how it stands.") }
    var other: String { choose("English", "中文") }
    var otherLanguage: String { isEnglish ? "zh-Hans" : "en" }
    var call: String { choose("打电话给", "Call") }
    var resident: String { choose("老人", "Resident") }
    var address: String { choose("地址", "Address") }
    var whatOthersDid: String { choose("其他人的情况", "What others did") }
    var mine: String { choose("您", "you") }

    var comma: String { choose("、", ", ") }

    /// A resident's condition: the usual ones in words, any other as it was written.
    func condition(_ name: String) -> String {
        switch name {
        case "dementia": choose("认知障碍", "dementia")
        case "hypertension": choose("高血压", "high blood pressure")
        case "diabetes": choose("糖尿病", "diabetes")
        case "heart_disease": choose("心脏病", "heart disease")
        case "deaf": choose("听力障碍", "hard of hearing")
        case "blind": choose("视力障碍", "poor sight")
        default: name
        }
    }

    func button(_ act: String) -> String {
        switch act {
        case "acknowledge": choose("我去处理", "I'll go")
        case "on-scene": choose("我已到场", "I am there")
        case "need-help": choose("需要帮助", "I need help")
        case "real": choose("结束：确有情况", "Done: it was real")
        case "falseAlarm": choose("结束：误报", "Done: false alarm")
        default: choose("结束：没见到人", "Done: met nobody")
        }
    }

    func state(_ view: AnswerView, _ name: String?) -> String {
        switch view.phase {
        case "calling": choose("还没有人接手。", "Nobody has taken it over yet.")
        case "acknowledged": choose("\(name ?? "")已接手，正在赶去。", "\(name ?? "") has taken it over.")
        case "onScene": choose("\(name ?? "")已到场。", "\(name ?? "") is there.")
        default: choose("已结束，谢谢。", "It is over. Thank you.")
        }
    }

    /// What somebody did, or nil for what responders need not know.
    func deed(_ event: String, by name: String) -> String? {
        switch event {
        case "acknowledged": choose("\(name)接手", "\(name) took it over")
        case "acknowledgementStale": choose("\(name)没有到场，重新呼叫", "\(name) did not arrive; others are called")
        case "onScene": choose("\(name)到场", "\(name) arrived")
        case "helpRequested": choose("\(name)请求帮助", "\(name) asks for help")
        case "closed": choose("\(name)结束", "\(name) closed it")
        default: nil
        }
    }

    /// How long ago something was.
    func ago(_ text: String, _ now: WallTime) -> String {
        guard let time = AnswerView.time(text) else { return "" }
        let minutes = max(0, (now.milliseconds - time.milliseconds) / 60_000)
        if minutes < 1 { return choose("刚刚", "just now") }
        if minutes < 120 { return choose("\(minutes)分钟前", "\(minutes) min ago") }
        return choose("\(minutes / 60)小时前", "\(minutes / 60) h ago")
    }
}
