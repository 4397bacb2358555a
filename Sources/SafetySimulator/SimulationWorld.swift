import Escalation
import GatewayEngine
import GatewayPorts
import SafetyCore
import SafetyModel

/// What happens around the gateway: acts, the broker, channels, people, the threads' turns.
extension Simulation {
    func perform(_ entry: Entry) {
        switch entry {
        case .act(let act):
            note("* \(act)")
            perform(act.kind)
        case .start: start()
        case .connect(let number): if isAlive(number) { connect() }
        case .caughtUp(let number, let connection): if isAlive(number) { catchUp(connection) }
        case .wake(let number): if isAlive(number) { wakeUp() }
        case .report(let number, let report):
            if isAlive(number) { gateway?.deskInputs.append(.report(report)) }
        case .answers(let command, let overBroker): answer(command, overBroker: overBroker)
        case .visits(let visit, let overBroker): tell(visit, overBroker: overBroker)
        case .asks(let errand): run(errand)
        case .saveSnapshot(let number, let succeeds): if isAlive(number) { saveSnapshot(succeeds) }
        }
    }

    func perform(_ kind: SimulationAct.Kind) {
        switch kind {
        case .says(let home, let device, let words, let hasTime):
            cache["\(home)/\(device)"] = words.filter { $0.form == .level }
            publish(home, device, words, at: hasTime ? wall : nil)
        case .bridgeRestarts(let home, let saysGoodbye): restartBridge(of: home, saysGoodbye: saysGoodbye)
        case .link(let isUp):
            isLinkUp = isUp
            if isUp { agenda.add(.connect(life: life), at: now + .milliseconds(200)) } else { disconnect() }
        case .brokerForgets:
            _ = broker.forget()
            disconnect()
            agenda.add(.connect(life: life), at: now + .seconds(2))
        case .crash(.idle): die(SimulatedCrash.idle.rawValue)
        case .crash(let moment): crashes.append(moment)
        case .crashLoop(let count): crashingStarts += count
        case .disk(let isFull): disk.isFull = isFull
        case .hang(let length, let fails): hang = (length, fails)
        case .snapshot(let succeeds): takeSnapshot(succeeds)
        case .prune:
            if !isDead { _ = try? SimulatedJournal(self, life: life).prune(now: now) }
        case .wallJump(let length): jump(length)
        case .channel(let name, let manner): manners[name] = manner
        case .people(let areThere): arePeopleThere = areThere
        case .reload(let variant, let isOvertaken): reload(variant, isOvertaken: isOvertaken)
        case .poison(let home, let device): poisoned.append("\(home)/\(device)")
        case .desk(let home, let by, let act): ask(home, by, act)
        case .attends(let pick, let by, let act): attend(pick, by: by, act)
        case .visits(let home, let by, let way, let result): reportVisit(home, by, way, result)
        }
    }

    private var wall: WallTime { WallTime(milliseconds: now.milliseconds + wallOffset.wholeMilliseconds) }

    // MARK: messages

    private func publish(_ home: String, _ device: String, _ words: [Observation], at time: WallTime?) {
        publish(.device(home: home, device: device, observations: words, time: time))
    }

    private func publish(_ content: SimulatedTelegram.Content) {
        telegramCount += 1
        // Before the first subscription nobody keeps anything for the gateway.
        guard broker.hasSession else { return }
        broker.publish(SimulatedTelegram(number: telegramCount, content: content))
    }

    private func restartBridge(of home: String, saysGoodbye: Bool) {
        func say(_ isUp: Bool) { publish(home, "bridge", [Observation(.bridge, .flag(isUp))], at: nil) }
        if saysGoodbye { say(false) }
        say(true)
        for sensor in SimulatedSensor.allCases {
            guard let words = cache["\(home)/\(sensor.rawValue)"], !words.isEmpty else { continue }
            publish(home, sensor.rawValue, words, at: nil)
        }
    }

    // MARK: the link

    private func connect() {
        guard isLinkUp, var running = gateway, !running.isConnected else { return }
        running.window.connected(isSessionPresent: broker.connect())
        running.isConnected = true
        running.connection += 1
        if running.toldUp != true { running.linkInputs.append(.link(isUp: true)) }
        running.toldUp = true
        gateway = running
        note("connected")
        agenda.add(.caughtUp(life: life, connection: running.connection), at: now + .milliseconds(600))
        flushOutbound()
    }

    private func disconnect() {
        guard !isDead, gateway?.isConnected == true else { return }
        note("the connection breaks")
        gateway?.isConnected = false
        if gateway?.toldUp != false { gateway?.linkInputs.append(.link(isUp: false)) }
        gateway?.toldUp = false
    }

    /// A fresh thread with a fresh link after the old one was lost to the disk.
    func takeOverLink() {
        guard var running = gateway else { return }
        running.window = SimulatedWindow(keys: running.recentKeys)
        running.isConnected = false
        running.toldUp = nil
        running.linkInputs = []
        gateway = running
        connect()
    }

    private func catchUp(_ connection: Int) {
        guard let running = gateway, running.isConnected, running.connection == connection else { return }
        if isGateBlocked || broker.hasTraffic {
            agenda.add(.caughtUp(life: life, connection: connection), at: now + .milliseconds(500))
            return
        }
        gateway?.window.settled()
        gateway?.linkInputs.append(.caughtUp)
    }

    /// One turn of the link's thread.
    ///
    /// - Returns: whether there was anything to do.
    func turnLink() -> Bool {
        guard let (draft, receipts) = receive() else { return false }
        take(draft, receipts)
        return true
    }

    private typealias Receipts = [(packet: Int32, telegram: SimulatedTelegram)]

    private func take(_ draft: SimulatedDraft, _ receipts: Receipts) {
        if !draft.batch.isEmpty {
            gateway?.recentKeys += draft.batch.deliveryKeys
            guard submit(draft, by: .link) else { return }
        }
        if !draft.batch.isEmpty, let place = crashes.firstIndex(of: .beforeReceipt) {
            crashes.remove(at: place)
            return die(SimulatedCrash.beforeReceipt.rawValue)
        }
        // A connection that broke meanwhile takes no receipts.
        if gateway?.isConnected == true { acknowledge(receipts) }
        flushOutbound()
    }

    private func acknowledge(_ receipts: Receipts) {
        for (packet, telegram) in receipts {
            let isKeyStored = disk.keys.contains(Self.key(of: telegram, packet: packet))
            if oracle.taken[telegram.number] == nil, isKnown(telegram), !oracle.gone.contains(telegram.number)
            {
                fail(.pressCount, "message \(telegram.number) was taken for one before")
            }
            let complaint = oracle.receipt(telegram, stored: disk.lastSequence, isKeyStored: isKeyStored)
            if let complaint { fail(.recorded, complaint) }
            broker.acknowledge(packet)
        }
    }

    /// Whether the link's files knew the sender, and those in force know it.
    private func isKnown(_ telegram: SimulatedTelegram) -> Bool {
        guard case .device(let home, let device, _, _) = telegram.content else { return true }
        let isThere = SimulatedGateway.places(in: oracle.machine.compiled)["\(home)/\(device)"] != nil
        return isThere && !strangers.contains(telegram.number)
    }

    /// What the link reads: its own inputs, and some messages.
    private func receive() -> (SimulatedDraft, Receipts)? {
        guard var running = gateway else { return nil }
        var draft = SimulatedDraft(running.linkInputs)
        running.linkInputs = []
        draft.batch.siteVersion = running.linkVersion
        draft.readWith = running.linkSite.hash
        var receipts: Receipts = []
        if running.isConnected {
            let limit = Int(number(1...6, UInt64(steps)))
            receipts = broker.deliver(atMost: limit)
        }
        guard !draft.batch.isEmpty || !receipts.isEmpty else { return nil }
        for (packet, telegram) in receipts { read(telegram, packet: packet, &running, &draft) }
        gateway = running
        return (draft, receipts)
    }

    static func key(of telegram: SimulatedTelegram, packet: Int32) -> UInt64 {
        SimulationMixer(telegram.contentHash, UInt64(packet)).value | 1
    }

    private func read(
        _ telegram: SimulatedTelegram, packet: Int32, _ running: inout SimulatedGateway,
        _ draft: inout SimulatedDraft
    ) {
        let key = Self.key(of: telegram, packet: bug == .joinsEqualMessages ? 0 : packet)
        let isKnown =
            bug == .joinsEqualMessages ? running.recentKeys.contains(key) : running.window.contains(key)
        if isKnown, bug != .forgetsDeliveries { return note("message \(telegram.number) again") }
        switch telegram.content {
        case .command(let command): draft.batch.inputs.append(.command(command))
        case .visit(let visit): draft.batch.inputs.append(.visit(visit))
        case .device(let home, let device, let observations, let time):
            guard let index = running.devices["\(home)/\(device)"] else {
                strangers.insert(telegram.number)
                return
            }
            let first = draft.batch.observations.count
            draft.batch.observations += observations.map { seen($0) }
            let payload = draft.batch.append(payload: Array("\(home)/\(device)".utf8))
            draft.batch.append(
                from: index, deviceTime: time, isRetained: false, firstObservation: first, payload: payload)
            if poisoned.contains("\(home)/\(device)") {
                poisonDigests.append(
                    InputDigest.digest(of: draft.batch, at: draft.batch.inputs.count - 1))
            }
        }
        note("message \(telegram.number) \(telegram.words)")
        draft.places.append(draft.batch.inputs.count - 1)
        draft.telegrams.append(telegram)
        draft.batch.deliveryKeys.append(key)
        running.window.remember(key)
        if bug == .joinsEqualMessages { running.recentKeys.append(key) }
    }

    private func seen(_ observation: Observation) -> Observation {
        guard bug == .readsOffAsOn, observation.signal.isLifeSafety, observation.reading == .flag(false)
        else {
            return observation
        }
        return Observation(observation.signal, .flag(true), form: observation.form)
    }

    private func reload(_ variant: Int, isOvertaken: Bool) {
        if isGateBlocked || isReloading {
            let act = SimulationAct(
                at: (now - Self.start).wholeMilliseconds,
                kind: .reload(variant: variant, isOvertaken: isOvertaken))
            agenda.add(.act(act), at: now + .milliseconds(100))
            return
        }
        wantedSite = variant
        guard !isDead, gateway != nil else { return }
        let overtaken = isOvertaken ? receive() : nil
        isReloading = true
        adopt(variant)
        isReloading = false
        guard !isDead, violation == nil, let (draft, receipts) = overtaken else { return }
        take(draft, receipts)
    }
}
