import Foundation

/// The sentences of an incident's story in one language.
struct StoryWords {
    let isChinese: Bool

    init(language: String) { isChinese = language != "en" }

    func choose(_ zh: String, _ en: String) -> String { isChinese ? zh : en }

    /// A word of the vocabulary in plain words; one that is not known stands as it is.
    func word(_ name: String) -> String {
        guard let words = Self.words[name] else { return name }
        return isChinese ? words.zh : words.en
    }

    /// What happened at one moment: the person is named after it.
    func event(_ name: String) -> String {
        guard let words = Self.events[name] else { return name }
        return isChinese ? words.zh : words.en
    }

    private static let words: [String: (zh: String, en: String)] = [
        "lifeSafety": ("生命安全", "life safety"), "urgent": ("紧急", "urgent"), "routine": ("一般", "routine"),
        "technical": ("技术", "technical"),
        "calling": ("正在呼叫", "nobody has answered yet"), "acknowledged": ("已有人接手", "taken over"),
        "onScene": ("已到现场", "somebody is there"), "closed": ("已关闭", "closed"),
        "real": ("真实警情", "real"), "falseAlarm": ("误报", "a false alarm"), "test": ("测试", "a test"),
        "noContact": ("未联系上", "no contact"),
        "live": ("实时", "live"), "retained": ("服务器保留值", "kept by the broker"),
        "replayed": ("网桥缓存值", "said again by the bridge"), "history": ("历史记录", "from the device's history"),
        "true": ("是", "yes"), "false": ("否", "no"),
    ]

    private static let events: [String: (zh: String, en: String)] = [
        "opened": ("事件开始：", "the incident opened:"), "alarmRaised": ("又有报警：", "a further alarm:"),
        "alarmRaisedAgain": ("再次报警：", "again:"), "alarmRestored": ("状况解除：", "the condition ended:"),
        "stepStarted": ("开始呼叫：", "called:"), "stepRepeated": ("再次呼叫：", "called again:"),
        "stepFailed": ("未能叫到人：", "reached nobody:"), "ordered": ("通知：", "told"),
        "delivered": ("已送达：", "delivered to"), "deliveryFailed": ("未能通知：", "could not tell"),
        "acknowledged": ("接手：", "taken over by"), "acknowledgementStale": ("收回接手：", "taken back from"),
        "onScene": ("到达现场：", "on scene:"), "closingOverdue": ("仍未关闭：", "still open:"),
        "helpRequested": ("请求支援：", "help asked for by"),
        "verificationStarted": ("请电话核实：", "to be verified by telephone:"),
        "verifying": ("正在电话核实：", "rings the resident:"),
        "orderWaits": ("免打扰时段后通知：", "told after quiet hours:"),
        "nobodyOnDuty": ("无人值班：", "nobody is on duty:"),
        "handOverAsked": ("移交：", "handed over by"), "handOverUnanswered": ("未接手：", "did not take over:"),
        "noted": ("备注：", "noted by"),
        "cancelPressed": ("按下取消键：", "the cancel key was pressed on"), "closed": ("关闭：", "closed by"),
    ]
}
