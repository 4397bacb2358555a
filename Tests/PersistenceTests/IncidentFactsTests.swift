import Foundation
import GRDB
import GatewayPorts
import SafetyModel
import Testing

@testable import Persistence

/// What reports count, kept apart from the documents.
@Suite(.serialized, .timeLimit(.minutes(10)), .onItsOwnThread) struct IncidentFactsTests {
    static func record(_ number: Int64, kind: String = "fire", urgency: String = "urgent") -> IncidentRecord {
        var facts = IncidentFacts()
        facts.answeredAt = Instant(milliseconds: number * 1_000 + 30)
        facts.disposition = "real"
        facts.causes = [
            IncidentFacts.Cause(
                at: Instant(milliseconds: number * 1_000), rule: "life-safety/smoke", device: "s1"),
            IncidentFacts.Cause(at: Instant(milliseconds: number * 1_000 + 5), rule: "r", device: ""),
        ]
        return IncidentRecord(
            number: number, home: "h1", kind: kind, urgency: urgency, phase: "closed",
            openedAt: Instant(milliseconds: number * 1_000),
            closedAt: Instant(milliseconds: number * 1_000 + 90), document: Array("{}".utf8), facts: facts)
    }

    static func facts(_ set: (inout IncidentQuery) -> Void = { _ in }) -> IncidentQuery {
        var query = IncidentQuery()
        query.factsOnly = true
        query.limit = IncidentQuery.factsLimit
        set(&query)
        return query
    }

    @Test func `facts come back as they went in, without the document`() throws {
        let journal = try TestFolder().open()
        try journal.append(batch(1, incidents: [Self.record(1), incident(2)]))
        let found = try journal.incidents(matching: Self.facts())
        #expect(found.map(\.number) == [2, 1])
        var expected = Self.record(1)
        expected.document = []
        #expect(found[1] == expected)
        #expect(found[0].facts == IncidentFacts() && found[0].phase == "")
        var changed = Self.record(1)
        changed.facts.disposition = "test"
        try journal.append(batch(2, incidents: [changed]))
        #expect(try journal.incidents(matching: Self.facts()).last?.facts.disposition == "test")
    }

    @Test func `a query may ask for a time, a kind and an urgency, with documents and without`() throws {
        let journal = try TestFolder().open()
        let records = (1...9 as ClosedRange<Int64>).map {
            Self.record($0, kind: $0 % 2 == 0 ? "gas" : "fire", urgency: $0 % 3 == 0 ? "routine" : "urgent")
        }
        try journal.append(batch(1, incidents: records))
        for factsOnly in [false, true] {
            func numbers(_ set: (inout IncidentQuery) -> Void) throws -> [Int64] {
                var query = IncidentQuery()
                query.factsOnly = factsOnly
                set(&query)
                return try journal.incidents(matching: query).map(\.number)
            }
            #expect(try numbers { $0.from = WallTime(milliseconds: 8_000) } == [9, 8])
            #expect(try numbers { $0.to = WallTime(milliseconds: 3_000) } == [2, 1])
            #expect(try numbers { $0.kind = "gas" } == [8, 6, 4, 2])
            #expect(try numbers { $0.urgency = "routine" } == [9, 6, 3])
            #expect(
                try numbers {
                    $0.from = WallTime(milliseconds: 2_000)
                    $0.to = WallTime(milliseconds: 7_000)
                    $0.kind = "fire"
                } == [5, 3])
        }
    }

    @Test func `more than a page of facts comes in one query, and of documents does not`() throws {
        let journal = try TestFolder().open()
        let count = Int64(IncidentRecords.queryLimit + 10)
        try journal.append(batch(1, incidents: (1...count).map { Self.record($0) }))
        #expect(try journal.incidents(matching: Self.facts()).count == Int(count))
        #expect(try journal.incidents(matching: Self.facts { $0.factsOnly = false }).count == 1_000)
    }

    @Test func `facts go with their incident`() throws {
        let folder = try TestFolder()
        let journal = try folder.open()
        try journal.append(batch(1, incidents: [Self.record(1), Self.record(2)]))
        journal.close()
        let pool = try DatabaseQueue(path: folder.database)
        let left = try pool.write { db in
            try db.execute(sql: "DELETE FROM incidents WHERE number = 1")
            return try Int.fetchAll(db, sql: "SELECT number FROM incident_facts")
        }
        #expect(left == [2])
    }

    @Test func `what stood in the record before is filled in from its documents`() throws {
        let queue = try DatabaseQueue()
        try StoreSchema.migrator.migrate(queue, upTo: "journal, incidents, sites, quarantine")
        let document = """
            {"openedAt":"2026-01-05T08:00:00.250Z","answeredAt":"2026-01-05T08:00:31.000Z","onSceneAt":null,
            "disposition":"falseAlarm","alarms":[
            {"raisedAt":"2026-01-05T08:00:00.250Z","rule":"life-safety/smoke","evidence":[{"device":"s1"}]},
            {"raisedAt":"2026-01-05T08:00:10.250Z","rule":"away","evidence":[]}]}
            """
        try queue.write { db in
            for (number, text) in [(1, document), (2, "no document"), (3, "{}")] {
                try db.execute(
                    sql: """
                        INSERT INTO incidents (number, home, kind, urgency, phase, opened_at, closed_at, document)
                        VALUES (?, 'h1', 'fire', 'urgent', 'closed', 5000, 90000, ?)
                        """, arguments: [number, Data(text.utf8)])
            }
        }
        try StoreSchema.migrator.migrate(queue)
        let found = try queue.read { try IncidentRecords.all(matching: Self.facts(), $0) }
        #expect(found.map(\.number) == [3, 2, 1])
        #expect(found[0].facts == IncidentFacts() && found[1].facts == IncidentFacts())
        #expect(found[2].facts.answeredAt == Instant(milliseconds: 5_000 + 30_750))
        #expect(found[2].facts.onSceneAt == nil)
        #expect(found[2].facts.disposition == "falseAlarm")
        #expect(
            found[2].facts.causes == [
                IncidentFacts.Cause(
                    at: Instant(milliseconds: 5_000), rule: "life-safety/smoke", device: "s1"),
                IncidentFacts.Cause(at: Instant(milliseconds: 15_000), rule: "away", device: ""),
            ])
    }

    @Test func `a report reads by the index of opening, not the whole table`() throws {
        let queue = try DatabaseQueue()
        try StoreSchema.migrator.migrate(queue)
        let plan = try queue.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    EXPLAIN QUERY PLAN SELECT number FROM incident_facts
                    WHERE TRUE AND opened_at >= 1 AND opened_at < 2 ORDER BY number DESC LIMIT 9
                    """
            ).map { $0["detail"] as String }
        }
        #expect(plan.contains { $0.contains("incident_facts_opened") }, "\(plan)")
    }
}
