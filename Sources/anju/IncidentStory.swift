import Correlation
import Foundation
import GatewayEngine
import GatewayPorts
import SafetyModel

/// An incident's document told in plain words: which observations, which rule, which step, which person.
struct IncidentStory {
    private let incident: [String: Any]
    private let language: String
    private let words: StoryWords
    private let rules: [Rule]
    private let people: [String: String]
    private let calendar: CivilCalendar?
    private let bounds: [String: [VitalBounds]]

    /// - Parameters:
    ///   - rules: the rules of the site, to say what each waits for.
    ///   - people: the names of responders by id; an id without one stands as it is.
    ///   - calendar: local civil time; without it times stand as the document has them, in UTC.
    ///   - bounds: those of whoever wears a device of the incident's home, by the device's id.
    init(
        _ record: IncidentRecord, language: String = "en", rules: [Rule] = [], people: [String: String] = [:],
        calendar: CivilCalendar? = nil, bounds: [String: [VitalBounds]] = [:]
    ) {
        let parsed = try? JSONSerialization.jsonObject(with: Data(record.document))
        incident = parsed as? [String: Any] ?? [:]
        self.language = language
        self.rules = rules
        self.people = people
        self.calendar = calendar
        self.bounds = bounds
        words = StoryWords(language: language)
    }

    /// The whole story, a paragraph a matter.
    var text: String {
        ([heading, ""] + alarmLines + ["", words.choose("经过：", "What happened:")] + timelineLines)
            .joined(separator: "\n")
    }

    private var heading: String {
        let home = incident["home"] as? [String: Any] ?? [:]
        let place = [home["name"], home["address"]].compactMap { $0 as? String }.filter { !$0.isEmpty }
        let name = place.isEmpty ? word(home["id"]) : place.joined(separator: words.choose("，", ", "))
        let kind = title(incident["kind"])
        let urgency = words.word(word(incident["urgency"]))
        var state = words.word(word(incident["phase"]))
        if let disposition = incident["disposition"] as? String {
            state += words.choose("（\(words.word(disposition))）", " as \(words.word(disposition))")
        }
        let plan = word(incident["plan"])
        let steps = word(incident["steps"])
        return words.choose(
            "事件 \(word(incident["id"]))：\(kind)（\(urgency)），\(name)，\(state)。预案 \(plan)，第 \(step) 步，共 \(steps) 步。",
            "Incident \(word(incident["id"])): \(kind) (\(urgency)) in \(name), \(state)."
                + " Plan \(plan), step \(step) of \(steps).")
    }

    private var step: Int { (incident["step"] as? Int ?? 0) + 1 }

    private var alarmLines: [String] {
        let alarms = incident["alarms"] as? [[String: Any]] ?? []
        return alarms.flatMap { alarm -> [String] in
            let evidence = alarm["evidence"] as? [[String: Any]] ?? []
            return [alarmLine(alarm) + words.choose("依据：", " It rests on:")] + evidence.map(evidenceLine)
        }
    }

    private func alarmLine(_ alarm: [String: Any]) -> String {
        let isActive = alarm["isActive"] as? Bool == true
        let id = word(alarm["rule"])
        let device = (alarm["evidence"] as? [[String: Any]])?.first?["device"] as? String ?? ""
        let meaning = rules.first { $0.id == id }.map {
            PatternWords(language: language).text(of: $0, bounds: bounds[device] ?? [])
        }
        let rule = meaning.map { words.choose("\(id)（\($0)）", "\(id) (\($0))") } ?? id
        let state = isActive ? words.choose("仍在持续", "still active") : words.choose("已解除", "no longer active")
        let late = alarm["lateBySeconds"].map { words.choose("，迟了 \($0) 秒", ", late by \($0) s") } ?? ""
        let count = word(alarm["raiseCount"])
        let times = count == "1" ? words.choose("1 次", "once") : words.choose("\(count) 次", "\(count) times")
        return words.choose(
            "报警“\(title(alarm["kind"]))”，规则 \(rule)，共 \(times)，"
                + "首次 \(time(alarm["raisedAt"]))，\(state)\(late)。",
            "Alarm \(title(alarm["kind"])) by rule \(rule), raised \(times),"
                + " first at \(time(alarm["raisedAt"])), \(state)\(late).")
    }

    private func evidenceLine(_ evidence: [String: Any]) -> String {
        let isChinese = words.isChinese
        let device = evidence["device"] as? String ?? ""
        var line = "  \(time(evidence["at"]))"
        if !device.isEmpty { line += "  \(device)" }
        if let place = evidence["place"] as? String, !place.isEmpty {
            line += words.choose("（\(place)）", " (\(place))")
        }
        guard let name = evidence["signal"] as? String else {
            return line + words.choose("：到时判定，无新上报", ": by the clock, nothing new was said")
        }
        let signal = SignalWords.text(ofName: name, isChinese: isChinese)
        let quality = words.word(word(evidence["quality"]))
        let unit = Signal(name: name).map { SignalWords.unit(of: $0, isChinese: isChinese) } ?? ""
        let value = reading(evidence["reading"])
        line += words.choose("：", ": ") + "\(signal) = \(value)\(Double(value) == nil ? "" : unit)"
        line += words.choose("，\(quality)", ", \(quality)")
        if evidence["deviceTime"] is String {
            let said = time(evidence["deviceTime"])
            line += words.choose("，设备时间 \(said)", ", device time \(said)")
        }
        if let payload = evidence["payload"] as? String, !payload.isEmpty { line += "\n      \(payload)" }
        return line
    }

    private func reading(_ value: Any?) -> String {
        if let key = value as? String, let known = CallKey(name: key) {
            return AlarmWords.title(of: known, language: language)
        }
        guard let number = value as? NSNumber, BooleanNumber.isBoolean(number) else { return word(value) }
        return words.word(number.boolValue ? "true" : "false")
    }

    /// One line of the timeline; people to whom the same happened at the same moment stand together.
    private struct Line {
        var at: String
        var event: String
        var people: [String]
        var detail: String
    }

    private var timelineLines: [String] {
        let entries = incident["timeline"] as? [[String: Any]] ?? []
        let details = StoryDetails(words: words, language: language)
        var lines: [Line] = []
        for entry in entries {
            let event = word(entry["event"])
            let person = (entry["responder"] as? String).map { people[$0] ?? $0 }
            let line = Line(
                at: time(entry["at"]), event: event, people: person.map { [$0] } ?? [],
                detail: details.text(entry["detail"] as? String ?? "", of: event))
            if let last = lines.last, !last.people.isEmpty, let person, last.at == line.at,
                last.event == line.event, last.detail == line.detail
            {
                lines[lines.count - 1].people.append(person)
            } else {
                lines.append(line)
            }
        }
        return lines.map { line in
            let people = line.people.joined(separator: words.choose("、", ", "))
            let joint = people.isEmpty || line.detail.isEmpty ? "" : words.choose("，", ": ")
            let gap = words.choose("", " ")
            return "  \(line.at)  \(words.event(line.event))\(gap)\(people)\(joint)\(line.detail)"
        }
    }

    /// A moment of the document in local time: `2026-11-04 20:15:07`.
    private func time(_ value: Any?) -> String {
        let text = word(value)
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        guard let calendar, let date = try? format.parse(text) else { return text }
        let wall = WallTime(milliseconds: Int64((date.timeIntervalSince1970 * 1_000).rounded()))
        let local = date.addingTimeInterval(Double(calendar.secondsFromUTC(at: wall)))
        let said = Date.ISO8601FormatStyle(includingFractionalSeconds: false).format(local)
        return said.replacing("T", with: " ").replacing("Z", with: "")
    }

    private func title(_ kind: Any?) -> String {
        AlarmWords.title(of: AlarmKind(word(kind)), language: language)
    }

    private func word(_ value: Any?) -> String {
        switch value {
        case let text as String: text
        case let number as NSNumber: "\(number)"
        case nil, is NSNull: "-"
        case let other?: "\(other)"
        }
    }
}

/// Telling `true` from `1` in what Foundation parsed.
private enum BooleanNumber {
    static func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}
