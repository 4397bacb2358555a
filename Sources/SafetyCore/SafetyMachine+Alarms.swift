import Alarming
import Correlation
import Escalation
import SafetyModel

/// Where the evidence of a finding comes from.
struct EvidenceSource {
    var message: DeviceMessage
    var batch: InputBatch
    /// The input's place in the batch.
    var place: Int
}

extension SafetyMachine {
    /// Takes findings to the alarm register, and what changed there to the escalation desk.
    mutating func apply(
        _ findings: [Finding], home: Int, evidence: EvidenceSource?, into outcome: inout StepOutcome
    ) {
        for finding in findings {
            let report = report(of: finding, home: home)
            if isEmptyOnPurpose(report, home: home) { continue }
            if isSuspended(report, of: finding, home: home, evidence: evidence, into: &outcome) { continue }
            let next = homes[home].register.apply(report, at: now, nextID: &nextAlarm)
            guard let (alarm, change) = next else { continue }
            escalate(
                AlarmChange(
                    alarm: alarm, home: HomeIndex(home), kind: report.kind, urgency: report.urgency,
                    rule: report.rule, change: change,
                    evidence: self.evidence(of: finding, home: home, source: evidence, into: &outcome),
                    lateBy: report.lateBy),
                home: home, into: &outcome)
            if finding.isAboutHome { outcome.changedHomes.append(HomeIndex(home)) }
            if report.urgency == .lifeSafety { releaseHeld(home, into: &outcome) }
        }
    }

    /// Whether a report only says that nobody is at home, and nobody is expected there; never about life
    /// safety.
    private func isEmptyOnPurpose(_ report: AlarmReport, home: Int) -> Bool {
        homes[home].care.isPaused && report.change == .active && report.urgency != .lifeSafety
            && (report.kind == .doorNotOpened || report.kind == .inactivity)
    }

    /// Brings a changed alarm to the people.
    mutating func escalate(_ change: AlarmChange, home: Int, into outcome: inout StepOutcome) {
        let plan = compiled.plan(for: change.kind, urgency: change.urgency, home: change.home)
        var situation = situation(home)
        // Only an incident that is open already can have told of this moment.
        if !homes[home].desk.incidents.isEmpty { situation.unsent = outcome.orders.map(\.id) }
        if case .digest(let minute) = plan?.delivery {
            let wall = WallTime(milliseconds: now.milliseconds + wallOffsetMilliseconds)
            situation.untilDigest = compiled.site.calendar.untilNext(minuteOfDay: minute, after: wall)
        }
        var result = EscalationDesk.Outcome()
        let site = compiled
        let number = nextIncident
        let incident = homes[home].desk.apply(
            change, plan: plan?.id ?? "", nextIncident: &nextIncident, situation: situation, outcome: &result
        ) {
            guard let plan else { return Self.planOfLastResort(site) }
            return PlanBook.freeze(
                plan, home: site.site.community.homes[home], among: site.people, for: change.kind,
                urgency: change.urgency, number: number)
        }
        if let incident, change.change != .restored {
            homes[home].register.assign(change.alarm, to: incident)
        }
        settle(result, home: home, into: &outcome)
    }

    /// `check` refuses a site that leaves an alarm without a plan; should one come here still, all are
    /// called.
    static func planOfLastResort(_ site: CompiledSite) -> FrozenPlan {
        let people = site.site.community.responders.prefix(planOfLastResortLimit).map {
            FrozenResponder($0)
        }
        return FrozenPlan(
            id: "", steps: [FrozenStep(responders: people, seenWithin: .minutes(1))],
            repeatLastEvery: .minutes(2), onSceneWithin: .minutes(15), closeWithin: .hours(2),
            delivery: .atOnce)
    }

    /// The most people that an alarm without a plan calls.
    static let planOfLastResortLimit = 32

    /// Records what the desk did.
    mutating func settle(_ result: EscalationDesk.Outcome, home: Int, into outcome: inout StepOutcome) {
        if result.isEmpty { return }
        outcome.hasEffect = true
        outcome.orders.append(contentsOf: result.orders)
        for id in result.touched {
            outcome.touched.append(id)
            if holders.last.map({ $0.incident < id }) ?? true {
                holders.append(Holder(incident: id, home: Int32(home)))
            }
            // Whoever has taken over may be taken back by time, or by a new hazard.
            if let phase = homes[home].desk.incidents.first(where: { $0.id == id })?.phase, phase != .closed {
                homes[home].register.acknowledge(id, phase != .calling)
            }
        }
        for incident in result.finished {
            outcome.incidents.append(incident)
            if let place = holderPlace(of: incident.id) { holders.remove(at: place) }
        }
    }

    /// Where an incident stands in `holders`.
    func holderPlace(of incident: IncidentID) -> Int? {
        var low = 0
        var high = holders.count
        while low < high {
            let middle = (low + high) / 2
            if holders[middle].incident < incident { low = middle + 1 } else { high = middle }
        }
        return low < holders.count && holders[low].incident == incident ? low : nil
    }

    /// Alarms whose incident was closed while they stood, and that stand still.
    mutating func raiseAgain(home: Int, into outcome: inout StepOutcome) {
        for alarm in homes[home].register.takeDueToRaiseAgain(at: now) {
            if alarm.urgency != .lifeSafety, let shelf = homes[home].suspensions.shelf(of: alarm.kind) {
                homes[home].suspensions.withhold(alarm.kind)
                homes[home].register.postpone(alarm.id, until: shelf.until)
                continue
            }
            let device = alarm.device.map { deviceWords($0, home: home) } ?? ("", "")
            escalate(
                AlarmChange(
                    alarm: alarm.id, home: HomeIndex(home), kind: alarm.kind, urgency: alarm.urgency,
                    rule: alarm.rule, change: .raisedAgain,
                    evidence: Evidence(
                        device: device.0, place: device.1, signal: nil, reading: nil, quality: .live, at: now)
                ),
                home: home, into: &outcome)
        }
    }

    func report(of finding: Finding, home: Int) -> AlarmReport {
        let change: AlarmReport.Change =
            switch finding.change {
            case .active: .active
            case .pressed: .pressed(history: finding.quality == .history ? finding.deviceTime : nil)
            case .restored: .restored
            }
        switch finding.source {
        case .rule(let index):
            let rule = compiled.book.rules[index]
            return AlarmReport(
                home: HomeIndex(home), kind: rule.alarm, urgency: rule.urgency, rule: rule.id,
                device: finding.device, change: change, lateBy: lateness(of: finding))
        case .forgotten(let index):
            return AlarmReport(
                home: HomeIndex(home), kind: .matchesForgotten, urgency: .technical,
                rule: "matching/\(compiled.book.rules[index].id)", device: nil, change: change)
        case .trouble(let kind):
            return AlarmReport(
                home: HomeIndex(home), kind: kind,
                urgency: kind == .homeUnprotected ? .urgent : .technical, rule: "supervision/\(kind.name)",
                device: finding.device, change: change, lateBy: finding.lateBy)
        case .welfare(let concern):
            return AlarmReport(
                home: HomeIndex(home), kind: concern.kind, urgency: concern.urgency, rule: concern.rule,
                device: nil, change: change)
        }
    }

    private func lateness(of finding: Finding) -> Duration {
        guard finding.quality == .history, let time = finding.deviceTime else { return finding.lateBy }
        return max(.zero, WallTime(milliseconds: now.milliseconds + wallOffsetMilliseconds) - time)
    }

    func evidence(
        of finding: Finding, home: Int, source: EvidenceSource?, into outcome: inout StepOutcome
    ) -> Evidence {
        let device = finding.evidenceDevice.map { deviceWords($0, home: home) } ?? ("", "")
        var evidence = Evidence(
            device: device.0, place: device.1, signal: finding.signal, reading: finding.reading,
            quality: finding.quality, at: now, deviceTime: finding.deviceTime)
        guard let source else {
            evidence.payload = Array(finding.detail.utf8.prefix(Evidence.payloadLimit))
            return evidence
        }
        evidence.deviceTime = finding.deviceTime ?? source.message.deviceTime
        let payload = source.message.payload
        evidence.payload = Array(
            source.batch.payloads[Int(payload.lowerBound)..<Int(payload.upperBound)]
                .prefix(Evidence.payloadLimit))
        outcome.keepPayload(of: source.place)
        return evidence
    }

    /// A device's id and place.
    func deviceWords(_ local: Int, home: Int) -> (String, String) {
        let device = compiled.site.community.devices[compiled.deviceRange(home).lowerBound + local]
        return (device.id, device.place)
    }
}

extension Finding {
    /// Whether those who look at the home see it without an incident: troubles and welfare.
    fileprivate var isAboutHome: Bool {
        switch source {
        case .trouble, .welfare: true
        case .rule, .forgotten: false
        }
    }
}
