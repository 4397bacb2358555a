import Foundation
import GatewayPorts

/// The few system calls that a store needs around SQLite, with errors that say which file.
enum SystemFile {
    /// Creates an empty file that only its owner may read, if there is none.
    static func create(_ path: String) throws(JournalError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw JournalError(errno: errno, path) }
        close(descriptor)
    }

    /// Creates a directory that only its owner may enter, if there is none; its parent must exist.
    static func createDirectory(_ path: String) throws(JournalError) {
        guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        throw JournalError(errno: errno, path)
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func remove(_ path: String) { unlink(path) }

    static func rename(_ path: String, to target: String) throws(JournalError) {
        guard Foundation.rename(path, target) == 0 else { throw JournalError(errno: errno, path) }
    }

    /// Makes creations and renames in a directory durable.
    static func syncDirectory(_ path: String) throws(JournalError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw JournalError(errno: errno, path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw JournalError(errno: errno, path) }
    }

    /// The names in a directory, sorted.
    static func names(in directory: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
    }

    /// Whether the disk under a path has no space left (less than 64 kB).
    static func isFull(at path: String) -> Bool {
        var disk = statvfs()
        guard statvfs((path as NSString).deletingLastPathComponent, &disk) == 0 else { return false }
        return UInt64(disk.f_bavail) * UInt64(disk.f_frsize) < 65_536
    }

    /// Writes a new file and waits until its bytes are on disk.
    static func write(_ parts: [[UInt8]], to path: String) throws(JournalError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw JournalError(errno: errno, path) }
        defer { close(descriptor) }
        for part in parts {
            var offset = 0
            while offset < part.count {
                let count = part.withUnsafeBytes { bytes in
                    Foundation.write(
                        descriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw JournalError(errno: errno, path) }
                offset += count
            }
        }
        guard fsync(descriptor) == 0 else { throw JournalError(errno: errno, path) }
    }

    /// Reads `count` bytes from `offset` on; fewer when the file ends before.
    static func read(_ path: String, from offset: Int, count: Int) throws(JournalError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw JournalError(errno: errno, path) }
        defer { close(descriptor) }
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(
                    descriptor, buffer.baseAddress?.advanced(by: filled), count - filled,
                    off_t(offset + filled))
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                guard got > 0 else { return }
                filled += got
            }
        }
        guard failure == 0 else { throw JournalError(errno: failure, path) }
        return bytes
    }

    /// The size of a file in bytes, or nil when it cannot be seen.
    static func size(of path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }
}
