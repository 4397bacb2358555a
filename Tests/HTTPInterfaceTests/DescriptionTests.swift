import Escalation
import Foundation
import GatewayPorts
import HTTPTypes
import SafetyCore
import SafetyModel
import Testing

@testable import HTTPInterface

/// The API's description held against what the real gateway sends.
@Suite(.serialized, .timeLimit(.minutes(10))) struct DescriptionTests {
    private static let site: [String: String] = [
        "anju.yaml": """
        gateway: g1
        language: en
        time_zone: Asia/Shanghai
        mqtt: {host: 127.0.0.1}
        http: {port: 8080}
        """,
        "homes/homes.yaml": """
        homes:
          - home: h1
            name: 3-2-501
            resident: {name: Li, telephone: "13900000009", conditions: [dementia]}
            address: Third road 5
            area: north
            building: "3"
            unit: "2"
            floor: 5
            key_holder: wang
            hazards: [oxygen cylinder]
            contacts: {neighbour: wang}
            visits: daily
            devices:
              - {device: bridge, profile: zigbee2mqtt/bridge, place: hall}
              - {device: smoke, profile: zigbee2mqtt/smoke, place: kitchen}
              - {device: sos, profile: zigbee2mqtt/sos}
              - {device: leak, profile: zigbee2mqtt/leak, place: bathroom}
          - home: h2
            resident: Zhao
            key_holder: porter's lodge
            devices: [{device: sos, profile: zigbee2mqtt/sos}]
          - home: h3
            resident: {name: Qian, telephone: "13900000008"}
            devices: [{device: sos, profile: zigbee2mqtt/sos}]
        """,
        "responders.yaml": """
        responders:
          - {responder: centre-1, role: centre}
          - {responder: station-1, role: station, areas: [north]}
          - {responder: wang, name: Wang, role: neighbour}
          - {responder: tech-1, role: technician}
        rosters:
          - roster: night
            shifts: [{shift: all, during: 00:00-24:00, people: [station-1]}]
            otherwise: [station-1]
        """,
        "plans/plans.yaml": """
        plans:
          - plan: all
            for: {urgency: [lifeSafety, urgent, routine]}
            verify: {by: centre, within: 60 s, before: inactivity}
            steps: [{notify: [centre, station], seen_within: 60 s}]
          - plan: tech
            for: {urgency: [technical]}
            steps: [{notify: [technician], seen_within: 4 h}]
        """,
        "rules/rules.yaml": """
        rules:
          - rule: leak
            when: waterLeak
            alarm: waterLeak
            urgency: urgent
            messages: {en: "{home}: water in the {place}", zh: "{home}：{place}漏水"}
        """,
    ]

    /// Described, and not brought about here: what only thousands of entries or a late start make.
    private static let rare: Set<String> = [
        "Incident.droppedEntries", "Incident.alarms[].lateBySeconds",
    ]

    /// One request and its answer, by the path of the description.
    private struct Exchange {
        var method: String
        var path: String
        var answer: RawClient.Answer
    }

    /// Every endpoint is asked, with everything in the homes that can be in them.
    @Test func `everything that is sent is described, and everything described is sent`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let gateway = try RealGateway(Self.site, in: folder)
        var setup = RunningInterface.Setup(record: gateway.record, keys: FakeKeys())
        setup.clock = { gateway.wall }
        setup.reply = { _, _ in "thank you" }
        let doors = setup.doors(desk: gateway, board: gateway.board)
        var description: APIDescription?
        var exchanges: [Exchange] = []
        try await RunningInterface.serve(doors, setup: setup) { client in
            let answer = await client.request("GET", "/api/v1/openapi.json")
            description = APIDescription(
                root: try JSONDecoder().decode(JSONValue.self, from: Data(answer.body.utf8)))
            exchanges = try await Self.story(client, gateway)
        }
        gateway.close()
        let judge = try #require(description)
        var found = APIDescription.Verdict()
        for exchange in exchanges {
            found.add(judge.verdict(on: exchange.answer, to: exchange.method, exchange.path))
        }
        #expect(Set(found.faults).sorted() == [])
        let asked = Set(exchanges.map { "\($0.method) \($0.path)" })
        // The stream is no document; its events are those of the lists.
        let all = Set(Endpoint.all.map { "\($0.method.rawValue) \($0.path)" }).subtracting([
            "GET /api/v1/events", "POST /a/{token}",
        ])
        #expect(all.subtracting(asked).sorted() == [])
        #expect(judge.properties.subtracting(found.seen).subtracting(Self.rare).sorted() == [])
    }

    @Test func `a property that is not described is found, and one that is missing too`() throws {
        let text =
            #"{"components":{"schemas":{"A":{"type":"object","properties":{"a":{"type":"integer"}},"#
            + #""required":["a"]}}}}"#
        let judge = APIDescription(root: try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)))
        for (sent, fault) in [
            (#"{"a":1,"b":2}"#, "A.b is sent and not described"), ("{}", "A.a is required and not sent"),
            (#"{"a":true}"#, "A.a is no integer: flag(true)"),
        ] {
            let value = try JSONDecoder().decode(JSONValue.self, from: Data(sent.utf8))
            #expect(judge.verdict(on: value, schemaNamed: "A").faults == [fault])
        }
        let good = try JSONDecoder().decode(JSONValue.self, from: Data(#"{"a":1}"#.utf8))
        #expect(judge.verdict(on: good, schemaNamed: "A").faults == [])
    }

    /// A day in few requests: alarms, people who answer, a walk test, shelving, visits, notes, checks.
    private static func story(_ client: RawClient, _ gateway: RealGateway) async throws -> [Exchange] {
        let boss = try #require(await Browser.signIn("boss", client))
        let zhang = try #require(await Browser.signIn("zhang", client))
        var exchanges: [Exchange] = []
        func ask(
            _ browser: Browser, _ method: String, _ path: String, _ template: String, _ body: String? = nil
        ) async {
            let answer = await browser.request(method, path, body: body)
            exchanges.append(Exchange(method: method, path: template, answer: answer))
        }
        func look(_ path: String, _ template: String) async {
            await ask(boss, "GET", "/api/v1/" + path, "/api/v1/" + template)
        }
        func act(_ word: String, on number: Int, _ body: String) async {
            await ask(
                zhang, "POST", "/api/v1/incidents/\(number)/\(word)", "/api/v1/incidents/{id}/\(word)", body)
        }
        // Before anything is heard: nobody is blind to why.
        await look("health", "health")
        await look("devices?state=neverHeard", "devices")
        gateway.submit([.link(isUp: true), .caughtUp])
        try gateway.say("h1", "smoke", [(.smoke, .flag(true)), (.battery, .number(80))])
        try gateway.say("h1", "leak", [(.waterLeak, .flag(true))])
        await look("incidents", "incidents")
        await act("acknowledge", on: 1, "{}")
        await act("hand-over", on: 1, #"{"to":"station-1"}"#)
        await look("incidents/1", "incidents/{id}")
        await act("on-scene", on: 1, "{}")
        await act("need-help", on: 1, "{}")
        await act("note", on: 1, #"{"text":"key under the mat"}"#)
        try gateway.say("h1", "smoke", [(.smoke, .flag(false))])
        await act("close", on: 1, #"{"disposition":"falseAlarm","note":"toast"}"#)
        await act("close", on: 999, #"{"disposition":"real"}"#)
        let home = "/api/v1/homes/{home}"
        await ask(
            zhang, "POST", "/api/v1/homes/h1/visits", home + "/visits", #"{"way":"door","result":"well"}"#)
        let shelf = #"{"alarmKind":"waterLeak","minutes":60,"reason":"plumber"}"#
        await ask(boss, "POST", "/api/v1/homes/h1/shelves", home + "/shelves", shelf)
        await ask(boss, "POST", "/api/v1/homes/h1/walk-test", home + "/walk-test", #"{"minutes":10}"#)
        try gateway.say("h1", "smoke", [(.test, .flag(true))])
        await look("homes/h1", "homes/{home}")
        await ask(boss, "DELETE", "/api/v1/homes/h1/walk-test", home + "/walk-test")
        await ask(boss, "DELETE", "/api/v1/homes/h1/shelves/waterLeak", home + "/shelves/{kind}")
        await look("homes/h1", "homes/{home}")
        await look("homes/h2", "homes/{home}")
        await look("homes/nowhere", "homes/{home}")
        await ask(
            zhang, "POST", "/api/v1/incidents", "/api/v1/incidents",
            #"{"home":"h3","kind":"inactivity","note":"curtains are drawn"}"#)
        await look("incidents?home=h3", "incidents")
        exchanges += await rest(client, boss, zhang)
        return exchanges
    }

    private static func rest(_ client: RawClient, _ boss: Browser, _ zhang: Browser) async -> [Exchange] {
        var exchanges: [Exchange] = []
        func ask(
            _ browser: Browser, _ method: String, _ path: String, _ template: String? = nil,
            _ body: String? = nil
        ) async {
            let answer = await browser.request(method, path, body: body)
            exchanges.append(Exchange(method: method, path: template ?? path, answer: answer))
        }
        await ask(zhang, "POST", "/api/v1/notes", nil, #"{"text":"quiet night"}"#)
        await ask(boss, "POST", "/api/v1/duty-checks")
        await ask(zhang, "GET", "/api/v1/duty-checks")
        await ask(zhang, "POST", "/api/v1/duty-checks/1/answer", "/api/v1/duty-checks/{id}/answer")
        for path in ["notes", "duty-checks", "audit", "homes", "devices", "responders", "visits", "health"] {
            await ask(boss, "GET", "/api/v1/" + path)
        }
        for report in ReportKind.allCases {
            for format in ["json", "csv"] {
                await ask(
                    boss, "GET", "/api/v1/reports/\(report.rawValue)?format=\(format)",
                    "/api/v1/reports/{report}")
            }
        }
        for path in ["/healthz", "/metrics", "/api/v1/openapi.json"] { await ask(boss, "GET", path) }
        await ask(boss, "GET", "/a/1.o.wang", "/a/{token}")
        let reply = await client.request(
            "POST", "/api/v1/replies", token: RunningInterface.apiToken,
            body: #"{"from":"13800000000","text":"1"}"#)
        exchanges.append(Exchange(method: "POST", path: "/api/v1/replies", answer: reply))
        let ghost = await client.request(
            "POST", "/api/v1/incidents/2/acknowledge", token: RunningInterface.apiToken,
            body: #"{"responder":"ghost"}"#)
        exchanges.append(
            Exchange(method: "POST", path: "/api/v1/incidents/{id}/acknowledge", answer: ghost))
        let signIn = await client.request(
            "POST", "/api/v1/session", body: #"{"user":"zhang","password":"right"}"#)
        exchanges.append(Exchange(method: "POST", path: "/api/v1/session", answer: signIn))
        await ask(zhang, "GET", "/api/v1/session")
        await ask(zhang, "DELETE", "/api/v1/session")
        return exchanges
    }
}
