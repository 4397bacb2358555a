import Escalation
import GatewayEngine
import GatewayPorts
import SafetyCore
import SafetyModel

/// The desk's thread, channels, the people that they reach, and the store's chores.
extension Simulation {
    // MARK: the desk

    /// One turn of the desk's thread.
    ///
    /// - Returns: whether there was anything to do.
    func turnDesk() -> Bool {
        guard var running = gateway else { return false }
        var inputs = running.deskInputs
        running.deskInputs = []
        gateway = running
        inputs += running.gate.takeConditions().map { .gateway($0) }
        let isDue = deadlineSeen.map { $0 <= now } ?? false
        if isDue || running.gate.owesDocuments(at: now) { inputs.append(.tick) }
        guard !inputs.isEmpty else { return false }
        submit(SimulatedDraft(inputs), by: .desk)
        if !isDead { flushOutbound() }
        return true
    }

    func wake(after milliseconds: Int64) {
        guard gateway?.hasWake == false else { return }
        gateway?.hasWake = true
        agenda.add(.wake(life: life), at: now + .milliseconds(milliseconds))
    }

    /// The desk's thread looks around at least every second; the store's chores do so too.
    func wakeUp() {
        guard let gate = gateway?.gate else { return }
        gateway?.hasWake = false
        if isGateBlocked { return wake(after: 500) }
        if gate.isDegraded, gateway?.isFlushing == false {
            gateway?.isFlushing = true
            let isBack = gate.flushRing()
            guard !isDead else { return }
            gateway?.isFlushing = false
            if isBack { note("the store is back") }
        }
        let isOwing = gate.owesDocuments(at: now + .hours(1))
        if isOwing || gate.isDegraded { wake(after: 1_000) }
    }

    func jump(_ milliseconds: Int64) {
        wallOffset = wallOffset + .milliseconds(milliseconds)
        guard !isDead, gateway != nil else { return }
        gateway?.deskInputs += [
            .wallOffset(wallOffset),
            .gateway(GatewayCondition(.wallClockJump, isActive: true, detail: "jump")),
            .gateway(GatewayCondition(.wallClockJump, isActive: false)),
        ]
    }

    func takeSnapshot(_ succeeds: Bool) {
        guard !isDead, !isGateBlocked, let gate = gateway?.gate, let taken = gate.takeSnapshot(force: true)
        else { return }
        gateway?.snapshots.append(taken)
        let length = number(0...3_000, UInt64(gate.sequence))
        agenda.add(.saveSnapshot(life: life, succeeds: succeeds), at: now + .milliseconds(length))
    }

    func saveSnapshot(_ succeeds: Bool) {
        guard let running = gateway, let pending = running.snapshots.first else { return }
        gateway?.snapshots.removeFirst()
        if let place = crashes.firstIndex(of: .inSnapshot) {
            crashes.remove(at: place)
            return die(SimulatedCrash.inSnapshot.rawValue)
        }
        let snapshot = pending.encoded()
        let journal = SimulatedJournal(self, life: life)
        guard succeeds, (try? journal.save(snapshot)) != nil else { return running.gate.snapshotFailed() }
        note("a snapshot of input \(snapshot.sequence) is written")
    }

    // MARK: what leaves

    func send(_ message: OrderMessage) {
        let order = message.order
        if order.channel == SafetyMachine.brokerChannel {
            gateway?.orders.append(message)
            return
        }
        deliver(order)
    }

    /// Publishes what waits for the broker.
    func flushOutbound() {
        guard var running = gateway, running.isConnected else { return }
        for home in running.documents {
            if bug == .keepsOldDocument, Self.openIncidents(in: home.document).isEmpty { continue }
            broker.retain(home.document, of: home.home)
        }
        let orders = running.orders
        running.documents = []
        running.orders = []
        gateway = running
        for message in orders { deliver(message.order) }
    }

    /// A channel does with an order as it does just now.
    private func deliver(_ order: NotificationOrder) {
        let chance = number(
            30...1_500, UInt64(bitPattern: order.id.incident.number), UInt64(order.id.number),
            UInt64(order.attempt))
        let at = now + .milliseconds(chance)
        let result: DeliveryReport.Result
        switch manners[order.channel] ?? .works {
        case .works:
            result = .delivered
            reach(order, at: at)
        case .fails: result = .failed(reason: "no answer")
        case .rejects: result = .rejected(reason: "unknown address")
        case .hangs: return
        }
        let report = DeliveryReport(order: order.id, attempt: order.attempt, result: result)
        agenda.add(.report(life: life, report), at: at)
    }

    /// A person reads an order: he may take the incident over, come, and close it.
    private func reach(_ order: NotificationOrder, at time: Instant) {
        let incident = UInt64(bitPattern: order.id.incident.number)
        var person = SimulationMixer()
        person.mix(order.responder)
        func chance(_ range: ClosedRange<Int64>, _ what: UInt64) -> Int64 {
            number(range, incident, person.value, what)
        }
        guard order.purpose.asksForAnswer, arePeopleThere, chance(0...9, 1) < 7,
            called.insert("\(order.responder) \(order.id.incident.number)").inserted
        else { return }
        let overBroker = chance(0...1, 2) == 0
        var moment = time + .milliseconds(chance(3_000...70_000, 3))
        var acts: [PersonCommand.Act] = [.acknowledge]
        if chance(0...9, 4) == 0 { acts.append(.needHelp) }
        if chance(0...9, 20) == 0 { acts.append(.note("on my way")) }
        if chance(0...9, 21) == 0, let other = SimulatedSite.people.first(where: { $0.id != order.responder })
        {
            acts.append(.handOver(to: other.id))
        }
        if chance(0...9, 5) < 8 { acts.append(.onScene) }
        if chance(0...9, 6) < 8 { acts.append(.close(chance(0...9, 32) < 2 ? .noContact : .real)) }
        for (place, act) in acts.enumerated() {
            let command = PersonCommand(
                incident: order.id.incident, responder: order.responder, act: act,
                origin: overBroker ? SafetyMachine.brokerChannel : "http",
                reference: "\(order.id.text)/\(place)")
            agenda.add(.answers(command, overBroker: overBroker), at: moment)
            moment = moment + .milliseconds(chance(2_000...100_000, 7 + UInt64(place)))
        }
        visit(after: order, at: moment, chance: chance(0...19, 31), overBroker: overBroker)
    }

    /// Now and then somebody looks in afterwards, and may find help needed.
    private func visit(after order: NotificationOrder, at moment: Instant, chance: Int64, overBroker: Bool) {
        guard chance < 4, let incident = oracle.machine.incident(order.id.incident) else { return }
        let home = oracle.machine.compiled.site.community.homes[incident.home.int].id
        let results = VisitResult.reported
        let visit = VisitRecord(
            home: home, by: order.responder, way: chance % 2 == 0 ? .door : .phone,
            result: results[Int(chance) % results.count],
            origin: overBroker ? SafetyMachine.brokerChannel : "http", reference: "visit/\(order.id.text)")
        agenda.add(.visits(visit, overBroker: overBroker), at: moment)
    }

    func tell(_ visit: VisitRecord, overBroker: Bool) {
        note("\(visit.by) visits \(visit.home): \(visit.result.name)")
        if overBroker {
            telegramCount += 1
            guard broker.hasSession else { return }
            broker.publish(SimulatedTelegram(number: telegramCount, content: .visit(visit)))
        } else if !isDead {
            gateway?.deskInputs.append(.visit(visit))
        }
    }

    func answer(_ command: PersonCommand, overBroker: Bool) {
        note("\(command.responder) \(command.act.name) incident \(command.incident.number)")
        if overBroker {
            telegramCount += 1
            guard broker.hasSession else { return }
            broker.publish(SimulatedTelegram(number: telegramCount, content: .command(command)))
        } else if !isDead {
            gateway?.deskInputs.append(.command(command))
        }
    }
}
