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
        for file in files {
            for draft in file.responders {
                let place = file.place(draft.mark)
                if let first = responderPlaces[draft.responder.id] {
                    reportTwice("responder", draft.responder.id, at: place, first: first)
                    continue
                }
                responderPlaces[draft.responder.id] = place
                responders.append(draft.responder)
            }
        }
        if responders.count > Limits.responderLimit {
            problems.error(
                at: place(settings.mark), "There are more than \(Limits.responderLimit) responders",
                fix: "Use a second gateway.")
        }
    }

    mutating func gatherRules() {
        var known: [String: Place] = [:]
        for file in files {
            for draft in file.rules {
                let place = file.place(draft.mark)
                if let first = known[draft.rule.id] {
                    reportTwice("rule", draft.rule.id, at: place, first: first)
                    continue
                }
                known[draft.rule.id] = place
                rules.append(resolved(draft, in: file))
                rulePlaces.append(place)
            }
        }
        if rules.count > Limits.ruleLimit {
            problems.error(
                at: place(settings.mark), "There are more than \(Limits.ruleLimit) rules", fix: "Remove some."
            )
        }
    }

    mutating func gatherPlans() {
        var known: [String: Place] = [:]
        for file in files {
            for draft in file.plans {
                let place = file.place(draft.mark)
                if let first = known[draft.plan.id] {
                    reportTwice("plan", draft.plan.id, at: place, first: first)
                    continue
                }
                known[draft.plan.id] = place
                plans.append(draft)
                planFiles.append(file.file)
            }
        }
        if plans.count > Limits.planLimit {
            problems.error(
                at: place(settings.mark), "There are more than \(Limits.planLimit) plans", fix: "Remove some."
            )
        }
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
