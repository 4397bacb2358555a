import Escalation
import Foundation
import GatewayPorts
import Hummingbird
import HummingbirdCore
import SafetyModel

/// Where people's acts are taken in: body -> command -> answer after the commit.
struct CommandCounter: Sendable {
    private let desk: any CommandDesk
    private let patience: Duration
    private let valueLimit: Int
    private let places: Places

    init(desk: any CommandDesk, limits: HTTPLimits) {
        self.desk = desk
        patience = limits.answerPatience
        valueLimit = limits.valueLimit
        places = Places(limit: limits.commandLimit)
    }

    /// What a request's body may say; all of it optional.
    struct Body: Decodable {
        /// For whom the API's token acts.
        var responder: String?
        var disposition: String?
        /// To whom the incident is handed over, by responder id.
        var to: String?
        /// What a note says.
        var text: String?
        /// The caller's own reference; it stands in the record.
        var reference: String?

        init() {}
    }

    /// The command that a request means.
    func command(
        _ word: Route.ActWord, on incident: Int64, body: Body, by bearer: TokenGate.Verdict
    ) throws(Problem) -> PersonCommand {
        let reference = body.reference ?? ""
        guard reference.utf8.count <= PersonCommand.referenceLimit, PlainText.isPlain(reference) else {
            let limit = PersonCommand.referenceLimit
            throw .unprocessable("reference must be plain text of at most \(limit) bytes.")
        }
        return PersonCommand(
            incident: IncidentID(incident), responder: try responder(in: body, by: bearer),
            act: try act(word, body), origin: "http", reference: reference)
    }

    /// Hands the command in and waits for the commit.
    func submit(_ command: PersonCommand) async throws(Problem) -> Response {
        guard places.take() else { throw .unavailable("Too many commands at the same time.") }
        let answer: CommandAnswer? = await Patience.answer(within: patience) { give in
            Task { [desk, places] in
                let answer = await desk.submit(command)
                places.giveBack()
                give(answer)
            }
        }
        switch answer {
        case .accepted(let phase):
            return JSONAnswer.response(.ok, Accepted(incident: command.incident.number, phase: phase.name))
        case .refused(let refusal): throw Self.problem(refusal)
        case nil:
            throw .unavailable("No answer in time; the act may still take effect: look before repeating it.")
        }
    }

    private func responder(in body: Body, by bearer: TokenGate.Verdict) throws(Problem) -> String {
        if case .responder(let own) = bearer {
            guard body.responder == nil || body.responder == own else {
                throw Problem(.forbidden, "This token acts for its own responder only.")
            }
            return own
        }
        guard let named = body.responder, !named.isEmpty, named.utf8.count <= valueLimit,
            PlainText.isPlain(named)
        else {
            throw .unprocessable("responder must name who acts: {\"responder\": \"<id>\"}.")
        }
        return named
    }

    private func act(_ word: Route.ActWord, _ body: Body) throws(Problem) -> PersonCommand.Act {
        switch word {
        case .acknowledge: return .acknowledge
        case .onScene: return .onScene
        case .needHelp: return .needHelp
        case .close:
            guard let disposition = body.disposition.flatMap({ Disposition(name: $0) }) else {
                let names = Disposition.allCases.map(\.name).joined(separator: ", ")
                throw .unprocessable("disposition must be one of \(names).")
            }
            return .close(disposition)
        case .handOver:
            guard let other = body.to, !other.isEmpty, other.utf8.count <= valueLimit,
                PlainText.isPlain(other)
            else { throw .unprocessable("to must name who takes over: {\"to\": \"<id>\"}.") }
            return .handOver(to: other)
        case .note:
            let limit = PersonCommand.noteLimit
            guard let text = body.text, !text.isEmpty, text.utf8.count <= limit, PlainText.isPlain(text)
            else { throw .unprocessable("text must be plain text of 1 to \(limit) bytes.") }
            return .note(text)
        }
    }

    private static func problem(_ refusal: CommandAnswer.Refusal) -> Problem {
        switch refusal {
        case .unknownIncident: Problem(.notFound, "There is no such incident.", reason: refusal.rawValue)
        case .alreadyClosed: Problem(.conflict, "The incident is closed.", reason: refusal.rawValue)
        case .takenByAnother:
            Problem(.conflict, "Somebody else has taken the incident over.", reason: refusal.rawValue)
        case .notTakenOver:
            Problem(.conflict, "Nobody has taken the incident over yet.", reason: refusal.rawValue)
        case .unknownResponder:
            Problem(.unprocessableContent, "There is no such responder to reach.", reason: refusal.rawValue)
        case .unavailable: .unavailable("The gateway cannot take it in now; try again.")
        }
    }

    private struct Accepted: Encodable {
        var incident: Int64
        var phase: String
    }
}
