import Correlation
import DeviceProfiles
import Escalation
import SafetyModel

extension SiteBuilder {
    /// The shipped profiles and those of the files, which may extend or replace them.
    mutating func gatherProfiles() {
        var resolver = ProfileResolver(known: [])
        resolver.add(files.filter(\.isShipped).flatMap(\.profiles))
        resolver.add(files.filter { !$0.isShipped }.flatMap(\.profiles))
        problems.add(resolver.diagnostics)
        let places = Dictionary(
            files.flatMap(\.profiles).map { ($0.profile.id, $0.place) },
            uniquingKeysWith: { first, _ in first })
        for profile in resolver.profiles {
            profileNumbers[profile.id] = Int32(profiles.count)
            profiles.append(profile)
            profilePlaces.append(places[profile.id] ?? Place(file: mainFile))
            profileSignals.append(profile.everySignal)
        }
    }

    mutating func gatherResponders() {
        for (draft, _, place) in once("responder", \.responders, id: \.responder.id, mark: \.mark) {
            responderPlaces[draft.responder.id] = place
            responders.append(draft.responder)
        }
        checkCount(responders.count, Limits.responderLimit, "responders", fix: "Use a second gateway.")
    }

    mutating func gatherRules() {
        for (draft, file, place) in once("rule", \.rules, id: \.rule.id, mark: \.mark) {
            rules.append(resolved(draft, in: file))
            rulePlaces.append(place)
        }
        checkCount(rules.count, Limits.ruleLimit, "rules")
    }

    mutating func gatherPlans() {
        for (draft, file, _) in once("plan", \.plans, id: \.plan.id, mark: \.mark) {
            plans.append(draft)
            planFiles.append(file.file)
        }
        checkCount(plans.count, Limits.planLimit, "plans")
    }

    /// What all files say in one section, each id once; whoever has it for a second time is reported.
    mutating func once<Draft>(
        _ thing: String, _ section: KeyPath<FileDraft, [Draft]>, id: KeyPath<Draft, String>,
        mark: KeyPath<Draft, Mark>
    ) -> [(draft: Draft, file: FileDraft, place: Place)] {
        var known: [String: Place] = [:]
        var found: [(draft: Draft, file: FileDraft, place: Place)] = []
        for file in files {
            for draft in file[keyPath: section] {
                let place = file.place(draft[keyPath: mark])
                if let first = known[draft[keyPath: id]] {
                    reportTwice(thing, draft[keyPath: id], at: place, first: first)
                    continue
                }
                known[draft[keyPath: id]] = place
                found.append((draft, file, place))
            }
        }
        return found
    }

    /// Reports more of something in all files than there may be.
    mutating func checkCount(_ count: Int, _ limit: Int, _ things: String, fix: String = "Remove some.") {
        guard count > limit else { return }
        problems.error(at: place(settings.mark), "There are more than \(limit) \(things)", fix: fix)
    }

    mutating func reportTwice(_ thing: String, _ id: String, at place: Place, first: Place) {
        problems.error(
            at: place, "There is already a \(thing) `\(id.quoted)` at \(first.text)",
            why: "One of the two would be ignored", fix: "Give it another id, or remove one.")
    }
}

extension DeviceProfile {
    /// Every signal that a reading of the profile can give, and those that it says it gives.
    var everySignal: [Signal] {
        topics.flatMap { $0.readings.map(\.signal) }.reduce(into: signals) { found, signal in
            if !found.contains(signal) { found.append(signal) }
        }
    }
}
