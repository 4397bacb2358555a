public import Escalation
public import SafetyModel

/// Something that happens in one home on the virtual day, who answers, and what the gateway must make of it.
public struct Story: Sendable {
    /// The word for it on the command line: `fire`, `false-alarm`.
    public var id: String
    /// One line for the terminal, in the past tense of a report: "a pan was left on the stove".
    public var title: String
    /// Local time of day.
    public var minuteOfDay: Int
    /// The home that must have these devices; the first one acts.
    public var needs: [DeviceModel]
    /// What happens, by the time since the beginning.
    public var acts: [Step]
    /// What happens once somebody is on scene, by the time since then.
    public var remedy: [Step]
    /// Who answers; everybody else hears it and does nothing.
    public var reaction: Reaction
    /// What the gateway must make of it.
    public var expectation: Expectation

    /// One act and when.
    public struct Step: Sendable {
        /// The time since the beginning.
        public var after: Duration
        /// What happens then.
        public var act: HomeAct

        /// An act at a time.
        public init(_ after: Duration, _ act: HomeAct) {
            self.after = after
            self.act = act
        }
    }

    /// How one person answers, each time counted from the step before.
    public struct Reaction: Sendable {
        /// The first person of this role who is called.
        public var role: Role
        /// From the call to taking over.
        public var seenAfter: Duration
        /// From taking over to being there.
        public var onSceneAfter: Duration
        /// From being there to closing.
        public var closedAfter: Duration
        /// How the person says it ended.
        public var disposition: Disposition
        /// What the person found, for the terminal.
        public var words: String

        /// A reaction of a person of this role.
        public init(
            _ role: Role, seenAfter: Duration, onSceneAfter: Duration, closedAfter: Duration,
            disposition: Disposition, words: String
        ) {
            self.role = role
            self.seenAfter = seenAfter
            self.onSceneAfter = onSceneAfter
            self.closedAfter = closedAfter
            self.disposition = disposition
            self.words = words
        }
    }

    /// The incident that has to come, and how.
    public struct Expectation: Sendable {
        /// The kind of the incident.
        public var kind: AlarmKind
        /// Roles that have to be told at the moment of opening.
        public var toldAtOnce: [Role]
        /// Roles that have to be told one after the other; empty where all are told at once.
        public var toldInTurn: [Role]
        /// A rule of the site that has to raise a second alarm in the same incident.
        public var confirmedBy: String?

        /// An incident of this kind, told to these roles.
        public init(
            _ kind: AlarmKind, toldAtOnce: [Role] = [], toldInTurn: [Role] = [], confirmedBy: String? = nil
        ) {
            self.kind = kind
            self.toldAtOnce = toldAtOnce
            self.toldInTurn = toldInTurn
            self.confirmedBy = confirmedBy
        }
    }

    /// The first moment after the beginning at which the local clock shows the story's time.
    public func moment(after begin: Instant, calendar: CivilCalendar) -> Instant {
        begin
            + calendar.untilNext(minuteOfDay: minuteOfDay, after: WallTime(milliseconds: begin.milliseconds))
    }
}

extension Story {
    /// The stories of the demonstration, in the order of the day.
    public static let all: [Story] = [gasLeak, silentDevice, falseAlarm, kitchenFire, sosCall, fall]

    /// The story of a word, or nil.
    public static func named(_ id: String) -> Story? { all.first { $0.id == id } }

    private static let everyone: [Role] = [.neighbour, .gridWorker, .station, .centre]

    private static let gasLeak = Story(
        id: "gas", title: "soup boiled over and put the flame out", minuteOfDay: 7 * 60 + 42, needs: [.gas],
        acts: [
            Step(.seconds(-240), .enter(place: "kitchen")), Step(.zero, .raise(.gas)),
            Step(.seconds(75), .report(.gas)),
        ],
        remedy: [Step(.seconds(150), .clear(.gas))],
        reaction: Reaction(
            .gridWorker, seenAfter: .seconds(34), onSceneAfter: .seconds(382), closedAfter: .minutes(14),
            disposition: .real, words: "valve closed, kitchen aired"),
        expectation: Expectation(.gas, toldAtOnce: everyone))

    private static let silentDevice = Story(
        id: "silent", title: "the gas alarm was unplugged for the rice cooker", minuteOfDay: 9 * 60 + 5,
        needs: [.gas], acts: [Step(.zero, .silence(.gas))], remedy: [Step(.minutes(4), .revive(.gas))],
        reaction: Reaction(
            .technician, seenAfter: .minutes(9), onSceneAfter: .minutes(13), closedAfter: .minutes(11),
            disposition: .technical, words: "plugged in again, socket labelled"),
        expectation: Expectation(.deviceLost, toldInTurn: [.technician]))

    private static let falseAlarm = Story(
        id: "false-alarm", title: "fish was fried with the window shut", minuteOfDay: 12 * 60 + 10,
        needs: [.smoke],
        acts: [
            Step(.seconds(-300), .enter(place: "kitchen")), Step(.zero, .raise(.smoke)),
            Step(.seconds(170), .clear(.smoke)),
        ],
        remedy: [],
        reaction: Reaction(
            .neighbour, seenAfter: .seconds(22), onSceneAfter: .seconds(156), closedAfter: .minutes(5),
            disposition: .falseAlarm, words: "only fried fish, window opened"),
        expectation: Expectation(.fire, toldAtOnce: everyone))

    private static let kitchenFire = Story(
        id: "fire", title: "a pan was left on the stove", minuteOfDay: 18 * 60 + 5, needs: [.smoke],
        acts: [
            Step(.seconds(-600), .enter(place: "kitchen")),
            Step(.seconds(-200), .enter(place: "living room")),
            Step(.zero, .raise(.smoke)), Step(.seconds(60), .report(.smoke)),
        ],
        remedy: [Step(.minutes(9), .clear(.smoke))],
        reaction: Reaction(
            .station, seenAfter: .seconds(26), onSceneAfter: .seconds(438), closedAfter: .minutes(31),
            disposition: .real, words: "fire out, resident unhurt"),
        expectation: Expectation(.fire, toldAtOnce: everyone))

    private static let sosCall = Story(
        id: "sos", title: "short of breath, pressed the one-key call", minuteOfDay: 20 * 60 + 47,
        needs: [.button],
        acts: [
            Step(.seconds(-180), .enter(place: "bedroom")), Step(.zero, .press(action: "emergency")),
            Step(.minutes(5), .report(.button)),
        ],
        remedy: [],
        reaction: Reaction(
            .station, seenAfter: .seconds(28), onSceneAfter: .seconds(521), closedAfter: .minutes(26),
            disposition: .real, words: "gave the inhaler, doctor informed"),
        expectation: Expectation(.sos, toldInTurn: [.neighbour, .gridWorker, .station]))

    private static let fall = Story(
        id: "fall", title: "fell on the way to the bathroom and did not get up", minuteOfDay: 3 * 60 + 16,
        needs: [.fallRadar],
        acts: [
            Step(.seconds(-20), .enter(place: "bedroom")), Step(.zero, .raise(.fallRadar)),
            Step(.zero, .lieStill),
        ],
        remedy: [Step(.minutes(6), .clear(.fallRadar)), Step(.minutes(6), .getUp)],
        reaction: Reaction(
            .gridWorker, seenAfter: .seconds(31), onSceneAfter: .seconds(594), closedAfter: .minutes(29),
            disposition: .real, words: "helped up, hip checked by the doctor"),
        expectation: Expectation(
            .fall, toldInTurn: [.neighbour, .gridWorker], confirmedBy: "fall-without-recovery"))
}
