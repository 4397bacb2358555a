public import Correlation
import SafetyCore
public import SafetyModel

/// What partial matches wait for at the end of a journal, and which were given up lately.
public struct WaitingReport: Sendable {
    /// A match that waits.
    public struct Waiting: Sendable {
        /// The home's id; of what several homes say together, the first of them.
        public var home: String
        /// Whether it stretches over several homes.
        public var isWide: Bool
        /// What waits.
        public var match: WaitingMatch
    }

    /// A partial match whose window passed.
    public struct Lapse: Hashable, Sendable {
        /// The home's id.
        public var home: String
        /// The match as it waited last.
        public var match: WaitingMatch
        /// When it was found to be over.
        public var at: Instant
    }

    /// A rule's counts since the first start of the gateway.
    public struct Tally: Sendable {
        /// The rule's id.
        public var rule: String
        /// Its counts.
        public var tally: MatchTally
    }

    /// What waits now, by home.
    public internal(set) var waiting: [Waiting] = []
    /// The newest that were given up, the newest last; at most `MatchLookout.lapseLimit`.
    public internal(set) var lapses: [Lapse] = []
    /// How many there were, those that are not named included.
    public internal(set) var lapseCount = 0
    /// Counts of the rules that were asked for, in the order of the site.
    public internal(set) var tallies: [Tally] = []
    /// Whether the home and the rule that were asked for are in the site in force.
    public internal(set) var isKnown = true
    /// Wall time minus gateway time at the end, in milliseconds.
    public internal(set) var wallOffsetMilliseconds: Int64 = 0
}

/// Whom a look at partial matches is about; nil means all.
public struct MatchQuestion: Hashable, Sendable {
    /// The home's id.
    public var home: String?
    /// The rule's id.
    public var rule: String?

    /// Makes one from its parts.
    public init(home: String? = nil, rule: String? = nil) {
        self.home = home
        self.rule = rule
    }
}

/// Watches partial matches while a journal is replayed.
///
/// Only homes that a batch speaks of, and those in which something waits, are looked at: a match can neither
/// begin nor end elsewhere. Of what several homes say together only what waits now is told.
struct MatchLookout {
    /// The most given-up matches that are named.
    static let lapseLimit = 200

    private let question: MatchQuestion
    private let since: Instant
    private var known: [Int: [WaitingMatch]] = [:]
    private var touched: [Int] = []
    private var siteHash: UInt64?
    private var report = WaitingReport()

    init(_ question: MatchQuestion, since: Instant, machine: SafetyMachine) {
        self.question = question
        self.since = since
        lookEverywhere(machine)
    }

    /// Sees a batch before the machine takes it in.
    mutating func expect(_ batch: InputBatch, machine: SafetyMachine) {
        let devices = machine.compiled.site.community.devices
        for input in batch.inputs {
            guard case .message(let message) = input, message.device.int < devices.count else { continue }
            let home = devices[message.device.int].home.int
            if touched.last != home { touched.append(home) }
        }
    }

    /// Sees the machine after it.
    mutating func note(_ machine: SafetyMachine) {
        defer { touched.removeAll(keepingCapacity: true) }
        guard siteHash == machine.compiled.hash else { return lookEverywhere(machine) }
        for home in Set(touched).union(known.keys).sorted() where isAsked(home, machine) {
            let waiting = matches(in: home, machine)
            for match in known[home] ?? [] where Self.isGivenUp(match, at: machine.now) {
                let isStill = waiting.contains { $0.rule == match.rule && $0.since == match.since }
                if !isStill { add(match, home: home, machine) }
            }
            known[home] = waiting.isEmpty ? nil : waiting
        }
    }

    /// The answer at the end of the journal.
    func finished(_ machine: SafetyMachine) -> WaitingReport {
        var report = report
        let site = machine.compiled.site
        report.wallOffsetMilliseconds = machine.wallOffsetMilliseconds
        for home in known.keys.sorted() {
            report.waiting += (known[home] ?? []).map {
                WaitingReport.Waiting(home: site.community.homes[home].id, isWide: false, match: $0)
            }
        }
        for (homes, match) in machine.wideWaitingMatches {
            guard isAsked(match), let first = homes.first, homes.contains(where: { isAsked($0.int, machine) })
            else { continue }
            report.waiting.append(
                WaitingReport.Waiting(home: site.community.homes[first.int].id, isWide: true, match: match))
        }
        report.tallies = machine.matchTallies.filter { question.rule ?? $0.rule == $0.rule }
            .map { WaitingReport.Tally(rule: $0.rule, tally: $0.tally) }
        let hasHome = question.home.map { id in site.community.homes.contains { $0.id == id } } ?? true
        report.isKnown = hasHome && (question.rule == nil || !report.tallies.isEmpty)
        return report
    }

    /// Homes may have other numbers and rules other places: everything is looked at anew.
    private mutating func lookEverywhere(_ machine: SafetyMachine) {
        siteHash = machine.compiled.hash
        known = [:]
        for home in 0..<machine.compiled.homeCount where isAsked(home, machine) {
            let waiting = matches(in: home, machine)
            if !waiting.isEmpty { known[home] = waiting }
        }
    }

    private func matches(in home: Int, _ machine: SafetyMachine) -> [WaitingMatch] {
        machine.waitingMatches(in: HomeIndex(home)).filter(isAsked)
    }

    private func isAsked(_ match: WaitingMatch) -> Bool {
        match.awaited != .nothing && !match.wasContinued
            && question.rule ?? match.rule == match.rule
    }

    private func isAsked(_ home: Int, _ machine: SafetyMachine) -> Bool {
        question.home.map { $0 == machine.compiled.site.community.homes[home].id } ?? true
    }

    /// Whether the match is gone because its window passed, and not because it completed.
    private static func isGivenUp(_ match: WaitingMatch, at now: Instant) -> Bool {
        if case .event(let givenUpAt?) = match.awaited { givenUpAt <= now } else { false }
    }

    private mutating func add(_ match: WaitingMatch, home: Int, _ machine: SafetyMachine) {
        guard machine.now >= since else { return }
        report.lapseCount += 1
        if report.lapses.count == Self.lapseLimit { report.lapses.removeFirst() }
        report.lapses.append(
            WaitingReport.Lapse(
                home: machine.compiled.site.community.homes[home].id, match: match, at: machine.now))
    }
}
