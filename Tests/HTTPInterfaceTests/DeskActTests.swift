import Foundation
import GatewayPorts
import SafetyModel
import Testing

@testable import HTTPInterface

@Suite(.serialized, .timeLimit(.minutes(10))) struct DeskActTests {
    @Test(
        arguments: [
            (
                "POST", "/api/v1/incidents", #"{"home":"h1","kind":"sos","note":"she rang"}"#,
                DeskCommand.Act.openIncident(kind: .sos, note: "she rang"), DeskAnswer.opened(incident: 9),
                201
            ),
            (
                "POST", "/api/v1/homes/h1/shelves",
                #"{"alarmKind":"doorOpen","minutes":30,"reason":"painters"}"#,
                .shelve(kind: .doorOpen, duration: .seconds(1_800), reason: "painters"),
                .inForce(until: WallTime(milliseconds: 0)), 201
            ),
            ("DELETE", "/api/v1/homes/h1/shelves/doorOpen", "", .unshelve(kind: .doorOpen), .ended, 204),
            (
                "POST", "/api/v1/homes/h1/walk-test", #"{"minutes":10}"#,
                .startWalkTest(duration: .seconds(600)), .inForce(until: WallTime(milliseconds: 0)), 201
            ),
            ("DELETE", "/api/v1/homes/h1/walk-test", "", .endWalkTest, .ended, 204),
            (
                "POST", "/api/v1/homes/h1/shelves", #"{"alarmKind":"fire","minutes":30,"reason":"x"}"#,
                .shelve(kind: .fire, duration: .seconds(1_800), reason: "x"), .refused(.neverShelved), 403
            ),
            (
                "POST", "/api/v1/incidents", #"{"home":"h1","kind":"x"}"#,
                .openIncident(kind: AlarmKind("x"), note: ""), .refused(.unknownHome), 404
            ),
        ] as [(String, String, String, DeskCommand.Act, DeskAnswer, Int)])
    func `an act on a home goes to the desk and into the audit`(
        method: String, path: String, body: String, act: DeskCommand.Act, answer: DeskAnswer, status: Int
    ) async throws {
        let gateway = FakeGateway()
        gateway.set { $0.deskAnswer = answer }
        let record = FakeRecord()
        try await RunningInterface.with(gateway, setup: .init(record: record)) { client in
            let boss = try #require(await Browser.signIn("boss", client))
            let found = await boss.request(method, path, body: body.isEmpty ? nil : body)
            #expect(found.status == status)
        }
        #expect(
            gateway.now.deskCommands == [DeskCommand(home: "h1", by: "boss", act: act, origin: "http")])
        #expect(record.now.acts.last?.subject == "home:h1")
        #expect((record.now.acts.last?.outcome == "done") == (status < 300))
    }

    @Test(arguments: ["h1\\n18  2026-01-01T00:00:00.000Z  user:boss", "h1\\u001b[2J"])
    func `a home's name with control characters is refused and makes no line of the audit`(
        home: String
    ) async throws {
        let gateway = FakeGateway()
        let record = FakeRecord()
        try await RunningInterface.with(gateway, setup: .init(record: record)) { client in
            let boss = try #require(await Browser.signIn("boss", client))
            let body = #"{"home":"\#(home)","kind":"sos","note":"x"}"#
            #expect(await boss.request("POST", "/api/v1/incidents", body: body).status == 422)
        }
        #expect(gateway.now.deskCommands.isEmpty)
        #expect(record.now.acts.last?.subject == "home:")
    }

    @Test(arguments: [
        ("/api/v1/incidents", "{}"), ("/api/v1/incidents", #"{"home":"h1"}"#),
        ("/api/v1/homes/h1/shelves", #"{"alarmKind":"doorOpen","minutes":721,"reason":"x"}"#),
        ("/api/v1/homes/h1/shelves", #"{"alarmKind":"doorOpen","minutes":5,"reason":" "}"#),
        ("/api/v1/homes/h1/walk-test", #"{"minutes":0}"#), ("/api/v1/homes/h1/walk-test", "{}"),
        ("/api/v1/homes/h1/visits", #"{"way":"fly","result":"well"}"#),
        ("/api/v1/homes/h1/visits", #"{"way":"door","result":"atIncident"}"#),
        ("/api/v1/notes", #"{"text":""}"#), ("/api/v1/notes", "{\"text\":\"a\\u0000b\"}"),
    ])
    func `a body that says too little or too much reaches nobody`(path: String, body: String) async throws {
        let gateway = FakeGateway()
        let record = FakeRecord()
        try await RunningInterface.with(gateway, setup: .init(record: record)) { client in
            let boss = try #require(await Browser.signIn("boss", client))
            #expect(await boss.request("POST", path, body: body).status == 422)
        }
        #expect(gateway.now.deskCommands.isEmpty && gateway.now.visits.isEmpty && record.now.notes.isEmpty)
    }

    @Test func `a visit stands under the responder of whoever records it`() async throws {
        let gateway = FakeGateway()
        try await RunningInterface.with(gateway) { client in
            let zhang = try #require(await Browser.signIn("zhang", client))
            let body = #"{"way":"phone","result":"well","note":"cheerful"}"#
            #expect(await zhang.request("POST", "/api/v1/homes/3%2F2/visits", body: body).status == 201)
        }
        #expect(
            gateway.now.visits == [
                VisitRecord(
                    home: "3/2", by: "centre-1", way: .phone, result: .well, origin: "http",
                    reference: "cheerful")
            ])
    }

    @Test func `notes and duty checks are kept, shown and answered`() async throws {
        let record = FakeRecord()
        try await RunningInterface.with(FakeGateway(), setup: .init(record: record)) { client in
            let zhang = try #require(await Browser.signIn("zhang", client))
            let boss = try #require(await Browser.signIn("boss", client))
            let note = await zhang.request("POST", "/api/v1/notes", body: #"{"text":"keys at\ndesk"}"#)
            #expect(note.status == 201)
            #expect(note.json["text"] as? String == "keys at\ndesk")
            let long = String(repeating: "x", count: DeskLimits.noteLimit + 1)
            #expect(
                await zhang.request("POST", "/api/v1/notes", body: "{\"text\":\"\(long)\"}").status == 422)
            #expect(await boss.request("POST", "/api/v1/duty-checks").json["state"] as? String == "open")
            let answered = await zhang.request("POST", "/api/v1/duty-checks/1/answer")
            #expect(answered.json["state"] as? String == "answered")
            #expect(answered.json["answeredBy"] as? String == "zhang")
            #expect(await zhang.request("POST", "/api/v1/duty-checks/2/answer").status == 404)
            let notes = await zhang.request("GET", "/api/v1/notes").json["notes"] as? [[String: Any]]
            #expect(notes?.count == 1)
            let audit = await boss.request("GET", "/api/v1/audit?limit=2")
            #expect(
                (audit.json["entries"] as? [[String: Any]])?.map { $0["act"] as? String } == [
                    "duty.answer", "duty.ask",
                ])
            #expect(audit.json["next"] as? String == "4")
        }
    }

    @Test func `a duty check that nobody answers in time is missed, also when somebody answers later`() {
        let time = { WallTime(milliseconds: $0) }
        var check = DutyCheck(number: 1, askedAt: time(0), by: "boss", answerBy: time(120_000))
        #expect(check.state(at: time(120_000)) == .open)
        #expect(check.state(at: time(120_001)) == .missed)
        check.answeredAt = time(120_000)
        #expect(check.state(at: time(500_000)) == .answered)
        check.answeredAt = time(120_001)
        #expect(check.state(at: time(500_000)) == .missed)
    }

    @Test(arguments: [
        ("/api/v1/homes?search=138&limit=5", 200), ("/api/v1/homes?limit=1001", 422),
        ("/api/v1/homes?after=%FF", 422), ("/api/v1/homes/h1", 200), ("/api/v1/homes/h2", 404),
        ("/api/v1/homes/%00", 404), ("/api/v1/devices?state=trouble", 200),
        ("/api/v1/devices?state=x", 422), ("/api/v1/responders", 200), ("/api/v1/responders?x=1", 422),
        ("/api/v1/visits?state=overdue", 200), ("/api/v1/visits?state=none", 422),
        ("/api/v1/reports/answer-times?from=2026-01-01&to=2026-02-01T00:00:00.000Z", 200),
        ("/api/v1/reports/visits?format=csv", 200), ("/api/v1/reports/other", 404),
        ("/api/v1/reports/visits?from=2026-02-01&to=2026-01-01", 422),
        ("/api/v1/reports/visits?from=2020-02-01&to=2026-01-01", 422),
        ("/api/v1/reports/visits?from=yesterday", 422), ("/api/v1/incidents?from=2026-01-01&urgency=x", 200),
        ("/api/v1/incidents?state=gone", 422), ("/api/v1/audit?before=0", 422), ("/api/v1/nothing", 404),
        ("/api/v1/health", 200),
    ])
    func `what is asked is checked before it is looked up`(path: String, status: Int) async throws {
        let gateway = FakeGateway()
        gateway.set { $0.homes["h1"] = #"{"id":"h1"}"# }
        try await RunningInterface.with(gateway, setup: .init(record: FakeRecord())) { client in
            let boss = try #require(await Browser.signIn("boss", client))
            #expect(await boss.request("GET", path).status == status)
        }
    }

    @Test func `above pageLimit no page is longer`() {
        #expect(BoardReader.pageLimit == Int64(DocumentPage.pageLimit))
        #expect(BoardReader.pageLimit == Int64(DeskLimits.pageLimit))
    }

    @Test func `above auditedRefusalLimit refusals are counted and kept no more`() async {
        var limits = HTTPLimits()
        limits.auditedRefusalLimit = 2
        let record = FakeRecord()
        let audit = AuditWriter(
            record: record, now: { WallTime(milliseconds: 0) }, logger: RunningInterface.silent,
            limits: limits)
        for _ in 0..<3 { await audit.writeRefused("act", by: "-", from: "a", outcome: "role") }
        #expect(audit.refused == 3)
        #expect(record.now.acts.count == 2)
    }

    @Test func `above auditQueueLimit an entry is lost and counted, and nobody waits`() async {
        var limits = HTTPLimits()
        limits.auditQueueLimit = 0
        let record = FakeRecord()
        let audit = AuditWriter(
            record: record, now: { WallTime(milliseconds: 0) }, logger: RunningInterface.silent,
            limits: limits)
        await audit.write("act", on: "", by: "-", from: "a", outcome: "done")
        #expect(audit.lost == 1)
        #expect(record.now.acts.isEmpty)
    }
}
