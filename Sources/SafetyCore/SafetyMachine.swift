import Alarming
public import Correlation
import Escalation
public import SafetyModel

/// The whole state of the gateway as one value: inputs and time go in, one outcome comes out.
///
/// Pure and deterministic: the same inputs at the same instants give the same state, digest and orders in
/// every process. A copy is a consistent snapshot.
public struct SafetyMachine: Sendable {
    /// The site in force.
    public private(set) var compiled: CompiledSite
    var homes: HomePages
    var deadlines: DeadlineTree
    /// When the gateway could hear.
    public internal(set) var hearing: Hearing
    /// The moment of the newest input; time never goes back.
    public internal(set) var now: Instant
    /// Wall time minus gateway time, in milliseconds.
    public internal(set) var wallOffsetMilliseconds: Int64
    var nextAlarm: Int64 = 1
    var nextIncident: Int64 = 1
    /// Matches over several homes, by group of the site.
    var wide: [MatchTable]
    /// What became of the matches of each rule.
    var tallies: [MatchTally]
    /// Incidents that a desk still holds, ascending, and where.
    var holders: [Holder] = []
    /// Homes that are visited or were, ascending.
    var visits = VisitBook()
    /// What is read ahead of the messages of a batch; no part of the state.
    var ahead = ReadAhead()
    /// Reused from input to input.
    private var scratch: [Finding] = []

    /// Which home's desk holds an incident.
    struct Holder: Hashable, Sendable {
        var incident: IncidentID
        var home: Int32
    }

    /// A machine that has heard nothing yet.
    public init(site: CompiledSite, at now: Instant) {
        self.init(site: site, at: now, homes: HomePages())
        for home in 0..<site.homeCount {
            homes.append(HomeState(deviceCount: site.deviceRange(home).count, at: now))
        }
        startMatches()
        startWelfare()
        startVisits()
        refreshDeadlines()
    }

    /// A machine without homes yet, for reading snapshots and moving to another site.
    init(site: CompiledSite, at now: Instant, homes: HomePages) {
        compiled = site
        self.homes = homes
        deadlines = DeadlineTree(homes: Self.leafCount(site))
        wide = Array(repeating: MatchTable(), count: site.scopes.groups.count)
        tallies = Array(repeating: MatchTally(), count: site.book.rules.count)
        hearing = Hearing(blindSince: now)
        self.now = now
        wallOffsetMilliseconds = 0
    }

    /// The next moment at which something is due; nil when nothing is.
    public var nextDeadline: Instant? { deadlines.earliest }

    /// Takes one input in.
    ///
    /// Everything the gateway does is in this function.
    ///
    /// - Parameters:
    ///   - place: the input's place in the batch.
    ///   - time: never before the last input's; an earlier one counts as the last.
    public mutating func advance(
        with batch: InputBatch, at place: Int, time: Instant, into outcome: inout StepOutcome
    ) {
        // What was due while nobody could hear must not count as silence, so this goes before the deadlines.
        if case .restarted = batch.inputs[place] { resume(at: max(now, time), into: &outcome) }
        now = max(now, time)
        readAhead(of: place, in: batch)
        fireDue(into: &outcome)
        switch batch.inputs[place] {
        case .message(let message): hear(message, batch: batch, place: place, into: &outcome)
        case .undecoded(let message): note(message, batch: batch, place: place, into: &outcome)
        case .command(let command): apply(command, place: place, into: &outcome)
        case .desk(let command): apply(command, place: place, into: &outcome)
        case .report(let report): apply(report, into: &outcome)
        case .tick, .restarted, .site: break
        case .link(let isUp): applyLink(isUp: isUp, into: &outcome)
        case .caughtUp: catchUp(into: &outcome)
        case .wallOffset(let offset):
            wallOffsetMilliseconds = offset.wholeMilliseconds
            moveSchedules()
            moveCare(into: &outcome)
            startVisits()
        case .gateway(let condition): apply(condition, into: &outcome)
        case .visit(let visit): apply(visit, place: place, into: &outcome)
        }
        // An input can make something due at once: hearing again, or a bridge that calls a silent device
        // offline.
        fireDue(into: &outcome)
        audit()
    }

    /// Fires everything that is due, home by home.
    private mutating func fireDue(into outcome: inout StepOutcome) {
        while let due = deadlines.earliest, due <= now {
            let home = deadlines.earliestHome
            if home < homes.count {
                fireDue(home: home, into: &outcome)
                refreshDeadline(home)
            } else if home == visitLeaf {
                fireVisits(into: &outcome)
            } else {
                fireDueWidely(home - homes.count, into: &outcome)
            }
            precondition(
                deadlines.earliest != due || deadlines.earliestHome != home,
                "A home's deadline that was due fired and is still due.")
            outcome.hasEffect = true
        }
    }

    private mutating func fireDue(home: Int, into outcome: inout StepOutcome) {
        var findings = takeScratch()
        if isWatched(home) {
            let watched = compiled.watched[compiled.deviceRange(home)]
            Supervision.fireDue(
                at: now, hearing: hearing, limits: compiled.limits, devices: watched,
                in: &homes[home].perception, findings: &findings)
            if hearing.isListening {
                fireMatches(home: home, findings: &findings)
            }
            fireWelfare(home: home, findings: &findings, into: &outcome)
        }
        if home == HomeIndex.gateway.int { watchLink(into: &outcome) }
        endSuspensions(home: home, into: &outcome)
        apply(findings, home: home, evidence: nil, into: &outcome)
        raiseAgain(home: home, into: &outcome)
        if homes.look(at: home, { !$0.desk.incidents.isEmpty }) {
            var result = EscalationDesk.Outcome()
            homes[home].desk.fireDue(situation: situation(home), outcome: &result)
            settle(result, home: home, into: &outcome)
        }
        scratch = findings
    }

    private mutating func fireMatches(home: Int, findings: inout [Finding]) {
        let first = findings.count
        let time = matchTime(home: home)
        Matcher.fireDue(
            compiled.deviceRange(home), matchGround(time),
            in: &homes[home].perception.matches, findings: &findings, tallies: &tallies)
        for place in findings.indices.dropFirst(first) {
            guard let device = findings[place].evidenceDevice, let signal = findings[place].signal else {
                continue
            }
            findings[place].reading = homes[home].perception.reading(of: signal, device: device)?.reading
        }
    }

    /// Takes in what a device said.
    private mutating func hear(
        _ message: DeviceMessage, batch: InputBatch, place: Int, into outcome: inout StepOutcome
    ) {
        guard compiled.watched.indices.contains(message.device.int) else { return }
        let home = Int(compiled.homeOfDevice[message.device.int])
        let range = compiled.deviceRange(home)
        let local = message.device.int - range.lowerBound
        let observations = batch.observations[
            Int(message.observations.lowerBound)..<Int(message.observations.upperBound)]
        var findings = takeScratch()
        let nature = EventDeriver.nature(
            of: message, observations: observations, device: local, in: &homes[home].perception)
        if nature.provesLife {
            Supervision.heard(
                device: local, at: now, hearing: hearing, limits: compiled.limits,
                devices: compiled.watched[range], in: &homes[home].perception, findings: &findings)
        }
        for observation in observations {
            perceive(
                observation, nature: nature, device: local, message: message, home: home,
                findings: &findings, into: &outcome)
        }
        if isWatched(home) {
            judgeClock(nature, device: local, home: home, findings: &findings)
            if !findings.isEmpty {
                let source = EvidenceSource(message: message, batch: batch, place: place)
                apply(findings, home: home, evidence: source, into: &outcome)
            }
        } else {
            noteCommissioning(findings, home: home, into: &outcome)
        }
        noteTests(observations, device: local, home: home, into: &outcome)
        refreshDeadline(home)
        scratch = findings
    }

    private mutating func perceive(
        _ observation: Observation, nature: EventDeriver.MessageNature, device: Int, message: DeviceMessage,
        home: Int, findings: inout [Finding], into outcome: inout StepOutcome
    ) {
        let event = EventDeriver.event(
            for: observation, nature: nature, device: device,
            hearsRepetition: compiled.book.hearsRepetition(of: observation.signal),
            in: &homes[home].perception)
        guard let event else { return }
        switch event.signal {
        case .bridge:
            Supervision.bridge(
                isUp: event.reading.isOn, quality: event.quality, at: now, limits: compiled.limits,
                devices: compiled.watched[compiled.deviceRange(home)], in: &homes[home].perception,
                findings: &findings)
        case .online:
            homes[home].perception.devices[device].isReachable = event.reading.isOn
        case .call where event.reading == .key(.cancel) && event.isEdge && isWatched(home):
            var result = EscalationDesk.Outcome()
            let id = compiled.site.community.devices[message.device.int].id
            homes[home].desk.noteCancel(device: id, situation: situation(home), outcome: &result)
            settle(result, home: home, into: &outcome)
        default: break
        }
        noteLife(event, device: device, home: home, findings: &findings, into: &outcome)
        guard compiled.book.listens(to: event.signal) else { return }
        Matcher.advance(
            with: event, messageTime: message.deviceTime, time: matchTime(home: home),
            book: compiled.book, community: compiled.site.community, device: message.device,
            in: &homes[home].perception.matches, findings: &findings, tallies: &tallies)
        if !wide.isEmpty {
            matchWidely(
                event, messageTime: message.deviceTime, device: message.device, home: home,
                findings: &findings, into: &outcome)
        }
    }

    /// Clocks that stayed right for this long end the trouble.
    static let clockCalmLimit = Duration.hours(1)

    private mutating func judgeClock(
        _ nature: EventDeriver.MessageNature, device: Int, home: Int, findings: inout [Finding]
    ) {
        let last = homes.look(at: home) { $0.perception.clockStepAt }
        if nature.clockRanBackward {
            homes[home].perception.clockStepAt = now
            guard last == nil else { return }
            findings.append(
                Finding(source: .trouble(.deviceClock), device: nil, change: .active, evidenceDevice: device))
        } else if let last, nature.provesLife, now - last > Self.clockCalmLimit {
            homes[home].perception.clockStepAt = nil
            findings.append(Finding(source: .trouble(.deviceClock), device: nil, change: .restored))
        }
    }

    /// Whether findings of this home count: it is the gateway or in service.
    func isWatched(_ home: Int) -> Bool { compiled.isInService(home) }

    /// What the desk of a home must know of this moment.
    func situation(_ home: Int) -> EscalationDesk.Situation {
        let settings = compiled.site.settings
        return EscalationDesk.Situation(
            now: now, deliveryPatience: settings.deliveryPatience, triesPerChannel: settings.triesPerChannel,
            brokenChannel: hearing.blindSince == nil ? nil : Self.brokerChannel,
            calendar: compiled.site.calendar, wallOffsetMilliseconds: wallOffsetMilliseconds)
    }

    /// The channel that the link to the broker is: it does not work while nothing can be heard.
    public static let brokerChannel = "mqtt"

    /// Works out anew when something is due in a home.
    mutating func refreshDeadline(_ home: Int) {
        let site = compiled
        let moment = HomeMoment(now: now, hearing: hearing, wallOffset: wallOffsetMilliseconds)
        var next = homes.look(at: home) { $0.nextDeadline(home, site, moment) }
        if home == HomeIndex.gateway.int { next = earlier(next, linkDeadline) }
        deadlines.set(next, home: home)
    }

    /// Works out all deadlines anew: hearing began or ended.
    mutating func refreshDeadlines() {
        for home in 0..<homes.count { refreshDeadline(home) }
        for group in wide.indices { refreshWideDeadline(group) }
        refreshVisitDeadline()
    }

    mutating func adopt(compiled site: CompiledSite) { compiled = site }

    private mutating func takeScratch() -> [Finding] {
        var findings: [Finding] = []
        swap(&findings, &scratch)
        findings.removeAll(keepingCapacity: true)
        return findings
    }

    /// An invariant that does not hold is a bug: the process ends, the journal brings it back.
    private mutating func audit() {
        precondition(deadlines.earliest.map { $0 > now } ?? true, "A deadline that was due did not fire.")
        if holders.isEmpty { return }
        for holder in holders.suffix(Self.auditedHolders) {
            let now = now
            let complaint = homes.look(at: Int(holder.home)) { Auditor.complaint(about: $0.desk, at: now) }
            precondition(complaint == nil, complaint ?? "")
        }
    }

    /// How many of the newest incidents are audited after every input; `checkInvariants` audits all.
    private static let auditedHolders = 4
}
