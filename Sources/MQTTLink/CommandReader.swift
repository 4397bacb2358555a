import Escalation
import Foundation
import SafetyCore
import SafetyModel

/// Why a command that came over MQTT was not taken in.
struct CommandProblem: Error, Hashable {
    var text: String
    /// The sender's reference, as far as it could be read.
    var reference = ""
}

/// Reads commands: `{"token":"..","incident":12,"act":"acknowledge","reference":".."}`, `close` with a
/// `disposition`, `handOver` with `to`, `note` with `text`; or the record of a visit:
/// `{"token":"..","visit":{"home":"3-2-501","way":"phone","result":"well"},"reference":".."}`.
struct CommandReader {
    /// The most bytes of a command.
    static let payloadLimit = 4_096
    /// The most bytes of a home's id.
    static let homeLimit = 64

    /// Whether a token belongs to a responder.
    let isAllowed: (_ responder: String, _ token: String) -> Bool

    private struct Written: Decodable {
        var token: String?
        var incident: Int64?
        var act: String?
        var disposition: String?
        var to: String?
        var text: String?
        var reference: String?
        var visit: WrittenVisit?
    }

    private struct WrittenVisit: Decodable {
        var home: String?
        var way: String?
        var result: String?
        /// When it was, in milliseconds since 1970; nil means now.
        var at: Int64?
    }

    /// The command or the record of a visit, with its credential checked.
    ///
    /// - Throws: `CommandProblem` with the answer for the sender.
    func read(_ payload: UnsafeRawBufferPointer, from responder: String) throws(CommandProblem)
        -> CoreInput
    {
        guard payload.count <= Self.payloadLimit else {
            throw CommandProblem(text: "The command is longer than \(Self.payloadLimit) bytes.")
        }
        guard let written = try? JSONDecoder().decode(Written.self, from: Data(payload)) else {
            throw CommandProblem(text: "The command is not a JSON object with token, incident and act.")
        }
        let reference = written.reference ?? ""
        guard reference.utf8.count <= PersonCommand.referenceLimit else {
            throw CommandProblem(text: "The reference is longer than \(PersonCommand.referenceLimit) bytes.")
        }
        // The credential first: without it nobody learns what else is wrong.
        guard let token = written.token, isAllowed(responder, token) else {
            throw CommandProblem(text: "The token is not this responder's.", reference: reference)
        }
        if let visit = written.visit { return .visit(try read(visit, of: written, by: responder, reference)) }
        guard let incident = written.incident, incident > 0 else {
            throw CommandProblem(text: "incident must be the incident's number.", reference: reference)
        }
        return .command(
            PersonCommand(
                incident: IncidentID(incident), responder: responder,
                act: try act(written, reference), origin: "mqtt", reference: reference))
    }

    private func read(
        _ visit: WrittenVisit, of written: Written, by responder: String, _ reference: String
    ) throws(CommandProblem) -> VisitRecord {
        guard written.incident == nil, written.act == nil else {
            throw CommandProblem(
                text: "A command is a visit or an act on an incident, not both.", reference: reference)
        }
        guard let home = visit.home, !home.isEmpty, home.utf8.count <= Self.homeLimit else {
            throw CommandProblem(text: "visit needs the id of a home.", reference: reference)
        }
        guard let way = visit.way.flatMap(VisitWay.init(name:)) else {
            let names = VisitWay.allCases.map(\.name).joined(separator: ", ")
            throw CommandProblem(text: "visit needs a way: \(names).", reference: reference)
        }
        guard let result = visit.result.flatMap(VisitResult.init(name:)) else {
            let names = VisitResult.reported.map(\.name).joined(separator: ", ")
            throw CommandProblem(text: "visit needs a result: \(names).", reference: reference)
        }
        return VisitRecord(
            home: home, at: visit.at.map { WallTime(milliseconds: $0) }, by: responder, way: way,
            result: result, origin: "mqtt", reference: reference)
    }

    private func act(_ written: Written, _ reference: String) throws(CommandProblem) -> PersonCommand.Act {
        switch written.act {
        case "acknowledge": return .acknowledge
        case "onScene": return .onScene
        case "needHelp": return .needHelp
        case "close":
            guard let disposition = written.disposition.flatMap(Disposition.init(name:)) else {
                let names = Disposition.allCases.map(\.name).joined(separator: ", ")
                throw CommandProblem(text: "close needs a disposition: \(names).", reference: reference)
            }
            return .close(disposition)
        case "handOver":
            guard let other = written.to, !other.isEmpty else {
                throw CommandProblem(text: "handOver needs to: the responder's id.", reference: reference)
            }
            return .handOver(to: other)
        case "note":
            guard let text = written.text, !text.isEmpty, text.utf8.count <= PersonCommand.noteLimit,
                !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
            else {
                throw CommandProblem(
                    text: "note needs text: plain, 1 to \(PersonCommand.noteLimit) bytes.",
                    reference: reference)
            }
            return .note(text)
        default:
            throw CommandProblem(
                text: "act must be acknowledge, onScene, needHelp, close, handOver or note.",
                reference: reference)
        }
    }
}

/// Allows so many a second on average, with a burst: keeps bad commands from filling the line with answers.
struct RateLimit {
    /// The most at once.
    let burstLimit: Double
    let perSecond: Double
    private var left: Double
    private var countedAt: Int64 = 0

    init(burstLimit: Double, perSecond: Double) {
        self.burstLimit = burstLimit
        self.perSecond = perSecond
        left = burstLimit
    }

    /// Whether one more is allowed at a moment in milliseconds.
    mutating func allows(at now: Int64) -> Bool {
        left = min(burstLimit, left + Double(max(0, now - countedAt)) / 1_000 * perSecond)
        countedAt = now
        guard left >= 1 else { return false }
        left -= 1
        return true
    }
}
