import Escalation
import GatewayEngine
import GatewayPorts
import SafetyCore
import SafetyModel
import SiteConfiguration

/// Plays a story with the real gate, recovery, degraded mode and machine in virtual time, on one thread, and
/// checks after every step what must hold.
///
/// The same story gives the same digest in every process: there is no clock, no chance and no thread.
public final class Simulation: @unchecked Sendable {
    // Unchecked: one thread runs a whole simulation, gateway included; nothing of it is shared.
    let story: SimulationStory
    let bug: SimulationBug?
    static let start = Instant(milliseconds: 1_790_000_000_000)

    // The world.
    var now = Simulation.start
    var disk = SimulatedDisk()
    var broker: SimulatedBroker
    var agenda = Agenda<Entry>()
    var isLinkUp = true
    var wallOffset = Duration.zero
    var manners: [String: SimulatedManner] = [:]
    var arePeopleThere = true
    var telegramCount = 0
    /// What each device said last, for the cache of its bridge.
    var cache: [String: [Observation]] = [:]
    let sites: [CompiledSite]
    let installations: [Installation]
    /// The files on disk now.
    var wantedSite = 0

    // The gateway.
    var life = 0
    var isDead = true
    /// Inputs that the running process sets aside.
    var suspects: [UInt64] = []
    private var isStartPlanned = true
    var gateway: SimulatedGateway?
    /// Nothing gets into the gate: a commit hangs.
    var isGateBlocked = false
    /// A reload has not come back yet.
    var isReloading = false
    /// The submission under way.
    var step: SimulationOracle.Step?
    /// How deep in hanging commits the simulation is.
    var depth = 0

    // Faults that wait for their moment.
    var crashes: [SimulatedCrash] = []
    var hang: (milliseconds: Int64, fails: Bool)?
    var crashingStarts = 0
    var poisoned: [String] = []
    var poisonDigests: [UInt64] = []

    // Judgement.
    var oracle: SimulationOracle
    var violation: SimulationViolation?
    var steps = 0
    var mixer: SimulationMixer
    var trace: [String]?
    /// Messages of devices that the link's files did not know when it read them.
    var strangers: Set<Int> = []
    /// What each order id stood for, also what a crash in degraded mode took away.
    var sentEver: [String: String] = [:]
    /// Errands of people at the desk so far.
    var errands = 0
    /// What people were answered, by their references; nil where a crash may have taken it away.
    var told: [String: String?] = [:]
    /// Receipts of orders, so that a person answers an incident once.
    var called: Set<String> = []

    /// What is going to happen.
    enum Entry: Hashable, Sendable {
        case act(SimulationAct)
        case start
        case connect(life: Int)
        case caughtUp(life: Int, connection: Int)
        case wake(life: Int)
        case report(life: Int, DeliveryReport)
        case answers(PersonCommand, overBroker: Bool)
        case visits(VisitRecord, overBroker: Bool)
        case asks(DeskErrand)
        case saveSnapshot(life: Int, succeeds: Bool)
    }

    /// What came of a story.
    public struct Result: Sendable {
        /// The first invariant that did not hold; nil when all did.
        public var violation: SimulationViolation?
        /// A hash over everything that left the gateway and its last state.
        public var digest: UInt64
        /// Batches submitted, over all lives.
        public var steps: Int
        /// How often the process started.
        public var lives: Int
        /// Incidents that were opened in the end's history.
        public var incidents: Int
        /// What happened, in lines; empty unless asked for.
        public var trace: [String]
    }

    /// Plays a story to its end or to the first violation.
    ///
    /// - Parameter bug: a bug that is built in; nil for the gateway as it is.
    public static func play(
        _ story: SimulationStory, with bug: SimulationBug? = nil, tracing: Bool = false
    ) -> Result {
        let simulation = Simulation(story, bug: bug, tracing: tracing)
        simulation.play()
        simulation.mixer.mix(simulation.oracle.machine.digest)
        return Result(
            violation: simulation.violation, digest: simulation.mixer.value, steps: simulation.steps,
            lives: simulation.life, incidents: simulation.oracle.ledger.incidents.count,
            trace: simulation.trace ?? [])
    }

    private init(_ story: SimulationStory, bug: SimulationBug?, tracing: Bool) {
        self.story = story
        self.bug = bug
        installations = story.sites.map { $0.installation() }
        sites = installations.map { CompiledSite($0.site, hash: $0.fileHash) }
        oracle = SimulationOracle(machine: SafetyMachine(site: sites[0], at: Self.start))
        mixer = SimulationMixer(story.seed)
        broker = SimulatedBroker(firstPacket: 65_500)
        trace = tracing ? [] : nil
    }

    /// A number that stays the same when other acts are left out.
    func number(_ range: ClosedRange<Int64>, _ words: UInt64...) -> Int64 {
        var chance = SimulationMixer(story.seed)
        for word in words { chance.mix(word) }
        chance.mix(0x5eed)
        return range.lowerBound + Int64(chance.value % UInt64(range.upperBound - range.lowerBound + 1))
    }

    func fail(_ invariant: SimulationInvariant, _ detail: @autoclosure () -> String) {
        guard violation == nil else { return }
        let found = SimulationViolation(
            invariant: invariant, at: (now - Self.start).wholeMilliseconds, step: steps, detail: detail())
        violation = found
        note("VIOLATION \(found)")
    }

    func note(_ words: @autoclosure () -> String) {
        guard trace != nil else { return }
        trace?.append("\(SimulationTime.text((now - Self.start).wholeMilliseconds))  \(words())")
    }

    // MARK: the story

    private func play() {
        agenda.add(.start, at: now)
        for act in story.acts { agenda.add(.act(act), at: Self.start + .milliseconds(act.at + 1_000)) }
        run(until: Self.start + .milliseconds(SimulationStory.length))
        heal()
        run(until: now + .seconds(Self.settlingSeconds))
        // Whatever changed last has its record a moment later.
        var rounds = 0
        while violation == nil, rounds < Self.settlingRounds, isOwing {
            rounds += 1
            run(until: now + .milliseconds(700))
        }
        if violation == nil, isDead { fail(.recovery, "the gateway does not start any more") }
        if violation == nil { checkEnd() }
    }

    /// How long things settle at the end, when all faults are over.
    static let settlingSeconds: Int64 = 20

    /// How often the end waits for records that are a moment behind, because life goes on.
    private static let settlingRounds = 100

    private var isOwing: Bool { gateway?.gate.owesDocuments(at: now + .hours(1)) ?? true }

    private func heal() {
        note("all faults end")
        crashes = []
        hang = nil
        crashingStarts = 0
        poisoned = []
        poisonDigests = []
        manners = [:]
        arePeopleThere = true
        disk.isFull = false
        if !isLinkUp { perform(.link(isUp: true)) }
    }

    /// Lets time pass: everything at its moment, soonest first.
    func run(until end: Instant) {
        while violation == nil {
            if isDead, depth > 0 { return }
            settleDeath()
            guard let next = nextMoment, next <= end else { break }
            now = max(now, next)
            while violation == nil, let due = agenda.takeDue(by: now) {
                perform(due.entry)
                if isDead { break }
            }
            pump()
        }
        if violation == nil { now = max(now, end) }
    }

    /// The service manager starts the process again after a while.
    private func settleDeath() {
        guard isDead, !isStartPlanned else { return }
        isStartPlanned = true
        gateway = nil
        step = nil
        isGateBlocked = false
        if let complaint = oracle.crash(stored: disk.lastSequence) { fail(.recorded, complaint) }
        let delay = number(500...12_000, UInt64(life))
        agenda.add(.start, at: now + .milliseconds(delay))
    }

    /// A process runs from here on.
    func begins() {
        life += 1
        isDead = false
        isStartPlanned = false
        suspects = disk.suspects
    }

    private var nextMoment: Instant? {
        let deadline = isGateBlocked ? nil : deadlineSeen
        guard let next = agenda.next else { return deadline }
        return deadline.map { min($0, next) } ?? next
    }

    /// When the desk thinks that something is due.
    var deadlineSeen: Instant? {
        guard !isDead, let gate = gateway?.gate else { return nil }
        let deadline = gate.nextDeadline
        return bug == .losesDeadline && !oracle.machine.openIncidents.isEmpty ? nil : deadline
    }

    /// Both threads take in what waits for them, until nothing does.
    func pump() {
        while violation == nil, !isDead, !isGateBlocked, gateway != nil {
            let isMoved = turnLink()
            guard violation == nil, !isDead, !isGateBlocked else { return }
            if !turnDesk() && !isMoved { return }
        }
    }
}
