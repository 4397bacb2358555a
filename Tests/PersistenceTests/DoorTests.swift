import Dispatch
import Foundation
import GRDB
import GatewayPorts
import Testing

@testable import Persistence

@Suite(.serialized, .timeLimit(.minutes(10)), .onItsOwnThread) struct DoorTests {
    @Test func `a reading that hangs costs its caller the patience and others nothing`() throws {
        let door = ReadDoor(try DatabaseQueue())
        let disk = DispatchSemaphore(value: 0)
        let ended = DispatchSemaphore(value: 0)
        let refusal = failure {
            try door.read(within: .milliseconds(20)) { _ in
                disk.wait()
                ended.signal()
            }
        }
        #expect(refusal?.text.contains("did not answer") == true)
        for _ in 0..<3 {
            // At once: a wait of this length is beyond the suite's time limit.
            #expect(failure { try door.read(within: .seconds(3_600)) { _ in } } != nil)
        }
        disk.signal()
        ended.wait()
        // The lane is free again as soon as the hanging one has left it.
        var answer: Int?
        while answer == nil {
            answer = try? door.read(within: .seconds(3_600)) { try Int.fetchOne($0, sql: "SELECT 42") }
        }
        #expect(answer == 42)
    }

    @Test func `an error inside a reading comes out`() throws {
        let door = ReadDoor(try DatabaseQueue())
        #expect(throws: DatabaseError.self) {
            try door.read(within: .seconds(3_600)) { try $0.execute(sql: "SELECT * FROM nowhere") }
        }
    }

    @Test func `a lane lets one in at a time and refuses at once when it is blocked`() {
        let lane = Lane()
        #expect(lane.enter(within: .zero))
        #expect(!lane.enter(within: .zero))
        #expect(!lane.enter(within: .milliseconds(5)))
        lane.declareBlocked()
        #expect(!lane.enter(within: .seconds(3_600)))
        lane.leave()
        #expect(lane.enter(within: .zero))
        lane.leave()
        lane.declareBlocked()
        #expect(lane.enter(within: .zero))
        lane.leave()
    }

    @Test(arguments: [
        (SQLite.full, "full"), (SQLite.readOnly, "read-only"), (SQLite.permission, "read-only"),
        (SQLite.corrupt, "corrupt"), (SQLite.notDatabase, "corrupt"), (SQLite.shortRead, "corrupt"),
    ])
    func `SQLite's errors mean one thing each`(_ code: SQLite, _ word: String) {
        let error = DatabaseError(resultCode: ResultCode(rawValue: code.rawValue), message: "words")
        #expect(JournalError(error, at: "/nowhere/x.db").text.hasPrefix("\(word): words"))
    }

    /// Result codes by their numbers in SQLite's documentation.
    enum SQLite: CInt {
        case permission = 3
        case readOnly = 8
        case corrupt = 11
        case full = 13
        case notDatabase = 26
        case shortRead = 522
    }
}
