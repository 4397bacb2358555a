import GatewayPorts
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import SafetyModel

/// One request's way: route, who asks, query or body, then the two doors; or the console's files.
struct InterfaceResponder: HTTPResponder {
    let doorkeeper: Doorkeeper
    let session: SessionCounter
    let commands: CommandCounter
    let desk: DeskCounter
    let notes: NoteCounter
    let board: BoardReader
    let events: EventStream
    let answers: AnswerCounter
    let replies: ReplyCounter
    let console: ConsoleFiles
    let bodies: BodyReader

    func respond(to request: Request, context: CallerContext) async -> Response {
        var response: Response
        do throws(Problem) {
            response = try await answer(request, context)
        } catch {
            response = error.response
        }
        SafetyHeaders.add(to: &response, isEncrypted: doorkeeper.site.isEncrypted(request))
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(_ request: Request, _ context: CallerContext) async throws(Problem) -> Response {
        let target = request.head.path ?? ""
        let path = target.prefix { $0 != "?" }
        let query = target.dropFirst(path.count + 1)
        guard let route = try Route.find(request.method, path) else {
            return try page(path, request)
        }
        switch route.endpoint.action {
        case .health: return board.health()
        case .metrics: return try await board.metrics(ownMetrics)
        case .description: return JSONAnswer.response(.ok, ConsoleFiles.description)
        case .openSession: return try await session.open(request, from: context.address)
        case .answerPage, .answerAct:
            return try await answers.answer(route, query, request, from: context.address)
        default:
            let caller = try doorkeeper.caller(request, from: context.address)
            guard caller.may(route.endpoint.access) else {
                await refuse(route.endpoint, request, caller, context.address)
                throw Doorkeeper.forbidden(caller, route.endpoint)
            }
            if request.method == .get || request.method == .head {
                return try await look(route, query, request, caller, context)
            }
            return try await act(route, request, caller, context.address)
        }
    }

    /// Who tries to do what the role does not allow stands in the audit; looking is only refused.
    private func refuse(
        _ endpoint: Endpoint, _ request: Request, _ caller: Caller, _ address: String
    ) async {
        guard request.method != .get, request.method != .head else { return }
        await notes.audit.writeRefused(
            "\(endpoint.method.rawValue) \(endpoint.path)", by: caller.name, from: address, outcome: "role")
    }

    private func page(_ path: Substring, _ request: Request) throws(Problem) -> Response {
        guard let response = console.answer(path, request) else { throw .notFound }
        guard request.method == .get || request.method == .head else { throw .methodNotAllowed("GET, HEAD") }
        return response
    }

    private func look(
        _ route: Route, _ query: Substring, _ request: Request, _ caller: Caller, _ context: CallerContext
    ) async throws(Problem) -> Response {
        switch route.endpoint.action {
        case .showSession: return try session.show(caller)
        case .incidents: return try await board.incidentList(query)
        case .incident: return try await board.incident(try route.number(), request)
        case .homes: return try await board.homes(query)
        case .home: return try await board.home(route.text())
        case .devices: return try await board.devices(query)
        case .responders: return try await board.responders(query)
        case .visits: return try await board.visits(query)
        case .report: return try await board.report(route.text(), query)
        case .fullHealth: return board.fullHealth()
        case .notes: return try await notes.notes()
        case .dutyChecks: return try await notes.dutyChecks()
        case .audit: return try await notes.entries(query)
        case .events: return try events.answer(request, by: caller, context: context)
        default: throw .notFound
        }
    }

    private func act(
        _ route: Route, _ request: Request, _ caller: Caller, _ address: String
    ) async throws(Problem) -> Response {
        switch route.endpoint.action {
        case .closeSession: return await session.close(caller, request, from: address)
        case .answer(let word):
            let number = try route.number()
            let body = try await bodies.json(CommandCounter.Body.self, of: request)
            return try await commands.act(
                word, on: number, body: body, ifMatch: request.headers[.ifMatch], by: caller, from: address)
        case .openIncident, .recordVisit, .shelve, .unshelve, .startWalkTest, .endWalkTest:
            let body = try await bodies.json(DeskCounter.Body.self, of: request)
            return try await desk.act(route.endpoint.action, route, body: body, by: caller, from: address)
        case .writeNote:
            let body = try await bodies.json(NoteCounter.Body.self, of: request)
            return try await notes.write(body, by: caller, from: address)
        case .askDuty:
            _ = try await bodies.json(NoteCounter.Body.self, of: request)
            return try await notes.askDuty(by: caller, from: address)
        case .answerDuty:
            let number = try route.number()
            _ = try await bodies.json(NoteCounter.Body.self, of: request)
            return try await notes.answerDuty(number, by: caller, from: address)
        case .reply:
            let body = try await bodies.json(ReplyCounter.Body.self, of: request)
            return try await replies.take(body, by: caller, from: address)
        default: throw .notFound
        }
    }

    private var ownMetrics: [Metric] {
        [
            Metric(
                "anju_sessions", .gauge, Double(doorkeeper.sessions.count), help: "People signed in now."),
            Metric(
                "anju_event_clients", .gauge, Double(events.hub.listenerCount),
                help: "Clients that listen to events now."),
            Metric(
                "anju_refused_total", .counter, Double(notes.audit.refused),
                help: "Wrong sign-ins and acts that a role does not allow."),
            Metric(
                "anju_audit_lost_total", .counter, Double(notes.audit.lost),
                help: "Acts that could not be written into the audit."),
        ]
    }
}

/// Headers that keep browsers from being used against people.
enum SafetyHeaders {
    static let policy =
        "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"

    static func add(to response: inout Response, isEncrypted: Bool) {
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        response.headers[.xContentTypeOptions] = "nosniff"
        if response.headers[.contentSecurityPolicy] == nil {
            response.headers[.contentSecurityPolicy] = policy
        }
        set("Referrer-Policy", "no-referrer", &response)
        set("X-Frame-Options", "DENY", &response)
        set("Cross-Origin-Opener-Policy", "same-origin", &response)
        set("Cross-Origin-Resource-Policy", "same-origin", &response)
        if isEncrypted { response.headers[.strictTransportSecurity] = "max-age=31536000" }
    }

    private static func set(_ name: String, _ value: String, _ response: inout Response) {
        if let name = HTTPField.Name(name) { response.headers[name] = value }
    }
}

/// Who is on the other side of the connection.
struct CallerContext: InitializableFromSource {
    /// The address without the port.
    let address: String
    /// The connection, for streams that must be cut off.
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
        address = source.channel.remoteAddress?.ipAddress ?? "local"
    }
}
