import Escalation
import Foundation
import GatewayPorts
import SafetyCore
import SafetyModel
import SiteConfiguration
import Testing

@testable import GatewayEngine

/// Figures of reports, against what was put in.
struct BoardReportsTests {
    static let start = TestSite.start

    static func record(
        _ number: Int64, opened: Double, answered: Double? = nil, onScene: Double? = nil,
        closed: Double? = nil, as disposition: Disposition? = nil, urgency: Urgency = .lifeSafety,
        rule: String = "smoke", device: String = "d1", home: String = "h1"
    ) -> IncidentRecord {
        func at(_ seconds: Double) -> Instant { start + .milliseconds(Int64(seconds * 1_000)) }
        var facts = IncidentFacts()
        facts.answeredAt = answered.map { at(opened + $0) }
        facts.onSceneAt = onScene.map { at(opened + $0) }
        facts.disposition = disposition?.name
        facts.causes = [IncidentFacts.Cause(at: at(opened), rule: rule, device: device)]
        return IncidentRecord(
            number: number, home: home, kind: "fire", urgency: urgency.name, phase: "", openedAt: at(opened),
            closedAt: closed.map { at(opened + $0) }, document: [], facts: facts)
    }

    /// A gate whose journal holds these incidents, at a moment so many seconds after the start.
    static func gate(_ records: [IncidentRecord], now: Double = 0) throws -> TestGate {
        let gate = try TestGate()
        gate.submit(InputBatch(.tick, .link(isUp: true)), after: now)
        gate.journal.change(batches: { $0[$0.count - 1].incidents = records })
        return gate
    }

    static func report(_ gate: TestGate, _ kind: ReportKind, hours: Double = 2) throws -> JSONReader {
        try JSONReader(gate.board.report(kind, from: gate.wall(0), to: gate.wall(hours * 3_600)))
    }

    /// What the record says of an incident in the end.
    static func recorded(_ number: Int64, in gate: TestGate) -> IncidentFacts? {
        gate.journal.batches.flatMap(\.incidents).last { $0.number == number }?.facts
    }

    static func lines(_ gate: TestGate, _ kind: ReportKind) throws -> [String] {
        let bytes = try gate.board.reportCSV(kind, from: gate.wall(0), to: gate.wall(7_200))
        #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]))
        let text = try #require(String(bytes: bytes.dropFirst(3), encoding: .utf8))
        return text.components(separatedBy: "\r\n")
    }

    @Test func `answer times count what was answered, in time and at all`() throws {
        let gate = try Self.gate([
            Self.record(1, opened: 0, answered: 10, onScene: 600),
            Self.record(2, opened: 60, answered: 60, onScene: 900),
            Self.record(3, opened: 120, answered: 180), Self.record(4, opened: 180, answered: 700),
            Self.record(5, opened: 240), Self.record(6, opened: 300, answered: 20, urgency: .urgent),
            Self.record(7, opened: 300, answered: 20, urgency: .technical),
        ])
        let report = try Self.report(gate, .answerTimes)
        #expect(report["incidents"].number == 6, "troubles for the digest are no calls")
        #expect(report["answered"].number == 5)
        #expect(report["within60"].number == 3 && report["within180"].number == 4)
        #expect(report["shareWithin60"].number == 0.5)
        #expect(AnswerTimes.firstLimit == .seconds(60) && AnswerTimes.secondLimit == .seconds(180))
        #expect(report["median"].number == 60 && report["p90"].number == 700)
        #expect(report["onSceneMedian"].number == 600)
        #expect(report["buckets"].list.map { $0["count"].number } == [1, 1, 1, 1, 0, 1, 1])
        let urgent = try #require(report["byUrgency"].list.last)
        #expect(urgent["urgency"].text == "urgent" && urgent["medianSeconds"].number == 20)
        #expect(report["byDay"].list.map { $0["count"].number } == [6])
        #expect(report["byDay"][0]["day"].text == String(gate.wall(0).rfc3339.prefix(10)))
    }

    @Test func `reports of nothing have no figures and no division by it`() throws {
        let gate = try Self.gate([])
        let answers = try Self.report(gate, .answerTimes)
        #expect(answers["shareWithin60"].number == 0 && answers["median"].isNull)
        #expect(try Self.report(gate, .falseAlarms)["share"].number == 0)
        #expect(try Self.report(gate, .operatorLoad)["alarmsPerHour"].number == 0)
        #expect(try Self.report(gate, .visits)["byColour"].list.isEmpty)
        let backwards = try JSONReader(
            gate.board.report(.operatorLoad, from: gate.wall(100), to: gate.wall(0)))
        #expect(backwards["byHour"].list.isEmpty)
    }

    @Test func `false alarms are told by rule and by device`() throws {
        let gate = try Self.gate([
            Self.record(1, opened: 0, closed: 60, as: .falseAlarm),
            Self.record(2, opened: 0, closed: 60, as: .real),
            Self.record(3, opened: 0, closed: 60, as: .falseAlarm, rule: "fall", device: "d2", home: "h2"),
            Self.record(4, opened: 0),
            Self.record(5, opened: 0, closed: 9, as: .test, rule: "=cmd()", device: ""),
        ])
        let report = try Self.report(gate, .falseAlarms)
        #expect(report["closed"].number == 4 && report["false"].number == 2)
        #expect(report["share"].number == 0.5)
        #expect(report["byRule"].list.map { $0["rule"].text } == ["fall", "smoke", "=cmd()"])
        #expect(report["byRule"].list.map { $0["share"].number } == [1, 0.5, 0])
        #expect(report["byDevice"].list.map { $0["device"].text } == ["d1", "d2"])
        #expect(report["byDisposition"].list.map { $0["count"].number } == [1, 2, 1, 0, 0])
        let lines = try Self.lines(gate, .falseAlarms)
        #expect(lines.first == "group,home,name,closed,false,share")
        #expect(lines.contains("rule,,\"'=cmd()\",1,0,0"), "no cell is a formula")
        #expect(FalseAlarms.deviceLimit == 1_000)
    }

    @Test func `the load of operators is held against its limits`() throws {
        let flood = (0..<12).map { Self.record(Int64($0 + 1), opened: Double($0) * 30) }
        let calm = [
            Self.record(20, opened: 4_000), Self.record(21, opened: 4_000, urgency: .technical),
            Self.record(22, opened: 9_000),
        ]
        let gate = try Self.gate(flood + calm, now: 7_200)
        let report = try Self.report(gate, .operatorLoad)
        #expect(report["alarmsPerHour"].number == 6.5)
        #expect(report["peak10min"].number == 12)
        #expect(report["floodMinutes"].number == 10)
        #expect(report["byHour"].list.reduce(0) { $0 + ($1["count"].number ?? 0) } == 13)
        #expect(report["floodPer10min"].number == Double(OperatorLoad.floodLimit))
        #expect(report["limitPerHour"].number == Double(OperatorLoad.hourLimit))
        #expect(report["maximumPerHour"].number == 12)
        #expect(OperatorLoad.quietHourLimit == 2_400)
    }

    @Test func `time to come is no quiet time`() throws {
        let gate = try Self.gate([Self.record(1, opened: 0)], now: 3_600)
        #expect(try Self.report(gate, .operatorLoad, hours: 100)["alarmsPerHour"].number == 1)
    }

    @Test func `devices that are lost are not available`() throws {
        let gate = try Self.gate([])
        gate.submit(InputBatch(.caughtUp), after: 1)
        gate.submit(.saying(TestSite.motion(1), .motion), after: 2)
        let report = try Self.report(gate, .availability)
        #expect(report["devices"].number == 3, "three motion sensors are supervised")
        #expect(report["available"].number == 1, "two were never heard")
        gate.submit(InputBatch(.tick), after: 3_700)
        #expect(try Self.report(gate, .availability)["available"].number == 0)
        #expect(
            try Self.lines(gate, .availability)[...1] == [
                "profile,devices,available,share,neverHeard,neverHeardShare",
                "p,3,0,0,2,\(2.0 / 3)",
            ])
    }

    @Test func `what was never heard has no availability, bridges neither`() throws {
        var installation = TestSite.installation(homes: ["h1", "h2"])
        for place in [TestSite.leak(1).int, TestSite.leak(2).int] {
            installation.site.community.devices[place].kind = .bridge
            installation.site.community.devices[place].profile = "bridge"
        }
        let gate = try TestGate(installation: installation)
        gate.submit(InputBatch(.link(isUp: true), .caughtUp))
        var report = try Self.report(gate, .availability)
        #expect(report["devices"].number == 4 && report["available"].number == 0)
        #expect(report["share"].number == 0 && report["neverHeard"].number == 4)
        #expect(report["neverHeardShare"].number == 1)
        // A bridge is heard through the devices that it carries, and through what it says of itself.
        gate.submit(.saying(TestSite.motion(1), .motion), after: 1)
        gate.submit(.saying(TestSite.leak(2), .bridge, .flag(true)), after: 2)
        report = try Self.report(gate, .availability)
        let byProfile = report["byProfile"].list
        let bridges = try #require(byProfile.first { $0["profile"].text == "bridge" })
        #expect(bridges["available"].number == 2 && bridges["neverHeard"].number == 0)
        #expect(report["available"].number == 3 && report["neverHeard"].number == 1)
        // A bridge that says that it goes was heard, and is away.
        gate.submit(.saying(TestSite.leak(2), .bridge, .flag(false)), after: 3)
        report = try Self.report(gate, .availability)
        #expect(report["available"].number == 2 && report["neverHeard"].number == 1)
    }

    @Test func `the record of an incident carries what reports count`() throws {
        let gate = try TestGate()
        gate.submit(.saying(TestSite.smoke(1), .smoke))
        gate.submit(InputBatch(.command(.by("nina", .acknowledge, on: 1))), after: 30)
        gate.submit(InputBatch(.command(.by("nina", .onScene, on: 1))), after: 90)
        gate.submit(InputBatch(.command(.by("nina", .close(.falseAlarm), on: 1))), after: 120)
        let facts = try #require(Self.recorded(1, in: gate))
        #expect(facts.answeredAt == TestSite.start + .seconds(30))
        #expect(facts.onSceneAt == TestSite.start + .seconds(90))
        #expect(facts.disposition == "falseAlarm")
        #expect(facts.causes.map(\.device) == ["smoke"])
        let lines = try Self.lines(gate, .answerTimes)
        #expect(lines.contains { $0.hasPrefix("1,h1,fire,") && $0.hasSuffix(",30,90,120,falseAlarm") })
    }

    @Test func `an answer that was taken back was an answer`() throws {
        let gate = try TestGate()
        gate.submit(.saying(TestSite.smoke(1), .smoke))
        gate.submit(InputBatch(.command(.by("nina", .acknowledge, on: 1))), after: 20)
        gate.submit(InputBatch(.tick), after: 7_000)
        gate.submit(InputBatch(.command(.by("centre", .close(.real), on: 1))), after: 7_100)
        #expect(Self.recorded(1, in: gate)?.answeredAt == TestSite.start + .seconds(20))
    }
}

/// RFC 4180, and spreadsheets.
struct CSVTextTests {
    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""), ("a\nb", "\"a\nb\""),
        ("=1+1", "\"'=1+1\""), ("+1", "\"'+1\""), ("-1", "\"'-1\""), ("@x", "\"'@x\""), ("\tx", "\"'\tx\""),
        ("", ""), ("火警", "火警"),
    ])
    func `a cell is quoted where it must be, and never a formula`(text: String, cell: String) {
        var csv = CSVText()
        csv.row([.text(text), .number(1), .number(0.5), .none])
        #expect(String(bytes: csv.bytes.dropFirst(3), encoding: .utf8) == cell + ",1,0.5,\r\n")
    }
}
