import Foundation
import GatewayPorts
import HTTPInterface
import SafetyModel
import ServiceLifecycle
import Testing

@Suite struct SlowClientTests {
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
                return connection.isClosed(within: 5_000)
            }
            #expect(isClosed)
        }
    }

    @Test func `a connection that rests after an answer is closed`() async throws {
        let limits = RunningInterface.limits { $0.idlePatience = .milliseconds(200) }
        try await RunningInterface.with(FakeGateway(), limits: limits) { client in
            let (statuses, isClosed) = await client.onThread {
                let connection = Connection(port: client.port)
                defer { connection.close() }
                let statuses = (0..<2).map { _ in
                    connection.send("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n")
                    return RawClient.parsed(connection.read(patience: 5_000) ?? []).status
                }
                return (statuses, connection.isClosed(within: 5_000))
            }
            #expect(statuses == [200, 200])
            #expect(isClosed)
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
                for _ in 0..<400 {
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
        let limits = RunningInterface.limits { $0.requestPatience = .milliseconds(500) }
        try await RunningInterface.with(gateway, limits: limits) { client in
            let byteCount = await client.onThread {
                let connection = Connection(port: client.port, receiveBuffer: 4_096)
                defer { connection.close() }
                connection.send(
                    "GET /api/v1/incidents?limit=8 HTTP/1.1\r\nHost: h\r\n"
                        + "Authorization: Bearer \(RunningInterface.apiToken)\r\n\r\n")
                var polled = pollfd()
                _ = poll(&polled, 0, 1_000)
                return connection.readAll(patience: 1_000).count
            }
            #expect(byteCount < 8_000_000)
            #expect(byteCount > 10_000)
            #expect(await client.request("GET", "/healthz").status == 200)
        }
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
                    return RawClient.parsed(connection.readAll(patience: 5_000)).status
                }
                let closed = silent.contains { $0.isClosed(within: 200) }
                for connection in silent { connection.close() }
                return (statuses, closed)
            }
            #expect(statuses == [200, 200, 200])
            #expect(closed)
        }
    }

    @Test func `a shutdown waits for requests under way, but not for ever`() async throws {
        let gateway = FakeGateway()
        let limits = RunningInterface.patientLimits()
        let start = ContinuousClock.now
        try await RunningInterface.with(gateway, limits: limits) { client in
            gateway.set { $0.hangs = true }
            let hanging = Task {
                await client.request("POST", "/api/v1/incidents/1/on-scene", token: "wang-token")
            }
            while gateway.now.commands.isEmpty { await Task.yield() }
            let (ports, continuation) = AsyncStream<Int>.makeStream()
            let settings = try RunningInterface.settings()
            defer { RunningInterface.removeToken(of: settings) }
            let other = try HTTPInterface(
                settings: settings, desk: gateway, board: gateway,
                logger: RunningInterface.silent, limits: limits, onListening: { continuation.yield($0) })
            let group = ServiceGroup(
                configuration: .init(services: [other], logger: RunningInterface.silent))
            let running = Task { try await group.run() }
            for await port in ports {
                let second = Task {
                    await RawClient(port: port).request(
                        "POST", "/api/v1/incidents/2/on-scene", token: "wang-token")
                }
                while gateway.now.commands.count < 2 { await Task.yield() }
                await group.triggerGracefulShutdown()
                try await running.value
                #expect(await second.value.status != 200)
                break
            }
            gateway.release()
            #expect(await hanging.value.status == 200)
        }
        #expect(ContinuousClock.now - start < .seconds(20))
    }
}
