import Escalation
import Foundation
import GatewayPorts
import SafetyCore
import SafetyModel
import SiteConfiguration
import Testing

@testable import GatewayEngine

@Suite struct SiteChangeTests {
    /// A home before the others: all indices move.
    private let wider = TestSite.installation(homes: ["h0", "h1", "h2", "h3"], hash: 2)

    @Test func `a batch decoded with the site before finds the same devices`() throws {
        let test = try TestGate()
        var batch = InputBatch.saying(TestSite.smoke(1), .smoke)
        batch.siteVersion = test.gate.siteVersion
        try test.gate.adopt(wider, at: TestSite.start)
        #expect(test.gate.siteHash == 2)
        #expect(test.gate.siteVersion == batch.siteVersion + 1)
        test.submit(batch, after: 1)
        #expect(test.notes.releases.flatMap(\.homes).map(\.home) == ["h1"])
        #expect(try test.replayedDigest() == test.gate.digest)
    }

    @Test func `what a device says that is gone, or that an older site decoded, is harmless`() throws {
        let test = try TestGate()
        let version = test.gate.siteVersion
        var gone = InputBatch.saying(TestSite.smoke(1), .smoke)
        gone.inputs.append(
            .undecoded(UndecodedMessage(device: TestSite.smoke(1), reason: "?", payload: 0..<1)))
        gone.siteVersion = version
        try test.gate.adopt(TestSite.installation(homes: ["h2", "h3"], hash: 3), at: TestSite.start)
        test.submit(gone, after: 1)
        #expect(test.notes.orders.isEmpty)
        try test.gate.adopt(wider, at: TestSite.start + .seconds(2))
        var old = InputBatch.saying(TestSite.smoke(1), .smoke)
        old.siteVersion = version
        test.submit(old, after: 3)
        #expect(test.notes.orders.isEmpty)
        var wrong = InputBatch.saying(DeviceIndex(900), .smoke)
        wrong.siteVersion = version + 1
        test.submit(wrong, after: 4)
        #expect(test.notes.orders.isEmpty)
    }

    @Test func `a site that cannot be stored leaves the running one untouched`() throws {
        let test = try TestGate()
        let digest = test.gate.digest
        test.journal.onSite(.fails)
        #expect(throws: SiteRefusal.journal(.full("the disk is full"))) {
            try test.gate.adopt(wider, at: TestSite.start + .seconds(1))
        }
        #expect(test.gate.siteHash == 1 && test.gate.digest == digest)
        var batch = InputBatch.saying(TestSite.smoke(1), .smoke)
        batch.siteVersion = test.gate.siteVersion
        test.submit(batch, after: 2)
        #expect(test.notes.releases.flatMap(\.homes).map(\.home) == ["h1"])
    }

    @Test func `a site that drops a home with an open incident is refused, and nothing of it is stored`()
        throws
    {
        let test = try TestGate()
        test.submit(.saying(TestSite.smoke(1), .smoke))
        #expect(throws: SiteRefusal.dropsOpenIncidents(homes: ["h1"])) {
            try test.gate.adopt(TestSite.installation(homes: ["h2"], hash: 3), at: TestSite.start)
        }
        #expect(test.journal.sites.map(\.hash) == [1])
        #expect(SiteRefusal.dropsOpenIncidents(homes: ["h1"]).text.contains("h1"))
    }

    @Test func `while a disk hangs on a new site, alarms go on`() throws {
        let test = try TestGate()
        test.journal.onSite(.hangs(thenFails: true))
        let wider = wider
        let reload = TestGate.Task {
            do {
                try test.gate.adopt(wider, at: TestSite.start)
                return .done
            } catch {
                return .abandoned
            }
        }
        #expect(test.journal.waitForHang())
        test.submit(.saying(TestSite.smoke(1), .smoke), after: 1)
        #expect(test.notes.orders.map(\.isRecorded) == [true])
        test.journal.go()
        #expect(reload.wait() == .abandoned)
        #expect(test.gate.siteHash == 1)
    }

    @Test func `a reload while a commit hangs waits, and is refused when the store is given up`() throws {
        let test = try TestGate()
        test.journal.onAppend(.hangs(thenFails: false))
        let lost = test.submitApart(.saying(TestSite.smoke(1), .smoke))
        #expect(test.journal.waitForHang())
        let wider = wider
        let reload = TestGate.Task {
            do {
                try test.gate.adopt(wider, at: TestSite.start)
                return .done
            } catch {
                return error as? SiteRefusal == .journal(.failed("the store is away")) ? .abandoned : .done
            }
        }
        while test.gate.waitingTurns < 1 { Thread.sleep(forTimeInterval: 0.001) }
        #expect(test.gate.abandon(turn: try #require(test.gate.committingTurn)) == .link)
        #expect(reload.wait() == .abandoned)
        #expect(test.gate.siteHash == 1)
        test.journal.go()
        #expect(lost.wait() == .abandoned)
        #expect(test.gate.flushRing())
        try test.gate.adopt(wider, at: TestSite.start + .seconds(9))
        #expect(test.gate.siteHash == 2)
        #expect(try test.replayedDigest() == test.gate.digest)
    }

    @Test func `a site whose record fails is in force, and its record goes after telemetry`() throws {
        let test = try TestGate()
        test.journal.onAppend(.fails)
        try test.gate.adopt(wider, at: TestSite.start + .seconds(1))
        #expect(test.gate.isDegraded && test.gate.siteHash == 2)
        test.submit(InputBatch(.link(isUp: true)), after: 1)
        test.gate.ringBound = 4_096
        for count in 1...200 { test.submit(.saying(TestSite.motion(2), .motion), after: Double(count)) }
        test.journal.onAppend(.none)
        #expect(test.gate.flushRing())
        #expect(test.journal.batches.map(\.sequence).prefix(2) == [1, 2])
        var batch = InputBatch()
        try InputCoding.decode(test.journal.batches[1].inputs, into: &batch)
        #expect(batch.inputs == [.site(hash: 2)])
    }

    @Test func `closed incidents stay with their home when a reload moves it`() throws {
        let test = try TestGate()
        test.submit(.saying(TestSite.leak(1), .waterLeak))
        test.submit(InputBatch(.command(.by("tech", .close(.test), on: 1))), after: 1)
        test.submit(InputBatch(try #require(test.notes.orders.first).report), after: 2)
        try test.gate.adopt(wider, at: TestSite.start + .seconds(5))
        // h0 stands where h1 stood.
        test.submit(.saying(TestSite.leak(1), .waterLeak), after: 6)
        test.submit(.saying(TestSite.smoke(2), .smoke), after: 7)
        let homes = test.notes.releases.flatMap(\.homes).suffix(2)
        #expect(homes.map(\.home) == ["h0", "h1"])
        #expect(try homes.map { try closed(in: $0.document).count } == [0, 1])
    }

    @Test func `a home's statement keeps the newest closed incidents, each once`() throws {
        let test = try TestGate()
        test.submit(InputBatch(.link(isUp: true)))
        for number in 1...5 {
            let time = Double(number) * 10
            test.submit(.saying(TestSite.leak(1), .waterLeak), after: time)
            test.submit(InputBatch(.command(.by("tech", .close(.test), on: Int64(number)))), after: time + 1)
            test.submit(.saying(TestSite.leak(1), .waterLeak, .flag(false)), after: time + 2)
        }
        // Late reports change incidents that are closed already.
        for order in test.notes.orders { test.submit(InputBatch(order.report), after: 60) }
        let document = try #require(
            test.notes.releases.flatMap(\.homes).last { $0.home == "h1" }?.document)
        #expect(EngineBoard.closedLimit == 3)
        #expect(try closed(in: document).compactMap { $0["id"] as? Int } == [5, 4, 3])
    }

    private func closed(in document: [UInt8]) throws -> [[String: Any]] {
        let home = try #require(
            try JSONSerialization.jsonObject(with: Data(document)) as? [String: Any])
        return try #require(home["closed"] as? [[String: Any]])
    }
}
