import Escalation
import GatewayPorts
import SafetyCore
import SafetyModel

extension CoreGate {
    /// Turns the outcome into a record for the journal and a release for the world.
    func conclude(_ batch: InputBatch) -> Conclusion {
        let machine = runner.machine
        writer.removeAll()
        InputCoding.encode(batch, keptPayloads: outcome.keptPayloads, into: &writer)
        var record = JournalBatch(
            sequence: progress.sequence + 1, count: Int32(batch.inputs.count), at: machine.now,
            // A copy of just this size: the writer's storage is as large as the largest batch ever was.
            inputs: writer.bytes.withUnsafeBufferPointer { Array($0) })
        progress.sequence += Int64(batch.inputs.count)
        progress.sinceSnapshot += batch.inputs.count
        var release = Release()
        release.answers = outcome.answers
        release.visitAnswers = outcome.visitAnswers
        release.deskAnswers = outcome.deskAnswers
        let homes = machine.compiled.site.community.homes
        release.change.homes = outcome.changedHomes.map { homes[$0.int].id }
        let owedRecords = owed.settle(&outcome, machine: machine)
        if !outcome.incidents.isEmpty || !owedRecords.isEmpty {
            describe(machine, recording: owedRecords, record: &record, release: &release)
        }
        count(batch)
        for input in batch.inputs {
            switch input {
            case .link, .restarted, .wallOffset:
                board.setHearing(machine.hearing, wallOffset: machine.wallOffsetMilliseconds)
            // Everything that was read before may be another thing now.
            case .site: release.change.isAfterGap = true
            default: break
            }
        }
        let isTelemetry =
            outcome.incidents.isEmpty && owedRecords.isEmpty && batch.inputs.allSatisfy(\.isTelemetry)
        return Conclusion(record: record, release: release, isTelemetry: isTelemetry)
    }

    /// Writes the documents of incidents that changed, and the records that go with this commit.
    private func describe(
        _ machine: SafetyMachine, recording records: [Incident], record: inout JournalBatch,
        release: inout Release
    ) {
        let site = machine.compiled
        let writer = IncidentDocument(
            site: site, language: languageInForce, wallOffsetMilliseconds: machine.wallOffsetMilliseconds)
        var homes: [HomeIndex] = []
        outcome.orders.sort { $0.id < $1.id }
        var orders = outcome.orders[...]
        var documents: [IncidentID: [UInt8]] = [:]
        for incident in outcome.incidents {
            let document = writer.incident(incident)
            if !records.isEmpty { documents[incident.id] = document }
            let home = site.site.community.homes[incident.home.int].id
            board.show(
                incident, of: home, openedAt: writer.wall(incident.openedAt), document: document)
            release.change.incidents.append(
                BoardChange.Changed(number: incident.id.number, home: home, document: document))
            homes.append(incident.home)
            release.standings.append(writer.standing(of: incident))
            orders = orders.drop { $0.id.incident < incident.id }
            while let order = orders.first, order.id.incident == incident.id {
                orders.removeFirst()
                release.orders.append(writer.message(for: order, of: incident, document: document))
            }
        }
        for incident in records {
            record.incidents.append(
                IncidentRecord(
                    number: incident.id.number, home: site.site.community.homes[incident.home.int].id,
                    kind: incident.kind.name, urgency: incident.urgency.name, phase: incident.phase.name,
                    openedAt: incident.openedAt, closedAt: incident.closedAt,
                    document: documents[incident.id] ?? writer.incident(incident),
                    facts: IncidentFacts(incident)))
        }
        release.arrange(homes: homes) { statement(of: $0, machine: machine, writer: writer) }
        if homes.contains(.gateway) { board.setTroubles(machine.gatewayTroubles) }
    }

    func statement(
        of home: HomeIndex, machine: SafetyMachine, writer: IncidentDocument
    ) -> Release.HomeStatement {
        let open = machine.home(home).desk.incidents.filter(\.isOpen).map(\.id)
        let name = machine.compiled.site.community.homes[home.int].id
        let documents = board.documents(of: name, open: open)
        return Release.HomeStatement(
            home: name, document: writer.home(home, open: documents.open, closed: documents.closed))
    }

    private func count(_ batch: InputBatch) {
        let orders = outcome.orders.count
        let opened = outcome.incidents.count { $0.revision == 1 }
        let reports = batch.inputs.count { if case .report = $0 { true } else { false } }
        board.count {
            $0.inputs += Int64(batch.inputs.count)
            $0.observations += Int64(batch.observations.count)
            $0.batches += 1
            $0.orders += Int64(orders)
            $0.incidentsOpened += Int64(opened)
            $0.reports += Int64(reports)
        }
    }
}

extension CoreInput {
    /// Whether it only says what a device said.
    fileprivate var isTelemetry: Bool {
        switch self {
        case .message, .undecoded, .tick: true
        default: false
        }
    }
}
