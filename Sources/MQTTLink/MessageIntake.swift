import CMosquitto
import Escalation
import Glibc
import SafetyCore
import SafetyModel

/// Where the library's callbacks arrive: turns messages, PUBACKs and answers of the broker into inputs of a
/// batch.
///
/// Nothing is allocated per message here: the topic stays bytes, observations and payloads go to the batch's
/// own
/// storage.
final class MessageIntake {
    /// The batch being filled; the link swaps the caller's batch in and out.
    var batch = InputBatch()
    var outgoing = OutgoingQueue()
    var window: DeliveryWindow
    var catchUp = CatchUp()
    var counters = LinkCounters()
    private(set) var unknownTopics = UnknownTopics()
    /// Callbacks so far: how the reading loop sees progress.
    private(set) var callbacks = 0
    /// Messages read in this turn.
    var turnMessages = 0
    /// Whether PUBACKs are queued that wait for the commit.
    var owesReceipts = false
    /// The broker's answer to the connection, until the link has seen it.
    var connectAnswer: Int32?
    /// The time of this turn, in milliseconds.
    var now: Int64 = 0

    private let topics: LinkTopics
    private let commandPrefix: [UInt8]
    private let reader: CommandReader
    private var reading: MessageReading
    private var flood: FloodWatch
    private var answerLimit = RateLimit(burstLimit: 20, perSecond: 5)
    private var toldUp: Bool?
    private var unfitDetail: String?

    init(
        topics: LinkTopics, reading: @escaping MessageReading, reader: CommandReader, floodLimit: Int,
        recentKeys: [UInt64]
    ) {
        self.topics = topics
        commandPrefix = Array(topics.commandPrefix.utf8)
        self.reader = reader
        self.reading = reading
        flood = FloodWatch(limit: floodLimit)
        window = DeliveryWindow(recentKeys: recentKeys)
    }

    /// Uses another directory; topics that were unknown to the old one may be known now.
    func adopt(_ reading: @escaping MessageReading) {
        self.reading = reading
        unknownTopics = UnknownTopics()
    }

    // MARK: callbacks

    func connected(answer: Int32, isSessionPresent: Bool) {
        callbacks += 1
        connectAnswer = answer
        guard answer == 0 else {
            tell(unfit: "The broker refuses the connection: \(MosquittoLibrary.refusal(answer))")
            return
        }
        counters.connections += 1
        window.connected(isSessionPresent: isSessionPresent)
        catchUp.connected(at: now)
        tell(unfit: nil)
        tell(isUp: true)
    }

    func subscribed(isGranted: Bool) {
        callbacks += 1
        catchUp.stirred(at: now)
        if !isGranted { tell(unfit: "The broker refuses a subscription.") }
    }

    func published(packetID: Int32) {
        callbacks += 1
        outgoing.confirmed(packetID: packetID)
    }

    func received(_ message: UnsafePointer<mosquitto_message>) {
        callbacks += 1
        turnMessages += 1
        counters.messages += 1
        catchUp.stirred(at: now)
        guard let name = message.pointee.topic else { return }
        let topic = UnsafeRawBufferPointer(start: name, count: Int(strlen(name)))
        let payload = UnsafeRawBufferPointer(
            start: message.pointee.payload, count: Int(message.pointee.payloadlen))
        let isAcknowledged = message.pointee.qos > 0
        if isAcknowledged { owesReceipts = true }
        let topicHash = ByteHash.of(topic)
        let content = ByteHash.of(payload, seed: topicHash)
        let key = isAcknowledged ? ByteHash.deliveryKey(packetID: message.pointee.mid, content: content) : 0
        if key != 0, window.contains(key) {
            counters.redelivered += 1
            return
        }
        let isTaken =
            topic.starts(with: commandPrefix)
            ? takeCommand(topic, payload, isRetained: message.pointee.retain)
            : takeMessage(topic, topicHash, payload, content, isRetained: message.pointee.retain)
        guard isTaken, key != 0 else { return }
        window.remember(key)
        batch.deliveryKeys.append(key)
    }

    // MARK: the link's own inputs

    /// Tells the machine that the link is up or down, when that is new.
    func tell(isUp: Bool) {
        guard toldUp != isUp else { return }
        toldUp = isUp
        batch.inputs.append(.link(isUp: isUp))
    }

    /// Tells the machine why the broker cannot be used, or that it can again.
    func tell(unfit detail: String?) {
        guard unfitDetail != detail else { return }
        unfitDetail = detail
        let condition = GatewayCondition(
            .brokerUnfit, isActive: detail != nil, detail: String((detail ?? "").prefix(200)))
        batch.inputs.append(.gateway(condition))
    }

    /// What is due at the end of a turn.
    func settle(sawNothing: Bool) {
        if catchUp.isOver(at: now, sawNothing: sawNothing) {
            window.settled()
            batch.inputs.append(.caughtUp)
        }
        for topic in flood.ended(second: now / 1_000) {
            batch.inputs.append(.gateway(GatewayCondition(.topicFlood, isActive: false, detail: topic)))
        }
        if outgoing.hasReports {
            batch.inputs.append(contentsOf: outgoing.takeReports().map { .report($0) })
        }
    }

    // MARK: one message

    /// - Returns: whether it became an input.
    private func takeMessage(
        _ topic: UnsafeRawBufferPointer, _ topicHash: UInt64, _ payload: UnsafeRawBufferPointer,
        _ content: UInt64, isRetained: Bool
    ) -> Bool {
        var isOverLimit = false
        switch flood.count(topicHash: topicHash, content: content, second: now / 1_000) {
        case .ordinary: break
        case .beginsFlood: beginFlood(topic, topicHash, content)
        case .overLimit(repeatsLast: true):
            counters.shed += 1
            return false
        case .overLimit: isOverLimit = true
        }
        let first = batch.observations.count
        switch reading(topic, payload, isRetained, &batch.observations) {
        case .device(let device, let deviceTime):
            if isOverLimit, shedsTelemetry(from: first) { return false }
            append(device, deviceTime, first, batch.append(payload: payload), isRetained)
            return true
        case .undecoded(let device, let deviceTime, let reason):
            counters.undecoded += 1
            if isOverLimit, shedsTelemetry(from: first) { return false }
            let kept = batch.append(payload: payload)
            // One value that cannot be read must not hide the hazard beside it.
            if batch.observations.count > first { append(device, deviceTime, first, kept, isRetained) }
            batch.inputs.append(.undecoded(UndecodedMessage(device: device, reason: reason, payload: kept)))
            return true
        case .ignored: return false
        case .unknownTopic:
            unknownTopics.count(topic, hash: topicHash)
            return false
        }
    }

    private func append(
        _ device: DeviceIndex, _ deviceTime: WallTime?, _ first: Int, _ payload: Range<Int32>,
        _ isRetained: Bool
    ) {
        batch.append(
            from: device, deviceTime: deviceTime, isRetained: isRetained, firstObservation: first,
            payload: payload)
    }

    private func beginFlood(_ topic: UnsafeRawBufferPointer, _ topicHash: UInt64, _ content: UInt64) {
        let name = TopicName.printable(topic)
        flood.begin(topicHash: topicHash, topic: name, content: content, second: now / 1_000)
        batch.inputs.append(.gateway(GatewayCondition(.topicFlood, isActive: true, detail: name)))
    }

    /// Drops a flooding topic's message, unless it says a hazard.
    private func shedsTelemetry(from first: Int) -> Bool {
        let isHazard = batch.observations[first...].contains {
            $0.signal.isLifeSafety && $0.reading != .flag(false)
        }
        if isHazard { return false }
        batch.observations.removeSubrange(first...)
        counters.shed += 1
        return true
    }

    private func takeCommand(
        _ topic: UnsafeRawBufferPointer, _ payload: UnsafeRawBufferPointer, isRetained: Bool
    ) -> Bool {
        let responder = String(decoding: topic.dropFirst(commandPrefix.count), as: UTF8.self)
        do throws(CommandProblem) {
            // A command that the broker keeps would be carried out again at each reconnect.
            if isRetained { throw CommandProblem(text: "A retained command is not carried out.") }
            batch.inputs.append(try reader.read(payload, from: responder))
            counters.commands += 1
            return true
        } catch {
            counters.badCommands += 1
            if answerLimit.allows(at: now), !isRetained {
                outgoing.add(topics.answer(error, to: responder), at: now)
            }
            return false
        }
    }
}
