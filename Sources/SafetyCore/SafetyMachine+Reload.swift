import Alarming
import Correlation
import Escalation
public import SafetyModel
import Welfare

extension SafetyMachine {
    /// Ids of homes that have open incidents and are missing in a new site; such a site must not be adopted.
    public func homesInTheWay(of site: CompiledSite) -> [String] {
        let kept = Set(site.site.community.homes.map(\.id))
        return compiled.site.community.homes.enumerated().compactMap { place, home in
            !kept.contains(home.id) && !homes[place].desk.incidents.isEmpty ? home.id : nil
        }
    }

    /// The machine as it will be at a moment when nothing else comes; just itself when nothing is due.
    public func advanced(to time: Instant) -> SafetyMachine {
        guard let due = nextDeadline, due <= time else { return self }
        var ahead = self
        var batch = InputBatch()
        batch.inputs = [.tick]
        var ignored = StepOutcome()
        ahead.advance(with: batch, at: 0, time: time, into: &ignored)
        return ahead
    }

    /// Moves the state over to a new site, by the ids of homes and devices.
    ///
    /// Open incidents keep their frozen plan; matches of unchanged rules go on, those of other rules begin
    /// anew from the stored readings.
    public mutating func adopt(_ site: CompiledSite, at time: Instant) {
        var ignored = StepOutcome()
        adopt(site, at: time, into: &ignored)
    }

    /// The same; incidents whose alarms ended with it are in the outcome, so that people see it.
    public mutating func adopt(_ site: CompiledSite, at time: Instant, into outcome: inout StepOutcome) {
        let revisions = heldIncidents.map(\.revision)
        precondition(
            homesInTheWay(of: site).isEmpty, "The engine refuses a site that drops an open incident.")
        now = max(now, time)
        let places = Dictionary(
            uniqueKeysWithValues: compiled.site.community.homes.enumerated().map { ($1.id, $0) })
        let isCalendarNew = compiled.site.calendar != site.site.calendar
        let wide = movedWide(to: site)
        let visits = movedVisits(to: site)
        var moved = HomePages()
        for index in 0..<site.homeCount {
            let home = site.site.community.homes[index]
            if let old = places[home.id] {
                moved.append(move(old, to: index, of: site, wide: wide))
            } else {
                var added = HomeState(deviceCount: site.deviceRange(index).count, at: now)
                beginSilence(of: &added.perception) { _ in true }
                added.perception.matches.startSilences(
                    .home, site.deviceRange(index), ground(site, matchTime(added.perception)))
                moved.append(added)
            }
        }
        homes = moved
        self.wide = wide
        self.visits = visits
        tallies = movedTallies(to: site)
        deadlines = DeadlineTree(homes: Self.leafCount(site))
        adopt(compiled: site)
        startWideSilences()
        startWelfare()
        startVisits()
        if isCalendarNew { refreshMatchDeadlines() }
        rebuildIndices()
        for (incident, revision) in zip(heldIncidents, revisions) where incident.revision != revision {
            outcome.touched.append(incident.id)
            outcome.hasEffect = true
        }
    }

    private func move(
        _ old: Int, to index: Int, of site: CompiledSite, wide: [MatchTable]
    ) -> HomeState {
        let before = compiled.site.community.devices[compiled.deviceRange(old)].map(\.id)
        let after = site.site.community.devices[site.deviceRange(index)]
        let newPlace = before.map { id in after.firstIndex { $0.id == id }.map { $0 - after.startIndex } }
        var state = HomeState(deviceCount: after.count, at: now)
        state.perception = perception(of: old, newPlace: newPlace, deviceCount: after.count)
        state.desk = homes[old].desk.moved(to: HomeIndex(index))
        state.register = register(of: old, newPlace: newPlace, state: &state)
        let isInService = site.site.community.homes[index].isInService
        state.suspensions = suspensions(
            of: old, newPlace: newPlace, isInService: isInService, site: site, register: &state.register)
        let register = state.register
        let isKept = isWatched(old) || !isInService
        let unchanged = isKept ? unchangedAutomata(of: old, to: index, of: site) : []
        let stayed = stayedDevices(of: old, to: index, of: site)
        if isKept {
            state.perception.matches = homes[old].perception.matches.moved(
                automata: unchanged, to: ground(site, matchTime(state.perception))
            ) { stayed[$0] }
        }
        let ground = ground(site, matchTime(state.perception))
        state.perception.matches.start(
            from: state.perception.readings, devices: site.deviceRange(index), ground,
            isKept: { unchanged.contains($0) && stayed.contains($1) },
            isRaised: { register.hasActive(rule: site.book.rules[$0].id, device: $1) })
        if site.welfarePlan(index) != nil {
            state.care = homes[old].care
            state.welfare = homes[old].welfare
            state.welfare?.renumber(stayed)
        }
        if isInService && !isWatched(old) {
            let moment = welfareMoment(state.perception)
            state.welfare?.restart(at: moment)
            state.perception.inServiceSince = now
            state.perception.lastHeardAt = now
            beginSilence(of: &state.perception) { !$0.hasBeenSeen }
        }
        let perception = state.perception
        end(in: &state) {
            !isInService
                || !(asksForVisit($0, home: old)
                    || goesOn($0, home: index, of: site, in: perception, wide: wide))
        }
        if !isInService { forgetTroubles(of: &state.perception) }
        return state
    }

    /// A home out of service has no troubles; when it comes back, those that are still there are found anew.
    private func forgetTroubles(of home: inout HomePerception) {
        home.isUnprotected = false
        home.clockStepAt = nil
        for place in home.devices.indices {
            home.devices[place].isLost = false
        }
    }

    /// Silence of these devices counts from now on, without the blind time before.
    private func beginSilence(of home: inout HomePerception, where isMeant: (DeviceState) -> Bool) {
        for place in home.devices.indices where isMeant(home.devices[place]) {
            home.devices[place].lastHeardAt = now
            home.devices[place].blindAtLastHeard = home.blind(at: now, hearing: hearing)
        }
    }

    /// The alarms of a home with its devices' new places; those of devices that are gone end.
    private func register(of old: Int, newPlace: [Int?], state: inout HomeState) -> AlarmRegister {
        let known = homes[old].register
        let gone = known.alarms.filter { $0.device.map { newPlace[$0] == nil } == true }.map(\.id)
        state.register = AlarmRegister(
            alarms: known.alarms.map { alarm in
                var alarm = alarm
                alarm.device = alarm.device.flatMap { newPlace[$0] }
                return alarm
            },
            told: known.told.compactMap { event in
                guard let device = event.device else { return event }
                return newPlace[device].map { ToldHistory(rule: event.rule, device: $0, at: event.at) }
            })
        end(in: &state) { gone.contains($0.id) }
        return state.register
    }

    /// Whether the new site can still restore an active alarm: its rule is there and its condition goes on.
    private func goesOn(
        _ alarm: Alarm, home: Int, of site: CompiledSite, in perception: HomePerception, wide: [MatchTable]
    ) -> Bool {
        if alarm.rule.hasPrefix("welfare/") {
            let today = site.site.calendar.local(at: wallNow).day
            return Finding.Concern.goesOn(alarm.rule, plan: site.welfarePlan(home), on: today)
        }
        guard alarm.rule != "decoding", !alarm.rule.hasPrefix("supervision/"),
            !alarm.rule.hasPrefix("gateway/"), !alarm.rule.hasPrefix("matching/")
        else { return true }
        guard let rule = site.book.rules.firstIndex(where: { $0.id == alarm.rule }) else { return false }
        if alarm.device == nil, let group = site.scopes.group(of: home, site.book.rules[rule].scope) {
            return wide[group].raisedDevices(rule: rule, book: site.book).contains {
                site.deviceRange(home).contains($0)
            }
        }
        return Matcher.goesOn(
            rule: rule, device: alarm.device, book: site.book,
            first: site.deviceRange(home).lowerBound, in: perception)
    }

    /// Ends alarms that nothing would ever restore, so that they do not raise again for ever.
    private func end(in state: inout HomeState, where isOver: (Alarm) -> Bool) {
        for alarm in state.register.end(where: isOver) {
            var ignored = EscalationDesk.Outcome()
            var next = nextIncident
            _ = state.desk.apply(
                AlarmChange(
                    alarm: alarm.id, home: .gateway, kind: alarm.kind, urgency: alarm.urgency,
                    rule: alarm.rule,
                    change: .restored,
                    evidence: Evidence(
                        device: "", place: "", signal: nil, reading: nil, quality: .live, at: now)),
                plan: "", nextIncident: &next, situation: situation(0), outcome: &ignored
            ) { Self.planOfLastResort(compiled) }
        }
    }

    private func perception(of old: Int, newPlace: [Int?], deviceCount: Int) -> HomePerception {
        let known = homes[old].perception
        var perception = HomePerception(deviceCount: deviceCount, at: now)
        perception.inServiceSince = known.inServiceSince
        perception.lastHeardAt = known.lastHeardAt
        perception.bridgeDownSince = known.bridgeDownSince
        perception.bridgeBlindMilliseconds = known.bridgeBlindMilliseconds
        perception.isUnprotected = known.isUnprotected
        perception.clockStepAt = known.clockStepAt
        beginSilence(of: &perception) { _ in true }
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
}
