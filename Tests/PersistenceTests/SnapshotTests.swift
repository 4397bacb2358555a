import Foundation
import GatewayPorts
import SafetyModel
import Testing

@testable import Persistence

@Suite(.serialized, .timeLimit(.minutes(10)), .onItsOwnThread) struct SnapshotTests {
    @Test func `the newest snapshot comes back and one spare is kept`() throws {
        let folder = try TestFolder()
        let journal = try folder.open()
        #expect(try journal.newestSnapshot() == nil)
        for sequence in [5, 60, 700] as [Int64] { try journal.save(snapshot(sequence)) }
        #expect(try journal.newestSnapshot() == snapshot(700))
        #expect(try folder.names(with: "anju-snapshot") == ["anju-snapshot-60", "anju-snapshot-700"])
        #expect(try journal.lastSequence() == 700)
        journal.close()
        #expect(try folder.open().newestSnapshot() == snapshot(700))
    }

    enum Harm: CaseIterable { case cut, empty, flipped, header, longer, foreign }

    @Test(arguments: Harm.allCases)
    func `a damaged newest snapshot is passed over for the one before`(_ harm: Harm) throws {
        let folder = try TestFolder()
        let journal = try folder.open()
        try journal.save(snapshot(5))
        try journal.save(snapshot(60))
        let file = folder.path + "/anju-snapshot-60"
        switch harm {
        case .cut: truncate(file, 4_000)
        case .empty: truncate(file, 0)
        case .flipped: try folder.overwrite(file, at: 9_999, with: [0xFF])
        case .header: try folder.overwrite(file, at: 20, with: [0xFF])
        case .longer: truncate(file, 20_000)
        case .foreign: try folder.overwrite(file, at: 0, with: Array("what is this".utf8))
        }
        #expect(try journal.newestSnapshot() == snapshot(5))
        // The torn one is not taken for a spare.
        try journal.save(snapshot(61))
        #expect(try folder.names(with: "anju-snapshot") == ["anju-snapshot-5", "anju-snapshot-61"])
    }

    @Test func `half-written snapshots of a crash are removed at the start`() throws {
        let folder = try TestFolder()
        let partial = folder.path + "/anju-snapshot-9.partial"
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: partial))
        let journal = try folder.open()
        #expect(try journal.newestSnapshot() == nil)
        #expect(!FileManager.default.fileExists(atPath: partial))
    }

    @Test func `a single changed bit or byte order changes the checksum`() {
        for count in [0, 1, 7, 8, 31, 32, 33, 100] {
            let bytes = [UInt8](repeating: 0, count: count)
            var seen: Set<UInt64> = [Checksum.of(bytes), Checksum.of(bytes + [0])]
            for place in 0..<count {
                for bit in 0..<8 {
                    var changed = bytes
                    changed[place] ^= 1 << UInt8(bit)
                    seen.insert(Checksum.of(changed))
                }
            }
            #expect(seen.count == 2 + count * 8)
        }
        #expect(Checksum.of([1, 2, 3]) == Checksum.of([1, 2, 3]))
        #expect(Checksum.of([1, 2, 3], seed: 1) != Checksum.of([1, 2, 3], seed: 2))
    }

    @Test func `a checksum over pieces is the one that stands in files`() {
        let bytes = (0..<107).map { UInt8($0) }
        let known: UInt64 = 0x06C0_34D2_6B37_3581
        #expect(Checksum.of(bytes, seed: 7) == known)
        for piece in [32, 64, 96] {
            var sum = Checksum(seed: 7)
            for start in stride(from: 0, to: bytes.count, by: piece) {
                bytes[start..<min(bytes.count, start + piece)].withUnsafeBytes { sum.add($0) }
            }
            #expect(sum.value == known)
        }
    }

    @Test(arguments: [false, true])
    func `a spare of several megabytes is checked to its end`(isDamaged: Bool) throws {
        let folder = try TestFolder()
        let journal = try folder.open()
        let large = JournalSnapshot(
            sequence: 5, at: Instant(milliseconds: 1), siteHash: 1,
            state: (0..<2_500_007).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try journal.save(large)
        if isDamaged { try folder.overwrite(folder.path + "/anju-snapshot-5", at: 2_500_050, with: [0xEE]) }
        try journal.save(snapshot(60))
        let kept = ["anju-snapshot-60"] + (isDamaged ? [] : ["anju-snapshot-5"])
        #expect(try folder.names(with: "anju-snapshot") == kept.sorted())
    }
}
