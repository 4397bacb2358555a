import Correlation
import DeviceProfiles
import Dispatch
import Escalation
import Foundation
import GatewayEngine
import GatewayPorts
import Logging
import Persistence
import SafetyCore
import SafetyModel
import SiteConfiguration
import Synchronization

@testable import GatewayRuntime

/// One home with a smoke detector and an SOS button; orders go to one responder over one channel.
enum SmallSite {
    static let smoke = DeviceIndex(0)
    static let button = DeviceIndex(1)

    static func installation(
        hash: UInt64 = 1, channel: String = "test", seenWithin: Duration = .seconds(60), home: String = "h1"
    ) -> Installation {
        let devices = [
            Device(id: "smoke", home: HomeIndex(1), place: "kitchen", profile: "p", signals: [.smoke]),
            Device(id: "sos", home: HomeIndex(1), profile: "p", signals: [.call]),
        ]
        let plan = EscalationPlan(
            id: "all", urgencies: Urgency.allCases,
            steps: [
                EscalationPlan.Step(notify: [.person("nina")], seenWithin: seenWithin),
                EscalationPlan.Step(notify: [.person("nina")], seenWithin: seenWithin),
            ])
        return Installation(
            site: Site(
                gateway: "g1",
                community: Community(
                    homes: [
                        Home(id: "gateway", name: "The gateway"), Home(id: home, name: home, devices: 0..<2),
                    ],
                    devices: devices,
                    responders: [
                        Responder(
                            id: "nina", name: "Nina", role: .neighbour,
                            channels: [ChannelAddress(channel: channel, address: "1")])
                    ]), rules: [], plans: [plan]),
            settings: GatewaySettings(), profiles: [], bindings: [], fileHash: hash)
    }
}

/// A value that threads wait for.
final class Awaited<Value: Sendable>: @unchecked Sendable {
    // Unchecked: `value` is touched under `condition`.
    private let condition = NSCondition()
    private var value: Value

    init(_ value: Value) { self.value = value }

    var now: Value { condition.withLock { value } }

    func change(_ body: (inout Value) -> Void) {
        condition.withLock {
            body(&value)
            condition.broadcast()
        }
    }

    /// Waits until it is so.
    func wait(seconds: Double = 30, until isSo: (Value) -> Bool) -> Bool {
        let limit = Date(timeIntervalSinceNow: seconds)
        return condition.withLock {
            while !isSo(value) { guard condition.wait(until: limit) else { return isSo(value) } }
            return true
        }
    }
}

extension Awaited {
    /// Waits until it is so, without keeping a thread of Swift's pool from others.
    func reached(seconds: Double = 30, until isSo: @escaping @Sendable (Value) -> Bool) async -> Bool {
        await apart { self.wait(seconds: seconds, until: isSo) }
    }
}

/// Runs what blocks on a thread of its own.
func apart<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
    await withCheckedContinuation { continuation in
        Thread { continuation.resume(returning: body()) }.start()
    }
}

/// What a scripted broker has for us, and what came back, over all links to it.
final class ScriptedBroker: Sendable {
    let state = Awaited(State())

    struct State: Sendable {
        var waiting: [InputBatch] = []
        var published: [Publication] = []
        /// Calls in order: `open 2 keys [1, 2]`, `receive`, `release 3`, `adopt 2`, `close`.
        var calls: [String] = []
        var isWoken = false
        /// How the link says that it stands.
        var standing = LinkStanding(.up)
    }

    func deliver(_ batch: InputBatch) { state.change { $0.waiting.append(batch) } }

    var making: LinkMaking {
        { [self] _, version, keys in
            let link = ScriptedLink(self)
            state.change { $0.calls.append("open \(version) keys \(keys)") }
            return HostedLink(link: link) { [self] installation, version in
                state.change { $0.calls.append("adopt \(version) \(installation.fileHash)") }
            }
        }
    }

    func count(_ call: String) -> Int { state.now.calls.count { $0 == call } }
}

/// A link that a script feeds.
final class ScriptedLink: MessageLink {
    private let broker: ScriptedBroker

    init(_ broker: ScriptedBroker) { self.broker = broker }

    func receive(into batch: inout InputBatch, waitingAtMost patience: Duration) {
        _ = broker.state.wait(seconds: Double(patience.wholeMilliseconds) / 1_000) {
            !$0.waiting.isEmpty || $0.isWoken
        }
        var taken: InputBatch?
        broker.state.change {
            $0.isWoken = false
            if !$0.waiting.isEmpty { taken = $0.waiting.removeFirst() }
        }
        if let taken { batch = taken }
    }

    func release(_ publications: [Publication]) {
        broker.state.change {
            $0.published += publications
            if !publications.isEmpty { $0.calls.append("release \(publications.count)") }
        }
    }

    func wake() { broker.state.change { $0.isWoken = true } }

    var standing: LinkStanding { broker.state.now.standing }

    func close() { broker.state.change { $0.calls.append("close") } }
}

/// A channel that delivers at once and notes what it got.
final class NotingChannel: NotificationChannel {
    let name: String
    let sent = Awaited([OrderMessage]())

    init(_ name: String = "test") { self.name = name }

    func send(_ message: OrderMessage, report: @escaping @Sendable (DeliveryReport) -> Void) {
        sent.change { $0.append(message) }
        report(DeliveryReport(order: message.order.id, attempt: message.order.attempt, result: .delivered))
    }
}

/// A journal over a real one that can hang or fail at one place.
final class ObstinateJournal: Journal {
    private let under: any Journal
    private let hanging = Mutex(false)
    private let failing = Mutex(false)
    let hangs = DispatchSemaphore(value: 0)
    private let goes = DispatchSemaphore(value: 0)

    init(_ under: any Journal) { self.under = under }

    func hangNext() { hanging.withLock { $0 = true } }
    func fail(_ fails: Bool) { failing.withLock { $0 = fails } }
    func go() { goes.signal() }

    /// Waits until a call hangs.
    func hung() async -> Bool { await apart { self.hangs.wait(timeout: .now() + 30) == .success } }

    func append(_ batch: JournalBatch) throws(JournalError) {
        let isHanging = hanging.withLock { hanging in
            defer { hanging = false }
            return hanging
        }
        if isHanging {
            hangs.signal()
            goes.wait()
        }
        if failing.withLock({ $0 }) { throw .full("the disk is full") }
        try under.append(batch)
    }

    func batches(after sequence: Int64, limit: Int) throws(JournalError) -> [JournalBatch] {
        try under.batches(after: sequence, limit: limit)
    }
    func lastSequence() throws(JournalError) -> Int64 { try under.lastSequence() }
    func newestSnapshot() throws(JournalError) -> JournalSnapshot? { try under.newestSnapshot() }
    func save(_ snapshot: JournalSnapshot) throws(JournalError) { try under.save(snapshot) }
    func storedSite(hash: UInt64?) throws(JournalError) -> StoredSite? { try under.storedSite(hash: hash) }
    func save(_ site: StoredSite) throws(JournalError) { try under.save(site) }
    func quarantine(_ input: QuarantinedInput) throws(JournalError) { try under.quarantine(input) }
    func quarantined(limit: Int) throws(JournalError) -> [QuarantinedInput] {
        try under.quarantined(limit: limit)
    }
    func incidents(matching query: IncidentQuery) throws(JournalError) -> [IncidentRecord] {
        try under.incidents(matching: query)
    }
    func prune(now: Instant) throws(JournalError) -> Int { try under.prune(now: now) }
}

/// A gateway with a real store in a folder of its own, and scripted ends.
final class TestHouse: Sendable {
    let store: SQLiteJournal
    let journal: ObstinateJournal
    let broker = ScriptedBroker()
    let channel = NotingChannel()
    let dispatcher: ReleaseDispatcher
    let board: EngineBoard
    let gate: CoreGate
    let clock: GatewayClock
    let host: GatewayHost

    init(
        in folder: String, installation: Installation = SmallSite.installation(), scale: Double = 1,
        notifier: ServiceNotifier = ServiceNotifier(environment: [:])
    ) throws {
        var settings = StoreSettings()
        settings.path = folder + "/anju.db"
        store = try SQLiteJournal(settings: settings)
        journal = ObstinateJournal(store)
        let stored = try Recovery.storedInstallation(journal) ?? installation
        let now = GatewayClock(notBefore: .start, scale: scale).now
        let recovered = try Recovery.recover(stored, journal: journal, breadcrumb: nil, at: now)
        clock = GatewayClock(notBefore: recovered.lastInstant, scale: scale)
        board = EngineBoard(journal: journal, version: "test")
        dispatcher = ReleaseDispatcher(
            gateway: "g1",
            answer: { Publication(topic: "answers/\($1.responder)", payload: Array("\($0)".utf8)) },
            visitAnswer: { Publication(topic: "answers/\($1.by)", payload: Array("\($0)".utf8)) })
        dispatcher.use([channel])
        gate = try CoreGate.open(recovered, journal: journal, board: board, taker: dispatcher)
        host = GatewayHost(
            gate: gate, recovered: recovered, journal: journal, dispatcher: dispatcher, clock: clock,
            tokens: .none, notifier: notifier,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            makeLink: broker.making)
    }
}

/// A folder that goes away with the test.
final class TestFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "anju-runtime-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension InputBatch {
    static func saying(_ device: DeviceIndex, _ signal: Signal, _ reading: Reading, key: UInt64) -> InputBatch
    {
        var batch = InputBatch()
        batch.observations = [Observation(signal, reading, form: signal == .call ? .pulse : .level)]
        batch.append(from: device, deviceTime: nil, isRetained: false, firstObservation: 0, payload: 0..<0)
        batch.deliveryKeys = [key]
        return batch
    }

    static func smoke(key: UInt64 = 1) -> InputBatch {
        saying(SmallSite.smoke, .smoke, .flag(true), key: key)
    }
    static func press(key: UInt64 = 2) -> InputBatch {
        saying(SmallSite.button, .call, .key(.emergency), key: key)
    }
}

extension PersonCommand {
    static func acknowledge(_ incident: Int64, origin: String = "http", reference: String = "r")
        -> PersonCommand
    {
        PersonCommand(
            incident: IncidentID(incident), responder: "nina", act: .acknowledge, origin: origin,
            reference: reference)
    }
}
