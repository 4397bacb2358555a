import Correlation
public import SafetyModel

extension SafetyMachine {
    /// The translation of device indices from the site in force to another, for a batch decoded before the
    /// change; nil where a device is gone.
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

    /// A site as matches must know it.
    func ground(_ site: CompiledSite, _ time: MatchTime) -> MatchGround {
        MatchGround(book: site.book, community: site.site.community, time: time)
    }

    /// The new place of each device of a home; nil where it is gone, or stands elsewhere and so says other
    /// things than it said.
    func stayedDevices(of old: Int, to index: Int, of site: CompiledSite) -> [Int?] {
        let after = site.deviceRange(index)
        return compiled.site.community.devices[compiled.deviceRange(old)].map { device in
            after.first {
                site.site.community.devices[$0].id == device.id
                    && site.site.community.devices[$0].place == device.place
            }.map { $0 - after.lowerBound }
        }
    }

    /// The place of each automaton in a new site; nil where the rule, the people it is for or their bounds
    /// have changed.
    func unchangedAutomata(of old: Int, to index: Int, of site: CompiledSite) -> [Int?] {
        let places = MatchTable.unchanged(from: compiled.book, to: site.book)
        let (before, after) = (compiled.site.community.homes[old], site.site.community.homes[index])
        let areSamePeople = before.residents.map(\.conditions) == after.residents.map(\.conditions)
        let areSameBounds = Self.bounds(in: before, of: compiled) == Self.bounds(in: after, of: site)
        if areSamePeople && areSameBounds { return places }
        return places.map { place in
            guard let place else { return nil }
            let rule = site.book.rules[site.book.automata[place].rule]
            if rule.residentCondition != nil, !areSamePeople { return nil }
            return rule.hasPersonalBounds && !areSameBounds ? nil : place
        }
    }

    /// The bounds that hold for each device of a home, by the device's id; empty where nobody has his own.
    private static func bounds(in home: Home, of site: CompiledSite) -> [String: [VitalBounds]] {
        guard home.residents.contains(where: { !$0.bounds.isEmpty }) else { return [:] }
        var bounds: [String: [VitalBounds]] = [:]
        for place in home.devices {
            let device = site.site.community.devices[Int(place)]
            bounds[device.id] = home.bounds(of: device)
        }
        return bounds
    }

    /// The matches over several homes in a new site, by the key of their group.
    func movedWide(to site: CompiledSite) -> [MatchTable] {
        let automata = MatchTable.unchanged(from: compiled.book, to: site.book)
        let translation = site.scopes.groups.isEmpty ? [] : deviceTranslation(to: site)
        return site.scopes.groups.map { group in
            let old = compiled.scopes.groups.firstIndex { $0.scope == group.scope && $0.key == group.key }
            guard let old else { return MatchTable() }
            var table = wide[old].moved(automata: automata, to: ground(site, wideMatchTime)) { device in
                let moved = translation[device]?.int
                return moved.flatMap { place in
                    let home = site.site.community.devices[place].home.int
                    return group.homes.contains(home) ? place : nil
                }
            }
            let devices = group.homes.filter { site.site.community.homes[$0].isInService }
                .flatMap { site.deviceRange($0) }
            table.endUnbreakable(devices, ground(site, wideMatchTime))
            return table
        }
    }

    /// The counters of each rule in a new site, by the rule's id.
    func movedTallies(to site: CompiledSite) -> [MatchTally] {
        let known = Dictionary(
            zip(compiled.book.rules.map(\.id), tallies), uniquingKeysWith: { first, _ in first })
        return site.book.rules.map { known[$0.id] ?? MatchTally() }
    }
}
