public import SafetyModel

/// What a rule waits for: the pattern language's model, as configuration writes it.
///
/// The compiler turns it into indexed leaves and automata. A pattern *completes* at the moments at which it
/// begins to be true, and is *true* for a while after them; the naive reference matcher of the tests is its
/// definition. A completion that stays true raises an alarm that is restored when it ends (`active`); one
/// that does not, a press or a sequence that ends in an event, is told each time (`pressed`).
///
/// Events take their place by their own time where it lies within -40 s and +20 s of the gateway's, else by
/// their arrival; equal times count in the order of arrival, and one event is never two elements of a
/// sequence. What is due at a moment goes before what arrives at it. Old events (`history`) complete no
/// pattern but a single life-safety condition; only what is said live breaks a silence.
public indirect enum Pattern: Hashable, Sendable {
    /// One signal of one device meets a threshold or is on.
    case condition(Condition)
    /// The condition has been true without a break for this long.
    case held(Condition, for: Duration)
    /// At least one of them; it completes whenever one of them does.
    case anyOf([Pattern])
    /// All of them, each now or at most this long ago; it completes when that begins to be so.
    case allOf([Pattern], within: Duration)
    /// One after the other, from the first to the last at most this long; nil where the absences in it bound
    /// it.
    ///
    /// Every completion of the last element completes it for which some earlier ones exist. An absence after
    /// an element completes when its span has passed and none of its conditions completed in it; one that is
    /// true already counts only when it completes again. Absences before the first event must have lasted
    /// when that comes. After an absence at the end the sequence is true until one of its conditions
    /// completes; where no device could do that, it is over as soon as it completes, told once like a press.
    /// At most `MatchState.partialMatchLimit` partial matches are kept.
    case sequence([Pattern], within: Duration?)
    /// None of them completes for this long, counted from the moment at which the home is in service; time
    /// in which nobody could hear does not count.
    ///
    /// Where no device could break it, it is never true.
    case absent([Condition], for: Duration)
    /// At least so many completions in the window that ends now, its first moment not included.
    case count(Int, of: Condition, distinct: Distinct?, within: Duration)
    /// A number of one device rose or fell by so much in the window that ends now.
    ///
    /// The condition's comparison gives the direction (above: it rises), its limit means nothing.
    case change(Condition, by: Double, within: Duration)
    /// The first, where the second is not true at the moment at which the first completes.
    case unless(Pattern, Pattern)

    /// What `count` counts once however often it happens.
    public enum Distinct: UInt8, CaseIterable, Sendable {
        case device = 0
        case place = 1
        case home = 2

        /// The word for it in YAML.
        public var name: String { Self.words[self] }

        private static let words = Words<Distinct>()
    }
}

/// A statement about one signal of one device.
public struct Condition: Hashable, Sendable {
    /// The signal concerned.
    public var signal: Signal
    /// What begins the alarm.
    public var raise: Comparison
    /// When the condition ends; nil means when `raise` is no longer true (no hysteresis).
    public var clear: Comparison?
    /// It also ends when it was not said again for this long, for devices that never say "clear".
    public var quietAfter: Duration?
    /// Only devices in this place ("motion in bedroom"); nil means anywhere.
    public var place: String?

    /// Makes one from its parts.
    public init(
        _ signal: Signal, _ raise: Comparison, clear: Comparison? = nil, quietAfter: Duration? = nil,
        place: String? = nil
    ) {
        self.signal = signal
        self.raise = raise
        self.clear = clear
        self.quietAfter = quietAfter
        self.place = place
    }
}

/// A test of one reading.
public enum Comparison: Hashable, Sendable {
    case isOn
    case isOff
    case above(Double)
    case below(Double)
    case atLeast(Double)
    case atMost(Double)
    case isKey(CallKey)

    /// Whether the reading passes; a reading of another shape never does.
    public func holds(for reading: Reading) -> Bool {
        switch (self, reading) {
        case (.isOn, .flag(let flag)): flag
        case (.isOff, .flag(let flag)): !flag
        case (.above(let limit), .number(let number)): number > limit
        case (.below(let limit), .number(let number)): number < limit
        case (.atLeast(let limit), .number(let number)): number >= limit
        case (.atMost(let limit), .number(let number)): number <= limit
        case (.isKey(let wanted), .key(let key)): wanted == key
        default: false
        }
    }
}

/// A pattern and the alarm that it raises.
public struct Rule: Hashable, Sendable {
    /// Unique in the site; the compiled-in life-safety rules start with `life-safety/`.
    public var id: String
    /// The pattern that it waits for.
    public var when: Pattern
    /// The alarm concerned.
    public var alarm: AlarmKind
    /// How pressing it is.
    public var urgency: Urgency
    /// Only devices in these places; empty means anywhere.
    public var places: [String]
    /// Only these devices, by id; empty means any.
    public var devices: [String]
    /// Only homes with a resident of this condition; nil means any home.
    public var residentCondition: String?
    /// Completions count only while this schedule is open; nil means always.
    ///
    /// A pattern that is still true when it opens completes at the opening; closing ends nothing.
    public var during: Schedule?
    /// Over which homes one match may stretch; a single condition is found by device in any scope.
    ///
    /// The alarm is raised in the home whose event completed it. A home whose file does not name its
    /// building (or unit) takes part in no match of that scope.
    public var scope: Scope
    /// Whether a new first event starts the wait for an absence anew; by default the oldest keeps running,
    /// so that repeated events can never put an alarm off.
    public var restarts: Bool
    /// Whether a resident's own bounds stand in place of its numbers, on the devices that he wears.
    public var hasPersonalBounds: Bool
    /// What responders read, by language ("zh", "en"), with `{home}`, `{place}`, `{device}`, `{value}`;
    /// empty means the alarm kind's words.
    public var messages: [Message]

    /// The text of one language.
    public struct Message: Hashable, Sendable {
        /// A language tag: "zh", "en".
        public var language: String
        /// The template.
        public var text: String
        /// Makes one from its parts.
        public init(language: String, text: String) {
            self.language = language
            self.text = text
        }
    }

    /// Over which homes one match may stretch; the raw value stands in stored sites: never renumber.
    public enum Scope: UInt8, CaseIterable, Sendable {
        case home = 0
        case unit = 1
        case building = 2
        case community = 3

        /// The word for it in YAML.
        public var name: String { Self.words[self] }

        private static let words = Words<Scope>()
    }

    /// Makes one from its parts.
    public init(
        id: String, when: Pattern, alarm: AlarmKind, urgency: Urgency, places: [String] = [],
        devices: [String] = [], residentCondition: String? = nil, during: Schedule? = nil,
        scope: Scope = .home, restarts: Bool = false, hasPersonalBounds: Bool = false,
        messages: [Message] = []
    ) {
        self.id = id
        self.when = when
        self.alarm = alarm
        self.urgency = urgency
        self.places = places
        self.devices = devices
        self.residentCondition = residentCondition
        self.during = during
        self.scope = scope
        self.restarts = restarts
        self.hasPersonalBounds = hasPersonalBounds
        self.messages = messages
    }
}

extension Rule {
    /// The rules that no configuration can remove: any hazard of the life-safety set raises at once.
    public static let lifeSafety: [Rule] = [
        built("smoke", Condition(.smoke, .isOn), .fire),
        built("heat", Condition(.heat, .isOn), .fire),
        built("gas", Condition(.gas, .isOn), .gas),
        built("carbon-monoxide", Condition(.carbonMonoxide, .isOn), .co),
        built("sos", Condition(.call, .isKey(.emergency)), .sos),
        built("medical", Condition(.call, .isKey(.medical)), .sos),
        built("fall", Condition(.fall, .isOn), .fall),
    ]

    private static func built(_ name: String, _ condition: Condition, _ alarm: AlarmKind) -> Rule {
        Rule(id: "life-safety/\(name)", when: .condition(condition), alarm: alarm, urgency: .lifeSafety)
    }
}
