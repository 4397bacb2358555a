import Escalation
public import GatewayPorts
import SafetyCore
import SafetyModel

extension EngineBoard {
    /// Homes with their residents, state and presence, a page at a time.
    public func homes(matching query: HomeQuery) -> DocumentPage {
        guard let table = look.table, let now = look.now else { return DocumentPage(documents: []) }
        let homes = table.site.site.community.homes
        func id(_ place: Int) -> String { homes[place].id }
        guard let first = start(after: query.after, in: homes.dropFirst().indices, id: id)
        else { return DocumentPage(documents: []) }
        let places = query.search.map { table.index.find($0) } ?? Array(homes.indices)
        let wanted = places.lazy.filter { place in
            place >= first && query.area ?? homes[place].area == homes[place].area
                && query.building ?? homes[place].building == homes[place].building
        }
        let writer = HomeDocument(site: table.site, wallOffset: table.wallOffset, language: now.language)
        // The site may have changed since the table was made: then its homes are other ones.
        let view = now.view.site === table.site ? now.view : nil
        return page(wanted, limit: query.limit, id: id) { place in
            let home = HomeIndex(place)
            return writer.summary(
                home, table.homes[place], visit: view.flatMap { VisitLine.of(home, in: $0) })
        }
    }

    /// One home with everything that is known of it; nil when no home has this id.
    public func home(_ id: String) -> [UInt8]? {
        guard let now = look.now, let home = now.view.site.home(withID: id) else { return nil }
        let state = now.view.home(home)
        var query = IncidentQuery()
        query.home = id
        query.factsOnly = true
        query.limit = Self.recentLimit
        // The record may be away; the home itself is more than its past.
        let recorded = (try? journal.incidents(matching: query).map(\.number)) ?? []
        let open = state.desk.incidents.map(\.id.number)
        let recent = Array(Set(recorded + open).sorted(by: >).prefix(Self.recentLimit))
        return document(now).detail(home, state, recent: recent, visit: VisitLine.of(home, in: now.view))
    }

    /// How many incidents a home's document names.
    static let recentLimit = 20

    /// Devices with what was heard of them, a page at a time.
    public func devices(matching query: DeviceQuery) -> DocumentPage {
        guard let now = look.now else { return DocumentPage(documents: []) }
        let community = now.view.site.site.community
        func id(_ place: Int) -> String {
            let device = community.devices[place]
            return "\(community.homes[device.home.int].id)/\(device.id)"
        }
        // The site may have changed since the table was made: then nobody has counted yet.
        let table = look.table.flatMap { $0.site === now.view.site ? $0 : nil }
        var range = community.devices.indices
        if let home = query.home {
            guard let place = community.homes.firstIndex(where: { $0.id == home }) else {
                return DocumentPage(documents: [])
            }
            range = now.view.site.devices(of: HomeIndex(place))
        }
        let troubled = (table?.troubled ?? []).map(\.int).filter(range.contains)
        let unheard = (table?.unheard ?? []).map(\.int).filter(range.contains)
        let places = query.troubleOnly ? troubled : query.neverHeardOnly ? unheard : Array(range)
        var first = 0
        if let after = query.after {
            let parts = after.split(separator: "/", maxSplits: 1).map(String.init)
            guard parts.count == 2,
                let home = community.homes.firstIndex(where: { $0.id == parts[0] }),
                let place = now.view.site.devices(of: HomeIndex(home)).first(where: {
                    community.devices[$0].id == parts[1]
                })
            else { return DocumentPage(documents: []) }
            first = place + 1
        }
        let writer = document(now)
        var found = page(places.lazy.filter { $0 >= first }, limit: query.limit, id: id) { place in
            writer.device(DeviceIndex(place), now.view.home(community.devices[place].home))
        }
        found.counts = table.map { _ in
            DeviceCounts(devices: range.count, trouble: troubled.count, neverHeard: unheard.count)
        }
        return found
    }

    /// Everybody who may be called, and of those whom rosters name who is on duty now.
    public func responders() -> [[UInt8]] {
        guard let now = look.now else { return [] }
        let writer = document(now)
        let site = now.view.site.site
        let time = WallTime(
            milliseconds: now.view.now.milliseconds + now.view.wallOffsetMilliseconds)
        var isOnDuty: [String: Bool] = [:]
        for roster in site.rosters {
            for person in roster.members { isOnDuty[person] = isOnDuty[person] ?? false }
            for person in roster.duty(at: time, in: site.calendar).people { isOnDuty[person] = true }
        }
        return site.community.responders.map { writer.responder($0, isOnDuty: isOnDuty[$0.id]) }
    }

    /// What each home's visit cycle asks for, in the order of the site.
    public func visits(matching query: VisitQuery) -> [[UInt8]] {
        guard let now = look.now else { return [] }
        let writer = document(now)
        return visitStates(now.view).compactMap { home, visit in
            guard query.state == nil || visit.state == query.state,
                query.colour ?? visit.colour == visit.colour
            else { return nil }
            var json = JSONText(capacity: 256)
            json.object { json in
                json.key("home")
                writer.write(brief: home, into: &json)
                visit.write(into: &json)
            }
            return json.bytes
        }
    }

    func visitStates(_ view: MachineView) -> [(HomeIndex, VisitLine)] {
        (1..<max(1, view.site.homeCount)).compactMap { place in
            VisitLine.of(HomeIndex(place), in: view).map { (HomeIndex(place), $0) }
        }
    }

    private func document(_ look: BoardLook) -> HomeDocument {
        HomeDocument(
            site: look.view.site, wallOffset: look.view.wallOffsetMilliseconds, language: look.language)
    }

    /// Where a list goes on; nil when the cursor names nothing.
    private func start(after: String?, in places: Range<Int>, id: (Int) -> String) -> Int? {
        guard let after else { return places.lowerBound }
        return places.first { id($0) == after }.map { $0 + 1 }
    }

    /// One page of what is wanted; one more is looked for, to know whether there is a next.
    private func page(
        _ places: some Sequence<Int>, limit: Int, id: (Int) -> String, document: (Int) -> [UInt8]
    ) -> DocumentPage {
        let limit = min(max(1, limit), DocumentPage.pageLimit)
        var documents: [[UInt8]] = []
        var last: Int?
        for place in places {
            if documents.count == limit { return DocumentPage(documents: documents, next: last.map(id)) }
            documents.append(document(place))
            last = place
        }
        return DocumentPage(documents: documents)
    }
}
