public import GatewayPorts
import Glibc
public import SafetyCore
public import SafetyModel

/// The way to and from the MQTT broker on libmosquitto, without a thread of its own.
///
/// One thread calls `receive`, then `release`, in turn; after an abandoned commit another thread may take
/// over, but
/// calls never overlap. PUBACKs leave in `release` only (after the commit), so what was received and not
/// released
/// comes again. Known redeliveries are dropped and acknowledged: see `DeliveryWindow`.
///
/// A flooding topic cannot hold up other homes: the link reads several times faster than `floodLimit` for one
/// topic,
/// so up to it nothing queues for long; above it that topic's messages are shed before they cost a commit.
/// Hazards
/// get through even then, unless they repeat the message before byte for byte.
public final class BrokerLink: MessageLink {
    /// How long connecting may take, and after it the broker's answer, in milliseconds.
    static let connectPatienceLimit: Int64 = 10_000
    /// Connecting threads that hang in the system at most; then no new one starts.
    static let abandonedLimit = 4
    /// A connection that lasted this long ends the growing of the waiting times, in milliseconds.
    private static let stableAfter: Int64 = 10_000
    /// The longest that `release` waits for a full socket, in milliseconds.
    private static let longestWrite: Int64 = 100

    private enum State {
        case waiting(until: Int64)
        case connecting(BrokerSession, since: Int64)
        /// The socket stands; TLS and the broker's answer are on the way.
        case greeting(BrokerSession, since: Int64)
        case up(BrokerSession, since: Int64)
        case closed
    }

    private struct Abandoned { weak var session: BrokerSession? }

    /// Ends a waiting `receive` from any thread.
    public let waker = WakeSignal()
    /// The gateway's topics.
    public let topics: LinkTopics

    private let settings: BrokerSettings
    private let version: String
    private let jitter: () -> Double
    private let intake: MessageIntake
    private var siteVersion: UInt32
    private var state = State.waiting(until: 0)
    private var backoff = Backoff()
    private var abandoned: [Abandoned] = []
    private var checkedAt: Int64 = 0
    private var hasBeenUp = false

    /// How the link stands now.
    public private(set) var standing = LinkStanding()

    /// - Parameters:
    ///   - recentKeys: the `deliveryKeys` of the newest journalled batches, oldest first; at most the last
    ///     `DeliveryWindow.keyLimit` are used.
    ///   - isAllowed: whether a token is a responder's; called on the link's thread, must not block.
    ///   - jitter: 0 to 1, spreads the reconnects.
    public init(
        settings: BrokerSettings, gateway: String, version: String, siteVersion: UInt32,
        reading: @escaping MessageReading, recentKeys: [UInt64] = [],
        isAllowed: @escaping (_ responder: String, _ token: String) -> Bool,
        jitter: @escaping () -> Double = { Double.random(in: 0..<1) }
    ) {
        topics = LinkTopics(gateway: gateway)
        self.settings = settings
        self.version = version
        self.siteVersion = siteVersion
        self.jitter = jitter
        intake = MessageIntake(
            topics: topics, reading: reading, reader: CommandReader(isAllowed: isAllowed),
            floodLimit: settings.floodLimit, recentKeys: recentKeys)
    }

    /// Figures since the start.
    public var counters: LinkCounters {
        var counters = intake.counters
        counters.droppedPublications = intake.outgoing.dropped
        counters.orders = intake.outgoing.orderCounters(at: intake.now)
        return counters
    }

    /// Topics heard that no device of the site has.
    public var unknownTopics: UnknownTopics { intake.unknownTopics }

    /// Whether the broker has accepted us.
    public var isUp: Bool { if case .up = state { true } else { false } }

    /// Uses another site's topics from the next `receive` on; call it between two batches.
    public func adopt(_ reading: @escaping MessageReading, siteVersion: UInt32) {
        intake.adopt(reading)
        self.siteVersion = siteVersion
    }

    /// Appends to the batch; empty ones come back when the link itself had something to do.
    public func receive(into batch: inout InputBatch, waitingAtMost patience: Duration) {
        batch.siteVersion = siteVersion
        swap(&batch, &intake.batch)
        defer { swap(&batch, &intake.batch) }
        intake.turnMessages = 0
        intake.now = MonotonicClock.milliseconds()
        moveConnection()
        flushIfNothingIsOwed()
        let isReadable = wait(patience.inMilliseconds)
        intake.now = MonotonicClock.milliseconds()
        if isReadable { readAll() }
        moveConnection()
        checkEverySecond()
        intake.settle(sawNothing: !isReadable)
        flushIfNothingIsOwed()
    }

    /// Queues publications and writes them and the PUBACKs of everything received so far.
    public func release(_ publications: [Publication]) {
        intake.now = MonotonicClock.milliseconds()
        for publication in publications { intake.outgoing.add(publication, at: intake.now) }
        // The PUBACKs make room for messages that still wait at the broker.
        if intake.owesReceipts { intake.catchUp.stirred(at: intake.now) }
        intake.owesReceipts = false
        flush(waitingAtMost: Self.longestWrite)
    }

    /// Ends a `receive` that waits; from any thread.
    public func wake() { waker.wake() }

    /// When received messages were not released it closes without a goodbye: the broker sends the will and
    /// keeps them.
    public func close() {
        if case .up(let session, _) = state, !intake.owesReceipts {
            let offline = topics.statusPayload(isOnline: false, version: version)
            _ = session.publish(topic: topics.status, payload: offline, isRetained: true)
            session.sayGoodbye()
            flush(waitingAtMost: Self.longestWrite)
        }
        state = .closed
    }
}

// MARK: - traffic

extension BrokerLink {
    private var session: BrokerSession? {
        switch state {
        case .greeting(let session, _), .up(let session, _): session
        case .waiting, .connecting, .closed: nil
        }
    }

    /// Waits for the socket, a wake or the next thing that the link itself has to do.
    ///
    /// - Returns: whether the socket can be read.
    private func wait(_ patience: Int64) -> Bool {
        let session = session
        let socket = session?.socket ?? -1
        let wantsWrite = !intake.owesReceipts && session?.wantsWrite == true
        var places = [
            pollfd(fd: waker.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket, events: Int16(POLLIN) | (wantsWrite ? Int16(POLLOUT) : 0), revents: 0),
        ]
        let hasDecrypted = session?.hasDecryptedBytes == true
        let longest = intake.batch.isEmpty && !hasDecrypted ? min(patience, untilOwnWork()) : 0
        poll(&places, nfds_t(places.count), Int32(clamping: longest))
        if places[0].revents != 0 { waker.clear() }
        return socket >= 0 && (places[1].revents & ~Int16(POLLOUT) != 0 || hasDecrypted)
    }

    private func untilOwnWork() -> Int64 {
        switch state {
        case .waiting(let until): max(0, min(1_000, until - intake.now))
        case .connecting, .greeting: 100
        case .up: intake.catchUp.isRunning ? 50 : 1_000
        case .closed: 1_000
        }
    }

    /// Reads while the callbacks make progress or bytes wait, up to the batch limit.
    private func readAll() {
        guard let session else { return }
        while intake.turnMessages < settings.batchLimit {
            let before = intake.callbacks
            guard session.read() else { return lose("The connection to the broker is lost.") }
            if intake.callbacks == before, !session.hasReadableBytes { return }
        }
    }

    /// Writes what no commit has to precede: greetings, subscriptions, pings, publications without received
    /// messages.
    private func flushIfNothingIsOwed() {
        if !intake.owesReceipts { flush(waitingAtMost: 0) }
    }

    private func flush(waitingAtMost patience: Int64) {
        guard let session else { return }
        if case .up = state {
            intake.outgoing.drain {
                session.publish(topic: $0.topic, payload: $0.payload, isRetained: $0.isRetained)
            }
        }
        let deadline = intake.now + patience
        while session.wantsWrite {
            guard session.write() else { return lose("The connection to the broker is lost.") }
            let left = deadline - MonotonicClock.milliseconds()
            guard session.wantsWrite, left > 0 else { return }
            var place = pollfd(fd: session.socket, events: Int16(POLLOUT), revents: 0)
            poll(&place, 1, Int32(clamping: left))
        }
    }

    private func checkEverySecond() {
        guard intake.now - checkedAt >= 1_000 else { return }
        checkedAt = intake.now
        intake.outgoing.expire(at: intake.now)
        guard let session else { return }
        if !session.keepAlive() { lose("The broker does not answer pings.") }
    }
}

// MARK: - connecting

extension BrokerLink {
    /// Takes the connection one step on when it is time or something came.
    private func moveConnection() {
        switch state {
        case .waiting(let until) where intake.now >= until: startConnecting()
        case .connecting(let session, let since): followConnecting(session, since)
        case .greeting(let session, let since): followGreeting(session, since)
        case .waiting, .up, .closed: break
        }
    }

    /// Whether a further connecting thread may start while this many hang in the system.
    static func mayConnect(hanging: Int) -> Bool { hanging < abandonedLimit }

    private func startConnecting() {
        abandoned.removeAll { $0.session == nil }
        guard Self.mayConnect(hanging: abandoned.count) else {
            state = .waiting(until: intake.now + 1_000)
            return
        }
        let will = topics.statusPayload(isOnline: false, version: version)
        let session = BrokerSession(settings: settings, will: (topics.status, will), intake: intake)
        state = .connecting(session, since: intake.now)
        session.startConnecting(waker)
    }

    private func followConnecting(_ session: BrokerSession, _ since: Int64) {
        switch session.connectOutcome {
        case .success:
            intake.owesReceipts = false
            intake.connectAnswer = nil
            state = .greeting(session, since: intake.now)
        case .failure(let error):
            lose("No connection to the broker: \(error)", isUnfit: !error.isOfNetwork)
        case nil:
            guard intake.now - since >= Self.connectPatienceLimit else { return }
            abandoned.append(Abandoned(session: session))
            lose("Connecting to the broker takes too long.")
        }
    }

    private func followGreeting(_ session: BrokerSession, _ since: Int64) {
        if let answer = intake.connectAnswer {
            guard answer == 0 else { return lose("The broker refuses the connection.") }
            state = .up(session, since: intake.now)
            hasBeenUp = true
            standing = LinkStanding(.up)
            greet(session)
        } else if intake.now - since >= Self.connectPatienceLimit {
            lose("The broker does not answer.")
        }
    }

    /// Subscribes and says that the gateway is there.
    private func greet(_ session: BrokerSession) {
        let filters = settings.subscriptions.isEmpty ? ["homes/#"] : settings.subscriptions
        for filter in filters + [topics.commandFilter] where !session.subscribe(filter) {
            intake.tell(unfit: "The subscription \(filter) is not possible.")
        }
        let online = topics.statusPayload(isOnline: true, version: version)
        intake.outgoing.add(
            Publication(topic: topics.status, payload: online, isRetained: true), at: intake.now)
    }

    /// Gives the connection up and waits before the next.
    ///
    /// A broker that cannot be reached is no wrong setting: the machine calls for somebody when the link
    /// stays away.
    ///
    /// - Parameter isUnfit: whether settings or certificates keep it from ever standing; what the broker
    /// itself refuses is told already.
    private func lose(_ reason: String, isUnfit: Bool = false) {
        let isUntrusted = session?.isUntrusted == true
        var refusal: Int32?
        if case .greeting = state { refusal = intake.connectAnswer.flatMap { $0 == 0 ? nil : $0 } }
        let wasUp: Bool
        if case .up(_, let since) = state {
            wasUp = true
            if intake.now - since >= Self.stableAfter { backoff.reset() }
        } else {
            wasUp = false
        }
        state = .waiting(until: intake.now + backoff.delayAfterFailure(jitter: jitter()))
        intake.outgoing.disconnected()
        intake.catchUp.disconnected()
        intake.window.settled()
        intake.tell(isUp: false)
        if let refusal {
            standing = LinkStanding(
                .refused, reason: MosquittoLibrary.refusal(refusal), code: Int(refusal))
            return
        }
        let words = isUntrusted ? "No connection to the broker: TLS is not agreed on" : reason
        standing = LinkStanding(hasBeenUp ? .lost : .notYetConnected, reason: words)
        if !wasUp, isUnfit || isUntrusted { intake.tell(unfit: words) }
    }
}
