import Escalation
import SafetyModel

/// A message on its way through the broker to the gateway.
struct SimulatedTelegram: Hashable, Sendable {
    /// Unlike the packet id it never comes twice: how the simulation knows what it sent.
    var number: Int
    var content: Content

    enum Content: Hashable, Sendable {
        case device(home: String, device: String, observations: [Observation], time: WallTime?)
        case command(PersonCommand)
        case visit(VisitRecord)
    }

    /// Hashes what stands in it, as topic and payload would be.
    var contentHash: UInt64 {
        var mixer = SimulationMixer()
        switch content {
        case .device(let home, let device, let observations, let time):
            mixer.mix(home)
            mixer.mix(device)
            mixer.mix(UInt64(bitPattern: time?.milliseconds ?? -1))
            for observation in observations {
                mixer.mix(UInt64(observation.signal.rawValue))
                switch observation.reading {
                case .flag(let flag): mixer.mix(flag ? 1 : 0)
                case .number(let number): mixer.mix(number.bitPattern)
                case .pair(let first, let second):
                    mixer.mix(UInt64(first.bitPattern) << 32 | UInt64(second.bitPattern))
                case .key(let key): mixer.mix(UInt64(key.rawValue))
                }
            }
        case .command(let command):
            mixer.mix(UInt64(bitPattern: command.incident.number))
            mixer.mix(command.responder)
            mixer.mix(command.act.name)
            mixer.mix(command.reference)
        case .visit(let visit):
            mixer.mix(visit.home)
            mixer.mix(visit.by)
            mixer.mix(visit.result.name)
            mixer.mix(visit.reference)
        }
        return mixer.value
    }

    /// What it says, for the trace.
    var words: String {
        switch content {
        case .device(let home, let device, let observations, _):
            "\(home)/\(device): "
                + observations.map { "\($0.signal.name) \($0.reading)" }.joined(separator: ", ")
        case .visit(let visit): "\(visit.by) visits \(visit.home): \(visit.result.name)"
        case .command(let command): "\(command.responder): \(command.act.name) \(command.incident.number)"
        }
    }

    /// Whether it is a press of a key that calls for help.
    var isPress: Bool {
        guard case .device(_, _, let observations, _) = content else { return false }
        return observations.contains { $0.signal == .call && $0.form == .pulse && $0.reading.callsForHelp }
    }
}

extension Reading {
    /// Whether it is a key that raises an SOS.
    var callsForHelp: Bool { if case .key(let key) = self { key.isLifeSafety } else { false } }
}

/// A broker that keeps QoS 1: what the gateway did not acknowledge it sends again after a reconnect, under
/// the same packet id and in the old order.
struct SimulatedBroker {
    /// Not handed over yet.
    private var queue: [SimulatedTelegram] = []
    /// Handed over and not acknowledged, in the order of the first handing over.
    private(set) var inFlight: [(packet: Int32, telegram: SimulatedTelegram)] = []
    /// How many of `inFlight` were handed over on this connection.
    private var sent = 0
    private var lastPacket: Int32
    /// Retained documents by home.
    private(set) var retained: [(home: String, document: [UInt8])] = []
    private(set) var hasSession = false

    /// Close to the end of the packet ids, so that they begin anew in the middle of a story.
    init(firstPacket: Int32) { lastPacket = firstPacket }

    var hasTraffic: Bool { sent < inFlight.count || !queue.isEmpty }

    mutating func publish(_ telegram: SimulatedTelegram) { queue.append(telegram) }

    mutating func retain(_ document: [UInt8], of home: String) {
        if let place = retained.firstIndex(where: { $0.home == home }) {
            retained[place].document = document
        } else {
            retained.append((home, document))
        }
    }

    /// The gateway connects.
    ///
    /// - Returns: whether the broker knows its session.
    mutating func connect() -> Bool {
        defer { hasSession = true }
        sent = 0
        return hasSession
    }

    /// It starts again and has lost what it kept for the gateway.
    ///
    /// - Returns: what nobody will hear any more.
    mutating func forget() -> [SimulatedTelegram] {
        defer {
            queue = []
            inFlight = []
            sent = 0
            hasSession = false
        }
        return inFlight.map(\.telegram) + queue
    }

    /// Hands the next messages over.
    mutating func deliver(atMost limit: Int) -> [(packet: Int32, telegram: SimulatedTelegram)] {
        while inFlight.count < sent + limit, !queue.isEmpty {
            lastPacket = lastPacket >= 65_535 ? 1 : lastPacket + 1
            inFlight.append((lastPacket, queue.removeFirst()))
        }
        let end = min(inFlight.count, sent + limit)
        defer { sent = end }
        return Array(inFlight[sent..<end])
    }

    /// The receipt of a message of this connection.
    mutating func acknowledge(_ packet: Int32) {
        guard let place = inFlight[..<sent].firstIndex(where: { $0.packet == packet }) else { return }
        inFlight.remove(at: place)
        sent -= 1
    }
}

/// What the gateway's link remembers to know a message that is delivered again: compared only until the first
/// unknown one, as the real link does it.
struct SimulatedWindow {
    private(set) var keys: [UInt64]
    private var expected: Set<UInt64> = []

    init(keys: [UInt64]) { self.keys = keys }

    mutating func connected(isSessionPresent: Bool) { expected = isSessionPresent ? Set(keys) : [] }
    mutating func settled() { expected = [] }
    func contains(_ key: UInt64) -> Bool { expected.contains(key) }

    mutating func remember(_ key: UInt64) {
        expected = []
        keys.append(key)
    }
}

/// Mixes words into one that decides: repeatable in every process.
struct SimulationMixer {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    init(_ words: UInt64...) { for word in words { mix(word) } }

    mutating func mix(_ word: UInt64) {
        value = (value ^ word) &* 0xff51_afd7_ed55_8ccd
        value ^= value >> 32
    }

    mutating func mix(_ text: String) { for byte in text.utf8 { mix(UInt64(byte)) } }
}
