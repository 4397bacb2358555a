import Correlation
public import GatewayPorts
import SafetyCore
public import SafetyModel

extension EngineBoard {
    /// A report over what happened from `from` on and before `to`, as one JSON document.
    ///
    /// Incidents count by the moment of opening; visits and availability are those of now.
    public func report(
        _ kind: ReportKind, from: WallTime, to: WallTime
    ) throws(JournalError) -> [UInt8] {
        let now = look.now
        let records = kind.countsIncidents ? try facts(from: from, to: to) : []
        var json = JSONText(capacity: 4_096)
        json.object { json in
            json.key("from")
            json.value(from)
            json.key("to")
            json.value(to)
            switch kind {
            case .answerTimes:
                AnswerTimes(records).write(into: &json) { instant in
                    guard let view = now?.view else { return "" }
                    return Self.day(view.wall(instant), in: view.site.site.calendar)
                }
            case .falseAlarms: FalseAlarms(records).write(into: &json)
            case .operatorLoad: load(records, from, to, now).write(into: &json)
            case .visits: VisitRates(visits(now)).write(into: &json)
            case .availability: Availability(now?.view).write(into: &json)
            }
        }
        return json.bytes
    }

    /// The same report as a table.
    public func reportCSV(
        _ kind: ReportKind, from: WallTime, to: WallTime
    ) throws(JournalError) -> [UInt8] {
        let now = look.now
        let records = kind.countsIncidents ? try facts(from: from, to: to) : []
        var csv = CSVText()
        switch kind {
        case .answerTimes: writeIncidents(records, now, into: &csv)
        case .falseAlarms: FalseAlarms(records).write(into: &csv)
        case .operatorLoad: load(records, from, to, now).write(into: &csv)
        case .visits: VisitRates(visits(now)).write(into: &csv)
        case .availability: Availability(now?.view).write(into: &csv)
        }
        return csv.bytes
    }

    private func facts(from: WallTime, to: WallTime) throws(JournalError) -> [IncidentRecord] {
        var query = IncidentQuery()
        query.from = from
        query.to = to
        query.factsOnly = true
        query.limit = IncidentQuery.factsLimit
        return try journal.incidents(matching: query.shifted(by: look.wallOffset(for: query)))
    }

    private func load(
        _ records: [IncidentRecord], _ from: WallTime, _ to: WallTime, _ now: BoardLook?
    ) -> OperatorLoad {
        // Time to come has no alarms yet.
        let end = now.map { min(to, $0.view.wall($0.view.now)) } ?? to
        return OperatorLoad(
            records, from: from, to: max(from, end), wallOffset: now?.view.wallOffsetMilliseconds ?? 0)
    }

    private func visits(_ now: BoardLook?) -> [VisitLine] {
        now.map { visitStates($0.view).map(\.1) } ?? []
    }

    /// One line for each incident, newest first: what the figures were made of.
    private func writeIncidents(_ records: [IncidentRecord], _ now: BoardLook?, into csv: inout CSVText) {
        csv.row(
            titles: "incident", "home", "kind", "urgency", "openedAt", "answeredAfterSeconds",
            "onSceneAfterSeconds", "closedAfterSeconds", "disposition")
        let offset = now?.view.wallOffsetMilliseconds ?? 0
        func cell(_ seconds: Double?) -> CSVText.Cell { seconds.map { .number($0) } ?? .none }
        for record in AnswerTimes(records).incidents {
            csv.row([
                .number(Double(record.number)), .text(record.home), .text(record.kind), .text(record.urgency),
                .text(WallTime(milliseconds: record.openedAt.milliseconds + offset).rfc3339),
                cell(record.seconds(to: record.facts.answeredAt)),
                cell(record.seconds(to: record.facts.onSceneAt)), cell(record.seconds(to: record.closedAt)),
                .text(record.facts.disposition ?? ""),
            ])
        }
    }

    /// The local date of a moment: `2026-11-13`.
    private static func day(_ time: WallTime, in calendar: CivilCalendar) -> String {
        let local = time.milliseconds + Int64(calendar.secondsFromUTC(at: time)) * 1_000
        return String(WallTime(milliseconds: local).rfc3339.prefix(10))
    }
}

extension ReportKind {
    fileprivate var countsIncidents: Bool {
        switch self {
        case .answerTimes, .falseAlarms, .operatorLoad: true
        case .visits, .availability: false
        }
    }
}

/// How many visits are done, by colour.
struct VisitRates {
    /// By colour, in the order of first appearance.
    private(set) var colours: [(colour: String, due: Int, done: Int, overdue: Int)] = []

    init(_ visits: [VisitLine]) {
        for visit in visits {
            guard let state = visit.state else { continue }
            let known = colours.firstIndex { $0.colour == visit.colour }
            let place = known ?? colours.count
            if known == nil { colours.append((visit.colour, 0, 0, 0)) }
            colours[place].due += 1
            if state == .done { colours[place].done += 1 }
            if state == .overdue { colours[place].overdue += 1 }
        }
    }

    func write(into json: inout JSONText) {
        json.key("byColour")
        json.array { json in
            for entry in colours {
                json.object { json in
                    json.key("colour")
                    json.value(entry.colour)
                    json.key("due")
                    json.value(entry.due)
                    json.key("done")
                    json.value(entry.done)
                    json.key("overdue")
                    json.value(entry.overdue)
                    json.key("rate")
                    json.value(entry.done.share(of: entry.due))
                }
            }
        }
    }

    func write(into csv: inout CSVText) {
        csv.row(titles: "colour", "due", "done", "overdue", "rate")
        for entry in colours {
            csv.row([
                .text(entry.colour), .number(Double(entry.due)), .number(Double(entry.done)),
                .number(Double(entry.overdue)), .number(entry.done.share(of: entry.due)),
            ])
        }
    }
}
