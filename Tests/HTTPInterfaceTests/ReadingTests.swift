import Foundation
import GatewayPorts
import HTTPInterface
import SafetyModel
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct ReadingTests {
    private let token = RunningInterface.apiToken

    private func gateway(_ numbers: ClosedRange<Int64>, closed: Set<Int64> = []) -> FakeGateway {
        let gateway = FakeGateway()
        gateway.set { state in
            for number in numbers { state.incidents[number] = #"{"id":\#(number),"home":"h-1"}"# }
            state.closed = closed
        }
        return gateway
    }

    @Test func `health is 200 when healthy and 503 otherwise, without a token`() async throws {
        let gateway = FakeGateway()
        try await RunningInterface.with(gateway) { client in
            let well = await client.request("GET", "/healthz")
            #expect(well.status == 200)
            #expect(
                well.body
                    == #"{"isHealthy":true,"isLinkUp":true,"isSiteCurrent":true,"isStoreAvailable":true,"#
                    + #""openIncidents":2,"troubles":[],"version":"1.2.3"}"#)
            gateway.set { $0.isHealthy = false }
            let ill = await client.request("GET", "/healthz")
            #expect(ill.status == 503)
            #expect(ill.json["troubles"] as? [String] == ["the broker is away"])
            #expect(await client.request("HEAD", "/healthz").body.isEmpty)
        }
    }

    @Test func `metrics have places of their own, and above scrapeLimit nothing waits`() async throws {
        for (scrapes, looks) in [(0, 8), (1, 0)] {
            let limits = RunningInterface.limits {
                $0.scrapeLimit = scrapes
                $0.lookLimit = looks
            }
            try await RunningInterface.with(FakeGateway(), limits: limits) { client in
                #expect(await client.request("GET", "/metrics").status == (scrapes > 0 ? 200 : 503))
                let list = await client.request("GET", "/api/v1/incidents", token: token)
                #expect(list.status == (looks > 0 ? 200 : 503))
            }
        }
    }

    @Test func `whoever has signed in reads since when what cannot be seen, and why`() async throws {
        let gateway = FakeGateway()
        var health = GatewayHealth(
            isLinkUp: false, isStoreAvailable: false, isSiteCurrent: true, version: "1", openIncidents: 0,
            troubles: [])
        health.link = LinkStanding(.refused, reason: "Connection Refused: not authorised.", code: 5)
        health.deafSince = WallTime(milliseconds: 1_790_000_000_000)
        health.unstoredSince = WallTime(milliseconds: 1_790_000_060_000)
        gateway.set { [health] in $0.health = health }
        try await RunningInterface.with(gateway) { client in
            let full = await client.request("GET", "/api/v1/health", token: RunningInterface.apiToken)
            let link = try #require(full.json["link"] as? [String: Any])
            #expect(link["state"] as? String == "refused" && link["code"] as? Int == 5)
            #expect(link["reason"] as? String == "Connection Refused: not authorised.")
            let since = WallTime(milliseconds: 1_790_000_000_000).rfc3339
            #expect(link["since"] as? String == since)
            let blind = try #require(full.json["blind"] as? [[String: Any]])
            #expect(blind.map { $0["what"] as? String } == ["broker", "store"])
            #expect(
                blind.map { $0["since"] as? String } == [
                    since, WallTime(milliseconds: 1_790_000_060_000).rfc3339,
                ])
            // Whoever has not signed in learns neither the broker's words nor times.
            let open = await client.request("GET", "/healthz")
            #expect(open.json["link"] == nil && open.json["blind"] == nil)
        }
    }

    @Test func `metrics are Prometheus text with one heading a name`() async throws {
        let gateway = FakeGateway()
        gateway.set { state in
            state.metrics = [
                Metric("anju_messages_total", .counter, 42, help: "Messages\nread"),
                Metric("anju_step_seconds", .summary, 0.5, label: "quantile=\"0.5\"", help: "Steps"),
                Metric("anju_open", .gauge, .nan, help: "Open"),
                Metric("anju_step_seconds", .summary, 1.25e-7, label: "quantile=\"0.9\"", help: "Steps"),
            ]
        }
        try await RunningInterface.with(gateway) { client in
            let answer = await client.request("GET", "/metrics")
            #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(
                answer.body.hasPrefix(
                    """
                    # HELP anju_messages_total Messages\\nread
                    # TYPE anju_messages_total counter
                    anju_messages_total 42
                    # HELP anju_step_seconds Steps
                    # TYPE anju_step_seconds summary
                    anju_step_seconds{quantile="0.5"} 0.5
                    anju_step_seconds{quantile="0.9"} 1.25e-07
                    # HELP anju_open Open
                    # TYPE anju_open gauge
                    anju_open NaN

                    """))
            for own in ["anju_sessions 0", "anju_event_clients 0", "anju_audit_lost_total 0"] {
                #expect(answer.body.contains("\n\(own)\n"))
            }
        }
    }

    @Test func `incidents come as their documents, page by page`() async throws {
        let gateway = gateway(1...5, closed: [1, 4])
        try await RunningInterface.with(gateway) { client in
            func list(_ query: String) async -> String {
                await client.request("GET", "/api/v1/incidents\(query)", token: token).body
            }
            func page(_ numbers: [Int], next: String) -> String {
                let documents = numbers.map { #"{"id":\#($0),"home":"h-1"}"# }.joined(separator: ",")
                return "{\"incidents\":[\(documents)],\"next\":\(next)}"
            }
            #expect(await list("") == page([2, 3, 5], next: "null"))
            #expect(await list("?state=open&limit=2") == page([5, 3], next: "3"))
            #expect(await list("?state=open&limit=2&before=3") == page([2], next: "null"))
            #expect(await list("?state=closed") == page([4, 1], next: "null"))
            #expect(await list("?state=all&limit=3") == page([5, 4, 3], next: "3"))
            #expect(await list("?state=all&before=3") == page([2, 1], next: "null"))
            #expect(
                await list("?state=all&home=h%2D%E7%8E%8B&limit=1000") == page([5, 4, 3, 2, 1], next: "null"))
            #expect(gateway.now.queries.last?.home == "h-王")
            #expect(gateway.now.queries.last?.limit == 1_000)
        }
    }

    @Test func `a page above pageByteLimit ends earlier and says where to go on`() async throws {
        var limits = RunningInterface.patientLimits()
        limits.pageByteLimit = 60
        try await RunningInterface.with(gateway(1...5), limits: limits) { client in
            let answer = await client.request("GET", "/api/v1/incidents?state=all", token: token)
            #expect((answer.json["incidents"] as? [Any])?.count == 2)
            #expect(answer.json["next"] as? Int == 4)
            let open = await client.request("GET", "/api/v1/incidents", token: token)
            #expect(open.json["next"] as? Int == 4)
        }
    }

    @Test func `one incident is its document, and 404 when there is none`() async throws {
        try await RunningInterface.with(gateway(1...2)) { client in
            let found = await client.request("GET", "/api/v1/incidents/2", token: token)
            #expect(found.status == 200)
            #expect(found.body == #"{"id":2,"home":"h-1"}"#)
            #expect(await client.request("GET", "/api/v1/incidents/9", token: token).status == 404)
        }
    }

    @Test func `while the record cannot be read, open incidents are still shown`() async throws {
        let gateway = gateway(1...2)
        gateway.set { $0.recordFails = true }
        try await RunningInterface.with(gateway) { client in
            #expect(await client.request("GET", "/api/v1/incidents", token: token).status == 200)
            #expect(await client.request("GET", "/api/v1/incidents/2", token: token).status == 200)
            for path in ["/api/v1/incidents/9", "/api/v1/incidents?state=all"] {
                let answer = await client.request("GET", path, token: token)
                #expect(answer.status == 503)
                #expect(answer.headers["retry-after"] == "2")
                #expect(!answer.text.contains("0xdeadbeef"))
            }
        }
    }

    @Test func `a record that hangs holds nobody else up, and above lookLimit nothing waits`() async throws {
        let gateway = gateway(1...2)
        gateway.set { $0.hangs = true }
        var limits = RunningInterface.patientLimits()
        limits.lookLimit = 2
        limits.answerPatience = .milliseconds(100)
        try await RunningInterface.with(gateway, limits: limits) { client in
            for _ in 0..<3 {
                #expect(
                    await client.request("GET", "/api/v1/incidents?state=all", token: token).status == 503)
            }
            #expect(await client.request("GET", "/healthz").status == 200)
            let act = Task {
                await client.request(
                    "POST", "/api/v1/incidents/1/acknowledge", token: token, body: #"{"responder":"li"}"#)
            }
            gateway.release()
            #expect(await act.value.status != 0)
        }
    }

    @Test func `an address that is taken is bound as soon as it is free`() async throws {
        let gateway = FakeGateway()
        var settings = try RunningInterface.settings()
        defer { RunningInterface.removeToken(of: settings) }
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        func start() throws -> Task<Void, any Error> {
            let interface = try HTTPInterface(
                settings: settings, doors: HTTPDoors(desk: gateway, board: gateway),
                logger: RunningInterface.silent,
                limits: RunningInterface.patientLimits(), onListening: { continuation.yield($0) })
            return Task { try await interface.run() }
        }
        let first = try start()
        var heard = ports.makeAsyncIterator()
        let port = try #require(await heard.next())
        settings.port = UInt16(port)
        let second = try start()
        #expect(await RawClient(port: port).request("GET", "/healthz").status == 200)
        first.cancel()
        try await first.value
        #expect(await heard.next() == port)
        #expect(await RawClient(port: port).request("GET", "/healthz").status == 200)
        second.cancel()
        try await second.value
    }

    @Test(arguments: ["", "short\n", "with spaces in the middle\n", String(repeating: "x", count: 513)])
    func `a token shorter than tokenMinimum or longer than tokenLimit refuses the interface`(
        token: String
    ) throws {
        let settings = try RunningInterface.settings(token: token)
        defer { RunningInterface.removeToken(of: settings) }
        let gateway = FakeGateway()
        #expect(throws: HTTPSetupError.unfitToken(path: settings.tokenFile ?? "")) {
            _ = try HTTPInterface(
                settings: settings, doors: HTTPDoors(desk: gateway, board: gateway),
                logger: RunningInterface.silent)
        }
        #expect(HTTPSetupError.tokenLimit == 512)
        var missing = HTTPSettings()
        missing.tokenFile = "/nonexistent/token"
        #expect(throws: HTTPSetupError.unreadableToken(path: "/nonexistent/token")) {
            _ = try HTTPInterface(
                settings: missing, doors: HTTPDoors(desk: gateway, board: gateway),
                logger: RunningInterface.silent)
        }
    }
}
