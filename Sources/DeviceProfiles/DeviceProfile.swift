public import SafetyModel

/// How to understand and command one kind of device: data only, so that a technician can add one.
public struct DeviceProfile: Hashable, Sendable {
    /// `ecosystem/kind`: `zigbee2mqtt/smoke`.
    public var id: String
    /// What it is for, in a sentence for the technician.
    public var summary: String
    /// What sort of thing it is.
    public var kind: Device.Kind
    /// What such a device can say; the default for devices that name no signals.
    public var signals: [Signal]
    /// Signals whose change shows that the resident is alive.
    public var provesLife: [Signal]
    /// The longest silence before the device counts as lost; zero means it is not supervised.
    public var supervision: Duration
    /// Where it speaks; the first rule that names a topic wins.
    public var topics: [TopicRule]
    /// What it can be told to do.
    public var commands: [DeviceCommand]

    /// A profile; whether it makes sense is checked where it is read from a file.
    public init(
        id: String, summary: String = "", kind: Device.Kind = .sensor, signals: [Signal] = [],
        provesLife: [Signal] = [], supervision: Duration = .zero, topics: [TopicRule],
        commands: [DeviceCommand] = []
    ) {
        self.id = id
        self.summary = summary
        self.kind = kind
        self.signals = signals
        self.provesLife = provesLife
        self.supervision = supervision
        self.topics = topics
        self.commands = commands
    }

    /// The exact topics on which a device of this profile speaks, ignored ones left out.
    public func topics(base: String, name: String) -> [String] {
        topics.filter { $0.format != .ignored && $0.template.isExact }
            .map { $0.template.filled(base: base, name: name) }
    }
}

/// One topic of a device and what its messages mean.
public struct TopicRule: Hashable, Sendable {
    /// The topic.
    public var template: TopicTemplate
    /// How its payloads are written.
    public var format: Format
    /// Containers inside the payload in which the readings are looked for, besides the payload itself.
    public var roots: [PayloadRoot]
    /// The message's own time.
    public var time: TimeField?
    /// A flag that says that the message is an old event sent again (`retransmit`); empty for none.
    public var oldMarker: String
    /// What its messages say; several rules may read one path.
    public var readings: [ReadingRule]
    /// Levels at `{key}` that are known and say nothing; other levels without a reading are unknown topics.
    public var ignoredKeys: [String]

    /// A rule for one topic.
    public init(
        _ template: String, format: Format = .json, roots: [PayloadRoot] = [], time: TimeField? = nil,
        oldMarker: String = "", readings: [ReadingRule] = [], ignoredKeys: [String] = []
    ) {
        self.template = TopicTemplate(template)
        self.format = format
        self.roots = roots
        self.time = time
        self.oldMarker = oldMarker
        self.readings = readings
        self.ignoredKeys = ignoredKeys
    }

    /// How the payload is written.
    ///
    /// The raw value stands in stored sites: never renumber, only append.
    public enum Format: UInt8, CaseIterable, Sendable {
        /// A JSON object or array.
        case json = 0
        /// JSON where it begins like an object or array, else plain text.
        case any = 1
        /// Plain text; a reading's path is the last topic level, or empty for the topic itself.
        case text = 2
        /// Known, with nothing to say.
        case ignored = 3
    }
}

/// A container inside a payload in which the readings stand: `object`, `ZbReceived.*`, `history.*`.
public struct PayloadRoot: Hashable, Sendable {
    /// Keys with dots between; `*` stands for any key or array element.
    public var path: String
    /// Its readings are old events: history arrays, retransmissions.
    public var isHistory: Bool
    /// Where an old event says when it happened, inside the container.
    public var time: TimeField?

    /// A container at a path.
    public init(_ path: String, isHistory: Bool = false, time: TimeField? = nil) {
        self.path = path
        self.isHistory = isHistory
        self.time = time
    }
}

/// A field that holds a time, and how it is written.
public struct TimeField: Hashable, Sendable {
    /// Where it stands, keys with dots between.
    public var path: String
    /// How it is written.
    public var format: Format

    /// A time at a path.
    public init(_ path: String, format: Format = .automatic) {
        self.path = path
        self.format = format
    }

    /// The raw value stands in stored sites: never renumber, only append.
    public enum Format: UInt8, CaseIterable, Sendable {
        /// A number is epoch seconds or milliseconds by its size, a text is ISO 8601 with a zone.
        case automatic = 0
        case epochSeconds = 1
        case epochMilliseconds = 2
        /// ISO 8601; without a zone it says nothing, since the zone is unknown.
        case iso8601 = 3
        /// ISO 8601; without a zone it is UTC.
        case iso8601UTC = 4
    }
}

/// One line of a profile's table: where a value stands and which signal it is.
public struct ReadingRule: Hashable, Sendable {
    /// Where the value stands: keys with dots between, empty for the payload as a whole.
    ///
    /// `*` is any key; a trailing `*` in the last key (`occupancy_*`) takes any ending. Case, `_` and `-` are
    /// not seen.
    public var path: String
    /// What the value says.
    public var signal: Signal
    /// Whether it is a state or an occurrence.
    public var form: Observation.Form
    /// Which types of value the rule is for; others are left to other rules.
    public var accepts: ValueKind
    /// Texts, case and type tolerant (`"1"` also means the number 1), and what they mean.
    public var values: [ValueMeaning]
    /// Only `values` count: the usual words are unknown, and an unknown value is no observation.
    public var knowsOnlyValues: Bool
    /// What a value means that neither `values` nor the signal's usual words know.
    public var otherwise: Otherwise
    /// On and off change places; words that say it themselves (`open`, `closed`) do not.
    public var isInverted: Bool
    /// What a number is multiplied by, after `transform`.
    public var scale: Double
    /// What is done with a number before it is scaled.
    public var transform: Transform
    /// The sibling key of a pair's second half (diastolic, longitude).
    public var second: String

    /// A rule for one path.
    public init(
        _ path: String, _ signal: Signal, form: Observation.Form = .level, accepts: ValueKind = .any,
        values: [ValueMeaning] = [], knowsOnlyValues: Bool = false,
        otherwise: Otherwise = .failure, isInverted: Bool = false, scale: Double = 1,
        transform: Transform = .none, second: String = ""
    ) {
        self.path = path
        self.signal = signal
        self.form = form
        self.accepts = accepts
        self.values = values
        self.knowsOnlyValues = knowsOnlyValues
        self.otherwise = knowsOnlyValues ? .nothing : otherwise
        self.isInverted = isInverted
        self.scale = scale
        self.transform = transform
        self.second = second
    }

    /// The raw value stands in stored sites: never renumber, only append.
    public enum ValueKind: UInt8, CaseIterable, Sendable {
        case any = 0
        case boolean = 1
        case number = 2
        case text = 3
    }

    /// The raw value stands in stored sites: never renumber, only append.
    public enum Otherwise: UInt8, CaseIterable, Sendable {
        /// The message counts as undecoded, with the field named.
        case failure = 0
        /// No observation.
        case nothing = 1
        /// On, or an emergency call: for fields whose mere presence is the event.
        case on = 2
    }

    /// A change of a number before `scale`; a device that needs more gets a name here.
    ///
    /// The raw value stands in stored sites: never renumber, only append.
    public enum Transform: UInt8, CaseIterable, Sendable {
        case none = 0
        /// Degrees Fahrenheit to Celsius.
        case fahrenheit = 1
        /// Any number above zero is on.
        case positive = 2
    }
}

/// What a text in a payload means.
public struct ValueMeaning: Hashable, Sendable {
    /// The text as the device writes it.
    public var text: String
    /// What it stands for.
    public var meaning: Meaning

    /// A text with its meaning.
    public init(_ text: String, _ meaning: Meaning) {
        self.text = text
        self.meaning = meaning
    }

    /// The meaning itself.
    public enum Meaning: Hashable, Sendable {
        case reading(Reading)
        /// On, made by a test key: quality `test`.
        case test
        case nothing
    }
}

/// Something a device can be told to do.
public struct DeviceCommand: Hashable, Sendable {
    /// `sirenOn`, `sirenOff`, `lampOn`, `lampOff`, `say`.
    public var name: String
    /// Where it is published.
    public var topic: TopicTemplate
    /// `{text}` is replaced by the text, escaped for JSON.
    public var payload: String

    /// A command with its templates.
    public init(name: String, topic: String, payload: String) {
        self.name = name
        self.topic = TopicTemplate(topic)
        self.payload = payload
    }

    /// The payload to publish.
    public func payload(saying text: String = "") -> String {
        guard let found = payload.range(ofPlaceholder: "{text}") else { return payload }
        return payload[..<found.lowerBound] + text.escapedForJSON + payload[found.upperBound...]
    }
}
