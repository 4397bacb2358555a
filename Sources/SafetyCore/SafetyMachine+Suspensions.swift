import Alarming
import Correlation
import Escalation
import SafetyModel

extension SafetyMachine {
    /// Whether a report is kept from people: by a walk test for a moment, or by a shelf; then it is noted
    /// there.
    ///
    /// Never for life safety, but for smoke and heat in a walk test, which call after a minute.
    mutating func isSuspended(
        _ report: AlarmReport, of finding: Finding, home: Int, evidence: EvidenceSource?,
        into outcome: inout StepOutcome
    ) -> Bool {
        guard !homes[home].suspensions.isIdle else { return false }
        return isTest(report, of: finding, home: home, evidence: evidence, into: &outcome)
            || isShelved(report, home: home, into: &outcome)
    }

    /// Whether a shelf keeps a report from people; what stands then raises when the shelf ends.
    ///
    /// What an open incident handles is with people already: they go on hearing of it.
    mutating func isShelved(_ report: AlarmReport, home: Int, into outcome: inout StepOutcome) -> Bool {
        guard report.urgency != .lifeSafety, report.change != .restored,
            let shelf = homes[home].suspensions.shelf(of: report.kind),
            !homes[home].register.isHandled(rule: report.rule, device: report.device)
        else { return false }
        homes[home].suspensions.withhold(report.kind)
        outcome.hasEffect = true
        guard report.change == .active else { return true }
        if let (alarm, _) = homes[home].register.apply(report, at: now, nextID: &nextAlarm) {
            homes[home].register.postpone(alarm, until: shelf.until)
        }
        return true
    }

    /// Whether the walk test takes a report for a test, for now.
    private mutating func isTest(
        _ report: AlarmReport, of finding: Finding, home: Int, evidence: EvidenceSource?,
        into outcome: inout StepOutcome
    ) -> Bool {
        guard var test = homes[home].suspensions.walkTest, test.isRunning else { return false }
        switch report.change {
        case .restored:
            guard test.isHeld(rule: report.rule, device: report.device) else { return false }
            if finding.quality == .live {
                _ = test.restore(rule: report.rule, device: report.device, at: now)
                homes[home].suspensions.walkTest = test
                outcome.hasEffect = true
                outcome.changedHomes.append(HomeIndex(home))
                return true
            }
            // A cached "all is well" proves nothing: people decide.
            let alarm = test.release(rule: report.rule, device: report.device, at: now)
            homes[home].suspensions.walkTest = test
            if let alarm { call([alarm], home: home, into: &outcome) }
            return false
        case .active, .pressed:
            if report.kind == .deviceTest {
                test.note(.deviceTest, rule: report.rule, device: report.device, at: now)
            } else {
                guard mayBeTest(report, of: finding, home: home) else { return false }
                if !test.isHeld(rule: report.rule, device: report.device) {
                    let held = HeldAlarm(
                        kind: report.kind, urgency: report.urgency, rule: report.rule,
                        device: report.device, since: now,
                        evidence: self.evidence(of: finding, home: home, source: evidence, into: &outcome))
                    guard test.hold(held) else { return false }
                }
            }
            homes[home].suspensions.walkTest = test
            outcome.hasEffect = true
            outcome.changedHomes.append(HomeIndex(home))
            return true
        }
    }

    /// Whether a finding can wait for a minute: a condition that a technician makes and that ends again.
    ///
    /// Of life safety only smoke and heat of this home, said now, while nothing else endangers a life here.
    private func mayBeTest(_ report: AlarmReport, of finding: Finding, home: Int) -> Bool {
        guard case .rule(let index) = finding.source, compiled.book.rules[index].scope == .home,
            report.change == .active, finding.quality == .live,
            report.lateBy <= EscalationDesk.lateLimit,
            !homes[home].register.stands(rule: report.rule, device: report.device)
        else { return false }
        guard report.urgency == .lifeSafety else { return true }
        let isSmoke = finding.signal == .smoke || finding.signal == .heat
        return report.kind == .fire && isSmoke
            && !homes[home].desk.incidents.contains { $0.isOpen && $0.urgency == .lifeSafety }
    }

    /// Ends what is over: shelves, alarms that have waited their minute, and the walk test itself.
    mutating func endSuspensions(home: Int, into outcome: inout StepOutcome) {
        guard let due = homes[home].suspensions.nextDeadline, due <= now else { return }
        outcome.changedHomes.append(HomeIndex(home))
        // Alarms of a shelf that ends are due at the same moment, and raise with those of closed incidents.
        _ = homes[home].suspensions.endShelves(at: now)
        guard var test = homes[home].suspensions.walkTest, test.isRunning else { return }
        var standing = test.takeDue(at: now).filter { !isOnlyEcho($0, home: home) }
        if standing.contains(where: { $0.urgency == .lifeSafety }) { standing += test.takeAll(at: now) }
        homes[home].suspensions.walkTest = test
        call(standing, home: home, into: &outcome)
    }

    /// Whether a rule only remembers what was tested: it is the home's, and no smoke or heat is there now.
    ///
    /// Two detectors that are tried one after the other are "smoke in two places" for minutes.
    private func isOnlyEcho(_ alarm: HeldAlarm, home: Int) -> Bool {
        alarm.device == nil && !alarm.isOrphan && alarm.kind == .fire
            && !homes[home].perception.readings.contains {
                ($0.signal == .smoke || $0.signal == .heat) && $0.reading.isOn
            }
    }

    /// Something else endangers a life in the home: what a walk test holds back calls too.
    mutating func releaseHeld(_ home: Int, into outcome: inout StepOutcome) {
        guard var test = homes[home].suspensions.walkTest, !test.held.isEmpty else { return }
        let standing = test.takeAll(at: now)
        homes[home].suspensions.walkTest = test
        call(standing, home: home, into: &outcome)
    }

    /// Calls people for alarms that a walk test held back.
    mutating func call(_ alarms: [HeldAlarm], home: Int, into outcome: inout StepOutcome) {
        for alarm in alarms {
            let report = AlarmReport(
                home: HomeIndex(home), kind: alarm.kind, urgency: alarm.urgency, rule: alarm.rule,
                device: alarm.device, change: alarm.isOrphan ? .pressed(history: nil) : .active,
                lateBy: now - alarm.since)
            raise(report, evidence: alarm.evidence, home: home, into: &outcome)
        }
    }

    /// Takes a report to the alarm register and to the people.
    mutating func raise(
        _ report: AlarmReport, evidence: Evidence, home: Int, into outcome: inout StepOutcome
    ) {
        guard let (alarm, change) = homes[home].register.apply(report, at: now, nextID: &nextAlarm) else {
            return
        }
        escalate(
            AlarmChange(
                alarm: alarm, home: HomeIndex(home), kind: report.kind, urgency: report.urgency,
                rule: report.rule, change: change, evidence: evidence, lateBy: report.lateBy),
            home: home, into: &outcome)
    }

    /// Notes test keys and test modes of a device, which raise nothing.
    mutating func noteTests(
        _ observations: ArraySlice<Observation>, device: Int, home: Int, into outcome: inout StepOutcome
    ) {
        guard observations.contains(where: { $0.quality == .test || $0.signal == .test && $0.reading.isOn }),
            var test = homes[home].suspensions.walkTest, test.isRunning,
            !test.tested.contains(where: { $0.device == device && $0.kind == .deviceTest && $0.at == now })
        else { return }
        test.note(.deviceTest, rule: "", device: device, at: now)
        homes[home].suspensions.walkTest = test
        outcome.hasEffect = true
        outcome.changedHomes.append(HomeIndex(home))
    }

    /// Notes what would have called, in a home that is not in service yet.
    mutating func noteCommissioning(_ findings: [Finding], home: Int, into outcome: inout StepOutcome) {
        if findings.isEmpty { return }
        guard var test = homes[home].suspensions.walkTest, test.isRunning else { return }
        for finding in findings where finding.change != .restored {
            let report = report(of: finding, home: home)
            test.note(report.kind, rule: report.rule, device: report.device, at: now)
        }
        homes[home].suspensions.walkTest = test
        outcome.hasEffect = true
        outcome.changedHomes.append(HomeIndex(home))
    }

    /// What people suspended in a home, after a reload.
    func suspensions(
        of old: Int, newPlace: [Int?], isInService: Bool, site: CompiledSite, register: inout AlarmRegister
    ) -> Suspensions {
        var moved = homes[old].suspensions
        for shelf in moved.shelves where site.isNeverShelved(shelf.kind) {
            _ = moved.unshelve(shelf.kind)
            register.postpone(shelf.kind, from: shelf.until, to: now)
        }
        guard var test = moved.walkTest else { return moved }
        test.move(newPlace, at: now)
        // Nobody is called for a home out of service.
        if !isInService { _ = test.takeAll(at: now) }
        moved.walkTest = test
        return moved
    }

    /// The longest that a site may let pass before a condition raises again after closing.
    static let longestWait = Duration.minutes(60)

    /// What is wrong with what a home has suspended, or nil.
    func complaintAboutSuspensions(of home: Int) -> String? {
        let suspensions = homes[home].suspensions
        for shelf in suspensions.shelves {
            if compiled.isNeverShelved(shelf.kind) { return "\(shelf.kind.name) is shelved" }
            if shelf.until <= now || shelf.until > now + DeskCommand.shelvingLimit {
                return "the shelf of \(shelf.kind.name) does not end in time"
            }
        }
        for alarm in homes[home].register.alarms
        where alarm.urgency == .lifeSafety && alarm.incident == nil {
            if let time = alarm.raiseAgainAt, time > now + Self.longestWait {
                return "the life-safety alarm \(alarm.id.number) waits too long"
            }
        }
        guard let test = suspensions.walkTest else { return nil }
        if !test.isRunning { return test.held.isEmpty ? nil : "a walk test that is over holds alarms" }
        if test.until <= now || test.until > test.startedAt + DeskCommand.walkTestLimit {
            return "a walk test does not end in time"
        }
        for alarm in test.held {
            if alarm.deadline < now || alarm.deadline > alarm.since + WalkTest.patienceLimit {
                return "a walk test holds \(alarm.kind.name) for too long"
            }
            if alarm.urgency == .lifeSafety && alarm.kind != .fire {
                return "a walk test holds \(alarm.kind.name)"
            }
        }
        return nil
    }
}
