import Escalation
import Foundation
import GatewayPorts
import HTTPInterface
import SafetyModel
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct ActingTests {
    private let token = RunningInterface.apiToken

    @Test(arguments: [
        ("acknowledge", "{}", PersonCommand.Act.acknowledge), ("on-scene", "", .onScene),
        ("need-help", "{}", .needHelp), ("close", #"{"disposition":"falseAlarm"}"#, .close(.falseAlarm)),
        ("close", #"{"disposition":"noContact","reference":"r-7"}"#, .close(.noContact)),
        ("hand-over", #"{"to":"li"}"#, .handOver(to: "li")), ("note", #"{"text":"钥匙"}"#, .note("钥匙")),
    ])
    func `a responder acts for himself`(path: String, body: String, act: PersonCommand.Act) async throws {
        let gateway = FakeGateway()
        try await RunningInterface.with(gateway) { client in
            let answer = await client.request(
                "POST", "/api/v1/incidents/12/\(path)", token: "wang-token", body: body)
            #expect(answer.status == 200)
            #expect(answer.body == #"{"incident":12,"phase":"acknowledged"}"#)
        }
        let reference = body.contains("r-7") ? "r-7" : ""
        let expected = PersonCommand(
            incident: IncidentID(12), responder: "wang", act: act, origin: "http", reference: reference)
        #expect(gateway.now.commands == [expected])
    }

    @Test func `the API's token acts for the responder that the body names`() async throws {
        let gateway = FakeGateway()
        try await RunningInterface.with(gateway) { client in
            let path = "/api/v1/incidents/12/acknowledge"
            let named = await client.request("POST", path, token: token, body: #"{"responder":"li"}"#)
            #expect(named.status == 200)
            #expect(await client.request("POST", path, token: token).status == 422)
            #expect(
                await client.request("POST", path, token: token, body: #"{"responder":""}"#).status == 422)
        }
        #expect(gateway.now.commands.map(\.responder) == ["li"])
    }

    @Test(arguments: [
        ("POST", "/api/v1/incidents/12/acknowledge", #"{"responder":"ghost"}"#),
        ("POST", "/api/v1/incidents/12/close", #"{"responder":"ghost","disposition":"real","note":"x"}"#),
        ("POST", "/api/v1/homes/h1/visits", #"{"responder":"ghost","way":"door","result":"well"}"#),
        (
            "POST", "/api/v1/homes/h1/shelves",
            #"{"responder":"ghost","alarmKind":"doorOpen","minutes":5,"reason":"x"}"#
        ),
        ("POST", "/api/v1/homes/h1/walk-test", #"{"responder":"ghost","minutes":5}"#),
        ("DELETE", "/api/v1/homes/h1/walk-test", #"{"responder":"ghost"}"#),
    ])
    func `nobody acts under a name that stands for nobody`(
        method: String, path: String, body: String
    ) async throws {
        let gateway = FakeGateway()
        gateway.set { $0.ghosts = ["ghost"] }
        let record = FakeRecord()
        try await RunningInterface.with(gateway, setup: .init(record: record)) { client in
            let answer = await client.request(method, path, token: token, body: body)
            #expect(answer.status == 422)
            #expect(answer.headers["content-type"] == "application/problem+json")
            #expect(answer.json["field"] as? String == "responder")
            #expect(answer.json["reason"] as? String == "unknownResponder")
            #expect((answer.json["detail"] as? String)?.contains("\"ghost\"") == true)
        }
        #expect(
            gateway.now.commands.isEmpty && gateway.now.deskCommands.isEmpty && gateway.now.visits.isEmpty)
        // The refusal stands in the audit under the token, and nothing under the ghost.
        #expect(record.now.acts.map(\.outcome) == ["unknownResponder"])
        #expect(record.now.acts.map(\.user) == ["token:api"])
    }

    @Test func `a token of somebody who is a responder no more acts no more`() async throws {
        let gateway = FakeGateway()
        gateway.set { $0.ghosts = ["li"] }
        try await RunningInterface.with(gateway) { client in
            let path = "/api/v1/incidents/12/acknowledge"
            let answer = await client.request("POST", path, token: "li-token")
            #expect(answer.status == 403)
            #expect(answer.json["reason"] as? String == "unknownResponder")
            #expect(await client.request("POST", path, token: "wang-token").status == 200)
        }
        #expect(gateway.now.commands.map(\.responder) == ["wang"])
    }

    @Test func `a responder's token neither reads nor acts for another`() async throws {
        let gateway = FakeGateway()
        try await RunningInterface.with(gateway) { client in
            #expect(await client.request("GET", "/api/v1/incidents", token: "wang-token").status == 403)
            #expect(await client.request("GET", "/api/v1/incidents/1", token: "wang-token").status == 403)
            let other = await client.request(
                "POST", "/api/v1/incidents/1/acknowledge", token: "wang-token", body: #"{"responder":"li"}"#)
            #expect(other.status == 403)
        }
        #expect(gateway.now.commands.isEmpty)
    }

    @Test(arguments: [
        (CommandAnswer.Refusal.unknownIncident, 404), (.alreadyClosed, 409), (.takenByAnother, 409),
        (.notTakenOver, 409), (.unknownResponder, 422), (.unavailable, 503),
    ])
    func `a refusal has its status and its word`(refusal: CommandAnswer.Refusal, status: Int) async throws {
        let gateway = FakeGateway()
        gateway.set { $0.answer = .refused(refusal) }
        try await RunningInterface.with(gateway) { client in
            let answer = await client.request(
                "POST", "/api/v1/incidents/12/acknowledge", token: "wang-token")
            #expect(answer.status == status)
            #expect(answer.headers["content-type"] == "application/problem+json")
            #expect(answer.json["status"] as? Int == status)
            #expect(answer.json["reason"] as? String == (status == 503 ? nil : refusal.rawValue))
            #expect(answer.json["field"] as? String == (refusal == .unknownResponder ? "to" : nil))
        }
    }

    @Test func `a command not committed in time is 503, and above commandLimit nothing waits`() async throws {
        let gateway = FakeGateway()
        gateway.set { $0.hangs = true }
        var limits = RunningInterface.patientLimits()
        limits.commandLimit = 2
        limits.answerPatience = .milliseconds(100)
        try await RunningInterface.with(gateway, limits: limits) { client in
            for _ in 0..<3 {
                let answer = await client.request(
                    "POST", "/api/v1/incidents/12/acknowledge", token: "wang-token")
                #expect(answer.status == 503)
            }
            try await RunningInterface.eventually { gateway.now.commands.count >= 2 }
            #expect(gateway.now.commands.count == 2)
        }
    }

    @Test func `a wrong token is 401 and names the scheme`() async throws {
        let gateway = FakeGateway()
        try await RunningInterface.with(gateway) { client in
            for headers in [
                [], ["Authorization: Bearer wrong"], ["Authorization: Basic d2FuZzp3YW5n"],
                ["Authorization: Bearer"], ["Authorization: Bearer \(token)x"],
                ["Authorization: Bearer \(token.dropLast())"],
                ["Authorization: Bearer " + String(repeating: "x", count: 600)],
            ] {
                let answer = await client.request("GET", "/api/v1/incidents", headers: headers)
                #expect(answer.status == 401)
                #expect(answer.headers["www-authenticate"]?.hasPrefix("Bearer realm=") == true)
            }
        }
    }

    @Test func `above failureLimit unknown tokens are refused unseen and known ones are not`() async throws {
        let gateway = FakeGateway()
        var limits = RunningInterface.patientLimits()
        limits.failureLimit = 3
        try await RunningInterface.with(gateway, limits: limits) { client in
            func status(_ token: String) async -> Int {
                await client.request("POST", "/api/v1/incidents/1/on-scene", token: token).status
            }
            #expect(await status("wang-token") == 200)
            for _ in 0..<3 { #expect(await status("guess") == 401) }
            let checks = gateway.now.tokenChecks
            for _ in 0..<3 { #expect(await status("guess") == 429) }
            #expect(await status("li-token") == 429)
            #expect(gateway.now.tokenChecks == checks)
            #expect(await status("wang-token") == 200)
            #expect(await client.request("GET", "/api/v1/incidents", token: token).status == 200)
        }
    }
}
