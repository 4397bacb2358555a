import Foundation
import GRDB
import GatewayPorts
import SafetyModel

/// Incidents in the table `incidents`.
enum IncidentRecords {
    /// The most records that one query returns.
    static let queryLimit = 1_000

    /// Home and opening never change, so that their index is not written again.
    static func store(_ incident: IncidentRecord, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO incidents (number, home, kind, urgency, phase, opened_at, closed_at, document)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (number) DO UPDATE SET kind = excluded.kind, urgency = excluded.urgency,
                  phase = excluded.phase, closed_at = excluded.closed_at, document = excluded.document
                """
        ).execute(arguments: [
            incident.number, incident.home, incident.kind, incident.urgency, incident.phase,
            incident.openedAt.milliseconds, incident.closedAt?.milliseconds, Data(incident.document),
        ])
        try storeFacts(of: incident, db)
    }

    private static func storeFacts(of incident: IncidentRecord, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO incident_facts (number, home, kind, urgency, opened_at, closed_at, answered_at,
                  on_scene_at, disposition, causes)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (number) DO UPDATE SET kind = excluded.kind, urgency = excluded.urgency,
                  closed_at = excluded.closed_at, answered_at = excluded.answered_at,
                  on_scene_at = excluded.on_scene_at, disposition = excluded.disposition,
                  causes = excluded.causes
                """
        ).execute(arguments: [
            incident.number, incident.home, incident.kind, incident.urgency,
            incident.openedAt.milliseconds, incident.closedAt?.milliseconds,
            incident.facts.answeredAt?.milliseconds, incident.facts.onSceneAt?.milliseconds,
            incident.facts.disposition, text(of: incident.facts.causes),
        ])
    }

    static func all(matching query: IncidentQuery, _ db: Database) throws -> [IncidentRecord] {
        var (conditions, arguments) = conditions(of: query)
        let most = query.factsOnly ? IncidentQuery.factsLimit : queryLimit
        arguments.append(min(max(query.limit, 1), most))
        let columns =
            query.factsOnly
            ? "number, home, kind, urgency, opened_at, closed_at, answered_at, on_scene_at, disposition, "
                + "causes"
            : "number, home, kind, urgency, phase, opened_at, closed_at, document"
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT \(columns) FROM \(query.factsOnly ? "incident_facts" : "incidents")
                    WHERE \(conditions) ORDER BY number DESC LIMIT ?
                    """),
            arguments: StatementArguments(arguments))
        var incidents: [IncidentRecord] = []
        while let row = try rows.next() {
            incidents.append(try query.factsOnly ? facts(of: row) : incident(of: row))
        }
        return incidents
    }

    /// What a query asks for, as SQL; the columns have the same names in both tables.
    private static func conditions(
        of query: IncidentQuery
    ) -> (text: String, arguments: [(any DatabaseValueConvertible)?]) {
        var conditions = ["TRUE"]
        var arguments: [(any DatabaseValueConvertible)?] = []
        if let number = query.number {
            conditions.append("number = ?")
            arguments.append(number)
        }
        if let home = query.home {
            conditions.append("home = ?")
            arguments.append(home)
        }
        if let kind = query.kind {
            conditions.append("kind = ?")
            arguments.append(kind)
        }
        if let urgency = query.urgency {
            conditions.append("urgency = ?")
            arguments.append(urgency)
        }
        if let from = query.from {
            conditions.append("opened_at >= ?")
            arguments.append(from.milliseconds)
        }
        if let to = query.to {
            conditions.append("opened_at < ?")
            arguments.append(to.milliseconds)
        }
        if query.openOnly { conditions.append("closed_at IS NULL") }
        if query.closedOnly { conditions.append("closed_at IS NOT NULL") }
        if let before = query.before {
            conditions.append("number < ?")
            arguments.append(before)
        }
        return (conditions.joined(separator: " AND "), arguments)
    }

    private static func incident(of row: Row) throws -> IncidentRecord {
        IncidentRecord(
            number: try row.decode(atIndex: 0), home: try row.decode(atIndex: 1),
            kind: try row.decode(atIndex: 2), urgency: try row.decode(atIndex: 3),
            phase: try row.decode(atIndex: 4), openedAt: Instant(milliseconds: try row.decode(atIndex: 5)),
            closedAt: try row.decode(Int64?.self, atIndex: 6).map(Instant.init(milliseconds:)),
            document: try row.bytes(atIndex: 7))
    }

    private static func facts(of row: Row) throws -> IncidentRecord {
        let closedAt = try row.decode(Int64?.self, atIndex: 5).map(Instant.init(milliseconds:))
        var facts = IncidentFacts()
        facts.answeredAt = try row.decode(Int64?.self, atIndex: 6).map(Instant.init(milliseconds:))
        facts.onSceneAt = try row.decode(Int64?.self, atIndex: 7).map(Instant.init(milliseconds:))
        facts.disposition = try row.decode(atIndex: 8)
        facts.causes = causes(in: try row.decode(atIndex: 9))
        return IncidentRecord(
            number: try row.decode(atIndex: 0), home: try row.decode(atIndex: 1),
            kind: try row.decode(atIndex: 2), urgency: try row.decode(atIndex: 3),
            phase: closedAt == nil ? "" : "closed",
            openedAt: Instant(milliseconds: try row.decode(atIndex: 4)), closedAt: closedAt, document: [],
            facts: facts)
    }

    /// One line for each alarm: the moment, the rule and the device, with tabs between them; ids have none.
    private static func text(of causes: [IncidentFacts.Cause]) -> String {
        causes.map { "\($0.at.milliseconds)\t\($0.rule)\t\($0.device)" }.joined(separator: "\n")
    }

    private static func causes(in text: String) -> [IncidentFacts.Cause] {
        text.utf8.split(separator: 0x0A).compactMap { line in
            let parts = line.split(separator: 0x09, omittingEmptySubsequences: false)
            guard parts.count == 3, let at = Int64(Substring(parts[0])) else { return nil }
            return IncidentFacts.Cause(
                at: Instant(milliseconds: at), rule: String(Substring(parts[1])),
                device: String(Substring(parts[2])))
        }
    }
}
