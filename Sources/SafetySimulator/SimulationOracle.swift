import Escalation
import SafetyCore
import SafetyModel

/// A second machine beside the gate, fed with the same inputs, and what else must be known to judge the gate.
///
/// It can go back to any moment that the journal may hold: a crash takes it to the last one that was stored.
struct SimulationOracle {
    /// What is rolled back by a crash.
    struct State {
        var machine: SafetyMachine
        /// The last reading of each hazard signal, by home and device.
        var readings: [ReadingKey: Reading] = [:]
        /// When what people shelved ends.
        var shelves: [ShelfKey: Instant] = [:]
        /// When walk tests end, by home.
        var walkTests: [String: Instant] = [:]
        /// Since when a walk test may keep smoke from people.
        var held: [ReadingKey: Instant] = [:]
    }

    struct ReadingKey: Hashable {
        var home: String
        var device: String
        var signal: Signal
    }

    /// A batch that the journal has or may have.
    struct Entry {
        /// Its last input.
        var sequence: Int64
        var at: Instant
        /// As it was after it; nil where the journal is further on.
        var state: State?
        var telegrams: [SimulatedTelegram]
        /// As the machine took it in.
        var batch = InputBatch()
        /// Telegrams whose inputs were set aside, or whose device was gone when they came in.
        var setAside: Set<Int>
        /// The files that came into force in it.
        var site: CompiledSite?
    }

    /// One submission, while it is under way.
    struct Step {
        /// The sequence of its last input, if it is committed.
        var expected: Int64
        var outcome: StepOutcome
        /// Homes in which a hazard began, with the words for it.
        var edges: [(home: HomeIndex, words: String)]
        /// Commands that must be answered.
        var commands: Int
        /// Orders and answers that left.
        var orders: [NotificationOrder] = []
        var answers = 0
        var replies: [Reply] = []
    }

    var state: State
    /// The machine before the first batch.
    private(set) var origin: SafetyMachine
    private(set) var history: [Entry]
    /// What people were told and which incidents there were.
    private(set) var ledger = SimulationLedger()
    /// By telegram, the sequence that took it in.
    private(set) var taken: [Int: Int64] = [:]
    /// Telegrams that were taken in while the store was away.
    private var unrecorded: Set<Int> = []
    /// Telegrams whose receipt the broker has.
    private var receipted: Set<Int> = []
    /// Telegrams that a crash in degraded mode took away after their receipt.
    private(set) var gone: Set<Int> = []

    init(machine: SafetyMachine) {
        state = State(machine: machine)
        origin = machine
        history = [
            Entry(sequence: 0, at: machine.now, state: state, telegrams: [], setAside: [], site: nil)
        ]
    }

    var machine: SafetyMachine { state.machine }

    // MARK: one batch

    /// Takes a batch in before the gate does.
    mutating func begin(
        _ draft: SimulatedDraft, suspects: [UInt64], after sequence: Int64, at time: Instant
    ) -> Step {
        var setAside: Set<Int> = []
        var batch = draft.translated(to: state.machine.compiled, ignoring: &setAside)
        var outcome = StepOutcome()
        var commands = 0
        var edges: [(home: HomeIndex, words: String)] = []
        for place in batch.inputs.indices {
            switch batch.inputs[place] {
            case .command, .visit, .desk: commands += 1
            default: break
            }
            let digest = InputDigest.digest(of: batch, at: place)
            if suspects.contains(digest) {
                if let telegram = draft.telegram(at: place) { setAside.insert(telegram.number) }
                batch.inputs[place] = .gateway(
                    GatewayCondition(
                        .inputQuarantined, isActive: true, detail: "input \(digest) crashed the gateway"))
            }
            state.machine.advance(with: batch, at: place, time: time, into: &outcome)
            if case .desk = batch.inputs[place], let reply = outcome.deskAnswers.last,
                let edge = follow(reply)
            {
                edges.append(edge)
            }
            if case .site = batch.inputs[place], let site = draft.site {
                state.machine.adopt(site, at: time)
                forgetReadings(notIn: site)
                // Alarms of devices that are gone end with it.
                let last = sequence + Int64(batch.inputs.count)
                for incident in state.machine.heldIncidents { ledger.add(incident, at: last) }
            }
        }
        state.machine.collect(into: &outcome)
        var step = Step(
            expected: sequence + Int64(batch.inputs.count), outcome: outcome, edges: edges,
            commands: commands)
        for telegram in draft.telegrams where !setAside.contains(telegram.number) {
            step.edges += self.edges(of: telegram)
        }
        for incident in outcome.incidents { ledger.add(incident, at: step.expected) }
        for order in outcome.orders { ledger.add(order, at: step.expected) }
        history.append(
            Entry(
                sequence: step.expected, at: time, state: state, telegrams: draft.telegrams, batch: batch,
                setAside: setAside, site: draft.site))
        return step
    }

    /// The batch that was begun is no input of the journal: nothing came of it.
    mutating func withdraw() { history.removeLast() }

    /// The gate let the batch out.
    ///
    /// - Returns: a telegram that was taken in twice.
    mutating func settle(isUnrecorded: Bool, stored: Int64) -> SimulatedTelegram? {
        guard let entry = history.last else { return nil }
        var twice: SimulatedTelegram?
        for telegram in entry.telegrams {
            if taken[telegram.number] != nil { twice = telegram }
            taken[telegram.number] = entry.sequence
            if isUnrecorded { unrecorded.insert(telegram.number) }
        }
        forgetStates(before: stored)
        return twice
    }

    /// States that no crash can lead back to are not kept.
    private mutating func forgetStates(before stored: Int64) {
        var place = history.count - 2
        while place >= 0, history[place].state != nil {
            if history[place].sequence < stored { history[place].state = nil }
            place -= 1
        }
    }

    /// The broker gets a receipt.
    ///
    /// - Returns: what is wrong with that.
    mutating func receipt(_ telegram: SimulatedTelegram, stored: Int64, isKeyStored: Bool) -> String? {
        guard let sequence = taken[telegram.number] else { return nil }
        receipted.insert(telegram.number)
        if unrecorded.contains(telegram.number) || sequence <= stored && isKeyStored { return nil }
        return "message \(telegram.number) has its receipt and is not stored"
    }

    // MARK: a crash

    /// The process died; the journal holds everything up to a sequence.
    ///
    /// - Returns: what is wrong with that.
    mutating func crash(stored: Int64) -> String? {
        var complaint: String?
        while let last = history.last, last.sequence > stored {
            for telegram in last.telegrams where taken[telegram.number] == last.sequence {
                taken[telegram.number] = nil
                defer { unrecorded.remove(telegram.number) }
                guard receipted.contains(telegram.number) else { continue }
                gone.insert(telegram.number)
                if !unrecorded.contains(telegram.number) {
                    complaint = "message \(telegram.number) had its receipt and is lost"
                }
            }
            history.removeLast()
        }
        guard let last = history.last, last.sequence == stored, let kept = last.state else {
            return complaint ?? "the journal ends at \(stored), where no batch ended"
        }
        // The commit came through, but nobody was there to say so.
        for telegram in last.telegrams { taken[telegram.number] = last.sequence }
        state = kept
        ledger.cut(after: stored)
        return complaint
    }

    /// Nothing is stored yet: a start begins anew.
    mutating func beginAnew(_ machine: SafetyMachine) {
        state = State(machine: machine)
        origin = machine
        ledger = SimulationLedger()
        history = [
            Entry(sequence: 0, at: machine.now, state: state, telegrams: [], setAside: [], site: nil)
        ]
    }

    // MARK: hazards

    private mutating func edges(of telegram: SimulatedTelegram) -> [(home: HomeIndex, words: String)] {
        guard case .device(let home, let device, let observations, _) = telegram.content,
            let index = homeIndex(of: home)
        else { return [] }
        var found: [(home: HomeIndex, words: String)] = []
        for observation in observations where observation.signal.isLifeSafety {
            let key = ReadingKey(home: home, device: device, signal: observation.signal)
            let wasOn = state.readings[key]?.isOn ?? false
            if observation.form == .level { state.readings[key] = observation.reading }
            if !observation.reading.isOn, let since = state.held[key], machine.now < since + Self.testPatience
            {
                state.held[key] = nil
            }
            let begins =
                observation.form == .pulse
                ? observation.reading.callsForHelp : observation.reading.isOn && !wasOn
            guard begins else { continue }
            if mayBeTest(observation, in: index) {
                state.held[key] = machine.now
            } else {
                found.append((index, "\(observation.signal.name) of \(home)/\(device)"))
            }
        }
        return found
    }

    private mutating func forgetReadings(notIn site: CompiledSite) {
        var known: Set<String> = []
        let community = site.site.community
        for device in community.devices {
            known.insert("\(community.homes[device.home.int].id)/\(device.id)")
        }
        state.readings = state.readings.filter { known.contains("\($0.key.home)/\($0.key.device)") }
        let homes = Set(community.homes.map(\.id))
        state.shelves = state.shelves.filter { homes.contains($0.key.home) }
        state.walkTests = state.walkTests.filter { homes.contains($0.key) }
        state.held = state.held.filter { homes.contains($0.key.home) }
    }

    func homeIndex(of home: String) -> HomeIndex? {
        machine.compiled.site.community.homes.firstIndex { $0.id == home }.map { HomeIndex($0) }
    }

    /// A hazard edge of the batch that nobody was told of.
    func withheld(in step: Step) -> String? {
        for edge in step.edges {
            let isTold = step.orders.contains { tells($0, of: edge.home) }
            if isTold { continue }
            // Two alarms of the same moment are one piece of news, and with too many orders on the way people
            // are being told.
            let isToldAlready = ledger.ordersAt(machine.now, before: step.expected).contains {
                tells($0, of: edge.home)
            }
            let isFull = machine.home(edge.home).desk.incidents.contains {
                $0.outstanding.count >= EscalationDesk.outstandingLimit
            }
            if isToldAlready || isFull { continue }
            return "nobody is told of \(edge.words)"
        }
        return nil
    }

    private func tells(_ order: NotificationOrder, of home: HomeIndex) -> Bool {
        guard order.purpose == .alarm || order.purpose == .alarmAgain else { return false }
        return ledger.incidents[order.id.incident.number]?.home == home
    }
}
