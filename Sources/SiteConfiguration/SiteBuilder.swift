import Correlation
import DeviceProfiles
import Escalation
import SafetyCore
import SafetyModel
import Welfare

/// Puts the drafts of all files together into one installation and checks what concerns several of them.
struct SiteBuilder {
    let files: [FileDraft]
    var settings: SettingsDraft
    let now: WallTime
    var problems = SiteProblems()

    var profiles: [DeviceProfile] = []
    var profilePlaces: [Place] = []
    /// Every signal that a profile's readings can give.
    var profileSignals: [[Signal]] = []
    var profileNumbers: [String: Int32] = [:]
    var responders: [Responder] = []
    var responderPlaces: [String: Place] = [:]
    /// Who may sign in at the console.
    var users: [DeskUser] = []
    var rules: [RuleDraft] = []
    var rulePlaces: [Place] = []
    var groups: [ResponderGroup] = []
    var rosters: [RosterDraft] = []
    /// The file of each roster.
    var rosterFiles: [String] = []
    var plans: [PlanDraft] = []
    /// The file of each plan.
    var planFiles: [String] = []
    var community = Community(homes: [], devices: [], responders: [])
    /// Where each home and each device stands; 0 is the gateway.
    var homePlaces: [Place] = []
    var devicePlaces: [SmallPlace] = []
    var bindings: [TopicBinding] = []
    /// The responder whose id a `key_holder` nearly is; nil where it is words.
    var nearKeyHolders: [String: String?] = [:]
    var unknownProfiles: [String: [SmallPlace]] = [:]
    /// What each home says of welfare, the gateway left out, and the number of its file.
    var welfareDrafts: [(value: WelfareDraft, file: Int32)] = []
    /// Bounds of residents, in the order of the homes.
    var boundsDrafts: [(draft: BoundsDraft, home: Int, file: Int32)] = []
    /// What welfare watches in each home; empty where it watches nowhere.
    var welfare: [WelfarePlan?] = []
    /// What each device can say, upkeep included, as bits.
    var deviceSignals: [UInt64] = []

    /// A place with the file as a number: there are 100,000 of them.
    struct SmallPlace: Sendable {
        var file: Int32
        var mark: Mark
    }

    init(files: [FileDraft], settings: SettingsDraft, now: WallTime) {
        self.files = files
        self.settings = settings
        self.now = now
    }

    /// The main file's name.
    var mainFile: String { files[0].file }

    func place(_ mark: Mark) -> Place { Place(file: mainFile, at: mark) }

    func devicePlace(_ device: Int) -> Place {
        Place(file: files[Int(devicePlaces[device].file)].file, at: devicePlaces[device].mark)
    }

    mutating func build() -> LoadResult {
        for file in files { problems.add(file.diagnostics) }
        gatherProfiles()
        gatherResponders()
        gatherGroups()
        gatherRosters()
        gatherUsers()
        gatherRules()
        gatherPlans()
        gatherHomes()
        let calendar = makeCalendar()
        deviceSignals = community.devices.indices.map(signals(of:))
        gatherWelfare()
        checkTopics()
        checkSupervision()
        checkRules()
        checkBounds()
        checkRosters(calendar)
        checkPlans()
        checkCoverage()
        checkChannels()
        checkFiles()
        checkBroker()
        return finish(calendar)
    }

    private func finish(_ calendar: CivilCalendar) -> LoadResult {
        var result = LoadResult(installation: nil, diagnostics: problems.sorted(mainFile: mainFile))
        result.summary = summary
        guard result.errorCount == 0 else { return result }
        var gateway = settings.settings
        gateway.broker.subscriptions = subscriptions
        gateway.users = users
        let site = Site(
            gateway: settings.gateway, community: community, rules: rules.map(\.rule),
            plans: plans.map(\.plan),
            calendar: calendar, settings: settings.core, welfare: welfare,
            visitCalendar: settings.visitCalendar?.value ?? VisitCalendar(), groups: groups,
            rosters: rosters.map(\.roster))
        result.installation = Installation(
            site: site, settings: gateway, profiles: profiles, bindings: bindings, fileHash: fileHash)
        return result
    }

    private var summary: LoadResult.Summary {
        var summary = LoadResult.Summary()
        summary.files = files.count { !$0.isShipped }
        summary.homes = community.homes.count - 1
        summary.devices = community.devices.count
        summary.responders = responders.count
        summary.plans = plans.count
        summary.rules = rules.count
        summary.profiles = profiles.count
        return summary
    }

    private var fileHash: UInt64 { FileHash.of(files, mainFile: mainFile) }

    /// What a device can say: its signals, else every one of its profile, and its own upkeep.
    private func signals(of device: Int) -> UInt64 {
        let own = community.devices[device].signals
        let told = own.isEmpty ? profileSignals[Int(bindings[device].profile)] : own
        return told.bits | Self.upkeepSignals.bits
    }

    private mutating func makeCalendar() -> CivilCalendar {
        if let calendar = CivilCalendar(timeZone: settings.timeZone.value, around: now) { return calendar }
        problems.error(
            at: place(settings.timeZone.mark), "There is no time zone \"\(settings.timeZone.value.quoted)\"",
            why: "Digests and night rules would come at the wrong hour",
            fix: "Write for example `Asia/Shanghai`.")
        return .utc
    }

    /// Filters that hear every device: `homes/#` for the usual layout, and the folder of every other topic.
    private var subscriptions: [String] {
        var known: Set<String> = []
        var filters: [String] = []
        var last = ""
        for binding in bindings where binding.base != last {
            last = binding.base
            let filter = binding.base.hasPrefix("homes/") ? "homes/#" : binding.base + "/#"
            if known.insert(filter).inserted { filters.append(filter) }
        }
        return filters.sorted()
    }
}
