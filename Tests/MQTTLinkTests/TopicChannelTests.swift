import DeviceProfiles
import Escalation
import Foundation
import GatewayPorts
import SafetyModel
import Synchronization
import Testing

@testable import MQTTLink

@Suite(.timeLimit(.minutes(5))) struct TopicChannelTests {
    private final class Sent: Sendable {
        private let state = Mutex((publications: [Publication](), reports: [DeliveryReport]()))

        var publications: [Publication] { state.withLock { $0.publications } }
        var reports: [DeliveryReport] { state.withLock { $0.reports } }
        func publish(_ one: Publication) { state.withLock { $0.publications.append(one) } }
        func report(_ one: DeliveryReport) { state.withLock { $0.reports.append(one) } }

        func ended(_ count: Int) async throws {
            while publications.count + reports.count < count { try await Task.sleep(for: .milliseconds(2)) }
        }
    }

    private func message(_ purpose: NotificationOrder.Purpose, address: String = "gate-1") -> OrderMessage {
        let order = NotificationOrder(
            id: OrderID(incident: IncidentID(12), number: 3), responder: "siren", channel: "sirens",
            address: address, purpose: purpose, urgency: .lifeSafety, attempt: 2,
            orderedAt: Instant(milliseconds: 0))
        return OrderMessage(
            order: order, gateway: "g", incident: [],
            document: Array(
                #"{"kind":"fire","text":"王 \"x\"","home":{"id":"h1","address":"a","area":"n"}}"#.utf8),
            isRecorded: true)
    }

    private func channel(
        _ sent: Sent, audience: ChannelAudience = .public, open: String = "[]",
        payload: String = #"{"alarm":true,"kind":"{kind}","text":"{text}"}"#
    ) -> TopicChannel {
        let topic = TopicSettings(topic: "sirens/{number}/set", onPayload: payload, offPayload: "OFF")
        return TopicChannel(
            ChannelSettings(name: "sirens", audience: audience, way: .topic(topic)), topic: topic,
            publish: { sent.publish($0) }, openIncidents: { [Array(open.utf8)] })
    }

    @Test func `an alarm switches on, and a public siren hears nothing personal`() async throws {
        let sent = Sent()
        channel(sent).send(message(.alarm, address: "ga/te+#1")) { sent.report($0) }
        try await sent.ended(1)
        let publication = try #require(sent.publications.first)
        #expect(publication.topic == "sirens/gate1/set")
        #expect(
            String(decoding: publication.payload, as: UTF8.self) == #"{"alarm":true,"kind":"fire","text":""}"#
        )
        #expect(publication.order?.attempt == 2)
    }

    @Test func `a private pager hears the text, quoted for JSON`() async throws {
        let sent = Sent()
        channel(sent, audience: .private).send(message(.reminder)) { sent.report($0) }
        try await sent.ended(1)
        let payload = String(decoding: sent.publications.first?.payload ?? [], as: UTF8.self)
        #expect(payload == #"{"alarm":true,"kind":"fire","text":"王 \"x\""}"#)
    }

    @Test func `a closing switches off unless another open incident wants the device`() async throws {
        let sent = Sent()
        channel(sent, open: #"{"id":12,"notified":["siren"]}"#).send(message(.closed)) { sent.report($0) }
        try await sent.ended(1)
        #expect(sent.publications.map { String(decoding: $0.payload, as: UTF8.self) } == ["OFF"])
        channel(sent, open: #"{"id":13,"notified":["siren"]}"#).send(message(.closed)) { sent.report($0) }
        channel(sent).send(message(.takenOver)) { sent.report($0) }
        try await sent.ended(3)
        #expect(sent.publications.count == 1)
        #expect(sent.reports.map(\.result) == [.delivered, .delivered])
    }
}
