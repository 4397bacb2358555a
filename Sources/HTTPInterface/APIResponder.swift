import Foundation
import GatewayPorts
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// One request's way: route, method, token, query or body, then the two doors.
struct APIResponder: HTTPResponder {
    let gate: TokenGate
    let commands: CommandCounter
    let incidents: IncidentReader
    let board: any StatusBoard
    let limits: HTTPLimits

    private static let listParameters = ["state", "home", "limit", "before"]
    private static let usualPageCount: Int64 = 100
    /// The most incidents of one page.
    static let pageLimit: Int64 = 1_000

    func respond(to request: Request, context: CallerContext) async -> Response {
        var response: Response
        do throws(Problem) {
            response = try await answer(request, from: context.address)
        } catch {
            response = error.response
        }
        response.headers[.cacheControl] = "no-store"
        response.headers[.xContentTypeOptions] = "nosniff"
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(_ request: Request, from address: String) async throws(Problem) -> Response {
        let target = request.head.path ?? ""
        let path = target.prefix { $0 != "?" }
        guard let route = Route(path: path) else { throw .notFound }
        guard route.answers(request.method) else { throw .methodNotAllowed(route.allow) }
        switch route {
        case .health: return health()
        case .metrics: return metrics()
        case .incidents:
            try admitReader(request, from: address)
            return try await list(target.dropFirst(path.count + 1))
        case .incident(let number):
            try admitReader(request, from: address)
            guard let document = try await incidents.incident(number) else { throw .notFound }
            return JSONAnswer.response(.ok, document)
        case .act(let number, let word):
            let bearer = try admit(request, from: address)
            let body = try await body(of: request)
            return try await commands.submit(commands.command(word, on: number, body: body, by: bearer))
        }
    }

    private func health() -> Response {
        let health = board.health()
        return JSONAnswer.response(health.isHealthy ? .ok : .serviceUnavailable, HealthDocument(health))
    }

    private func metrics() -> Response {
        let text = MetricsText.text(board.metrics())
        return Response(
            status: .ok, headers: [.contentType: MetricsText.mediaType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private func list(_ text: Substring) async throws(Problem) -> Response {
        let parameters = try Query(text, known: Self.listParameters, valueLimit: limits.valueLimit)
        guard let phases = IncidentReader.Phases(rawValue: parameters.text("state") ?? "open") else {
            throw .unprocessable("state must be open, closed or all.")
        }
        var query = IncidentQuery()
        query.home = parameters.text("home")
        query.before = try parameters.number("before")
        query.limit = Int(try parameters.number("limit", atMost: Self.pageLimit) ?? Self.usualPageCount)
        return JSONAnswer.response(.ok, try await incidents.page(phases, matching: query))
    }

    private func admit(_ request: Request, from address: String) throws(Problem) -> TokenGate.Verdict {
        let verdict = gate.judge(request.headers[.authorization], from: address)
        switch verdict {
        case .api, .responder: return verdict
        case .missing: throw .unauthorized
        case .wrong: throw .wrongToken
        case .tooManyWrong: throw .tooManyWrongTokens
        }
    }

    private func admitReader(_ request: Request, from address: String) throws(Problem) {
        guard try admit(request, from: address) == .api else {
            throw Problem(.forbidden, "A responder's token acts; it does not read.")
        }
    }

    private func body(of request: Request) async throws(Problem) -> CommandCounter.Body {
        let bytes = try await bytes(of: request)
        guard bytes.readableBytes > 0 else { return CommandCounter.Body() }
        let mediaType = request.headers[.contentType]?.prefix { $0 != ";" && $0 != " " }.lowercased()
        guard mediaType == "application/json" else {
            throw Problem(.unsupportedMediaType, "The body must be application/json.")
        }
        do {
            let bytes = Data(bytes.readableBytesView)
            return try JSONDecoder().decode(CommandCounter.Body.self, from: bytes)
        } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
            throw Problem(.badRequest, "The body is not JSON.")
        } catch {
            throw .unprocessable("The body must be a JSON object with texts as its values.")
        }
    }

    /// The body, or 413 and 408; then the connection is closed, because the rest of the body is still to
    /// come.
    private func bytes(of request: Request) async throws(Problem) -> ByteBuffer {
        let tooLarge = Problem(
            .contentTooLarge, "The body is larger than \(limits.bodyLimit) bytes.",
            headers: [.connection: "close"])
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limits.bodyLimit {
            throw tooLarge
        }
        let result = await collected(request.body)
        switch result {
        case .success(let bytes): return bytes
        case .failure(is NIOTooManyBytesError): throw tooLarge
        case .failure:
            throw Problem(.badRequest, "The body cannot be read.", headers: [.connection: "close"])
        case nil:
            throw Problem(
                .requestTimeout, "The body did not come in time.", headers: [.connection: "close"])
        }
    }

    /// The body, or nil when it did not come in time.
    ///
    /// The reading has ended when this returns: a connection has one reader.
    private func collected(_ body: RequestBody) async -> Result<ByteBuffer, any Error>? {
        await withTaskGroup(of: Result<ByteBuffer, any Error>?.self) { [limits] group in
            group.addTask {
                do {
                    return .success(try await body.collect(upTo: limits.bodyLimit))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                try? await Task.sleep(for: limits.bodyPatience)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}

/// Who is on the other side of the connection.
struct CallerContext: InitializableFromSource {
    /// The address without the port.
    let address: String

    init(source: ApplicationRequestContextSource) {
        address = source.channel.remoteAddress?.ipAddress ?? "local"
    }
}

/// `GatewayHealth` in JSON.
private struct HealthDocument: Encodable {
    let isHealthy: Bool
    let isLinkUp: Bool
    let isStoreAvailable: Bool
    let isSiteCurrent: Bool
    let version: String
    let openIncidents: Int
    let troubles: [String]

    init(_ health: GatewayHealth) {
        isHealthy = health.isHealthy
        isLinkUp = health.isLinkUp
        isStoreAvailable = health.isStoreAvailable
        isSiteCurrent = health.isSiteCurrent
        version = health.version
        openIncidents = health.openIncidents
        troubles = health.troubles
    }
}
