public import SafetyModel

/// The lines in which the virtual day is told on a terminal.
public struct DayTerminal: Sendable {
    /// The terminal's width and colours.
    public let text: TerminalText
    private let calendar: CivilCalendar
    private let homes: [String: HomeBlueprint]
    private let people: [String: VirtualResponder]

    /// The lines for these homes and people.
    public init(
        _ text: TerminalText, homes: [HomeBlueprint], people: [VirtualResponder], calendar: CivilCalendar
    ) {
        self.text = text
        self.calendar = calendar
        self.homes = Dictionary(homes.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.people = Dictionary(people.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The columns' names.
    public var heading: String {
        let words = Row(
            time: "time", badge: pad(" incident"), home: "home", who: "resident", act: "phase",
            detail: "what happened",
            took: "took")
        return layOut(words, style: .dim, actStyle: .dim, tookStyle: .dim)
    }

    /// A title with a rule behind it.
    public func title(_ words: String) -> String {
        let rest = max(0, text.width - TerminalText.columnCount(of: words) - 4)
        return text.styled("── ", .dim) + text.styled(words, .bold) + " "
            + text.styled(String(repeating: "─", count: rest), .dim)
    }

    /// A story begins in a home.
    public func begins(_ cast: CastStory) -> String {
        let place = TerminalText.shorten("\(name(of: cast.home)) \(resident(of: cast.home))", 30)
        let start = 11 + TerminalText.columnCount(of: place) + 2
        let pieces = TerminalText.wrapped(cast.story.title, text.width - start)
        let words = pieces.joined(separator: "\n" + String(repeating: " ", count: start))
        return " " + text.styled(clock(cast.at), .dim) + "  " + text.styled(place, .bold) + ": " + words
    }

    /// One thing that happened to an incident.
    ///
    /// - Parameter latency: the real time it took the gateway, where that is known.
    public func line(
        _ happening: DayBook.Happening, at now: Instant, latency: Duration? = nil, words: String = ""
    ) -> String {
        switch happening {
        case .opened(let record, let place):
            let seen = Self.sight(record.kind) + (place.isEmpty ? "" : ", \(place)")
            let took = latency.map { TerminalText.milliseconds($0) + " real" } ?? ""
            return tell(record, "OPENED", .red, seen, took, at: now, tookStyle: .green)
        case .alarmAdded(let record, let kind, let rule):
            return tell(record, "alarm", .red, "\(kind) again, by \(rule)", "", at: now)
        case .told(let record, let responders):
            return tell(record, "told", .plain, names(responders), "", at: now)
        case .acknowledged(let record, let after):
            return tell(record, "seen", .cyan, answerer(record), TerminalText.spoken(after), at: now)
        case .takenBack(let record):
            return tell(record, "called", .red, "again: nobody has come", "", at: now)
        case .onScene(let record, let after):
            return tell(record, "on scene", .blue, answerer(record), TerminalText.spoken(after), at: now)
        case .closed(let record, let after):
            let found = words.isEmpty ? "" : ": \(words)"
            let detail = Self.spoken(disposition: record.disposition ?? "") + found
            return tell(record, "CLOSED", .green, detail, TerminalText.spoken(after), at: now)
        }
    }

    /// The moving line at the bottom of a terminal.
    public func progress(at now: Instant, share: Double, messages: Int, perSecond: Int, open: Int) -> String {
        let cells = 24
        let full = min(cells, max(0, Int(share * Double(cells))))
        let bar = String(repeating: "█", count: full) + String(repeating: "░", count: cells - full)
        let facts =
            "\(Int(share * 100)) %   \(TerminalText.grouped(messages)) messages, \(perSecond)/s"
            + "   \(open) open"
        return TerminalText.shorten(" \(clock(now))  \(bar)  \(facts)", text.width - 1)
    }
}

// MARK: - Columns

extension DayTerminal {
    private static let badgeColumns = 14
    private static let tookColumns = 12

    /// One line of the table before it is laid out; the badge is styled and padded already.
    private struct Row {
        var time: String
        var badge: String
        var home: String
        var who: String
        var act: String
        var detail: String
        var took: String
    }

    private func tell(
        _ record: DayBook.Record, _ act: String, _ actStyle: TerminalText.Style, _ detail: String,
        _ took: String,
        at now: Instant, tookStyle: TerminalText.Style = .dim
    ) -> String {
        let row = Row(
            time: clock(now), badge: badge(record), home: name(of: record.home),
            who: resident(of: record.home),
            act: act, detail: detail, took: took)
        return layOut(row, style: .plain, actStyle: actStyle, tookStyle: tookStyle)
    }

    /// Puts a row into columns; a detail that is too long goes on below itself.
    private func layOut(
        _ row: Row, style: TerminalText.Style, actStyle: TerminalText.Style, tookStyle: TerminalText.Style
    ) -> String {
        let showsResident = text.width >= 104
        var line = " " + text.styled(TerminalText.fit(row.time, 8), .dim) + "  " + row.badge + " "
        line += text.styled(TerminalText.fit(row.home, 9), style) + " "
        if showsResident { line += text.styled(TerminalText.fit(row.who, 13), style) + " " }
        line += text.styled(TerminalText.fit(row.act, 8), actStyle) + " "
        let used = 11 + Self.badgeColumns + 1 + 10 + (showsResident ? 14 : 0) + 9
        let columns = text.width - used - Self.tookColumns - 1
        let pieces = TerminalText.wrapped(row.detail, columns)
        line += text.styled(TerminalText.fit(pieces.first ?? "", columns), style)
        line += text.styled(TerminalText.fit(row.took, Self.tookColumns, isRight: true), tookStyle)
        let indent = "\n" + String(repeating: " ", count: used)
        return line + pieces.dropFirst().map { indent + text.styled($0, style) }.joined()
    }

    private func pad(_ badge: String) -> String { TerminalText.fit(badge, Self.badgeColumns) }

    func badge(_ record: DayBook.Record) -> String {
        let (sign, style) = Self.look(record.kind)
        let words = " \(sign) \(Self.label(record.kind)) "
        let number = " #\(record.id)"
        let used = TerminalText.columnCount(of: words + number)
        let fill = String(repeating: " ", count: max(0, Self.badgeColumns - used))
        return text.styled(words, style) + number + fill
    }

    private static func label(_ kind: String) -> String {
        switch kind {
        case "deviceLost": "LOST"
        case "homeUnprotected": "BARE"
        case "inactivity": "QUIET"
        case "waterLeak": "WATER"
        case "gatewayTrouble": "GATEWAY"
        default: TerminalText.shorten(kind.uppercased(), 7)
        }
    }

    private static func look(_ kind: String) -> (sign: String, style: TerminalText.Style) {
        switch kind {
        case "fire": ("▲", .onRed)
        case "gas", "co": ("◆", .onYellow)
        case "sos": ("✚", .onMagenta)
        case "fall": ("▼", .onBlue)
        default: ("○", .onGrey)
        }
    }

    private static func sight(_ kind: String) -> String {
        switch kind {
        case "fire": "smoke alarm"
        case "gas": "gas alarm"
        case "co": "carbon monoxide alarm"
        case "sos": "one-key call pressed"
        case "fall": "fall detected"
        case "deviceLost": "device no longer heard"
        default: kind
        }
    }

    static func spoken(disposition: String) -> String {
        disposition == "falseAlarm" ? "false alarm" : disposition
    }

    private func clock(_ instant: Instant) -> String { CivilTime(instant, in: calendar).clock }
    func name(of home: String) -> String { homes[home]?.name ?? home }
    private func resident(of home: String) -> String { homes[home]?.resident ?? "" }

    private func answerer(_ record: DayBook.Record) -> String {
        record.answeredBy.map(person) ?? "somebody"
    }

    /// The name and, where the name does not say it already, the role.
    private func person(_ id: String) -> String {
        guard let found = people[id] else { return id }
        let role = Self.spoken(role: found.role)
        return found.name.lowercased().hasSuffix(role) ? found.name : "\(found.name), \(role)"
    }

    private func names(_ responders: [String]) -> String {
        guard responders.count > 1 else { return responders.first.map(person) ?? "" }
        let known = responders.map { people[$0].map { Self.spoken(role: $0.role) } ?? $0 }
        return "at once: " + known.joined(separator: ", ")
    }

    static func spoken(role: Role) -> String {
        switch role {
        case .gridWorker: "grid worker"
        case .streetCentre: "street centre"
        case .centre: "rescue centre"
        default: role.name
        }
    }
}
