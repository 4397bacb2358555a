import SafetyCore
import SafetyModel
import Welfare

/// What `anju.yaml` says beside its sections.
struct SettingsDraft: Sendable {
    var gateway = ""
    var mark = Mark(line: 1, column: 1)
    var timeZone = Marked(value: "Asia/Shanghai", mark: Mark(line: 1, column: 1))
    var settings = GatewaySettings()
    var core = CoreSettings()
    /// Globs relative to the file's folder; nil means the usual layout.
    var includes: [Marked<String>]?
    /// The broker's own configuration file, where the technician says where it is.
    var brokerFile: Marked<String>?
    var brokerMark = Mark(line: 1, column: 1)
    /// Files that are read at start: tokens, passwords, keys, certificates.
    var files: [FileReference] = []
    /// Welfare where a home says nothing else.
    var welfare = WelfareDraft()
    /// Visits beside the homes' cycles; nil where the file says nothing of them.
    var visitCalendar: Marked<VisitCalendar>?
    /// Lists of holidays, for rules.
    var holidays: [HolidayList] = []
    /// Where each webhook stands.
    var webhookMarks: [Mark] = []
    /// Channels beside webhooks.
    var channels: [ChannelDraft] = []
    /// The kinds of alarm at which a home's sirens sound, where the file names them.
    var sirenKinds: [Marked<String>] = []

    /// The globs of the usual layout.
    static let usualIncludes = [
        "homes/*.yaml", "responders.yaml", "users.yaml", "plans/*.yaml", "rules/*.yaml", "profiles/*.yaml",
        "messages.yaml",
    ]
}

/// A file that the configuration names and that must be readable at start.
struct FileReference: Sendable {
    var path: String
    var mark: Mark
    /// Whether only we may read it.
    var isSecret: Bool
}
