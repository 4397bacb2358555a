import Correlation
import Escalation
public import GatewayPorts
import SafetyCore
import SafetyModel
import Synchronization

/// What is known now, for those who only look: kept beside the machine and changed after each commit.
public final class EngineBoard: StatusBoard, Sendable {
    private let state = Mutex(State())
    let journal: any Journal
    let look = Looking()
    private let watchers = BoardWatchers()
    /// Two threads tell of changes; whoever watches must hear the newest health last.
    private let telling = Mutex(())
    private let version: String

    fileprivate struct State {
        /// Open incidents by number.
        var open: [Entry] = []
        /// The newest closed incidents' documents, by the home's id, newest first.
        var closed: [String: [Entry]] = [:]
        /// Those closed last, oldest first: who asks for one in the moment of its commit finds it.
        var justClosed: [Entry] = []
        var isLinkUp = false
        var link = LinkStanding()
        /// Since when nothing can be heard and since when records wait, in gateway time.
        var deafSince: Instant?
        var unstoredSince: Instant?
        /// Wall time minus gateway time, in milliseconds.
        var wallOffset: Int64 = 0
        var site: CompiledSite?
        var isStoreAvailable = true
        var isSiteCurrent = true
        var troubles: [String] = []
        var counters = Counters()
        var extra: @Sendable () -> [Metric] = { [] }
        /// What those who watch were told last.
        var toldHealth: GatewayHealth?
    }

    fileprivate struct Entry {
        var id: IncidentID
        var home: String
        var urgency: Urgency
        var kind: String
        var openedAt: WallTime
        var document: [UInt8]
    }

    /// Figures since the start.
    struct Counters: Sendable {
        var inputs: Int64 = 0
        var observations: Int64 = 0
        var batches: Int64 = 0
        var orders: Int64 = 0
        var incidentsOpened: Int64 = 0
        var unrecorded: Int64 = 0
        var reports: Int64 = 0
    }

    /// How many closed incidents are known here until the record has surely caught up.
    static let justClosedLimit = 256

    /// How many closed incidents of a home stay in its retained document.
    static let closedLimit = 3

    /// Makes one from its parts.
    public init(journal: any Journal, version: String) {
        self.journal = journal
        self.version = version
    }

    /// Open incidents by urgency, then age, as JSON documents.
    public func openIncidents() -> [[UInt8]] {
        state.withLock { state in
            state.open.sorted { ($0.urgency, $0.id) < ($1.urgency, $1.id) }.map(\.document)
        }
    }

    /// Incidents newest first, as JSON documents: from the record, and open ones, whose records may be a
    /// moment behind, as they are now.
    public func incidents(matching query: IncidentQuery) throws(JournalError) -> [[UInt8]] {
        let records = try journal.incidents(matching: query.shifted(by: look.wallOffset(for: query)))
        guard !query.closedOnly else { return records.map(\.document) }
        var documents = Dictionary(
            records.map { ($0.number, $0.document) }, uniquingKeysWith: { first, _ in first })
        // Who asks for one incident gets it as it is now, also in the moment in which its closing is stored.
        let isForOne = query.number != nil && !query.openOnly
        let current = state.withLock { isForOne ? $0.justClosed + $0.open : $0.open }
        for entry in current where entry.matches(query) { documents[entry.id.number] = entry.document }
        return documents.sorted { $0.key > $1.key }.prefix(max(1, query.limit)).map(\.value)
    }

    /// How the gateway is.
    public func health() -> GatewayHealth { state.withLock { $0.health(version: version) } }

    /// Calls `taker` after each commit that changed something.
    public func subscribe(_ taker: @escaping @Sendable (BoardChange) -> Void) -> BoardSubscription {
        watchers.add(taker)
    }

    /// Says where the work of those who watch runs; until then they learn only that they missed something.
    public func handOff(_ run: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void) {
        watchers.handOff(run)
    }

    /// Tells those who watch what a commit changed; never waits for one of them.
    func tell(_ change: BoardChange) {
        telling.withLock { _ in
            var change = change
            change.health = state.withLock { state in
                let health = state.health(version: version)
                guard health != state.toldHealth else { return nil }
                state.toldHealth = health
                return health
            }
            if !change.isEmpty { watchers.tell(change) }
        }
    }

    /// How the board learns what the machine knows.
    func look(_ body: @escaping @Sendable () -> BoardLook?) { look.use(body) }

    /// Figures since the start, in a fixed order.
    public func metrics() -> [Metric] {
        let (counters, open, health, extra) = state.withLock {
            ($0.counters, $0.open.count, ($0.isLinkUp, $0.isStoreAvailable), $0.extra)
        }
        return [
            Metric("anju_inputs_total", .counter, Double(counters.inputs), help: "Inputs taken in."),
            Metric(
                "anju_observations_total", .counter, Double(counters.observations),
                help: "Values that devices gave."),
            Metric("anju_batches_total", .counter, Double(counters.batches), help: "Batches taken in."),
            Metric("anju_orders_total", .counter, Double(counters.orders), help: "Tries of orders sent."),
            Metric(
                "anju_delivery_reports_total", .counter, Double(counters.reports),
                help: "Delivery reports of channels."),
            Metric(
                "anju_incidents_opened_total", .counter, Double(counters.incidentsOpened),
                help: "Incidents opened."),
            Metric("anju_incidents_open", .gauge, Double(open), help: "Incidents open now."),
            Metric(
                "anju_unrecorded_batches_total", .counter, Double(counters.unrecorded),
                help: "Batches released before they could be stored."),
            Metric("anju_link_up", .gauge, health.0 ? 1 : 0, help: "1 while the broker is connected."),
            Metric("anju_store_available", .gauge, health.1 ? 1 : 0, help: "0 in degraded mode."),
        ] + extra()
    }

    /// Adds figures that others keep.
    public func addMetrics(_ more: @escaping @Sendable () -> [Metric]) {
        state.withLock { state in
            let before = state.extra
            state.extra = { before() + more() }
        }
    }

    /// Whether the gateway runs on the site of its files.
    public func setSiteCurrent(_ isCurrent: Bool) { state.withLock { $0.isSiteCurrent = isCurrent } }

    /// How the link stands, as its own thread knows it; those who watch are told when it is new.
    public func setStanding(_ standing: LinkStanding) {
        let isNew = state.withLock { state in
            defer { state.link = standing }
            return state.link != standing
        }
        if isNew { tell(BoardChange()) }
    }

    /// Takes in what the machine knows of its hearing, after an input that changed it.
    func setHearing(_ hearing: Hearing, wallOffset: Int64) {
        state.withLock { state in
            state.isLinkUp = hearing.blindSince == nil
            state.deafSince = hearing.blindSince
            state.wallOffset = wallOffset
        }
    }

    /// - Parameter since: from when records wait for the disk; nil when it is back.
    func setStore(awaySince since: Instant?) {
        state.withLock { state in
            state.isStoreAvailable = since == nil
            state.unstoredSince = since
        }
    }

    /// Which site is in force.
    func use(_ site: CompiledSite) { state.withLock { $0.site = site } }

    /// Whether the site in force has a responder of this id; never blocks.
    public func isResponder(_ id: String) -> Bool {
        let site = state.withLock { $0.site }
        return site?.people.responder(id) != nil
    }

    func setTroubles(_ troubles: [String]) { state.withLock { $0.troubles = troubles } }

    func count(_ body: (inout Counters) -> Void) { state.withLock { body(&$0.counters) } }

    /// Takes in the newest document of an incident.
    func show(_ incident: Incident, of home: String, openedAt: WallTime, document: [UInt8]) {
        let entry = Entry(
            id: incident.id, home: home, urgency: incident.urgency, kind: incident.kind.name,
            openedAt: openedAt, document: document)
        state.withLock { state in
            let place = state.place(of: incident.id)
            let isKnown = place < state.open.count && state.open[place].id == incident.id
            guard !incident.isOpen else {
                if isKnown { state.open[place] = entry } else { state.open.insert(entry, at: place) }
                return
            }
            if isKnown { state.open.remove(at: place) }
            var closed = state.closed[home] ?? []
            if let known = closed.firstIndex(where: { $0.id == incident.id }) {
                closed[known] = entry
            } else {
                closed.insert(entry, at: 0)
            }
            state.closed[home] = Array(closed.prefix(Self.closedLimit))
            state.justClosed.removeAll { $0.id == incident.id }
            if state.justClosed.count >= Self.justClosedLimit { state.justClosed.removeFirst() }
            state.justClosed.append(entry)
        }
    }

    /// The documents of a home: open incidents by number, closed ones newest first.
    func documents(of home: String, open: [IncidentID]) -> (open: [[UInt8]], closed: [[UInt8]]) {
        state.withLock { state in
            let documents = open.compactMap { id in
                let place = state.place(of: id)
                return place < state.open.count && state.open[place].id == id
                    ? state.open[place].document : nil
            }
            return (documents, (state.closed[home] ?? []).map(\.document))
        }
    }
}

extension EngineBoard.Entry {
    /// Whether a query wants this open incident.
    fileprivate func matches(_ query: IncidentQuery) -> Bool {
        query.number ?? id.number == id.number && query.home ?? home == home
            && id.number < query.before ?? .max && query.kind ?? kind == kind
            && query.urgency ?? urgency.name == urgency.name
            && query.from.map { $0 <= openedAt } ?? true && query.to.map { openedAt < $0 } ?? true
    }
}

extension IncidentQuery {
    /// The same in gateway time.
    func shifted(by wallOffset: Int64) -> IncidentQuery {
        var query = self
        query.from = from.map { WallTime(milliseconds: $0.milliseconds - wallOffset) }
        query.to = to.map { WallTime(milliseconds: $0.milliseconds - wallOffset) }
        return query
    }
}

extension BoardChange {
    /// Whether nothing changed that anybody watches.
    fileprivate var isEmpty: Bool {
        incidents.isEmpty && homes.isEmpty && visits.isEmpty && health == nil && !isAfterGap
    }
}

extension EngineBoard.State {
    fileprivate func health(version: String) -> GatewayHealth {
        var health = GatewayHealth(
            isLinkUp: isLinkUp, isStoreAvailable: isStoreAvailable, isSiteCurrent: isSiteCurrent,
            version: version, openIncidents: open.count, troubles: troubles)
        func wall(_ instant: Instant) -> WallTime {
            WallTime(milliseconds: instant.milliseconds + wallOffset)
        }
        health.deafSince = deafSince.map(wall)
        health.unstoredSince = unstoredSince.map(wall)
        health.link = link
        // The link's own thread is a turn ahead of the machine or behind it.
        if isLinkUp {
            health.link = LinkStanding(.up)
        } else if link.state == .up {
            health.link = LinkStanding(.lost)
        }
        return health
    }

    /// Where an incident stands among the open ones, or would stand.
    fileprivate func place(of incident: IncidentID) -> Int {
        var low = 0
        var high = open.count
        while low < high {
            let middle = (low + high) / 2
            if open[middle].id < incident { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
