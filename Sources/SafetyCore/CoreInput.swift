public import Escalation
public import SafetyModel

/// Everything that can move the machine; nothing else does.
public enum CoreInput: Hashable, Sendable {
    /// A device said something; its observations stand in the batch.
    case message(DeviceMessage)
    /// A device's message could not be read.
    case undecoded(UndecodedMessage)
    /// A person acts on an incident.
    case command(PersonCommand)
    /// A person at a desk acts on a home.
    case desk(DeskCommand)
    /// A channel reports on an order.
    case report(DeliveryReport)
    /// Time passed: the deadlines that are due fire.
    case tick
    /// The link to the broker went up or down.
    case link(isUp: Bool)
    /// The gateway has started again: since its last input it could not hear.
    case restarted
    /// The broker has handed over what waited for us; absences may fire from now on.
    case caughtUp
    /// The wall clock moved against gateway time: wall time = instant + offset.
    case wallOffset(Duration)
    /// Something is wrong with the gateway itself, or is right again.
    case gateway(GatewayCondition)
    /// A new site is in force from here on; the site itself travels beside the batch.
    case site(hash: UInt64)
    /// Somebody tells of a visit.
    case visit(VisitRecord)
}

/// A message of a known device that its profile could not read.
public struct UndecodedMessage: Hashable, Sendable {
    /// The device concerned.
    public var device: DeviceIndex
    /// What is wrong and where, at most 200 bytes: `payload.smoke: "maybe" is not one of ...`.
    public var reason: String
    /// The raw payload, bounded, as a range of `InputBatch.payloads`.
    public var payload: Range<Int32>

    /// Makes one from its parts.
    public init(device: DeviceIndex, reason: String, payload: Range<Int32>) {
        self.device = device
        self.reason = reason
        self.payload = payload
    }
}

/// A trouble of the gateway itself that begins or ends.
public struct GatewayCondition: Hashable, Sendable {
    /// What it is about.
    public var kind: Kind
    /// Whether the condition still stands.
    public var isActive: Bool
    /// What exactly, without personal data, at most 200 bytes.
    public var detail: String

    /// Makes one from its parts.
    public init(_ kind: Kind, isActive: Bool, detail: String = "") {
        self.kind = kind
        self.isActive = isActive
        self.detail = detail
    }

    /// The raw value stands in journals and snapshots: never renumber, only append.
    public enum Kind: UInt8, CaseIterable, Sendable {
        /// Commits fail or take too long: degraded mode.
        case storeUnavailable = 0
        /// The files do not compile: the gateway runs on the last good site.
        case siteStale = 1
        /// An input that crashed the gateway was set aside.
        case inputQuarantined = 2
        /// One topic floods.
        case topicFlood = 3
        /// Devices talk that no file knows.
        case unknownTopics = 4
        /// The wall clock jumped.
        case wallClockJump = 5
        /// Telemetry had to be dropped while the store was away.
        case recordsShed = 6
        /// A notification channel does not work.
        case channelFailing = 7
        /// The database was damaged and was set aside; the gateway started from what could be saved.
        case storeDamaged = 8
        /// The broker loses or refuses what this job needs.
        case brokerUnfit = 9
        /// The state could not be read and was made anew from a part of the journal.
        case stateRebuilt = 10

        /// The word for it in SQL, HTTP and messages.
        public var name: String { Self.words[self] }

        private static let words = Words<Kind>()
    }
}

/// Inputs that are taken in together and committed together, with the flat storage that they point into.
///
/// One batch is reused for every turn of the loop, so that the hot path does not allocate per message.
public struct InputBatch: Sendable {
    /// In the order in which they were taken in.
    public var inputs: [CoreInput] = []
    /// Readings of all messages of the batch.
    public var observations: [Observation] = []
    /// Raw payloads, each at most `Evidence.payloadLimit` bytes.
    public var payloads: [UInt8] = []
    /// Keys of the broker's messages that became inputs, in the order of arrival: the journal stores them
    /// with the batch, so that a message delivered again after a crash is known.
    ///
    /// Not one for each input: reports have none.
    public var deliveryKeys: [UInt64] = []
    /// The site version whose indices the inputs use.
    public var siteVersion: UInt32 = 0

    /// Starts empty, or with the defaults.
    public init() {}

    /// Whether nothing was taken in.
    public var isEmpty: Bool { inputs.isEmpty }

    /// Forgets everything and keeps the storage.
    public mutating func removeAll() {
        inputs.removeAll(keepingCapacity: true)
        observations.removeAll(keepingCapacity: true)
        payloads.removeAll(keepingCapacity: true)
        deliveryKeys.removeAll(keepingCapacity: true)
    }

    /// Adds a payload, cut at `Evidence.payloadLimit`.
    ///
    /// - Returns: where it stands in `payloads`.
    public mutating func append(payload: UnsafeRawBufferPointer) -> Range<Int32> {
        let start = Int32(payloads.count)
        payloads.append(contentsOf: payload.prefix(Evidence.payloadLimit))
        return start..<Int32(payloads.count)
    }

    /// Adds a payload, cut at `Evidence.payloadLimit`.
    ///
    /// - Returns: where it stands in `payloads`.
    public mutating func append(payload: [UInt8]) -> Range<Int32> {
        payload.withUnsafeBytes { append(payload: $0) }
    }

    /// Adds a device's message whose observations were appended from `firstObservation` on.
    public mutating func append(
        from device: DeviceIndex, deviceTime: WallTime?, isRetained: Bool, firstObservation: Int,
        payload: Range<Int32>
    ) {
        inputs.append(
            .message(
                DeviceMessage(
                    device: device, deviceTime: deviceTime, isRetained: isRetained,
                    observations: Int32(firstObservation)..<Int32(observations.count), payload: payload)))
    }
}
