import Foundation
import GatewayPorts
import HTTPInterface
import SafetyModel
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct BadRequestTests {
    private static let token = RunningInterface.apiToken
    private static let longest = String(repeating: "x", count: 256)

    @Test(arguments: [
        ("GET", "/no", 404), ("GET", "/api/v1/incidents/", 404), ("GET", "/api/v1/incidents/0", 404),
        ("GET", "/api/v1/incidents/-1", 404), ("GET", "/api/v1/incidents/+1", 404),
        ("GET", "/api/v1/incidents/99999999999999999999", 404), ("GET", "/api/v1/incidents/1/x", 404),
        ("GET", "/api/v1/incidents/1/close/now", 404), ("GET", "//healthz", 404), ("GET", "/healthz/", 404),
        ("GET", "/../../etc/passwd", 404), ("GET", "/%2e%2e/healthz", 404), ("GET", "http://h/healthz", 200),
        ("POST", "/healthz", 405), ("DELETE", "/api/v1/incidents/1", 405), ("PUT", "/metrics", 405),
        ("GET", "/api/v1/incidents/1/close", 405), ("OPTIONS", "/api/v1/incidents", 405),
        ("GET", "/api/v1/incidents?state=half", 422),
        ("GET", "/api/v1/incidents?limit=0", 422), ("GET", "/api/v1/incidents?limit=1001", 422),
        ("GET", "/api/v1/incidents?limit=-1", 422), ("GET", "/api/v1/incidents?limit=1e3", 422),
        ("GET", "/api/v1/incidents?before=x", 422), ("GET", "/api/v1/incidents?nothing=1", 422),
        ("GET", "/api/v1/incidents?home=a&home=b", 422), ("GET", "/api/v1/incidents?home=%00", 422),
        ("GET", "/api/v1/incidents?home=%ff", 422), ("GET", "/api/v1/incidents?home=%zz", 422),
        ("GET", "/api/v1/incidents?home=\(longest)x", 422), ("GET", "/api/v1/incidents?home=\(longest)", 200),
    ])
    func `a path or a query that means nothing, or is above valueLimit or pageLimit, has its status`(
        method: String, path: String, status: Int
    ) async throws {
        try await RunningInterface.with(FakeGateway()) { client in
            let answer = await client.request(method, path, token: Self.token)
            #expect(answer.status == status)
            if status >= 400 {
                #expect(answer.headers["content-type"] == "application/problem+json")
                #expect(answer.json["status"] as? Int == status)
                #expect(answer.headers["allow"] != nil || status != 405)
            }
        }
    }

    /// A body and what a test calls it.
    struct Body: Sendable, CustomTestStringConvertible {
        var text: String
        init(_ text: String) { self.text = text }
        var testDescription: String { String(text.prefix(50)) }
    }

    private static func letters(_ count: Int) -> String { String(repeating: "r", count: count) }

    @Test(arguments: [
        (Body("not json"), 400), (Body("{"), 400), (Body("[]"), 422), (Body("null"), 422),
        (Body(#"{"disposition":7}"#), 422), (Body(#"{"disposition":"maybe"}"#), 422), (Body("{}"), 422),
        (Body(#"{"responder":"li"}"#), 403), (Body(#"{"disposition":"real","reference":"\u0007"}"#), 422),
        (Body(#"{"disposition":"real","reference":"\#(letters(129))"}"#), 422),
        (Body(#"{"disposition":"real","reference":"\#(letters(128))"}"#), 200),
        (Body(String(repeating: "[", count: 60_000)), 400),
        (Body(#"{"disposition":"real","x":"\#(letters(65_000))"}"#), 200),
        (Body(#"{"disposition":"real","x":"\#(letters(66_000))"}"#), 413),
    ])
    func `a body that means nothing, or is above bodyLimit, has its status`(
        body: Body, status: Int
    ) async throws {
        try await RunningInterface.with(FakeGateway()) { client in
            let answer = await client.request(
                "POST", "/api/v1/incidents/1/close", token: "wang-token", body: body.text)
            #expect(answer.status == status)
        }
    }

    @Test func `a body must say that it is JSON`() async throws {
        try await RunningInterface.with(FakeGateway()) { client in
            for (type, status) in [("text/plain", 415), ("application/json; charset=utf-8", 200), ("", 415)] {
                let answer = await client.request(
                    "POST", "/api/v1/incidents/1/close", token: "wang-token",
                    headers: ["Content-Type: \(type)"], body: #"{"disposition":"real"}"#)
                #expect(answer.status == status)
            }
        }
    }

    @Test func `a chunked body above bodyLimit is 413 and the connection ends`() async throws {
        try await RunningInterface.with(FakeGateway()) { client in
            let chunk = "4000\r\n" + String(repeating: "x", count: 0x4000) + "\r\n"
            let head =
                "POST /api/v1/incidents/1/close HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                + "Authorization: Bearer wang-token\r\nTransfer-Encoding: chunked\r\n\r\n"
            let answer = await client.exchange(Array((head + String(repeating: chunk, count: 8)).utf8))
            #expect(answer.status == 413)
        }
    }

    @Test func `headers above headerLimit are refused`() async throws {
        try await RunningInterface.with(FakeGateway()) { client in
            let long = "X: " + String(repeating: "x", count: 8_000)
            let fits = await client.request("GET", "/healthz", headers: [long])
            #expect(fits.status == 200)
            for headers in [
                ["X: " + String(repeating: "x", count: HTTPLimits().headerLimit)],
                (0..<200).map { "X-\($0): y" },
                (0..<90).map { "X-\($0): " + String(repeating: "y", count: 400) },
            ] {
                #expect(await client.request("GET", "/healthz", headers: headers).status == 400)
            }
            let target = "/healthz?" + String(repeating: "x", count: 20_000)
            #expect(await client.request("GET", target).status == 400)
        }
    }

    @Test func `garbage on the wire is never a 5xx and the next caller is served`() async throws {
        var random = SplitMix(seed: 20_261_122)
        let gateway = FakeGateway()
        let valid = Array(
            ("POST /api/v1/incidents/1/close HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer wang-token\r\n"
                + "Content-Type: application/json\r\nContent-Length: 22\r\n\r\n" + #"{"disposition":"real"}"#)
                .utf8)
        var requests: [[UInt8]] = [
            [], Array("\r\n\r\n\r\n".utf8), Array("BREW /pot HTTP/1.1\r\nHost: h\r\n\r\n".utf8),
            Array("GET\r\n\r\n".utf8), Array("GET / HTTP/9.9\r\n\r\n".utf8),
            Array("GET / HTTP/1.1\r\n\r\n".utf8), Array("GET * HTTP/1.1\r\nHost: h\r\n\r\n".utf8),
            Array("CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n".utf8), Array("GET /\u{1} HTTP/1.1\r\n\r\n".utf8),
            Array("GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n".utf8),
            Array("POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".utf8),
            Array("GET / HTTP/1.1\r\nA\u{0}: b\r\n\r\n".utf8), [0x16, 0x03, 0x01, 0x02, 0x00, 0x01],
            Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8),
            Array(
                "GET /healthz HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n".utf8),
        ]
        for _ in 0..<60 {
            var request = valid
            for _ in 0..<(1 + random.next(below: 4)) {
                request[random.next(below: request.count)] = UInt8(random.next(below: 256))
            }
            if random.next(below: 4) == 0 { request.removeLast(random.next(below: request.count)) }
            requests.append(request)
        }
        // What is not a whole request is given up soon, so that each exchange ends with a closed connection.
        let limits = RunningInterface.limits {
            $0.idlePatience = .milliseconds(500)
            $0.bodyPatience = .milliseconds(500)
        }
        try await RunningInterface.with(gateway, limits: limits) { client in
            let answers = await withTaskGroup(of: RawClient.Answer.self) { group in
                for request in requests { group.addTask { await client.exchange(request) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.status < 500 })
            #expect(answers.allSatisfy { !$0.text.contains(".swift") && !$0.text.contains("Error Domain") })
            #expect(await client.request("GET", "/healthz").status == 200)
        }
    }

    /// Random numbers that are the same in every run.
    private struct SplitMix {
        private var state: UInt64
        init(seed: UInt64) { state = seed }

        mutating func next(below bound: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((z ^ (z >> 31)) % UInt64(bound))
        }
    }
}
