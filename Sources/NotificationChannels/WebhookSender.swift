import AsyncHTTPClient
import Escalation
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Posts signed events and says what became of them.
///
/// One connection a try and HTTP/1.1 only: a connection that died in silence while it waited in a pool, or a
/// stuck HTTP/2 connection that every later try would share, costs a whole time-out just when there is an
/// alarm.
struct WebhookSender: Sendable {
    private let client: HTTPClient
    private let signature: WebhookSignature?
    /// Milliseconds since 1970 by the wall clock.
    private let now: @Sendable () -> Int64

    /// The most bytes of an answer's body that are read; they are thrown away, and the rest is not waited
    /// for.
    static let responseBodyLimit = 65_536

    init(
        signature: WebhookSignature?, connectionLimit: Int, connectPatience: Duration,
        now: @escaping @Sendable () -> Int64
    ) {
        self.signature = signature
        self.now = now
        client = Self.client(connectionLimit: connectionLimit, connectPatience: connectPatience)
    }

    /// A client for calls that must not wait for one another.
    static func client(connectionLimit: Int, connectPatience: Duration) -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = TimeAmount(connectPatience)
        configuration.httpVersion = .http1Only
        configuration.decompression = .disabled
        configuration.maximumUsesPerConnection = 1
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionLimit
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(
            eventLoopGroupProvider: .shared(HTTPClient.defaultEventLoopGroup), configuration: configuration)
    }

    /// Sends one event.
    ///
    /// - Parameter answered: called at most once, as soon as the status line is there, or with the failure;
    ///   the call
    ///   itself returns when the answer's body is read or given up.
    func post(
        _ body: [UInt8], to url: String, deadline: NIODeadline, answered: (DeliveryReport.Result) -> Void
    ) async {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: CloudEvent.mediaType)
        request.headers.add(name: "User-Agent", value: "anju")
        sign(body, in: &request.headers)
        request.body = .bytes(ByteBuffer(bytes: body))
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request, deadline: deadline)
        } catch {
            let isTooLate = NIODeadline.now() >= deadline
            answered(isTooLate ? .failed(reason: "timed out") : Self.result(of: error))
            return
        }
        answered(Self.result(ofStatus: Int(response.status.code)))
        await Self.drain(response.body)
    }

    /// Ends all tries and closes the connections.
    func shutdown() async { try? await client.shutdown() }

    private func sign(_ body: [UInt8], in headers: inout HTTPHeaders) {
        let timestamp = String(now() / 1_000)
        headers.add(name: WebhookSignature.timestampHeader, value: timestamp)
        guard let signature else { return }
        headers.add(
            name: WebhookSignature.signatureHeader, value: signature.value(timestamp: timestamp, body: body))
    }

    private static func drain(_ body: HTTPClientResponse.Body) async {
        var count = 0
        do {
            for try await part in body {
                count += part.readableBytes
                if count > responseBodyLimit { return }
            }
        } catch {
            // The status line has already decided.
        }
    }

    /// 2xx is delivered; what may pass later (408, 425, 429, 5xx) failed; the rest is rejected.
    static func result(ofStatus status: Int) -> DeliveryReport.Result {
        switch status {
        case 200..<300: .delivered
        case 408, 425, 429, 500...: .failed(reason: "answered \(status)")
        case 300..<400: .rejected(reason: "answered \(status); redirects are not followed")
        default: .rejected(reason: "answered \(status)")
        }
    }

    /// What a failing of the network or of the URL means.
    static func result(of error: any Error) -> DeliveryReport.Result {
        switch error {
        case let error as HTTPClientError: result(ofClient: error)
        case let error as NIOConnectionError: .failed(reason: reason(of: error))
        case let error as IOError: .failed(reason: reason(ofSystem: error))
        case is ChannelError: .failed(reason: "connection closed or timed out")
        case is CancellationError: .failed(reason: "given up")
        default: .failed(reason: "failed (\(type(of: error)))")
        }
    }

    private static func result(ofClient error: HTTPClientError) -> DeliveryReport.Result {
        switch error {
        case .invalidURL, .emptyHost, .emptyScheme, .missingSocketPath: .rejected(reason: "bad URL")
        case .deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout, .tlsHandshakeTimeout,
            .getConnectionFromPoolTimeout:
            .failed(reason: "timed out")
        case .remoteConnectionClosed: .failed(reason: "connection closed without an answer")
        case .cancelled, .alreadyShutdown: .failed(reason: "given up")
        default: .failed(reason: error.shortDescription)
        }
    }

    private static func reason(of error: NIOConnectionError) -> String {
        if let failure = error.connectionErrors.first?.error {
            guard let system = failure as? IOError else { return "connection failed" }
            return reason(ofSystem: system)
        }
        let isNameKnown = error.dnsAError == nil && error.dnsAAAAError == nil
        return isNameKnown ? "connection failed" : "name lookup failed"
    }

    private static func reason(ofSystem error: IOError) -> String {
        switch error.errnoCode {
        case ECONNREFUSED: "connection refused"
        case ECONNRESET, EPIPE: "connection closed without an answer"
        case ETIMEDOUT: "timed out"
        case EHOSTUNREACH, ENETUNREACH: "network unreachable"
        default: "network error \(error.errnoCode)"
        }
    }
}
