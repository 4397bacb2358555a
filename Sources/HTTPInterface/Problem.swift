import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// An error as the caller sees it: problem details (RFC 9457), without anything from the inside.
struct Problem: Error, Hashable, Sendable {
    var status: HTTPResponse.Status
    /// What is wrong with this request and what to do, one sentence.
    var detail: String
    /// A word for programs where the status alone does not tell.
    var reason: String?
    /// The field of the body that is wrong, where it is one.
    var field: String?
    var headers: HTTPFields = [:]

    init(
        _ status: HTTPResponse.Status, _ detail: String, reason: String? = nil, field: String? = nil,
        headers: HTTPFields = [:]
    ) {
        self.status = status
        self.detail = detail
        self.reason = reason
        self.field = field
        self.headers = headers
    }

    static let notFound = Problem(.notFound, "There is nothing here.")
    static let unauthorized = Problem(
        .unauthorized, "Sign in, or send a bearer token.",
        headers: [.wwwAuthenticate: "Bearer realm=\"anju\""])
    static let wrongToken = Problem(
        .unauthorized, "The token is not known.",
        headers: [.wwwAuthenticate: "Bearer realm=\"anju\", error=\"invalid_token\""])
    static let tooManyWrongTokens = Problem(
        .tooManyRequests, "Too many wrong tokens from this address; wait a minute.",
        headers: [.retryAfter: "60"])

    static let sessionOver = Problem(
        .unauthorized, "There is no such session; sign in.", reason: "session",
        headers: [.wwwAuthenticate: "Bearer realm=\"anju\""])
    static let stale = Problem(
        .preconditionFailed, "The incident has moved on; read it again.", reason: "stale")

    static func lockedOut(_ wait: Duration) -> Problem {
        let seconds = max(1, wait.components.seconds + 1)
        return Problem(
            .tooManyRequests, "Too many wrong passwords; wait \(seconds) seconds.", reason: "lockedOut",
            headers: [.retryAfter: "\(seconds)"])
    }

    static func unprocessable(_ detail: String) -> Problem { Problem(.unprocessableContent, detail) }

    /// Nobody acts under a name that stands for nobody.
    static func noSuchResponder(_ id: String) -> Problem {
        Problem(
            .unprocessableContent, "responder must be a responder of the site; \"\(id)\" is none.",
            reason: "unknownResponder", field: "responder")
    }

    static func unavailable(_ detail: String) -> Problem {
        Problem(.serviceUnavailable, detail, headers: [.retryAfter: "2"])
    }

    static func methodNotAllowed(_ allow: String) -> Problem {
        Problem(.methodNotAllowed, "Only \(allow) is answered here.", headers: [.allow: allow])
    }

    var response: Response {
        let document = Document(
            type: "about:blank", title: status.reasonPhrase, status: Int(status.code), detail: detail,
            reason: reason, field: field)
        var response = JSONAnswer.response(status, document)
        response.headers[.contentType] = "application/problem+json"
        for field in headers { response.headers[field.name] = field.value }
        return response
    }

    private struct Document: Encodable {
        var type: String
        var title: String
        var status: Int
        var detail: String
        var reason: String?
        var field: String?
    }
}

/// Answers in JSON.
enum JSONAnswer {
    /// The bytes of a small document of our own.
    static func bytes(_ document: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(document)).map { Array($0) } ?? Array("{}".utf8)
    }

    /// A small document of our own.
    static func response(_ status: HTTPResponse.Status, _ document: some Encodable) -> Response {
        response(status, ByteBuffer(bytes: bytes(document)))
    }

    /// A ready-made document.
    static func response(_ status: HTTPResponse.Status, _ bytes: ByteBuffer) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: bytes))
    }
}
