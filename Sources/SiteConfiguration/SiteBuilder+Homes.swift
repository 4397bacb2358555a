import DeviceProfiles
import SafetyModel

extension SiteBuilder {
    /// The bridge that is added for homes whose devices come over one.
    static let bridgeName = "bridge"

    mutating func gatherHomes() {
        community.responders = responders
        community.homes = [Home(id: HomeReader.gatewayID, name: settings.gateway)]
        homePlaces = [place(settings.mark)]
        var known: [String: Int] = [:]
        var owners: [String: Int] = [:]
        for (number, file) in files.enumerated() {
            for draft in file.homes {
                if let first = known[draft.id] {
                    reportTwice("home", draft.id, at: file.place(draft.mark), first: homePlaces[first])
                    continue
                }
                known[draft.id] = community.homes.count
                homePlaces.append(file.place(draft.mark))
                add(draft, fileNumber: Int32(number), &owners)
            }
        }
        reportUnknownProfiles()
        checkHomeCount()
        checkForeignTopics(known)
    }

    private mutating func checkHomeCount() {
        let count = community.homes.count - 1
        if count == 0 {
            problems.error(
                at: place(settings.mark), "No file describes a home", why: "Nobody would be protected",
                fix: "Write `homes:` into homes/first.yaml.")
        }
        if count > Limits.homeLimit {
            problems.error(
                at: place(settings.mark), "There are \(count) homes, more than \(Limits.homeLimit)",
                fix: "Use a second gateway.")
        }
    }

    private mutating func add(_ draft: HomeDraft, fileNumber: Int32, _ owners: inout [String: Int]) {
        let index = community.homes.count
        let first = Int32(community.devices.count)
        addBridges(of: draft, home: index, fileNumber, &owners)
        var ids: Set<String> = []
        for device in community.devices[Int(first)...] { ids.insert(device.id) }
        for device in draft.devices {
            let place = SmallPlace(file: fileNumber, mark: device.mark)
            guard ids.insert(device.id).inserted else {
                problems.error(
                    at: Place(file: files[Int(fileNumber)].file, at: device.mark),
                    "The home \(draft.id) has two devices `\(device.id.quoted)`",
                    why: "Nobody could tell which one speaks", fix: "Give one of them another id.")
                continue
            }
            add(device, of: draft, home: index, at: place)
        }
        var home = Home(
            id: draft.id, name: draft.name, address: draft.address, area: draft.area,
            building: draft.building, unit: draft.unit, floor: draft.floor, residents: draft.residents,
            devices: first..<Int32(community.devices.count), isInService: draft.isInService)
        home.contacts = draft.contacts.compactMap { contact(of: $0, fileNumber) }
        home.keyHolder = draft.keyHolder?.value ?? ""
        home.hazards = draft.hazards
        checkKeyHolder(draft, fileNumber)
        community.homes.append(home)
        welfareDrafts.append((draft.welfare, fileNumber))
        boundsDrafts += draft.bounds.map { ($0, index, fileNumber) }
    }

    /// Words are as good as an id, but what is nearly an id was meant to be one.
    private mutating func checkKeyHolder(_ draft: HomeDraft, _ fileNumber: Int32) {
        guard let holder = draft.keyHolder, responderPlaces[holder.value] == nil,
            !holder.value.contains(" ")
        else { return }
        // The same words stand at many homes: the porter's, the neighbour's.
        let known = nearKeyHolders[holder.value]
        let found = known ?? nearestWord(to: holder.value, among: responders.map(\.id))
        nearKeyHolders[holder.value] = .some(found)
        guard let near = found else { return }
        problems.warning(
            at: files[Int(fileNumber)].place(holder.mark),
            "There is no responder `\(holder.value.quoted)`, so `key_holder` is taken for words",
            why: "Whoever needs the key would see neither name nor telephone",
            fix: "Did you mean `\(near)`?")
    }

    private mutating func contact(of draft: ContactDraft, _ fileNumber: Int32) -> Home.Contact? {
        let id = draft.responder.value
        guard responderPlaces[id] == nil else { return Home.Contact(role: draft.role, responder: id) }
        problems.error(
            at: files[Int(fileNumber)].place(draft.responder.mark), "There is no responder `\(id.quoted)`",
            why: "Nobody would be called as \(draft.role.name)",
            fix: nearestWord(to: id, among: responders.map(\.id)).map { "Did you mean `\($0)`?" }
                ?? "Add it to responders.yaml.")
        return nil
    }

    private mutating func add(_ draft: DeviceDraft, of home: HomeDraft, home index: Int, at place: SmallPlace)
    {
        guard let number = profileNumbers[draft.profile.value] else {
            unknownProfiles[draft.profile.value, default: []].append(
                SmallPlace(file: place.file, mark: draft.profile.mark))
            return
        }
        let profile = profiles[Int(number)]
        if let odd = draft.signals.first(where: { !profileSignals[Int(number)].contains($0) }) {
            problems.error(
                at: files[Int(place.file)].place(draft.mark),
                "The profile \(profile.id) never gives `\(odd.name)`",
                why: "The device would be thought to guard what it cannot hear",
                fix: "It gives \(profileSignals[Int(number)].map(\.name).joined(separator: ", ")).")
        }
        let own = draft.signals.isEmpty ? profile.signals : draft.signals
        let told = own.isEmpty ? profileSignals[Int(number)] : own
        let isOutsideDoor = isOutsideDoor(
            draft, giving: told, at: Place(file: files[Int(place.file)].file, at: place.mark))
        let device = Device(
            id: draft.id, home: HomeIndex(index), place: draft.place, profile: profile.id, kind: profile.kind,
            signals: own, supervision: draft.supervision?.value ?? profile.supervision,
            isOutsideDoor: isOutsideDoor, wearer: wearer(of: draft, in: home, place.file))
        bindings.append(
            TopicBinding(
                device: DeviceIndex(community.devices.count), base: draft.baseTopic ?? home.baseTopicInForce,
                name: draft.topic, profile: number))
        community.devices.append(device)
        devicePlaces.append(place)
    }

    /// Each unknown profile once, with the first device that names it.
    private mutating func reportUnknownProfiles() {
        for (name, places) in unknownProfiles.sorted(by: { $0.key < $1.key }) {
            let more = places.count == 1 ? "" : ", which \(places.count) devices name"
            problems.error(
                at: files[Int(places[0].file)].place(places[0].mark),
                "There is no profile `\(name.quoted)`\(more)",
                why: "Their messages could not be read",
                fix: nearestWord(to: name, among: profiles.map(\.id)).map { "Did you mean `\($0)`?" }
                    ?? "The profiles are \(profiles.map(\.id).prefix(40).joined(separator: ", ")).")
        }
    }

    /// Adds the bridge of every base topic whose devices speak through one, unless the file names it.
    ///
    /// A bridge that several homes share stands in the first of them: one topic has one device.
    private mutating func addBridges(
        of draft: HomeDraft, home index: Int, _ fileNumber: Int32, _ owners: inout [String: Int]
    ) {
        var seen: [String] = []
        for device in draft.devices {
            let topic = device.baseTopic ?? draft.baseTopicInForce
            guard !seen.contains(topic), let bridge = bridgeProfile(for: device.profile.value) else {
                continue
            }
            seen.append(topic)
            let names = draft.devices.filter { ($0.baseTopic ?? draft.baseTopicInForce) == topic }
            if names.contains(where: { profileNumbers[$0.profile.value] == bridge }) { continue }
            if let owner = owners[topic] {
                reportShared(topic, draft, fileNumber, owner: owner)
                continue
            }
            owners[topic] = index
            let profile = profiles[Int(bridge)]
            bindings.append(
                TopicBinding(
                    device: DeviceIndex(community.devices.count), base: topic, name: Self.bridgeName,
                    profile: bridge))
            community.devices.append(
                Device(
                    id: seen.count == 1 ? Self.bridgeName : "\(Self.bridgeName)-\(seen.count)",
                    home: HomeIndex(index), profile: profile.id, kind: .bridge, signals: profile.signals,
                    supervision: profile.supervision))
            devicePlaces.append(SmallPlace(file: fileNumber, mark: draft.mark))
        }
    }

    /// The bridge profile of a profile's ecosystem (`zigbee2mqtt/bridge` for `zigbee2mqtt/smoke`).
    private func bridgeProfile(for profile: String) -> Int32? {
        guard let slash = profile.firstIndex(of: "/") else { return nil }
        guard let number = profileNumbers[profile[..<slash] + "/bridge"] else { return nil }
        return profiles[Int(number)].kind == .bridge ? number : nil
    }

    private mutating func reportShared(_ topic: String, _ draft: HomeDraft, _ fileNumber: Int32, owner: Int) {
        let first = community.homes[owner].id
        let file = files[Int(fileNumber)]
        problems.warning(
            at: file.place(draft.baseTopic?.mark ?? draft.mark),
            "The home \(draft.id) shares the bridge `\(topic.quoted)` with the home \(first)",
            why:
                "The broker cannot keep them apart there, and the bridge's silence counts for \(first) only",
            fix: "Give each home a bridge with `base_topic: homes/<home>/zigbee2mqtt`.")
    }

    /// Reports a home whose devices would speak under another home's topics.
    private mutating func checkForeignTopics(_ homes: [String: Int]) {
        var last = ""
        for binding in bindings where binding.base != last {
            last = binding.base
            let levels = binding.base.split(separator: "/", maxSplits: 2)
            guard levels.count >= 2, levels[0] == "homes", let owner = homes[String(levels[1])] else {
                continue
            }
            let home = community.devices[binding.device.int].home.int
            guard owner != home else { continue }
            problems.error(
                at: devicePlace(binding.device.int),
                "The topic `\(binding.base.quoted)` belongs to the home \(community.homes[owner].id)",
                why: "A message of one home would act on another", fix: "Correct `base_topic`.")
        }
    }
}
