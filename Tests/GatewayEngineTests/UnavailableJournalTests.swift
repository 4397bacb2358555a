import Escalation
import GatewayPorts
import SafetyCore
import SafetyModel
import SiteConfiguration
import Testing

@testable import GatewayEngine

@Suite struct UnavailableJournalTests {
    @Test func `a store that cannot be opened leaves the homes guarded, and says so`() throws {
        let journal = UnavailableJournal(.readOnly("the disk only reads"))
        #expect(try Recovery.storedInstallation(journal) == nil)
        let recovered = try Recovery.recover(
            TestSite.installation(), journal: journal, breadcrumb: nil, at: TestSite.start)
        let notes = ReleaseNotes(journal: journal)
        let board = EngineBoard(journal: journal, version: "test")
        let gate = try CoreGate.open(recovered, journal: journal, board: board, taker: notes)
        var batch = InputBatch.saying(TestSite.smoke(1), .smoke)
        #expect(gate.submit(&batch, at: TestSite.start + .seconds(1), by: .link) == .done)
        #expect(notes.orders.map(\.order.responder) == ["nina"])
        #expect(notes.orders.map(\.isRecorded) == [false])
        #expect(gate.isDegraded)
        #expect(!board.health().isStoreAvailable)
        let troubles = gate.takeConditions().filter(\.isActive).map(\.kind)
        #expect(troubles == [.storeUnavailable])
        // Closed and board answer go on without a disk, and the end of the gateway does not wait for it.
        var closing = InputBatch(.command(.by("nina", .close(.real), on: 1)))
        #expect(gate.submit(&closing, at: TestSite.start + .seconds(2), by: .desk) == .done)
        #expect(board.health().openIncidents == 0)
        #expect(gate.settleOwed(at: TestSite.start + .seconds(3), by: .desk) == .done)
    }
}
