import Alarming
import Correlation
import Escalation
import SafetyModel
import Welfare

extension SafetyMachine {
    /// Takes in what a person does.
    mutating func apply(_ command: PersonCommand, place: Int, into outcome: inout StepOutcome) {
        var answer = CommandAnswer.refused(.unknownIncident)
        if let holder = holderPlace(of: command.incident) {
            let home = Int(holders[holder].home)
            var result = EscalationDesk.Outcome()
            let people = compiled.people
            answer = homes[home].desk.apply(command, situation: situation(home), outcome: &result) { id in
                people.responder(id).map { FrozenResponder($0) }
            }
            settle(result, home: home, into: &outcome)
            followUp(command, answer: answer, home: home)
            followVisits(after: command, answer: answer, home: home, into: &outcome)
            refreshDeadline(home)
        } else if command.incident.number > 0 && command.incident.number < nextIncident {
            answer = .refused(.alreadyClosed)
        }
        outcome.answers.append(StepOutcome.Answer(input: place, command: command, answer: answer))
        outcome.hasEffect = true
    }

    private mutating func followUp(_ command: PersonCommand, answer: CommandAnswer, home: Int) {
        guard case .accepted(let phase) = answer else { return }
        guard phase == .closed else { return }
        if command.act == .close(.real), isAboutSilence(command.incident, home: home) {
            homes[home].welfare?.forgetLatestSilence()
        }
        let rearmed = homes[home].register.reset(
            command.incident, raiseAgainAt: now + compiled.site.settings.raiseAgainAfter)
        for device in rearmed { homes[home].perception.rearm(device: device) }
        if !isWatched(home) { homes[home].register.dropUnhandled() }
    }

    /// Whether an incident began with a silence; a real one must not become a habit of the home.
    private func isAboutSilence(_ incident: IncidentID, home: Int) -> Bool {
        homes[home].register.alarms.contains { alarm in
            alarm.incident == incident
                && [Finding.Concern.quiet, .inactive].contains { $0.rule == alarm.rule }
        }
    }

    /// Takes in what a channel reports.
    mutating func apply(_ report: DeliveryReport, into outcome: inout StepOutcome) {
        guard let place = holderPlace(of: report.order.incident) else { return }
        let home = Int(holders[place].home)
        var result = EscalationDesk.Outcome()
        homes[home].desk.apply(report, situation: situation(home), outcome: &result)
        if report.result == .delivered && result.orders.isEmpty && result.finished.isEmpty {
            outcome.delivered += result.touched
            result.touched.removeAll()
            outcome.hasEffect = true
        }
        settle(result, home: home, into: &outcome)
        refreshDeadline(home)
    }

    /// Takes in a payload that could not be read: the trouble names device and field.
    mutating func note(
        _ message: UndecodedMessage, batch: InputBatch, place: Int, into outcome: inout StepOutcome
    ) {
        guard compiled.watched.indices.contains(message.device.int) else { return }
        let home = compiled.site.community.devices[message.device.int].home.int
        guard isWatched(home) else { return }
        let local = message.device.int - compiled.deviceRange(home).lowerBound
        outcome.keepPayload(of: place)
        // It has no end of its own: it stands until its incident is closed, and meanwhile one is enough.
        if homes[home].register.stands(rule: "decoding", device: local) { return }
        let report = AlarmReport(
            home: HomeIndex(home), kind: .undecoded, urgency: .technical, rule: "decoding", device: local,
            change: .pressed(history: nil))
        if isShelved(report, home: home, into: &outcome) { return }
        guard let (alarm, change) = homes[home].register.apply(report, at: now, nextID: &nextAlarm) else {
            return
        }
        let words = deviceWords(local, home: home)
        let payload = batch.payloads[Int(message.payload.lowerBound)..<Int(message.payload.upperBound)]
        let evidence = Evidence(
            device: words.0, place: words.1, signal: nil, reading: nil, quality: .live, at: now,
            payload: Array((Array(message.reason.utf8) + [0x0A] + payload).prefix(Evidence.payloadLimit)))
        escalate(
            AlarmChange(
                alarm: alarm, home: HomeIndex(home), kind: .undecoded, urgency: .technical, rule: "decoding",
                change: change, evidence: evidence),
            home: home, into: &outcome)
        refreshDeadline(home)
    }

    /// Takes in a trouble of the gateway itself.
    mutating func apply(_ condition: GatewayCondition, into outcome: inout StepOutcome) {
        outcome.hasEffect = true
        reportGateway(
            rule: "gateway/\(condition.kind.name)", isActive: condition.isActive, detail: condition.detail,
            urgency: condition.kind.urgency, isOccurrence: condition.kind.isOccurrence, into: &outcome)
    }

    /// Raises or restores an alarm of the gateway's own place.
    func gatewayHasActive(_ rule: String) -> Bool {
        homes[HomeIndex.gateway.int].register.hasActive(rule: rule, device: nil)
    }

    mutating func reportGateway(
        rule: String, isActive: Bool, detail: String, urgency: Urgency, isOccurrence: Bool = false,
        into outcome: inout StepOutcome
    ) {
        let home = HomeIndex.gateway
        let report = AlarmReport(
            home: home, kind: .gatewayTrouble, urgency: urgency, rule: rule, device: nil,
            change: isActive ? (isOccurrence ? .pressed(history: nil) : .active) : .restored)
        let next = homes[home.int].register.apply(report, at: now, nextID: &nextAlarm)
        guard let (alarm, change) = next else { return }
        let evidence = Evidence(
            device: "", place: "", signal: nil, reading: nil, quality: .live, at: now,
            payload: Array(detail.utf8.prefix(Evidence.payloadLimit)))
        escalate(
            AlarmChange(
                alarm: alarm, home: home, kind: .gatewayTrouble, urgency: urgency, rule: rule, change: change,
                evidence: evidence),
            home: home.int, into: &outcome)
        refreshDeadline(home.int)
    }
}

extension GatewayCondition.Kind {
    /// Whether it happened and is over: it stands until its incident is closed and does not raise again by
    /// itself.
    var isOccurrence: Bool {
        switch self {
        case .inputQuarantined, .recordsShed, .storeDamaged, .wallClockJump, .stateRebuilt: true
        case .storeUnavailable, .siteStale, .topicFlood, .unknownTopics, .channelFailing, .brokerUnfit: false
        }
    }

    /// Only what endangers the homes goes to people on duty at once.
    var urgency: Urgency {
        switch self {
        case .storeUnavailable, .siteStale, .inputQuarantined, .storeDamaged, .brokerUnfit, .stateRebuilt:
            .urgent
        case .topicFlood, .unknownTopics, .wallClockJump, .recordsShed, .channelFailing: .technical
        }
    }
}
