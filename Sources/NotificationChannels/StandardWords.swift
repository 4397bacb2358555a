import Escalation
import SafetyModel

/// The words and templates that are compiled in, in the languages of responders.
struct StandardWords: Sendable {
    let isEnglish: Bool

    init(language: String) { isEnglish = language == "en" }

    /// What stands between the elements of a list.
    var comma: String { isEnglish ? ", " : "、" }

    /// What a message says in degraded mode.
    var unrecordedMark: String { isEnglish ? " (not recorded)" : "（未存档）" }

    func urgency(_ urgency: Urgency) -> String {
        switch urgency {
        case .lifeSafety: isEnglish ? "life safety" : "生命安全"
        case .urgent: isEnglish ? "urgent" : "紧急"
        case .routine: isEnglish ? "routine" : "一般"
        case .technical: isEnglish ? "technical" : "设备"
        }
    }

    func purpose(_ purpose: NotificationOrder.Purpose) -> String {
        switch purpose {
        case .alarm: isEnglish ? "alarm" : "报警"
        case .alarmAgain: isEnglish ? "alarm again" : "再次报警"
        case .reminder: isEnglish ? "reminder" : "提醒"
        case .takenOver: isEnglish ? "taken over" : "已接手"
        case .takenBack: isEnglish ? "not arrived" : "未到场"
        case .onScene: isEnglish ? "on scene" : "已到场"
        case .needHelp: isEnglish ? "help wanted" : "请求支援"
        case .closed: isEnglish ? "closed" : "已处理"
        case .verify: isEnglish ? "please ring" : "请电话核实"
        case .handOver: isEnglish ? "handed over" : "转交"
        }
    }

    /// The template of a form where the site has none of its own.
    func template(_ form: MessageTemplate.Form, for purpose: NotificationOrder.Purpose) -> String {
        switch form {
        case .short: isEnglish ? "anju: {text}" : "【安居】{text}"
        case .title: isEnglish ? "anju: {kind} ({purpose})" : "安居：{kind}（{purpose}）"
        case .long: long(purpose)
        case .spoken: spoken(purpose)
        case .public: isEnglish ? "{kind} ({purpose})" : "{kind}（{purpose}）"
        }
    }

    private func long(_ purpose: NotificationOrder.Purpose) -> String {
        let facts =
            isEnglish
            ? "{text}\nUrgency: {urgency}. Time: {time}. Incident {incident}."
            : "{text}\n级别：{urgency}　时间：{time}　编号：{incident}"
        return purpose.asksForAnswer ? facts + (isEnglish ? "\n{link}" : "\n{link}") : facts
    }

    private func spoken(_ purpose: NotificationOrder.Purpose) -> String {
        guard purpose.asksForAnswer else { return isEnglish ? "anju. {text}." : "安居提醒。{text}。" }
        return isEnglish ? "anju alarm. {text}. I repeat: {text}." : "安居报警。{text}。重复一遍：{text}。"
    }

    /// What stands at the end of a text message that asks for an answer.
    func replyLine(code: String) -> String {
        isEnglish
            ? " Reply 1=coming 2=there 3=help, then \(code)" : " 回复 1=接单 2=到场 3=求助，后加 \(code)"
    }
}
