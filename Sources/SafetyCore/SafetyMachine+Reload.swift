import Alarming
import Correlation
import Escalation
public import SafetyModel

extension SafetyMachine {
    /// Ids of homes that have open incidents and are missing in a new site; such a site must not be adopted.
    public func homesInTheWay(of site: CompiledSite) -> [String] {
        let kept = Set(site.site.community.homes.map(\.id))
        return compiled.site.community.homes.enumerated().compactMap { place, home in
            !kept.contains(home.id) && !homes[place].desk.incidents.isEmpty ? home.id : nil
        }
    }

    /// Moves the state over to a new site, by the ids of homes and devices.
    ///
    /// Open incidents keep their frozen plan; partial matches begin anew from the stored readings.
    public mutating func adopt(_ site: CompiledSite, at time: Instant) {
        precondition(homesInTheWay(of: site).isEmpty, "The engine refuses a site that drops an open incident.")
        now = max(now, time)
        let places = Dictionary(
            uniqueKeysWithValues: compiled.site.community.homes.enumerated().map { ($1.id, $0) })
        var moved = HomePages()
        for index in 0..<site.homeCount {
            let home = site.site.community.homes[index]
            if let old = places[home.id] {
                moved.append(move(old, to: index, of: site))
            } else {
                moved.append(HomeState(deviceCount: site.deviceRange(index).count, at: now))
            }
        }
        homes = moved
        deadlines = DeadlineTree(homes: site.homeCount)
        adopt(compiled: site)
        rebuildIndices()
    }

    private func move(_ old: Int, to index: Int, of site: CompiledSite) -> HomeState {
        let before = compiled.site.community.devices[compiled.deviceRange(old)].map(\.id)
        let after = site.site.community.devices[site.deviceRange(index)]
        let newPlace = before.map { id in after.firstIndex { $0.id == id }.map { $0 - after.startIndex } }
        var state = HomeState(deviceCount: after.count, at: now)
        state.perception = perception(of: old, newPlace: newPlace, deviceCount: after.count)
        state.perception.startLeaves(
            book: site.book, community: site.site.community, first: site.deviceRange(index).lowerBound, at: now)
        let wasInService = isWatched(old)
        if site.site.community.homes[index].isInService && !wasInService {
            state.perception.inServiceSince = now
            state.perception.lastHeardAt = now
        }
        state.register = AlarmRegister(
            alarms: homes[old].register.alarms.map { alarm in
                var alarm = alarm
                alarm.device = alarm.device.flatMap { newPlace[$0] }
                return alarm
            })
        state.desk = homes[old].desk.moved(to: HomeIndex(index))
        return state
    }

    private func perception(of old: Int, newPlace: [Int?], deviceCount: Int) -> HomePerception {
        let known = homes[old].perception
        var perception = HomePerception(deviceCount: deviceCount, at: now)
        perception.inServiceSince = known.inServiceSince
        perception.lastHeardAt = known.lastHeardAt
        perception.bridgeDownSince = known.bridgeDownSince
        perception.bridgeBlindMilliseconds = known.bridgeBlindMilliseconds
        perception.isUnprotected = known.isUnprotected
        for (place, state) in known.devices.enumerated() {
            if let new = newPlace[place] { perception.devices[new] = state }
        }
        for reading in known.readings {
            guard let new = newPlace[Int(reading.device)] else { continue }
            var reading = reading
            reading.device = UInt16(new)
            perception.readings.append(reading)
        }
        return perception
    }

    /// The translation of device indices from the site in force to another, for a batch decoded before the change;
    /// nil where a device is gone.
    public func deviceTranslation(to site: CompiledSite) -> [DeviceIndex?] {
        let homePlaces = Dictionary(
            uniqueKeysWithValues: site.site.community.homes.enumerated().map { ($1.id, $0) })
        return compiled.site.community.devices.map { device in
            let id = compiled.site.community.homes[device.home.int].id
            guard let home = homePlaces[id] else { return nil }
            let range = site.deviceRange(home)
            return range.first { site.site.community.devices[$0].id == device.id }.map { DeviceIndex($0) }
        }
    }
}
