import DeviceProfiles
import Escalation
import SafetyCore
import SafetyModel
import SiteConfiguration
import Welfare

/// Plays a scenario through the real machine in virtual time: the real decoder, every deadline at its
/// moment, and channels that do as the scenario says.
public struct Rehearsal {
    /// The most lines of a trace; beyond it the rest is counted in a last line.
    public static let lineLimit = 20_000

    private let stage: ScenarioStage
    private let site: CompiledSite
    private let decoder: MessageDecoder
    private var machine: SafetyMachine
    private var batch = InputBatch()
    private var outcome = StepOutcome()
    private var trace: RehearsalTrace
    private var delivery = RehearsalDelivery()
    private var desk = RehearsalDesk()
    private var now: Instant
    private var isLinkUp = true
    private var isRunning = true
    /// Whether the broker's waiting messages stand at this very moment: then the gateway has caught up.
    private var owesCatchUp = false
    /// What was said while nobody could hear; the broker keeps it.
    private var waiting: [ScenarioStage.Act] = []

    /// Plays a scenario.
    ///
    /// - Returns: the trace, the same on every machine.
    public static func play(_ stage: ScenarioStage) -> [String] {
        var rehearsal = Rehearsal(stage)
        rehearsal.play()
        return rehearsal.trace.text
    }

    private init(_ stage: ScenarioStage) {
        self.stage = stage
        site = CompiledSite(stage.installation.site, hash: stage.installation.fileHash)
        let directory = TopicDirectory(
            profiles: stage.installation.profiles, bindings: stage.installation.bindings)
        decoder = MessageDecoder(
            directory: directory, payloadLimit: stage.installation.settings.broker.payloadLimit)
        machine = SafetyMachine(site: site, at: stage.start)
        trace = RehearsalTrace(start: stage.start, homeIDs: site.site.community.homes.map(\.id))
        now = stage.start
    }

    private mutating func play() {
        hearAgain()
        for cue in stage.cues {
            pass(until: stage.start + cue.at)
            perform(cue.act)
        }
        pass(until: stage.start + stage.end)
        catchUp()
        close()
    }

    // MARK: time

    /// Lets time pass; whatever is due happens at its moment, what is due at the end of the span included.
    private mutating func pass(until end: Instant) {
        if end > now { catchUp() }
        while let due = [isRunning ? machine.nextDeadline : nil, delivery.nextDeadline].compactMap(\.self)
            .min(),
            due <= end
        {
            now = max(now, due)
            let expired = delivery.expire(at: now)
            if !isRunning { continue }
            submit { batch in batch.inputs = expired.isEmpty ? [.tick] : expired.map { .report($0) } }
        }
        now = end
    }

    private mutating func catchUp() {
        guard owesCatchUp, isRunning, isLinkUp else { return }
        owesCatchUp = false
        submit { $0.inputs = [.caughtUp] }
    }

    // MARK: acts

    private mutating func perform(_ act: ScenarioStage.Act) {
        switch act {
        case .message, .command, .visit:
            if isRunning && isLinkUp { hear(act) } else { waiting.append(act) }
        case .desk(let command): if isRunning { obey(command) }
        case .channel(let channel, let responder, let manner):
            delivery.turn(channel, responder: responder, manner: manner)
        case .link(let isUp):
            guard isUp != isLinkUp else { return }
            isLinkUp = isUp
            if !isRunning { return }
            if isUp { hearAgain() } else { submit { $0.inputs = [.link(isUp: false)] } }
        case .stop: isRunning = false
        case .start: restart()
        case .trouble(let kind, let isActive):
            guard isRunning else { return }
            submit { $0.inputs = [.gateway(GatewayCondition(kind, isActive: isActive))] }
        }
    }

    /// The link is up: what waited is sent and read.
    private mutating func hearAgain() {
        submit { $0.inputs = [.link(isUp: true)] }
        let kept = delivery.takeHeld()
        let unreported = machine.unreportedOrders
        sendAgain(kept.filter { unreported.contains($0) })
        owesCatchUp = true
        let said = waiting
        waiting.removeAll()
        for act in said { hear(act) }
    }

    /// The gateway starts from its last state, as after a crash: nothing but the snapshot is left.
    private mutating func restart() {
        isRunning = true
        _ = delivery.takeHeld()
        let digest = machine.digest
        do {
            machine = try SafetyMachine(snapshot: machine.snapshot(), site: site)
            if machine.digest != digest {
                trace.add("broken: the state changed by being stored", place: "gateway", at: now)
            }
        } catch {
            trace.add("broken: the stored state cannot be read: \(error)", place: "gateway", at: now)
        }
        let unreported = machine.unreportedOrders
        submit { $0.inputs = [.restarted] }
        sendAgain(unreported.filter { machine.unreportedOrders.contains($0) })
        if isLinkUp { hearAgain() }
    }

    private mutating func hear(_ act: ScenarioStage.Act) {
        switch act {
        case .message(let topic, let payload, let isRetained):
            decode(topic: topic, payload: payload, isRetained: isRetained)
        case .command(let person, let act, let home, let kind): answer(person, act, home: home, kind: kind)
        case .visit(let visit): tell(visit)
        default: break
        }
    }

    private mutating func decode(topic: String, payload: String, isRetained: Bool) {
        batch.removeAll()
        let bytes = Array(payload.utf8)
        // The decoder keeps neither: the bytes are valid during the call only.
        let message = Array(topic.utf8).withUnsafeBytes { topic in
            bytes.withUnsafeBytes { payload in
                decoder.decode(
                    topic: topic, payload: payload, isRetained: isRetained, into: &batch.observations)
            }
        }
        guard let device = message.device, message.outcome == .taken || message.outcome == .failed else {
            if message.outcome == .unknownTopic {
                trace.add("nobody knows the topic \(topic)", place: "broker", at: now)
            }
            return
        }
        let kept = batch.append(payload: bytes)
        // As the link does it: one value that cannot be read must not hide the hazard beside it.
        if message.outcome == .taken || !batch.observations.isEmpty {
            batch.append(
                from: device, deviceTime: message.deviceTime, isRetained: isRetained, firstObservation: 0,
                payload: kept)
        }
        if message.outcome == .failed {
            let reason = message.failure ?? "not understood"
            batch.inputs.append(.undecoded(UndecodedMessage(device: device, reason: reason, payload: kept)))
            let speaker = site.site.community.devices[device.int]
            let home = site.site.community.homes[speaker.home.int].id
            trace.add("cannot read \(speaker.id): \(reason)", place: home, at: now)
        }
        submit { _ in }
    }

    private mutating func tell(_ visit: VisitRecord) {
        let words = visit.way == .phone ? "phones" : "visits"
        trace.add("\(visit.by) \(words): \(visit.result.name)", place: visit.home, at: now)
        submit { $0.inputs = [.visit(visit)] }
        for refusal in visitRefusals {
            trace.add("the visit is refused: \(refusal.rawValue)", place: visit.home, at: now)
        }
        visitRefusals.removeAll()
    }

    private mutating func answer(
        _ person: String, _ act: PersonCommand.Act, home: HomeIndex, kind: AlarmKind?
    ) {
        let candidates = machine.openIncidents.filter { incident in
            incident.home == home
                && (kind.map { kind in incident.alarms.contains { $0.kind == kind } } ?? true)
        }
        // Who answers has the message of an incident in hand: the newest that told him.
        guard let incident = candidates.last(where: { $0.notified.contains(person) }) ?? candidates.last
        else {
            let homeID = site.site.community.homes[home.int].id
            let words = kind.map { " \($0.name)" } ?? ""
            trace.add("\(person) finds no open\(words) incident: \(act.name)", place: homeID, at: now)
            return
        }
        let place = trace.place(of: incident)
        submit { batch in
            batch.inputs = [
                .command(PersonCommand(incident: incident.id, responder: person, act: act, origin: "mqtt"))
            ]
        }
        for refusal in refusals {
            trace.add("\(person) may not \(act.name): \(refusal.rawValue)", place: place, at: now)
        }
        refusals.removeAll()
    }

    /// A person at a desk acts; a gateway that is down takes nothing in.
    private mutating func obey(_ command: DeskCommand) {
        let words = RehearsalDesk.words(for: command.act)
        trace.add("the desk \(words)", place: command.home, at: now)
        submit { $0.inputs = [.desk(command)] }
    }

    /// Refused commands of the last batch.
    private var refusals: [CommandAnswer.Refusal] = []
    /// Refused records of visits of the last batch.
    private var visitRefusals: [VisitAnswer.Refusal] = []

    // MARK: the machine

    /// Takes one batch in, and lets the channels answer until nothing more comes of it.
    ///
    /// - Parameter fill: sets the inputs; what stands in the batch already stays when it does nothing.
    private mutating func submit(_ fill: (inout InputBatch) -> Void) {
        fill(&batch)
        while !batch.inputs.isEmpty {
            outcome.removeAll()
            for place in batch.inputs.indices {
                machine.advance(with: batch, at: place, time: now, into: &outcome)
            }
            machine.collect(into: &outcome)
            if let complaint = machine.checkInvariants() {
                trace.add("broken: \(complaint)", place: "gateway", at: now)
            }
            for answer in outcome.answers {
                if case .refused(let refusal) = answer.answer { refusals.append(refusal) }
            }
            for answer in outcome.visitAnswers {
                if case .refused(let refusal) = answer.answer { visitRefusals.append(refusal) }
            }
            for reply in outcome.deskAnswers {
                guard case .refused(let refusal) = reply.answer else { continue }
                trace.add("refused: \(refusal.rawValue)", place: reply.command.home, at: now)
            }
            for (home, words) in desk.news(in: machine, of: outcome.changedHomes) {
                trace.add(words, place: home, at: now)
            }
            let sent = outcome.orders.map { order in
                (order: order, fate: delivery.send(order, isLinkUp: isLinkUp, at: now))
            }
            trace.record(outcome.incidents, orders: sent, at: now)
            batch.removeAll()
            batch.inputs = sent.compactMap { RehearsalDelivery.report(of: $0.order, $0.fate) }.map {
                .report($0)
            }
        }
    }

    /// Sends orders again that the channels have and nobody reported.
    private mutating func sendAgain(_ orders: [NotificationOrder]) {
        var reports: [DeliveryReport] = []
        for incident in machine.heldIncidents {
            let sent = orders.filter { $0.id.incident == incident.id }.map { order in
                (order: order, fate: delivery.send(order, isLinkUp: isLinkUp, at: now))
            }
            trace.record(again: sent, of: incident, at: now)
            reports += sent.compactMap { RehearsalDelivery.report(of: $0.order, $0.fate) }
        }
        submit { batch in batch.inputs = reports.map { .report($0) } }
    }

    /// The last lines: what is open, and when something is due there.
    private mutating func close() {
        let open = machine.openIncidents
        if open.isEmpty { trace.add("no incident is open", place: "end", at: now) }
        for incident in open {
            let due = incident.deadline.map { ", next at \(ScenarioTime.text($0 - stage.start))" } ?? ""
            trace.add("\(trace.place(of: incident)) is \(incident.phase.name)\(due)", place: "end", at: now)
        }
        for home in machine.homesToVisit {
            let state = machine.visitState(of: home)
            let until = state.dueUntil.map { " until \(ScenarioTime.text($0 - stage.start))" } ?? ""
            let id = site.site.community.homes[home.int].id
            let words = "a visit in \(id) is \(state.standing.name)\(until): \(state.reason?.name ?? "")"
            trace.add(words, place: "end", at: now)
        }
    }
}
