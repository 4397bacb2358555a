public import SafetyModel

/// The intent to tell one responder one thing over one channel.
///
/// The same order is sent again under the same id; `attempt` tells the tries apart.
public struct NotificationOrder: Hashable, Sendable {
    /// Its id, unique in the site.
    public var id: OrderID
    /// The responder, by id.
    public var responder: String
    /// The name of the configured channel.
    public var channel: String
    /// The address as the channel understands it.
    public var address: String
    /// What the responder is told.
    public var purpose: Purpose
    /// How pressing it is.
    public var urgency: Urgency
    /// From 1, over all channels of the responder; 0 while it waits for the end of his quiet hours.
    public var attempt: Int32
    /// When it was ordered first.
    public var orderedAt: Instant
    /// Who has taken over, for the purposes that say so.
    public var about: String

    /// Makes one from its parts.
    public init(
        id: OrderID, responder: String, channel: String, address: String, purpose: Purpose, urgency: Urgency,
        attempt: Int32, orderedAt: Instant, about: String = ""
    ) {
        self.id = id
        self.responder = responder
        self.channel = channel
        self.address = address
        self.purpose = purpose
        self.urgency = urgency
        self.attempt = attempt
        self.orderedAt = orderedAt
        self.about = about
    }

    /// What the responder is told.
    ///
    /// The raw value stands in journals and snapshots: never renumber, only append.
    public enum Purpose: UInt8, CaseIterable, Sendable {
        /// There is an alarm: please answer.
        case alarm = 0
        /// A new press or a new hazard in an open incident.
        case alarmAgain = 1
        /// Nobody has answered yet, or the one who did has not arrived.
        case reminder = 2
        /// `about` has taken over.
        case takenOver = 3
        /// `about` took over and did not arrive: please answer.
        case takenBack = 4
        /// `about` is on scene.
        case onScene = 5
        /// `about` asks for help.
        case needHelp = 6
        /// It is closed.
        case closed = 7
        /// Please ring the resident and hear how he is; it goes beside the calls, or before them where
        /// nothing threatens life.
        case verify = 8
        /// `about` hands it over: please accept.
        case handOver = 9

        /// The word for it in messages.
        public var name: String { Self.words[self] }

        private static let words = Words<Purpose>()

        /// Whether it belongs to the chain of calls: only such orders make or fail a step.
        public var isCall: Bool { asksForAnswer && self != .verify && self != .handOver }

        /// Whether it asks for an answer.
        public var asksForAnswer: Bool {
            switch self {
            case .takenOver, .onScene, .closed: false
            default: true
            }
        }
    }
}

/// An order that waits for its delivery report.
public struct OutstandingOrder: Hashable, Sendable {
    /// The order concerned.
    public var order: NotificationOrder
    /// The responder's channels, so that the next can be tried.
    public var channels: [ChannelAddress]
    /// Index of the channel in use.
    public var channelIndex: Int
    /// Tries over the channel in use, from 1.
    public var tries: Int
    /// The step it belongs to; its failing counts there.
    public var step: Int
    /// When the next thing happens to it: no report by then is a failure, or its waiting time is over.
    public var deadline: Instant
    /// Whether it waits for its next try (true) or for the report of this one.
    public var isWaiting: Bool

    /// Makes one from its parts.
    public init(
        order: NotificationOrder, channels: [ChannelAddress], channelIndex: Int = 0, tries: Int = 1,
        step: Int,
        deadline: Instant, isWaiting: Bool = false
    ) {
        self.order = order
        self.channels = channels
        self.channelIndex = channelIndex
        self.tries = tries
        self.step = step
        self.deadline = deadline
        self.isWaiting = isWaiting
    }
}

/// What a channel answered for one try of an order.
public struct DeliveryReport: Hashable, Sendable {
    /// The order that was tried.
    public var order: OrderID
    /// Which try it was, from 1.
    public var attempt: Int32
    /// How it ended.
    public var result: Result

    /// Makes one from its parts.
    public init(order: OrderID, attempt: Int32, result: Result) {
        self.order = order
        self.attempt = attempt
        self.result = result
    }

    /// How the try ended.
    public enum Result: Hashable, Sendable {
        case delivered
        /// It may work later: time-out, refused connection, server error.
        case failed(reason: String)
        /// It will not work over this channel: unknown address, rejected request.
        case rejected(reason: String)
    }
}

/// What a person does to an incident.
public struct PersonCommand: Hashable, Sendable {
    /// The incident concerned, by number.
    public var incident: IncidentID
    /// The responder's id; whoever took the command in has checked the credential.
    public var responder: String
    /// What the person does.
    public var act: Act
    /// The way it came ("mqtt", "http"), for the record.
    public var origin: String
    /// The sender's own reference, at most `referenceLimit` bytes; it comes back with the answer.
    public var reference: String

    /// Makes one from its parts.
    public init(incident: IncidentID, responder: String, act: Act, origin: String, reference: String = "") {
        self.incident = incident
        self.responder = responder
        self.act = act
        self.origin = origin
        self.reference = reference
    }

    /// The most bytes of a reference.
    public static let referenceLimit = 128
    /// The most bytes of a note.
    public static let noteLimit = 500

    /// What a person can do to an incident.
    public enum Act: Hashable, Sendable {
        case acknowledge
        case onScene
        case needHelp
        case close(Disposition)
        /// Offers the incident to another responder, by id; until he accepts it stays where it is.
        case handOver(to: String)
        /// Writes something down for whoever reads the incident, at most `noteLimit` bytes.
        case note(String)

        /// The word for it in commands: `acknowledge`, `onScene`, `needHelp`, `close`, `handOver`, `note`.
        public var name: String {
            switch self {
            case .acknowledge: "acknowledge"
            case .onScene: "onScene"
            case .needHelp: "needHelp"
            case .close: "close"
            case .handOver: "handOver"
            case .note: "note"
            }
        }
    }
}

/// What became of a command.
public enum CommandAnswer: Hashable, Sendable {
    case accepted(phase: Incident.Phase)
    case refused(Refusal)

    /// Why a command changes nothing.
    public enum Refusal: String, Sendable {
        case unknownIncident
        case alreadyClosed
        /// Somebody else has taken it over; he is in the incident's `answeredBy`.
        case takenByAnother
        /// Nobody has taken it over, so nobody can hand it over.
        case notTakenOver
        /// There is no such responder, or he cannot be reached.
        case unknownResponder
        /// The gateway could not take it in; try again.
        case unavailable
    }
}
