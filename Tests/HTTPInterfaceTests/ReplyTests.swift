import Testing

@testable import HTTPInterface

@Suite(.serialized, .timeLimit(.minutes(10))) struct ReplyTests {
    private static let replies = "/api/v1/replies"

    private static func request(_ client: RawClient, _ body: String) async -> RawClient.Answer {
        await client.request("POST", replies, token: RunningInterface.apiToken, body: body)
    }

    @Test func `a reply is handed on, and its words go back`() async throws {
        let record = FakeRecord()
        let setup = RunningInterface.Setup(
            record: record, reply: { $0 == "13800000001" ? "took \($1)" : nil })
        try await RunningInterface.with(FakeGateway(), setup: setup) { client in
            let known = await Self.request(client, #"{"from":"13800000001","text":"1 0042"}"#)
            #expect(known.status == 200 && known.body == "took 1 0042")
            #expect(known.headers["content-type"] == "text/plain; charset=utf-8")
            let lines = await Self.request(client, #"{"from":"13800000001","text":"1\t\r\n0042"}"#)
            #expect(lines.status == 200)
            let stranger = await Self.request(client, #"{"from":"13800000002","text":"1 0042"}"#)
            #expect(stranger.status == 204 && stranger.body.isEmpty)
        }
        #expect(
            record.outcomes == [
                "token:api reply.take  answered", "token:api reply.take  answered",
                "token:api reply.take  nobody",
            ])
    }

    @Test func `a reply that is none is refused before anybody looks at it`() async throws {
        let setup = RunningInterface.Setup(reply: { _, _ in "never" })
        let limit = HTTPLimits().replyByteLimit
        let long = String(repeating: "1", count: limit + 1)
        try await RunningInterface.with(FakeGateway(), setup: setup) { client in
            for body in ["{}", #"{"from":"","text":"1 0042"}"#, "{\"from\":\"1\",\"text\":\"\(long)\"}"] {
                #expect(await Self.request(client, body).status == 422)
            }
            #expect(await Self.request(client, "{").status == 400)
        }
    }

    @Test func `a gateway that cannot take replies says so, and one that hangs too`() async throws {
        let body = #"{"from":"13800000001","text":"1 0042"}"#
        try await RunningInterface.with(FakeGateway()) { client in
            #expect(await Self.request(client, body).status == 503)
        }
        let (words, hand) = AsyncStream<String>.makeStream()
        defer { hand.finish() }
        let hanging = RunningInterface.Setup(reply: { _, _ in await words.first { _ in true } })
        let limits = RunningInterface.limits { $0.answerPatience = .milliseconds(20) }
        try await RunningInterface.with(FakeGateway(), limits: limits, setup: hanging) { client in
            #expect(await Self.request(client, body).status == 503)
        }
    }
}
