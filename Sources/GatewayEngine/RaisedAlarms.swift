import Escalation
import SafetyCore
public import SafetyModel

/// An alarm that was raised at a moment, in names that mean the same under every site.
public struct RaisedAlarm: Hashable, Sendable {
    /// When it was raised, in gateway time.
    public var at: Instant
    /// The home's id.
    public var home: String
    /// The device whose word raised it, by id; empty when it is home-wide and has none.
    public var device: String
    /// What it is about.
    public var kind: AlarmKind
    /// How pressing it is.
    public var urgency: Urgency
    /// The rule that found it.
    public var rule: String

    /// Whether it is the same alarm; the rule may have another name.
    func isSame(as other: RaisedAlarm) -> Bool {
        at == other.at && home == other.home && device == other.device && kind == other.kind
            && urgency == other.urgency
    }

    /// By time, home, kind, device and rule.
    static func precedes(_ a: RaisedAlarm, _ b: RaisedAlarm) -> Bool {
        (a.at, a.home, a.kind.name, a.device, a.rule) < (b.at, b.home, b.kind.name, b.device, b.rule)
    }
}

/// Which alarms would come and which would not.
public struct AlarmDifference: Hashable, Sendable {
    /// Raised only under the other site.
    public var added: [RaisedAlarm] = []
    /// Raised only as recorded.
    public var missing: [RaisedAlarm] = []
    /// How many are the same.
    public var sameCount = 0

    /// Compares two runs over the same inputs; each ordered by time.
    init(recorded: [RaisedAlarm], other: [RaisedAlarm]) {
        let recorded = recorded.sorted(by: RaisedAlarm.precedes)
        let other = other.sorted(by: RaisedAlarm.precedes)
        var start = 0
        var place = 0
        while start < recorded.count || place < other.count {
            let at = min(
                start < recorded.count ? recorded[start].at : .init(milliseconds: .max),
                place < other.count ? other[place].at : .init(milliseconds: .max))
            let end = recorded[start...].firstIndex { $0.at != at } ?? recorded.count
            let otherEnd = other[place...].firstIndex { $0.at != at } ?? other.count
            compare(recorded[start..<end], other[place..<otherEnd])
            start = end
            place = otherEnd
        }
    }

    /// Compares what was raised at one moment.
    private mutating func compare(_ recorded: ArraySlice<RaisedAlarm>, _ other: ArraySlice<RaisedAlarm>) {
        var left = Array(recorded)
        for alarm in other {
            if let same = left.firstIndex(where: { $0.isSame(as: alarm) }) {
                left.remove(at: same)
                sameCount += 1
            } else {
                added.append(alarm)
            }
        }
        missing += left
    }
}

/// Notes what a machine raises, batch after batch.
struct AlarmNotes {
    private(set) var raised: [RaisedAlarm] = []
    /// Alarms that could not be noted any more.
    private(set) var dropped = 0
    private var counts: [AlarmID: Int32] = [:]

    /// The most alarms of one run that are kept.
    static let raisedLimit = 1_000_000

    /// Begins with what a machine knows already: that is no news.
    init(_ machine: SafetyMachine) {
        for alarm in machine.heldIncidents.flatMap(\.alarms) { counts[alarm.id] = alarm.raiseCount }
    }

    /// Takes in what a batch led to.
    mutating func note(_ outcome: StepOutcome, machine: SafetyMachine) {
        for incident in outcome.incidents {
            for alarm in incident.alarms {
                let known = counts[alarm.id] ?? 0
                guard alarm.raiseCount > known else { continue }
                counts[alarm.id] = alarm.raiseCount
                guard raised.count < Self.raisedLimit else {
                    dropped += 1
                    continue
                }
                raised.append(
                    RaisedAlarm(
                        at: machine.now,
                        home: machine.compiled.site.community.homes[incident.home.int].id,
                        device: alarm.evidence.last?.device ?? "", kind: alarm.kind, urgency: alarm.urgency,
                        rule: alarm.rule))
            }
            if !incident.isOpen { for alarm in incident.alarms { counts[alarm.id] = nil } }
        }
    }
}
