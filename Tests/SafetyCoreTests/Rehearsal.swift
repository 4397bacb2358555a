import Escalation
import SafetyCore
import SafetyModel
import Testing

/// Plays a story to a machine in virtual time and writes down what people are told.
///
/// Channels answer at once by `answer`; the invariants are checked after every input.
struct Rehearsal {
    var machine: SafetyMachine
    var now: Instant
    /// What the channels answer for each order; nil means that no report comes.
    var answer: (NotificationOrder) -> DeliveryReport.Result? = { _ in .delivered }
    /// Every order that left, in its order.
    private(set) var orders: [NotificationOrder] = []
    /// The newest state of every incident by number, from 1.
    private(set) var incidents: [Incident] = []
    /// Everything that was put in, as the journal would keep it.
    private(set) var journal: [(bytes: [UInt8], at: Instant)] = []
    private var toldUntil = 0

    /// 2026-01-05, a Monday, 08:00 UTC: an hour before the digest.
    static let morning = Instant(milliseconds: 1_767_600_000_000)

    /// A machine whose link is up and that has caught up.
    init(_ site: TinySite = TinySite(), isListening: Bool = true) {
        now = Self.morning
        machine = SafetyMachine(site: site.compiled, at: now)
        if isListening { put(.link(isUp: true), .caughtUp) }
    }

    /// A device says something, by "device" of home h1 or "home/device".
    mutating func say(
        _ device: String, _ observations: Observation..., at deviceTime: WallTime? = nil,
        retained: Bool = false,
        payload: String = ""
    ) {
        var batch = InputBatch()
        batch.observations = observations
        let kept = batch.append(payload: Array(payload.utf8))
        batch.append(
            from: index(device), deviceTime: deviceTime, isRetained: retained, firstObservation: 0,
            payload: kept)
        take(batch)
    }

    /// A device's payload that could not be read.
    mutating func sayNonsense(_ device: String, reason: String, payload: String) {
        var batch = InputBatch()
        let kept = batch.append(payload: Array(payload.utf8))
        batch.inputs = [
            .undecoded(UndecodedMessage(device: index(device), reason: reason, payload: kept))
        ]
        take(batch)
    }

    /// Time passes; everything due fires at its moment.
    mutating func wait(_ span: Duration) {
        let end = now + span
        while let next = machine.nextDeadline, next <= end {
            now = max(now, next)
            put(.tick)
        }
        now = end
        put(.tick)
    }

    /// Time passes without the machine: the gateway is down.
    mutating func sleep(_ span: Duration) { now = now + span }

    /// A person acts, on the newest incident unless another is named.
    @discardableResult
    mutating func person(_ who: String, _ act: PersonCommand.Act, on incident: Int64? = nil) -> CommandAnswer
    {
        let command = PersonCommand(
            incident: IncidentID(incident ?? Int64(incidents.count)), responder: who, act: act, origin: "test"
        )
        var batch = InputBatch()
        batch.inputs = [.command(command)]
        return take(batch).answers.first?.answer ?? .refused(.unavailable)
    }

    /// A channel reports late, by hand.
    mutating func report(_ order: NotificationOrder, _ result: DeliveryReport.Result) {
        put(.report(DeliveryReport(order: order.id, attempt: order.attempt, result: result)))
    }

    mutating func put(_ inputs: CoreInput...) {
        for input in inputs {
            var batch = InputBatch()
            batch.inputs = [input]
            take(batch)
        }
    }

    /// Takes a batch in, and the reports of the orders that it led to.
    @discardableResult
    mutating func take(_ batch: InputBatch) -> StepOutcome {
        let outcome = step(batch)
        var waiting = outcome.orders[...]
        while let order = waiting.popFirst() {
            guard let result = answer(order) else { continue }
            var reports = InputBatch()
            reports.inputs = [
                .report(DeliveryReport(order: order.id, attempt: order.attempt, result: result))
            ]
            waiting += step(reports).orders
        }
        return outcome
    }

    private mutating func step(_ batch: InputBatch) -> StepOutcome {
        var outcome = StepOutcome()
        var writer = ByteWriter()
        InputCoding.encode(batch, keptPayloads: Array(batch.inputs.indices), into: &writer)
        journal.append((writer.bytes, now))
        for place in batch.inputs.indices {
            machine.advance(with: batch, at: place, time: now, into: &outcome)
        }
        machine.collect(into: &outcome)
        let complaint = machine.checkInvariants()
        #expect(complaint == nil)
        orders += outcome.orders
        for incident in outcome.incidents {
            let place = Int(incident.id.number) - 1
            if place < incidents.count { incidents[place] = incident } else { incidents.append(incident) }
        }
        return outcome
    }

    /// Orders since the last question, as "who purpose", first tries only.
    mutating func told() -> [String] {
        defer { toldUntil = orders.count }
        return orders[toldUntil...].filter { $0.attempt == 1 }.map { "\($0.responder) \($0.purpose.name)" }
    }

    /// The timeline of an incident as words.
    func timeline(_ incident: Int = 1) -> [String] {
        incidents[incident - 1].timeline.map { $0.event.name }
    }

    /// Incidents that are open now, as "kind plan".
    var open: [String] { machine.openIncidents.map { "\($0.kind.name) \($0.plan.id)" } }

    /// Where a device stands in the community.
    func index(_ name: String) -> DeviceIndex {
        let community = machine.compiled.site.community
        let parts = name.split(separator: "/")
        let home = parts.count == 2 ? String(parts[0]) : "h1"
        let found = community.devices.indices.first {
            community.devices[$0].id == String(parts[parts.count - 1])
                && community.homes[community.devices[$0].home.int].id == home
        }
        guard let found else { preconditionFailure("The tiny site has no device \(name).") }
        return DeviceIndex(found)
    }

    /// Device time at so many seconds from now.
    func clock(_ seconds: Int64 = 0) -> WallTime {
        WallTime(milliseconds: now.milliseconds + seconds * 1_000)
    }
}
