import SafetyModel
import Welfare

/// Reads the `homes` section of a file.
struct HomeReader {
    let log: ProblemLog

    static let keys = [
        "home", "name", "resident", "residents", "address", "area", "building", "unit", "floor", "state",
        "base_topic", "contacts", "key_holder", "hazards", "devices",
        "inactivity", "check_in", "visits", "pause",
    ]
    static let deviceKeys = [
        "device", "profile", "topic", "base_topic", "place", "signals", "supervision", "outside_door",
        "worn_by",
    ]
    static let residentKeys = ["resident", "name", "telephone", "conditions", "bounds", "pause"]
    /// What people write into a home that belongs to its residents.
    private static let keySlips = [
        "phone": inResidents, "telephone": inResidents, "tel": inResidents, "mobile": inResidents,
        "conditions": "residents: [{name: ..., conditions: [...]}]",
        "bounds": "resident: {name: ..., bounds: {...}}",
    ]
    private static let inResidents = "residents: [{name: ..., telephone: ...}]"
    /// The id of the gateway's own place, which no home may have.
    static let gatewayID = "gateway"

    func read(_ node: YAMLNode) -> [HomeDraft] {
        log.elements(of: node, "homes", limit: Limits.homeLimit).compactMap(readHome)
    }

    private func readHome(_ node: YAMLNode) -> HomeDraft? {
        guard let table = Table(node, "a home", keys: Self.keys, slips: Self.keySlips, log: log) else {
            return nil
        }
        table.require("home", fix: "Write `home: 3-2-501`.")
        guard let id = table.identifier("home") else { return nil }
        var home = HomeDraft(id: id, mark: table.mark(of: "home"), name: table.text("name") ?? id)
        if id == Self.gatewayID {
            log.error(
                at: home.mark, "A home cannot have the id `gateway`",
                why: "The gateway's own troubles stand there",
                fix: "Choose another id.")
        }
        home.address = table.text("address") ?? ""
        home.area = table.text("area") ?? ""
        home.building = table.text("building") ?? ""
        home.unit = table.text("unit") ?? ""
        home.floor = table.count("floor", in: -9...200)
        home.isInService = isInService(table)
        home.baseTopic = table.topic("base_topic").map {
            Marked(value: $0, mark: table.mark(of: "base_topic"))
        }
        let residents = readResidents(table)
        home.residents = residents.map(\.resident)
        home.bounds = residents.enumerated().flatMap { place, draft in
            draft.bounds.map { BoundsDraft(resident: place, bounds: $0) }
        }
        home.welfare = WelfareReader(log: log).read(table)
        if let first = residents.first {
            home.welfare.pauses += residents.dropFirst().reduce(first.pauses) { $0.common(with: $1.pauses) }
        }
        home.contacts = readContacts(table)
        readScene(table, into: &home)
        home.devices = readDevices(table)
        return home
    }

    private func isInService(_ table: Table) -> Bool {
        table.word("state", of: ["in_service", "commissioning"]) { word -> Bool? in
            switch word {
            case "in_service": true
            case "commissioning": false
            default: nil
            }
        } ?? true
    }

    /// A resident, and when it is away.
    private struct ResidentDraft {
        var resident: Resident
        var bounds: [Marked<VitalBounds>] = []
        var pauses: [WelfarePlan.Pause] = []
    }

    private func readResidents(_ table: Table) -> [ResidentDraft] {
        let nodes =
            table["residents"].map { log.elements(of: $0, "residents", limit: Limits.residentsPerHomeLimit) }
            ?? table.list("resident")
        if nodes.isEmpty {
            log.error(
                at: table.mark, "The home has no resident", why: "Responders must know whom they look for",
                fix: "Write `resident: name`.")
        }
        return nodes.enumerated().compactMap { readResident($1, number: $0 + 1) }
    }

    private func readResident(_ node: YAMLNode, number: Int) -> ResidentDraft? {
        if node.table == nil {
            guard let name = node.readText("resident", log: log) else { return nil }
            return ResidentDraft(resident: Resident(id: "resident-\(number)", name: name))
        }
        guard let table = Table(node, "a resident", keys: Self.residentKeys, log: log) else { return nil }
        table.require("name", fix: "Write `name: ...`.")
        guard let name = table.text("name") else { return nil }
        let bounds = BoundsReader(log: log).read(table)
        let resident = Resident(
            id: table.identifier("resident") ?? "resident-\(number)", name: name,
            telephone: table.text("telephone") ?? "", conditions: table.texts("conditions"),
            bounds: bounds.map(\.value))
        return ResidentDraft(
            resident: resident, bounds: bounds, pauses: WelfareReader(log: log).readPauses(table))
    }

    private func readContacts(_ table: Table) -> [ContactDraft] {
        guard let node = table["contacts"] else { return [] }
        guard let contacts = Table(node, "contacts", keys: Role.allCases.map(\.name), log: log) else {
            return []
        }
        var drafts: [ContactDraft] = []
        for entry in contacts.entries {
            guard let role = Role(name: entry.key) else { continue }
            for node in contacts.list(entry.key) {
                guard let id = node.readIdentifier(entry.key, log: log) else { continue }
                drafts.append(ContactDraft(role: role, responder: Marked(value: id, mark: node.mark)))
            }
        }
        log.check(drafts.count, Limits.contactsPerHomeLimit, "contacts of one home", at: node.mark)
        return drafts
    }

    /// What those who come must know: who has the key, and what may hurt them.
    private func readScene(_ table: Table, into home: inout HomeDraft) {
        home.keyHolder = table.text("key_holder").map {
            Marked(value: $0, mark: table.mark(of: "key_holder"))
        }
        home.hazards = table.texts("hazards")
        log.check(
            home.hazards.count, Limits.hazardsPerHomeLimit, "hazards of one home",
            at: table.mark(of: "hazards"))
    }

    private func readDevices(_ table: Table) -> [DeviceDraft] {
        guard let node = table["devices"] else {
            log.error(
                at: table.mark, "The home has no devices", why: "Without devices nobody is protected",
                fix: "Write `devices:` and below it `- {device: smoke-kitchen, profile: ...}`.")
            return []
        }
        return log.elements(of: node, "devices", limit: Limits.devicesPerHomeLimit).compactMap(readDevice)
    }

    private func readDevice(_ node: YAMLNode) -> DeviceDraft? {
        guard let table = Table(node, "a device", keys: Self.deviceKeys, log: log) else { return nil }
        let hasProfile = table.require(
            "profile", why: "It says how the device's messages are read", fix: "Write `profile: ...`.")
        let topic = table.topic("topic")
        if table["device"] == nil, table["topic"] == nil {
            table.require(
                "device", fix: "Write `device: smoke-kitchen` (and `topic:` if its topic has another name).")
        }
        let id =
            table["device"] == nil
            ? topic.flatMap { identifier(from: $0, table) } : table.identifier("device")
        guard hasProfile, let id, let profile = table.text("profile") else { return nil }
        var device = DeviceDraft(
            id: id, mark: table.mark(of: "device"),
            profile: Marked(value: profile, mark: table.mark(of: "profile")), topic: topic ?? id)
        device.baseTopic = table.topic("base_topic")
        device.place = table.text("place") ?? ""
        device.signals = table.words("signals", of: Signal.allCases.map(\.name), Signal.init(name:))
        device.supervision = readSupervision(table)
        device.isOutsideDoor = table.flag("outside_door").map {
            Marked(value: $0, mark: table.mark(of: "outside_door"))
        }
        device.wearer = table.text("worn_by").map { Marked(value: $0, mark: table.mark(of: "worn_by")) }
        return device
    }

    /// A topic name serves as id when it is one.
    private func identifier(from topic: String, _ table: Table) -> String? {
        guard YAMLNode.identifierFault(topic) != nil else { return topic }
        log.error(
            at: table.mark(of: "topic"), "This topic cannot be the device's id",
            why: "Ids stand in topics as one level", fix: "Add `device: some-id`.")
        return nil
    }

    private func readSupervision(_ table: Table) -> Marked<Duration>? {
        guard let node = table["supervision"] else { return nil }
        if node.text == "none" { return Marked(value: .zero, mark: node.mark) }
        let range = Duration.seconds(30)...Duration.hours(8 * 24)
        return table.duration("supervision", in: range).map { Marked(value: $0, mark: node.mark) }
    }
}

extension ProblemLog {
    /// The elements of a section that must be a list, at most `limit`.
    func elements(of node: YAMLNode, _ name: String, limit: Int) -> [YAMLNode] {
        if node.isAbsent { return [] }
        guard let list = node.list else {
            error(
                at: node.mark, "`\(name)` should be a list, not \(node.shape)",
                fix: "Begin each of its elements with `- ` on a line of its own.")
            return []
        }
        check(list.count, limit, name, at: node.mark)
        return list.count > limit ? Array(list.prefix(limit)) : list
    }

    /// Reports more of something than there may be.
    func check(_ count: Int, _ limit: Int, _ name: String, at mark: Mark) {
        guard count > limit else { return }
        error(
            at: mark, "There are \(count) \(name), more than \(limit)", fix: "Use fewer, or a second gateway."
        )
    }
}

extension Table {
    /// A topic or topic name of a key: no wildcards, no empty level, at most 512 bytes.
    func topic(_ key: String) -> String? {
        guard let node = self[key], let text = text(key, limit: Limits.topicLimit) else { return nil }
        let levels = text.split(separator: "/", omittingEmptySubsequences: false)
        let fault: String? =
            if text.contains(where: { $0 == "+" || $0 == "#" }) {
                "holds a wildcard"
            } else if levels.contains(where: \.isEmpty) {
                "has an empty level"
            } else if text.hasPrefix("$") {
                "starts with `$`"
            } else {
                nil
            }
        guard let fault else { return text }
        log.error(
            at: node.mark, "The topic \"\(text.quoted)\" \(fault)",
            why: "A device's messages must come from one place",
            fix: "Write the topic as the broker shows it.")
        return nil
    }
}
