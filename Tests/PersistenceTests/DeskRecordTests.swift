import Foundation
import GRDB
import GatewayPorts
import SafetyModel
import Testing

@testable import Persistence

@Suite struct DeskRecordTests {
    /// A folder with a record in it, removed at the end.
    private final class Room {
        let store = FileManager.default.temporaryDirectory.path + "/anju-desk-" + UUID().uuidString
        var path: String { SQLiteDeskRecord.path(besides: store) }

        deinit {
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        }

        /// Changes the file behind the record's back.
        func tamper(_ sql: String) throws {
            try DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
        }
    }

    private let room = Room()

    private static func act(_ number: Int64, outcome: String = "done") -> AuditedAct {
        AuditedAct(
            at: WallTime(milliseconds: number * 1_000), user: "user:zhang", address: "10.0.0.7",
            act: "incident.acknowledge", subject: "incident:\(number)", outcome: outcome)
    }

    private func filled(_ count: Int64 = 5) throws -> SQLiteDeskRecord {
        let record = try SQLiteDeskRecord(besides: room.store)
        for number in 1...count { try record.append(Self.act(number)) }
        return record
    }

    @Test func `acts are kept in order, newest first, across a restart`() throws {
        do { _ = try filled(3) }
        let record = try SQLiteDeskRecord(besides: room.store)
        try record.append(Self.act(4, outcome: "takenByAnother"))
        let entries = try record.audit(before: nil, limit: 10)
        #expect(entries.map(\.number) == [4, 3, 2, 1])
        #expect(entries[0].act == Self.act(4, outcome: "takenByAnother"))
        #expect(try record.audit(before: 3, limit: 1).map(\.number) == [2])
        let finding = try record.verify()
        #expect(finding.soundEntries == 4 && finding.firstBroken == nil)
        #expect(finding.head == entries[0].hash)
    }

    @Test(
        arguments: [
            ("UPDATE audit SET user = 'user:li' WHERE number = 3", 3, .changed),
            ("UPDATE audit SET at = at + 1 WHERE number = 1", 1, .changed),
            ("UPDATE audit SET outcome = 'refused' WHERE number = 5", 5, .changed),
            ("UPDATE audit SET hash = zeroblob(32) WHERE number = 4", 4, .changed),
            ("UPDATE audit SET number = 6 WHERE number = 5", 5, .missing),
            ("DELETE FROM audit WHERE number = 2", 2, .missing),
            ("DELETE FROM audit WHERE number = 1", 1, .missing),
            (
                "UPDATE audit SET user = substr(user, 1, 9), address = 'g' || address WHERE number = 2", 2,
                .changed
            ),
        ] as [(String, Int64, AuditChain.Finding.Fault)])
    func `whoever changes or removes an entry is found at that entry`(
        sql: String, number: Int64, fault: AuditChain.Finding.Fault
    ) throws {
        _ = try filled()
        try room.tamper("DROP TRIGGER audit_stays; DROP TRIGGER audit_is_kept; " + sql)
        let finding = try SQLiteDeskRecord(readingBesides: room.store).verify()
        #expect(finding.firstBroken == number)
        #expect(finding.fault == fault)
        #expect(finding.soundEntries == number - 1)
    }

    @Test func `an end that was cut off is found by a noted hash only`() throws {
        let record = try filled()
        let noted = try #require(try record.head())
        try room.tamper("DROP TRIGGER audit_is_kept; DELETE FROM audit WHERE number = 5")
        let finding = try record.verify()
        #expect(finding.firstBroken == nil)
        #expect(finding.head != noted.hash)
    }

    @Test(arguments: ["UPDATE audit SET user = 'x'", "DELETE FROM audit"])
    func `the file itself refuses changes of the audit`(sql: String) throws {
        _ = try filled(1)
        #expect(throws: DatabaseError.self) { try room.tamper(sql) }
    }

    @Test func `what is longer than auditTextLimit is cut at a whole character`() throws {
        let record = try SQLiteDeskRecord(besides: room.store)
        var act = Self.act(1)
        act.subject = String(repeating: "安", count: DeskLimits.auditTextLimit)
        let entry = try record.append(act)
        #expect(entry.act.subject == String(repeating: "安", count: DeskLimits.auditTextLimit / 3))
        #expect(try record.verify().firstBroken == nil)
    }

    @Test func `above pageLimit no reading is longer`() throws {
        let record = try filled(1)
        for number in 1...(DeskLimits.pageLimit + 1) {
            _ = try record.write(note: "\(number)", by: "zhang", at: WallTime(milliseconds: 0))
        }
        #expect(try record.notes(limit: .max).count == DeskLimits.pageLimit)
        #expect(try record.notes(limit: 1).first?.text == "\(DeskLimits.pageLimit + 1)")
        #expect(try record.audit(before: nil, limit: 0).count == 1)
    }

    @Test func `the first answer to a duty check stays`() throws {
        let record = try SQLiteDeskRecord(besides: room.store)
        let time = { WallTime(milliseconds: $0) }
        let check = try record.ask(by: "boss", at: time(0), answerBy: time(100))
        #expect(try record.answer(check.number, by: "zhang", at: time(50))?.answeredBy == "zhang")
        #expect(try record.answer(check.number, by: "li", at: time(60))?.answeredBy == "zhang")
        #expect(try record.answer(check.number + 1, by: "li", at: time(60)) == nil)
        #expect(try record.dutyChecks(limit: 9).map(\.answeredAt) == [time(50)])
    }

    @Test func `above sizeLimit an entry is refused, and the ones before stay whole`() throws {
        #expect(DeskSchema.sizeLimit == 2_000_000_000)
        let record = try filled(1)
        try record.inspect { try $0.execute(sql: "PRAGMA max_page_count = 1") }
        #expect(throws: JournalError.self) {
            for number in 2...100_000 { try record.append(Self.act(Int64(number))) }
        }
        #expect(try record.verify().firstBroken == nil)
    }

    @Test func `a stranger's file, none and a looking-only one are refused in words`() throws {
        #expect(throws: JournalError.self) { try SQLiteDeskRecord(readingBesides: room.store) }
        try DatabaseQueue(path: room.path).write { try $0.execute(sql: "PRAGMA application_id = 7") }
        #expect(throws: JournalError.self) { try SQLiteDeskRecord(besides: room.store) }
        #expect(throws: JournalError.self) { try SQLiteDeskRecord(readingBesides: room.store) }
        let other = Room()
        do { _ = try SQLiteDeskRecord(besides: other.store) }
        let looking = try SQLiteDeskRecord(readingBesides: other.store)
        #expect(throws: JournalError.readOnly("opened for looking only")) {
            try looking.append(Self.act(1))
        }
    }

    @Test func `only its owner may read the file`() throws {
        _ = try filled(1)
        let attributes = try FileManager.default.attributesOfItem(atPath: room.path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }
}
