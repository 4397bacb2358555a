import Escalation
import Foundation
import GatewayPorts
import SafetyCore
import SafetyModel
import SiteConfiguration
import Testing

@testable import GatewayEngine

/// Since when the gateway cannot hear or store, and what the link says of the broker.
struct BoardHealthTests {
    @Test func `a gateway is deaf since the link went, or since it last ran`() throws {
        let gate = try TestGate()
        #expect(gate.board.health().deafSince == nil, "nothing is known before the machine has started")
        gate.submit(InputBatch(.restarted, .wallOffset(.seconds(100))), after: 10)
        let started = gate.board.health()
        #expect(!started.isLinkUp && started.link.state == .notYetConnected)
        #expect(started.deafSince == WallTime(milliseconds: TestSite.start.milliseconds + 100_000))
        gate.submit(InputBatch(.link(isUp: true)), after: 20)
        #expect(gate.board.health().deafSince == nil)
        #expect(gate.board.health().link == LinkStanding(.up))
        gate.submit(InputBatch(.link(isUp: false)), after: 30)
        gate.submit(InputBatch(.link(isUp: false)), after: 40)
        let deaf = gate.board.health()
        #expect(deaf.deafSince == WallTime(milliseconds: TestSite.start.milliseconds + 130_000))
        // The clock that was wrong was wrong then too.
        gate.submit(InputBatch(.wallOffset(.seconds(50))), after: 50)
        #expect(
            gate.board.health().deafSince == WallTime(milliseconds: TestSite.start.milliseconds + 80_000))
    }

    @Test func `the board believes the machine before the link, and the link about the reason`() throws {
        let gate = try TestGate()
        gate.board.setStanding(LinkStanding(.up))
        #expect(gate.board.health().link.state == .lost, "the machine hears nothing yet")
        let refused = LinkStanding(.refused, reason: "not authorised", code: 5)
        gate.board.setStanding(refused)
        #expect(gate.board.health().link == refused)
        gate.submit(InputBatch(.link(isUp: true)))
        #expect(gate.board.health().link == LinkStanding(.up))
    }

    @Test func `a standing that is new is told once to those who watch`() throws {
        let gate = try TestGate()
        gate.submit(InputBatch(.restarted))
        gate.board.handOff { $0() }
        let watch = BoardWatchersTests.Watch()
        let subscription = gate.board.subscribe(watch.take)
        let away = LinkStanding(reason: "Connection refused")
        for _ in 0..<3 { gate.board.setStanding(away) }
        #expect(watch.changes.compactMap(\.health).map(\.link) == [away])
        gate.board.setStanding(LinkStanding(.refused, reason: "not authorised", code: 5))
        #expect(watch.changes.last?.health?.link.code == 5)
        subscription.cancel()
    }

    @Test func `records wait since the commit that failed`() throws {
        let gate = try TestGate()
        gate.journal.onAppend(.fails)
        gate.submit(.saying(TestSite.smoke(1), .smoke), after: 7)
        #expect(gate.board.health().unstoredSince == gate.wall(7))
        gate.submit(.saying(TestSite.smoke(2), .smoke), after: 9)
        #expect(gate.board.health().unstoredSince == gate.wall(7))
        gate.journal.onAppend(.none)
        #expect(gate.gate.flushRing())
        #expect(gate.board.health().unstoredSince == nil)
    }

    @Test func `responders are those of the site in force`() throws {
        let gate = try TestGate()
        #expect(gate.board.isResponder("nina"))
        #expect(!gate.board.isResponder("ghost") && !gate.board.isResponder(""))
        var other = TestSite.installation(hash: 2)
        other.site.community.responders.append(
            Responder(id: "ghost", name: "Ghost", role: .family, channels: []))
        try gate.gate.adopt(other, at: TestSite.start + .seconds(1))
        #expect(gate.board.isResponder("ghost"))
    }
}

/// Devices that nobody has heard, in lists.
struct NeverHeardTests {
    private func page(
        _ gate: TestGate, _ change: (inout DeviceQuery) -> Void = { _ in }
    ) throws -> (ids: [String], hearing: [String], counts: DeviceCounts?) {
        var query = DeviceQuery()
        change(&query)
        let page = gate.board.devices(matching: query)
        let documents = try page.documents.map { try JSONReader($0) }
        return (
            documents.compactMap { $0["id"].text }, documents.compactMap { $0["hearing"].text }, page.counts
        )
    }

    @Test func `a device is never heard, heard or lost, and an empty list of troubles hides nothing`() throws
    {
        let gate = try TestGate(installation: TestSite.installation(homes: ["h1", "h2"]))
        gate.submit(InputBatch(.link(isUp: true), .caughtUp))
        let fresh = try page(gate) { $0.troubleOnly = true }
        #expect(fresh.ids.isEmpty)
        #expect(fresh.counts == DeviceCounts(devices: 8, trouble: 0, neverHeard: 8))
        gate.submit(.saying(TestSite.motion(1), .motion), after: 2)
        let unheard = try page(gate) {
            $0.neverHeardOnly = true
            $0.home = "h1"
        }
        #expect(unheard.ids == ["smoke", "sos", "leak"])
        #expect(unheard.counts == DeviceCounts(devices: 4, trouble: 0, neverHeard: 3))
        #expect(Set(unheard.hearing) == ["neverHeard"])
        let heard = try page(gate) { $0.home = "h1" }
        #expect(heard.hearing == ["neverHeard", "neverHeard", "heard", "neverHeard"])
        gate.submit(InputBatch(.tick), after: 3_700)
        let later = try page(gate) { $0.home = "h1" }
        #expect(later.hearing == ["neverHeard", "neverHeard", "lost", "neverHeard"])
        // One that should have been heard and never was is in trouble too, and still never heard.
        let troubled = try page(gate) { $0.troubleOnly = true }
        #expect(troubled.hearing == ["lost", "neverHeard"])
        #expect(DeviceStanding.allCases.map(\.rawValue) == ["neverHeard", "lost", "heard"])
    }

    @Test func `a home that is not in service owes nobody a sign`() throws {
        var installation = TestSite.installation(homes: ["h1", "h2"])
        installation.site.community.homes[2].isInService = false
        let gate = try TestGate(installation: installation)
        gate.submit(InputBatch(.link(isUp: true)))
        #expect(try page(gate).counts == DeviceCounts(devices: 8, trouble: 0, neverHeard: 4))
    }
}
