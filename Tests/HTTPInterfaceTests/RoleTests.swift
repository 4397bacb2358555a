import Escalation
import GatewayPorts
import SafetyModel
import Testing

@testable import HTTPInterface

@Suite(.serialized, .timeLimit(.minutes(10))) struct RoleTests {
    /// Who may do what, by the first letters of viewer, dispatcher, technician, administrator, and `p` for a
    /// program with the API's token, `r` for a responder's own.
    private static let rights: [(method: String, path: String, who: String)] = [
        ("GET", "/api/v1/incidents", "vdtap"), ("GET", "/api/v1/homes", "vdtap"),
        ("GET", "/api/v1/health", "vdtap"), ("GET", "/api/v1/notes", "vdtap"),
        ("GET", "/api/v1/duty-checks", "vdtap"), ("GET", "/api/v1/audit", "a"),
        ("GET", "/api/v1/session", "vdta"), ("POST", "/api/v1/incidents", "dap"),
        ("POST", "/api/v1/incidents/1/acknowledge", "dapr"), ("POST", "/api/v1/incidents/1/note", "dapr"),
        ("POST", "/api/v1/homes/h1/visits", "dap"), ("POST", "/api/v1/homes/h1/shelves", "tap"),
        ("DELETE", "/api/v1/homes/h1/shelves/doorOpen", "tap"),
        ("POST", "/api/v1/homes/h1/walk-test", "tap"), ("DELETE", "/api/v1/homes/h1/walk-test", "tap"),
        ("POST", "/api/v1/notes", "dap"), ("POST", "/api/v1/duty-checks", "a"),
        ("POST", "/api/v1/duty-checks/1/answer", "dap"), ("POST", "/api/v1/replies", "p"),
    ]

    @Test func `everybody may do what their role says and nothing else`() async throws {
        let record = FakeRecord()
        try await RunningInterface.with(FakeGateway(), setup: .init(record: record)) { client in
            var browsers: [Character: Browser] = [:]
            for (letter, user) in [("v", "look"), ("d", "zhang"), ("t", "tech"), ("a", "boss")] {
                browsers[Character(letter)] = await Browser.signIn(user, client)
            }
            let tokens: [Character: String] = ["p": RunningInterface.apiToken, "r": "wang-token"]
            for (method, path, who) in Self.rights {
                #expect(browsers.count == 4)
                for letter in "vdtapr" {
                    let body = method == "POST" ? "{}" : nil
                    let answer: RawClient.Answer
                    if let browser = browsers[letter] {
                        answer = await browser.request(method, path, body: body)
                    } else {
                        answer = await client.request(method, path, token: tokens[letter], body: body)
                    }
                    let isRefused = answer.status == 403
                    #expect(
                        isRefused != who.contains(letter), "\(method) \(path) \(letter): \(answer.status)")
                }
                let nobody = await client.request(method, path, body: method == "POST" ? "{}" : nil)
                #expect(nobody.status == 401, "\(method) \(path)")
            }
        }
    }

    @Test func `an act stands under the name of whoever is signed in`() async throws {
        let gateway = FakeGateway()
        let record = FakeRecord()
        try await RunningInterface.with(gateway, setup: .init(record: record)) { client in
            let zhang = try #require(await Browser.signIn("zhang", client))
            let path = "/api/v1/incidents/12/acknowledge"
            let look = try #require(await Browser.signIn("look", client))
            #expect(await look.request("POST", path, body: "{}").status == 403)
            #expect(await zhang.request("POST", path, body: #"{"responder":"wang"}"#).status == 403)
            #expect(await zhang.request("POST", path, body: "{}").status == 200)
            let boss = try #require(await Browser.signIn("boss", client))
            let close = #"{"disposition":"falseAlarm","note":"toast"}"#
            #expect(await boss.request("POST", "/api/v1/incidents/12/close", body: close).status == 200)
            #expect(
                await boss.request("POST", "/api/v1/incidents/12/hand-over", body: #"{"to":"li"}"#).status
                    == 200)
        }
        #expect(gateway.now.commands.map(\.responder) == ["centre-1", "boss", "boss", "boss"])
        #expect(
            gateway.now.commands.map(\.act) == [
                .acknowledge, .note("toast"), .close(.falseAlarm), .handOver(to: "li"),
            ])
        #expect(
            record.outcomes.filter { $0.contains("incident.") } == [
                "user:zhang incident.acknowledge incident:12 role",
                "user:zhang incident.acknowledge incident:12 done",
                "user:boss incident.close incident:12 done", "user:boss incident.hand-over incident:12 done",
            ])
        #expect(record.outcomes.contains("user:look POST /api/v1/incidents/{id}/acknowledge  role"))
    }

    @Test func `an act on an older state of the incident is refused`() async throws {
        let gateway = FakeGateway()
        gateway.set { $0.incidents[12] = #"{"id":12,"revision":5}"# }
        try await RunningInterface.with(gateway) { client in
            let zhang = try #require(await Browser.signIn("zhang", client))
            let shown = await zhang.request("GET", "/api/v1/incidents/12")
            #expect(shown.headers["etag"] == "\"5\"")
            let same = await zhang.request(
                "GET", "/api/v1/incidents/12", headers: ["If-None-Match: \"5\""])
            #expect(same.status == 304)
            let path = "/api/v1/incidents/12/acknowledge"
            #expect(await zhang.request("POST", path, headers: ["If-Match: \"4\""]).status == 412)
            #expect(await zhang.request("POST", path, headers: ["If-Match: \"5\""]).status == 200)
        }
        #expect(gateway.now.commands.count == 1)
    }

    @Test func `what cannot be audited is done all the same`() async throws {
        let gateway = FakeGateway()
        let record = FakeRecord()
        record.set { $0.fails = true }
        try await RunningInterface.with(gateway, setup: .init(record: record)) { client in
            let zhang = try #require(await Browser.signIn("zhang", client))
            #expect(await zhang.request("POST", "/api/v1/incidents/12/acknowledge").status == 200)
            #expect(await client.request("GET", "/metrics").body.contains("anju_audit_lost_total 2"))
            #expect(await zhang.request("GET", "/api/v1/notes").status == 503)
        }
    }
}
