import Foundation
import GatewayPorts
import SafetyModel
import Testing

@testable import HTTPInterface

@Suite(.serialized, .timeLimit(.minutes(10))) struct SessionTests {
    private static let wrong = #"{"user":"zhang","password":"wrong"}"#

    @Test func `signing in gives a session that signing out ends`() async throws {
        try await RunningInterface.with(FakeGateway()) { client in
            let answer = await client.request(
                "POST", "/api/v1/session", body: #"{"user":"zhang","password":"right"}"#)
            let user = try #require(answer.json["user"] as? [String: Any])
            #expect(user["role"] as? String == "dispatcher")
            #expect(user["responder"] as? String == "centre-1")
            let cookie = try #require(answer.headers["set-cookie"])
            for part in ["HttpOnly", "SameSite=Strict", "Path=/"] { #expect(cookie.contains(part)) }
            #expect(!cookie.contains("Secure"))
            let browser = try #require(await Browser.signIn("zhang", client))
            let shown = await browser.request("GET", "/api/v1/session")
            #expect(shown.json["csrf"] as? String == browser.csrf)
            #expect(await browser.request("DELETE", "/api/v1/session").status == 204)
            #expect(await browser.request("GET", "/api/v1/session").status == 401)
            #expect(await browser.request("GET", "/api/v1/incidents").status == 401)
        }
    }

    @Test func `behind a TLS proxy the cookie is for TLS only`() async throws {
        try await RunningInterface.with(
            FakeGateway(), setup: .init(publicURL: "https://localhost")
        ) { client in
            let answer = await client.request(
                "POST", "/api/v1/session", body: #"{"user":"zhang","password":"right"}"#)
            #expect(answer.headers["set-cookie"]?.contains("; Secure") == true)
            #expect(answer.headers["strict-transport-security"] != nil)
        }
    }

    @Test(arguments: [
        (#"{"user":"zhang","password":"wrong"}"#, 401), (#"{"user":"nobody","password":"right"}"#, 401),
        (#"{"user":"","password":""}"#, 401), (#"{"user":"zhang"}"#, 422), ("{}", 422), ("[]", 422),
        ("", 422), ("{", 400), (#"{"user":"zhang","password":7}"#, 422),
        (#"{"user":"a\u0007","password":"right"}"#, 422),
    ])
    func `a wrong sign-in gives nothing`(body: String, status: Int) async throws {
        try await RunningInterface.with(FakeGateway()) { client in
            let answer = await client.request("POST", "/api/v1/session", body: body)
            #expect(answer.status == status)
            #expect(answer.headers["set-cookie"] == nil)
        }
    }

    @Test func `a name that nobody has is answered like a wrong password`() async throws {
        try await RunningInterface.with(FakeGateway()) { client in
            let known = await client.request("POST", "/api/v1/session", body: Self.wrong)
            let unknown = await client.request(
                "POST", "/api/v1/session", body: #"{"user":"nobody","password":"wrong"}"#)
            #expect(known.body == unknown.body)
        }
    }

    @Test func `a password above passwordByteLimit is refused before it is hashed`() async throws {
        let limits = RunningInterface.limits { $0.passwordByteLimit = 8 }
        try await RunningInterface.with(FakeGateway(), limits: limits) { client in
            let body = #"{"user":"zhang","password":"123456789"}"#
            #expect(await client.request("POST", "/api/v1/session", body: body).status == 422)
        }
    }

    @Test func `after signInFailureLimit wrong passwords the right one has to wait too`() async throws {
        let limits = RunningInterface.limits { $0.signInFailureLimit = 3 }
        let record = FakeRecord()
        try await RunningInterface.with(FakeGateway(), limits: limits, setup: .init(record: record)) {
            client in
            for status in [401, 401, 429, 429] {
                #expect(await client.request("POST", "/api/v1/session", body: Self.wrong).status == status)
            }
            let right = await client.request(
                "POST", "/api/v1/session", body: #"{"user":"zhang","password":"right"}"#)
            #expect(right.status == 429)
            #expect(Int(right.headers["retry-after"] ?? "") ?? 0 > 0)
            #expect(await Browser.signIn("boss", client) != nil)
        }
        #expect(
            record.outcomes == [
                "user:zhang session.open  wrongPassword", "user:zhang session.open  wrongPassword",
                "user:zhang session.open  lockedOut", "user:boss session.open  done",
            ])
    }

    @Test(
        arguments: [
            (["Origin: http://evil.example"], 403), (["Origin: null"], 403),
            (["Origin: http://localhost"], 200),
            (["Origin: https://localhost"], 200), ([], 200),
        ] as [([String], Int)])
    func `another page cannot act in a browser's name`(headers: [String], status: Int) async throws {
        try await RunningInterface.with(FakeGateway()) { client in
            let browser = try #require(await Browser.signIn("zhang", client))
            let path = "/api/v1/incidents/1/acknowledge"
            #expect(await browser.request("POST", path, headers: headers).status == status)
            let cookie = ["Cookie: \(browser.cookie)"] + headers
            #expect(await client.request("POST", path, headers: cookie).status == 403)
            let forged = cookie + ["X-CSRF-Token: \(String(repeating: "x", count: 43))"]
            #expect(await client.request("POST", path, headers: forged).status == 403)
        }
    }

    @Test(arguments: [
        ("evil.example", 421), ("localhost:8080", 200), ("127.0.0.1", 200), ("[::1]:80", 200),
        ("127.0.0.1.evil.example", 421), ("desk.example.org", 200), ("desk.example.org.evil", 421),
    ])
    func `a name that is not the gateway's is refused with a session`(host: String, status: Int) async throws
    {
        let setup = RunningInterface.Setup(publicURL: "https://desk.example.org")
        try await RunningInterface.with(FakeGateway(), setup: setup) { client in
            let browser = try #require(await Browser.signIn("zhang", client))
            let text =
                "GET /api/v1/incidents HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n"
                + "Cookie: \(browser.cookie)\r\n\r\n"
            #expect(await client.exchange(Array(text.utf8)).status == status)
        }
    }

    @Test(arguments: [
        "anju_session=x", "anju_session=", "anju_session", "a=b; anju_session=\u{e9}", "anju_session==;;;=",
        "anju_session=\(String(repeating: "a", count: 4_000))",
    ])
    func `a cookie that is no session opens nothing`(cookie: String) async throws {
        try await RunningInterface.with(FakeGateway()) { client in
            let answer = await client.request("GET", "/api/v1/session", headers: ["Cookie: \(cookie)"])
            #expect(answer.status == 401 || answer.status == 400)
        }
    }

    @Test func `two cookies of the name mean that somebody else set one`() async throws {
        try await RunningInterface.with(FakeGateway()) { client in
            let browser = try #require(await Browser.signIn("zhang", client))
            let cookies = ["Cookie: anju_session=other; \(browser.cookie)"]
            #expect(await client.request("GET", "/api/v1/session", headers: cookies).status == 401)
        }
    }

    @Test func `users who are taken out of the files are signed out at once`() async throws {
        let sessions = SessionRegister(users: DeskPeople.all, limits: HTTPLimits())
        let zhang = try #require(sessions.open(DeskPeople.all[1]))
        let boss = try #require(sessions.open(DeskPeople.all[3]))
        var users = DeskPeople.all
        users[1].role = .viewer
        sessions.use(users)
        #expect(sessions.find(zhang.word) == nil)
        #expect(sessions.find(boss.word)?.user.id == "boss")
        #expect(sessions.open(DeskPeople.all[1]) == nil)
    }
}
