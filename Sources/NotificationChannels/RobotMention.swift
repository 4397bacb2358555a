import Escalation
import SafetyModel

/// Whom a robot mentions in one message, so that his telephone rings although the group is muted.
enum RobotMention: Hashable, Sendable {
    case nobody
    /// Everybody in the group.
    case everybody
    /// One user, by the chat system's id.
    case user(String)
    /// One user, by telephone number without China's country code.
    case phone(String)

    /// Nobody, unless the channel is configured so: a telephone number travels to the maker of the robot only
    /// then.
    ///
    /// Only orders that ask for an answer mention somebody. An address that the chat system cannot know is
    /// left out: the order itself must arrive.
    init(of order: NotificationOrder, by robot: RobotSettings) {
        guard order.purpose.asksForAnswer else {
            self = .nobody
            return
        }
        if robot.mentionsAll, order.urgency == .lifeSafety {
            self = .everybody
            return
        }
        self =
            switch robot.mention {
            case .nobody: .nobody
            case .user: RobotSettings.isUserID(order.address) ? .user(order.address) : .nobody
            case .phone: TelephoneNumber(order.address).map { .phone($0.national) } ?? .nobody
            }
    }

    /// What stands at the end of the text: the makers' marks, which their programs show as a name.
    ///
    /// DingTalk wants the mark in the text beside its own field; WeCom has a mark in Markdown only, and there
    /// for users only.
    func mark(for maker: RobotSettings.Maker, isMarkdown: Bool) -> String {
        switch (maker, self) {
        case (_, .nobody): ""
        case (.wecom, .user(let id)): isMarkdown ? "\n<@\(id)>" : ""
        case (.wecom, .everybody), (.wecom, .phone), (.dingtalk, .everybody): ""
        case (.dingtalk, .user(let id)): "\n@\(id)"
        case (.dingtalk, .phone(let number)): "\n@\(number)"
        case (.feishu, .user(let id)): Self.feishuMark(id, isMarkdown)
        case (.feishu, .everybody): Self.feishuMark("all", isMarkdown)
        // Its robots know no telephone numbers; `check` refuses it.
        case (.feishu, .phone): ""
        }
    }

    private static func feishuMark(_ id: String, _ isMarkdown: Bool) -> String {
        isMarkdown ? "\n<at id=\(id)></at>" : "\n<at user_id=\"\(id)\"></at>"
    }
}
