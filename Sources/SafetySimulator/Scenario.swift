public import Escalation
public import SafetyCore
public import SafetyModel
public import SiteConfiguration

/// A story of a site as a technician writes it: what happens when, and the trace that should come of it.
///
/// `ScenarioReader` reads it, `ScenarioStage` finds its names in a site, `Rehearsal` plays it.
public struct Scenario: Hashable, Sendable {
    /// The file as diagnostics name it.
    public var file: String
    /// What it is about, in one sentence.
    public var title: String
    /// The path of the site's main file as written, relative to the scenario's own folder; nil when it names
    /// none.
    public var site: String?
    /// The site's local time at which it starts.
    public var start: LocalTime
    /// What happens, in the order of time.
    public var scenes: [Scene] = []
    /// The moment until which it is played.
    public var end: Duration = .zero
    /// The lines below `expect` with their places; nil when the file has no such part.
    public var expected: [Line]?
    /// The number of the line that says `expect`, from 1; nil when there is none.
    public var expectLine: Int?

    /// The most things that happen, repetitions counted.
    public static let sceneLimit = 100_000
    /// The most bytes of a file.
    public static let sizeLimit = 1_000_000
    /// The longest scenario.
    public static let lengthLimit = Duration.hours(24 * 31)

    /// A scenario without anything in it yet.
    public init(file: String, title: String, start: LocalTime) {
        self.file = file
        self.title = title
        self.start = start
    }

    /// One thing that happens.
    public struct Scene: Hashable, Sendable {
        /// From the start.
        public var at: Duration
        /// What it is.
        public var act: ScenarioAct
        /// Where its line says so.
        public var place: Place

        /// A scene of these parts.
        public init(at: Duration, _ act: ScenarioAct, place: Place) {
            self.at = at
            self.act = act
            self.place = place
        }
    }

    /// One line of the expected trace.
    public struct Line: Hashable, Sendable {
        /// Without the blanks around it.
        public var text: String
        /// Where it stands in the file.
        public var place: Place

        /// A line of these parts.
        public init(_ text: String, place: Place) {
            self.text = text
            self.place = place
        }
    }

    /// A date and a time of day without a time zone.
    public struct LocalTime: Hashable, Sendable {
        /// Milliseconds since 1970-01-01 00:00 of the same clock.
        public var milliseconds: Int64

        /// A time by its figure.
        public init(milliseconds: Int64) { self.milliseconds = milliseconds }

        /// The same figures read in UTC: near enough to load a time zone's offsets around it.
        public var asWallTime: WallTime { WallTime(milliseconds: milliseconds) }

        /// The moment at which a calendar shows this time.
        public func instant(in calendar: CivilCalendar) -> Instant {
            var moment = milliseconds
            // The offset is asked at the moment itself, which the first round only comes near.
            for _ in 0..<2 {
                let offset = calendar.secondsFromUTC(at: WallTime(milliseconds: moment))
                moment = milliseconds - Int64(offset) * 1_000
            }
            return Instant(milliseconds: moment)
        }
    }
}

/// A word of a scenario and where it stands.
public struct ScenarioWord: Hashable, Sendable {
    /// As written.
    public var text: String
    /// Where it begins.
    public var place: Place

    /// A word of these parts.
    public init(_ text: String, place: Place) {
        self.text = text
        self.place = place
    }
}

/// What can happen in a scenario; names stand as written.
public enum ScenarioAct: Hashable, Sendable {
    /// A device says something on its topic, or on a level below it.
    case deviceSays(path: ScenarioWord, payload: String, isRetained: Bool)
    /// Something is said on a whole topic.
    case topicSays(topic: String, payload: String, isRetained: Bool)
    /// A responder acts on the incident of a home, of this kind where there are several.
    case personActs(person: ScenarioWord, act: PersonCommand.Act, home: ScenarioWord, kind: String?)
    /// A responder tells of a visit in a home.
    case personVisits(person: ScenarioWord, home: ScenarioWord, way: VisitWay, result: VisitResult)
    /// A person at a desk acts on a home.
    case deskActs(act: DeskCommand.Act, home: ScenarioWord)
    /// From now on a channel treats orders in this way, for one responder or for all.
    case channelTurns(channel: ScenarioWord, responder: ScenarioWord?, manner: DeliveryManner)
    /// The link to the broker goes down or up; what is said meanwhile waits at the broker.
    case link(isUp: Bool)
    /// The gateway stops; the world goes on without it.
    case gatewayStops
    /// The gateway starts again from its last state.
    case gatewayStarts
    /// The gateway stops and is back at once.
    case gatewayRestarts
    /// A trouble of the gateway itself begins or ends.
    case gatewayTrouble(GatewayCondition.Kind, isActive: Bool)
}

/// How a channel treats the orders that it is given.
public enum DeliveryManner: String, CaseIterable, Hashable, Sendable {
    /// Every order is delivered at once.
    case works
    /// Every try fails; it may work later.
    case fails
    /// Every order is refused: it will not work over this channel.
    case refuses
    /// No report ever comes.
    case hangs
}
