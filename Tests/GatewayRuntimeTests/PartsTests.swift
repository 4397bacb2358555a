import Escalation
import Foundation
import GatewayPorts
import SafetyCore
import SafetyModel
import Testing

@testable import GatewayEngine
@testable import GatewayRuntime

@Suite struct ResponderTokenTests {
    private func tokens(_ text: String) throws -> ResponderTokens {
        let folder = try TestFolder()
        let path = folder.path + "/tokens"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        do {
            return try ResponderTokens(file: path)
        } catch {
            throw TokenFileError(text: error.text.replacingOccurrences(of: path, with: "tokens"))
        }
    }

    @Test(arguments: [
        "nina 0123456789abcdef\nomar fedcba9876543210",
        "# who may act\n\n  # also a comment\n\tnina   0123456789abcdef  \n\nomar fedcba9876543210\n",
        "nina 0123456789abcdef\r\nomar fedcba9876543210\r\n",
    ])
    func `a file of lines names who holds what`(_ text: String) throws {
        let tokens = try tokens(text)
        #expect(tokens.responder(withToken: "0123456789abcdef") == "nina")
        #expect(tokens.responder(withToken: "fedcba9876543210") == "omar")
        #expect(tokens.isAllowed("nina", "0123456789abcdef"))
        #expect(!tokens.isAllowed("omar", "0123456789abcdef"))
        for wrong in ["", "0", "0123456789abcde", "0123456789abcdeF", "0123456789abcdef0"] {
            #expect(tokens.responder(withToken: wrong) == nil && !tokens.isAllowed("nina", wrong))
        }
    }

    @Test func `one person may hold two tokens while they are exchanged`() throws {
        let tokens = try tokens("nina 0123456789abcdef\nnina fedcba9876543210\n")
        #expect(tokens.isAllowed("nina", "0123456789abcdef") && tokens.isAllowed("nina", "fedcba9876543210"))
    }

    @Test(arguments: [
        ("nina", "tokens:1: not an id and a token. Write `responder-id token`."),
        ("# x\nnina a b\n", "tokens:2: not an id and a token. Write `responder-id token`."),
        (
            "nina 0123456789abcdef\r\nomar short\r\n",
            "tokens:2: the token is shorter than 16 bytes. Make one with `openssl rand -hex 16`."
        ),
    ])
    func `a wrong line is named, and the token never`(_ text: String, _ message: String) throws {
        #expect(ResponderTokens.tokenLengthLimit == 16)
        #expect(throws: TokenFileError(text: message)) { try tokens(text) }
    }

    @Test func `a file that cannot be read is an error, and nobody may act without one`() {
        #expect(throws: TokenFileError.self) { try ResponderTokens(file: "/nonexistent/tokens") }
        #expect(ResponderTokens.none.responder(withToken: "") == nil)
    }
}

@Suite struct GatewayClockTests {
    @Test func `it never goes back, and never before the last recorded moment`() {
        let last = GatewayClock(notBefore: .start).now + .hours(48)
        let clock = GatewayClock(notBefore: last)
        var before = clock.now
        #expect(before >= last)
        for _ in 0..<10_000 {
            let now = clock.now
            #expect(now >= before)
            before = now
        }
        #expect(clock.wallOffset < .hours(-47))
    }

    @Test func `a scaled clock runs faster, begins where it is told and says real time`() {
        let start = WallTime(milliseconds: 1_790_000_000_000)
        let clock = GatewayClock(notBefore: .start, scale: 60, start: start)
        #expect(clock.now.milliseconds - start.milliseconds < 60_000)
        #expect(clock.wallOffset == .zero)
        let inAnHour = clock.realSeconds(until: clock.now + .hours(1))
        #expect(inAnHour > 59 && inAnHour <= 60)
        #expect(clock.realSeconds(until: .start) == 0)
    }
}

@Suite struct DispatcherTests {
    private func dispatcher() -> ReleaseDispatcher {
        ReleaseDispatcher(
            gateway: "g1",
            answer: { Publication(topic: "answers/\($1.reference)", payload: Array("\($0)".utf8)) },
            visitAnswer: { Publication(topic: "visits/\($1.reference)", payload: Array("\($0)".utf8)) })
    }

    private func order(channel: String) -> OrderMessage {
        OrderMessage(
            order: NotificationOrder(
                id: OrderID(incident: IncidentID(3), number: 2), responder: "nina", channel: channel,
                address: "1",
                purpose: .alarm, urgency: .lifeSafety, attempt: 4, orderedAt: .start),
            gateway: "g1", incident: [], document: [1], isRecorded: true)
    }

    @Test func `an order for a channel that is not there is rejected, so that the next is tried`() {
        let dispatcher = dispatcher()
        let reports = Awaited([DeliveryReport]())
        dispatcher.connect(
            wake: {}, report: { report in reports.change { $0.append(report) } }, resolve: { _, _ in })
        var release = Release()
        release.orders = [order(channel: "pager")]
        dispatcher.take(release)
        #expect(
            reports.now == [
                DeliveryReport(
                    order: OrderID(incident: IncidentID(3), number: 2), attempt: 4,
                    result: .rejected(reason: "no channel pager"))
            ])
        #expect(dispatcher.takeOutbound().isEmpty)
    }

    @Test func `what a channel publishes and what homes are told goes out over the link`() {
        let dispatcher = dispatcher()
        let wakes = Awaited(0)
        dispatcher.connect(wake: { wakes.change { $0 += 1 } }, report: { _ in }, resolve: { _, _ in })
        dispatcher.tellHomes { standings, isRepetition in
            standings.map { Publication(topic: "told/\($0.home)/\(isRepetition)", payload: []) }
        }
        dispatcher.publish([Publication(topic: "sirens/1", payload: [])])
        var release = Release()
        release.standings = [
            IncidentStanding(
                id: IncidentID(1), home: "h1", kind: .fire, urgency: .lifeSafety, phase: .calling,
                answeredBy: "")
        ]
        dispatcher.take(release)
        #expect(dispatcher.takeOutbound().map(\.topic) == ["sirens/1", "told/h1/false"])
        #expect(wakes.now == 2)
    }

    @Test func `orders over the broker carry the attempt that a PUBACK confirms, and wake the link`() {
        let dispatcher = dispatcher()
        let wakes = Awaited(0)
        dispatcher.connect(wake: { wakes.change { $0 += 1 } }, report: { _ in }, resolve: { _, _ in })
        var release = Release()
        release.orders = [order(channel: ReleaseDispatcher.brokerChannel)]
        dispatcher.take(release)
        let published = dispatcher.takeOutbound()
        #expect(published.map(\.topic) == ["anju/g1/orders/nina"])
        #expect(published.first?.order?.attempt == 4)
        #expect(published.first?.isRetained == false)
        #expect(wakes.now == 1)
        dispatcher.take(Release())
        #expect(wakes.now == 1 && dispatcher.takeOutbound().isEmpty)
    }

    private func order(
        incident: Int64, to responder: String, _ purpose: NotificationOrder.Purpose, attempt: Int32 = 1,
        urgency: Urgency = .lifeSafety
    ) -> OrderMessage {
        OrderMessage(
            order: NotificationOrder(
                id: OrderID(incident: IncidentID(incident), number: 1), responder: responder,
                channel: ReleaseDispatcher.brokerChannel, address: "1", purpose: purpose, urgency: urgency,
                attempt: attempt, orderedAt: .start),
            gateway: "g1", incident: [], document: Array("\(purpose.name) \(urgency.name)".utf8),
            isRecorded: true)
    }

    @Test func `five thousand orders of a storm leave in the order of the release, none is lost`() {
        let dispatcher = dispatcher()
        var release = Release()
        release.orders = (1...5_000).map { number in
            order(
                incident: Int64(number), to: "r\(number)", .alarm,
                urgency: number <= 2_000 ? .lifeSafety : number <= 4_000 ? .urgent : .technical)
        }
        dispatcher.take(release)
        let published = dispatcher.takeOutbound()
        #expect(published.map(\.topic) == (1...5_000).map { "anju/g1/orders/r\($0)" })
    }

    @Test func `what never left calls nobody after the closing, and that it is closed is said`() {
        let dispatcher = dispatcher()
        var alarms = Release()
        alarms.orders = [order(incident: 1, to: "ann", .alarm), order(incident: 2, to: "ann", .alarm)]
        dispatcher.take(alarms)
        var closing = Release()
        closing.orders = [order(incident: 1, to: "ann", .closed)]
        dispatcher.take(closing)
        var again = Release()
        again.orders = [order(incident: 1, to: "bob", .closed, attempt: 2)]
        dispatcher.take(again)
        #expect(
            dispatcher.takeOutbound().map { String(decoding: $0.payload, as: UTF8.self) } == [
                "alarm lifeSafety", "closed lifeSafety", "closed lifeSafety",
            ])
    }

    @Test func `answers go back the way the command came`() {
        let dispatcher = dispatcher()
        let resolved = Awaited([String]())
        dispatcher.connect(
            wake: {}, report: { _ in },
            resolve: { command, _ in resolved.change { $0.append(command.reference) } })
        var release = Release()
        release.answers = [
            StepOutcome.Answer(
                input: 0, command: .acknowledge(1, origin: "mqtt", reference: "a"),
                answer: .refused(.unavailable)),
            StepOutcome.Answer(
                input: 1, command: .acknowledge(1, origin: "http", reference: "b"),
                answer: .refused(.unavailable)),
        ]
        dispatcher.take(release)
        #expect(dispatcher.takeOutbound().map(\.topic) == ["answers/a"])
        #expect(resolved.now == ["b"])
    }

    @Test func `answers to visits go back the way the record came`() {
        let dispatcher = dispatcher()
        let resolved = Awaited([String]())
        dispatcher.connect(
            wake: {}, report: { _ in }, resolve: { _, _ in },
            resolveVisit: { visit, _ in resolved.change { $0.append(visit.reference) } })
        var release = Release()
        release.visitAnswers = ["mqtt", "http"].map {
            StepOutcome.VisitReply(
                input: 0,
                visit: VisitRecord(home: "h", by: "a", way: .door, result: .well, origin: $0, reference: $0),
                answer: .recorded)
        }
        #expect(!release.isEmpty)
        dispatcher.take(release)
        #expect(dispatcher.takeOutbound().map(\.topic) == ["visits/mqtt"])
        #expect(resolved.now == ["http"])
    }

    @Test func `what waits for the link is bounded, and the newest stays`() {
        let dispatcher = dispatcher()
        var release = Release()
        for number in 1...(ReleaseDispatcher.outboundLimit + 5) {
            release.answers.append(
                StepOutcome.Answer(
                    input: 0, command: .acknowledge(1, origin: "mqtt", reference: "\(number)"),
                    answer: .refused(.unavailable)))
        }
        dispatcher.take(release)
        let waiting = dispatcher.takeOutbound()
        #expect(waiting.count == ReleaseDispatcher.outboundLimit)
        #expect(waiting.last?.topic == "answers/\(ReleaseDispatcher.outboundLimit + 5)")
    }

    @Test func `homes in which all is well are told a portion at a time, after everything else`() {
        let dispatcher = dispatcher()
        func statement(_ home: Int, _ word: String) -> Release.HomeStatement {
            Release.HomeStatement(home: "h\(home)", document: Array(word.utf8))
        }
        var start = Release()
        start.homes = [statement(0, "fire")]
        let count = ReleaseDispatcher.settledLimit + 10
        start.settledHomes = (1...count).map { statement($0, "well") }
        dispatcher.take(start)
        #expect(dispatcher.takeOutbound().map(\.payload) == [Array("fire".utf8)])
        // News of a home makes the older word about it void.
        var news = Release()
        news.homes = [statement(5, "gas")]
        dispatcher.take(news)
        #expect(dispatcher.takeOutbound().map(\.payload) == [Array("gas".utf8)])
        let first = dispatcher.takeOutbound()
        #expect(first.count == ReleaseDispatcher.settledLimit - 1)
        #expect(first.first?.topic.hasSuffix("/h1") == true)
        #expect(!first.contains { $0.topic.hasSuffix("/h5") })
        #expect(dispatcher.takeOutbound().count == 10)
        #expect(dispatcher.takeOutbound().isEmpty)
    }
}
