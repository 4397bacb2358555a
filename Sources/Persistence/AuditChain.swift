import Crypto
import Foundation
import GRDB
import GatewayPorts
import SafetyModel

/// The chain of the audit: each entry's hash covers the hash before it, so that no entry can be changed,
/// taken out or put in between without every later hash being wrong.
///
/// It keeps no secret: who can write the file can also write a whole chain anew. That is why the gateway says
/// the newest number and hash in its log, and `anju audit verify --expect` holds a noted one against the
/// file.
public enum AuditChain {
    /// The hash before the first entry.
    static let start = [UInt8](repeating: 0, count: 32)

    /// What comes of walking the chain.
    public struct Finding: Hashable, Sendable {
        /// How many entries are in order, from the first on.
        public var soundEntries: Int64 = 0
        /// The hash of the last of them, in hexadecimal.
        public var head: String
        /// The number of the first entry that is not what was written; nil when all are.
        public var firstBroken: Int64?
        /// What is wrong with it.
        public var fault: Fault?

        /// Why an entry is not what was written.
        public enum Fault: String, Sendable {
            /// The entry that should stand here is gone.
            case missing
            /// The entry, or one of its hashes, was changed.
            case changed
        }
    }

    /// The hash of an entry: SHA-256 over the hash before, the number, the time and each text with its
    /// length.
    static func hash(of act: AuditedAct, number: Int64, after previous: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(previous)
        writer.write(number)
        writer.write(act.at)
        for text in [act.user, act.address, act.act, act.subject, act.outcome] { writer.write(text) }
        return Array(SHA256.hash(data: writer.bytes))
    }

    /// Walks the chain from its start.
    static func walk(_ db: Database) throws -> Finding {
        var previous = start
        var finding = Finding(head: hex(start))
        let rows = try Row.fetchCursor(db, sql: AuditRecords.columns + " ORDER BY number")
        while let row = try rows.next() {
            let number: Int64 = row[0]
            let expected = finding.soundEntries + 1
            let isNext = number == expected
            let act = AuditRecords.act(of: row)
            let stored: Data = row[7]
            let hash = hash(of: act, number: number, after: previous)
            guard isNext, hash.elementsEqual(stored) else {
                finding.firstBroken = expected
                finding.fault = isNext ? .changed : .missing
                return finding
            }
            previous = hash
            finding.soundEntries = number
            finding.head = hex(hash)
        }
        return finding
    }

    static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { byte in
            let text = String(byte, radix: 16)
            return text.utf8.count == 1 ? "0" + text : text
        }.joined()
    }
}

/// Entries in the table `audit`.
enum AuditRecords {
    static let columns = "SELECT number, at, user, address, act, subject, outcome, hash FROM audit"

    static func append(_ act: AuditedAct, _ db: Database) throws -> AuditEntry {
        let last = try Row.fetchOne(
            db, sql: "SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")
        let number = (last.map { $0[0] as Int64 } ?? 0) + 1
        let previous = last.map { Array($0[1] as Data) } ?? AuditChain.start
        let act = act.cut
        let hash = AuditChain.hash(of: act, number: number, after: previous)
        try db.execute(
            sql: """
                INSERT INTO audit (number, at, user, address, act, subject, outcome, hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                number, act.at.milliseconds, act.user, act.address, act.act, act.subject, act.outcome,
                Data(hash),
            ])
        return AuditEntry(number: number, act: act, hash: AuditChain.hex(hash))
    }

    static func all(before: Int64?, limit: Int, _ db: Database) throws -> [AuditEntry] {
        try Row.fetchAll(
            db, sql: columns + " WHERE number < ? ORDER BY number DESC LIMIT ?",
            arguments: [before ?? .max, min(max(1, limit), DeskLimits.pageLimit)]
        ).map { AuditEntry(number: $0[0], act: act(of: $0), hash: AuditChain.hex($0[7] as Data)) }
    }

    /// Columns as in `columns`.
    static func act(of row: Row) -> AuditedAct {
        AuditedAct(
            at: WallTime(milliseconds: row[1]), user: row[2], address: row[3], act: row[4], subject: row[5],
            outcome: row[6])
    }
}

extension AuditedAct {
    /// With every text within its bound.
    fileprivate var cut: AuditedAct {
        var act = self
        for path in [\AuditedAct.user, \.address, \.act, \.subject, \.outcome] {
            act[keyPath: path] = Self.cut(act[keyPath: path])
        }
        return act
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > DeskLimits.auditTextLimit else { return text }
        var count = 0
        return String(
            text.unicodeScalars.prefix { scalar in
                count += UTF8.width(scalar)
                return count <= DeskLimits.auditTextLimit
            })
    }
}
