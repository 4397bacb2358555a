import GatewayPorts
import Hummingbird
import NIOCore
import SafetyModel
import Synchronization

/// What changes, told to everybody who listens: each change is rendered once for all of them.
///
/// A ring keeps the newest changes, so that a client that comes back with its last id misses none; one that
/// was away for longer is told to read everything anew. Each client has a bounded queue: one that does not
/// read is cut off, and nobody waits for it.
final class EventHub: Sendable {
    private let state: Mutex<State>
    private let limits: HTTPLimits
    /// Tells this run of the gateway from others, so that an id is never taken for another run's.
    private let run: String

    private struct State {
        var last: Int64 = 0
        var ring: [(number: Int64, frame: ByteBuffer)] = []
        /// Where the ring begins in `ring`; what lies before is dropped now and then.
        var start = 0
        var byteCount = 0
        var listeners: [Listener] = []
        var isOpen = true
    }

    init(run: String, limits: HTTPLimits) {
        self.run = run
        self.limits = limits
        state = Mutex(State())
    }

    /// Clients that listen now.
    var listenerCount: Int { state.withLock { $0.listeners.count } }

    /// Takes in what one commit changed.
    func publish(_ change: BoardChange, at now: WallTime) {
        if change.isAfterGap { reset() }
        for incident in change.incidents { publish("incident", incident.document) }
        for home in change.homes { publish("home", Self.document("id", home)) }
        for home in change.visits { publish("visit", Self.document("home", home)) }
        if let health = change.health {
            publish("health", JSONAnswer.bytes(HealthDocument(health, now: now)))
        }
    }

    /// Tells everybody an event; the document is JSON without line breaks.
    func publish(_ event: String, _ document: [UInt8]) {
        let cut = state.withLock { state in
            state.last += 1
            let frame = Self.frame(id: "\(run)-\(state.last)", event, document)
            state.ring.append((state.last, frame))
            state.byteCount += frame.readableBytes
            trim(&state)
            return Self.tell(frame, &state)
        }
        for listener in cut { listener.cutOff() }
    }

    /// Everybody has to read everything anew: changes were lost on the way here.
    func reset() {
        let cut = state.withLock { state in
            state.last += 1
            state.ring.removeAll()
            (state.start, state.byteCount) = (0, 0)
            return Self.tell(Self.frame(id: "\(run)-\(state.last)", "reset", Array("{}".utf8)), &state)
        }
        for listener in cut { listener.cutOff() }
    }

    /// Whether one more may listen.
    func hasPlace(for key: String) -> Bool {
        state.withLock { state in
            let own = state.listeners.count { $0.key == key }
            return state.isOpen
                && (state.listeners.count < limits.listenerLimit || own >= limits.listenersPerSessionLimit)
        }
    }

    /// Begins to listen; first comes what was missed since `lastID`, or `reset`.
    ///
    /// - Parameters:
    ///   - key: whose connection it is; above `listenersPerSessionLimit` its oldest is ended.
    ///   - close: ends the connection itself.
    /// - Returns: nil when too many listen, or the gateway ends.
    func listen(
        since lastID: String?, key: String, close: @escaping @Sendable () -> Void
    ) -> Listener? {
        let listener = Listener(key: key, queueLimit: limits.listenerQueueLimit, close: close)
        var displaced: Listener?
        let isListening = state.withLock { state in
            guard state.isOpen else { return false }
            let own = state.listeners.filter { $0.key == key }
            if own.count >= limits.listenersPerSessionLimit, let oldest = own.first {
                displaced = oldest
                state.listeners.removeAll { $0 === oldest }
            }
            guard state.listeners.count < limits.listenerLimit else { return false }
            listener.begin(with: missed(since: lastID, state))
            state.listeners.append(listener)
            return true
        }
        displaced?.cutOff()
        return isListening ? listener : nil
    }

    /// Ends listening.
    func leave(_ listener: Listener) {
        state.withLock { state in state.listeners.removeAll { $0 === listener } }
        listener.end()
    }

    /// Ends all streams; clients come back to the next run.
    func close() {
        let all = state.withLock { state in
            state.isOpen = false
            defer { state.listeners = [] }
            return state.listeners
        }
        for listener in all { listener.end() }
    }

    /// Lets clients in again, after the address could not be bound.
    func open() { state.withLock { $0.isOpen = true } }

    /// A beat: the time, under the id of the newest change.
    func beat(_ now: WallTime) -> ByteBuffer {
        let last = state.withLock { $0.last }
        return Self.frame(id: "\(run)-\(last)", "beat", Self.document("now", now.rfc3339))
    }

    /// What a client that knows everything up to an id has to be told.
    private func missed(since lastID: String?, _ state: State) -> [ByteBuffer] {
        guard let lastID, !lastID.isEmpty else { return [] }
        let first = state.start < state.ring.count ? state.ring[state.start].number : state.last + 1
        let parts = lastID.split(separator: "-")
        guard parts.count == 2, parts[0] == run, let known = Int64(parts[1]), known <= state.last,
            known >= first - 1
        else {
            return [Self.frame(id: "\(run)-\(state.last)", "reset", Array("{}".utf8))]
        }
        let missed = Array(state.ring[(state.start + Int(known + 1 - first))...].map(\.frame))
        // What does not fit into a client's queue is read anew, which costs less.
        guard missed.count < limits.listenerQueueLimit else {
            return [Self.frame(id: "\(run)-\(state.last)", "reset", Array("{}".utf8))]
        }
        return missed
    }

    private func trim(_ state: inout State) {
        while state.ring.count - state.start > limits.eventRingLimit
            || state.byteCount > limits.eventRingByteLimit
        {
            state.byteCount -= state.ring[state.start].frame.readableBytes
            state.ring[state.start].frame = ByteBuffer()
            state.start += 1
        }
        if state.start > limits.eventRingLimit {
            state.ring.removeFirst(state.start)
            state.start = 0
        }
    }

    /// - Returns: who could not take it any more.
    private static func tell(_ frame: ByteBuffer, _ state: inout State) -> [Listener] {
        let full = state.listeners.filter { !$0.take(frame) }
        if !full.isEmpty {
            state.listeners.removeAll { listener in full.contains { $0 === listener } }
        }
        return full
    }

    private static func document(_ name: StaticString, _ text: String) -> [UInt8] {
        var json = JSONText(capacity: 64)
        json.object { json in
            json.key(name)
            json.value(text)
        }
        return json.bytes
    }

    /// One event of a stream, as the standard for server-sent events has it.
    static func frame(id: String, _ event: String, _ document: [UInt8]) -> ByteBuffer {
        var frame = ByteBuffer()
        frame.reserveCapacity(document.count + 64)
        frame.writeString("id: \(id)\nevent: \(event)\ndata: ")
        frame.writeBytes(document)
        frame.writeString("\n\n")
        return frame
    }
}

/// One client that listens, with what it has not read yet.
final class Listener: Sendable {
    /// Whose connection it is.
    let key: String
    private let queueLimit: Int
    private let closeConnection: @Sendable () -> Void
    private let state = Mutex(State())

    private struct State {
        var frames: [ByteBuffer] = []
        var isEnded = false
        var waiting: CheckedContinuation<[ByteBuffer]?, Never>?
    }

    init(key: String, queueLimit: Int, close: @escaping @Sendable () -> Void) {
        self.key = key
        self.queueLimit = queueLimit
        closeConnection = close
    }

    /// What it has not read yet, for tests.
    var waiting: [String] { state.withLock { $0.frames.map { String(buffer: $0) } } }

    func begin(with frames: [ByteBuffer]) { state.withLock { $0.frames = frames } }

    /// - Returns: false when its queue is full.
    func take(_ frame: ByteBuffer) -> Bool {
        var waiting: CheckedContinuation<[ByteBuffer]?, Never>?
        let isTaken = state.withLock { state in
            guard !state.isEnded else { return true }
            if let continuation = state.waiting {
                state.waiting = nil
                waiting = continuation
                return true
            }
            guard state.frames.count < queueLimit else { return false }
            state.frames.append(frame)
            return true
        }
        waiting?.resume(returning: [frame])
        return isTaken
    }

    /// What came since the last call, or what comes next; nil at the end.
    func next() async -> [ByteBuffer]? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready: [ByteBuffer]?? = state.withLock { state in
                    if !state.frames.isEmpty {
                        defer { state.frames = [] }
                        return .some(state.frames)
                    }
                    if state.isEnded { return .some(nil) }
                    state.waiting = continuation
                    return nil
                }
                if let ready { continuation.resume(returning: ready) }
            }
        } onCancel: {
            end()
        }
    }

    /// Ends it after what it has; the client may come back.
    func end() {
        let waiting = state.withLock { state in
            state.isEnded = true
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(returning: nil)
    }

    /// Ends it at once, also in the middle of a write that the client does not read.
    func cutOff() {
        state.withLock { $0.frames = [] }
        end()
        closeConnection()
    }
}
