import Escalation
import GatewayEngine
import GatewayPorts
import SafetyCore
import SafetyModel

/// What the threads of the gateway do: submit, release, commit.
extension Simulation {
    func isAlive(_ number: Int) -> Bool { number == life && !isDead }

    /// The process ends here and now; whatever of it still runs is not heard.
    func die(_ words: String) {
        guard !isDead else { return }
        note("the gateway dies: \(words)")
        isDead = true
    }

    // MARK: one submission

    /// Submits a batch on one of the threads.
    ///
    /// - Returns: whether the thread goes on: false when the process died or its commit was given up.
    @discardableResult
    func submit(_ draft: SimulatedDraft, by submitter: CoreGate.Submitter) -> Bool {
        guard !isDead, let gate = gateway?.gate else { return false }
        steps += 1
        step = oracle.begin(draft, suspects: suspects, after: gate.sequence, at: now)
        var batch = draft.batch
        if bug == .addsInput, steps == 5 { batch.inputs.append(.wallOffset(.seconds(5))) }
        _ = gate.submit(&batch, at: now, by: submitter)
        return conclude()
    }

    /// Judges the submission under way.
    @discardableResult
    func conclude() -> Bool {
        guard !isDead, violation == nil, let step, let gateway else { return false }
        self.step = nil
        guard gateway.gate.sequence == step.expected else {
            if gateway.gate.sequence > step.expected {
                fail(.liveState, "the gate took in \(gateway.gate.sequence), not \(step.expected)")
            }
            oracle.withdraw()
            check(step, isCommitted: false)
            return violation == nil
        }
        mixer.mix(UInt64(bitPattern: step.expected))
        let isUnrecorded = disk.lastSequence < step.expected
        if isUnrecorded && !gateway.gate.isDegraded {
            fail(.recorded, "input \(step.expected) was taken in and is not stored")
        }
        if let twice = oracle.settle(isUnrecorded: isUnrecorded, stored: disk.lastSequence) {
            fail(.pressCount, "message \(twice.number) was taken in twice")
        }
        check(step, isCommitted: true)
        wake(after: 1_000)
        return violation == nil
    }

    /// Everything that must hold after every step.
    private func check(_ step: SimulationOracle.Step, isCommitted: Bool) {
        let machine = oracle.machine
        if let complaint = bug == .breaksMachine ? "it was told to complain" : machine.checkInvariants() {
            fail(.machine, complaint)
        }
        if machine.nextDeadline == nil && !machine.openIncidents.isEmpty {
            fail(.deadline, "an incident is open and nothing is due")
        }
        if deadlineSeen != machine.nextDeadline {
            fail(.deadline, "the gate's deadline is not the machine's")
        }
        if let words = oracle.withheld(in: step) { fail(.firstNotification, words) }
        if let words = complaintAboutSuspensions(step) { fail(.suspension, words) }
        for reply in step.outcome.deskAnswers {
            if let words = oracle.complaint(about: reply) { fail(.suspension, words) }
        }
        let given = step.outcome.orders.sorted { ($0.id, $0.attempt) < ($1.id, $1.attempt) }
        let sent = step.orders.sorted { ($0.id, $0.attempt) < ($1.id, $1.attempt) }
        if given != sent {
            fail(.release, "\(given.count) orders were given and \(sent.count) left, or others")
        }
        if step.answers != step.commands {
            fail(.release, "\(step.commands) commands have \(step.answers) answers")
        }
        let due = oracle.replies(
            step.outcome.answers, step.outcome.visitAnswers, step.outcome.deskAnswers)
        // What was set aside is refused by the gate, not by the machine.
        if step.replies.sorted() != due, suspects.isEmpty {
            fail(.release, "other answers left than were given")
        }
        if let complaint = disk.complaint { fail(.journal, complaint) }
        if steps % Self.digestInterval == 0, gateway?.gate.digest != machine.digest {
            fail(.liveState, "the gate's state differs from the machine's")
        }
    }

    /// The state is compared after every so many steps, and after every crash.
    static let digestInterval = 32

    // MARK: what leaves

    /// Takes what the gate lets out.
    func released(_ release: Release) {
        var orders = release.orders
        if bug == .withholdsOrder, step?.edges.isEmpty == false, !orders.isEmpty { orders.removeAll() }
        if bug == .forgetsHeld, !oracle.state.held.isEmpty, !orders.isEmpty { orders.removeAll() }
        if bug == .renumbersOrder, life > 1 {
            for place in orders.indices { orders[place].order.id.number += 100 }
        }
        let isMarked = bug == .marksRecorded ? true : release.isRecorded
        for message in orders { judge(message, isMarked: isMarked) }
        let answers = release.answers.count + release.visitAnswers.count + release.deskAnswers.count
        heard(release, isMarked: isMarked)
        if isMarked, answers > 0, let step, disk.lastSequence < step.expected {
            fail(.recorded, "an answer left before input \(step.expected) was stored")
        }
        step?.orders += orders.map(\.order)
        step?.answers += bug == .losesAnswer ? 0 : answers
        for message in orders { send(message) }
        gateway?.documents += release.homes + release.settledHomes
        for home in release.homes + release.settledHomes { mixer.mix(home.home) }
    }

    private func judge(_ message: OrderMessage, isMarked: Bool) {
        let order = message.order
        let meaning = "\(order.responder) \(order.purpose.name) \(order.orderedAt.milliseconds)"
        if let before = sentEver.updateValue(meaning, forKey: order.id.text), before != meaning {
            note("order \(order.id.text) was another one before the crash: \(before)")
        }
        mixer.mix(UInt64(bitPattern: order.id.incident.number) << 16 | UInt64(order.id.number))
        note("order \(order.id.text) (try \(order.attempt)) \(order.purpose.name) to \(order.responder)")
        guard let known = oracle.ledger.orders[order.id] else {
            return fail(.orderIdentity, "nobody gave order \(order.id.text)")
        }
        let isSame =
            known.order.responder == order.responder && known.order.purpose == order.purpose
            && known.order.orderedAt == order.orderedAt && known.order.about == order.about
        if !isSame { fail(.orderIdentity, "order \(order.id.text) is another one now") }
        if let twin = oracle.ledger.twin(of: order) {
            fail(
                .orderIdentity, "orders \(twin.text) and \(order.id.text) are the same")
        }
        let saysRecorded = bug == .marksRecorded || message.isRecorded
        if saysRecorded != isMarked { fail(.recorded, "order \(order.id.text) and its release differ") }
        if saysRecorded, known.sequence > disk.lastSequence {
            fail(
                .recorded, "order \(order.id.text) left as recorded before input \(known.sequence) was stored"
            )
        }
    }

    // MARK: the disk

    /// A commit, with the faults that wait for one.
    func commit(_ batch: JournalBatch, life: Int) throws(JournalError) {
        if let place = crashes.firstIndex(where: { $0 == .tornAndLost || $0 == .tornAndKept }) {
            let moment = crashes.remove(at: place)
            if moment == .tornAndKept, !disk.isFull { store(batch) }
            die(moment.rawValue)
            throw .failed("the process is dead")
        }
        if let hang, gateway != nil {
            self.hang = nil
            suffer(hang.milliseconds)
            guard isAlive(life) else {
                // A write that hung may have come through.
                if number(0...1, UInt64(batch.sequence)) == 1, !disk.isFull, !hang.fails { store(batch) }
                throw .failed("the process is dead")
            }
            if hang.fails { throw .failed("the disk gave up") }
        }
        if disk.isFull { throw .full("the disk is full") }
        store(batch)
    }

    private func store(_ batch: JournalBatch) {
        var batch = batch
        if bug == .storesNothing, steps > 20 { return }
        if bug == .skipsSequence, steps == 12 { batch.sequence += 1 }
        if bug == .keepsOldRecord { batch.incidents.removeAll { $0.phase == "closed" } }
        disk.append(batch)
    }

    /// A commit that does not come back: the watch gives it up, and life goes on around it.
    private func suffer(_ milliseconds: Int64) {
        guard let gate = gateway?.gate else { return }
        note("a write hangs for \(milliseconds) ms")
        let end = now + .milliseconds(milliseconds)
        depth += 1
        defer { depth -= 1 }
        guard gate.committingTurn != nil else { return run(until: end) }
        isGateBlocked = true
        run(until: min(end, now + .milliseconds(Self.commitPatience)))
        isGateBlocked = false
        guard !isDead, violation == nil, now < end, let turn = gate.committingTurn else { return }
        guard let submitter = gate.abandon(turn: turn) else { return }
        note("its thread is given up")
        conclude()
        if submitter == .link { takeOverLink() }
        pump()
        run(until: end)
    }

    /// When the watch gives a commit up, in milliseconds.
    private static let commitPatience: Int64 = 2_100

    /// The process takes an input in: it may be one that ends it.
    func takesIn(_ digest: UInt64, life: Int) {
        guard isAlive(life), gateway != nil, digest != 0, poisonDigests.contains(digest) else { return }
        disk.countCrash(by: digest)
        die("input \(digest) crashes it")
    }

    /// New files are stored, and not in force yet.
    func siteWasSaved() {
        guard gateway != nil, let place = crashes.firstIndex(of: .inReload) else { return }
        crashes.remove(at: place)
        die(SimulatedCrash.inReload.rawValue)
    }
}
