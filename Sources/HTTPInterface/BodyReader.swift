import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// Reads bodies within their bounds of size and time.
struct BodyReader: Sendable {
    let limits: HTTPLimits

    /// A JSON body; an empty one counts as `{}`.
    func json<Body: Decodable>(_ type: Body.Type, of request: Request) async throws(Problem) -> Body {
        var bytes = Data(try await bytes(of: request).readableBytesView)
        if bytes.isEmpty {
            bytes = Data("{}".utf8)
        } else {
            try expect("application/json", request)
        }
        do {
            return try JSONDecoder().decode(type, from: bytes)
        } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
            throw Problem(.badRequest, "The body is not JSON.")
        } catch DecodingError.keyNotFound(let key, _) {
            throw .unprocessable("The body needs \(key.stringValue).")
        } catch {
            throw .unprocessable("The body must be a JSON object with texts and numbers where they belong.")
        }
    }

    /// The fields of a form.
    func form(of request: Request, known: [String]) async throws(Problem) -> Query {
        let bytes = try await bytes(of: request)
        try expect("application/x-www-form-urlencoded", request)
        return try Query(Substring(String(buffer: bytes)), known: known, valueLimit: limits.valueLimit)
    }

    private func expect(_ wanted: String, _ request: Request) throws(Problem) {
        let given = request.headers[.contentType]?.prefix { $0 != ";" && $0 != " " }.lowercased()
        guard given == wanted else { throw Problem(.unsupportedMediaType, "The body must be \(wanted).") }
    }

    /// The body, or 413 and 408; then the connection is closed, because the rest of the body is still to
    /// come.
    func bytes(of request: Request) async throws(Problem) -> ByteBuffer {
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

extension PlainText {
    /// A text of a body: not empty, without control characters but line breaks, within its bound.
    static func checked(_ text: String?, _ name: String, limit: Int) throws(Problem) -> String {
        let text = text ?? ""
        guard !text.allSatisfy(\.isWhitespace) else { throw .unprocessable("\(name) is needed.") }
        return try bounded(text, name, limit: limit)
    }

    /// A text of a body that may be missing: then it is empty.
    static func bounded(_ text: String?, _ name: String, limit: Int) throws(Problem) -> String {
        let text = text ?? ""
        guard text.utf8.count <= limit, isPlain(text.replacing("\n", with: " ")) else {
            throw .unprocessable("\(name) must be plain text of at most \(limit) bytes.")
        }
        return text
    }
}
