import Escalation
import Foundation
import GatewayPorts
import SafetyCore
public import SafetyModel

extension CoreGate {
    /// What became of incidents that were open on record and unknown to the recovered machine.
    public struct Reopening: Hashable, Sendable {
        /// How many people are called for again.
        public var opened = 0
        /// The numbers of those that cannot be opened again, because the site does not know their home or
        /// kind any more: they stay open on record.
        public var left: [Int64] = []
        /// Whether inputs were missing, so that more than incidents is not known any more.
        public var isPartial = false

        /// Whether there was nothing to do.
        public var isNothing: Bool { self == Reopening() }
    }

    /// Opens again what was open before the state was lost, and tells people on duty that it was.
    ///
    /// Each goes on under a number of its own; the record of the one before says so and is over. To be
    /// called once, after `sayAgain`.
    public func openLostAgain(at time: Instant) -> Reopening {
        let turn = enter()
        let (lost, isPartial) = (lostIncidents, isPartialStart)
        (lostIncidents, isPartialStart) = ([], false)
        var reopening = Reopening()
        reopening.isPartial = isPartial
        guard isPartial || !lost.isEmpty else {
            leave()
            return reopening
        }
        var batch = InputBatch()
        batch.inputs = lost.map { .desk(Self.command(for: $0, wallOffset: wallOffset)) }
        batch.inputs.append(.gateway(Self.condition(for: lost, isPartial: isPartial)))
        outcome.removeAll()
        let setAside = runner.step(&batch, at: time, into: &outcome)
        if !setAside.isEmpty { quarantine(setAside) }
        var over: [IncidentRecord] = []
        for reply in outcome.deskAnswers {
            let record = lost[reply.input]
            if case .opened(let number) = reply.answer {
                reopening.opened += 1
                over.append(self.over(record, words: "goes on as incident \(number)"))
            } else if record.home == runner.machine.compiled.site.community.homes[0].id {
                over.append(self.over(record, words: "what stands of it is told anew"))
            } else {
                reopening.left.append(record.number)
            }
        }
        outcome.deskAnswers.removeAll()
        if !reopening.left.isEmpty { tellLeft(reopening.left) }
        var conclusion = conclude(batch)
        conclusion.record.incidents += over.filter { $0.number > 0 }
        _ = commit(conclusion, turn: turn, by: .desk)
        return reopening
    }

    private var wallOffset: Int64 { runner.machine.wallOffsetMilliseconds }

    private static func command(for record: IncidentRecord, wallOffset: Int64) -> DeskCommand {
        let opened = WallTime(milliseconds: record.openedAt.milliseconds + wallOffset).rfc3339
        let number = record.number > 0 ? " \(record.number)" : ""
        return DeskCommand(
            home: record.home, by: "anju",
            act: .openIncident(
                kind: AlarmKind(record.kind),
                note:
                    "incident\(number), open since \(opened): the state was lost, so people are called again"),
            origin: "start")
    }

    private static func condition(for lost: [IncidentRecord], isPartial: Bool) -> GatewayCondition {
        let what = isPartial ? "what was learned before is lost" : "incidents on record were not known"
        return GatewayCondition(
            .stateRebuilt, isActive: true,
            detail: "\(what); \(lost.count) incidents that were open are opened again")
    }

    /// Troubles stand out as long as nobody has looked at them.
    private func tellLeft(_ numbers: [Int64]) {
        let list = numbers.prefix(8).map(String.init).joined(separator: ", ")
        condition.withLock {
            pendingConditions.append(
                GatewayCondition(
                    .stateRebuilt, isActive: true,
                    detail: "\(numbers.count) could not be opened again, look at the record: \(list)"))
        }
    }

    /// A record of which another incident takes care from now on.
    private func over(_ record: IncidentRecord, words: String) -> IncidentRecord {
        var record = record
        let now = runner.machine.now
        record.closedAt = now
        record.phase = Incident.Phase.closed.name
        record.document = IncidentDocument.ended(
            record.document, at: WallTime(milliseconds: now.milliseconds + wallOffset), words: words)
        return record
    }
}
