import DeviceProfiles
import SafetyModel

/// A profile as its file says it, before it takes over from the profiles that it extends.
struct ProfileLayer: Sendable {
    var profile: DeviceProfile
    var place: Place
    var mark: Mark
    /// The profiles that it extends, in order; the first that says something counts.
    var parents: [Marked<String>] = []
    /// Whether the file says something about a field that a parent could give.
    var saysKind = false
    var saysSignals = false
    var saysLife = false
    var saysSupervision = false
}

/// Joins profiles with those that they extend.
struct ProfileResolver {
    /// Resolved profiles in the order in which they became known.
    private(set) var profiles: [DeviceProfile]
    private(set) var diagnostics: [Diagnostic] = []
    private var drafts: [String: ProfileLayer] = [:]
    private var underWay: [String] = []

    /// - Parameter known: profiles that drafts may extend and replace.
    init(known: [DeviceProfile]) { profiles = known }

    /// Adds the profiles of files; one with a known id replaces it.
    mutating func add(_ added: [ProfileLayer]) {
        for draft in added {
            if drafts[draft.profile.id] != nil {
                report(
                    draft.place, "There are two profiles `\(draft.profile.id)`",
                    fix: "Give one of them another name.")
            } else {
                drafts[draft.profile.id] = draft
            }
        }
        for draft in added { _ = resolved(draft.profile.id) }
    }

    private mutating func resolved(_ id: String) -> DeviceProfile? {
        guard let draft = drafts[id] else { return profiles.first { $0.id == id } }
        drafts[id] = nil
        underWay.append(id)
        defer { underWay.removeLast() }
        var profile = draft.profile
        var said = draft
        for parent in draft.parents {
            guard parent.value != id || profiles.contains(where: { $0.id == id }),
                !underWay.dropLast().contains(parent.value),
                let known = resolved(parent.value)
            else {
                reportParent(parent, draft)
                continue
            }
            profile.inherit(from: known, &said)
        }
        if profile.topics.isEmpty {
            report(
                draft.place, "The profile `\(id)` has no topics", why: "A device of it would never be heard",
                fix: "Write `topics:`, or `extends:` another profile.")
        }
        if profile.topics.count > TopicDirectory.ruleLimit {
            report(
                draft.place, "The profile `\(id)` has more than \(TopicDirectory.ruleLimit) topics",
                fix: "Use `{key}` as the last level.")
        }
        if let known = profiles.firstIndex(where: { $0.id == id }) {
            profiles[known] = profile
        } else {
            profiles.append(profile)
        }
        return profile
    }

    private mutating func reportParent(_ parent: Marked<String>, _ draft: ProfileLayer) {
        let place = Place(file: draft.place.file, at: parent.mark)
        if underWay.contains(parent.value) {
            report(place, "`\(parent.value.quoted)` extends itself", fix: "Remove it from `extends`.")
            return
        }
        let near = nearestWord(to: parent.value, among: profiles.map(\.id))
        report(
            place, "There is no profile `\(parent.value.quoted)`",
            fix: near.map { "Did you mean `\($0)`?" } ?? "Write the name of a shipped profile.")
    }

    private mutating func report(_ place: Place, _ what: String, why: String = "", fix: String) {
        diagnostics.append(Diagnostic(.error, at: place, what: what, why: why, fix: fix))
    }
}

extension DeviceProfile {
    /// Takes over what the profile does not say itself; its own readings stand instead of the parent's.
    fileprivate mutating func inherit(from parent: DeviceProfile, _ said: inout ProfileLayer) {
        if !said.saysKind { kind = parent.kind }
        if !said.saysSignals { signals = parent.signals }
        if !said.saysLife { provesLife = parent.provesLife }
        if !said.saysSupervision { supervision = parent.supervision }
        said.saysKind = true
        said.saysSignals = said.saysSignals || !parent.signals.isEmpty
        said.saysLife = said.saysLife || !parent.provesLife.isEmpty
        said.saysSupervision = said.saysSupervision || parent.supervision != .zero
        for topic in parent.topics {
            if let own = topics.firstIndex(where: { $0.template == topic.template }) {
                topics[own].inherit(from: topic)
            } else {
                topics.append(topic)
            }
        }
        for command in parent.commands where !commands.contains(where: { $0.name == command.name }) {
            commands.append(command)
        }
    }
}

extension TopicRule {
    fileprivate mutating func inherit(from parent: TopicRule) {
        format = parent.format
        roots += parent.roots.filter { root in !roots.contains { $0.path == root.path } }
        time = time ?? parent.time
        if oldMarker.isEmpty { oldMarker = parent.oldMarker }
        ignoredKeys += parent.ignoredKeys.filter { !ignoredKeys.contains($0) }
        let own = readings
        readings += parent.readings.filter { reading in !own.contains { $0.path == reading.path } }
    }
}
