import Escalation
import GatewayPorts
import SafetyCore
import SafetyModel
import SiteConfiguration
import Testing

@testable import GatewayEngine

/// What leaves first, and what a person who rings the resident reads.
struct ReleaseOrderTests {
    private static func order(_ number: Int, _ urgency: Urgency) -> OrderMessage {
        OrderMessage(
            order: NotificationOrder(
                id: OrderID(incident: IncidentID(Int64(number)), number: 1), responder: "r", channel: "mqtt",
                address: "r", purpose: .alarm, urgency: urgency, attempt: 1, orderedAt: .start),
            gateway: "g", incident: [], document: [], isRecorded: true)
    }

    @Test func `of five thousand orders life safety leaves first, then the older incident`() {
        var release = Release()
        release.orders = (1...5_000).map { Self.order($0, Urgency.allCases[($0 * 7) % 4]) }
        release.arrange(homes: []) { _ in Release.HomeStatement(home: "", document: []) }
        let keys = release.orders.map { ($0.order.urgency, $0.order.id.incident.number) }
        #expect(keys.count == 5_000)
        #expect(zip(keys, keys.dropFirst()).allSatisfy { $0 < $1 })
        #expect(keys.prefix(1_250).allSatisfy { $0.0 == .lifeSafety })
    }

    @Test(arguments: [("en", "please ring: Li tel:+865715550101"), ("zh", "请电话核实：Li tel:+865715550101")])
    func `who rings the resident gets a link for the telephone`(language: String, words: String) throws {
        var site = TestSite.installation().site
        site.community.homes[1].residents = [
            Resident(id: "li", name: "Li", telephone: "+86 571-555 0101"),
            Resident(id: "wu", name: "Wu"),
        ]
        for place in site.plans.indices {
            site.plans[place].verification = EscalationPlan.Verification(
                by: [.person("centre")], within: .seconds(90))
        }
        let compiled = CompiledSite(site)
        var machine = SafetyMachine(site: compiled, at: TestSite.start)
        var outcome = StepOutcome()
        var batch = InputBatch()
        batch.inputs = [.link(isUp: true), .caughtUp]
        let smoke = try #require(site.community.devices.firstIndex { $0.signals.contains(.smoke) })
        batch.observations = [Observation(.smoke, .flag(true))]
        batch.append(
            from: DeviceIndex(smoke), deviceTime: nil, isRetained: false, firstObservation: 0, payload: 0..<0)
        for place in batch.inputs.indices {
            machine.advance(with: batch, at: place, time: TestSite.start, into: &outcome)
        }
        machine.collect(into: &outcome)
        let incident = try #require(outcome.incidents.first)
        let order = try #require(outcome.orders.first { $0.purpose == .verify })
        let document = IncidentDocument(site: compiled, language: language, wallOffsetMilliseconds: 0)
        #expect(document.text(for: order, of: incident).contains(words))
        let json = String(
            decoding: document.order(order, of: incident, document: nil, isRecorded: true), as: UTF8.self)
        #expect(json.contains("\"ring\":[\"tel:+865715550101\"]"))
        let alarm = try #require(outcome.orders.first { $0.purpose == .alarm })
        let plain = document.order(alarm, of: incident, document: nil, isRecorded: true)
        #expect(!String(decoding: plain, as: UTF8.self).contains("tel:"))
    }
}
