import Foundation
import GatewayPorts
import HTTPTypes
import Hummingbird
import SafetyModel

/// Signing in and out.
struct SessionCounter: Sendable {
    let doorkeeper: Doorkeeper
    let passwords: PasswordCheck
    let lockOut: LockOut
    let audit: AuditWriter
    let bodies: BodyReader
    let limits: HTTPLimits
    let gateway: String
    let language: String

    private var sessions: SessionRegister { doorkeeper.sessions }

    private struct SignIn: Decodable {
        var user: String
        var password: String
    }

    /// Signs a person in.
    ///
    /// - Throws: 401 for a wrong name or password, without saying which; 429 with `Retry-After` while the
    /// name   is locked out at this address.
    func open(_ request: Request, from address: String) async throws(Problem) -> Response {
        try doorkeeper.site.check(request)
        let given = try await bodies.json(SignIn.self, of: request)
        guard given.user.utf8.count <= limits.valueLimit, PlainText.isPlain(given.user),
            given.password.utf8.count <= limits.passwordByteLimit
        else { throw .unprocessable("user or password is too long, or holds control characters.") }
        if let wait = lockOut.wait(given.user, from: address) { throw .lockedOut(wait) }
        let user = sessions.user(given.user)
        switch await passwords.check(given.password, of: user, from: address) {
        case .tooMany: throw .unavailable("Too many people sign in at the same time.")
        case .wrong:
            let isLocked = lockOut.countWrong(given.user, from: address)
            // A name that nobody has may be a password that was typed in the wrong field.
            await audit.writeRefused(
                "session.open", by: user.map { "user:\($0.id)" } ?? "-", from: address,
                outcome: isLocked ? "lockedOut" : "wrongPassword")
            if isLocked, let wait = lockOut.wait(given.user, from: address) { throw .lockedOut(wait) }
            throw Problem(.unauthorized, "The name or the password is wrong.", reason: "wrongPassword")
        case .right: break
        }
        guard let user, let (word, ticket) = sessions.open(user) else { throw .sessionOver }
        lockOut.countRight(given.user, from: address)
        await audit.write(
            "session.open", on: "", by: "user:\(user.id)", from: address, outcome: "done")
        var response = answer(ticket)
        response.headers[.setCookie] = doorkeeper.cookie(word, for: request)
        return response
    }

    /// The session as it is.
    func show(_ caller: Caller) throws(Problem) -> Response {
        guard case .user(_, let token) = caller, let ticket = sessions.find(token) else {
            throw .sessionOver
        }
        return answer(ticket)
    }

    /// Signs a person out.
    func close(_ caller: Caller, _ request: Request, from address: String) async -> Response {
        if case .user(_, let token) = caller { sessions.close(token) }
        await audit.write("session.close", on: "", by: caller.name, from: address, outcome: "done")
        return Response(status: .noContent, headers: [.setCookie: doorkeeper.noCookie(for: request)])
    }

    private func answer(_ ticket: SessionRegister.Ticket) -> Response {
        let user = ticket.user
        return JSONAnswer.response(
            .ok,
            Document(
                user: .init(id: user.id, name: user.name, role: user.role.name, responder: user.responder),
                csrf: ticket.csrf, gateway: gateway, language: language))
    }

    private struct Document: Encodable {
        var user: User
        var csrf: String
        var gateway: String
        var language: String

        struct User: Encodable {
            var id: String
            var name: String
            var role: String
            var responder: String?

            enum CodingKeys: CodingKey { case id, name, role, responder }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(id, forKey: .id)
                try container.encode(name, forKey: .name)
                try container.encode(role, forKey: .role)
                try container.encode(responder, forKey: .responder)
            }
        }
    }
}
