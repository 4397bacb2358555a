import Correlation
import Escalation
import Foundation
import GatewayPorts
import SafetyCore
import SafetyModel
import SiteConfiguration
import Testing

@testable import GatewayEngine

/// What lists and pages show of homes and devices.
struct BoardHomesTests {
    /// Three homes: h1 with a resident, h2 in another area, h3 not in service.
    static func installation() -> Installation {
        var installation = TestSite.installation()
        installation.site.community.homes[1].address = "Garden Road 3"
        installation.site.community.homes[1].building = "3"
        installation.site.community.homes[1].residents = [
            Resident(id: "r1", name: "Zhang Wei", telephone: "+86 138-0013-8000", conditions: ["deaf"])
        ]
        installation.site.community.homes[1].contacts = [Home.Contact(role: .neighbour, responder: "nina")]
        installation.site.community.homes[2].area = "south"
        installation.site.community.homes[3].isInService = false
        return installation
    }

    static func ids(_ page: DocumentPage) throws -> [String] {
        try page.documents.map { try JSONReader($0)["id"].text ?? "" }
    }

    private func find(_ gate: TestGate, _ set: (inout HomeQuery) -> Void) throws -> [String] {
        var query = HomeQuery()
        set(&query)
        return try Self.ids(gate.board.homes(matching: query))
    }

    @Test func `homes are listed in the order of the site, without the gateway's own place`() throws {
        let gate = try TestGate(installation: Self.installation())
        #expect(try find(gate) { _ in } == ["h1", "h2", "h3"])
        #expect(try find(gate) { $0.area = "south" } == ["h2"])
        #expect(try find(gate) { $0.building = "3" } == ["h1"])
        #expect(try find(gate) { $0.area = "nowhere" } == [])
    }

    @Test(arguments: [
        ("zhang", ["h1"]), ("WEI", ["h1"]), ("garden", ["h1"]), ("Home h2", ["h2"]),
        ("h", ["h1", "h2", "h3"]),
        ("13800138", ["h1"]), ("138-0013", ["h1"]), ("38", []), ("nobody", []), ("gateway", []),
        ("", ["h1", "h2", "h3"]),
    ])
    func `a search finds names, addresses, ids and telephone digits`(text: String, ids: [String]) throws {
        let gate = try TestGate(installation: Self.installation())
        #expect(try find(gate) { $0.search = text } == ids)
    }

    @Test func `pages follow each other without a gap`() throws {
        let names = (1...25).map { "h\($0)" }
        let gate = try TestGate(installation: TestSite.installation(homes: names))
        var query = HomeQuery()
        query.limit = 10
        var found: [String] = []
        var pages = 0
        repeat {
            let page = gate.board.homes(matching: query)
            found += try Self.ids(page)
            query.after = page.next
            pages += 1
        } while query.after != nil
        #expect(found == names)
        #expect(pages == 3)
        query.after = "gone"
        #expect(gate.board.homes(matching: query).documents.isEmpty)
        query = HomeQuery()
        query.limit = DocumentPage.pageLimit + 1
        #expect(try Self.ids(gate.board.homes(matching: query)) == names)
    }

    @Test func `a home says how it is`() throws {
        let gate = try TestGate(installation: Self.installation())
        var batch = InputBatch.saying(TestSite.smoke(1), .smoke)
        batch.say(TestSite.leak(2), .fault)
        gate.submit(batch)
        let page = gate.board.homes(matching: HomeQuery())
        let homes = try page.documents.map { try JSONReader($0) }
        #expect(homes.map { $0["state"].text } == ["alarm", "trouble", "notInService"])
        #expect(homes[0]["openIncidents"][0].number == 1)
        #expect(homes[0]["residents"][0]["conditions"][0].text == "deaf")
        #expect(homes[0]["presence"].text == "unknown")
        #expect(homes[0]["lastSignOfLife"].isNull && homes[0]["visit"].isNull)
        #expect(
            homes[0].keys == [
                "address", "area", "building", "floor", "id", "lastSignOfLife", "name", "openIncidents",
                "presence", "residents", "state", "unit", "visit",
            ])
    }

    @Test func `the table of homes is made anew when a second has passed, and at once after a reload`() throws
    {
        let gate = try TestGate(installation: Self.installation())
        gate.submit(InputBatch(.tick))
        #expect(try find(gate) { _ in }.count == 3)
        gate.submit(.saying(TestSite.smoke(1), .smoke), after: 0.5)
        func state() throws -> String? {
            try JSONReader(gate.board.homes(matching: HomeQuery()).documents[0])["state"].text
        }
        #expect(try state() == "calm")
        #expect(Looking.ageLimit == .seconds(1))
        gate.submit(.saying(TestSite.motion(2), .motion), after: 1.2)
        #expect(try state() == "alarm")
        try gate.gate.adopt(
            TestSite.installation(homes: ["h1", "h2", "h3", "h4"], hash: 2), at: TestSite.start + .seconds(2))
        #expect(try find(gate) { _ in }.count == 4)
    }

    @Test func `one home is shown as it is at this moment, with its devices`() throws {
        let gate = try TestGate(installation: Self.installation())
        gate.submit(.saying(TestSite.smoke(1), .smoke))
        var readings = InputBatch.saying(TestSite.leak(1), .battery, .number(80))
        readings.say(TestSite.leak(1), .batteryLow)
        gate.submit(readings, after: 0.1)
        let home = try JSONReader(try #require(gate.board.home("h1")))
        #expect(home["state"].text == "alarm")
        #expect(home["contacts"][0]["name"].text == "Nina")
        #expect(home["recentIncidents"].list.map(\.number) == [1])
        #expect(EngineBoard.recentLimit == 20)
        #expect(home["keyHolder"].isNull && home["walkTest"].isNull && home["presenceReason"].isNull)
        #expect(home["shelved"].list.isEmpty && home["hazards"].list.isEmpty)
        let devices = home["devices"].list
        #expect(devices.map { $0["id"].text } == ["smoke", "sos", "motion", "leak"])
        #expect(devices[0]["readings"]["smoke"].flag == true)
        #expect(devices[0]["lastHeard"].text == gate.wall(0).rfc3339)
        #expect(devices[1]["lastHeard"].isNull)
        #expect(devices[2]["supervisionSeconds"].number == 3_600)
        #expect(devices[3]["battery"].number == 80)
        #expect(devices[3]["isBatteryLow"].flag == true && devices[3]["isLost"].flag == false)
        #expect(gate.board.home("h9") == nil && gate.board.home("gateway") == nil)
    }

    @Test func `devices are listed, and those that want a technician alone`() throws {
        let gate = try TestGate(installation: Self.installation())
        gate.submit(.saying(TestSite.leak(2), .tamper))
        var query = DeviceQuery()
        query.limit = 5
        let first = gate.board.devices(matching: query)
        #expect(first.documents.count == 5)
        #expect(first.next == "h2/smoke")
        query.after = first.next
        query.limit = 100
        let rest = try gate.board.devices(matching: query).documents.map { try JSONReader($0) }
        #expect(rest.count == 7)
        #expect(rest[0]["home"]["id"].text == "h2")
        query = DeviceQuery()
        query.troubleOnly = true
        let troubled = try gate.board.devices(matching: query).documents.map { try JSONReader($0) }
        #expect(troubled.map { $0["id"].text } == ["leak"])
        #expect(troubled[0]["isTampered"].flag == true)
        query = DeviceQuery()
        query.home = "h3"
        #expect(gate.board.devices(matching: query).documents.count == TestSite.devicesPerHome)
        query.after = "h3/gone"
        #expect(gate.board.devices(matching: query).documents.isEmpty)
    }

    @Test func `responders are listed, and visits wait for somebody who counts them`() throws {
        let gate = try TestGate(installation: Self.installation())
        let people = try gate.board.responders().map { try JSONReader($0) }
        #expect(people.map { $0["id"].text } == ["nina", "centre", "tech"])
        #expect(people[0]["channels"][0].text == "sms")
        #expect(people.allSatisfy { $0["onDuty"].isNull })
        #expect(gate.board.visits(matching: VisitQuery()).isEmpty)
    }

    @Test func `a home says who has the key and what may hurt those who come`() throws {
        var installation = Self.installation()
        installation.site.community.homes[1].keyHolder = "nina"
        installation.site.community.homes[1].hazards = ["oxygen cylinder", "dog"]
        installation.site.community.homes[2].keyHolder = "porter's lodge"
        let gate = try TestGate(installation: installation)
        let first = try JSONReader(try #require(gate.board.home("h1")))
        #expect(first["keyHolder"]["responder"].text == "nina")
        #expect(first["keyHolder"]["name"].text == "Nina")
        #expect(first["hazards"].list.map(\.text) == ["oxygen cylinder", "dog"])
        let second = try JSONReader(try #require(gate.board.home("h2")))
        #expect(second["keyHolder"]["responder"].isNull)
        #expect(second["keyHolder"]["name"].text == "porter's lodge")
        #expect(second["hazards"].list.isEmpty)
        #expect(try JSONReader(try #require(gate.board.home("h3")))["keyHolder"].isNull)
    }

    @Test func `responders in a roster are on duty or not, and of the others nobody knows`() throws {
        var installation = TestSite.installation()
        // The start is a Monday, 14:13 UTC.
        func hours(_ from: Int, _ until: Int) -> Schedule {
            Schedule(spans: [Schedule.Span(from: from * 60, until: until * 60)])
        }
        installation.site.rosters = [
            Roster(
                id: "watch",
                shifts: [
                    Roster.Shift(name: "day", hours: hours(8, 15), people: ["nina"]),
                    Roster.Shift(name: "night", hours: hours(15, 8), people: ["centre"]),
                ])
        ]
        let gate = try TestGate(installation: installation)
        func onDuty() throws -> [Bool?] {
            try gate.board.responders().map { try JSONReader($0)["onDuty"].flag }
        }
        gate.submit(InputBatch(.tick))
        #expect(try onDuty() == [true, false, nil])
        gate.submit(InputBatch(.tick), after: 3_600)
        #expect(try onDuty() == [false, true, nil])
    }

    @Test func `what the desk suspends is shown, and comes back after a restart`() throws {
        let gate = try TestGate(installation: Self.installation())
        gate.submit(
            InputBatch(
                .desk(.at("h1", .startWalkTest(duration: .minutes(10)))),
                .desk(
                    .at("h1", .shelve(kind: .waterLeak, duration: .minutes(5), reason: "pipes are repaired"))
                )))
        gate.submit(.saying(TestSite.leak(1), .waterLeak), after: 1)
        let again = try TestGate(gate.journal, installation: Self.installation())
        for board in [gate.board, again.board] {
            let home = try JSONReader(try #require(board.home("h1")))
            #expect(home["walkTest"]["until"].text == gate.wall(600).rfc3339)
            #expect(home["shelved"][0]["alarmKind"].text == "waterLeak")
            #expect(home["shelved"][0]["reason"].text == "pipes are repaired")
            #expect(home["shelved"][0]["by"].text == "chen")
        }
        #expect(again.gate.digest == gate.gate.digest)
    }

    @Test func `the view does not have the turn, and waits for the one who has it`() throws {
        let gate = try TestGate(installation: Self.installation())
        gate.journal.onAppend(.hangs(thenFails: false))
        let alarm = gate.submitApart(.saying(TestSite.smoke(1), .smoke))
        #expect(gate.journal.waitForHang())
        let look = gate.apart { gate.board.home("h1") != nil ? .done : .abandoned }
        #expect(look.isRunning)
        gate.journal.go()
        #expect(alarm.wait() == .done)
        #expect(look.wait() == .done)
        #expect(gate.gate.waitingTurns == 0)
    }

    @Test func `many look while others submit`() throws {
        let gate = try TestGate(installation: Self.installation())
        let readers = (0..<4).map { _ in
            gate.apart {
                for _ in 0..<200 where gate.board.home("h1") == nil { return .abandoned }
                return .done
            }
        }
        for number in 0..<400 {
            gate.submit(
                .saying(TestSite.motion(1), .motion, .flag(number % 2 == 0)), after: Double(number) / 100)
        }
        for reader in readers { #expect(reader.wait(seconds: 60) == .done) }
        #expect(gate.journal.complaints == [])
    }
}

extension TestGate {
    func wall(_ seconds: Double) -> WallTime {
        WallTime(milliseconds: TestSite.start.milliseconds + Int64(seconds * 1_000))
    }

    func apart(_ body: @escaping @Sendable () -> CoreGate.Submission) -> Task { Task(body) }
}

extension DeskCommand {
    static func at(_ home: String, _ act: Act) -> DeskCommand {
        DeskCommand(home: home, by: "chen", act: act, origin: "http", reference: "r")
    }
}
