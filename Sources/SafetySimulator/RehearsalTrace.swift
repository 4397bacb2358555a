import Escalation
import SafetyModel

/// What became of a scenario, line by line, in words that a technician reads.
///
/// A line is `time  where  what`; people who are told the same thing in the same moment stand on one line.
struct RehearsalTrace {
    private let start: Instant
    private let homeIDs: [String]
    private var lines: [Entry] = []
    /// Timeline entries of each incident that were written already, by number.
    private var written: [Int64: Int] = [:]

    private struct Entry {
        var at: Duration
        var place: String
        var text: String
    }

    /// Lines beyond `Rehearsal.lineLimit`.
    private var dropped = 0

    init(start: Instant, homeIDs: [String]) {
        self.start = start
        self.homeIDs = homeIDs
    }

    /// An order, and what became of this try.
    typealias SentOrder = (order: NotificationOrder, fate: RehearsalDelivery.Fate)

    /// Adds a line.
    mutating func add(_ text: String, place: String, at now: Instant) {
        guard lines.count < Rehearsal.lineLimit else {
            dropped += 1
            return
        }
        lines.append(Entry(at: now - start, place: place, text: text))
    }

    /// Writes down what a batch led to.
    mutating func record(_ incidents: [Incident], orders: [SentOrder], at now: Instant) {
        var told = [Bool](repeating: false, count: orders.count)
        for incident in incidents {
            let place = place(of: incident)
            let total = incident.timeline.count + Int(incident.droppedEntries)
            let fresh = min(total - (written[incident.id.number] ?? 0), incident.timeline.count)
            written[incident.id.number] = total
            var group: [SentOrder] = []
            for entry in incident.timeline.suffix(fresh) {
                if entry.event == .ordered {
                    let next = orders.indices.first {
                        !told[$0] && orders[$0].order.id.incident == incident.id
                            && orders[$0].order.attempt == 1
                    }
                    guard let next else { continue }
                    told[next] = true
                    group.append(orders[next])
                    continue
                }
                addGroup(&group, place: place, at: now)
                if let text = Self.words(for: entry) { add(text, place: place, at: now) }
            }
            addGroup(&group, place: place, at: now)
            var again = orders.indices.filter { !told[$0] && orders[$0].order.id.incident == incident.id }
                .map { orders[$0] }
            for index in orders.indices where orders[index].order.id.incident == incident.id {
                told[index] = true
            }
            addGroup(&again, place: place, at: now)
        }
        for index in orders.indices where !told[index] {
            var one = [orders[index]]
            addGroup(&one, place: "#\(orders[index].order.id.incident.number)", at: now)
        }
    }

    /// Writes down orders that are sent again though nothing changed: after a restart, when the link is up.
    mutating func record(again orders: [SentOrder], of incident: Incident, at now: Instant) {
        var group = orders
        addGroup(&group, place: place(of: incident), at: now)
    }

    /// Where an incident is, its number and its kind: `h01 #1 fire`.
    func place(of incident: Incident) -> String {
        "\(homeIDs[incident.home.int]) #\(incident.id.number) \(incident.kind.name)"
    }

    /// All lines, in columns.
    var text: [String] {
        let times = lines.map { ScenarioTime.text(Self.shown($0.at)) }
        let timeWidth = max(times.map(\.count).max() ?? 0, 5)
        let placeWidth = min(lines.map(\.place.count).max() ?? 0, 28)
        var text = zip(lines, times).map { entry, time in
            Self.pad("", to: timeWidth - time.count) + time + "  " + Self.pad(entry.place, to: placeWidth)
                + "  "
                + entry.text
        }
        if dropped > 0 { text.append("and \(dropped) lines more") }
        return text
    }

    /// A window ends a millisecond after its last moment; people read hundredths at most.
    private static func shown(_ time: Duration) -> Duration {
        let milliseconds = time.wholeMilliseconds
        return .milliseconds(milliseconds - milliseconds % 10)
    }

    private static func pad(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private mutating func addGroup(_ group: inout [SentOrder], place: String, at now: Instant) {
        while let first = group.first {
            let alike = group.prefix { Self.isAlike($0, first) }
            add(Self.words(for: Array(alike)), place: place, at: now)
            group.removeFirst(alike.count)
        }
    }

    private static func isAlike(_ a: SentOrder, _ b: SentOrder) -> Bool {
        a.fate == b.fate && a.order.purpose == b.order.purpose && a.order.about == b.order.about
            && a.order.channel == b.order.channel && a.order.attempt == b.order.attempt
    }

    private static func words(for orders: [SentOrder]) -> String {
        guard let first = orders.first else { return "" }
        let people = orders.map(\.order.responder).joined(separator: ", ")
        let channel = first.order.channel
        let what =
            words(for: first.order) + (first.order.attempt > 1 ? " (try \(first.order.attempt))" : "")
        switch first.fate {
        case .delivered: return "told \(people) over \(channel): \(what)"
        case .failed: return "could not tell \(people) over \(channel): \(what)"
        case .refused: return "\(channel) refuses to tell \(people): \(what)"
        case .silent: return "told \(people) over \(channel), no report: \(what)"
        case .waiting: return "no link to tell \(people) over \(channel): \(what)"
        }
    }

    private static func words(for order: NotificationOrder) -> String {
        let who = order.about.isEmpty ? "somebody" : order.about
        return switch order.purpose {
        case .alarm: "alarm"
        case .alarmAgain: "alarm again"
        case .reminder: "reminder"
        case .takenOver: "\(who) has taken over"
        case .takenBack: "\(who) has not come"
        case .onScene: "\(who) is on scene"
        case .needHelp: "\(who) needs help"
        case .verify: "please ring the resident"
        case .handOver: "\(who) hands over"
        case .closed: "closed by \(who)"
        }
    }

    private static func words(for entry: TimelineEntry) -> String? {
        switch entry.event {
        case .opened: "opened: \(entry.detail)"
        case .alarmRaised: "another alarm: \(entry.detail)"
        case .alarmRaisedAgain: "again: \(entry.detail)"
        case .alarmRestored: "no longer: \(entry.detail)"
        case .stepStarted: entry.detail
        case .stepRepeated: "again \(entry.detail)"
        case .stepFailed: entry.detail
        case .ordered, .delivered: nil
        case .deliveryFailed: "gave up telling \(entry.responder): \(entry.detail)"
        case .acknowledged: "\(entry.responder) acknowledges"
        case .acknowledgementStale: "taken back from \(entry.responder): \(entry.detail)"
        case .onScene: "\(entry.responder) is on scene"
        case .closingOverdue: "overdue: \(entry.detail)"
        case .helpRequested: "\(entry.responder) asks for help"
        case .cancelPressed: "cancel key pressed: \(entry.detail); nothing stops"
        case .verificationStarted: "to be verified by telephone, \(entry.detail)"
        case .verifying: "\(entry.responder) rings the resident"
        case .orderWaits: "\(entry.responder) is told after quiet hours: \(entry.detail)"
        case .nobodyOnDuty: "nobody is on duty: \(entry.detail)"
        case .handOverAsked: "\(entry.responder) hands over \(entry.detail)"
        case .handOverUnanswered: "\(entry.responder) did not take over"
        case .noted: "\(entry.responder) notes: \(entry.detail)"
        case .closed: "\(entry.responder) closes as \(entry.detail)"
        }
    }
}
