import Foundation
import GatewayPorts
import SafetyModel
import Synchronization

/// The snapshots beside the database, each a file of its own: `anju-snapshot-<sequence>` for `anju.db`.
///
/// A file appears under its name only when its bytes are on disk, and carries a checksum all the same: disks
/// lie. The files are their own index, so that saving one never touches the database.
final class SnapshotFolder: Sendable {
    /// How many are kept: the newest, and one spare in case the newest cannot be read.
    static let keptLimit = 2

    private let directory: String
    private let prefix: String
    private let saving = Lane()
    /// Sequences of files whose checksum was right in this process.
    private let proven = Mutex<Set<Int64>>([])

    init(besides path: String) {
        let path = path as NSString
        directory = path.deletingLastPathComponent
        prefix = ((path.lastPathComponent as NSString).deletingPathExtension) + "-snapshot-"
    }

    /// Sequences of the files that look whole, newest first.
    var sequences: [Int64] { allSequences.filter { (try? header($0)) != nil } }

    /// The sites whose indices the snapshots use.
    var siteHashes: [UInt64] { sequences.compactMap { (try? header($0))?.siteHash } }

    /// The newest sequence whose file was read or written in this process; 0 when there is none.
    var newestProven: Int64 { proven.withLock { $0.max() ?? 0 } }

    /// The newest snapshot whose checksum is right.
    func newest() throws(JournalError) -> JournalSnapshot? {
        for sequence in allSequences {
            if let snapshot = try? read(sequence) {
                _ = proven.withLock { $0.insert(sequence) }
                return snapshot
            }
            _ = proven.withLock { $0.remove(sequence) }
        }
        return nil
    }

    /// All whose checksums are right, oldest first.
    var readable: [JournalSnapshot] { allSequences.reversed().compactMap { try? read($0) } }

    /// Stores one and drops all but it and a spare.
    func save(_ snapshot: JournalSnapshot) throws(JournalError) {
        guard saving.enter(within: .zero) else { throw .failed("another snapshot is being written") }
        defer { saving.leave() }
        let path = path(of: snapshot.sequence)
        let partial = path + Self.partialSuffix
        do {
            try SystemFile.write([SnapshotHeader(snapshot).bytes, snapshot.state], to: partial)
            try SystemFile.rename(partial, to: path)
        } catch {
            SystemFile.remove(partial)
            throw error
        }
        try SystemFile.syncDirectory(directory)
        _ = proven.withLock { $0.insert(snapshot.sequence) }
        dropOld(keeping: snapshot.sequence)
    }

    /// Removes what a crash left half written.
    func removePartials() {
        for name in SystemFile.names(in: directory)
        where name.hasPrefix(prefix) && name.hasSuffix(Self.partialSuffix) {
            SystemFile.remove("\(directory)/\(name)")
        }
    }

    private static let partialSuffix = ".partial"

    /// The spare must be readable, else it would not be one.
    private func dropOld(keeping newest: Int64) {
        var kept = 1
        for sequence in allSequences where sequence != newest {
            if kept < Self.keptLimit, isWhole(sequence) {
                kept += 1
            } else {
                SystemFile.remove(path(of: sequence))
                _ = proven.withLock { $0.remove(sequence) }
            }
        }
    }

    private var allSequences: [Int64] {
        SystemFile.names(in: directory).compactMap(sequence(ofName:)).sorted(by: >)
    }

    private func path(of sequence: Int64) -> String { "\(directory)/\(prefix)\(sequence)" }

    private func sequence(ofName name: String) -> Int64? {
        name.hasPrefix(prefix) ? Int64(name.dropFirst(prefix.count)) : nil
    }

    /// A quick look: the header is ours and the length is right.
    private func header(_ sequence: Int64) throws(JournalError) -> SnapshotHeader {
        let path = path(of: sequence)
        let bytes = try SystemFile.read(path, from: 0, count: SnapshotHeader.size)
        guard let header = SnapshotHeader(bytes), header.sequence == sequence,
            SystemFile.size(of: path) == SnapshotHeader.size + header.length
        else { throw .corrupt("\(path) is torn") }
        return header
    }

    /// Whether the checksum is right, read piece by piece: a whole state in memory is as large as a good part
    /// of the running gateway.
    private func isWhole(_ sequence: Int64) -> Bool {
        guard let header = try? header(sequence) else { return false }
        var sum = Checksum(seed: header.seed)
        var offset = 0
        while offset < header.length {
            let size = min(Self.pieceSize, header.length - offset)
            guard
                let piece = try? SystemFile.read(
                    path(of: sequence), from: SnapshotHeader.size + offset, count: size),
                piece.count == size
            else { return false }
            piece.withUnsafeBytes { sum.add($0) }
            offset += size
        }
        return sum.value == header.checksum
    }

    /// What is read at a time to check a file, in bytes; a multiple of the checksum's stride.
    private static let pieceSize = 1 << 20

    private func read(_ sequence: Int64) throws(JournalError) -> JournalSnapshot {
        let header = try header(sequence)
        let path = path(of: sequence)
        let state = try SystemFile.read(path, from: SnapshotHeader.size, count: header.length)
        let snapshot = JournalSnapshot(
            sequence: sequence, at: header.at, siteHash: header.siteHash, state: state)
        guard SnapshotHeader(snapshot) == header else { throw .corrupt("\(path) has a wrong checksum") }
        return snapshot
    }
}

/// The first bytes of a snapshot file.
private struct SnapshotHeader: Hashable {
    /// Mark, version, sequence, time, site, length, checksum.
    static let size = 56
    private static let mark: UInt64 = 0x7061_6E73_756A_6E61  // "anjusnap"
    private static let version: UInt64 = 1

    var sequence: Int64
    var at: Instant
    var siteHash: UInt64
    var length: Int
    var checksum: UInt64

    init(_ snapshot: JournalSnapshot) {
        sequence = snapshot.sequence
        at = snapshot.at
        siteHash = snapshot.siteHash
        length = snapshot.state.count
        checksum = 0
        checksum = Checksum.of(snapshot.state, seed: seed)
    }

    /// What the checksum of the state starts from: the rest of the header.
    var seed: UInt64 {
        var header = self
        header.checksum = 0
        return Checksum.of(header.bytes)
    }

    /// nil when the bytes are not a header of this version.
    init?(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        do {
            guard try reader.read(UInt64.self) == Self.mark, try reader.read(UInt64.self) == Self.version
            else { return nil }
            sequence = try reader.read()
            at = try reader.readInstant()
            siteHash = try reader.read()
            length = Int(clamping: try reader.read(Int64.self))
            checksum = try reader.read()
        } catch {
            return nil
        }
        guard length >= 0 else { return nil }
    }

    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.write(Self.mark)
        writer.write(Self.version)
        writer.write(sequence)
        writer.write(at)
        writer.write(siteHash)
        writer.write(Int64(length))
        writer.write(checksum)
        return writer.bytes
    }
}
