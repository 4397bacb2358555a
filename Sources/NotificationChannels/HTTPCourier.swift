import AsyncHTTPClient
import Escalation
import Foundation
import NIOCore
import NIOHTTP1

/// Sends requests to services of others and reads their answers, bounded.
///
/// As with webhooks: one connection a try, HTTP/1.1, no redirects.
struct HTTPCourier: Sendable {
    private let client: HTTPClient

    /// The most bytes of an answer that are read; a longer one counts as no answer.
    static let answerLimit = 65_536

    init(connectionLimit: Int, connectPatience: Duration) {
        client = WebhookSender.client(connectionLimit: connectionLimit, connectPatience: connectPatience)
    }

    /// What came back.
    enum Answer {
        case answered(status: Int, body: [UInt8])
        case nothing(DeliveryReport.Result)
    }

    /// Sends one request and reads the whole answer.
    func send(_ request: HTTPClientRequest, deadline: NIODeadline) async -> Answer {
        do {
            let response = try await client.execute(request, deadline: deadline)
            var body: [UInt8] = []
            for try await part in response.body {
                body += Array(buffer: part)
                guard body.count <= Self.answerLimit else {
                    return .nothing(.failed(reason: "answered more than \(Self.answerLimit) bytes"))
                }
            }
            return .answered(status: Int(response.status.code), body: body)
        } catch {
            let isTooLate = NIODeadline.now() >= deadline
            return .nothing(isTooLate ? .failed(reason: "timed out") : WebhookSender.result(of: error))
        }
    }

    /// Ends all tries and closes the connections.
    func shutdown() async { try? await client.shutdown() }
}
