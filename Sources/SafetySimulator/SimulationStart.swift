import Escalation
import GatewayEngine
import GatewayPorts
import SafetyCore
import SafetyModel
import SiteConfiguration

/// How a process starts: recovery, the gate, what must be said again, the link.
extension Simulation {
    func start() {
        begins()
        note("life \(life) starts at input \(disk.lastSequence)")
        let crashesAt = crashingStarts > 0 ? number(0...2, UInt64(life)) : nil
        if crashesAt != nil { crashingStarts -= 1 }
        if bug == .damagesBatch { damage() }
        guard let recovered = recover() else { return die("recovery failed") }
        if crashesAt == 0 { return die("in recovery") }
        guard let gate = open(recovered) else { return die("the gate does not open") }
        if isDead { return }
        if crashesAt == 1 { return die("before it knows of the restart") }
        let conditions: [GatewayCondition.Kind] = [
            .storeUnavailable, .recordsShed, .storeDamaged, .inputQuarantined,
        ]
        submit(
            SimulatedDraft(
                [.restarted, .wallOffset(wallOffset)]
                    + conditions.map { .gateway(GatewayCondition($0, isActive: false)) }), by: .desk)
        guard !isDead, violation == nil else { return }
        sayAgain(gate)
        if crashesAt == 2 { return die("before the link starts") }
        wake(after: 1_000)
        agenda.add(.connect(life: life), at: now + .milliseconds(number(5...400, UInt64(life))))
        adopt(wantedSite)
    }

    private func damage() {
        disk.tamper(batches: { batches in
            guard batches.count > 6 else { return }
            var writer = ByteWriter()
            var batch = InputBatch()
            batch.inputs = Array(repeating: .tick, count: Int(batches[5].count))
            InputCoding.encode(batch, keptPayloads: [], into: &writer)
            batches[5].inputs = writer.bytes
        })
    }

    private func recover() -> Recovered? {
        let journal = SimulatedJournal(self, life: life)
        let breadcrumb = SimulatedBreadcrumb(self, life: life, suspects: suspects)
        do {
            let stored = try Recovery.storedInstallation(journal) ?? installations[wantedSite]
            let recovered = try Recovery.recover(stored, journal: journal, breadcrumb: breadcrumb, at: now)
            if recovered.sequence == 0, let site = site(of: stored) {
                oracle.beginAnew(SafetyMachine(site: site, at: now))
            }
            if recovered.sequence != disk.lastSequence {
                fail(.recovery, "it begins at \(recovered.sequence), not at \(disk.lastSequence)")
            }
            if recovered.digest != oracle.machine.digest {
                fail(.recovery, "the state after input \(recovered.sequence) is another one")
            }
            for complaint in recovered.complaints { fail(.recovery, complaint) }
            for record in recovered.lost {
                fail(.recovery, "incident \(record.number) is open on record and nobody knows it")
            }
            return violation == nil ? recovered : nil
        } catch {
            fail(.recovery, "\(error)")
            return nil
        }
    }

    private func site(of installation: Installation) -> CompiledSite? {
        sites.first { $0.hash == installation.fileHash }
    }

    /// Opens the gate; the recovered files come into force where the journal does not know them.
    private func open(_ recovered: Recovered) -> CoreGate? {
        guard let site = site(of: recovered.installation) else { return nil }
        let journal = SimulatedJournal(self, life: life)
        let board = EngineBoard(journal: journal, version: "simulation")
        let isFirst = recovered.sequence == 0
        if isFirst {
            step = oracle.begin(
                SimulatedDraft([.site(hash: site.hash)], site: site), suspects: [], after: 0, at: now)
        }
        let gate: CoreGate
        do {
            gate = try CoreGate.open(
                recovered, journal: journal, board: board, taker: SimulatedTaker(self, life: life))
        } catch {
            if isFirst { oracle.withdraw() }
            return nil
        }
        if isDead { return nil }
        gateway = SimulatedGateway(gate: gate, board: board, site: site, keys: recovered.deliveryKeys)
        if isFirst { conclude() }
        return gate
    }

    /// What people may not have heard before the crash is said again, under the same ids.
    private func sayAgain(_ gate: CoreGate) {
        var again = SimulationOracle.Step(
            expected: gate.sequence, outcome: StepOutcome(), edges: [], commands: 0)
        again.outcome.orders = oracle.machine.unreportedOrders
        step = again
        gate.sayAgain()
        guard let said = step else { return }
        step = nil
        let wanted = again.outcome.orders.map(\.id).sorted()
        if said.orders.map(\.id).sorted() != wanted {
            fail(.release, "\(wanted.count) orders wait for a report and \(said.orders.count) are said again")
        }
    }

    /// Brings files into force, as a reload does it.
    func adopt(_ variant: Int) {
        guard !isDead, violation == nil, let gate = gateway?.gate else { return }
        let site = sites[variant]
        guard gate.siteHash != site.hash else { return }
        let mustRefuse =
            gate.isDegraded || disk.isFull
            || !oracle.machine.advanced(to: now).homesInTheWay(of: site).isEmpty
        if !mustRefuse {
            steps += 1
            step = oracle.begin(
                SimulatedDraft([.site(hash: site.hash)], site: site), suspects: suspects,
                after: gate.sequence, at: now)
        }
        do {
            try gate.adopt(installations[variant], at: now)
            if isDead { return }
            if mustRefuse { return fail(.release, "files \(variant) had to be refused") }
            note("files \(variant) are in force")
            conclude()
            gateway?.adopt(site)
        } catch {
            note("files \(variant) are refused: \(error.text)")
            guard !isDead, !mustRefuse else { return }
            fail(.release, "files \(variant) are refused: \(error.text)")
        }
    }
}
