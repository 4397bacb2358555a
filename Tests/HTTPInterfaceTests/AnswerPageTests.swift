import Escalation
import Foundation
import GatewayPorts
import SafetyModel
import Testing

@testable import HTTPInterface

@Suite(.serialized, .timeLimit(.minutes(10))) struct AnswerPageTests {
    private static let now = WallTime(milliseconds: 1_790_000_000_000)

    private static func incident(
        phase: String = "calling", answeredBy: String? = nil, closedAt: Int64? = nil, title: String = "Fire",
        events: [String] = ["helpRequested li"], offeredTo: String? = nil
    ) -> String {
        func quoted(_ text: String?) -> String { text.map { "\"\($0)\"" } ?? "null" }
        let closed = closedAt.map { WallTime(milliseconds: now.milliseconds - $0).rfc3339 }
        let entries = events.map { event in
            let parts = event.split(separator: " ")
            return #"{"at":"2026-09-21T14:10:00.000Z","event":"\#(parts[0])","responder":"\#(parts[1])"}"#
        }
        return #"""
            {"id":7,"revision":2,"title":"\#(title)","phase":"\#(phase)","urgency":"lifeSafety","kind":"fire",
            "home":{"id":"h1","name":"3-2-501","address":"3 Elm & Oak"},"openedAt":"2026-09-21T14:10:00.000Z",
            "answeredBy":\#(quoted(answeredBy)),"closedAt":\#(quoted(closed)),"disposition":null,
            "alarms":[{"message":"Smoke in the kitchen"}],
            "handingOverTo":\#(quoted(offeredTo)),"timeline":[\#(entries.joined(separator: ","))]}
            """#
    }

    private func with(
        _ document: String, language: String = "en", limits: HTTPLimits = RunningInterface.patientLimits(),
        record: FakeRecord = FakeRecord(), body: (RawClient, FakeGateway) async throws -> Void
    ) async throws {
        let gateway = FakeGateway()
        gateway.set { state in
            state.incidents[7] = document
            state.homes["h1"] =
                #"{"residents":[{"name":"Mrs <Li>","telephone":"+86 010-555","conditions":["deaf","asthma"]}]}"#
            state.responders = [#"{"id":"li","name":"Li Ming"}"#]
        }
        let setup = RunningInterface.Setup(
            record: record, keys: FakeKeys(), language: language, now: Self.now)
        try await RunningInterface.with(gateway, limits: limits, setup: setup) { try await body($0, gateway) }
    }

    /// The word of the page's first form.
    private static func nonce(_ page: RawClient.Answer) -> String {
        let parts = page.body.components(separatedBy: "name=\"nonce\" value=\"")
        return parts.count > 1 ? String(parts[1].prefix { $0 != "\"" }) : ""
    }

    private static func press(_ client: RawClient, _ form: String, link: String = "7.7-1.wang") async
        -> RawClient.Answer
    {
        await client.request(
            "POST", "/a/\(link)", headers: ["Content-Type: application/x-www-form-urlencoded"], body: form)
    }

    @Test func `the page says what happened where, and looking at it acts on nothing`() async throws {
        try await with(Self.incident()) { client, gateway in
            for method in ["GET", "HEAD", "GET"] {
                let page = await client.request(method, "/a/7.7-1.wang")
                #expect(page.status == 200)
                guard method == "GET" else { continue }
                for text in [
                    "Fire", "Smoke in the kitchen", "3-2-501", "3 Elm &amp; Oak", "Mrs &lt;Li&gt;",
                    "hard of hearing, asthma",
                    "href=\"tel:+86010555\"", "Li Ming asks for help", "I&#39;ll go",
                    "Nobody has taken it over",
                ] {
                    #expect(page.body.contains(text), "\(text)")
                }
                #expect(!page.body.contains("<script") && !page.body.contains("<Li>"))
                #expect(page.headers["content-security-policy"]?.contains("default-src 'none'") == true)
                #expect(page.headers["cache-control"] == "no-store")
                #expect(page.headers["referrer-policy"] == "no-referrer")
            }
            #expect(gateway.now.commands.isEmpty)
        }
    }

    @Test func `in Chinese by default, in English when asked`() async throws {
        try await with(Self.incident(), language: "zh-Hans") { client, _ in
            #expect(await client.request("GET", "/a/7.7-1.wang").body.contains("我去处理"))
            #expect(await client.request("GET", "/a/7.7-1.wang").body.contains("听力障碍、asthma"))
            #expect(await client.request("GET", "/a/7.7-1.wang?lang=en").body.contains("I&#39;ll go"))
            #expect(await client.request("GET", "/a/7.7-1.wang?lang=xx").body.contains("我去处理"))
        }
    }

    @Test func `a button acts once, under the responder's name, and stands in the audit`() async throws {
        let record = FakeRecord()
        try await with(Self.incident(), record: record) { client, gateway in
            let nonce = Self.nonce(await client.request("GET", "/a/7.7-1.wang"))
            #expect(!nonce.isEmpty)
            let done = await Self.press(client, "act=acknowledge&nonce=\(nonce)")
            #expect(done.status == 303)
            let again = await Self.press(client, "act=acknowledge&nonce=\(nonce)")
            #expect(again.status == 409)
            #expect(again.body.contains("press again"))
            let other = await Self.press(
                client, "act=need-help&nonce=\(Self.nonce(again))", link: "7.7-2.li")
            #expect(other.status == 409)
            #expect(
                gateway.now.commands == [
                    PersonCommand(
                        incident: IncidentID(7), responder: "wang", act: .acknowledge, origin: "link",
                        reference: "7-1")
                ])
        }
        #expect(record.outcomes == ["link:wang incident.acknowledge incident:7 done"])
    }

    @Test(arguments: ["act=burn&nonce=x", "nonce=x", "act=close&nonce=x", "act=acknowledge", "x=y"])
    func `a form that the page does not have acts on nothing`(form: String) async throws {
        try await with(Self.incident()) { client, gateway in
            let answer = await Self.press(client, form)
            #expect(answer.status == 422 || answer.status == 409)
            let foreign = await client.request(
                "POST", "/a/7.7-1.wang",
                headers: ["Content-Type: application/x-www-form-urlencoded", "Origin: http://evil.example"],
                body: "act=acknowledge&nonce=\(Self.nonce(await client.request("GET", "/a/7.7-1.wang")))")
            #expect(foreign.status == 403)
            #expect(gateway.now.commands.isEmpty)
        }
    }

    @Test(
        arguments: [
            ("calling", nil, ["I'll go", "I am there"]),
            ("acknowledged", "wang", ["I am there", "I need help"]),
            (
                "onScene", "wang",
                ["I need help", "Done: it was real", "Done: false alarm", "Done: met nobody"]
            ),
            ("closed", "wang", []), ("closed", "li", []),
        ] as [(String, String?, [String])])
    func `the buttons fit how the incident stands`(
        phase: String, answeredBy: String?, buttons: [String]
    ) async throws {
        let closed: Int64? = phase == "closed" ? 60_000 : nil
        let document = Self.incident(phase: phase, answeredBy: answeredBy, closedAt: closed)
        try await with(document) { client, _ in
            let page = await client.request("GET", "/a/7.7-1.wang")
            let shown = page.body.components(separatedBy: "<button").dropFirst().map { part in
                String(part.drop { $0 != ">" }.dropFirst().prefix { $0 != "<" })
                    .replacingOccurrences(of: "&#39;", with: "'")
            }
            #expect(shown == buttons)
        }
    }

    @Test(
        arguments: [
            (["opened li"], nil, false), (["helpRequested li"], nil, true),
            (["helpRequested wang"], nil, false), (["helpRequested li", "onScene li"], nil, true),
            (["helpRequested li", "acknowledged zhao"], nil, false),
            (["helpRequested li", "acknowledgementStale li"], nil, false),
            (["acknowledged zhao", "helpRequested li"], nil, true),
            (["opened li"], "wang", true), (["opened li"], "zhao", false),
        ] as [([String], String?, Bool)])
    func `whoever is asked for help, or offered the incident, can answer while it is another's`(
        events: [String], offeredTo: String?, isAsked: Bool
    ) async throws {
        for phase in ["acknowledged", "onScene"] {
            let document = Self.incident(phase: phase, answeredBy: "li", events: events, offeredTo: offeredTo)
            try await with(document) { client, gateway in
                let page = await client.request("GET", "/a/7.7-1.wang")
                #expect(page.body.contains("value=\"acknowledge\"") == isAsked)
                #expect(page.body.contains("value=\"on-scene\"") == isAsked)
                guard isAsked else { return }
                let pressed = await Self.press(client, "act=acknowledge&nonce=\(Self.nonce(page))")
                #expect(pressed.status == 303)
                #expect(gateway.now.commands.map(\.act) == [.acknowledge])
            }
        }
    }

    @Test func `an hour after the closing the link looks like a wrong one`() async throws {
        try await with(Self.incident(phase: "closed", closedAt: 3_599_000)) { client, _ in
            #expect(await client.request("GET", "/a/7.7-1.wang").status == 200)
        }
        try await with(Self.incident(phase: "closed", closedAt: 3_601_000)) { client, gateway in
            let over = await client.request("GET", "/a/7.7-1.wang")
            let wrong = await client.request("GET", "/a/nonsense")
            let unknown = await client.request("GET", "/a/8.8-1.wang")
            let mangled = await client.request("GET", "/a/%FF%00%2F")
            #expect(over.status == 404)
            #expect(over.body == wrong.body && over.body == unknown.body && over.body == mangled.body)
            #expect(await Self.press(client, "act=acknowledge&nonce=x").status == 404)
            #expect(gateway.now.commands.isEmpty)
        }
    }

    @Test func `a refused act shows how the incident stands`() async throws {
        try await with(Self.incident()) { client, gateway in
            gateway.set { $0.answer = .refused(.takenByAnother) }
            let nonce = Self.nonce(await client.request("GET", "/a/7.7-1.wang"))
            let refused = await Self.press(client, "act=acknowledge&nonce=\(nonce)")
            #expect(refused.status == 409)
            #expect(refused.body.contains("Nothing was changed"))
        }
    }

    @Test func `above wrongLinkLimit an address waits, but not a right link; that above answerPageLimit`()
        async throws
    {
        let few = RunningInterface.limits { $0.wrongLinkLimit = 2 }
        try await with(Self.incident(), limits: few) { client, _ in
            #expect(await client.request("GET", "/a/x").status == 404)
            #expect(await client.request("GET", "/a/7.7-1.wang").status == 200)
            #expect(await client.request("GET", "/a/y").status == 404)
            #expect(await client.request("GET", "/a/z").status == 429)
            let page = await client.request("GET", "/a/7.7-1.wang")
            #expect(page.status == 200)
            let form = "act=acknowledge&nonce=\(Self.nonce(page))"
            #expect(await Self.press(client, form).status == 303)
        }
        let pages = RunningInterface.limits { $0.answerPageLimit = 2 }
        try await with(Self.incident(), limits: pages) { client, _ in
            for status in [200, 200, 429] {
                #expect(await client.request("GET", "/a/7.7-1.wang").status == status)
            }
            #expect(await client.request("GET", "/a/7.7-2.li").status == 200)
        }
    }

    @Test func `above nonceLimit the oldest pages must be shown anew`() {
        let nonces = Nonces(limit: 8)
        let words = (0..<9).map { _ in nonces.issue(for: "link") }
        #expect(
            words.map { nonces.use($0, for: "link") } == [false, false] + Array(repeating: true, count: 7))
        #expect(!nonces.use(words[8], for: "link"))
        let other = nonces.issue(for: "link")
        #expect(!nonces.use(other, for: "another"))
    }
}
