import Correlation
import Escalation
import SafetyCore
import SafetyModel
import Welfare

/// A generator whose numbers are the same in every process (xorshift64*).
struct Dice {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_f491_4f6c_dd1d
    }

    /// From 0 up to, not including, the bound.
    mutating func roll(_ bound: Int) -> Int { Int(next() >> 33) % bound }

    mutating func pick<T>(_ values: [T]) -> T { values[roll(values.count)] }
}

/// Random inputs over a small site: everything that can arrive, in any order.
struct RandomStory {
    var dice: Dice
    /// Acts of the desk come from numbers of their own, so that the rest of a story does not depend on them.
    private var deskDice: Dice
    var machine: SafetyMachine
    /// Orders whose report has not come.
    private var unreported: [NotificationOrder] = []
    private var outcome = StepOutcome()
    private(set) var orderCount = 0
    private let sites: [CompiledSite]

    /// The sites that reloads change between; each has every home.
    static var sites: [CompiledSite] {
        var first = TinySite(homeCount: 3, supervision: .minutes(10))
        first.rules = rules
        first.plans = plans
        first.rosters = rosters
        first.responders = TinySite.people.map { person in
            var person = person
            if person.role == .station { person.quiet = Schedule.Span(from: 9 * 60, until: 12 * 60) }
            return person
        }
        first.residents = [Resident(id: "r", name: "R", telephone: "100")]
        first.welfare = WelfarePlan(inactivity: nervous, checkInMinute: 9 * 60)
        var second = TinySite(homeCount: 4, commissioned: ["h2"], supervision: .minutes(30))
        second.rules = Array(rules.reversed().dropLast(2))
        second.without = ["smoke2", "thermo"]
        second.welfare = WelfarePlan(
            inactivity: nervous, pauses: [WelfarePlan.Pause(days: 20_459...20_459)])
        var third = TinySite(homeCount: 4, commissioned: ["h1"], supervision: .minutes(5))
        third.settings.silenceCeiling = .hours(1)
        return [first.compiled, second.compiled, third.compiled]
    }

    /// Everything that a plan can ask for.
    static var plans: [EscalationPlan] {
        var plans = TinySite.plans
        plans[1].steps = [
            EscalationPlan.Step(
                notify: [.role(.neighbour), .roster("watch"), .role(.family)], seenWithin: .seconds(45),
                turnEvery: .seconds(45)),
            EscalationPlan.Step(
                notify: [.oneOf([.role(.gridWorker), .role(.station)])], seenWithin: .seconds(60)),
            EscalationPlan.Step(notify: [.role(.station), .role(.centre)], seenWithin: .seconds(60)),
        ]
        plans[1].verification = EscalationPlan.Verification(by: [.role(.centre)], within: .seconds(60))
        plans[2].verification = EscalationPlan.Verification(
            by: [.role(.station)], within: .seconds(90), before: [.inactivity])
        return plans
    }

    static let rosters = [
        Roster(
            id: "watch",
            shifts: [
                Roster.Shift(
                    name: "morning", hours: Schedule(spans: [Schedule.Span(from: 480, until: 600)]),
                    people: ["grid"]),
                Roster.Shift(
                    name: "later", hours: Schedule(spans: [Schedule.Span(from: 660, until: 1_200)]),
                    people: ["technician"]),
            ], handOver: .minutes(20))
    ]

    /// Limits that random time reaches.
    static let nervous = InactivityPlan(
        fixedLimits: [], otherwise: .minutes(20), ceiling: .minutes(40), preAlertLead: .minutes(5),
        awayCeiling: .hours(4))

    static let rules = [
        Rule(
            id: "hot", when: .condition(Condition(.temperature, .above(57), clear: .below(50))), alarm: .fire,
            urgency: .lifeSafety),
        Rule(
            id: "door", when: .held(Condition(.contact, .isOn), for: .minutes(10)), alarm: AlarmKind("door"),
            urgency: .routine),
        Rule(
            id: "long-smoke", when: .held(Condition(.smoke, .isOn), for: .seconds(60)), alarm: .fire,
            urgency: .lifeSafety),
        Rule(
            id: "stove",
            when: .allOf(
                [
                    .condition(Condition(.smoke, .isOn)),
                    .anyOf([
                        .condition(Condition(.gas, .isOn)),
                        .held(Condition(.temperature, .above(40)), for: .seconds(30)),
                    ]), .condition(Condition(.call, .isKey(.emergency))),
                ], within: .minutes(5)), alarm: .fire, urgency: .lifeSafety),
        Rule(
            id: "leak", when: .condition(Condition(.waterLeak, .isOn)), alarm: .waterLeak, urgency: .urgent,
            places: ["kitchen"]),
        Rule(
            id: "battery", when: .condition(Condition(.batteryLow, .isOn)), alarm: .batteryLow,
            urgency: .technical),
    ]

    init(seed: UInt64, sites: [CompiledSite] = Self.sites) {
        dice = Dice(seed)
        deskDice = Dice(seed + 1_000)
        self.sites = sites
        machine = SafetyMachine(site: sites[0], at: Rehearsal.morning)
    }

    /// One random input; now and then a snapshot is read back in its place, or the site changes.
    mutating func step() {
        let time = machine.now + .milliseconds(wait())
        if dice.roll(4_000) == 0 { reload(at: time) }
        let batch = batch()
        outcome.removeAll()
        for place in batch.inputs.indices {
            machine.advance(with: batch, at: place, time: time, into: &outcome)
        }
        machine.collect(into: &outcome)
        orderCount += outcome.orders.count
        unreported += outcome.orders
        if unreported.count > 200 { unreported.removeFirst(100) }
    }

    private mutating func wait() -> Int64 {
        switch dice.roll(20) {
        case 0...9: Int64(dice.roll(2_000))
        case 10...16: Int64(dice.roll(60_000))
        case 17...18: Int64(dice.roll(1_200_000))
        default: dice.roll(20) == 0 ? Int64(dice.roll(200_000_000)) : -Int64(dice.roll(5_000))
        }
    }

    private mutating func reload(at time: Instant) {
        let site = dice.pick(sites)
        if machine.homesInTheWay(of: site).isEmpty { machine.adopt(site, at: time) }
    }

    private mutating func batch() -> InputBatch {
        var batch = InputBatch()
        for _ in 0...dice.roll(3) {
            switch dice.roll(40) {
            case 0...19: message(into: &batch)
            case 20: batch.inputs.append(undecoded(into: &batch))
            case 21...26: batch.inputs.append(.command(command()))
            case 27...32: if let report = report() { batch.inputs.append(.report(report)) }
            case 33...34: batch.inputs.append(.tick)
            case 35: batch.inputs.append(.link(isUp: dice.roll(3) > 0))
            case 36, 37: batch.inputs.append(.caughtUp)
            case 38:
                let kind = dice.pick(GatewayCondition.Kind.allCases)
                batch.inputs.append(.gateway(GatewayCondition(kind, isActive: dice.roll(2) == 0)))
            default:
                batch.inputs.append(
                    dice.roll(4) == 0 ? .restarted : .wallOffset(.milliseconds(dice.roll(7_200_000))))
            }
        }
        if deskDice.roll(16) == 0 { batch.inputs.append(.desk(deskCommand())) }
        if deskDice.roll(32) == 0 { batch.inputs.append(.visit(visit())) }
        return batch
    }

    private mutating func undecoded(into batch: inout InputBatch) -> CoreInput {
        let payload = batch.append(payload: Array(repeating: 0x7B, count: dice.roll(2_000)))
        return .undecoded(UndecodedMessage(device: device(), reason: "broken", payload: payload))
    }

    /// A device of the site, or rarely one that is not there.
    private mutating func device() -> DeviceIndex {
        let count = machine.compiled.site.community.devices.count
        return dice.roll(50) == 0
            ? DeviceIndex(dice.pick([-1, count, 99_999])) : DeviceIndex(dice.roll(count))
    }

    private mutating func message(into batch: inout InputBatch) {
        let first = batch.observations.count
        for _ in 0...dice.roll(3) { batch.observations.append(observation()) }
        let time: WallTime? =
            switch dice.roll(6) {
            case 0: WallTime(milliseconds: dice.pick([Int64.min, Int64.max, 0, -1]))
            case 1...3: WallTime(milliseconds: machine.now.milliseconds - Int64(dice.roll(10_000)))
            default: nil
            }
        let payload = batch.append(payload: Array(repeating: 0x20, count: dice.roll(40)))
        batch.append(
            from: device(), deviceTime: time, isRetained: dice.roll(8) == 0, firstObservation: first,
            payload: payload)
    }

    private mutating func observation() -> Observation {
        let signal = dice.pick(
            [
                .smoke, .smoke, .gas, .carbonMonoxide, .call, .call, .fall, .contact, .temperature,
                .temperature,
                .waterLeak, .batteryLow, .online, .bridge, .bridge, .test, .motion, .gasLevel,
            ] as [Signal])
        let reading: Reading =
            switch dice.roll(40) {
            case 0: .number(.nan)
            case 1: .flag(true)
            case 2: .pair(1, 2)
            default: reading(of: signal)
            }
        var made = Observation(signal, reading)
        if dice.roll(6) == 0 { made.form = .pulse }
        if dice.roll(6) == 0 { made.quality = dice.pick([.retained, .replayed, .history, .test]) }
        if made.quality == .history && dice.roll(4) > 0 {
            made.deviceTime = WallTime(
                milliseconds: machine.now.milliseconds - Int64(dice.roll(100)) * 60_000)
        }
        return made
    }

    private mutating func reading(of signal: Signal) -> Reading {
        switch signal.shape {
        case .flag: .flag(dice.roll(2) == 0)
        case .number: .number(Double(dice.roll(80)))
        case .pair: .pair(Float(dice.roll(9)), 1)
        case .key: .key(dice.pick(CallKey.allCases))
        }
    }

    /// Whom an incident is offered to; one of them is nobody.
    private let successors = ["grid", "centre", "technician", "family", "nobody"]

    private mutating func command() -> PersonCommand {
        let held = machine.heldIncidents.map(\.id)
        let incident =
            held.isEmpty || dice.roll(20) == 0 ? IncidentID(Int64(dice.roll(50)) - 2) : dice.pick(held)
        let act: PersonCommand.Act =
            switch dice.roll(6) {
            case 0, 1: .acknowledge
            case 2: orderCount % 3 == 0 ? .handOver(to: successors[orderCount % successors.count]) : .onScene
            case 3: orderCount % 4 == 0 ? .note("noted") : .needHelp
            default: .close(dice.pick(Disposition.allCases))
            }
        return PersonCommand(
            incident: incident, responder: dice.pick(["grid", "centre", "family", "stranger"]), act: act,
            origin: "random")
    }

    private mutating func deskCommand() -> DeskCommand {
        let kind = deskDice.pick([AlarmKind.fire, .waterLeak, .batteryLow, .deviceLost, AlarmKind("door")])
        let act: DeskCommand.Act =
            switch deskDice.roll(8) {
            case 0: .openIncident(kind: kind, note: "called")
            case 1, 2: .shelve(kind: kind, duration: .seconds(Int64(deskDice.roll(3_600))), reason: "repair")
            case 3: .unshelve(kind: kind)
            case 4: .endWalkTest
            default: .startWalkTest(duration: .seconds(Int64(deskDice.roll(2_000))))
            }
        return DeskCommand(
            home: deskDice.pick(["h1", "h1", "h2", "h3"]), by: "chen", act: act, origin: "random")
    }

    private mutating func visit() -> VisitRecord {
        VisitRecord(
            home: deskDice.pick(["h1", "h1", "h2", "nowhere"]),
            at: deskDice.pick([
                nil, WallTime(milliseconds: machine.now.milliseconds - 3_600_000),
                WallTime(milliseconds: .min), WallTime(milliseconds: .max),
            ]), by: deskDice.pick(["grid", "nobody"]), way: deskDice.pick(VisitWay.allCases),
            result: deskDice.pick(VisitResult.allCases), origin: "random")
    }

    private mutating func report() -> DeliveryReport? {
        guard !unreported.isEmpty else { return nil }
        let order = unreported.remove(at: dice.roll(unreported.count))
        let result: DeliveryReport.Result =
            switch dice.roll(4) {
            case 0: .failed(reason: "no answer")
            case 1: .rejected(reason: "unknown address")
            default: .delivered
            }
        return DeliveryReport(
            order: order.id, attempt: order.attempt - Int32(dice.roll(8) / 7), result: result)
    }
}
