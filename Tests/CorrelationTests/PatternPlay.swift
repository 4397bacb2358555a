import SafetyModel

@testable import Correlation

/// One reading of the play: when it arrived, and what was said.
struct PlayedEvent: Hashable, Sendable {
    /// When it arrived, in milliseconds.
    var at: Int64
    /// By how much its own time lies before its arrival; nil when it carries none.
    var lateness: Int64?
    var device: Int
    var signal: Signal
    var reading: Reading
    var isPulse: Bool
    var quality = Quality.live

    /// The time by which it takes its place.
    var time: Int64 { at - (lateness ?? 0) }
}

/// Plays events to one rule and writes down what it finds, as "12 active".
struct PatternPlay {
    let book: RuleBook
    let community: Community
    private(set) var table = MatchTable()
    private(set) var tallies: [MatchTally]
    private(set) var findings: [Found] = []
    /// Blind time so far, in milliseconds.
    var blind: Int64 = 0
    var isHearing = true
    var wallOffset: Int64 = 0
    private var now: Int64
    private var stored: [StoredReading] = []

    /// What was found, and when.
    struct Found: Hashable, CustomStringConvertible {
        var at: Int64
        var change: Finding.Change
        var device: Int?
        var description: String { "\(at) \(change)" }
    }

    init(
        _ when: Pattern, restarts: Bool = false, during: Schedule? = nil, calendar: CivilCalendar = .utc,
        community: Community = EventSet.community, start: Int64 = 0
    ) {
        self.init(
            rule: Rule(
                id: "r", when: when, alarm: AlarmKind("found"), urgency: .urgent, during: during,
                restarts: restarts), calendar: calendar, community: community, start: start)
    }

    init(
        rule: Rule, calendar: CivilCalendar = .utc, community: Community = EventSet.community,
        start: Int64 = 0
    ) {
        book = RuleBook(rules: [rule], calendar: calendar, community: community)
        self.community = community
        tallies = Array(repeating: MatchTally(), count: book.rules.count)
        now = start
        table.startSilences(
            .home, community.devices.indices,
            MatchGround(book: book, community: community, time: time(start)))
    }

    /// The counters of the rule.
    var tally: MatchTally { tallies[tallies.count - 1] }

    /// Partial matches that wait now.
    var waiting: [WaitingMatch] { table.waiting(book: book, time: time(now)) }

    private func time(_ at: Int64) -> MatchTime {
        MatchTime(
            now: Instant(milliseconds: at), blind: blind, isHearing: isHearing, wallOffset: wallOffset)
    }

    /// Plays events in the order of arrival, then waits until `end`.
    mutating func play(_ events: [PlayedEvent], until end: Int64) {
        for event in events { take(event) }
        wait(until: end)
    }

    /// Lets time pass; everything due fires at its moment.
    mutating func wait(until end: Int64) {
        while let due = table.nextDeadline(time(now)), due.milliseconds <= end {
            now = max(now, due.milliseconds)
            fire()
        }
        now = end
    }

    private mutating func fire() {
        var found: [Finding] = []
        Matcher.fireDue(
            community.devices.indices, MatchGround(book: book, community: community, time: time(now)),
            in: &table, findings: &found, tallies: &tallies)
        note(found)
    }

    mutating func take(_ played: PlayedEvent) {
        wait(until: played.at)
        let place = stored.firstIndex { $0.device == UInt16(played.device) && $0.signal == played.signal }
        let previous = place.map { stored[$0].reading }
        let isEdge = played.isPulse || previous != played.reading
        guard isEdge || book.hearsRepetition(of: played.signal) else { return }
        let reading = StoredReading(
            device: UInt16(played.device), signal: played.signal, reading: played.reading)
        if let place { stored[place] = reading } else { stored.append(reading) }
        let event = Event(
            device: played.device, signal: played.signal, reading: played.reading,
            form: played.isPulse ? .pulse : .level, quality: played.quality,
            deviceTime: played.lateness.map { WallTime(milliseconds: played.at - $0 + wallOffset) },
            previous: previous, isEdge: isEdge)
        var found: [Finding] = []
        Matcher.advance(
            with: event, messageTime: nil, time: time(now), book: book, community: community,
            device: DeviceIndex(played.device), in: &table, findings: &found, tallies: &tallies)
        note(found)
        // What the event made due fires in the same step.
        if let due = table.nextDeadline(time(now)), due.milliseconds <= now { fire() }
    }

    private mutating func note(_ found: [Finding]) {
        for finding in found {
            guard case .rule(let rule) = finding.source, rule == book.rules.count - 1 else { continue }
            findings.append(Found(at: now, change: finding.change, device: finding.device))
        }
    }

    /// What was found, in a unit of time: "12 active".
    func words(per unit: Int64 = 1_000) -> [String] {
        findings.map { "\(Double($0.at) / Double(unit))".replacingZero + " \($0.change)" }
    }

    /// A copy that has gone through its bytes, as a restart reads it.
    func restored() throws(ByteCodingError) -> PatternPlay {
        var writer = ByteWriter()
        writer.write(table)
        var reader = ByteReader(writer.bytes)
        var copy = self
        copy.table = try reader.read()
        return copy
    }
}

extension String {
    fileprivate var replacingZero: String { hasSuffix(".0") ? String(dropLast(2)) : self }
}
