import Foundation
import GatewayPorts
import SafetyModel

/// An incident's document told in plain words.
struct IncidentStory {
    private let incident: [String: Any]

    init(_ record: IncidentRecord) {
        let parsed = try? JSONSerialization.jsonObject(with: Data(record.document))
        incident = parsed as? [String: Any] ?? [:]
    }

    /// The whole story, a paragraph a matter.
    var text: String {
        ([heading, ""] + alarmLines + ["", "What happened:"] + timelineLines).joined(separator: "\n")
    }

    private var heading: String {
        let home = incident["home"] as? [String: Any] ?? [:]
        let place = [home["name"], home["address"]].compactMap { $0 as? String }.filter { !$0.isEmpty }
        let name = place.isEmpty ? word(home["id"]) : place.joined(separator: ", ")
        var line =
            "Incident \(word(incident["id"])): \(word(incident["kind"])) (\(word(incident["urgency"]))) in \(name)"
        line += ", \(word(incident["phase"]))"
        if let disposition = incident["disposition"] as? String { line += " as \(disposition)" }
        return line + ". Plan \(word(incident["plan"])), step \(step) of \(word(incident["steps"]))."
    }

    private var step: Int { (incident["step"] as? Int ?? 0) + 1 }

    private var alarmLines: [String] {
        let alarms = incident["alarms"] as? [[String: Any]] ?? []
        return alarms.flatMap { alarm -> [String] in
            let state = alarm["isActive"] as? Bool == true ? "still active" : "no longer active"
            var line =
                "Alarm \(word(alarm["kind"])) by rule \(word(alarm["rule"])), raised \(word(alarm["raiseCount"]))"
            line += " time(s), first at \(word(alarm["raisedAt"])), \(state)"
            if let late = alarm["lateBySeconds"] { line += ", late by \(late) s" }
            let evidence = alarm["evidence"] as? [[String: Any]] ?? []
            return [line + ". It rests on:"] + evidence.map(evidenceLine)
        }
    }

    private func evidenceLine(_ evidence: [String: Any]) -> String {
        var line = "  \(word(evidence["at"]))  \(word(evidence["device"]))"
        if let place = evidence["place"] as? String, !place.isEmpty { line += " (\(place))" }
        line += ": \(word(evidence["signal"])) = \(word(evidence["reading"])), \(word(evidence["quality"]))"
        if let time = evidence["deviceTime"] as? String { line += ", device time \(time)" }
        if let payload = evidence["payload"] as? String, !payload.isEmpty { line += "\n      \(payload)" }
        return line
    }

    private var timelineLines: [String] {
        let entries = incident["timeline"] as? [[String: Any]] ?? []
        return entries.map { entry in
            let what = Self.words[word(entry["event"])] ?? word(entry["event"])
            return [
                word(entry["at"]), what, entry["responder"] as? String ?? "",
                entry["detail"] as? String ?? "",
            ]
            .filter { !$0.isEmpty }.joined(separator: "  ")
        }.map { "  " + $0 }
    }

    private static let words = [
        "opened": "the incident opened:", "alarmRaised": "a further alarm:", "alarmRaisedAgain": "again:",
        "alarmRestored": "the condition ended:", "stepStarted": "called", "stepRepeated": "called again",
        "stepFailed": "could reach nobody:", "ordered": "told", "delivered": "delivered to",
        "deliveryFailed": "could not tell", "acknowledged": "taken over by",
        "acknowledgementStale": "taken back from", "onScene": "on scene:",
        "closingOverdue": "still open:", "helpRequested": "help asked for by",
        "cancelPressed": "the cancel key was pressed on", "closed": "closed by",
    ]

    private func word(_ value: Any?) -> String {
        switch value {
        case let text as String: text
        case let number as NSNumber: "\(number)"
        case nil, is NSNull: "-"
        case let other?: "\(other)"
        }
    }
}
