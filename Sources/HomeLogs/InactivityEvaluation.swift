import SafetyModel
public import Welfare

/// How the learned alert line does on a recorded home, held against the best fixed limit.
///
/// The log is lived through once, in order, by the same `HomeWelfare` that the gateway runs: what it judges a
/// silence by, it learned before that silence (prequential). Every alert is false, since nothing happened in
/// these homes. At every full hour of every scored day at which somebody is at home, the resident is made to
/// stop moving for good, and the time until the alert is taken. The fixed limit has the same knowledge of who
/// is in, and is the shortest that gives at most as many false alerts on the same days: it is chosen in
/// hindsight, which no real limit could be.
public struct InactivityEvaluation: Sendable {
    /// Scored time in days: the log's length without the warm-up.
    public var scoredDays = 0.0
    /// False alerts of the learned line.
    public var learnedAlerts: [FalseAlert] = []
    /// Calls because the home was thought empty for too long; the same for both.
    public var awayAlerts: [FalseAlert] = []
    /// The silences at home that ended in the scored time, in milliseconds, the longest first.
    public var silences: [Int64] = []
    /// The moments at which the resident is made to stop.
    public var stops: [Stop] = []
    /// Scored full hours at which nobody was at home.
    public var hoursAway = 0

    /// An alert although nothing had happened.
    public struct FalseAlert: Hashable, Sendable {
        /// The local clock at the last sign of life.
        public var since: Int64
        /// The local clock at the alert.
        public var at: Int64
    }

    /// The resident stops moving.
    public struct Stop: Hashable, Sendable {
        /// How long it had been silent before, in milliseconds.
        public var elapsed: Int64
        /// Time to the alert of the learned line, in milliseconds.
        public var learned: Int64
        /// Set where the home was thought empty after the stop: then both wait for the same call.
        public var isThoughtEmpty: Bool
    }

    /// Starts empty.
    public init() {}

    /// The shortest fixed limit with at most so many false alerts, in milliseconds.
    public func fixedLimit(alerts: Int) -> Int64 { alerts < silences.count ? silences[alerts] : 0 }

    /// Times to the alert of a fixed limit, in milliseconds, ascending.
    public func fixedTimes(limit: Int64) -> [Int64] {
        stops.map { $0.isThoughtEmpty ? $0.learned : max(0, limit - $0.elapsed) }.sorted()
    }

    /// Times to the alert of the learned line, in milliseconds, ascending.
    public var learnedTimes: [Int64] { stops.map(\.learned).sorted() }

    /// Takes another log's scored days into this one.
    public mutating func pool(_ other: InactivityEvaluation) {
        scoredDays += other.scoredDays
        learnedAlerts += other.learnedAlerts
        awayAlerts += other.awayAlerts
        silences = (silences + other.silences).sorted(by: >)
        stops += other.stops
        hoursAway += other.hoursAway
    }
}

/// Lives through a log.
struct LogLife {
    private var home: HomeWelfare
    private let plan: InactivityPlan
    private let scoredFrom: Int64
    private var evaluation = InactivityEvaluation()
    private var findings: [WelfareFinding] = []
    private var nextHour: Int64

    /// When nobody could hear the home, as the gateway takes it off.
    private let gaps: [HomeLog.Gap]

    static let hour: Int64 = 3_600_000

    init(start: Int64, scoredFrom: Int64, plan: InactivityPlan, gaps: [HomeLog.Gap] = []) {
        home = HomeWelfare(at: Self.moment(start, blind: 0))
        self.plan = plan
        self.gaps = gaps
        self.scoredFrom = scoredFrom
        nextHour = (max(start, scoredFrom) + Self.hour - 1) / Self.hour * Self.hour
    }

    private static func moment(_ time: Int64, blind: Int64) -> WelfareMoment {
        WelfareMoment(
            now: Instant(milliseconds: time), localMilliseconds: time, blindMilliseconds: blind)
    }

    /// This moment with the blind time up to it.
    private func moment(_ time: Int64) -> WelfareMoment { Self.moment(time, blind: blind(until: time)) }

    private func blind(from: Int64 = .min, until: Int64) -> Int64 {
        gaps.reduce(0) { $0 + max(0, min($1.until, until) - max($1.from, from)) }
    }

    /// Lives on to a sign of life.
    mutating func note(_ sign: SignOfLife, at time: Int64) {
        let before = home
        wait(until: time)
        score(before: before, until: time)
        let start = home.silence.start.milliseconds
        if home.presence.state == .atHome, time > scoredFrom {
            evaluation.silences.append(time - start - blind(from: start, until: time))
        }
        home.note(sign, at: moment(time), plan: plan, into: &findings)
        findings.removeAll(keepingCapacity: true)
    }

    /// The result of a life that ended at the last sign.
    func result(until end: Int64) -> InactivityEvaluation {
        var result = evaluation
        result.silences.sort(by: >)
        let deaf = blind(from: scoredFrom, until: end)
        result.scoredDays = Double(max(0, end - scoredFrom - deaf)) / 86_400_000
        return result
    }

    /// Lets time pass without a sign, deadline by deadline, as the gateway does.
    private mutating func wait(until time: Int64) {
        var clock = home.silence.start.milliseconds
        while let due = home.nextDeadline(plan: plan, blindMilliseconds: blind(until: clock))?.milliseconds {
            // While nobody hears, nothing falls due.
            clock = gaps.first { $0.from < due && due < $0.until }?.until ?? due
            guard clock <= time else { break }
            home.advance(to: moment(clock), plan: plan, into: &findings)
        }
        for finding in findings {
            switch finding {
            case .inactive(let since, _, _, let at) where at.milliseconds >= scoredFrom:
                evaluation.learnedAlerts.append(
                    .init(since: since.milliseconds, at: at.milliseconds))
            case .awayTooLong(let since, let at) where at.milliseconds >= scoredFrom:
                evaluation.awayAlerts.append(.init(since: since.milliseconds, at: at.milliseconds))
            default: break
            }
        }
        findings.removeAll(keepingCapacity: true)
    }

    /// Stops the resident at each full hour of the silence that now ends.
    private mutating func score(before: HomeWelfare, until time: Int64) {
        guard nextHour < time else { return }
        let hours = (time - nextHour - 1) / Self.hour + 1
        defer { nextHour += hours * Self.hour }
        guard home.presence.state == .atHome else {
            evaluation.hoursAway += Int(hours)
            return
        }
        let (alert, isThoughtEmpty) = alertAfterSilence(of: before)
        let start = before.silence.start.milliseconds
        for hour in 0..<hours {
            let stop = nextHour + hour * Self.hour
            // Who stops while nobody hears is found after that time at the earliest, by either limit.
            if gaps.contains(where: { $0.from <= stop && start <= $0.from }) { continue }
            evaluation.stops.append(
                .init(
                    elapsed: stop - start, learned: max(0, alert - stop), isThoughtEmpty: isThoughtEmpty))
        }
    }

    /// When a person would be called if nothing were heard any more.
    private func alertAfterSilence(of home: HomeWelfare) -> (at: Int64, isThoughtEmpty: Bool) {
        var silent = home
        var found: [WelfareFinding] = []
        while let due = silent.nextDeadline(plan: plan) {
            silent.advance(
                to: Self.moment(due.milliseconds, blind: silent.silence.blindAtStart), plan: plan,
                into: &found)
            for finding in found {
                if case .inactive(_, _, _, let at) = finding { return (at.milliseconds, false) }
                if case .awayTooLong(_, let at) = finding { return (at.milliseconds, true) }
            }
            found.removeAll(keepingCapacity: true)
        }
        return (silent.silence.start.milliseconds + plan.ceiling.wholeMilliseconds, false)
    }
}

extension InactivityEvaluation {
    /// Evaluates one log.
    ///
    /// - Parameters:
    ///   - doors: The outside doors, as places in `log.sensors`.
    ///   - warmUpDays: Days that are lived but not scored.
    public init(of log: HomeLog, doors: [Int], warmUpDays: Int, plan: InactivityPlan) {
        self.init()
        guard let first = log.events.first, let last = log.events.last else { return }
        let devices = Self.devices(of: log)
        let scoredFrom = first.localMilliseconds + Int64(warmUpDays) * 86_400_000
        var life = LogLife(
            start: first.localMilliseconds, scoredFrom: scoredFrom, plan: plan, gaps: log.gaps)
        for entry in log.events {
            let isDoor = doors.contains(entry.sensor)
            guard let sign = Self.sign(of: entry, device: devices[entry.sensor], isDoor: isDoor) else {
                continue
            }
            life.note(sign, at: entry.localMilliseconds)
        }
        self = life.result(until: last.localMilliseconds)
    }

    /// The sign of life in an entry; a motion sensor at the door that was named counts as the door.
    static func sign(of entry: HomeLog.Entry, device: Int, isDoor: Bool) -> SignOfLife? {
        switch entry.meaning {
        case .nothing: nil
        case .motion where isDoor: SignOfLife(.outsideDoor, device: device, isOn: false)
        case .motion: SignOfLife(.motion, device: device, isOn: true)
        case .contact: SignOfLife(isDoor ? .outsideDoor : .act, device: device, isOn: entry.isOn)
        case .occupancy: SignOfLife(.occupancy, device: device, isOn: entry.isOn)
        case .act: SignOfLife(.act, device: device, isOn: entry.isOn)
        }
    }

    /// Sensors as devices of the home, those with most signs first.
    private static func devices(of log: HomeLog) -> [Int] {
        let order = log.sensors.indices.sorted {
            let (a, b) = (log.sensors[$0].signCount, log.sensors[$1].signCount)
            return a == b ? $0 < $1 : a > b
        }
        var devices = [Int](repeating: 0, count: log.sensors.count)
        for (device, sensor) in order.enumerated() { devices[sensor] = device }
        return devices
    }
}
