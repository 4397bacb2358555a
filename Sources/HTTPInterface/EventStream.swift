import Foundation
import GatewayPorts
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import SafetyModel

/// The answer to `GET /api/v1/events`: a stream that ends with the session, the client or the gateway.
struct EventStream: Sendable {
    let hub: EventHub
    let sessions: SessionRegister
    let now: @Sendable () -> WallTime
    let limits: HTTPLimits

    static let mediaType = "text/event-stream"
    private static let lastEventID = HTTPField.Name("Last-Event-ID")

    func answer(_ request: Request, by caller: Caller, context: CallerContext) throws(Problem) -> Response {
        let lastID = Self.lastEventID.flatMap { request.headers[$0] }
        let key: String
        switch caller {
        case .user(_, let token): key = "session:\(token)"
        default: key = caller.name + "@" + context.address
        }
        let channel = context.channel
        guard hub.hasPlace(for: key) else { throw .unavailable("Too many clients listen.") }
        // Listening begins with the body: an answer whose body nobody writes must not keep a place.
        let body = ResponseBody { [self] writer in
            if let listener = hub.listen(since: lastID, key: key, close: { channel.close(promise: nil) }) {
                defer { hub.leave(listener) }
                try await write(listener, caller, into: &writer)
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: Self.mediaType, .cacheControl: "no-store", .connection: "close",
            ], body: body)
    }

    /// Beats and changes until the end; a stream counts as use of its session.
    private func write(
        _ listener: Listener, _ caller: Caller, into writer: inout any ResponseBodyWriter
    ) async throws {
        let beats = Task { [hub, sessions, now, limits] in
            while !Task.isCancelled {
                guard Self.isAlive(caller, sessions), listener.take(hub.beat(now())) else {
                    listener.end()
                    return
                }
                try? await Task.sleep(for: limits.beatInterval)
            }
        }
        defer { beats.cancel() }
        while let frames = await listener.next() {
            for frame in frames { try await writer.write(frame) }
        }
    }

    private static func isAlive(_ caller: Caller, _ sessions: SessionRegister) -> Bool {
        guard case .user(_, let token) = caller else { return true }
        return sessions.find(token) != nil
    }
}
