import Correlation
import DeviceProfiles
import Escalation
import SafetyModel

/// What one file says, read but not yet compared with the other files.
struct FileDraft: Sendable {
    /// The file as diagnostics name it.
    var file: String
    var settings: SettingsDraft?
    var homes: [HomeDraft] = []
    var responders: [ResponderDraft] = []
    var groups: [GroupDraft] = []
    var rosters: [RosterDraft] = []
    var plans: [PlanDraft] = []
    var rules: [RuleDraft] = []
    var profiles: [ProfileLayer] = []
    var templates: [TemplateDraft] = []
    var users: [UserDraft] = []
    /// Whether it came with the program and was not included: its profiles may be replaced.
    var isShipped = false
    var diagnostics: [Diagnostic] = []
    /// FNV-1a of the bytes.
    var hash: UInt64 = 0
    var isReadable = true

    /// The sections that any file may hold.
    static let sections = [
        "homes", "responders", "groups", "rosters", "plans", "rules", "profiles", "messages", "users",
    ]

    func place(_ mark: Mark) -> Place { Place(file: file, at: mark) }
}

/// A value and where it stands.
struct Marked<Value: Sendable>: Sendable {
    var value: Value
    var mark: Mark
}

/// A home as its file says it.
struct HomeDraft: Sendable {
    var id: String
    var mark: Mark
    var name: String
    var address = ""
    var area = ""
    var building = ""
    var unit = ""
    var floor: Int?
    var isInService = true
    /// The base topic of its devices; nil means the default.
    var baseTopic: Marked<String>?
    var residents: [Resident] = []
    /// Where the bounds of residents stand.
    var bounds: [BoundsDraft] = []
    /// Welfare where it differs from the main file's.
    var welfare = WelfareDraft()
    var contacts: [ContactDraft] = []
    /// A responder's id, or words.
    var keyHolder: Marked<String>?
    var hazards: [String] = []
    var devices: [DeviceDraft] = []

    /// The base topic in force.
    var baseTopicInForce: String { baseTopic?.value ?? "homes/\(id)/zigbee2mqtt" }
}

/// A person to call for a home.
struct ContactDraft: Sendable {
    var role: Role
    var responder: Marked<String>
}

/// A device as its file says it.
struct DeviceDraft: Sendable {
    var id: String
    var mark: Mark
    var profile: Marked<String>
    /// Its name in topics.
    var topic: String
    /// Where it differs from its home's.
    var baseTopic: String?
    var place = ""
    /// Empty means the profile's.
    var signals: [Signal] = []
    /// Nil means the profile's; zero means not supervised.
    var supervision: Marked<Duration>?
    /// Whether people come and go there; nil means that its place tells.
    var isOutsideDoor: Marked<Bool>?
    /// The id or name of the resident who wears it.
    var wearer: Marked<String>?
}

/// A responder as its file says it.
struct ResponderDraft: Sendable {
    var responder: Responder
    var mark: Mark
    /// Where each of its channels stands.
    var channelMarks: [Mark]
}

/// A plan as its file says it.
struct PlanDraft: Sendable {
    var plan: EscalationPlan
    var mark: Mark
    var deliveryMark: Mark
    var homes: [Marked<String>]
    var areas: [Marked<String>]
    var alarms: [Marked<AlarmKind>]
    /// For each step its own mark.
    var stepMarks: [Mark]
    /// Where people are named in steps.
    var people: [Marked<String>]
    /// Where groups and rosters are named in steps.
    var groups: [Marked<String>] = []
    var rosters: [Marked<String>] = []
    /// Where the verification stands, and the alarms that wait for it.
    var verifyMark = Mark(line: 1, column: 1)
    var before: [Marked<AlarmKind>] = []
}

/// A group as its file says it.
struct GroupDraft: Sendable {
    var id: String
    var mark: Mark
    var members: [Marked<String>]
}

/// A roster as its file says it.
struct RosterDraft: Sendable {
    var roster: Roster
    var mark: Mark
    /// For each shift when it runs; nil means always.
    var hours: [ScheduleDraft?]
    /// For each stretch of dates on which others stand in, where it stands and the shift that it names.
    var overrides: [(mark: Mark, shift: Marked<String>?)]
    /// Where people are named in it.
    var people: [Marked<String>]
}

/// A rule as its file says it.
struct RuleDraft: Sendable {
    var rule: Rule
    var mark: Mark
    var devices: [Marked<String>]
    var places: [Marked<String>]
    /// Places named inside its conditions: "motion in bedroom".
    var conditionPlaces: [Marked<String>] = []
    /// Where its pattern stands.
    var whenMark: Mark
    /// Where `scope` stands, or the rule without one.
    var scopeMark: Mark
    /// Where the residents' condition stands.
    var residentMark: Mark
    /// When it applies; its holiday lists are found in `anju.yaml` later.
    var during: ScheduleDraft?
}

/// A schedule whose holiday lists are still names.
struct ScheduleDraft: Sendable {
    var schedule: Schedule
    var mark: Mark
    /// Names of holiday lists; empty means all.
    var holidayLists: [Marked<String>] = []
}

/// A list of holidays as `anju.yaml` says it.
struct HolidayList: Sendable {
    var name: String
    var mark: Mark
    /// As days since 1970-01-01, ascending.
    var days: [Int32]
}

/// A device profile with everything that it extends.
struct ProfileDraft: Sendable {
    var profile: DeviceProfile
    var mark: Mark
}
