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

    /// - Parameter rules: the rules of the site, to say what each waits for.
    init(_ record: IncidentRecord, language: String = "en", rules: [Rule] = []) {
        let parsed = try? JSONSerialization.jsonObject(with: Data(record.document))
        incident = parsed as? [String: Any] ?? [:]
        self.language = language
        self.rules = rules
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
        let meaning = rules.first { $0.id == id }.map { PatternWords(language: language).text(of: $0) }
        let rule = meaning.map { words.choose("\(id)（\($0)）", "\(id) (\($0))") } ?? id
        let state = isActive ? words.choose("仍在持续", "still active") : words.choose("已解除", "no longer active")
        let late = alarm["lateBySeconds"].map { words.choose("，迟到 \($0) 秒", ", late by \($0) s") } ?? ""
        return words.choose(
            "报警“\(title(alarm["kind"]))”，规则 \(rule)，共 \(word(alarm["raiseCount"])) 次，"
                + "首次 \(word(alarm["raisedAt"]))，\(state)\(late)。",
            "Alarm \(title(alarm["kind"])) by rule \(rule), raised \(word(alarm["raiseCount"])) time(s),"
                + " first at \(word(alarm["raisedAt"])), \(state)\(late).")
    }

    private func evidenceLine(_ evidence: [String: Any]) -> String {
        let isChinese = words.isChinese
        var line = "  \(word(evidence["at"]))  \(word(evidence["device"]))"
        if let place = evidence["place"] as? String, !place.isEmpty {
            line += words.choose("（\(place)）", " (\(place))")
        }
        let signal = SignalWords.text(ofName: word(evidence["signal"]), isChinese: isChinese)
        let quality = words.word(word(evidence["quality"]))
        line += words.choose("：", ": ") + "\(signal) = \(reading(evidence["reading"]))"
        line += words.choose("，\(quality)", ", \(quality)")
        if let time = evidence["deviceTime"] as? String {
            line += words.choose("，设备时间 \(time)", ", device time \(time)")
        }
        if let payload = evidence["payload"] as? String, !payload.isEmpty { line += "\n      \(payload)" }
        return line
    }

    private func reading(_ value: Any?) -> String {
        if let key = value as? String, let known = CallKey(name: key) {
            return words.choose(ReadingWords.chinese(known), key)
        }
        guard let number = value as? NSNumber, BooleanNumber.isBoolean(number) else { return word(value) }
        return words.word(number.boolValue ? "true" : "false")
    }

    private var timelineLines: [String] {
        let entries = incident["timeline"] as? [[String: Any]] ?? []
        return entries.map { entry in
            [
                word(entry["at"]), words.event(word(entry["event"])), entry["responder"] as? String ?? "",
                entry["detail"] as? String ?? "",
            ]
            .filter { !$0.isEmpty }.joined(separator: "  ")
        }.map { "  " + $0 }
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
