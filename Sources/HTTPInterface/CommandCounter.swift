import Escalation
import Foundation
import GatewayPorts
import Hummingbird
import HummingbirdCore
import SafetyModel

/// Where people's acts on incidents are taken in: body -> command -> answer after the commit -> audit.
struct CommandCounter: Sendable {
    private let desk: any CommandDesk
    private let board: any StatusBoard
    private let incidents: IncidentReader
    private let audit: AuditWriter
    private let patience: Duration
    private let valueLimit: Int
    private let places: Places

    init(
        desk: any CommandDesk, board: any StatusBoard, incidents: IncidentReader, audit: AuditWriter,
        limits: HTTPLimits
    ) {
        self.desk = desk
        self.board = board
        self.incidents = incidents
        self.audit = audit
        patience = limits.answerPatience
        valueLimit = limits.valueLimit
        places = Places(limit: limits.commandLimit)
    }

    /// What a request's body may say; all of it optional.
    struct Body: Decodable {
        /// For whom the API's token acts.
        var responder: String?
        var disposition: String?
        /// To whom an incident is handed over.
        var to: String?
        /// What a note says.
        var text: String?
        /// What is written down beside a closing.
        var note: String?
        /// The caller's own reference; it stands in the record.
        var reference: String?

        init() {}
    }

    /// An act on an incident; it stands in the audit whatever comes of it.
    func act(
        _ word: Endpoint.AnswerWord, on number: Int64, body: Body, ifMatch: String?, by caller: Caller,
        from address: String
    ) async throws(Problem) -> Response {
        var outcome = "done"
        let result: Result<Response, Problem>
        do throws(Problem) {
            let command = try command(word, on: number, body: body, by: caller)
            try await expect(ifMatch, number)
            await writeDown(body.note, before: command)
            result = .success(try await submit(command))
        } catch {
            outcome = error.reason ?? "\(error.status.code)"
            result = .failure(error)
        }
        await audit.write(
            "incident.\(word.rawValue)", on: "incident:\(number)", by: caller.name, from: address,
            outcome: outcome)
        return try result.get()
    }

    /// The command that a request means.
    func command(
        _ word: Endpoint.AnswerWord, on incident: Int64, body: Body, by caller: Caller
    ) throws(Problem) -> PersonCommand {
        let reference = body.reference ?? ""
        guard reference.utf8.count <= PersonCommand.referenceLimit, PlainText.isPlain(reference) else {
            let limit = PersonCommand.referenceLimit
            throw .unprocessable("reference must be plain text of at most \(limit) bytes.")
        }
        return PersonCommand(
            incident: IncidentID(incident), responder: try responder(in: body, by: caller),
            act: try act(word, body), origin: "http", reference: reference)
    }

    /// Hands the command in and waits for the commit.
    func submit(_ command: PersonCommand) async throws(Problem) -> Response {
        let phase = try await phase(after: command)
        return JSONAnswer.response(.ok, Accepted(incident: command.incident.number, phase: phase.name))
    }

    /// Hands the command in and waits for the commit.
    ///
    /// - Returns: the phase in which the incident is now.
    func phase(after command: PersonCommand) async throws(Problem) -> Incident.Phase {
        guard places.take() else { throw .unavailable("Too many commands at the same time.") }
        let answer: CommandAnswer? = await Patience.answer(within: patience) { give in
            Task { [desk, places] in
                let answer = await desk.submit(command)
                places.giveBack()
                give(answer)
            }
        }
        switch answer {
        case .accepted(let phase): return phase
        case .refused(let refusal): throw Self.problem(refusal)
        case nil:
            throw .unavailable("No answer in time; the act may still take effect: look before repeating it.")
        }
    }

    /// Refuses an act that was decided on an older state of the incident.
    private func expect(_ tag: String?, _ number: Int64) async throws(Problem) {
        guard let tag, tag != "*" else { return }
        guard let document = try await incidents.incident(number) else { throw .notFound }
        guard IncidentReader.marks(document.readableBytesView)?.tag == tag else { throw .stale }
    }

    /// What is said at the closing; a closed incident takes no note any more, and none ever keeps one open.
    private func writeDown(_ note: String?, before command: PersonCommand) async {
        guard case .close = command.act, let note, !note.isEmpty else { return }
        var before = command
        before.act = .note(note)
        _ = try? await phase(after: before)
    }

    private func responder(in body: Body, by caller: Caller) throws(Problem) -> String {
        let own: String
        switch caller {
        case .responder(let id):
            // A token may outlast its responder, and nobody must answer alarms under a name of nobody.
            guard board.isResponder(id) else {
                throw Problem(
                    .forbidden, "The site has no responder of this token any more.",
                    reason: "unknownResponder")
            }
            own = id
        case .user(let user, _): own = user.responder ?? user.id
        case .api:
            guard let named = body.responder, !named.isEmpty, named.utf8.count <= valueLimit,
                PlainText.isPlain(named)
            else {
                throw Problem(
                    .unprocessableContent, "responder must name who acts: {\"responder\": \"<id>\"}.",
                    field: "responder")
            }
            guard board.isResponder(named) else { throw .noSuchResponder(named) }
            return named
        }
        guard body.responder == nil || body.responder == own else {
            throw Problem(.forbidden, "Everybody acts under their own name only.", reason: "role")
        }
        return own
    }

    private func act(_ word: Endpoint.AnswerWord, _ body: Body) throws(Problem) -> PersonCommand.Act {
        _ = try PlainText.bounded(body.note, "note", limit: PersonCommand.noteLimit)
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
        case .handOver: return .handOver(to: try PlainText.checked(body.to, "to", limit: valueLimit))
        case .note: return .note(try PlainText.checked(body.text, "text", limit: PersonCommand.noteLimit))
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
            // Who acts was looked at before; only a hand-over names somebody else.
            Problem(
                .unprocessableContent, "There is no such responder.", reason: refusal.rawValue, field: "to")
        case .unavailable: .unavailable("The gateway cannot take it in now; try again.")
        }
    }

    private struct Accepted: Encodable {
        var incident: Int64
        var phase: String
    }
}
