import Escalation
import SafetyModel
import Testing

/// Tries, channels and delays of one order.
struct DeliveryTests {
    private static let start = Instant(milliseconds: 1_000_000)
    private var desk = EscalationDesk()
    private var now = DeliveryTests.start

    private func situation() -> EscalationDesk.Situation {
        EscalationDesk.Situation(now: now, deliveryPatience: .seconds(10), triesPerChannel: 3)
    }

    private static let plan = FrozenPlan(
        id: "p",
        steps: [
            FrozenStep(
                responders: [
                    FrozenResponder(
                        id: "a", role: .centre,
                        channels: [
                            ChannelAddress(channel: "one", address: "1"),
                            ChannelAddress(channel: "two", address: "2"),
                        ])
                ], seenWithin: .minutes(10))
        ], repeatLastEvery: .minutes(2), onSceneWithin: .minutes(15), closeWithin: .hours(2),
        delivery: .atOnce)

    private mutating func open() -> EscalationDesk.Outcome {
        var outcome = EscalationDesk.Outcome()
        var next: Int64 = 1
        let change = AlarmChange(
            alarm: AlarmID(1), home: HomeIndex(1), kind: .fire, urgency: .lifeSafety, rule: "r",
            change: .raised,
            evidence: Evidence(device: "d", place: "", signal: nil, reading: nil, quality: .live, at: now))
        _ = desk.apply(change, plan: "p", nextIncident: &next, situation: situation(), outcome: &outcome) {
            Self.plan
        }
        return outcome
    }

    private mutating func fire(after span: Duration) -> [NotificationOrder] {
        now = now + span
        var outcome = EscalationDesk.Outcome()
        desk.fireDue(situation: situation(), outcome: &outcome)
        return outcome.orders
    }

    private mutating func report(_ order: NotificationOrder, _ result: DeliveryReport.Result)
        -> [NotificationOrder]
    {
        var outcome = EscalationDesk.Outcome()
        let report = DeliveryReport(order: order.id, attempt: order.attempt, result: result)
        desk.apply(report, situation: situation(), outcome: &outcome)
        return outcome.orders
    }

    @Test mutating func `a failed try is repeated after the retry delay, a rejected one goes on at once`() {
        var order = open().orders[0]
        #expect(order.id.text == "1-1")
        for attempt in 2...3 {
            #expect(report(order, .failed(reason: "busy")) == [])
            #expect(fire(after: EscalationDesk.retryDelay - .milliseconds(1)) == [])
            order = fire(after: .milliseconds(1))[0]
            #expect(order.attempt == Int32(attempt))
            #expect(order.channel == "one")
        }
        order = report(order, .failed(reason: "busy"))[0]
        #expect(order.channel == "two")
        #expect(order.attempt == 4)
        #expect(order.orderedAt == Self.start, "it is the same order")
        #expect(report(order, .rejected(reason: "unknown")) == [])
        #expect(fire(after: EscalationDesk.failedStepDelay).map(\.id.number) == [2])
    }

    @Test mutating func `silence of a channel is a failed try after its patience`() {
        let order = open().orders[0]
        #expect(fire(after: .milliseconds(9_999)) == [])
        #expect(fire(after: .milliseconds(1)) == [])
        #expect(report(order, .delivered) == [], "too late")
        #expect(fire(after: EscalationDesk.retryDelay).map(\.attempt) == [2])
    }

    @Test mutating func `incidents come back from their bytes with everything in them`() throws {
        _ = open()
        var outcome = EscalationDesk.Outcome()
        let acts: [PersonCommand.Act] = [.acknowledge, .needHelp, .onScene]
        for act in acts {
            let command = PersonCommand(
                incident: IncidentID(1), responder: "b", act: act, origin: "http", reference: "r")
            _ = desk.apply(command, situation: situation(), outcome: &outcome)
        }
        var writer = ByteWriter()
        writer.write(desk)
        var reader = ByteReader(writer.bytes)
        #expect(try reader.read(EscalationDesk.self) == desk)
        #expect(reader.isAtEnd)
        #expect(desk.moved(to: HomeIndex(5)).incidents.map(\.home) == [HomeIndex(5)])
    }
}
