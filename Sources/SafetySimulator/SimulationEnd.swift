import Alarming
import Escalation
import GatewayEngine
import GatewayPorts
import SafetyCore
import SafetyModel

/// What must hold when everything has settled.
extension Simulation {
    func checkEnd() {
        guard let running = gateway else { return fail(.recovery, "no gateway runs at the end") }
        if running.gate.digest != oracle.machine.digest { fail(.liveState, "the last states differ") }
        if running.gate.isDegraded { fail(.recorded, "the store did not come back") }
        checkDocuments(running)
        checkRecords()
        checkAlarms()
        checkAnswers()
        checkMessages()
    }

    /// An incident as a document shows it.
    struct Shown: Hashable, Comparable {
        var number: Int64
        var revision: Int64
        static func < (a: Shown, b: Shown) -> Bool { a.number < b.number }
    }

    private func checkDocuments(_ running: SimulatedGateway) {
        let machine = oracle.machine
        let homes = machine.compiled.site.community.homes
        let open = machine.openIncidents
        let wanted = open.map { Shown($0) }
        let onBoard = running.board.openIncidents().flatMap { Self.incidents(in: $0[...]) }.sorted()
        if onBoard != wanted {
            fail(.documents, "the board shows \(Self.text(onBoard)), open are \(Self.text(wanted))")
        }
        for (number, home) in homes.enumerated() {
            let wanted = open.filter { $0.home.int == number }.map { Shown($0) }
            let document = broker.retained.first { $0.home == home.id }?.document ?? []
            let shown = Self.openIncidents(in: document)
            if shown != wanted {
                let words = "\(home.id) retains \(Self.text(shown)), open are \(Self.text(wanted))"
                fail(.documents, words)
            }
        }
        for retained in broker.retained where !homes.contains(where: { $0.id == retained.home }) {
            let shown = Self.openIncidents(in: retained.document)
            if !shown.isEmpty {
                fail(.documents, "\(retained.home) is gone and retains \(Self.text(shown))")
            }
        }
    }

    private static func text(_ shown: [Shown]) -> String {
        "[" + shown.map { "\($0.number) rev \($0.revision)" }.joined(separator: ", ") + "]"
    }

    private func checkRecords() {
        for incident in oracle.ledger.incidents.values.sorted(by: { $0.id < $1.id }) {
            let number = incident.id.number
            guard let record = disk.records.first(where: { $0.number == number }) else {
                fail(.records, "incident \(number) has no record")
                continue
            }
            let shown = Self.incidents(in: record.document[...])
            if record.phase != incident.phase.name || record.closedAt != incident.closedAt
                || shown != [Shown(incident)]
            {
                fail(
                    .records,
                    "incident \(number) is \(incident.phase.name) \(Self.text([Shown(incident)])), "
                        + "its record is \(record.phase) \(Self.text(shown))")
            }
        }
        for record in disk.records where oracle.ledger.incidents[record.number] == nil {
            fail(.records, "there is a record of incident \(record.number), which never was")
        }
    }

    // MARK: alarms

    /// The same messages through a machine that nothing ever happens to, without commands.
    private func checkAlarms() {
        var twin = SafetyMachine(site: sites[0], at: Self.start)
        var outcome = StepOutcome()
        for entry in oracle.history {
            if let site = entry.site {
                // Nobody closes anything here, so homes with incidents must stay: they play no part.
                twin = Self.moved(twin, to: site, at: entry.at)
            }
            let batch = batch(of: entry, in: twin.compiled)
            outcome.removeAll()
            for place in batch.inputs.indices {
                twin.advance(with: batch, at: place, time: entry.at, into: &outcome)
            }
        }
        let here = Self.activeAlarms(of: oracle.machine)
        let there = Self.activeAlarms(of: twin)
        if here != there { fail(.sameAlarms, "active here \(here), uninterrupted \(there)") }
        checkPresses()
    }

    /// A machine cannot drop a home with open incidents; here they are closed first.
    private static func moved(_ machine: SafetyMachine, to site: CompiledSite, at time: Instant)
        -> SafetyMachine
    {
        var machine = machine
        let gone = machine.homesInTheWay(of: site)
        var outcome = StepOutcome()
        for incident in machine.heldIncidents
        where gone.contains(machine.compiled.site.community.homes[incident.home.int].id) {
            var batch = InputBatch()
            if incident.isOpen {
                batch.inputs.append(
                    .command(
                        PersonCommand(
                            incident: incident.id, responder: "nina", act: .close(.real), origin: "twin")))
            }
            close(incident, of: &machine, batch, at: time, &outcome)
        }
        machine.adopt(site, at: time)
        return machine
    }

    private static func close(
        _ incident: Incident, of machine: inout SafetyMachine, _ closing: InputBatch, at time: Instant,
        _ outcome: inout StepOutcome
    ) {
        for place in closing.inputs.indices {
            machine.advance(with: closing, at: place, time: time, into: &outcome)
        }
        var reports = InputBatch()
        reports.inputs = machine.unreportedOrders.filter { $0.id.incident == incident.id }.map {
            .report(DeliveryReport(order: $0.id, attempt: $0.attempt, result: .delivered))
        }
        for place in reports.inputs.indices {
            machine.advance(with: reports, at: place, time: time, into: &outcome)
        }
    }

    private func batch(of entry: SimulationOracle.Entry, in site: CompiledSite) -> InputBatch {
        let devices = SimulatedGateway.places(in: site)
        var batch = InputBatch()
        for telegram in entry.telegrams where !entry.setAside.contains(telegram.number) {
            guard case .device(let home, let device, let observations, let time) = telegram.content,
                let index = devices["\(home)/\(device)"]
            else { continue }
            let first = batch.observations.count
            batch.observations += observations
            batch.append(
                from: index, deviceTime: time, isRetained: false, firstObservation: first, payload: 0..<0)
        }
        return batch
    }

    /// Active life-safety alarms as words, sorted.
    private static func activeAlarms(of machine: SafetyMachine) -> [String] {
        let community = machine.compiled.site.community
        var words: [String] = []
        for (number, home) in community.homes.enumerated() {
            let register = machine.home(HomeIndex(number)).register
            for alarm in register.alarms where alarm.isActive && alarm.rule.hasPrefix("life-safety/") {
                let device = alarm.device.map { community.devices[Int(home.devices.lowerBound) + $0].id }
                words.append("\(home.id)/\(device ?? "") \(alarm.rule)")
            }
            // What a walk test holds stands as well.
            let held = machine.home(HomeIndex(number)).suspensions.walkTest?.held ?? []
            for alarm in held where alarm.rule.hasPrefix("life-safety/") {
                let device = alarm.device.map { community.devices[Int(home.devices.lowerBound) + $0].id }
                words.append("\(home.id)/\(device ?? "") \(alarm.rule)")
            }
        }
        return words.sorted()
    }

    /// Presses that were taken in, against what the alarms count.
    private func checkPresses() {
        var pressed = 0
        for entry in oracle.history {
            for telegram in entry.telegrams where telegram.isPress {
                if !entry.setAside.contains(telegram.number) { pressed += 1 }
            }
        }
        let counted = oracle.ledger.incidents.values.reduce(0) { sum, incident in
            sum
                + incident.alarms.reduce(0) { sum, alarm in
                    alarm.kind == .sos && !alarm.rule.hasPrefix(SafetyMachine.byHandRule)
                        ? sum + Int(alarm.raiseCount) : sum
                }
        }
        if pressed != counted {
            fail(.pressCount, "\(pressed) presses were taken in, the alarms count \(counted)")
        }
    }

    /// Every message that was handed over and not lost in degraded mode was taken in.
    private func checkMessages() {
        if !broker.inFlight.isEmpty { fail(.recorded, "\(broker.inFlight.count) messages have no receipt") }
    }
}

extension Simulation.Shown {
    fileprivate init(_ incident: Incident) {
        number = incident.id.number
        revision = Int64(incident.revision)
    }
}

extension Simulation {
    /// The incidents that stand in a home's document as open.
    static func openIncidents(in document: [UInt8]) -> [Shown] {
        let mark = Array("\"open\":[".utf8)
        var start = document.count - mark.count
        while start >= 0 {
            if document[start..<(start + mark.count)].elementsEqual(mark) {
                return incidents(in: document[start...])
            }
            start -= 1
        }
        return []
    }

    /// The incidents of a document: `"id":12,"revision":3`.
    static func incidents(in bytes: ArraySlice<UInt8>) -> [Shown] {
        var found: [Shown] = []
        let text = String(decoding: bytes, as: UTF8.self)
        for part in text.split(separator: "{\"id\":") {
            guard let comma = part.firstIndex(of: ","), let number = Int64(part[..<comma]) else { continue }
            let rest = part[comma...]
            guard rest.hasPrefix(",\"revision\":") else { continue }
            let digits = rest.dropFirst(12).prefix { $0.isNumber }
            guard let revision = Int64(digits) else { continue }
            found.append(Shown(number: number, revision: revision))
        }
        return found
    }
}
