import Foundation
import GatewayPorts
import HTTPInterface
import SafetyModel
import ServiceLifecycle
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct SlowClientTests {
    private static let head =
        "POST /api/v1/incidents/1/close HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer wang-token\r\n"
        + "Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n"

    @Test(arguments: ["", "GET /healthz HT", "GET /healthz HTTP/1.1\r\nHost: h\r\n"])
    func `a connection that does not finish its head is closed`(start: String) async throws {
        let limits = RunningInterface.limits { $0.idlePatience = .milliseconds(200) }
        try await RunningInterface.with(FakeGateway(), limits: limits) { client in
            let isClosed = await client.onThread {
                let connection = Connection(port: client.port)
                defer { connection.close() }
                connection.send(start)
                return connection.isClosed()
            }
            #expect(isClosed)
        }
    }

    private static let health = "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n"

    @Test func `a connection answers one request after the other`() async throws {
        try await RunningInterface.with(FakeGateway()) { client in
            let statuses = await client.onThread {
                let connection = Connection(port: client.port)
                defer { connection.close() }
                return (0..<3).map { _ in
                    connection.send(Self.health)
                    return RawClient.parsed(connection.read(patience: Connection.patience) ?? []).status
                }
            }
            #expect(statuses == [200, 200, 200])
        }
    }

    @Test func `a connection that rests after an answer is closed`() async throws {
        let limits = RunningInterface.limits { $0.idlePatience = .milliseconds(200) }
        try await RunningInterface.with(FakeGateway(), limits: limits) { client in
            let wasAnsweredAndClosed = await client.onThread {
                // On a busy machine the patience may be over before the request is there: then once more.
                for _ in 0..<1_000 {
                    let connection = Connection(port: client.port)
                    defer { connection.close() }
                    connection.send(Self.health)
                    let answer = RawClient.parsed(connection.read(patience: Connection.patience) ?? [])
                    if answer.status == 200 { return connection.isClosed() }
                }
                return false
            }
            #expect(wasAnsweredAndClosed)
        }
    }

    @Test func `a body that drips is answered with 408 and its connection closed`() async throws {
        let limits = RunningInterface.limits { $0.bodyPatience = .milliseconds(200) }
        try await RunningInterface.with(FakeGateway(), limits: limits) { client in
            let answer = await client.onThread {
                let connection = Connection(port: client.port)
                defer { connection.close() }
                connection.send(Self.head)
                var bytes: [UInt8] = []
                // Each turn waits; long before the announced 60,000 bytes are sent the patience is over.
                for _ in 0..<50_000 {
                    connection.send("x")
                    guard let part = connection.read(patience: 10) else { continue }
                    if part.isEmpty { break }
                    bytes += part
                }
                return RawClient.parsed(bytes)
            }
            #expect(answer.status == 408)
            #expect(await client.request("GET", "/healthz").status == 200)
        }
    }

    @Test func `an answer that nobody reads does not keep its connection`() async throws {
        let gateway = FakeGateway()
        let filling = String(repeating: "x", count: 1_000_000)
        gateway.set { state in
            for number: Int64 in 1...8 {
                state.incidents[number] = #"{"id":\#(number),"x":"\#(filling)"}"#
            }
        }
        // On a busy machine a short patience may be over before the answer begins: then a longer one.
        var byteCount = 0
        for patience in [500, 2_000, 8_000, 32_000, 128_000] where byteCount == 0 {
            let limits = RunningInterface.limits {
                $0.requestPatience = .milliseconds(patience)
                $0.connectionLimit = 1
            }
            try await RunningInterface.with(gateway, limits: limits) { client in
                byteCount = await client.onThread { Self.unreadAnswer(port: client.port) }
            }
        }
        #expect(byteCount < 8_000_000)
        #expect(byteCount > 10_000)
    }

    /// Asks for 8 MB, reads nothing before the server gives the only connection to somebody else, and then
    /// counts what still comes.
    private static func unreadAnswer(port: Int) -> Int {
        let connection = Connection(port: port, receiveBuffer: 4_096)
        defer { connection.close() }
        connection.send(
            "GET /api/v1/incidents?limit=8 HTTP/1.1\r\nHost: h\r\n"
                + "Authorization: Bearer \(RunningInterface.apiToken)\r\n\r\n")
        guard connection.isReadable() else { return 0 }
        let deadline = ContinuousClock.now + .milliseconds(Connection.patience)
        var status = 0
        while status != 200, ContinuousClock.now < deadline {
            usleep(2_000)
            let other = Connection(port: port)
            defer { other.close() }
            other.send(health)
            status = RawClient.parsed(other.read(patience: Connection.patience) ?? []).status
        }
        return status == 200 ? connection.readAll().count : .max
    }

    @Test func `above connectionLimit a connection that rests gives way to one that asks`() async throws {
        let limits = RunningInterface.limits { $0.connectionLimit = 4 }
        try await RunningInterface.with(FakeGateway(), limits: limits) { client in
            let (statuses, closed) = await client.onThread {
                let silent = (0..<4).map { _ in
                    let connection = Connection(port: client.port)
                    connection.send("GET /healthz HT")
                    return connection
                }
                let statuses = (0..<3).map { _ in
                    let connection = Connection(port: client.port)
                    defer { connection.close() }
                    connection.send("GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                    return RawClient.parsed(connection.readAll()).status
                }
                var closed = false
                for _ in 0..<1_000 where !closed { closed = silent.contains { $0.isClosed(within: 50) } }
                for connection in silent { connection.close() }
                return (statuses, closed)
            }
            #expect(statuses == [200, 200, 200])
            #expect(closed)
        }
    }

    @Test func `a shutdown waits for requests under way`() async throws {
        let limits = RunningInterface.limits { $0.shutdownPatience = .seconds(3_600) }
        let answer = try await shutdownDuringRequest(limits) { gateway, port in
            // Nobody is let in any more; only then the answer is there.
            while Connection.isAccepted(port: port) { usleep(2_000) }
            gateway.release()
        }
        #expect(answer.status == 200)
    }

    @Test func `a shutdown does not wait for ever`() async throws {
        let limits = RunningInterface.limits { $0.shutdownPatience = .milliseconds(200) }
        let answer = try await shutdownDuringRequest(limits) { _, _ in }
        #expect(answer.status != 200)
    }

    /// Shuts an interface down while a request hangs, and waits until it is down.
    ///
    /// - Returns: what became of the request.
    private func shutdownDuringRequest(
        _ limits: HTTPLimits, meanwhile: @escaping @Sendable (FakeGateway, Int) -> Void
    ) async throws -> RawClient.Answer {
        let gateway = FakeGateway()
        gateway.set { $0.hangs = true }
        defer { gateway.release() }
        let settings = try RunningInterface.settings()
        defer { RunningInterface.removeToken(of: settings) }
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let interface = try HTTPInterface(
            settings: settings, doors: HTTPDoors(desk: gateway, board: gateway),
            logger: RunningInterface.silent,
            limits: limits, onListening: { continuation.yield($0) })
        let group = ServiceGroup(
            configuration: .init(services: [interface], logger: RunningInterface.silent))
        let running = Task { try await group.run() }
        var heard = ports.makeAsyncIterator()
        let client = RawClient(port: try #require(await heard.next()))
        let asking = Task {
            await client.request("POST", "/api/v1/incidents/1/on-scene", token: "wang-token")
        }
        try await RunningInterface.eventually { !gateway.now.commands.isEmpty }
        await group.triggerGracefulShutdown()
        await client.onThread { meanwhile(gateway, client.port) }
        try await running.value
        return await asking.value
    }
}
