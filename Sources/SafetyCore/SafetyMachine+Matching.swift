import Alarming
public import Correlation
public import SafetyModel

extension SafetyMachine {
    /// What became of the matches of a rule so far; nil for a rule that the site does not have.
    public func matchTally(ofRule id: String) -> MatchTally? {
        compiled.book.rules.firstIndex { $0.id == id }.map { tallies[$0] }
    }

    /// What became of the matches of every rule so far, in the order of the rules.
    public var matchTallies: [(rule: String, tally: MatchTally)] {
        zip(compiled.book.rules, tallies).map { ($0.id, $1) }
    }

    /// Partial matches of a home that wait now, those of its building and community not counted.
    public func waitingMatches(in home: HomeIndex) -> [WaitingMatch] {
        let home = homes[home.int].perception
        return home.matches.waiting(book: compiled.book, time: matchTime(home))
    }

    /// Partial matches that wait now for what several homes say together, and the homes concerned.
    public var wideWaitingMatches: [(homes: [HomeIndex], match: WaitingMatch)] {
        zip(compiled.scopes.groups, wide).flatMap { group, table in
            table.waiting(book: compiled.book, time: wideMatchTime)
                .map { (group.homes.map { HomeIndex($0) }, $0) }
        }
    }

    /// Adds the partial matches that wait in some homes to the count of their rule.
    ///
    /// In pieces, so that whoever looks holds up the messages of a few homes' time only.
    ///
    /// - Parameter counts: one number a rule, by its place.
    public func countWaitingMatches(inHomes range: Range<Int>, into counts: inout [Int]) {
        for home in range.clamped(to: 0..<homes.count) {
            homes[home].perception.matches.countWaiting(book: compiled.book, into: &counts)
        }
    }

    /// The same for what several homes say together.
    public func countWideWaitingMatches(into counts: inout [Int]) {
        for table in wide { table.countWaiting(book: compiled.book, into: &counts) }
    }

    /// What matching must know of this moment in a home.
    func matchTime(_ home: HomePerception) -> MatchTime {
        MatchTime(
            now: now, blind: home.blind(at: now, hearing: hearing),
            isHearing: hearing.isListening && home.bridgeDownSince == nil, wallOffset: wallOffsetMilliseconds)
    }

    /// The same for a home by its place.
    ///
    /// Never an argument of a call on `self`: the call would keep a copy of the machine meanwhile, and the
    /// look would copy the page.
    mutating func matchTime(home: Int) -> MatchTime {
        let bridge = homes.look(at: home) {
            (milliseconds: $0.perception.bridgeBlindMilliseconds, since: $0.perception.bridgeDownSince)
        }
        let running = bridge.since.map { max(0, now.milliseconds - $0.milliseconds) } ?? 0
        return MatchTime(
            now: now, blind: hearing.blind(at: now) + bridge.milliseconds + running,
            isHearing: hearing.isListening && bridge.since == nil, wallOffset: wallOffsetMilliseconds)
    }

    /// What matching must know of this moment over several homes: one silent bridge does not make a whole
    /// building blind.
    var wideMatchTime: MatchTime {
        MatchTime(
            now: now, blind: hearing.blind(at: now), isHearing: hearing.isListening,
            wallOffset: wallOffsetMilliseconds)
    }

    /// Brings an event to the rules that stretch over several homes.
    mutating func matchWidely(
        _ event: Event, messageTime: WallTime?, device: DeviceIndex, home: Int, findings: inout [Finding],
        into outcome: inout StepOutcome
    ) {
        guard isWatched(home) else { return }
        for scope in compiled.book.wideScopes
        where !compiled.book.leaves(for: event.signal, scope: scope).isEmpty {
            guard let group = compiled.scopes.group(of: home, scope) else { continue }
            var found: [Finding] = []
            Matcher.advance(
                with: event, messageTime: messageTime, scope: scope, time: wideMatchTime, book: compiled.book,
                community: compiled.site.community, device: device, in: &wide[group], findings: &found,
                tallies: &tallies)
            refreshWideDeadline(group)
            for var finding in found {
                let target = place(&finding, group: group)
                if target == home {
                    findings.append(finding)
                } else {
                    report(finding, home: target, into: &outcome)
                }
            }
        }
    }

    /// Fires what is due in a group of homes.
    mutating func fireDueWidely(_ group: Int, into outcome: inout StepOutcome) {
        var found: [Finding] = []
        if hearing.isListening {
            let devices = watchedDevices(compiled.scopes.groups[group])
            Matcher.fireDue(
                devices, matchGround(wideMatchTime), in: &wide[group], findings: &found, tallies: &tallies)
        }
        refreshWideDeadline(group)
        for var finding in found {
            let target = place(&finding, group: group)
            report(finding, home: target, into: &outcome)
        }
    }

    /// Raises what several homes made in one of them.
    private mutating func report(_ finding: Finding, home: Int, into outcome: inout StepOutcome) {
        guard isWatched(home) else { return }
        apply([finding], home: home, evidence: nil, into: &outcome)
        refreshDeadline(home)
    }

    /// The home in which a finding of several homes is raised; its device gets its place there.
    private func place(_ finding: inout Finding, group: Int) -> Int {
        guard let device = finding.evidenceDevice else { return compiled.scopes.groups[group].homes[0] }
        let home = compiled.site.community.devices[device].home.int
        finding.evidenceDevice = device - compiled.deviceRange(home).lowerBound
        return home
    }

    /// Works out anew when something is due in a group of homes.
    mutating func refreshWideDeadline(_ group: Int) {
        let next = hearing.isListening ? wide[group].nextDeadline(wideMatchTime) : nil
        deadlines.set(next, home: compiled.homeCount + group)
    }

    /// Absences begin to count: nothing was matched before.
    mutating func startMatches() {
        for home in 0..<homes.count {
            let ground = matchGround(matchTime(homes[home].perception))
            let range = compiled.deviceRange(home)
            homes[home].perception.matches.startSilences(.home, range, ground)
        }
        startWideSilences()
    }

    /// Absences over several homes begin to count, where they do not run yet.
    mutating func startWideSilences() {
        let ground = matchGround(wideMatchTime)
        for (place, group) in compiled.scopes.groups.enumerated() {
            wide[place].startSilences(group.scope, watchedDevices(group), ground)
        }
    }

    /// The devices of a group's homes that are in service.
    private func watchedDevices(_ group: ScopeDirectory.Group) -> [Int] {
        group.homes.filter { isWatched($0) }.flatMap { compiled.deviceRange($0) }
    }

    /// The site in force as matches must know it.
    func matchGround(_ time: MatchTime) -> MatchGround {
        MatchGround(book: compiled.book, community: compiled.site.community, time: time)
    }

    /// Works out all deadlines of schedules anew: the wall clock moved.
    mutating func moveSchedules() {
        guard compiled.book.hasSchedules else { return }
        refreshMatchDeadlines()
        refreshDeadlines()
    }

    /// Works out the deadlines of all matches anew.
    mutating func refreshMatchDeadlines() {
        for home in 0..<homes.count {
            let time = matchTime(homes[home].perception)
            homes[home].perception.matches.refreshDeadlines(book: compiled.book, time: time)
        }
        for group in wide.indices {
            wide[group].refreshDeadlines(book: compiled.book, time: wideMatchTime)
        }
    }
}
