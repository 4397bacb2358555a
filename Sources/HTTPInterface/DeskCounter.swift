import GatewayPorts
import Hummingbird
import SafetyModel

/// Where acts on homes are taken in: opening by hand, visits, shelving, walk tests.
struct DeskCounter: Sendable {
    let desk: any CommandDesk
    let board: any StatusBoard
    let audit: AuditWriter
    let limits: HTTPLimits
    private let places: Places

    init(desk: any CommandDesk, board: any StatusBoard, audit: AuditWriter, limits: HTTPLimits) {
        self.desk = desk
        self.board = board
        self.audit = audit
        self.limits = limits
        places = Places(limit: limits.commandLimit)
    }

    /// What a request's body may say; which of it is needed depends on the act.
    struct Body: Decodable {
        var home: String?
        var kind: String?
        var note: String?
        var way: String?
        var result: String?
        var alarmKind: String?
        var minutes: Int?
        var reason: String?
        /// For whom the API's token acts.
        var responder: String?
    }

    /// Does it, and writes it into the audit whatever comes of it.
    func act(
        _ action: Endpoint.Action, _ route: Route, body: Body, by caller: Caller, from address: String
    ) async throws(Problem) -> Response {
        let named = action == .openIncident ? body.home ?? "" : route.text()
        // What stands in a body must not become a line of its own where the audit is read.
        let home = PlainText.isPlain(named) ? named : ""
        var outcome = "done"
        let result: Result<Response, Problem>
        do throws(Problem) {
            if action == .recordVisit {
                result = .success(try await visit(home, body, by: caller))
            } else {
                let act = try Self.act(action, on: home, route, body)
                let by = try author(body, caller)
                result = .success(
                    try await submit(DeskCommand(home: home, by: by, act: act, origin: "http")))
            }
        } catch {
            outcome = error.reason ?? "\(error.status.code)"
            result = .failure(error)
        }
        await audit.write(
            Self.name(of: action), on: "home:\(home)", by: caller.name, from: address, outcome: outcome)
        return try result.get()
    }

    private static func name(of action: Endpoint.Action) -> String {
        switch action {
        case .openIncident: "incident.open"
        case .recordVisit: "visit.record"
        case .shelve: "shelf.open"
        case .unshelve: "shelf.end"
        case .startWalkTest: "walkTest.start"
        default: "walkTest.end"
        }
    }

    private static func act(
        _ action: Endpoint.Action, on home: String, _ route: Route, _ body: Body
    ) throws(Problem) -> DeskCommand.Act {
        switch action {
        case .openIncident:
            _ = try PlainText.checked(home, "home", limit: 256)
            let kind = try PlainText.checked(body.kind, "kind", limit: 64)
            let note = try PlainText.bounded(body.note, "note", limit: DeskCommand.noteLimit)
            return .openIncident(kind: AlarmKind(kind), note: note)
        case .shelve:
            let kind = try PlainText.checked(body.alarmKind, "alarmKind", limit: 64)
            let reason = try PlainText.checked(body.reason, "reason", limit: DeskCommand.noteLimit)
            let duration = try duration(body.minutes, atMost: DeskCommand.shelvingLimit)
            return .shelve(kind: AlarmKind(kind), duration: duration, reason: reason)
        case .unshelve: return .unshelve(kind: AlarmKind(route.text(1)))
        case .startWalkTest:
            return .startWalkTest(duration: try duration(body.minutes, atMost: DeskCommand.walkTestLimit))
        default: return .endWalkTest
        }
    }

    private static func duration(_ minutes: Int?, atMost limit: Duration) throws(Problem) -> Duration {
        let most = limit.components.seconds / 60
        guard let minutes, minutes >= 1, Int64(minutes) <= most else {
            throw .unprocessable("minutes must be a number from 1 to \(most).")
        }
        return .seconds(minutes * 60)
    }

    private func author(_ body: Body, _ caller: Caller) throws(Problem) -> String {
        guard case .api = caller else { return caller.author }
        guard let named = body.responder else { return caller.author }
        let responder = try PlainText.checked(named, "responder", limit: limits.valueLimit)
        guard board.isResponder(responder) else { throw .noSuchResponder(responder) }
        return responder
    }

    private func visit(_ home: String, _ body: Body, by caller: Caller) async throws(Problem) -> Response {
        guard let way = body.way.flatMap({ VisitWay(name: $0) }) else {
            throw .unprocessable("way must be door, responder or phone.")
        }
        guard let result = body.result.flatMap({ VisitResult(name: $0) }) else {
            throw .unprocessable("result must be well, needsHelp or notMet.")
        }
        let note = try PlainText.bounded(body.note, "note", limit: VisitRecord.referenceLimit)
        let by: String
        switch caller {
        case .user(let user, _): by = user.responder ?? user.id
        default: by = try author(body, caller)
        }
        let record = VisitRecord(
            home: home, by: by, way: way, result: result, origin: "http", reference: note)
        switch try await waited({ desk in await desk.submit(record) }) {
        case .recorded: return JSONAnswer.response(.created, Recorded(home: home, result: result.name))
        case .refused(let refusal): throw Self.problem(refusal)
        }
    }

    private func submit(_ command: DeskCommand) async throws(Problem) -> Response {
        switch try await waited({ desk in await desk.submit(command) }) {
        case .opened(let number): return JSONAnswer.response(.created, Opened(incident: number))
        case .inForce(let until): return JSONAnswer.response(.created, InForce(until: until.rfc3339))
        case .ended: return Response(status: .noContent)
        case .refused(let refusal): throw Self.problem(refusal)
        }
    }

    private func waited<Answer: Sendable>(
        _ ask: @escaping @Sendable (any CommandDesk) async -> Answer
    ) async throws(Problem) -> Answer {
        guard places.take() else { throw .unavailable("Too many commands at the same time.") }
        let answer: Answer? = await Patience.answer(within: limits.answerPatience) { give in
            Task { [desk, places] in
                let answer = await ask(desk)
                places.giveBack()
                give(answer)
            }
        }
        guard let answer else {
            throw .unavailable("No answer in time; the act may still take effect: look before repeating it.")
        }
        return answer
    }

    private static func problem(_ refusal: DeskAnswer.Refusal) -> Problem {
        let reason = refusal.rawValue
        return switch refusal {
        case .unknownHome: Problem(.notFound, "There is no such home.", reason: reason)
        case .unknownKind: Problem(.unprocessableContent, "There is no such kind of alarm.", reason: reason)
        case .neverShelved:
            Problem(.forbidden, "Life safety and an unprotected home are never shelved.", reason: reason)
        case .durationOutOfBounds:
            Problem(.unprocessableContent, "The time is out of bounds.", reason: reason)
        case .noReason: Problem(.unprocessableContent, "A reason or a note is needed.", reason: reason)
        case .notInForce: Problem(.conflict, "Nothing of the kind is in force.", reason: reason)
        case .notInService: Problem(.conflict, "The home is not in service.", reason: reason)
        case .tooMany: Problem(.conflict, "There are too many of them in this home.", reason: reason)
        case .unavailable: .unavailable("The gateway cannot take it in now; try again.")
        }
    }

    private static func problem(_ refusal: VisitAnswer.Refusal) -> Problem {
        let reason = refusal.rawValue
        return switch refusal {
        case .unknownHome: Problem(.notFound, "There is no such home.", reason: reason)
        case .unknownResponder:
            Problem(
                .unprocessableContent, "Visits are made by responders; this user is none.", reason: reason)
        case .wrongTime, .malformed:
            Problem(.unprocessableContent, "The visit cannot be taken in as it is.", reason: reason)
        case .unavailable: .unavailable("The gateway cannot take it in now; try again.")
        }
    }

    private struct Opened: Encodable { var incident: Int64 }
    private struct InForce: Encodable { var until: String }

    private struct Recorded: Encodable {
        var home: String
        var result: String
    }
}
